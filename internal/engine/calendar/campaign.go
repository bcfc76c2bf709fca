package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"vellocity/internal/agenda"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// CampaignDetails is a campaign with its events: those of its plan while it is a draft, where
// they have no ids, else those on the calendar.
type CampaignDetails struct {
	domain.Campaign
	Events []domain.CalendarEntry
}

// ListCampaigns filters the campaigns. An empty status is any.
type ListCampaigns struct {
	Status domain.CampaignStatus
	Page   domain.Page
}

// Campaigns returns a page of the campaigns, the newest first.
func (v *Verbs) Campaigns(ctx context.Context, in ListCampaigns) (domain.List[domain.Campaign], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Campaign]{}, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "status", in.Status)
	if err := p.Err(); err != nil {
		return domain.List[domain.Campaign]{}, err
	}
	return v.store.Read().Campaigns(ctx, a.WorkspaceID, in.Status, in.Page)
}

// Campaign returns a campaign with its events.
func (v *Verbs) Campaign(ctx context.Context, id int64) (CampaignDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return CampaignDetails{}, err
	}
	c, err := v.store.Read().Campaign(ctx, a.WorkspaceID, id)
	if err != nil {
		return CampaignDetails{}, err
	}
	return details(ctx, v.store.Read(), c)
}

func details(ctx context.Context, q store.Q, c domain.Campaign) (CampaignDetails, error) {
	d := CampaignDetails{Campaign: c, Events: []domain.CalendarEntry{}}
	if c.Status == domain.CampaignDraft {
		for _, x := range c.Plan {
			if e, ok := c.Event(x); ok {
				d.Events = append(d.Events, domain.CalendarEntry{Event: e})
			}
		}
		slices.SortStableFunc(d.Events, func(a, b domain.CalendarEntry) int {
			return a.Event.StartsAt.Compare(b.Event.StartsAt)
		})
		return d, nil
	}
	events, err := q.CampaignEvents(ctx, c.WorkspaceID, c.ID)
	if err != nil {
		return d, err
	}
	for _, e := range events {
		x, err := q.CalendarEntry(ctx, e)
		if err != nil {
			return d, err
		}
		d.Events = append(d.Events, x)
	}
	return d, nil
}

// CampaignEdit is what callers may say about a campaign. A nil field stays as it is.
type CampaignEdit struct {
	Name      *string
	Goal      *string
	StartDate *string // 2026-03-01
	EndDate   *string // the last day; empty: none
	Timezone  *string // IANA name
	Template  *string // slug; empty: none
	Inputs    json.RawMessage
	Plan      *[]domain.CampaignEvent
}

func (in CampaignEdit) apply(c *domain.Campaign) {
	verb.Set(&c.Name, in.Name)
	verb.Set(&c.Goal, in.Goal)
	verb.Set(&c.StartDate, in.StartDate)
	verb.Set(&c.EndDate, in.EndDate)
	verb.Set(&c.Timezone, in.Timezone)
	verb.Set(&c.Template, in.Template)
	verb.Set(&c.Plan, in.Plan)
	if in.Inputs != nil {
		c.Inputs = in.Inputs
	}
}

// checkCampaign notes what is wrong with a campaign, and returns it as it is stored with the
// scopes that its actions take.
func (v *Verbs) checkCampaign(ctx context.Context, p *domain.Problems, c domain.Campaign) (domain.Campaign,
	[]domain.Scope, error) {
	domain.LimitCampaignName.Text(p, "name", c.Name)
	domain.LimitCampaignGoal.Text(p, "goal", c.Goal)
	start, ok := domain.CheckDay(p, "start_date", c.StartDate)
	if c.EndDate != "" {
		if end, read := domain.CheckDay(p, "end_date", c.EndDate); read && ok && end.Before(start) {
			p.Add("end_date", "The end_date field must not be before start_date")
		}
	}
	checkZone(p, "timezone", c.Timezone)
	domain.LimitCampaignPlan.Count(p, "events", len(c.Plan))
	var scopes []domain.Scope
	if c.Template != "" {
		slug, err := v.checkTemplate(ctx, p, c)
		if err != nil {
			return c, nil, err
		}
		c.Template = slug
	}
	c.Plan = slices.Clone(c.Plan)
	for i := range c.Plan {
		takes, err := v.checkPlanned(ctx, p, c, verb.Path("events", i), &c.Plan[i])
		if err != nil {
			return c, nil, err
		}
		for _, s := range takes {
			if !slices.Contains(scopes, s) {
				scopes = append(scopes, s)
			}
		}
	}
	return c, scopes, nil
}

// checkTemplate notes a template that does not exist. Its inputs are checked with the events
// that use them, and here where none does.
func (v *Verbs) checkTemplate(ctx context.Context, p *domain.Problems, c domain.Campaign) (string, error) {
	var of domain.Problems
	slug, _, err := v.actions.CheckStart(ctx, &of, c.WorkspaceID, c.Template, c.Inputs)
	if err != nil || of.Err() == nil {
		return slug, err
	}
	for path, messages := range domain.AsError(of.Err()).Fields {
		if path != "template" && len(c.Inputs) == 0 {
			continue // each event may have its own
		}
		for _, m := range messages {
			p.Add(path, "%s", m)
		}
	}
	return slug, nil
}

func (v *Verbs) checkPlanned(
	ctx context.Context, p *domain.Problems, c domain.Campaign, path string, e *domain.CampaignEvent,
) ([]domain.Scope, error) {
	domain.LimitCalendarTitle.Text(p, path+".title", e.Title)
	domain.LimitCalendarDescription.Text(p, path+".description", e.Description)
	if e.Type == "" {
		e.Type = domain.CalendarOther
	}
	if e.Channel == "" {
		e.Channel = domain.OnOther
	}
	domain.CheckEnum(p, path+".event_type", e.Type)
	domain.CheckEnum(p, path+".channel", e.Channel)
	switch {
	case e.Day < -domain.MostCampaignDays:
		p.Small(path+".day", -domain.MostCampaignDays)
	case e.Day > domain.MostCampaignDays:
		p.Large(path+".day", domain.MostCampaignDays)
	}
	domain.LimitCampaignMinutes.Value(p, path+".minutes", e.Minutes)
	if _, ok := domain.ParseClock(e.Time); e.Time != "" && !ok {
		p.Format(path+".time", "a time of the day such as 09:00")
	}
	if e.Time == "" && e.Minutes > 0 {
		p.Conflict(path + ".minutes")
	}
	a := e.Action
	if a.Kind == domain.ActionTemplate && a.Template == "" {
		if c.Template == "" {
			p.Required(path + ".action.template")
			return nil, nil
		}
		a.Template = c.Template
		if len(a.Inputs) == 0 {
			a.Inputs = c.Inputs
		}
	}
	checked, scopes, err := v.checkAction(ctx, p, c.WorkspaceID, path+".action", a)
	if e.Action.Kind != domain.ActionTemplate || e.Action.Template != "" {
		e.Action = checked
	}
	return scopes, err
}

// CreateCampaign creates a campaign, which is a draft: starting it puts its events on the
// calendar. Everything that is wrong with it comes back at once.
func (v *Verbs) CreateCampaign(ctx context.Context, in CampaignEdit) (CampaignDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return CampaignDetails{}, err
	}
	w, err := v.store.Read().Workspace(ctx, a.WorkspaceID)
	if err != nil {
		return CampaignDetails{}, err
	}
	c := domain.Campaign{
		WorkspaceID: a.WorkspaceID, Timezone: w.Location().String(), Status: domain.CampaignDraft, Owner: a.Starter(),
		CreatedBy: a.Name,
	}
	in.apply(&c)
	var p domain.Problems
	c, _, err = v.checkCampaign(ctx, &p, c)
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		return CampaignDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (CampaignDetails, error) {
		n, err := tx.CountCampaigns(ctx, a.WorkspaceID)
		if err != nil {
			return CampaignDetails{}, err
		}
		if n >= domain.MostCampaigns {
			return CampaignDetails{}, domain.Errorf(domain.CodeConflict,
				"This workspace has %d campaigns, which is the most. Delete one first.", n)
		}
		made, err := tx.CreateCampaign(ctx, c)
		if err != nil {
			return CampaignDetails{}, err
		}
		if err := note(ctx, tx, made, domain.CampaignCreated{CampaignFacts: made.Facts()}); err != nil {
			return CampaignDetails{}, err
		}
		return details(ctx, tx.Q, made)
	})
}

func note(ctx context.Context, tx *store.Tx, c domain.Campaign, e domain.EventData) error {
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: c.WorkspaceID}, e)
}

// EditCampaign changes a campaign.
type EditCampaign struct {
	ID int64
	CampaignEdit
	verb.Precondition
}

// EditCampaign changes a campaign. Once it has started, its plan is on the calendar: another
// start day then moves the events that have not begun by as many days, and the clocks keep
// their times; template, inputs, events and time zone can be changed only in a draft.
func (v *Verbs) EditCampaign(ctx context.Context, in EditCampaign) (CampaignDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return CampaignDetails{}, err
	}
	was, err := v.store.Read().Campaign(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return CampaignDetails{}, err
	}
	c := was
	in.apply(&c)
	var p domain.Problems
	checkStarted(&p, was, in.CampaignEdit)
	c, scopes, err := v.checkCampaign(ctx, &p, c)
	if was.Status != domain.CampaignDraft {
		c.Plan = was.Plan // what was true when it started
	}
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		return CampaignDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (CampaignDetails, error) {
		now, err := v.lockCampaign(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return CampaignDetails{}, err
		}
		if now.Version != was.Version {
			return CampaignDetails{}, domain.Errorf(domain.CodeConflict,
				"This campaign was changed at the same moment. Fetch it again and retry.")
		}
		if now.Status != domain.CampaignDraft && now.StartDate != c.StartDate {
			if err := a.RequireAll(scopes); err != nil {
				return CampaignDetails{}, err
			}
			if err := moveEvents(ctx, tx, a, now, c); err != nil {
				return CampaignDetails{}, err
			}
		}
		if now.Status != domain.CampaignDraft {
			c.CompletesAt = milli(c.Over())
		}
		return v.saveCampaign(ctx, tx, c)
	})
}

// checkStarted notes what cannot be changed about a campaign that has started.
func checkStarted(p *domain.Problems, c domain.Campaign, in CampaignEdit) {
	if c.Status == domain.CampaignDraft {
		return
	}
	for field, given := range map[string]bool{
		"events": in.Plan != nil, "template": in.Template != nil, "inputs": in.Inputs != nil,
		"timezone": in.Timezone != nil && *in.Timezone != c.Timezone,
	} {
		if given {
			p.Add(field, "The %s field can be changed only while the campaign is a draft. Change its events on the calendar",
				field)
		}
	}
	if c.Status == domain.CampaignCompleted && in.StartDate != nil && *in.StartDate != c.StartDate {
		p.Add("start_date", "The start_date field cannot be changed: the campaign is completed")
	}
}

// moveEvents moves the events of a campaign that have not begun by the days between its
// start and the new one.
func moveEvents(ctx context.Context, tx *store.Tx, a domain.Actor, now, c domain.Campaign) error {
	from, err := time.Parse(time.DateOnly, now.StartDate)
	if err != nil {
		return fmt.Errorf("read the start of campaign %d: %w", now.ID, err)
	}
	to, err := time.Parse(time.DateOnly, c.StartDate)
	if err != nil {
		return fmt.Errorf("read the new start of campaign %d: %w", now.ID, err)
	}
	days := int(to.Sub(from).Hours() / 24)
	events, err := tx.CampaignEvents(ctx, now.WorkspaceID, now.ID)
	if err != nil {
		return err
	}
	var p domain.Problems
	for _, before := range events {
		if !before.StartsAt.After(tx.Now()) || before.Status == domain.CalendarCancelled {
			continue
		}
		e := before
		zone := e.Location()
		e.StartsAt = agenda.ShiftDays(e.StartsAt, days, zone)
		e.EndsAt = agenda.ShiftDays(e.EndsAt, days, zone)
		e.PlannedAt = agenda.ShiftDays(e.PlannedAt, days, zone)
		e.Owner = a.Starter()
		if e.State == domain.ActionPending && !e.StartsAt.After(tx.Now()) {
			p.Add("start_date", "The start_date field would put “%s” in the past, at %s", e.Title,
				e.StartsAt.In(zone).Format("2006-01-02 15:04"))
			continue
		}
		if _, err := agenda.Save(ctx, tx, before, e); err != nil {
			return err
		}
	}
	return p.Err()
}

func (v *Verbs) lockCampaign(
	ctx context.Context, tx *store.Tx, a domain.Actor, id int64, seen verb.Precondition,
) (domain.Campaign, error) {
	c, err := tx.LockCampaign(ctx, a.WorkspaceID, id)
	if err != nil {
		return c, err
	}
	return c, seen.CheckRevision(c.Revision())
}

func (v *Verbs) saveCampaign(ctx context.Context, tx *store.Tx, c domain.Campaign) (CampaignDetails, error) {
	c, err := tx.SaveCampaign(ctx, c)
	if err != nil {
		return CampaignDetails{}, err
	}
	if err := note(ctx, tx, c, domain.CampaignChanged{CampaignFacts: c.Facts()}); err != nil {
		return CampaignDetails{}, err
	}
	return details(ctx, tx.Q, c)
}

// StartCampaign puts the events of a draft on the calendar. It takes the scopes of all that
// they do, which is done with the rights that the caller has when their times come. A start
// that would have something done in the past is refused.
func (v *Verbs) StartCampaign(ctx context.Context, in verb.ID) (CampaignDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return CampaignDetails{}, err
	}
	was, err := v.store.Read().Campaign(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return CampaignDetails{}, err
	}
	var p domain.Problems
	if was.Status == domain.CampaignDraft && len(was.Plan) == 0 {
		return CampaignDetails{}, domain.Errorf(domain.CodeConflict, "This campaign has no events. Add some, then start it.")
	}
	_, scopes, err := v.checkCampaign(ctx, &p, was)
	if err != nil {
		return CampaignDetails{}, err
	}
	if err := p.Err(); err != nil && was.Status == domain.CampaignDraft {
		return CampaignDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (CampaignDetails, error) {
		c, err := v.lockCampaign(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return CampaignDetails{}, err
		}
		if err := c.MustBe("be started", domain.CampaignDraft); err != nil {
			return CampaignDetails{}, err
		}
		if c.Version != was.Version {
			return CampaignDetails{}, domain.Errorf(domain.CodeConflict,
				"This campaign was changed at the same moment. Fetch it again and retry.")
		}
		if err := a.RequireAll(scopes); err != nil {
			return CampaignDetails{}, err
		}
		c.Owner, c.Status, c.StartedAt, c.CompletesAt = a.Starter(), domain.CampaignActive, tx.Now(), milli(c.Over())
		if err := createEvents(ctx, tx, a, c); err != nil {
			return CampaignDetails{}, err
		}
		return v.saveCampaign(ctx, tx, c)
	})
}

func createEvents(ctx context.Context, tx *store.Tx, a domain.Actor, c domain.Campaign) error {
	var past []string
	for _, x := range c.Plan {
		e, ok := c.Event(x)
		if !ok {
			return fmt.Errorf("campaign %d has a plan that cannot be read", c.ID)
		}
		e.StartsAt, e.EndsAt, e.PlannedAt, e.CreatedBy = milli(e.StartsAt), milli(e.EndsAt), milli(e.PlannedAt), a.Name
		if e.Action.Kind != "" && !e.StartsAt.After(tx.Now().Add(-domain.ClockLeniency)) {
			past = append(past, "“"+e.Title+"”")
			continue
		}
		if _, err := agenda.Create(ctx, tx, e); err != nil {
			return err
		}
	}
	if len(past) > 0 {
		return domain.Errorf(domain.CodeConflict, "With its start on %s, the time of what %s would do has passed. "+
			"Give the campaign a later start_date.", c.StartDate, strings.Join(past, ", "))
	}
	return nil
}

// PauseCampaign stops what the events of a campaign do: their times pass, and nothing is done.
func (v *Verbs) PauseCampaign(ctx context.Context, in verb.ID) (CampaignDetails, error) {
	return v.hold(ctx, in, "be paused", domain.CampaignActive, domain.CampaignPaused)
}

// ResumeCampaign lets a paused campaign go on. What was due meanwhile is done now, where that
// is less than 24 hours ago, else noted as missed.
func (v *Verbs) ResumeCampaign(ctx context.Context, in verb.ID) (CampaignDetails, error) {
	return v.hold(ctx, in, "be resumed", domain.CampaignPaused, domain.CampaignActive)
}

func (v *Verbs) hold(
	ctx context.Context, in verb.ID, what string, from, to domain.CampaignStatus,
) (CampaignDetails, error) {
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (CampaignDetails, error) {
		c, err := v.lockCampaign(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return CampaignDetails{}, err
		}
		if err := c.MustBe(what, from); err != nil {
			return CampaignDetails{}, err
		}
		c.Status = to
		if to == domain.CampaignActive {
			c.ResumedAt = tx.Now()
		}
		if err := tx.PauseCampaignEvents(ctx, c.WorkspaceID, c.ID, to == domain.CampaignPaused); err != nil {
			return CampaignDetails{}, err
		}
		return v.saveCampaign(ctx, tx, c)
	})
}

// DeleteCampaign deletes a campaign with its events that have not come. The others stay on
// the calendar.
func (v *Verbs) DeleteCampaign(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		c, err := v.lockCampaign(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteCampaign(ctx, c.WorkspaceID, c.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, note(ctx, tx, c, domain.CampaignDeleted{CampaignFacts: c.Facts()})
	})
	return err
}

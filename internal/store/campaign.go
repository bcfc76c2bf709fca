package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a campaign's columns.
const (
	campaignRead db.Set = 1 << iota
	campaignCreate
	campaignSave
)

var campaignTable = db.NewTable("campaign", func(c *domain.Campaign) []db.Column {
	const made, saved = campaignRead | campaignCreate, campaignRead | campaignCreate | campaignSave
	return []db.Column{
		{Name: "id", Field: &c.ID, In: campaignRead},
		{Name: "workspace_id", Field: &c.WorkspaceID, In: made},
		{Name: "name", Field: &c.Name, In: saved},
		{Name: "goal", Field: &c.Goal, In: saved},
		{Name: "start_date", Field: &c.StartDate, In: saved},
		{Name: "end_date", Field: &c.EndDate, In: saved},
		{Name: "timezone", Field: &c.Timezone, In: saved},
		{Name: "template", Field: &c.Template, In: saved},
		{Name: "inputs", Field: db.Raw(&c.Inputs, "{}"), In: saved},
		{Name: "plan", Field: db.JSONOr(&c.Plan, "[]"), In: saved},
		{Name: "status", Field: db.Text(&c.Status), In: saved},
		{Name: "completes_at", Field: db.Time(&c.CompletesAt), In: saved},
		{Name: "started_at", Field: db.Time(&c.StartedAt), In: saved},
		{Name: "resumed_at", Field: db.Time(&c.ResumedAt), In: saved},
		{Name: "owner_kind", Field: db.Text(&c.Owner.Kind), In: saved},
		{Name: "owner_id", Field: &c.Owner.ID, In: saved},
		{Name: "version", Field: &c.Version, In: saved},
		{Name: "created_by", Field: &c.CreatedBy, In: made},
		{Name: "created_at", Field: db.Time(&c.Created), In: made},
		{Name: "updated_at", Field: db.Time(&c.Updated), In: saved},
	}
})

var (
	campaignColumns = campaignTable.Columns(campaignRead)
	createCampaign  = campaignTable.Write(campaignCreate,
		`insert into campaign ({columns}) values ({values}) returning id`)
	saveCampaign = campaignTable.Write(campaignSave,
		`update campaign set {set} where workspace_id = {workspace_id} and id = {id}`)
)

func scanCampaign() func(db.Row) (domain.Campaign, error) { return campaignTable.Scan(campaignRead) }

// Campaign returns a campaign of the workspace.
func (q Q) Campaign(ctx context.Context, workspaceID, id int64) (domain.Campaign, error) {
	c, ok, err := db.First(ctx, q.db, scanCampaign(),
		`select `+campaignColumns+` from campaign where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return c, fmt.Errorf("read campaign: %w", err)
	}
	if !ok {
		return c, domain.NotFound("Campaign")
	}
	return c, nil
}

// Campaigns returns a page of the workspace's campaigns, the newest first; of one status
// where it is not empty.
func (q Q) Campaigns(
	ctx context.Context, workspaceID int64, status domain.CampaignStatus, p domain.Page,
) (l domain.List[domain.Campaign], err error) {
	w := &where{}
	w.add("workspace_id = ?", workspaceID)
	if status != "" {
		w.add("status = ?", string(status))
	}
	if err = q.db.One(ctx, []any{&l.Total}, `select count(*) from campaign where `+w.String(), w.args...); err != nil {
		return l, fmt.Errorf("count campaigns: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, scanCampaign(), `select `+campaignColumns+` from campaign where `+w.String()+
		` order by id desc`+w.bind(" limit 0 + ?", p.Size)+w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list campaigns: %w", err)
	}
	return l, nil
}

// CountCampaigns returns how many campaigns the workspace has.
func (q Q) CountCampaigns(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from campaign where workspace_id = $1`, workspaceID)
	return n, err
}

// OverCampaigns returns active campaigns of all workspaces that are over, none of whose
// events is still to come.
func (q Q) OverCampaigns(ctx context.Context, now time.Time, limit int) ([]domain.Campaign, error) {
	list, err := db.Many(ctx, q.db, scanCampaign(), `select `+campaignColumns+` from campaign
		where status = 'active' and completes_at <= $1 and not exists (
			select 1 from calendar_event e where e.campaign_id = campaign.id and e.campaign_id > 0 and
				(e.due_at > 0 or e.until_at > $1))
		order by completes_at limit 0 + $2`, db.Millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("read campaigns that are over: %w", err)
	}
	return list, nil
}

// CreateCampaign adds a campaign and returns it with its id.
func (t *Tx) CreateCampaign(ctx context.Context, in domain.Campaign) (domain.Campaign, error) {
	in.Created, in.Updated, in.Version = t.now, t.now, 1
	if err := createCampaign.One(ctx, t.db, &in, &in.ID); err != nil {
		return in, fmt.Errorf("create campaign: %w", err)
	}
	return in, nil
}

// LockCampaign locks a campaign of the workspace to the end of the transaction and returns
// it.
func (t *Tx) LockCampaign(ctx context.Context, workspaceID, id int64) (domain.Campaign, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from campaign where workspace_id = $1 and id = $2 for no key update`,
			workspaceID, id)
		if err != nil {
			return domain.Campaign{}, fmt.Errorf("lock campaign: %w", err)
		}
	}
	return t.Campaign(ctx, workspaceID, id)
}

// SaveCampaign stores what has changed about a locked campaign, as its next version.
func (t *Tx) SaveCampaign(ctx context.Context, in domain.Campaign) (domain.Campaign, error) {
	in.Version++
	in.Updated = t.now
	if _, err := saveCampaign.Exec(ctx, t.db, &in); err != nil {
		return in, fmt.Errorf("save campaign: %w", err)
	}
	return in, nil
}

// DeleteCampaign removes a campaign with its events that are still to come. The others stay
// on the calendar, without a campaign.
func (t *Tx) DeleteCampaign(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `delete from calendar_event where workspace_id = $1 and campaign_id = $2 and campaign_id > 0
		and (due_at > 0 or starts_at > $3)`, workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("delete the events of a campaign: %w", err)
	}
	err = t.db.Exec(ctx, `update calendar_event set campaign_id = 0, version = version + 1
		where workspace_id = $1 and campaign_id = $2 and campaign_id > 0`, workspaceID, id)
	if err != nil {
		return fmt.Errorf("keep the events of a campaign: %w", err)
	}
	return t.db.Exec(ctx, `delete from campaign where workspace_id = $1 and id = $2`, workspaceID, id)
}

// PauseCampaignEvents holds the clock of the events of a campaign, or lets it go on.
func (t *Tx) PauseCampaignEvents(ctx context.Context, workspaceID, id int64, paused bool) error {
	return t.db.Exec(ctx, `update calendar_event set paused = $3, version = version + 1, updated_at = $4
		where workspace_id = $1 and campaign_id = $2 and campaign_id > 0`, workspaceID, id, paused, db.Millis(t.now))
}

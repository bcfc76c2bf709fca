package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an opportunity's columns.
const (
	opportunityRead   db.Set = 1 << iota
	opportunityCreate        // stored when it is created
	opportunitySave          // stored by a change
	opportunityStage         // stored when it gets to another stage
	opportunityRemote        // stored when what AWS has is known
)

var opportunityTable = db.NewTable("opportunity", func(o *domain.Opportunity) []db.Column {
	const made, saved = opportunityRead | opportunityCreate, opportunityRead | opportunityCreate | opportunitySave
	const staged = opportunityRead | opportunityCreate | opportunityStage
	const remote = made | opportunityRemote
	return []db.Column{
		{Name: "id", Field: &o.ID, In: opportunityRead},
		{Name: "workspace_id", Field: &o.WorkspaceID, In: made},
		{Name: "title", Field: &o.Title, In: saved},
		{Name: "customer", Field: &o.Customer, In: saved},
		{Name: "website", Field: &o.Website, In: saved},
		{Name: "country", Field: &o.Country, In: saved},
		{Name: "aws_account", Field: &o.AWSAccount, In: saved},
		{Name: "problem", Field: &o.Problem, In: saved},
		{Name: "deal_type", Field: db.Text(&o.Type), In: saved},
		{Name: "amount", Field: &o.Value.Amount, In: saved},
		{Name: "currency", Field: &o.Value.Currency, In: saved},
		{Name: "decimals", Field: &o.Value.Decimals, In: saved},
		{Name: "next_step", Field: &o.NextStep, In: saved},
		{Name: "next_step_on", Field: &o.NextStepOn, In: saved},
		{Name: "close_on", Field: &o.CloseOn, In: saved},
		{Name: "listing_id", Field: &o.ListingID, In: saved},
		{Name: "stage", Field: db.Text(&o.Stage), In: staged},
		{Name: "lost_reason", Field: db.Text(&o.LostReason), In: staged},
		{Name: "search", Field: &o.Search, In: opportunityCreate | opportunitySave},
		{Name: "origin", Field: db.Text(&o.Origin), In: made},
		{Name: "remote_id", Field: &o.RemoteID, In: made},
		{Name: "synced_at", Field: db.Time(&o.SyncedAt), In: remote},
		{Name: "review_status", Field: &o.ReviewStatus, In: remote},
		{Name: "remote_at", Field: &o.RemoteAt, In: remote},
		{Name: "base", Field: db.JSONOr(&o.Base, "{}"), In: remote},
		{Name: "sent", Field: db.JSONOr(&o.Sent, "{}"), In: remote},
		{Name: "conflict", Field: db.JSONOr(&o.Conflict, "[]"), In: remote},
		{Name: "sending", Field: db.Text(&o.Sending), In: remote},
		{Name: "sync_error", Field: &o.SyncError, In: remote},
		{Name: "revision", Field: &o.Revision, In: saved | staged},
		{Name: "staged_at", Field: db.Time(&o.StagedAt), In: staged},
		{Name: "created_at", Field: db.Time(&o.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&o.UpdatedAt), In: saved | staged},
	}
})

var (
	opportunityColumns = opportunityTable.Columns(opportunityRead)
	createOpportunity  = opportunityTable.Write(opportunityCreate,
		`insert into opportunity ({columns}) values ({values}) returning id`)
	saveOpportunity = opportunityTable.Write(opportunitySave, `update opportunity set {set}
		where workspace_id = {workspace_id} and id = {id}`)
	saveOpportunityStage = opportunityTable.Write(opportunityStage, `update opportunity set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

// OpportunityFilter narrows a list of opportunities. A zero field does not.
type OpportunityFilter struct {
	Stage     domain.Stage
	ListingID int64
	Words     []string // that the title, the customer or the next step has, in the form for comparison
	Sort      domain.OpportunitySort
}

var opportunityOrders = map[domain.OpportunitySort]string{
	"": "updated_at desc, id desc", domain.DealsChanged: "updated_at desc, id desc",
	domain.DealsChangedUp: "updated_at, id", domain.DealsCreated: "id desc", domain.DealsCreatedUp: "id",
	domain.DealsByTitle:  "lower(title), id",
	domain.DealsByClose:  "case when close_on = '' then 1 else 0 end, close_on, id",
	domain.DealsGreatest: "amount desc, id", domain.DealsLeast: "amount, id",
}

// Opportunities returns a page of the workspace's opportunities.
func (q Q) Opportunities(
	ctx context.Context, workspaceID int64, f OpportunityFilter, p domain.Page,
) (l domain.List[domain.Opportunity], err error) {
	w := &where{}
	w.add("workspace_id = ?", workspaceID)
	if f.Stage != "" {
		w.add("stage = ?", string(f.Stage))
	}
	if f.ListingID != 0 {
		w.add("listing_id = ?", f.ListingID)
	}
	for _, word := range f.Words {
		w.add(`search like ? escape '\'`, "%"+likeLiteral.Replace(word)+"%")
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from opportunity where `+w.String(), w.args...)
	if err != nil {
		return l, fmt.Errorf("count opportunities: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, opportunityTable.Scan(opportunityRead), `select `+opportunityColumns+`
		from opportunity where `+w.String()+` order by `+opportunityOrders[f.Sort]+w.bind(" limit 0 + ?", p.Size)+
		w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list opportunities: %w", err)
	}
	return l, nil
}

// Opportunity returns an opportunity of the workspace.
func (q Q) Opportunity(ctx context.Context, workspaceID, id int64) (domain.Opportunity, error) {
	o, ok, err := db.First(ctx, q.db, opportunityTable.Scan(opportunityRead), `select `+opportunityColumns+`
		from opportunity where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return o, fmt.Errorf("read opportunity: %w", err)
	}
	if !ok {
		return o, domain.NotFound("Opportunity")
	}
	return o, nil
}

// StageSums returns how many opportunities each stage has and what they are worth, by currency.
func (q Q) StageSums(ctx context.Context, workspaceID int64) ([]domain.StageSum, error) {
	list, err := db.Many(ctx, q.db, scanStageSum, `select stage, currency, max(decimals), count(*),
		cast(sum(amount) as bigint) from opportunity where workspace_id = $1 group by stage, currency
		order by stage, currency`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("sum up opportunities: %w", err)
	}
	return list, nil
}

func scanStageSum(row db.Row) (s domain.StageSum, err error) {
	err = row.Scan(db.Text(&s.Stage), &s.Value.Currency, &s.Value.Decimals, &s.Deals, &s.Value.Amount)
	return s, err
}

// CountOpportunities returns how many opportunities the workspace has.
func (q Q) CountOpportunities(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from opportunity where workspace_id = $1`, workspaceID)
	return n, err
}

// CreateOpportunity adds an opportunity.
func (t *Tx) CreateOpportunity(ctx context.Context, o domain.Opportunity) (domain.Opportunity, error) {
	o.CreatedAt, o.UpdatedAt, o.StagedAt, o.Revision = t.now, t.now, t.now, 1
	if err := createOpportunity.One(ctx, t.db, &o, &o.ID); err != nil {
		return o, fmt.Errorf("create opportunity: %w", err)
	}
	return o, nil
}

// LockOpportunity locks an opportunity of the workspace to the end of the transaction and returns it.
func (t *Tx) LockOpportunity(ctx context.Context, workspaceID, id int64) (domain.Opportunity, error) {
	err := t.db.Exec(ctx, `update opportunity set revision = revision where workspace_id = $1 and id = $2`,
		workspaceID, id)
	if err != nil {
		return domain.Opportunity{}, fmt.Errorf("lock opportunity: %w", err)
	}
	return t.Opportunity(ctx, workspaceID, id)
}

// SaveOpportunity stores a locked opportunity as its next revision.
func (t *Tx) SaveOpportunity(ctx context.Context, o domain.Opportunity) (domain.Opportunity, error) {
	o.Revision++
	o.UpdatedAt = t.now
	if _, err := saveOpportunity.Exec(ctx, t.db, &o); err != nil {
		return o, fmt.Errorf("save opportunity: %w", err)
	}
	return o, nil
}

// SaveOpportunityStage stores the stage of a locked opportunity as its next revision.
func (t *Tx) SaveOpportunityStage(ctx context.Context, o domain.Opportunity) (domain.Opportunity, error) {
	o.Revision++
	o.UpdatedAt, o.StagedAt = t.now, t.now
	if _, err := saveOpportunityStage.Exec(ctx, t.db, &o); err != nil {
		return o, fmt.Errorf("save the stage of an opportunity: %w", err)
	}
	return o, nil
}

// DeleteOpportunity removes an opportunity with its history.
func (t *Tx) DeleteOpportunity(ctx context.Context, workspaceID, id int64) error {
	for _, statement := range []string{
		`delete from opportunity_stage_change where workspace_id = $1 and opportunity_id = $2`,
		`delete from opportunity where workspace_id = $1 and id = $2`,
	} {
		if err := t.db.Exec(ctx, statement, workspaceID, id); err != nil {
			return fmt.Errorf("delete opportunity: %w", err)
		}
	}
	return nil
}

// AddStageChange notes in an opportunity's history that it is in another stage, and what it was worth then.
func (t *Tx) AddStageChange(ctx context.Context, o domain.Opportunity, c domain.StageChange) error {
	err := t.db.Exec(ctx, `insert into opportunity_stage_change (workspace_id, opportunity_id, from_stage, to_stage,
		reason, lost_reason, actor_kind, actor, amount, currency, decimals, at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		o.WorkspaceID, o.ID, string(c.From), string(c.To), c.Reason, string(c.LostReason), string(c.ActorKind), c.Actor,
		o.Value.Amount, o.Value.Currency, o.Value.Decimals, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("note the stage of an opportunity: %w", err)
	}
	return nil
}

// StageChanges returns the history of an opportunity, oldest first.
func (q Q) StageChanges(ctx context.Context, workspaceID, opportunityID int64) ([]domain.StageChange, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (c domain.StageChange, err error) {
		err = row.Scan(&c.ID, &c.OpportunityID, db.Text(&c.From), db.Text(&c.To), &c.Reason, db.Text(&c.LostReason),
			db.Text(&c.ActorKind), &c.Actor, db.Time(&c.At))
		return c, err
	}, `select id, opportunity_id, from_stage, to_stage, reason, lost_reason, actor_kind, actor, at
		from opportunity_stage_change where workspace_id = $1 and opportunity_id = $2 order by id limit 500`,
		workspaceID, opportunityID)
	if err != nil {
		return nil, fmt.Errorf("read the history of an opportunity: %w", err)
	}
	return list, nil
}

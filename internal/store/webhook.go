package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Webhook is a webhook with its secrets, encrypted with the workspace and the id bound to them.
type Webhook struct {
	domain.Webhook
	Sealed    string
	OldSealed string // signs, too, until OldSecretUntil; empty: none
	// Claim fences the node that sends to it: what it records counts only while it holds it.
	Claim int
}

// The sets of a webhook's columns.
const (
	webhookRead   db.Set = 1 << iota
	webhookCreate        // stored when it is created
	webhookSave          // what people change
	webhookState         // what its deliveries change
)

var webhookTable = db.NewTable("webhook", func(w *Webhook) []db.Column {
	const made, saved = webhookRead | webhookCreate, webhookRead | webhookCreate | webhookSave
	const state = webhookRead | webhookState
	return []db.Column{
		{Name: "id", Field: &w.ID, In: webhookRead},
		{Name: "workspace_id", Field: &w.WorkspaceID, In: made},
		{Name: "url", Field: &w.URL, In: saved},
		{Name: "events", Field: db.JSONOr(&w.Events, "[]"), In: saved},
		{Name: "description", Field: &w.Description, In: saved},
		{Name: "active", Field: &w.Active, In: saved},
		{Name: "owner_id", Field: &w.OwnerID, In: made},
		{Name: "secret", Field: &w.Sealed, In: saved},
		{Name: "old_secret", Field: &w.OldSealed, In: saved},
		{Name: "old_secret_until", Field: db.Time(&w.OldSecretUntil), In: saved},
		{Name: "disabled", Field: &w.Disabled, In: saved},
		{Name: "disabled_at", Field: db.Time(&w.DisabledAt), In: saved},
		{Name: "last_triggered_at", Field: db.Time(&w.LastTriggeredAt), In: state},
		{Name: "last_response_code", Field: &w.LastResponseCode, In: state},
		{Name: "failure_count", Field: &w.FailureCount, In: state},
		{Name: "failing_since", Field: db.Time(&w.FailingSince), In: state},
		{Name: "warned_at", Field: db.Time(&w.WarnedAt), In: state},
		{Name: "held_until", Field: db.Time(&w.HeldUntil), In: state},
		{Name: "next_at", Field: db.Time(&w.NextAt), In: webhookRead},
		{Name: "claim", Field: &w.Claim, In: webhookRead},
		{Name: "version", Field: &w.Version, In: saved},
		{Name: "created_at", Field: db.Time(&w.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&w.UpdatedAt), In: saved},
	}
})

var (
	webhookColumns = webhookTable.Columns(webhookRead)
	createWebhook  = webhookTable.Write(webhookCreate, `insert into webhook ({columns}) values ({values}) returning id`)
	saveWebhook    = webhookTable.Write(webhookSave, `update webhook set {set}
		where workspace_id = {workspace_id} and id = {id} and version = {version} - 1 and deleted_at = 0`)
	saveWebhookState = webhookTable.Write(webhookState, `update webhook set {set}
		where workspace_id = {workspace_id} and id = {id} and claim = {claim}`)
)

// Webhooks returns a page of the workspace's webhooks, in the order of their creation.
func (q Q) Webhooks(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.Webhook], err error) {
	list, err := db.Many(ctx, q.db, webhookTable.Scan(webhookRead), `select `+webhookColumns+` from webhook
		where workspace_id = $1 and deleted_at = 0 order by id limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list webhooks: %w", err)
	}
	for _, w := range list {
		l.Items = append(l.Items, w.Webhook)
	}
	l.Total, err = q.CountWebhooks(ctx, workspaceID)
	return l, err
}

// CountWebhooks returns how many webhooks the workspace has.
func (q Q) CountWebhooks(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from webhook where workspace_id = $1 and deleted_at = 0`, workspaceID)
	return n, err
}

// Webhook returns a webhook of the workspace that was not deleted.
func (q Q) Webhook(ctx context.Context, workspaceID, id int64) (Webhook, error) {
	w, ok, err := db.First(ctx, q.db, webhookTable.Scan(webhookRead), `select `+webhookColumns+` from webhook
		where workspace_id = $1 and id = $2 and deleted_at = 0`, workspaceID, id)
	if err != nil {
		return w, fmt.Errorf("read webhook: %w", err)
	}
	if !ok {
		return w, domain.NotFound("Webhook")
	}
	return w, nil
}

// ActiveWebhooks returns the webhooks of the workspace that are sent to.
func (q Q) ActiveWebhooks(ctx context.Context, workspaceID int64) ([]Webhook, error) {
	list, err := db.Many(ctx, q.db, webhookTable.Scan(webhookRead), `select `+webhookColumns+` from webhook
		where workspace_id = $1 and active and deleted_at = 0 order by id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read active webhooks: %w", err)
	}
	return list, nil
}

// WebhookEvents returns the names of the events that webhooks of any workspace get.
func (q Q) WebhookEvents(ctx context.Context) ([]domain.EventName, error) {
	scan := func(row db.Row) (names []domain.EventName, err error) {
		err = row.Scan(db.JSON(&names))
		return names, err
	}
	lists, err := db.Many(ctx, q.db, scan, `select distinct events from webhook where active and deleted_at = 0`)
	if err != nil {
		return nil, fmt.Errorf("read the events of webhooks: %w", err)
	}
	seen := map[domain.EventName]bool{}
	var names []domain.EventName
	for _, l := range lists {
		for _, n := range l {
			if !seen[n] {
				seen[n] = true
				names = append(names, n)
			}
		}
	}
	return names, nil
}

// LockWebhook locks a webhook of the workspace to the end of the transaction and returns it.
func (t *Tx) LockWebhook(ctx context.Context, workspaceID, id int64) (Webhook, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from webhook where workspace_id = $1 and id = $2 for no key update`, workspaceID, id)
		if err != nil {
			return Webhook{}, fmt.Errorf("lock webhook: %w", err)
		}
	}
	return t.Webhook(ctx, workspaceID, id)
}

// CreateWebhook adds a webhook and returns it with its id. Its secret follows with
// [Tx.SealWebhook], since the id is bound to it.
func (t *Tx) CreateWebhook(ctx context.Context, w Webhook) (Webhook, error) {
	w.CreatedAt, w.UpdatedAt, w.Version = t.now, t.now, 1
	if err := createWebhook.One(ctx, t.db, &w, &w.ID); err != nil {
		return w, fmt.Errorf("create webhook: %w", err)
	}
	return w, nil
}

// SealWebhook stores the secret of a new webhook.
func (t *Tx) SealWebhook(ctx context.Context, w Webhook) error {
	return t.db.Exec(ctx, `update webhook set secret = $3 where workspace_id = $1 and id = $2`,
		w.WorkspaceID, w.ID, w.Sealed)
}

// SaveWebhook stores the next version of a webhook, of which w has the number of the present
// one. It reports false where another change was faster.
func (t *Tx) SaveWebhook(ctx context.Context, w Webhook) (_ Webhook, saved bool, err error) {
	w.Version++
	w.UpdatedAt = t.now
	n, err := saveWebhook.Exec(ctx, t.db, &w)
	if err != nil {
		return w, false, fmt.Errorf("save webhook: %w", err)
	}
	return w, n > 0, nil
}

// ResumeWebhook forgets that a webhook has failed, and has what waits sent at once.
func (t *Tx) ResumeWebhook(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update webhook set failure_count = 0, failing_since = 0, warned_at = 0, held_until = 0,
		next_at = $3 where workspace_id = $1 and id = $2`, workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("resume webhook: %w", err)
	}
	return nil
}

// HurryWebhook has what is due sent at once, although the webhook may have failed.
func (t *Tx) HurryWebhook(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update webhook set held_until = 0, next_at = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("hurry webhook: %w", err)
	}
	return nil
}

// WakeWebhook notes that a delivery of a webhook is due now. One that is held stays held.
func (t *Tx) WakeWebhook(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update webhook set next_at = case when held_until > $3 then held_until else $3 end
		where workspace_id = $1 and id = $2 and (next_at = 0 or next_at > $3)`, workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("wake webhook: %w", err)
	}
	return nil
}

// DeleteWebhook takes a webhook out of every list and forgets its secrets. Its log is removed
// bit by bit: see [Tx.DeleteDeliveries].
func (t *Tx) DeleteWebhook(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update webhook set deleted_at = $3, secret = '', old_secret = '', active = false,
		claimed_until = 0 where workspace_id = $1 and id = $2`, workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("delete webhook: %w", err)
	}
	return nil
}

// WaitingWebhook is a webhook that has something to send.
type WaitingWebhook struct {
	ID int64
	At time.Time // when: not before the claim of another node ends
}

// WaitingWebhooks returns webhooks of all workspaces that have something to send, and when this
// node may, the earliest first.
func (q Q) WaitingWebhooks(ctx context.Context, node string, limit int) ([]WaitingWebhook, error) {
	scan := func(row db.Row) (w WaitingWebhook, err error) {
		err = row.Scan(&w.ID, db.Time(&w.At))
		return w, err
	}
	list, err := db.Many(ctx, q.db, scan, `select id, case when claimed_until > next_at and claimed_by <> $1
		then claimed_until else next_at end as at from webhook where active and next_at > 0 order by at, id limit 0 + $2`,
		node, limit)
	if err != nil {
		return nil, fmt.Errorf("read waiting webhooks: %w", err)
	}
	return list, nil
}

// ClaimWebhook gives a node a webhook that is due, for a while: no other node sends to it until
// then. A node that comes back takes over what it held before. ok is false where another node
// has it, or where nothing is due.
func (t *Tx) ClaimWebhook(
	ctx context.Context, id int64, node string, lease time.Duration,
) (w Webhook, ok bool, err error) {
	n, err := t.db.ExecCount(ctx, `update webhook set claim = claim + 1, claimed_by = $2, claimed_until = $3
		where id = $1 and active and deleted_at = 0 and next_at > 0 and next_at <= $4
		and (claimed_until <= $4 or claimed_by = $2)`, id, node, db.Millis(t.now.Add(lease)), db.Millis(t.now))
	if err != nil {
		return w, false, fmt.Errorf("claim webhook: %w", err)
	}
	if n == 0 {
		return w, false, nil
	}
	w, ok, err = db.First(ctx, t.db, webhookTable.Scan(webhookRead),
		`select `+webhookColumns+` from webhook where id = $1`, id)
	return w, ok, err
}

// WebhookVersion returns the version of a webhook; 0 where it was deleted.
func (q Q) WebhookVersion(ctx context.Context, workspaceID, id int64) (version int, err error) {
	err = q.db.One(ctx, []any{&version},
		`select version from webhook where workspace_id = $1 and id = $2 and deleted_at = 0`, workspaceID, id)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of a webhook: %w", err)
	}
	return version, nil
}

// ErrClaimLost says that another node sends to the webhook now.
var ErrClaimLost = errors.New("another node sends to this webhook now")

// AwaitDeliveries waits for every open transaction that adds a delivery of a webhook, and has
// those that begin later wait for the end of this one. It goes before [Tx.ReleaseWebhook], and
// is the first statement of its transaction: the release would miss a delivery that was not
// committed yet, and the wake of its transaction would have found the webhook awake.
func (t *Tx) AwaitDeliveries(ctx context.Context, workspaceID, id int64) error {
	if !t.db.Postgres() { // SQLite has one transaction that writes at a time
		return nil
	}
	// A delivery's foreign key locks "for key share". The update of [Tx.KeepWebhook] does not wait for that.
	err := t.db.Exec(ctx, `select 1 from webhook where workspace_id = $1 and id = $2 for update`, workspaceID, id)
	if err != nil {
		return fmt.Errorf("wait for deliveries: %w", err)
	}
	return nil
}

// KeepWebhook extends a claim and locks the webhook to the end of the transaction. current says
// that nobody has changed it since it was claimed. It returns [ErrClaimLost] where the claim was
// lost.
func (t *Tx) KeepWebhook(ctx context.Context, w Webhook, lease time.Duration) (current bool, err error) {
	var version int
	err = t.db.One(ctx, []any{&version}, `update webhook set claimed_until = $3 where id = $1 and claim = $2
		and deleted_at = 0 returning version`, w.ID, w.Claim, db.Millis(t.now.Add(lease)))
	if errors.Is(err, db.ErrNoRow) {
		return false, ErrClaimLost
	}
	if err != nil {
		return false, fmt.Errorf("keep webhook: %w", err)
	}
	return version == w.Version, nil
}

// SaveWebhookState stores what deliveries have changed about a webhook that is claimed.
func (t *Tx) SaveWebhookState(ctx context.Context, w Webhook) error {
	if _, err := saveWebhookState.Exec(ctx, t.db, &w); err != nil {
		return fmt.Errorf("save the state of a webhook: %w", err)
	}
	return nil
}

// ReleaseWebhook gives a claim back, and notes when the next delivery is due. See [Tx.AwaitDeliveries].
func (t *Tx) ReleaseWebhook(ctx context.Context, w Webhook) error {
	err := t.db.Exec(ctx, `update webhook set claimed_until = 0, next_at = coalesce((select case
			when min(d.next_at) < webhook.held_until then webhook.held_until else min(d.next_at) end
			from webhook_delivery d where d.webhook_id = webhook.id and d.status = 'pending'), 0)
		where id = $1 and claim = $2`, w.ID, w.Claim)
	if err != nil {
		return fmt.Errorf("release webhook: %w", err)
	}
	return nil
}

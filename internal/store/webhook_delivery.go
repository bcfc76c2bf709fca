package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a delivery's columns.
const (
	deliveryRead db.Set = 1 << iota
	deliveryCreate
	deliverySave
)

var deliveryTable = db.NewTable("webhook_delivery", func(d *domain.Delivery) []db.Column {
	const made = deliveryRead | deliveryCreate
	return []db.Column{
		{Name: "id", Field: &d.ID, In: deliveryRead},
		{Name: "workspace_id", Field: &d.WorkspaceID, In: made},
		{Name: "webhook_id", Field: &d.WebhookID, In: made},
		{Name: "message_id", Field: &d.MessageID, In: made},
		{Name: "event_id", Field: &d.EventID, In: made},
		{Name: "event", Field: db.Text(&d.Event), In: made},
		{Name: "order_key", Field: &d.OrderKey, In: made},
		{Name: "body", Field: db.Raw(&d.Body, ""), In: made},
		{Name: "test", Field: &d.Test, In: made},
		{Name: "status", Field: db.Text(&d.Status), In: made | deliverySave},
		{Name: "tries", Field: &d.Tries, In: made | deliverySave},
		{Name: "attempts", Field: db.JSONOr(&d.Attempts, "[]"), In: deliveryRead | deliverySave},
		{Name: "next_at", Field: db.Time(&d.NextAt), In: made | deliverySave},
		{Name: "created_at", Field: db.Time(&d.CreatedAt), In: made},
		{Name: "ended_at", Field: db.Time(&d.EndedAt), In: deliveryRead | deliverySave},
	}
})

var (
	deliveryColumns = deliveryTable.Columns(deliveryRead)
	createDelivery  = deliveryTable.Write(deliveryCreate,
		`insert into webhook_delivery ({columns}) values ({values}) returning id`)
	saveDelivery = deliveryTable.Write(deliverySave, `update webhook_delivery set {set}
		where workspace_id = {workspace_id} and id = {id} and status = 'pending'`)
)

// Deliveries returns a page of a webhook's log, newest first.
func (q Q) Deliveries(
	ctx context.Context, workspaceID, webhookID int64, f domain.DeliveryFilter, p domain.Page,
) (l domain.List[domain.Delivery], err error) {
	var w where
	w.add("workspace_id = ?", workspaceID)
	w.add("webhook_id = ?", webhookID)
	switch f.Status {
	case "":
	case domain.DeliveryPending, domain.DeliveryFailed: // literals: partial indexes state them, too
		w.terms = append(w.terms, "status = "+quote(f.Status))
	default:
		w.add("status = ?", string(f.Status))
	}
	if f.Event != "" {
		w.add("event = ?", string(f.Event))
	}
	w.span("created_at", f.Created)
	cond := w.String()
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from webhook_delivery where `+cond, w.args...)
	if err != nil {
		return l, fmt.Errorf("count deliveries: %w", err)
	}
	limit := w.bind(" order by id desc limit 0 + ?", p.Size) + w.bind(" offset ?", p.Offset())
	l.Items, err = db.Many(ctx, q.db, deliveryTable.Scan(deliveryRead), `select `+deliveryColumns+
		` from webhook_delivery where `+cond+limit, w.args...)
	if err != nil {
		return l, fmt.Errorf("list deliveries: %w", err)
	}
	return l, nil
}

// Delivery returns a delivery of one of the workspace's webhooks.
func (q Q) Delivery(ctx context.Context, workspaceID, webhookID, id int64) (domain.Delivery, error) {
	d, ok, err := db.First(ctx, q.db, deliveryTable.Scan(deliveryRead), `select `+deliveryColumns+` from webhook_delivery
		where workspace_id = $1 and webhook_id = $2 and id = $3`, workspaceID, webhookID, id)
	if err != nil {
		return d, fmt.Errorf("read delivery: %w", err)
	}
	if !ok {
		return d, domain.NotFound("Delivery")
	}
	return d, nil
}

// DueDeliveries returns deliveries of a webhook that are due, the oldest first.
func (q Q) DueDeliveries(ctx context.Context, webhookID int64, now time.Time, limit int) ([]domain.Delivery, error) {
	list, err := db.Many(ctx, q.db, deliveryTable.Scan(deliveryRead), `select `+deliveryColumns+` from webhook_delivery
		where webhook_id = $1 and status = 'pending' and next_at <= $2 order by id limit 0 + $3`,
		webhookID, db.Millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("read due deliveries: %w", err)
	}
	return list, nil
}

// CreateDelivery adds a delivery that is due at once, and returns it with its id. Its webhook is
// not told: see [Tx.WakeWebhook].
func (t *Tx) CreateDelivery(ctx context.Context, d domain.Delivery) (domain.Delivery, error) {
	d.Status, d.NextAt, d.CreatedAt = domain.DeliveryPending, t.now, t.now
	if err := createDelivery.One(ctx, t.db, &d, &d.ID); err != nil {
		return d, fmt.Errorf("create delivery: %w", err)
	}
	return d, nil
}

// SaveDelivery stores what came of an attempt, behind the claim of its webhook.
func (t *Tx) SaveDelivery(ctx context.Context, d domain.Delivery) error {
	if _, err := saveDelivery.Exec(ctx, t.db, &d); err != nil {
		return fmt.Errorf("save delivery: %w", err)
	}
	return nil
}

// Redeliver makes a delivery due at once, with a schedule of its own.
func (t *Tx) Redeliver(ctx context.Context, d domain.Delivery) (domain.Delivery, error) {
	d.Status, d.Tries, d.NextAt, d.EndedAt = domain.DeliveryPending, 0, t.now, time.Time{}
	err := t.db.Exec(ctx, `update webhook_delivery set status = 'pending', tries = 0, next_at = $3, ended_at = 0
		where workspace_id = $1 and id = $2`, d.WorkspaceID, d.ID, db.Millis(t.now))
	if err != nil {
		return d, fmt.Errorf("redeliver: %w", err)
	}
	return d, nil
}

// RedeliverFailed makes deliveries of a webhook due at once that have failed and were created
// since a moment, the oldest first, and returns how many.
func (t *Tx) RedeliverFailed(
	ctx context.Context, workspaceID, webhookID int64, since time.Time, limit int,
) (int, error) {
	n, err := t.db.ExecCount(ctx, `update webhook_delivery set status = 'pending', tries = 0, next_at = $4, ended_at = 0
		where workspace_id = $1 and id in (select id from webhook_delivery where workspace_id = $1 and webhook_id = $2
			and status = 'failed' and not test and created_at >= $3 order by id limit 0 + $5)`,
		workspaceID, webhookID, db.Millis(since), db.Millis(t.now), limit)
	if err != nil {
		return 0, fmt.Errorf("redeliver what failed: %w", err)
	}
	return int(n), nil
}

// DeleteDeliveries removes up to limit deliveries of all workspaces that were created before a
// moment, or whose webhook was deleted, and returns how many.
func (t *Tx) DeleteDeliveries(ctx context.Context, before time.Time, limit int) (int, error) {
	old, err := t.db.ExecCount(ctx, `delete from webhook_delivery where created_at < $1 and id < $2 +
		(select min(id) from webhook_delivery)`, db.Millis(before), limit)
	if err != nil {
		return 0, fmt.Errorf("delete old deliveries: %w", err)
	}
	orphans, err := t.db.ExecCount(ctx, `delete from webhook_delivery where id in (select d.id from webhook w
		join webhook_delivery d on d.webhook_id = w.id where w.deleted_at > 0 limit 0 + $1)`, limit)
	if err != nil {
		return 0, fmt.Errorf("delete the deliveries of deleted webhooks: %w", err)
	}
	return int(old + orphans), nil
}

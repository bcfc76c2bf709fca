package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Events are the events that [Notifier.Handle] wants.
func Events() []domain.EventName {
	return []domain.EventName{
		domain.EventExecutionCompleted, domain.EventExecutionFailed, domain.EventExecutionStatus, domain.EventCreditsLow,
		domain.EventTriggerFailed, domain.EventPublicationEnded, domain.EventWebhookFailing, domain.EventWebhookDisabled,
	}
}

// Handle writes the notifications that events call for, each once. It is the handler
// of a consumer of [Events].
func (n *Notifier) Handle(ctx context.Context, tx *store.Tx, events []domain.Event) error {
	b, err := n.newBatch(ctx, tx, events)
	if err != nil {
		return err
	}
	for _, e := range events {
		draft, to, err := b.about(ctx, e)
		if err != nil {
			return fmt.Errorf("notify of %s %s: %w", e.Name, e.ID, err)
		}
		count := 0
		for _, r := range to {
			created, err := b.write(ctx, draft, r)
			if err != nil {
				return err
			}
			if created {
				count++
			}
		}
		if count == 0 {
			continue
		}
		system := domain.WithActor(ctx, domain.SystemActor(e.WorkspaceID, 0, "Notifications"))
		err = tx.AppendEvent(system, domain.Subject{WorkspaceID: e.WorkspaceID},
			domain.NotificationCreated{Kind: draft.Kind, Recipients: count})
		if err != nil {
			return err
		}
	}
	return nil
}

// batch is what the events of one transaction need from the database, each read once.
type batch struct {
	*Notifier
	tx         *store.Tx
	executions map[int64]domain.Execution
	workspaces map[int64]*workspace
	creators   map[int64]int64 // of keys; 0: nobody
}

// workspace is a workspace with those who can be notified.
type workspace struct {
	domain.Workspace
	members  map[int64]store.Member
	order    []int64 // of the members
	settings map[int64]domain.NotificationSettings
}

func (n *Notifier) newBatch(ctx context.Context, tx *store.Tx, events []domain.Event) (*batch, error) {
	b := &batch{
		Notifier: n, tx: tx, workspaces: map[int64]*workspace{}, creators: map[int64]int64{},
	}
	var ids []int64
	for _, e := range events {
		if e.ExecutionID != 0 {
			ids = append(ids, e.ExecutionID)
		}
	}
	var err error
	b.executions, err = tx.ExecutionHeads(ctx, ids)
	return b, err
}

func (b *batch) workspace(ctx context.Context, id int64) (*workspace, error) {
	if w := b.workspaces[id]; w != nil {
		return w, nil
	}
	w := &workspace{members: map[int64]store.Member{}}
	var err error
	if w.Workspace, err = b.tx.Workspace(ctx, id); err != nil {
		return nil, err
	}
	members, err := b.tx.Members(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		w.members[m.ID] = m
		w.order = append(w.order, m.ID)
	}
	if w.settings, err = b.tx.NotificationSettings(ctx, id); err != nil {
		return nil, err
	}
	b.workspaces[id] = w
	return w, nil
}

// with returns the members whose role passes, in the order in which they joined.
func (w *workspace) with(may func(domain.Role) bool) (list []domain.Recipient) {
	for _, id := range w.order {
		if may(w.members[id].Role) {
			list = append(list, domain.Recipient{WorkspaceID: w.ID, UserID: id})
		}
	}
	return list
}

// list returns the workspace's notification e-mail addresses.
func (w *workspace) list() (list []domain.Recipient) {
	for _, address := range w.NotifyEmails {
		list = append(list, domain.Recipient{WorkspaceID: w.ID, Address: address})
	}
	return list
}

// about returns what an event's notification says, and who gets it; nobody where the
// event calls for none.
func (b *batch) about(ctx context.Context, e domain.Event) (domain.Notification, []domain.Recipient, error) {
	n := domain.Notification{ExecutionID: e.ExecutionID, EventID: e.ID}
	x, known := b.executions[e.ExecutionID]
	n.Title = x.Title
	w, err := b.workspace(ctx, e.WorkspaceID)
	if err != nil {
		return n, nil, err
	}
	switch e.Name {
	case domain.EventExecutionCompleted, domain.EventExecutionFailed:
		n.Kind, n.Detail = domain.NotifyCompleted, ""
		if e.Name == domain.EventExecutionFailed {
			n.Kind, n.Detail = domain.NotifyFailed, x.Error
		}
		if !known || n.Kind == domain.NotifyCompleted && !x.Notify {
			return n, nil, nil
		}
		to, err := b.starter(ctx, w, x.Starter)
		return n, append(to, w.list()...), err
	case domain.EventExecutionStatus:
		var changed domain.ExecutionChanged
		if err := json.Unmarshal(e.Payload, &changed); err != nil {
			return n, nil, fmt.Errorf("read the event: %w", err)
		}
		// What was decided meanwhile needs nobody's attention.
		if changed.WaitingFor != domain.WaitingPerson || x.WaitingFor != domain.WaitingPerson {
			return n, nil, nil
		}
		n.Kind, n.ContentID = domain.NotifyWaiting, changed.ContentID
		return n, w.with(func(r domain.Role) bool { return r.Has(domain.ScopeReview) }), nil
	case domain.EventCreditsLow:
		var low domain.CreditsLow
		if err := json.Unmarshal(e.Payload, &low); err != nil {
			return n, nil, fmt.Errorf("read the event: %w", err)
		}
		n.Kind, n.Title = domain.NotifyCreditsLow, credits(low.Available)
		n.Detail = "Fewer than " + credits(low.Level) + " credits are available. Once they are used up, no model is called."
		return n, w.with(func(r domain.Role) bool { return r == domain.RoleOwner || r == domain.RoleAdmin }), nil
	case domain.EventTriggerFailed:
		return b.aboutTrigger(ctx, w, e, n)
	case domain.EventPublicationEnded:
		return b.aboutPublication(ctx, w, e, n)
	case domain.EventWebhookFailing, domain.EventWebhookDisabled:
		return b.aboutWebhook(ctx, w, e, n)
	}
	return n, nil, nil
}

// aboutTrigger is what the owner of a trigger that has paused itself reads; the workspace's
// owners where it has none.
func (b *batch) aboutTrigger(
	ctx context.Context, w *workspace, e domain.Event, n domain.Notification,
) (domain.Notification, []domain.Recipient, error) {
	var paused domain.TriggerFailed
	if err := json.Unmarshal(e.Payload, &paused); err != nil {
		return n, nil, fmt.Errorf("read the event: %w", err)
	}
	n.Kind, n.Title = domain.NotifyPaused, paused.Name
	n.Detail = fmt.Sprintf("It failed %d times in a row. The last time: %s", paused.Failures, paused.Error)
	t, err := b.tx.Trigger(ctx, w.ID, paused.ID)
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
		return n, nil, err
	}
	to, err := b.starter(ctx, w, t.Owner)
	return n, to, err
}

// aboutPublication is what those who may publish read about a publication that failed for good.
func (b *batch) aboutPublication(
	ctx context.Context, w *workspace, e domain.Event, n domain.Notification,
) (domain.Notification, []domain.Recipient, error) {
	var ended domain.PublicationEnded
	if err := json.Unmarshal(e.Payload, &ended); err != nil {
		return n, nil, fmt.Errorf("read the event: %w", err)
	}
	if ended.Status != domain.PublicationFailed {
		return n, nil, nil
	}
	n.Kind, n.ExecutionID = domain.NotifyUnpublished, 0
	what := "Publishing on " + ended.Channel
	if ended.Action == domain.PublicationRemove {
		what = "Taking it off " + ended.Channel
	}
	n.Detail = what + " failed: " + ended.Error
	c, err := b.tx.Content(ctx, w.ID, ended.ContentID)
	switch {
	case err == nil:
		n.Title, n.ContentID = c.Title, c.ID
	case domain.CodeOf(err) == domain.CodeNotFound:
		n.Title = "a deleted item" // it could not be taken off
	default:
		return n, nil, err
	}
	return n, w.with(func(r domain.Role) bool { return r.Has(domain.ScopePublish) }), nil
}

// starter returns the person behind what was started: the person, the creator of the
// key, or the owners where there is none.
func (b *batch) starter(ctx context.Context, w *workspace, s domain.Starter) ([]domain.Recipient, error) {
	id := int64(0)
	switch s.Kind {
	case domain.ActorPerson:
		id = s.ID
	case domain.ActorKey:
		creator, ok := b.creators[s.ID]
		if !ok {
			k, err := b.tx.Key(ctx, w.ID, s.ID)
			if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
				return nil, err
			}
			creator = k.CreatorID
			b.creators[s.ID] = creator
		}
		id = creator
	}
	if id == 0 {
		return w.with(func(r domain.Role) bool { return r == domain.RoleOwner }), nil
	}
	if _, ok := w.members[id]; !ok {
		return nil, nil
	}
	return []domain.Recipient{{WorkspaceID: w.ID, UserID: id}}, nil
}

// mostAnHour is how many e-mails a recipient gets in an hour at once; the others are in
// the next digest. A provider that is away can fail a thousand executions in a minute.
const mostAnHour = 20

// write stores one notification for one recipient, as the recipient wants it, with its
// e-mail. It reports false where there is nothing to store, or it is stored already.
func (b *batch) write(ctx context.Context, n domain.Notification, r domain.Recipient) (bool, error) {
	w := b.workspaces[r.WorkspaceID]
	n.Recipient, n.InApp, n.Email = r, false, domain.EmailImmediate
	if r.UserID != 0 {
		settings := w.settings[r.UserID]
		choice := settings.Choice(n.Kind)
		n.InApp, n.Email = choice.App, choice.Email
		if settings.AddressOf(w.members[r.UserID].User) == "" {
			n.Email = domain.EmailOff
		}
	}
	if b.Mail == nil {
		n.Email = domain.EmailOff
	}
	if !n.InApp && n.Email == domain.EmailOff {
		return false, nil
	}
	if n.Email == domain.EmailImmediate {
		sent, err := b.tx.EmailsSince(ctx, r, b.tx.Now().Add(-time.Hour))
		if err != nil {
			return false, err
		}
		if sent >= mostAnHour {
			n.Email = domain.EmailDigest
		}
	}
	n, created, err := b.tx.CreateNotification(ctx, n)
	if err != nil || !created || n.Email != domain.EmailImmediate {
		return created, err
	}
	e, _, err := b.tx.CreateEmail(ctx, domain.Email{
		Recipient: r,
		MessageID: b.messageID("notification-" + strconv.FormatInt(n.ID, 10)),
	})
	if err != nil {
		return false, err
	}
	if err := b.tx.EmailNotification(ctx, n, e.ID); err != nil {
		return false, err
	}
	return true, b.enqueue(ctx, b.tx, e)
}

// credits writes a number of credits for people: "1,200".
func credits(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

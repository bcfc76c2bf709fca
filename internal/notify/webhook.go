package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"vellocity/internal/domain"
)

// aboutWebhook is what the owner of a webhook reads that fails or was switched off: who created
// it, or the workspace's owners where that person has left.
func (b *batch) aboutWebhook(
	ctx context.Context, w *workspace, e domain.Event, n domain.Notification,
) (domain.Notification, []domain.Recipient, error) {
	var off domain.WebhookDisabled
	var failing domain.WebhookFailing
	if e.Name == domain.EventWebhookDisabled {
		if err := json.Unmarshal(e.Payload, &off); err != nil {
			return n, nil, fmt.Errorf("read the event: %w", err)
		}
		n.Kind, n.Title = domain.NotifyWebhookOff, off.URL
		n.Detail = off.Reason + " What waits is kept and sent once you switch it on again."
	} else {
		if err := json.Unmarshal(e.Payload, &failing); err != nil {
			return n, nil, fmt.Errorf("read the event: %w", err)
		}
		off.ID = failing.ID
		n.Kind, n.Title = domain.NotifyWebhook, failing.URL
		n.Detail = fmt.Sprintf("Nothing has succeeded since %s. If nothing does until %s, it is switched off then. "+
			"The last error: %s", w.day(failing.FailingSince), w.day(failing.DisableAt), failing.Error)
	}
	hook, err := b.tx.Webhook(ctx, w.ID, off.ID)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound: // it was deleted meanwhile
		return n, nil, nil
	case err != nil:
		return n, nil, err
	}
	if _, member := w.members[hook.OwnerID]; member {
		return n, []domain.Recipient{{WorkspaceID: w.ID, UserID: hook.OwnerID}}, nil
	}
	return n, w.with(func(r domain.Role) bool { return r == domain.RoleOwner }), nil
}

// day writes a moment for people of the workspace: 3 March 2026, 10:00 CET.
func (w *workspace) day(at time.Time) string {
	return at.In(w.Location()).Format("2 January 2006, 15:04 MST")
}

package account

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// NotificationAttributes is one notification of the caller's inbox.
type NotificationAttributes struct {
	Kind        domain.NotificationKind `json:"kind"`
	Message     string                  `json:"message" doc:"What happened, in one line"`
	Detail      *string                 `json:"detail" doc:"More about it, such as why an execution failed"`
	ExecutionID *int64                  `json:"execution_id" doc:"The execution that it is about"`
	ContentID   *int64                  `json:"content_id" doc:"The item to decide about"`
	CreatedAt   time.Time               `json:"created_at"`
	ReadAt      *time.Time              `json:"read_at" doc:"Null: unread"`
}

// MarkedAsRead says how many notifications were marked as read.
type MarkedAsRead struct {
	Marked int `json:"marked" doc:"How many were unread before"`
}

// NotificationSettings is how the caller wants to be notified.
type NotificationSettings struct {
	Email     *string            `json:"email" doc:"Where e-mails go; null: the person has no address that can get any"`
	OwnEmail  *string            `json:"chosen_email" doc:"The address that was chosen here; null: the person's own is used"`
	Available bool               `json:"email_available" doc:"Whether this server sends e-mails"`
	Kinds     []NotificationKind `json:"kinds"`
}

// NotificationKind is how the caller wants to be notified of one kind of event.
type NotificationKind struct {
	Kind  domain.NotificationKind `json:"kind"`
	App   bool                    `json:"app" doc:"Whether it is in the inbox"`
	Email domain.EmailMode        `json:"email" doc:"When it is sent by e-mail; digest: once a day, at 08:00 in the workspace's time zone"`
}

type listNotifications struct {
	Unread bool                    `json:"unread,omitempty" in:"query" default:"false" doc:"Only unread ones"`
	Sort   domain.NotificationSort `json:"sort,omitempty" in:"query" default:"unread" doc:"unread: unread ones first, each newest first"`
	ops.Paging
}

type notificationID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The notification's id"`
}

type notificationChange struct {
	Kind  domain.NotificationKind `json:"kind" doc:"The kind to change"`
	App   *bool                   `json:"app,omitempty" doc:"Whether it is in the inbox"`
	Email *domain.EmailMode       `json:"email,omitempty" doc:"When it is sent by e-mail"`
}

type updateNotificationSettings struct {
	Email *string              `json:"email,omitempty" null:"clears" limit:"email" format:"email" doc:"Where to send e-mails; null for the person's own address. A key needs the admin scope to change it"`
	Kinds []notificationChange `json:"kinds,omitempty" limit:"notification_kinds" doc:"The kinds to change; others stay as they are"`
}

var (
	sampleNotification = domain.Notification{
		ID:          12,
		Kind:        domain.NotifyCompleted,
		ExecutionID: 789,
		Title:       "Cloud Cost Optimization Guide",
		CreatedAt:   sampleTime,
	}
	sampleSettings = account.NotificationSettings{Address: "ada@example.com", Sends: true}
)

func notificationRows(v *account.Verbs) []ops.Op {
	chapter := ops.Chapter{
		Name: "Notifications",
		Description: "What concerns the person who calls, or who created the key that calls: " +
			"executions that have ended, decisions that wait, credits that run low.",
	}
	return []ops.Op{
		listNotificationsRow(v, chapter),
		ops.New(ops.Op{
			Name:  "read_notification",
			Route: ops.Route{Method: http.MethodPost, Path: "/notifications/{id}/read"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Mark a notification as read",
				Description: "One that was read before stays as it is.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"id": sampleNotification.ID},
			},
			Tool:    ops.Tool{Set: "account"},
			Command: ops.Command{Noun: "notifications", Verb: "read"},
		}, func(ctx context.Context, in notificationID) (domain.Notification, error) {
			return v.ReadNotification(ctx, verb.ID{ID: in.ID})
		}, func(_ *ops.Reply, n domain.Notification) wire.Resource[NotificationAttributes] {
			return notification(n)
		}, readSample()),
		ops.New(ops.Op{
			Name:  "read_all_notifications",
			Route: ops.Route{Method: http.MethodPost, Path: "/notifications/read-all"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Mark all notifications as read",
				Description: "Marks those of the caller, and nobody else's.",
			},
			Tool:    ops.Tool{Set: "account"},
			Command: ops.Command{Noun: "notifications", Verb: "read-all"},
		}, func(ctx context.Context, _ struct{}) (int, error) {
			return v.ReadAllNotifications(ctx)
		}, func(_ *ops.Reply, n int) MarkedAsRead { return MarkedAsRead{n} }, 3),
		getSettingsRow(v, chapter),
		updateSettingsRow(v, chapter),
	}
}

func readSample() domain.Notification {
	n := sampleNotification
	n.ReadAt = sampleTime
	return n
}

func listNotificationsRow(v *account.Verbs, chapter ops.Chapter) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_notifications",
		Route: ops.Route{Method: http.MethodGet, Path: "/notifications"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter,
			Summary: "List notifications",
			Description: "The inbox of the person who calls, or who created the key that calls. " +
				"They are kept for 90 days.",
		},
		Tool: ops.Tool{Set: "account"},
		Command: ops.Command{
			Noun:    "notifications",
			Verb:    "list",
			Columns: []string{"id", "created_at", "kind", "message", "read_at"},
		},
	}, func(ctx context.Context, in listNotifications) (domain.List[domain.Notification], error) {
		return v.Notifications(ctx, account.ListNotifications{
			Unread: in.Unread,
			Sort:   in.Sort,
			Page:   wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[domain.Notification]) []wire.Resource[NotificationAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, notification)
	}, domain.List[domain.Notification]{Items: []domain.Notification{sampleNotification}, Total: 1})
}

func getSettingsRow(v *account.Verbs, chapter ops.Chapter) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_notification_settings",
		Route: ops.Route{Method: http.MethodGet, Path: "/notification-settings"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapter,
			Summary:     "Get the notification settings",
			Description: "How the caller is notified of each kind of event.",
		},
		Tool:    ops.Tool{Set: "account"},
		Command: ops.Command{Noun: "notification-settings", Verb: "get"},
	}, func(ctx context.Context, _ struct{}) (account.NotificationSettings, error) {
		return v.NotificationSettings(ctx)
	}, viewSettings, sampleSettings)
}

func updateSettingsRow(v *account.Verbs, chapter ops.Chapter) ops.Op {
	return ops.New(ops.Op{
		Name:  "update_notification_settings",
		Route: ops.Route{Method: http.MethodPatch, Path: "/notification-settings"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapter,
			Summary:     "Change the notification settings",
			Description: "Changes the fields and kinds that are given and leaves the others.",
			Example: map[string]any{"kinds": []map[string]any{
				{"kind": "execution.failed", "email": "immediate"},
			}},
		},
		Tool:    ops.Tool{Set: "account"},
		Command: ops.Command{Noun: "notification-settings", Verb: "update"},
	}, func(ctx context.Context, in updateNotificationSettings) (account.NotificationSettings, error) {
		change := account.UpdateNotificationSettings{Email: in.Email}
		for _, k := range in.Kinds {
			change.Kinds = append(change.Kinds, account.NotificationChange(k))
		}
		return v.UpdateNotificationSettings(ctx, change)
	}, viewSettings, sampleSettings)
}

func viewSettings(_ *ops.Reply, s account.NotificationSettings) NotificationSettings {
	out := NotificationSettings{
		Email:     wire.Optional(s.Address),
		OwnEmail:  wire.Optional(s.Email),
		Available: s.Sends,
		Kinds:     []NotificationKind{},
	}
	for _, k := range domain.NotificationKinds() {
		c := s.Choice(k)
		out.Kinds = append(out.Kinds, NotificationKind{k, c.App, c.Email})
	}
	return out
}

func notification(n domain.Notification) wire.Resource[NotificationAttributes] {
	return wire.Resource[NotificationAttributes]{Type: "notification", ID: n.ID, Attributes: NotificationAttributes{
		Kind:        n.Kind,
		Message:     n.Headline(),
		Detail:      wire.Optional(n.Detail),
		ExecutionID: wire.Optional(n.ExecutionID),
		ContentID:   wire.Optional(n.ContentID),
		CreatedAt:   n.CreatedAt.UTC(),
		ReadAt:      wire.Time(n.ReadAt),
	}}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a notification's columns.
const (
	notificationRead db.Set = 1 << iota
	notificationCreate
)

var notificationTable = db.NewTable("notification", func(n *domain.Notification) []db.Column {
	return []db.Column{
		{Name: "id", Field: &n.ID, In: notificationRead},
		{Name: "workspace_id", Field: &n.WorkspaceID, In: notificationRead | notificationCreate},
		{Name: "user_id", Field: &n.UserID, In: notificationRead | notificationCreate},
		{Name: "address", Field: &n.Address, In: notificationRead | notificationCreate},
		{Name: "kind", Field: db.Text(&n.Kind), In: notificationRead | notificationCreate},
		{Name: "execution_id", Field: &n.ExecutionID, In: notificationRead | notificationCreate},
		{Name: "content_id", Field: &n.ContentID, In: notificationRead | notificationCreate},
		{Name: "event_id", Field: &n.EventID, In: notificationRead | notificationCreate},
		{Name: "title", Field: &n.Title, In: notificationRead | notificationCreate},
		{Name: "detail", Field: &n.Detail, In: notificationRead | notificationCreate},
		{Name: "in_app", Field: &n.InApp, In: notificationRead | notificationCreate},
		{Name: "email", Field: db.Text(&n.Email), In: notificationRead | notificationCreate},
		{Name: "email_id", Field: &n.EmailID, In: notificationRead},
		{Name: "created_at", Field: db.Time(&n.CreatedAt), In: notificationRead | notificationCreate},
		{Name: "read_at", Field: db.Time(&n.ReadAt), In: notificationRead},
	}
})

var (
	notificationColumns = notificationTable.Columns(notificationRead)
	createNotification  = notificationTable.Write(notificationCreate, `insert into notification ({columns})
		values ({values}) on conflict (workspace_id, user_id, address, kind, event_id) do nothing returning id`)
)

// NotificationFilter narrows and orders a list of notifications.
type NotificationFilter struct {
	Unread bool // only unread ones
	Sort   domain.NotificationSort
}

// inbox is the condition for what a person sees in the app.
const inbox = ` from notification where workspace_id = $1 and user_id = $2 and in_app`

// Notifications returns a page of a person's inbox.
func (q Q) Notifications(
	ctx context.Context, workspaceID, userID int64, f NotificationFilter, p domain.Page,
) (l domain.List[domain.Notification], err error) {
	where, order := inbox, ` order by id desc`
	if f.Unread {
		where += ` and read_at = 0`
	}
	if f.Sort != domain.SortByTime {
		order = ` order by case when read_at = 0 then 0 else 1 end, id desc`
	}
	l.Items, err = db.Many(ctx, q.db, notificationTable.Scan(notificationRead), `select `+notificationColumns+
		where+order+` limit 0 + $3 offset $4`, workspaceID, userID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read notifications: %w", err)
	}
	if err = q.db.One(ctx, []any{&l.Total}, `select count(*)`+where, workspaceID, userID); err != nil {
		return l, fmt.Errorf("count notifications: %w", err)
	}
	return l, nil
}

// UnreadNotifications counts what a person has not read.
func (q Q) UnreadNotifications(ctx context.Context, workspaceID, userID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*)`+inbox+` and read_at = 0`, workspaceID, userID)
	if err != nil {
		return 0, fmt.Errorf("count unread notifications: %w", err)
	}
	return n, nil
}

// Notification returns one notification of a person's inbox.
func (q Q) Notification(ctx context.Context, workspaceID, userID, id int64) (domain.Notification, error) {
	n, ok, err := db.First(ctx, q.db, notificationTable.Scan(notificationRead),
		`select `+notificationColumns+inbox+` and id = $3`, workspaceID, userID, id)
	if err != nil {
		return n, fmt.Errorf("read notification: %w", err)
	}
	if !ok {
		return n, domain.NotFound("Notification")
	}
	return n, nil
}

// CreateNotification stores a notification and returns it with its id. It reports false
// where the recipient has been notified of the event before.
func (t *Tx) CreateNotification(ctx context.Context, n domain.Notification) (domain.Notification, bool, error) {
	n.CreatedAt = t.now
	err := createNotification.One(ctx, t.db, &n, &n.ID)
	if errors.Is(err, db.ErrNoRow) {
		return n, false, nil
	}
	if err != nil {
		return n, false, fmt.Errorf("create notification: %w", err)
	}
	return n, true, nil
}

// ReadNotification marks one notification of a person as read. It reports false where
// it was read before, or is not there.
func (t *Tx) ReadNotification(ctx context.Context, workspaceID, userID, id int64) (bool, error) {
	n, err := t.db.ExecCount(ctx, `update notification set read_at = $4
		where workspace_id = $1 and user_id = $2 and id = $3 and in_app and read_at = 0`,
		workspaceID, userID, id, db.Millis(t.now))
	if err != nil {
		return false, fmt.Errorf("mark notification as read: %w", err)
	}
	return n > 0, nil
}

// ReadAllNotifications marks all notifications of a person as read, and returns how
// many were not.
func (t *Tx) ReadAllNotifications(ctx context.Context, workspaceID, userID int64) (int, error) {
	n, err := t.db.ExecCount(ctx, `update notification set read_at = $3
		where workspace_id = $1 and user_id = $2 and in_app and read_at = 0`, workspaceID, userID, db.Millis(t.now))
	if err != nil {
		return 0, fmt.Errorf("mark notifications as read: %w", err)
	}
	return int(n), nil
}

// EmailNotification makes a notification part of an e-mail.
func (t *Tx) EmailNotification(ctx context.Context, n domain.Notification, emailID int64) error {
	err := t.db.Exec(ctx, `update notification set email_id = $3 where workspace_id = $1 and id = $2`,
		n.WorkspaceID, n.ID, emailID)
	if err != nil {
		return fmt.Errorf("put notification into an e-mail: %w", err)
	}
	return nil
}

// DeleteOldNotifications deletes the notifications and e-mails of all workspaces that
// were created before then.
func (t *Tx) DeleteOldNotifications(ctx context.Context, before time.Time) error {
	for _, table := range []string{"notification", "email"} {
		if err := t.db.Exec(ctx, `delete from `+table+` where created_at < $1`, db.Millis(before)); err != nil {
			return fmt.Errorf("delete old notifications: %w", err)
		}
	}
	return nil
}

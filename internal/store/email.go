package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an e-mail's columns.
const (
	emailRead db.Set = 1 << iota
	emailCreate
	emailSave
)

var emailTable = db.NewTable("email", func(e *domain.Email) []db.Column {
	return []db.Column{
		{Name: "id", Field: &e.ID, In: emailRead},
		{Name: "workspace_id", Field: &e.WorkspaceID, In: emailRead | emailCreate},
		{Name: "user_id", Field: &e.UserID, In: emailRead | emailCreate},
		{Name: "address", Field: &e.Address, In: emailRead | emailCreate},
		{Name: "digest_day", Field: &e.DigestDay, In: emailRead | emailCreate},
		{Name: "message_id", Field: &e.MessageID, In: emailRead | emailCreate},
		{Name: "status", Field: db.Text(&e.Status), In: emailRead | emailCreate | emailSave},
		{Name: "tries", Field: &e.Tries, In: emailRead | emailSave},
		{Name: "error", Field: &e.Error, In: emailRead | emailSave},
		{Name: "created_at", Field: db.Time(&e.CreatedAt), In: emailRead | emailCreate},
		{Name: "ended_at", Field: db.Time(&e.EndedAt), In: emailRead | emailSave},
	}
})

var (
	emailColumns = emailTable.Columns(emailRead)
	createEmail  = emailTable.Write(emailCreate, `insert into email ({columns}) values ({values})
		on conflict (workspace_id, user_id, address, digest_day) where digest_day <> '' do nothing returning id`)
	saveEmail = emailTable.Write(emailSave, `update email set {set}
		where workspace_id = {workspace_id} and id = {id} and status = 'waiting'`)
)

// Email returns an e-mail of whatever workspace, for the job that sends it; ok is false
// where there is none.
func (q Q) Email(ctx context.Context, id int64) (e domain.Email, ok bool, err error) {
	e, ok, err = db.First(ctx, q.db, emailTable.Scan(emailRead), `select `+emailColumns+` from email where id = $1`, id)
	if err != nil {
		return e, false, fmt.Errorf("read e-mail: %w", err)
	}
	return e, ok, nil
}

// EmailsSince counts the e-mails to a recipient that were created since a moment.
func (q Q) EmailsSince(ctx context.Context, r domain.Recipient, since time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from email
		where workspace_id = $1 and user_id = $2 and address = $3 and created_at >= $4`,
		r.WorkspaceID, r.UserID, r.Address, db.Millis(since))
	if err != nil {
		return 0, fmt.Errorf("count e-mails: %w", err)
	}
	return n, nil
}

// EmailNotifications returns the first notifications of an e-mail, in the order of
// time, and how many there are.
func (q Q) EmailNotifications(
	ctx context.Context, e domain.Email, limit int,
) (l domain.List[domain.Notification], err error) {
	l.Items, err = db.Many(ctx, q.db, notificationTable.Scan(notificationRead), `select `+notificationColumns+
		` from notification where workspace_id = $1 and email_id = $2 order by id limit 0 + $3`, e.WorkspaceID, e.ID, limit)
	if err != nil {
		return l, fmt.Errorf("read the notifications of an e-mail: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from notification
		where workspace_id = $1 and email_id = $2`, e.WorkspaceID, e.ID)
	return l, err
}

// CreateEmail stores an e-mail that waits to be sent, and returns it with its id. It
// reports false where the recipient has a digest of the day already.
func (t *Tx) CreateEmail(ctx context.Context, e domain.Email) (domain.Email, bool, error) {
	e.Status, e.CreatedAt = domain.EmailWaiting, t.now
	err := createEmail.One(ctx, t.db, &e, &e.ID)
	if errors.Is(err, db.ErrNoRow) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("create e-mail: %w", err)
	}
	return e, true, nil
}

// SaveEmail stores how a try to send an e-mail went. One that has ended stays as it is.
func (t *Tx) SaveEmail(ctx context.Context, e domain.Email) error {
	if e.Status != domain.EmailWaiting {
		e.EndedAt = t.now
	}
	if _, err := saveEmail.Exec(ctx, t.db, &e); err != nil {
		return fmt.Errorf("save e-mail: %w", err)
	}
	return nil
}

// digestOpen is the condition for notifications that no digest has yet. What was read
// in the app needs none.
const digestOpen = ` email = 'digest' and email_id = 0 and read_at = 0`

// DigestRecipients returns who has notifications for a digest, in all workspaces.
func (q Q) DigestRecipients(ctx context.Context) ([]domain.Recipient, error) {
	scan := func(row db.Row) (r domain.Recipient, err error) {
		err = row.Scan(&r.WorkspaceID, &r.UserID, &r.Address)
		return r, err
	}
	list, err := db.Many(ctx, q.db, scan, `select distinct workspace_id, user_id, address from notification
		where`+digestOpen+` order by workspace_id, user_id, address`)
	if err != nil {
		return nil, fmt.Errorf("look for digests: %w", err)
	}
	return list, nil
}

// DigestWaits reports whether a recipient was notified before a moment of what no
// digest has.
func (q Q) DigestWaits(ctx context.Context, r domain.Recipient, before time.Time) (bool, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from notification
		where workspace_id = $1 and user_id = $2 and address = $3 and created_at < $4 and`+digestOpen+` limit 1`,
		r.WorkspaceID, r.UserID, r.Address, db.Millis(before))
	if err != nil {
		return false, fmt.Errorf("look for digests: %w", err)
	}
	return len(list) > 0, nil
}

// FillDigest puts what a recipient was notified of before a moment into the digest,
// and returns how many that are.
func (t *Tx) FillDigest(ctx context.Context, e domain.Email, before time.Time) (int, error) {
	n, err := t.db.ExecCount(ctx, `update notification set email_id = $5
		where workspace_id = $1 and user_id = $2 and address = $3 and created_at < $4 and`+digestOpen,
		e.WorkspaceID, e.UserID, e.Address, db.Millis(before), e.ID)
	if err != nil {
		return 0, fmt.Errorf("fill digest: %w", err)
	}
	return int(n), nil
}

package account

import (
	"context"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// person returns whose notifications a caller sees: a person's own, a key's creator's,
// and the first owner's for the operator and where a key has no creator. A key whose
// creator has left sees nobody's.
func person(ctx context.Context, q store.Q, a domain.Actor) (int64, error) {
	switch a.Kind {
	case domain.ActorPerson:
		return a.ID, nil
	case domain.ActorKey:
		k, err := q.Key(ctx, a.WorkspaceID, a.ID)
		if err != nil || k.CreatorID != 0 {
			return k.CreatorID, err
		}
	}
	owner, _, err := q.Owner(ctx, a.WorkspaceID)
	return owner.ID, err
}

// ListNotifications asks for a page of the caller's inbox.
type ListNotifications struct {
	Unread bool                    // only unread ones
	Sort   domain.NotificationSort // empty: unread ones first
	Page   domain.Page
}

// Notifications returns a page of the caller's inbox.
func (v *Verbs) Notifications(ctx context.Context, in ListNotifications) (domain.List[domain.Notification], error) {
	var none domain.List[domain.Notification]
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return none, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "sort", in.Sort)
	if err := p.Err(); err != nil {
		return none, err
	}
	q := v.store.Read()
	id, err := person(ctx, q, a)
	if err != nil {
		return none, err
	}
	return q.Notifications(ctx, a.WorkspaceID, id, store.NotificationFilter{Unread: in.Unread, Sort: in.Sort}, in.Page)
}

// UnreadNotifications returns how many notifications the caller has not read.
func (v *Verbs) UnreadNotifications(ctx context.Context) (int, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return 0, err
	}
	q := v.store.Read()
	id, err := person(ctx, q, a)
	if err != nil {
		return 0, err
	}
	return q.UnreadNotifications(ctx, a.WorkspaceID, id)
}

// ReadNotification marks a notification of the caller's as read, and returns it. One
// that was read before stays as it is.
func (v *Verbs) ReadNotification(ctx context.Context, in verb.ID) (domain.Notification, error) {
	return verb.Change(ctx, v.store, domain.ScopeRead,
		func(tx *store.Tx, a domain.Actor) (domain.Notification, error) {
			id, err := person(ctx, tx.Q, a)
			if err != nil {
				return domain.Notification{}, err
			}
			changed, err := tx.ReadNotification(ctx, a.WorkspaceID, id, in.ID)
			if err != nil {
				return domain.Notification{}, err
			}
			if changed {
				if err := appendRead(ctx, tx, a, 1); err != nil {
					return domain.Notification{}, err
				}
			}
			return tx.Notification(ctx, a.WorkspaceID, id, in.ID)
		})
}

// ReadAllNotifications marks all notifications of the caller as read, and returns how
// many were not.
func (v *Verbs) ReadAllNotifications(ctx context.Context) (int, error) {
	return verb.Change(ctx, v.store, domain.ScopeRead, func(tx *store.Tx, a domain.Actor) (int, error) {
		id, err := person(ctx, tx.Q, a)
		if err != nil {
			return 0, err
		}
		n, err := tx.ReadAllNotifications(ctx, a.WorkspaceID, id)
		if err != nil || n == 0 {
			return n, err
		}
		return n, appendRead(ctx, tx, a, n)
	})
}

func appendRead(ctx context.Context, tx *store.Tx, a domain.Actor, n int) error {
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, domain.NotificationRead{Count: n})
}

// NotificationSettings are a person's settings with all that decides what they mean.
type NotificationSettings struct {
	domain.NotificationSettings
	Address string // where e-mails go now; empty: nowhere
	Sends   bool   // this server sends e-mails
}

// NotificationSettings returns the caller's settings.
func (v *Verbs) NotificationSettings(ctx context.Context) (NotificationSettings, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return NotificationSettings{}, err
	}
	q := v.store.Read()
	id, err := person(ctx, q, a)
	if err != nil {
		return NotificationSettings{}, err
	}
	return v.settings(ctx, q, a.WorkspaceID, id)
}

func (v *Verbs) settings(ctx context.Context, q store.Q, workspaceID, userID int64) (NotificationSettings, error) {
	s, err := q.NotificationSettingsOf(ctx, workspaceID, userID)
	if err != nil {
		return NotificationSettings{}, err
	}
	m, _, err := q.Member(ctx, workspaceID, userID)
	return NotificationSettings{s, s.AddressOf(m.User), v.email}, err
}

// NotificationChange is a change of one kind's settings. A nil field stays as it is.
type NotificationChange struct {
	Kind  domain.NotificationKind
	App   *bool
	Email *domain.EmailMode
}

// UpdateNotificationSettings changes the caller's settings. A nil field stays as it is.
type UpdateNotificationSettings struct {
	Email *string // where to send e-mails; empty: the person's own address
	Kinds []NotificationChange
}

// UpdateNotificationSettings changes the caller's settings. A key may change the address
// only with the scope admin: e-mails would go on after it was revoked.
func (v *Verbs) UpdateNotificationSettings(
	ctx context.Context, in UpdateNotificationSettings,
) (NotificationSettings, error) {
	if err := in.validate(); err != nil {
		return NotificationSettings{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeRead,
		func(tx *store.Tx, a domain.Actor) (NotificationSettings, error) {
			if in.Email != nil && a.Kind == domain.ActorKey {
				if err := a.Require(domain.ScopeAdmin); err != nil {
					return NotificationSettings{}, err
				}
			}
			id, err := person(ctx, tx.Q, a)
			if err != nil {
				return NotificationSettings{}, err
			}
			s, err := tx.NotificationSettingsOf(ctx, a.WorkspaceID, id)
			if err != nil {
				return NotificationSettings{}, err
			}
			if err := saveSettings(ctx, tx, a.WorkspaceID, id, in.apply(s)); err != nil {
				return NotificationSettings{}, err
			}
			return v.settings(ctx, tx.Q, a.WorkspaceID, id)
		})
}

func saveSettings(ctx context.Context, tx *store.Tx, workspaceID, userID int64, s domain.NotificationSettings) error {
	if err := tx.SaveNotificationSettings(ctx, workspaceID, userID, s); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: workspaceID}, domain.NotificationConfigured{UserID: userID})
}

func (in UpdateNotificationSettings) validate() error {
	var p domain.Problems
	if in.Email != nil && *in.Email != "" {
		checkEmail(&p, "email", *in.Email)
	}
	if in.Kinds != nil {
		domain.LimitNotifyKinds.Count(&p, "kinds", len(in.Kinds))
	}
	seen := map[domain.NotificationKind]bool{}
	for i, c := range in.Kinds {
		path := "kinds." + strconv.Itoa(i)
		if c.Kind == "" {
			p.Required(path + ".kind")
		}
		domain.CheckEnum(&p, path+".kind", c.Kind)
		if seen[c.Kind] && c.Kind != "" {
			p.Twice(path+".kind", string(c.Kind))
		}
		seen[c.Kind] = true
		if c.Email != nil {
			if *c.Email == "" {
				p.Required(path + ".email")
			}
			domain.CheckEnum(&p, path+".email", *c.Email)
		}
	}
	return p.Err()
}

func (in UpdateNotificationSettings) apply(s domain.NotificationSettings) domain.NotificationSettings {
	verb.Set(&s.Email, in.Email)
	choices := map[domain.NotificationKind]domain.NotificationChoice{}
	for kind, c := range s.Choices {
		choices[kind] = c
	}
	for _, change := range in.Kinds {
		c := s.Choice(change.Kind)
		verb.Set(&c.App, change.App)
		verb.Set(&c.Email, change.Email)
		choices[change.Kind] = c
	}
	s.Choices = choices
	return s
}

// Unsubscribed says whose e-mails a link stops.
type Unsubscribed struct {
	Workspace string // its name
	Address   string // empty: those to a member
}

// errUnsubscribeLink is the refusal of a link that was changed, or is another server's.
func errUnsubscribeLink() error {
	return domain.Errorf(domain.CodeNotFound, "This link is incomplete. Copy the whole link from the e-mail.")
}

// UnsubscribeLink says what the token of a link in an e-mail would stop. It takes no
// caller.
func (v *Verbs) UnsubscribeLink(ctx context.Context, token string) (Unsubscribed, error) {
	r, ok := v.vault.Unsubscriber(token)
	if !ok {
		return Unsubscribed{}, errUnsubscribeLink()
	}
	w, err := v.store.Read().Workspace(ctx, r.WorkspaceID)
	return Unsubscribed{w.Name, r.Address}, err
}

// Unsubscribe stops the e-mails to the recipient of a token: a person's settings say off
// for every kind, and an address leaves the workspace's list. It takes no caller, and
// does nothing the second time.
func (v *Verbs) Unsubscribe(ctx context.Context, token string) (Unsubscribed, error) {
	r, ok := v.vault.Unsubscriber(token)
	if !ok {
		return Unsubscribed{}, errUnsubscribeLink()
	}
	ctx = domain.WithActor(ctx, domain.SystemActor(r.WorkspaceID, 0, "Unsubscribe link"))
	var out Unsubscribed
	err := v.store.InTx(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(ctx, r.WorkspaceID)
		if err != nil {
			return err
		}
		out = Unsubscribed{w.Name, r.Address}
		if r.UserID != 0 {
			s, err := tx.NotificationSettingsOf(ctx, r.WorkspaceID, r.UserID)
			if err != nil {
				return err
			}
			return saveSettings(ctx, tx, r.WorkspaceID, r.UserID, s.WithoutEmail())
		}
		before := len(w.NotifyEmails)
		w.NotifyEmails = slices.DeleteFunc(slices.Clone(w.NotifyEmails), func(a string) bool { return a == r.Address })
		if len(w.NotifyEmails) == before {
			return nil
		}
		if _, err := tx.SaveWorkspace(ctx, w); err != nil {
			return err
		}
		return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: w.ID}, domain.NotificationConfigured{})
	})
	return out, err
}

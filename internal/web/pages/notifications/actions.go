package notifications

import (
	"context"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// open marks a notification as read and leads to where its reader can act.
func (p page) open(w http.ResponseWriter, r *http.Request) error {
	return p.mark(w, r, func(n domain.Notification) string { return n.Path() })
}

// read marks a notification as read and stays where it was.
func (p page) read(w http.ResponseWriter, r *http.Request) error {
	back := readQuery(r.URL.Query()).href()
	return p.mark(w, r, func(domain.Notification) string { return back })
}

func (p page) mark(w http.ResponseWriter, r *http.Request, to func(domain.Notification) string) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.Notification, error) {
		return p.Engine.Account.ReadNotification(ctx, verb.ID{ID: id})
	}, func(n domain.Notification) ui.Outcome { return ui.Outcome{Path: to(n)} })
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Finish(w, r, out)
}

func (p page) readAll(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, p.Engine.Account.ReadAllNotifications, func(n int) ui.Outcome {
		if n == 0 {
			return ui.Outcome{Path: path}
		}
		return ui.Outcome{Path: path, Message: ui.Plural(n, "notification", "notifications") + " marked as read."}
	})
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Finish(w, r, out)
}

// save stores the settings, or shows the form again with what is wrong.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	email := r.PostForm.Get("email")
	in := account.UpdateNotificationSettings{Email: &email}
	for _, k := range domain.NotificationKinds() {
		app, mode := r.PostForm.Get("app-"+string(k)) != "", domain.EmailMode(r.PostForm.Get("email-"+string(k)))
		in.Kinds = append(in.Kinds, account.NotificationChange{Kind: k, App: &app, Email: &mode})
	}
	out, err := ui.Once(r, func(ctx context.Context) (account.NotificationSettings, error) {
		return p.Engine.Account.UpdateNotificationSettings(ctx, in)
	}, func(account.NotificationSettings) ui.Outcome {
		return ui.Outcome{Path: path + "#settings", Message: "Settings saved."}
	})
	if domain.CodeOf(err) != domain.CodeValidation {
		if err != nil {
			return p.Refuse(w, r, path, err)
		}
		return p.Finish(w, r, out)
	}
	v, viewErr := p.view(w, r)
	if viewErr != nil {
		return viewErr
	}
	v.Settings.Email, v.Settings.Problem = email, domain.AsError(err).Message
	for i, c := range in.Kinds {
		v.Settings.Kinds[i].App, v.Settings.Kinds[i].Email = *c.App, emailChoices(*c.Email)
	}
	return p.Render(w, r, domain.CodeValidation.Status(), "notifications", v)
}

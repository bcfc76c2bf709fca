package keys

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// create creates a key and shows it in the response itself: its secret is never in
// an address or a cookie.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := account.CreateKey{Name: strings.TrimSpace(r.PostForm.Get("name"))}
	for _, sc := range r.PostForm["scopes"] {
		in.Scopes = append(in.Scopes, domain.Scope(sc))
	}
	if days, err := strconv.Atoi(r.PostForm.Get("expires")); err == nil {
		in.ExpiresAt = p.Now().AddDate(0, 0, days)
	}
	var problems []string
	if in.Name == "" {
		problems = append(problems, "Enter a name for the key.")
	}
	if len(in.Scopes) == 0 {
		problems = append(problems, "Choose at least one permission.")
	}
	if len(problems) > 0 {
		return p.showAgain(w, r, http.StatusUnprocessableEntity, problems)
	}
	var k account.NewKey
	again, err := ui.Once(r, func(ctx context.Context) (_ account.NewKey, err error) {
		k, err = p.Engine.Account.CreateKey(ctx, in)
		return k, err
	}, alreadyShown)
	if err != nil {
		e := domain.AsError(err)
		if e.Code == domain.CodeServer {
			return err
		}
		return p.showAgain(w, r, e.Code.Status(), []string{e.Message})
	}
	if k.Secret == "" {
		return p.Finish(w, r, again)
	}
	return p.showKey(w, r, newKey{Name: k.Key.Name, Secret: k.Secret})
}

// alreadyShown is what the second of two posts of one form gets: the secret is stored
// nowhere, so it cannot be shown again.
func alreadyShown(k account.NewKey) ui.Outcome {
	return ui.Outcome{Path: path, Message: "The key “" + k.Key.Name + "” was created a moment ago, and was shown " +
		"then. If you did not see it, rotate it to get a new one."}
}

// showAgain shows the form with what is wrong.
func (p page) showAgain(w http.ResponseWriter, r *http.Request, status int, problems []string) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	chosen := r.PostForm["scopes"]
	if chosen == nil {
		chosen = []string{}
	}
	v.Form = newForm(chosen)
	v.Form.Name, v.Form.Errors, v.Open = r.PostForm.Get("name"), problems, true
	return p.Render(w, r, status, "keys", v)
}

func (p page) showKey(w http.ResponseWriter, r *http.Request, k newKey) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	k.Curl = "curl -s " + v.Origin + "/api/v1/partners/profile \\\n" +
		"  -H \"Authorization: Bearer " + k.Secret + "\" \\\n" +
		"  -H \"Accept: application/json\""
	v.New = &k
	return p.Render(w, r, http.StatusOK, "keys", v)
}

func (p page) rotate(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	grace, err := time.ParseDuration(r.PostForm.Get("grace"))
	if err != nil {
		return domain.Errorf(domain.CodeBadRequest, "Choose how long the old key keeps working.")
	}
	var k account.NewKey
	again, err := ui.Once(r, func(ctx context.Context) (_ account.NewKey, err error) {
		k, err = p.Engine.Account.RotateKey(ctx, account.RotateKey{ID: id, Grace: grace})
		return k, err
	}, alreadyShown)
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	if k.Secret == "" {
		return p.Finish(w, r, again)
	}
	ends := "The old key has stopped working."
	if grace > 0 {
		ends = "The old key stops working in " + hours(grace) + "."
	}
	return p.showKey(w, r, newKey{Name: k.Key.Name, Secret: k.Secret, Rotated: true, Grace: ends})
}

// hours writes a grace period: "1 hour", "7 days".
func hours(d time.Duration) string {
	n := int(d.Round(time.Hour) / time.Hour)
	if n > 24 && n%24 == 0 {
		return ui.Plural(n/24, "day", "days")
	}
	return ui.Plural(n, "hour", "hours")
}

// revoke ends a key. The person types its name first, because it cannot be undone.
func (p page) revoke(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Rows, func(k row) bool { return k.ID == id })
	if i < 0 {
		return domain.NotFound("Key")
	}
	if strings.TrimSpace(r.PostForm.Get("confirm")) != v.Rows[i].Name {
		v.Asking, v.Problem = id, "The name doesn’t match. The key was not revoked."
		return p.Render(w, r, http.StatusUnprocessableEntity, "keys", v)
	}
	if err := p.Engine.Account.RevokeKey(r.Context(), verb.ID{ID: id}); err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Back(w, r, path, "“"+v.Rows[i].Name+"” has been revoked.")
}

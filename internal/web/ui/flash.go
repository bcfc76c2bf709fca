package ui

import (
	"encoding/json"
	"net/http"
	"net/url"

	"vellocity/internal/domain"
)

// flash is a message that is shown once, on the page after a form.
type flash struct {
	Text string `json:"text"`
	Bad  bool   `json:"bad,omitempty"`
	Undo *Undo  `json:"undo,omitempty"`
}

const flashCookie = "vellocity_flash"

// keepFlash keeps a message for the next page.
func (s *Site) keepFlash(w http.ResponseWriter, r *http.Request, f flash) {
	value, err := json.Marshal(f)
	if err != nil {
		return // a message is not worth a failed page
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure over TLS; a local network may have none
		Name:     flashCookie,
		Value:    url.QueryEscape(string(value)),
		Path:     "/",
		MaxAge:   60,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
		Secure:   s.opts.Secure(r),
	})
}

// takeFlash returns the message that is to be shown and forgets it; nil for none.
func takeFlash(w http.ResponseWriter, r *http.Request) *flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1}) //nolint:gosec // it removes a message
	value, err := url.QueryUnescape(c.Value)
	var f flash
	if err != nil || json.Unmarshal([]byte(value), &f) != nil || f.Text == "" {
		return nil
	}
	return &f
}

// Back redirects to a page of ours after a form, with a message unless it is empty.
func (s *Site) Back(w http.ResponseWriter, r *http.Request, to, message string) error {
	return s.Finish(w, r, Outcome{Path: to, Message: message})
}

// Finish redirects to where a form leads, with its message unless that is empty.
func (s *Site) Finish(w http.ResponseWriter, r *http.Request, o Outcome) error {
	if o.Message != "" {
		s.keepFlash(w, r, flash{Text: o.Message, Undo: o.Undo})
	}
	http.Redirect(w, r, o.Path, http.StatusSeeOther)
	return nil
}

// Refuse redirects to a page of ours with the reason why a form was refused. A
// server error and a missing thing are returned, for the error page.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, to string, err error) error {
	e := domain.AsError(err)
	if WantsJSON(r) || e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return err
	}
	s.keepFlash(w, r, flash{Text: e.Message, Bad: true})
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

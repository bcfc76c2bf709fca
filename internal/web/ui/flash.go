package ui

import (
	"net/http"
	"net/url"

	"vellocity/internal/domain"
)

// flash is a message that is shown once, on the page after a form.
type flash struct {
	Text string
	Bad  bool
}

const flashCookie = "vellocity_flash"

// keepFlash keeps a message for the next page.
func (s *Site) keepFlash(w http.ResponseWriter, r *http.Request, f flash) {
	value := "+" + f.Text
	if f.Bad {
		value = "-" + f.Text
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure over TLS; a local network may have none
		Name:     flashCookie,
		Value:    url.QueryEscape(value),
		Path:     "/",
		MaxAge:   60,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
		Secure:   s.opts.Secure(r),
	})
}

func takeFlash(w http.ResponseWriter, r *http.Request) *flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1}) //nolint:gosec // it removes a message
	value, err := url.QueryUnescape(c.Value)
	if err != nil || len(value) < 2 {
		return nil
	}
	return &flash{Text: value[1:], Bad: value[0] == '-'}
}

// Back redirects to a page of ours after a form, with a message unless it is empty.
func (s *Site) Back(w http.ResponseWriter, r *http.Request, to, message string) error {
	if message != "" {
		s.keepFlash(w, r, flash{Text: message})
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
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

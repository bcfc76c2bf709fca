// Package unsubscribe is the page that a link in an e-mail leads to: it stops further
// e-mails to the recipient of that one. It needs no session.
package unsubscribe

import (
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

//go:embed *.html
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "unsubscribe",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET /unsubscribe", Handle: p.ask, Open: true},
			{Pattern: "POST /unsubscribe", Handle: p.stop, Open: true},
		},
	}
}

type view struct {
	ui.Shell
	Stops   account.Unsubscribed
	Token   string
	Done    bool
	Problem string // what is wrong with the link
}

// ask shows what the link stops. It does nothing yet: programs that look at links in
// e-mails follow it too.
func (p page) ask(w http.ResponseWriter, r *http.Request) error {
	v := view{Token: r.URL.Query().Get("t")}
	var err error
	v.Stops, err = p.Engine.Account.UnsubscribeLink(r.Context(), v.Token)
	return p.answer(w, r, v, err)
}

// stop stops the e-mails, for the button of the page and for the mail program that
// posts to the link itself (RFC 8058). It stays so when it is sent twice.
func (p page) stop(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	v := view{Token: r.URL.Query().Get("t"), Done: true}
	var err error
	v.Stops, err = p.Engine.Account.Unsubscribe(r.Context(), v.Token)
	return p.answer(w, r, v, err)
}

func (p page) answer(w http.ResponseWriter, r *http.Request, v view, err error) error {
	status := http.StatusOK
	v.Shell = ui.Shell{Title: "Stop e-mails"}
	if domain.CodeOf(err) == domain.CodeNotFound {
		v.Problem, status, err = domain.AsError(err).Message, http.StatusNotFound, nil
	}
	if err != nil {
		return err
	}
	return p.Render(w, r, status, "unsubscribe", v)
}

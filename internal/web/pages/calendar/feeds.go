package calendar

import (
	"context"
	"net/http"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/web/ui"
)

// feeds is the page with the addresses to which calendar programs subscribe.
type feeds struct {
	Tokens []domain.FeedToken
	Name   string
	Error  string
	New    string // the address of the token that was just created
}

func (p page) subscribe(w http.ResponseWriter, r *http.Request) error {
	return p.showFeeds(w, r, http.StatusOK, feeds{})
}

func (p page) showFeeds(w http.ResponseWriter, r *http.Request, status int, f feeds) error {
	l, err := p.Engine.Calendar.FeedTokens(r.Context(), domain.Page{Number: 1, Size: domain.MostFeedTokens})
	if err != nil {
		return err
	}
	f.Tokens = l.Items
	v := view{Feeds: &f, Refused: refused(r)}
	if v.Shell, err = p.Shell(w, r, path, "Subscribe to the calendar"); err != nil {
		return err
	}
	return p.Render(w, r, status, "calendar", v)
}

func (p page) createToken(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	name := r.PostForm.Get("name")
	made, err := p.Engine.Calendar.CreateFeedToken(r.Context(), calendar.CreateFeedToken{Name: name})
	if e := domain.AsError(err); err != nil {
		if e.Code == domain.CodeServer {
			return err
		}
		return p.showFeeds(w, r, e.Code.Status(), feeds{Name: name, Error: e.Message})
	}
	address := made.URL
	if strings.HasPrefix(address, "/") { // the server does not know its own address, but the browser does
		address = p.Origin(r) + address
	}
	return p.showFeeds(w, r, http.StatusOK, feeds{New: address})
}

func (p page) revoke(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Calendar.RevokeFeedToken(ctx, id)
	}, func(struct{}) ui.Outcome {
		return ui.Outcome{Path: path + "/subscribe", Message: "The address stopped working."}
	})
	if err != nil {
		return p.Refuse(w, r, path+"/subscribe", err)
	}
	return p.Finish(w, r, out)
}

package content

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// linksListed is how many review links the page shows, the newest.
const linksListed = 20

// linksView is the links with which people without an account review the item, and the
// form of a new one.
type linksView struct {
	Item    int64
	Rows    []linkRow
	May     bool   // the person may create and revoke links
	New     string // the address of a new link, shown this once
	Note    string // of a form that was refused
	Problem string
	Days    []ui.Choice
}

type linkRow struct {
	domain.ReviewLink
	Live bool
}

// linkRoutes are the addresses of review links.
func (p page) linkRoutes() []ui.Route {
	return []ui.Route{
		{Pattern: "POST /content/{id}/review-links", Handle: p.createLink},
		{Pattern: "POST /content/{id}/review-links/{link}/revoke", Handle: p.revokeLink},
	}
}

func (p page) reviewLinks(ctx context.Context, itemID int64, now time.Time) (linksView, error) {
	a, _ := domain.ActorFrom(ctx)
	v := linksView{Item: itemID, May: a.May(domain.ScopeReview), Days: []ui.Choice{
		{Value: "1", Label: "1 day"}, {Value: "7", Label: "7 days", On: true}, {Value: "30", Label: "30 days"},
	}}
	l, err := p.Engine.Content.ReviewLinks(ctx, content.ListReviewLinks{
		ID: itemID, Page: domain.Page{Number: 1, Size: linksListed},
	})
	for _, link := range l.Items {
		v.Rows = append(v.Rows, linkRow{link, link.Live(now)})
	}
	return v, err
}

// createLink creates a link and shows its address in the response itself: it is never in
// another address or a cookie.
func (p page) createLink(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	days, _ := strconv.Atoi(r.PostForm.Get("days")) // no number: the verb refuses it
	in := content.CreateReviewLink{ID: id, Days: days, Note: strings.TrimSpace(r.PostForm.Get("note"))}
	var made content.NewReviewLink
	again, err := ui.Once(r, func(ctx context.Context) (_ content.NewReviewLink, err error) {
		made, err = p.Engine.Content.CreateReviewLink(ctx, in)
		return made, err
	}, func(content.NewReviewLink) ui.Outcome {
		return ui.Outcome{
			Path:    ui.ItemPath(id) + "#review-links",
			Message: "The link was created a moment ago, and was shown then. If you did not see it, create another one.",
		}
	})
	e := domain.AsError(err)
	if err != nil && e.Code != domain.CodeValidation {
		return err
	}
	if err == nil && made.Secret == "" {
		return p.Finish(w, r, again)
	}
	d, missing := p.Engine.Content.Item(r.Context(), id)
	if missing != nil {
		return missing
	}
	v, missing := p.view(w, r, d)
	if missing != nil {
		return missing
	}
	if err != nil {
		v.Links.Problem, v.Links.Note = e.Message, in.Note
		return p.Render(w, r, e.Code.Status(), "content", v)
	}
	v.Links.New = p.Origin(r) + content.ReviewPath(made.Secret)
	return p.Render(w, r, http.StatusOK, "content", v)
}

func (p page) revokeLink(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	link, err := strconv.ParseInt(r.PathValue("link"), 10, 64)
	if err != nil {
		return domain.NotFound("Review link")
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	back := ui.ItemPath(id) + "#review-links"
	out, err := ui.Once(r,
		func(ctx context.Context) (struct{}, error) {
			return struct{}{}, p.Engine.Content.RevokeReviewLink(ctx, link)
		},
		func(struct{}) ui.Outcome { return ui.Outcome{Path: back, Message: "The link no longer works."} })
	if err != nil {
		return p.Refuse(w, r, back, err)
	}
	return p.Finish(w, r, out)
}

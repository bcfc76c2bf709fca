// Package deals is the board of deals: a column for each stage, with what it is worth, and the form that creates
// a deal.
package deals

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css *.js
var files embed.FS

const (
	path = "/deals"
	// cardsAtOnce is how many cards a column shows.
	cardsAtOnce = 50
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "deals",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Deals", Icon: "coins", Keys: "g f"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.create},
			{Pattern: "POST " + path + "/move", Handle: p.move},
		},
	}
}

type view struct {
	ui.Shell
	Search  string
	Columns []column
	Any     bool // the workspace has deals
	Add     bool // the form is open
	Form    form
	Faults  []string
	AWS     domain.AWSConnection // zero: there is none
}

// form is what a person has filled in.
type form struct{ Title, Customer, Value, Currency string }

type column struct {
	Slug  string // technical-validation
	Stage domain.Stage
	Deals int
	Sums  []string // what the deals are worth, by currency
	Cards []card
	More  int
}

type card struct {
	domain.Opportunity
	Ref, Worth, ETag string
	Wrong            string // what a person should look at; empty: nothing
}

// wrong says in a few words what keeps a deal and AWS apart.
func wrong(o domain.Opportunity) string {
	switch {
	case len(o.Conflict) > 0:
		return "Conflict with AWS"
	case o.SyncError != "":
		return "Not taken by AWS"
	}
	return ""
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	return p.list(w, r, http.StatusOK, view{Add: r.URL.Query().Has("new")})
}

func (p page) list(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	if v.Shell, err = p.Shell(w, r, path, "Deals"); err != nil {
		return err
	}
	if v.AWS, err = p.Engine.Partner.AWSConnection(r.Context()); err != nil {
		return err
	}
	v.Search = r.URL.Query().Get("q")
	sums, err := p.Engine.Partner.StageSums(r.Context())
	if err != nil {
		return err
	}
	v.Any = len(sums) > 0
	for _, s := range domain.Stages() {
		c, err := p.column(r.Context(), s, v.Search, sums)
		if err != nil {
			return err
		}
		v.Columns = append(v.Columns, c)
	}
	return p.Render(w, r, status, "deals", v)
}

func (p page) column(
	ctx context.Context, s domain.Stage, search string, sums []domain.StageSum,
) (column, error) {
	c := column{Slug: strings.ToLower(strings.ReplaceAll(string(s), " ", "-")), Stage: s}
	l, err := p.Engine.Partner.Opportunities(ctx, partner.ListOpportunities{
		Text: search, Stage: s, Page: domain.Page{Number: 1, Size: cardsAtOnce},
	})
	if err != nil {
		return c, err
	}
	for _, x := range domain.SumsOf(sums, s) {
		c.Deals += x.Deals
		if x.Value.Currency != "" {
			c.Sums = append(c.Sums, ui.Amount(x.Value))
		}
	}
	for _, o := range l.Items {
		c.Cards = append(c.Cards, card{
			o, domain.OpportunityRef(o.ID), ui.Amount(o.Value), ui.ETag(int64(o.Revision)), wrong(o),
		})
	}
	c.More = l.Total - len(l.Items)
	return c, nil
}

// create creates a deal. What a person has typed is there again where it is refused.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := form{
		r.PostForm.Get("title"), r.PostForm.Get("customer"), r.PostForm.Get("value"), r.PostForm.Get("currency"),
	}
	edit := domain.OpportunityEdit{}
	if strings.TrimSpace(f.Value) != "" {
		edit.Value, edit.Currency = &f.Value, &f.Currency
	}
	out, err := ui.Once(r, func(ctx context.Context) (partner.OpportunityDetails, error) {
		return p.Engine.Partner.CreateOpportunity(ctx, partner.CreateOpportunity{
			Title: f.Title, Customer: f.Customer, OpportunityEdit: edit,
		})
	}, func(d partner.OpportunityDetails) ui.Outcome {
		return ui.Outcome{Path: path + "/" + domain.OpportunityRef(d.ID), Message: "The deal was created."}
	})
	switch e := domain.AsError(err); {
	case err == nil:
		return p.Finish(w, r, out)
	case e.Code == domain.CodeValidation || e.Code == domain.CodeConflict:
		return p.list(w, r, http.StatusUnprocessableEntity, view{Add: true, Form: f, Faults: ui.FaultsOf(e)})
	}
	return err
}

// move moves a card that was dropped. Where the stage asks for more than a drop can say, the script opens the deal.
func (p page) move(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	id, ok := domain.OpportunityID(r.PostForm.Get("id"))
	if !ok {
		return domain.NotFound("Opportunity")
	}
	d, err := p.Engine.Partner.MoveOpportunity(r.Context(), partner.MoveOpportunity{
		ID: id, Stage: domain.Stage(r.PostForm.Get("stage")),
		Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
	})
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	message := "“" + d.Title + "” is now " + string(d.Stage) + "."
	if ui.WantsJSON(r) {
		ui.WriteJSON(w, http.StatusOK, map[string]string{"message": message})
		return nil
	}
	return p.Back(w, r, path, message)
}

// Package deal is the page of a deal: its fields, its stage with what a stage asks for, and its history.
package deal

import (
	"cmp"
	"context"
	"embed"
	"net/http"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/deals"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "deal",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.edit},
			{Pattern: "POST " + path + "/{id}/stage", Handle: p.stage},
			{Pattern: "POST " + path + "/{id}/resolve", Handle: p.resolve},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

type view struct {
	ui.Shell
	partner.OpportunityDetails
	Ref  string
	ETag string
	Form map[string]string // what the fields show, by their names
	// Conflicts are the fields that were changed here and at AWS.
	Conflicts []conflict
	Types     []ui.Choice
	Listings  []ui.Choice
	Stages    []ui.Choice
	Reasons   []ui.Choice
	Why       string   // the reason that was typed
	Faults    []string // of the fields
	Refused   []string // of the stage
}

// conflict is a field that was changed here and at AWS.
type conflict struct{ Name, Here, AWS string }

func conflictsOf(o domain.Opportunity) (list []conflict) {
	ours := o.Deal()
	for _, c := range o.Conflict {
		name := strings.ReplaceAll(c.Field, "_", " ")
		name = strings.Replace(strings.ToUpper(name[:1])+name[1:], "aws", "AWS", 1)
		list = append(list, conflict{name, cmp.Or(ours[c.Field], "Nothing"), cmp.Or(c.AWS, "Nothing")})
	}
	return list
}

func address(id int64) string { return path + "/" + domain.OpportunityRef(id) }

func opportunityID(r *http.Request) (int64, error) {
	id, ok := domain.OpportunityID(r.PathValue("id"))
	if !ok {
		return 0, domain.NotFound("Opportunity")
	}
	return id, nil
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := opportunityID(r)
	if err != nil {
		return err
	}
	return p.render(w, r, id, http.StatusOK, view{})
}

// render shows a deal, with what a person has typed where it was refused.
func (p page) render(w http.ResponseWriter, r *http.Request, id int64, status int, v view) (err error) {
	if v.OpportunityDetails, err = p.Engine.Partner.Opportunity(r.Context(), id); err != nil {
		return err
	}
	o := v.Opportunity
	if v.Shell, err = p.Shell(w, r, path, o.Title); err != nil {
		return err
	}
	v.Ref, v.ETag = domain.OpportunityRef(id), ui.ETag(int64(o.Revision))
	v.Conflicts = conflictsOf(o)
	if v.Form == nil {
		v.Form = formOf(o)
	}
	v.Types = choices("Not known", v.Form["opportunity_type"], o.Type.Values())
	stage := r.URL.Query().Get("stage")
	if r.PostForm.Has("stage") {
		stage = r.PostForm.Get("stage")
	}
	if stage == "" {
		stage = string(o.Stage)
	}
	v.Stages = choices("", stage, o.Stage.Values())[1:]
	v.Reasons = choices("None", r.PostForm.Get("closed_lost_reason"), o.LostReason.Values())
	l, err := p.Engine.Partner.Listings(r.Context(), partner.ListListings{
		Sort: domain.ListingsByTitle, Page: domain.Page{Number: 1, Size: domain.MaxListings},
	})
	if err != nil {
		return err
	}
	v.Listings = []ui.Choice{{Value: "", Label: "None"}}
	for _, x := range l.Items {
		ref := domain.ListingRef(x.ID)
		v.Listings = append(v.Listings, ui.Choice{Value: ref, Label: x.Title, On: ref == v.Form["listing_id"]})
	}
	return p.Render(w, r, status, "deal", v)
}

func formOf(o domain.Opportunity) map[string]string {
	f := map[string]string{
		"title": o.Title, "customer": o.Customer, "customer_website": o.Website, "customer_country": o.Country,
		"customer_aws_account_id": o.AWSAccount, "business_problem": o.Problem, "opportunity_type": string(o.Type),
		"currency": o.Value.Currency, "next_step": o.NextStep, "next_step_on": o.NextStepOn,
		"target_close_date": o.CloseOn, "listing_id": domain.ListingRef(o.ListingID),
	}
	if o.Value.Currency != "" {
		f["value"] = o.Value.String()
	}
	return f
}

func choices(none, on string, values []string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: none, On: on == ""}}
	for _, v := range values {
		list = append(list, ui.Choice{Value: v, Label: v, On: v == on})
	}
	return list
}

// edit stores the form of the fields.
func (p page) edit(w http.ResponseWriter, r *http.Request) error {
	id, err := opportunityID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := read(r)
	in.ID = id
	out, err := ui.Once(r, func(ctx context.Context) (partner.OpportunityDetails, error) {
		return p.Engine.Partner.EditOpportunity(ctx, in)
	}, func(partner.OpportunityDetails) ui.Outcome {
		return ui.Outcome{Path: address(id), Message: "The deal was saved."}
	})
	e := domain.AsError(err)
	switch {
	case err == nil:
		return p.Finish(w, r, out)
	case e.Code != domain.CodeValidation && e.Code != domain.CodePreconditionFailed && e.Code != domain.CodeConflict:
		return err
	}
	typed := map[string]string{}
	for name := range r.PostForm {
		typed[name] = r.PostForm.Get(name)
	}
	return p.render(w, r, id, http.StatusUnprocessableEntity, view{Form: typed, Faults: ui.FaultsOf(e)})
}

func read(r *http.Request) partner.EditOpportunity {
	text := func(name string) *string {
		s := r.PostForm.Get(name)
		return &s
	}
	kind := domain.OpportunityType(r.PostForm.Get("opportunity_type"))
	return partner.EditOpportunity{
		Title: text("title"), Customer: text("customer"),
		OpportunityEdit: domain.OpportunityEdit{
			Website: text("customer_website"), Country: text("customer_country"),
			AWSAccount: text("customer_aws_account_id"), Problem: text("business_problem"), Type: &kind,
			Value: text("value"), Currency: text("currency"), NextStep: text("next_step"),
			NextStepOn: text("next_step_on"), CloseOn: text("target_close_date"), ListingID: text("listing_id"),
		},
		Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
	}
}

// stage moves the deal.
func (p page) stage(w http.ResponseWriter, r *http.Request) error {
	id, err := opportunityID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := partner.MoveOpportunity{
		ID: id, Stage: domain.Stage(r.PostForm.Get("stage")), Reason: r.PostForm.Get("reason"),
		LostReason: domain.LostReason(r.PostForm.Get("closed_lost_reason")),
	}
	out, err := ui.Once(r, func(ctx context.Context) (partner.OpportunityDetails, error) {
		return p.Engine.Partner.MoveOpportunity(ctx, in)
	}, func(d partner.OpportunityDetails) ui.Outcome {
		return ui.Outcome{Path: address(id), Message: "The deal is now " + string(d.Stage) + "."}
	})
	switch e := domain.AsError(err); {
	case err == nil:
		return p.Finish(w, r, out)
	case e.Code == domain.CodeValidation || e.Code == domain.CodeConflict:
		return p.render(w, r, id, http.StatusUnprocessableEntity, view{Refused: ui.FaultsOf(e), Why: in.Reason})
	}
	return err
}

// resolve ends a conflict with AWS.
func (p page) resolve(w http.ResponseWriter, r *http.Request) error {
	id, err := opportunityID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := partner.ResolveOpportunity{
		ID: id, Keep: domain.DealSides(r.PostForm.Get("keep")),
		Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
	}
	out, err := ui.Once(r, func(ctx context.Context) (partner.OpportunityDetails, error) {
		return p.Engine.Partner.ResolveOpportunity(ctx, in)
	}, func(partner.OpportunityDetails) ui.Outcome {
		return ui.Outcome{Path: address(id), Message: "The conflict was resolved."}
	})
	if err != nil {
		return p.Refuse(w, r, address(id), err)
	}
	return p.Finish(w, r, out)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := opportunityID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	if err := p.Engine.Partner.DeleteOpportunity(r.Context(), verb.ID{ID: id}); err != nil {
		return p.Refuse(w, r, address(id), err)
	}
	return p.Finish(w, r, ui.Outcome{Path: path, Message: "The deal was deleted."})
}

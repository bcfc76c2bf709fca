// Package campaigns is the list of campaigns, and each with its plan as a form and its
// timeline: planned, scheduled and published.
package campaigns

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/campaigns"

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "campaigns",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Campaigns", Icon: "megaphone", Keys: "g p"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.list},
			{Pattern: "GET " + path + "/new", Handle: p.blank},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/start", Handle: p.start},
			{Pattern: "POST " + path + "/{id}/pause", Handle: p.pause},
			{Pattern: "POST " + path + "/{id}/resume", Handle: p.resume},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// view is what the page shows: the list, or a form.
type view struct {
	ui.Shell
	Campaigns []domain.Campaign
	Form      *form // nil: the list
	Refused   string
}

func refused(r *http.Request) string {
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeWrite); err != nil {
			return domain.AsError(err).Message
		}
	}
	return ""
}

func (p page) list(w http.ResponseWriter, r *http.Request) error {
	l, err := p.Engine.Calendar.Campaigns(r.Context(), calendar.ListCampaigns{Page: domain.Page{Number: 1, Size: 200}})
	if err != nil {
		return err
	}
	v := view{Campaigns: l.Items, Refused: refused(r)}
	if v.Shell, err = p.Shell(w, r, path, "Campaigns"); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "campaigns", v)
}

func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, f form) (err error) {
	v := view{Form: &f, Refused: refused(r)}
	f.Asking = r.URL.Query().Has("delete")
	title := "New campaign"
	if f.ID != 0 {
		title = f.Stored.Name
	}
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return err
	}
	return p.Render(w, r, status, "campaigns", v)
}

func (p page) blank(w http.ResponseWriter, r *http.Request) error {
	ws, err := p.Engine.Account.Profile(r.Context())
	if err != nil {
		return err
	}
	start := p.Now().In(ws.Location()).AddDate(0, 0, 14).Format("2006-01-02")
	c := domain.Campaign{Timezone: ws.Location().String(), StartDate: start, Status: domain.CampaignDraft}
	f, err := p.formOf(r.Context(), calendar.CampaignDetails{Campaign: c})
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, f)
}

func (p page) stored(r *http.Request) (form, error) {
	id, err := ui.PathID(r)
	if err != nil {
		return form{}, err
	}
	d, err := p.Engine.Calendar.Campaign(r.Context(), id)
	if err != nil {
		return form{}, err
	}
	return p.formOf(r.Context(), d)
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, f)
}

func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f, err := p.formOf(r.Context(), calendar.CampaignDetails{Campaign: domain.Campaign{Status: domain.CampaignDraft}})
	if err != nil {
		return err
	}
	f.post(r.PostForm)
	if r.PostForm.Has("more") {
		f.addRows()
		return p.showForm(w, r, http.StatusOK, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (calendar.CampaignDetails, error) {
		e, err := f.edit()
		if err != nil {
			return calendar.CampaignDetails{}, err
		}
		return p.Engine.Calendar.CreateCampaign(ctx, e)
	}, func(d calendar.CampaignDetails) ui.Outcome {
		return ui.Outcome{Path: pathOf(d.ID), Message: "“" + d.Name + "” was created. Start it when its plan is right."}
	})
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	f.post(r.PostForm)
	if r.PostForm.Has("more") {
		f.addRows()
		return p.showForm(w, r, http.StatusOK, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (calendar.CampaignDetails, error) {
		e, err := f.edit()
		if err != nil {
			return calendar.CampaignDetails{}, err
		}
		return p.Engine.Calendar.EditCampaign(ctx, calendar.EditCampaign{
			ID: f.ID, CampaignEdit: e, Precondition: verb.Precondition{IfMatch: f.ETag},
		})
	}, func(d calendar.CampaignDetails) ui.Outcome {
		return ui.Outcome{Path: pathOf(d.ID), Message: "“" + d.Name + "” was saved."}
	})
	if domain.CodeOf(err) == domain.CodePreconditionFailed {
		f.ETag = ui.ETag(f.Stored.Revision())
	}
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause
	}
	f.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	if e.Code == domain.CodePreconditionFailed {
		f.Problem = "Someone saved this campaign while you were editing. Your changes are still here. " +
			"Save again to put them in place of theirs."
		return p.showForm(w, r, e.Code.Status(), f)
	}
	f.blame(e)
	return p.showForm(w, r, e.Code.Status(), f)
}

func (p page) start(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, p.Engine.Calendar.StartCampaign, "started: its events are on the calendar")
}

func (p page) pause(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, p.Engine.Calendar.PauseCampaign, "paused: nothing is done at the times of its events")
}

func (p page) resume(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, p.Engine.Calendar.ResumeCampaign, "running again")
}

func (p page) change(
	w http.ResponseWriter, r *http.Request, do func(context.Context, verb.ID) (calendar.CampaignDetails, error),
	now string,
) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (calendar.CampaignDetails, error) {
		return do(ctx, verb.ID{ID: id})
	}, func(d calendar.CampaignDetails) ui.Outcome {
		return ui.Outcome{Path: pathOf(id), Message: "“" + d.Name + "” is " + now + "."}
	})
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Calendar.DeleteCampaign(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The campaign was deleted."} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}

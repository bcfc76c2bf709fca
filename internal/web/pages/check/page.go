// Package check is the page that checks a text before it is an item: what guardrails find, how far it follows a
// brand voice, its scores, and where a model is connected the model's opinion of it.
package check

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"vellocity/internal/check"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css *.js
var files embed.FS

const (
	path = "/check"
	// judge is the capability whose model judges the text.
	judge = "check-brand-voice"
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "check",
		Files: files,
		Menu:  ui.Link{Group: ui.Create, Path: path, Name: "Check a text", Icon: "shield-check", Keys: "g k"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.check},
			{Pattern: "POST " + path + "/judgement", Handle: p.judge},
		},
	}
}

// show is the empty form; with brand_voice_id that voice is chosen, with sample one of its sample texts is
// checked, and with judged the text that a model was asked about.
func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if id, err := strconv.ParseInt(q.Get("judged"), 10, 64); err == nil {
		if err := p.fillJudged(r.Context(), &v, id); err != nil {
			return err
		}
	} else if err := p.fillVoice(r.Context(), &v, q.Get("brand_voice_id"), q.Get("sample")); err != nil {
		return err
	}
	if v.value("text") != "" {
		if _, err := p.fillResult(r.Context(), &v); err != nil {
			return err
		}
	}
	return p.Render(w, r, http.StatusOK, "check", v)
}

// fillVoice chooses a brand voice, and one of its sample texts by its number from 1.
func (p page) fillVoice(ctx context.Context, v *view, voice, sample string) error {
	id, err := strconv.ParseInt(voice, 10, 64)
	if err != nil {
		return nil //nolint:nilerr // none is named
	}
	b, err := p.Engine.Content.BrandVoice(ctx, id)
	if err != nil {
		return err
	}
	v.choose("brand_voice_id", voice)
	if n, err := strconv.Atoi(sample); err == nil && n >= 1 && n <= len(b.SampleTexts) {
		v.choose("text", b.SampleTexts[n-1])
	}
	return nil
}

// check shows the form again with what there is to say about its text. A script gets that alone.
func (p page) check(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(w, r)
	if err != nil {
		return err
	}
	status, err := p.fillResult(r.Context(), &v)
	if err != nil {
		return err
	}
	if ui.Partial(r) {
		status = http.StatusOK // what is wrong is part of what it shows
	}
	return p.Render(w, r, status, "check", v)
}

func (p page) posted(w http.ResponseWriter, r *http.Request) (view, error) {
	if err := ui.ReadForm(r); err != nil {
		return view{}, err
	}
	v, err := p.view(w, r)
	if err != nil {
		return v, err
	}
	v.Fields.Post(r.PostForm)
	return v, nil
}

// judge asks the model what it thinks of the text, as an execution. What the form has beside its settings
// travels as the execution's context, so that the page can show all of it again.
func (p page) judge(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(w, r)
	if err != nil {
		return err
	}
	settings, further, err := v.asSettings()
	if err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (work.Started, error) {
		return p.Engine.Work.Execute(ctx, work.Execute{Capability: judge, Settings: settings, Context: further})
	}, func(st work.Started) ui.Outcome {
		return ui.Outcome{Path: fmt.Sprintf("%s?judged=%d#judgement", path, st.Execution.ID)}
	})
	if err == nil {
		return p.Finish(w, r, out)
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return err
	}
	v.blame(e, "The model was not asked. Fix these first:")
	return p.Render(w, r, e.Code.Status(), "check", v)
}

func (p page) view(w http.ResponseWriter, r *http.Request) (v view, err error) {
	if v.Shell, err = p.Shell(w, r, path, "Check a text"); err != nil {
		return v, err
	}
	if v.Workspace.ID == 0 { // the request is partial, and the default brand voice is a fact of the workspace
		if v.Workspace, err = p.Engine.Account.Profile(r.Context()); err != nil {
			return v, err
		}
	}
	v.Fields = fields()
	if err := p.FillChoices(r.Context(), v.Fields); err != nil {
		return v, err
	}
	if c, err := p.Engine.Work.Capability(r.Context(), judge); err == nil {
		v.Price = c.Credits
	}
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeContent); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	return v, nil
}

// fillResult checks the text and returns the status of the page.
func (p page) fillResult(ctx context.Context, v *view) (status int, err error) {
	defer func() { v.Further = v.fold() }()
	in, err := v.asked()
	if err == nil {
		var r check.Result
		if r, err = p.Engine.Content.CheckText(ctx, in); err == nil {
			v.Result = resultOf(in.Text, r, p.Engine.Content.PreviewMarkdown)
			return http.StatusOK, nil
		}
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return 0, err
	}
	v.blame(e, "The text was not checked. Fix these first:")
	return e.Code.Status(), nil
}

// reload is after how many seconds the page asks again while the model reads.
const reload = 3

// fillJudged fills the page from an execution that asked a model.
func (p page) fillJudged(ctx context.Context, v *view, id int64) error {
	d, err := p.Engine.Work.Execution(ctx, id)
	if err != nil {
		return err
	}
	if d.Capability != judge {
		return domain.NotFound("Judgement")
	}
	v.fillAgain(d.Settings, d.Context)
	j := &judgement{Execution: id, Running: !d.Status.Ended(), Failed: d.Error, Model: d.Origin.Model}
	for _, s := range d.Steps {
		if s.Key == "judgement" && s.Status == domain.StepDone {
			if err := json.Unmarshal(s.Output, j); err != nil {
				j.Failed = "The judgement could not be read."
			}
		}
	}
	if d.Status == domain.ExecutionCancelled {
		j.Failed = cmp.Or(j.Failed, "The execution was cancelled.")
	}
	if j.Running {
		v.Refresh = reload
	}
	v.Judgement = j
	return nil
}

package contents

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// form is the form of a new item.
type form struct {
	Title, Body, MetaTitle, MetaDesc, Slug, Keywords, Language, Assignee, Planned string
	Review                                                                        bool // it goes to review at once
	Types, Voices                                                                 []ui.Choice
	Problem                                                                       string
	Errors                                                                        map[string][]string
}

// fields are the fields as errors name them, in the order of the form.
var fields = []struct{ path, id, label string }{
	{"title", "n-title", "Title"},
	{"body", "body", "Text"},
	{"content_type", "n-content_type", "Type"},
	{"language", "n-language", "Language"},
	{"brand_voice_id", "n-brand_voice_id", "Brand voice"},
	{"assignee", "n-assignee", "Assignee"},
	{"planned_at", "n-planned_at", "Planned for"},
	{"meta_title", "n-meta_title", "Search title"},
	{"meta_description", "n-meta_description", "Search description"},
	{"slug", "n-slug", "URL slug"},
	{"keywords", "n-keywords", "Keywords"},
}

// fault is one line of the summary above the form. Its ID is empty where it belongs to
// no field.
type fault struct{ ID, Label, Message string }

// Wrong returns the messages about a field.
func (f form) Wrong(path string) []string {
	var list []string
	for _, at := range slices.Sorted(maps.Keys(f.Errors)) {
		if at == path || strings.HasPrefix(at, path+".") {
			list = append(list, f.Errors[at]...)
		}
	}
	return list
}

// Folded reports whether the fold holds a field that must be fixed.
func (f form) Folded() bool {
	return slices.ContainsFunc([]string{"meta_title", "meta_description", "slug", "keywords"},
		func(path string) bool { return len(f.Wrong(path)) > 0 })
}

// Faults lists everything that is wrong, in the order of the form.
func (f form) Faults() []fault {
	var list []fault
	for _, x := range fields {
		for _, m := range f.Wrong(x.path) {
			list = append(list, fault{x.id, x.label, m})
		}
	}
	return list
}

// ask shows the empty form.
func (p page) ask(w http.ResponseWriter, r *http.Request) error {
	return p.showForm(w, r, http.StatusOK, url.Values{}, form{Language: "en"})
}

// showForm shows the form with what was posted.
func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, posted url.Values, f form) error {
	sh, err := p.Shell(w, r, path, "New item")
	if err != nil {
		return err
	}
	f.Types = typeChoices(posted.Get("content_type"), "")
	voices, err := p.Engine.Content.BrandVoices(r.Context(), domain.Page{Number: 1, Size: domain.LimitPerPage.Max})
	if err != nil {
		return err
	}
	f.Voices = []ui.Choice{{Value: "", Label: "Workspace default"}}
	for _, v := range voices.Items {
		id := strconv.FormatInt(v.ID, 10)
		f.Voices = append(f.Voices, ui.Choice{Value: id, Label: v.Name, On: posted.Get("brand_voice_id") == id})
	}
	return p.Render(w, r, status, "contents", view{Shell: sh, Form: &f})
}

// create creates an item from the form and opens it.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := readForm(r.PostForm)
	zone, err := p.Zone(r.Context(), ui.Shell{})
	if err != nil {
		return err
	}
	in, err := f.item(r.PostForm, zone)
	var out ui.Outcome
	if err == nil {
		out, err = ui.Once(r,
			func(ctx context.Context) (content.ItemDetails, error) { return p.Engine.Content.CreateItem(ctx, in) },
			func(d content.ItemDetails) ui.Outcome {
				return ui.Outcome{Path: ui.ItemPath(d.ID), Message: "The item is on the board, in " + d.Status.Label() + "."}
			})
	}
	if err == nil {
		return p.Finish(w, r, out)
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer {
		return err // the page of the error shows what was written
	}
	f.Problem, f.Errors = e.Message, e.Fields
	if len(f.Faults()) > 0 {
		f.Problem = "The item was not created. Your text is still here. Fix these fields first:"
	}
	return p.showForm(w, r, e.Code.Status(), r.PostForm, f)
}

func readForm(v url.Values) form {
	get := func(name string) string { return strings.ReplaceAll(v.Get(name), "\r\n", "\n") }
	return form{
		Title:     strings.TrimSpace(domain.FoldLine(get("title"))),
		Body:      get("body"),
		MetaTitle: get("meta_title"),
		MetaDesc:  get("meta_description"),
		Slug:      strings.TrimSpace(get("slug")),
		Keywords:  get("keywords"),
		Language:  strings.TrimSpace(get("language")),
		Assignee:  strings.TrimSpace(domain.FoldLine(get("assignee"))),
		Planned:   get("planned_at"),
		Review:    get("status") == string(domain.ItemReview),
	}
}

// item returns what the form asks for, with days of the time zone; an error where a field of it cannot be read.
func (f form) item(v url.Values, zone *time.Location) (content.CreateItem, error) {
	var p domain.Problems
	in := content.CreateItem{
		Title:           f.Title,
		Body:            f.Body,
		ContentType:     domain.ContentType(v.Get("content_type")),
		Status:          domain.ItemGenerated,
		Language:        f.Language,
		MetaTitle:       f.MetaTitle,
		MetaDescription: f.MetaDesc,
		Slug:            f.Slug,
		Assignee:        f.Assignee,
	}
	if f.Review {
		in.Status = domain.ItemReview
	}
	for k := range strings.SplitSeq(f.Keywords, ",") {
		if k = strings.TrimSpace(k); k != "" {
			in.Keywords = append(in.Keywords, k)
		}
	}
	if id := v.Get("brand_voice_id"); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n <= 0 {
			p.Format("brand_voice_id", "the ID of a brand voice")
		}
		in.BrandVoiceID = n
	}
	var err error
	in.PlannedAt, err = ui.ParseDay("planned_at", f.Planned, zone)
	p.Merge(err)
	return in, p.Err()
}

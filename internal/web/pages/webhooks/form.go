package webhooks

import (
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

const path = "/settings/webhooks"

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

// form is the form of a webhook, with what is stored or what a person wrote.
type form struct {
	Action      string
	ID          int64
	ETag        string
	URL         string
	Description string
	Active      bool
	Groups      []group
	Problem     string
	Errors      map[string][]string // by field
	General     []string            // what is wrong and belongs to no field
}

// group is a part of the catalogue: the events of one noun.
type group struct {
	Name   string
	Events []choice
}

type choice struct {
	Name domain.EventName
	Help string
	On   bool
}

func formOf(w domain.Webhook) *form {
	f := &form{Action: path, URL: w.URL, Description: w.Description, Active: w.Active, Errors: map[string][]string{}}
	if w.ID != 0 {
		f.Action, f.ID, f.ETag = pathOf(w.ID), w.ID, ui.ETag(w.Revision())
	}
	for _, t := range domain.WebhookEventTypes() {
		noun, _, _ := strings.Cut(string(t.Name), ".")
		if name := ui.Human(noun); len(f.Groups) == 0 || f.Groups[len(f.Groups)-1].Name != name {
			f.Groups = append(f.Groups, group{Name: name})
		}
		last := &f.Groups[len(f.Groups)-1]
		last.Events = append(last.Events, choice{t.Name, t.Description, w.Wants(t.Name)})
	}
	return f
}

// post reads a posted form.
func (f *form) post(values url.Values) {
	f.URL, f.Description = strings.TrimSpace(values.Get("url")), values.Get("description")
	f.Active = values.Get("active") != ""
	on := map[string]bool{}
	for _, name := range values["events"] {
		on[name] = true
	}
	for i := range f.Groups {
		for j := range f.Groups[i].Events {
			e := &f.Groups[i].Events[j]
			e.On = on[string(e.Name)]
		}
	}
}

// edit is what the form would store.
func (f *form) edit() account.WebhookEdit {
	events := []domain.WebhookEvent{}
	for _, g := range f.Groups {
		for _, e := range g.Events {
			if e.On {
				events = append(events, domain.WebhookEvent(e.Name))
			}
		}
	}
	return account.WebhookEdit{URL: &f.URL, Events: &events, Description: &f.Description, Active: &f.Active}
}

// refuse has the form shown again with what is wrong, or returns the error where that is no matter
// of the form.
func (f *form) refuse(cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound || e.Code == domain.CodeForbidden {
		return cause
	}
	f.Problem = "This was not saved. Fix these first:"
	for name, messages := range e.Fields {
		name, _, _ = strings.Cut(name, ".")
		f.Errors[name] = append(f.Errors[name], messages...)
	}
	if len(e.Fields) == 0 {
		f.General = []string{e.Message}
	}
	return nil
}

// Faults lists everything that is wrong, for the head of the form.
func (f *form) Faults() (list []ui.Fault) {
	for _, x := range []struct{ name, label string }{
		{"url", "Address"}, {"events", "Events"}, {"description", "Description"},
	} {
		for _, message := range f.Errors[x.name] {
			list = append(list, ui.Fault{ID: "w-" + x.name, Label: x.label, Message: message})
		}
	}
	for _, message := range f.General {
		list = append(list, ui.Fault{Message: message})
	}
	return list
}

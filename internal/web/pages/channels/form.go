package channels

import (
	"net/url"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/extension/wire"
	"vellocity/internal/web/ui"
)

// form is the form of a channel, with what is stored or what a person wrote.
type form struct {
	domain.Channel
	Action  string
	Kind    wire.Kind
	ETag    string
	Fields  ui.Fields
	Secret  field
	Problem string
	General []string // what is wrong and belongs to no field
	Said    *content.ChannelCheck

	secret string // that was posted; it is never shown again
}

// field is the input of the secret, which no other form has.
type field struct {
	Label, Help string
	Required    bool
	Errors      []string
}

func formOf(k wire.Kind, c domain.Channel) form {
	f := form{Channel: c, Kind: k, Action: newPath + string(k.Slug), ETag: ui.ETag(c.Revision())}
	if c.ID != 0 {
		f.Action = pathOf(c.ID)
	}
	f.Fields = ui.Fields{{
		Name: "name", Path: "name", Label: "Name", Help: "What people call it.", Widget: ui.WidgetText, Required: true,
		MaxLength: domain.LimitChannelName.Max, Placeholder: "Company blog",
	}}
	for _, s := range k.Fields {
		x := ui.Field{
			Name: s.Name, Path: "settings." + s.Name, Label: s.Label, Help: sentence(s.Help), Widget: ui.WidgetText,
			Required: s.Required, MaxLength: domain.LimitURL.Max,
		}
		if len(s.Choices) > 0 {
			x.Widget = ui.WidgetSelect
			for _, choice := range s.Choices {
				x.Options = append(x.Options, ui.Choice{Value: choice, Label: ui.Human(choice)})
			}
		}
		f.Fields = append(f.Fields, x)
	}
	types := ui.Field{
		Name: "content_types", Path: "content_types", Label: "Publish here", Widget: ui.WidgetChecks,
		Help: "Publishing an item of these types publishes it here, too. Check none to choose the channel each time.",
	}
	for _, t := range domain.ContentTypes() {
		types.Options = append(types.Options, ui.Choice{Value: string(t), Label: ui.Human(string(t))})
	}
	f.Fields = append(f.Fields, types, ui.Field{
		Name: "enabled", Path: "enabled", Label: "Enabled", Widget: ui.WidgetCheck,
		Help: "A channel that is switched off takes nothing. What is there stays.",
	})
	f.at("name").Choose(c.Name)
	for _, s := range k.Fields {
		f.at(s.Name).Choose(first(c.Settings[s.Name], s.Default))
	}
	var chosen []string
	for _, t := range c.ContentTypes {
		chosen = append(chosen, string(t))
	}
	f.at("content_types").Choose(strings.Join(chosen, "\n"))
	if c.Enabled {
		f.at("enabled").Choose("true")
	}
	f.Secret = field{Label: k.Secret.Label, Help: sentence(k.Secret.Help), Required: k.Secret.Required && c.ID == 0}
	if c.ID != 0 {
		f.Secret.Help += " Leave it empty to keep the stored one."
	}
	return f
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.TrimSuffix(strings.ToUpper(s[:1])+s[1:], ".") + "."
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (f *form) at(name string) *ui.Field {
	return &f.Fields[slices.IndexFunc(f.Fields, func(x ui.Field) bool { return x.Name == name })]
}

// post reads a posted form.
func (f *form) post(values url.Values) {
	f.Fields.Post(values)
	f.secret = values.Get("secret")
}

// edit is what the form would store.
func (f *form) edit() content.ChannelEdit {
	name, enabled := f.at("name").Value, f.at("enabled").Value != ""
	e := content.ChannelEdit{Name: &name, Enabled: &enabled, Settings: map[string]string{}}
	types := []domain.ContentType{}
	for _, o := range f.at("content_types").Options {
		if o.On {
			types = append(types, domain.ContentType(o.Value))
		}
	}
	e.ContentTypes = &types
	for _, s := range f.Kind.Fields {
		e.Settings[s.Name] = f.at(s.Name).Value
	}
	if f.secret != "" {
		secret := domain.Secret(f.secret)
		e.Secret = &secret
	}
	return e
}

// blame puts what is wrong at the fields that it is about.
func (f *form) blame(e *domain.Error) {
	f.Secret.Errors = e.Fields["secret"]
	f.General = nil
	for _, message := range f.Fields.Blame(e) {
		if !slices.Contains(f.Secret.Errors, message) {
			f.General = append(f.General, message)
		}
	}
}

// Faults lists everything that is wrong, for the head of the form.
func (f *form) Faults() []ui.Fault {
	list := f.Fields.Faults()
	for _, message := range f.Secret.Errors {
		list = append(list, ui.Fault{ID: "c-secret", Label: f.Secret.Label, Message: message})
	}
	for _, message := range f.General {
		list = append(list, ui.Fault{Message: message})
	}
	return list
}

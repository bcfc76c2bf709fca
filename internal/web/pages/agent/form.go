package agent

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// form is the form with what a person wrote, or with what is stored.
type form struct {
	ETag     string
	Version  int
	Problem  string   // in one sentence; empty where nothing is wrong
	General  []string // what is wrong and belongs to no field
	Dirty    bool     // it holds what is not stored
	Fields   ui.Fields
	Groups   []group  // of the field "capabilities"
	Policies []policy // one for each guardrail
	NoModel  bool     // no provider is configured, so the composer writes
	External bool     // an address writes its texts
}

// group is a category of capabilities.
type group struct {
	Name         string
	Capabilities []capability
}

type capability struct {
	ui.Choice
	Help string
}

// policy is what is done about the findings of one guardrail.
type policy struct {
	Slug, Name, Help string
	Choices          []ui.Choice
	Value            string
}

// formOf is the form of an agent as it is stored.
func (p page) formOf(ctx context.Context, a domain.Agent) (f form, err error) {
	o, err := p.Engine.Content.AgentOptions(ctx)
	if err != nil {
		return f, err
	}
	f = form{ETag: ui.ETag(a.Revision()), Version: a.Version, NoModel: len(o.Providers) == 0 && a.Provider == "",
		External: a.Type == domain.AgentExternal}
	voices, err := p.Engine.Content.BrandVoices(ctx, domain.Page{Number: 1, Size: domain.MostBrandVoices})
	if err != nil {
		return f, err
	}
	f.Fields = fieldsOf(voices.Items, o.Providers, a)
	for name, value := range map[string]string{
		"name": a.Name, "description": a.Description, "instructions": a.Instructions, "provider": a.Provider,
		"model": a.Model, "brand_voice_id": number(a.BrandVoiceID), "is_active": map[bool]string{true: "true"}[a.IsActive],
		"max_credits_per_execution": number(int64(a.MaxCreditsPerExecution)),
		"max_credits_per_day":       number(int64(a.MaxCreditsPerDay)),
		"capabilities":              strings.Join(a.Capabilities, "\n"),
		"url":                       a.External.URL,
		"timeout_seconds":           number(int64(a.External.TimeoutSeconds)),
	} {
		f.at(name).Choose(value)
	}
	f.group(o.Capabilities, a.Capabilities)
	for _, g := range o.Guardrails {
		f.Policies = append(f.Policies, policyOf(g, o.Policies, a.GuardrailPolicy[g.Slug]))
	}
	return f, nil
}

// number writes an id or a limit; 0, which is none, is empty.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (f *form) at(name string) *ui.Field {
	return &f.Fields[slices.IndexFunc(f.Fields, func(x ui.Field) bool { return x.Name == name })]
}

func fieldsOf(voices []domain.BrandVoice, providers []content.Provider, a domain.Agent) ui.Fields {
	text := func(name, label, help string, l domain.Limit) ui.Field {
		return ui.Field{Name: name, Path: name, Label: label, Help: help, Widget: ui.WidgetText, MaxLength: l.Max}
	}
	credits := func(name, label string) ui.Field {
		return ui.Field{
			Name: name, Path: name, Label: label, Widget: ui.WidgetNumber, Placeholder: "No limit", Step: "1",
			Min: strconv.Itoa(domain.LimitAgentCredits.Min), Max: strconv.Itoa(domain.LimitAgentCredits.Max),
		}
	}
	name := text("name", "Name", "", domain.LimitAgentName)
	name.Required, name.Placeholder = true, "Launch writer"
	model := text("model", "Model", "Choose its provider too.", domain.LimitAgentModel)
	model.Placeholder = "The provider’s default"
	return ui.Fields{
		name,
		text("description", "Description", "What it is for, in a sentence.", domain.LimitAgentDescription),
		{
			Name: "is_active", Path: "is_active", Label: "Active", Widget: ui.WidgetCheck,
			Help: "Only an active agent takes executions.",
		},
		{Name: "capabilities", Path: "capabilities", Label: "Capabilities", Widget: ui.WidgetChecks},
		{
			Name: "provider", Path: "provider", Label: "Provider", Widget: ui.WidgetSelect,
			Options: providerChoices(providers, a.Provider),
		},
		model,
		{
			Name: "brand_voice_id", Path: "brand_voice_id", Label: "Brand voice", Widget: ui.WidgetSelect,
			Options: voiceChoices(voices), Help: "It writes in this one unless the run names another.",
		},
		{
			Name: "instructions", Path: "instructions", Label: "Instructions", Widget: ui.WidgetTextArea, Rows: 5,
			Help: "Its models read this with every task.",
		},
		{
			Name: "url", Path: "url", Label: "Address", Widget: ui.WidgetText, MaxLength: domain.LimitAgentURL.Max,
			Placeholder: "https://agent.example.com/write", Required: a.Type == domain.AgentExternal,
			Help: "Vellocity posts each task here as signed JSON, and takes the text from the answer.",
		},
		{
			Name: "timeout_seconds", Path: "timeout_seconds", Label: "Timeout in seconds", Widget: ui.WidgetNumber, Step: "1",
			Placeholder: strconv.Itoa(domain.AgentTimeout),
			Min:         strconv.Itoa(domain.LimitAgentTimeout.Min), Max: strconv.Itoa(domain.LimitAgentTimeout.Max),
		},
		credits("max_credits_per_execution", "Credits for one execution"),
		credits("max_credits_per_day", "Credits for one day"),
	}
}

func providerChoices(providers []content.Provider, now string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "The default"}}
	if len(providers) > 0 {
		list[0].Label = "The default, now " + providers[0].Name
	}
	for _, p := range providers {
		list = append(list, ui.Choice{Value: p.Name, Label: p.Name + ", " + p.Model})
	}
	if now != "" && !slices.ContainsFunc(list, func(c ui.Choice) bool { return c.Value == now }) {
		list = append(list, ui.Choice{Value: now, Label: now + ", not configured now"})
	}
	return list
}

func voiceChoices(voices []domain.BrandVoice) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "The workspace’s default"}}
	for _, v := range voices {
		list = append(list, ui.Choice{Value: strconv.FormatInt(v.ID, 10), Label: v.Name})
	}
	return list
}

// group sorts the capabilities into their categories. One that no longer exists stays in
// the list until it is taken away.
func (f *form) group(all []domain.Capability, chosen []string) {
	f.Groups = nil
	known := map[string]bool{}
	for _, category := range domain.Categories() {
		g := group{Name: category.Label()}
		for _, c := range all {
			if c.Category == category {
				known[c.Slug] = true
				choice := ui.Choice{Value: c.Slug, Label: c.Name, On: slices.Contains(chosen, c.Slug)}
				g.Capabilities = append(g.Capabilities, capability{choice, c.Description})
			}
		}
		if len(g.Capabilities) > 0 {
			f.Groups = append(f.Groups, g)
		}
	}
	gone := group{Name: "No longer there"}
	for _, slug := range chosen {
		if !known[slug] {
			choice := ui.Choice{Value: slug, Label: slug, On: true}
			gone.Capabilities = append(gone.Capabilities, capability{Choice: choice})
		}
	}
	if len(gone.Capabilities) > 0 {
		f.Groups = append(f.Groups, gone)
	}
}

// policyHelp says what each policy does, in the words of the list.
var policyHelp = map[string]string{
	"flag": "Flag it", "redact": "Redact it", "retry": "Write again once", "block": "Block publishing",
}

func policyOf(g content.Guardrail, policies []string, value string) policy {
	p := policy{Slug: g.Slug, Name: g.Name, Help: g.Description, Value: value}
	p.Choices = append(p.Choices, ui.Choice{Value: "", Label: "Default: " + policyHelp[g.Default], On: value == ""})
	for _, x := range policies {
		p.Choices = append(p.Choices, ui.Choice{Value: x, Label: policyHelp[x], On: value == x})
	}
	return p
}

// readForm reads a posted form of the agent as it is now.
func (p page) readForm(r *http.Request, now domain.Agent) (f form, err error) {
	if err := ui.ReadForm(r); err != nil {
		return f, err
	}
	if f, err = p.formOf(r.Context(), now); err != nil {
		return f, err
	}
	o, err := p.Engine.Content.AgentOptions(r.Context())
	if err != nil {
		return f, err
	}
	f.ETag, f.Dirty = r.PostForm.Get("etag"), true
	f.Version, _ = strconv.Atoi(r.PostForm.Get("version")) // of a new one there is none
	provider, model := f.Fields.Named("provider").Value, f.Fields.Named("model").Value
	f.Fields.Post(r.PostForm)
	if !r.PostForm.Has("provider") { // a form without models leaves them
		f.at("provider").Choose(provider)
		f.at("model").Choose(model)
	}
	f.group(o.Capabilities, r.PostForm["capabilities"])
	for i := range f.Policies {
		g := &f.Policies[i]
		g.Value = r.PostForm.Get("policy." + g.Slug)
		for j := range g.Choices {
			g.Choices[j].On = g.Choices[j].Value == g.Value
		}
	}
	for name, otherwise := range map[string]string{
		"max_credits_per_execution": "no limit", "max_credits_per_day": "no limit",
		"timeout_seconds": strconv.Itoa(domain.AgentTimeout),
	} {
		if x := f.at(name); x.Value != "" {
			if n, err := strconv.Atoi(x.Value); err != nil || n < 1 {
				x.Errors = append(x.Errors, "Enter a whole number, or nothing for "+otherwise+".")
			}
		}
	}
	return f, nil
}

// invalid reports whether a field holds what is no number.
func (f form) invalid() bool { return len(f.Fields.Faults()) > 0 }

// edit is what the form would store.
func (f form) edit() (name string, e domain.AgentEdit) {
	value := func(name string) *string { v := f.Fields.Named(name).Value; return &v }
	count := func(name string) *int {
		n, _ := strconv.Atoi(*value(name)) // empty is no limit, and other text is refused
		return &n
	}
	id, _ := strconv.ParseInt(*value("brand_voice_id"), 10, 64) // empty: none of its own
	active := *value("is_active") != ""
	capabilities := []string{}
	for _, g := range f.Groups {
		for _, c := range g.Capabilities {
			if c.On {
				capabilities = append(capabilities, c.Value)
			}
		}
	}
	guardrails := domain.GuardrailPolicy{}
	for _, p := range f.Policies {
		if p.Value != "" {
			guardrails[p.Slug] = p.Value
		}
	}
	e = domain.AgentEdit{
		Description:            value("description"),
		Capabilities:           &capabilities,
		Provider:               value("provider"),
		Model:                  value("model"),
		Instructions:           value("instructions"),
		BrandVoiceID:           &id,
		GuardrailPolicy:        guardrails,
		IsActive:               &active,
		MaxCreditsPerExecution: count("max_credits_per_execution"),
		MaxCreditsPerDay:       count("max_credits_per_day"),
	}
	if f.External {
		e.URL, e.TimeoutSeconds = value("url"), count("timeout_seconds")
	}
	return *value("name"), e
}

// Faults lists everything that is wrong, for the summary above the form.
func (f form) Faults() []ui.Fault {
	list := f.Fields.Faults()
	for _, m := range f.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}

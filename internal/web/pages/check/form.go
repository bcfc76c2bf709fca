package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"vellocity/internal/check"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// fields are those of the form. The names are the operation's; further holds those that the execution of a
// judgement has no settings for.
func fields() ui.Fields {
	lines := func(name, path, label, help string) ui.Field {
		return ui.Field{Name: name, Path: path, Label: label, Help: help, Widget: ui.WidgetLines, Rows: 3}
	}
	return ui.Fields{
		{
			Name: "text", Path: "text", Label: "Text", Widget: ui.WidgetTextArea, Rows: 14, Required: true,
			Help: "Markdown. The front matter of a file, such as its title and keywords, is read too.",
		},
		{Name: "brand_voice_id", Path: "brand_voice_id", Label: "Brand voice", Widget: ui.WidgetBrandVoice},
		{
			Name: "language", Path: "language", Label: "Language", Widget: ui.WidgetSelect,
			Options: detected(ui.LanguageChoices("")),
		},
		{
			Name: "title", Path: "title", Label: "Title", Widget: ui.WidgetText, MaxLength: domain.LimitTitle.Max,
			Help: "By default the first heading.",
		},
		lines("keywords", "keywords", "Keywords", "What readers would search for, one per line."),
		lines("facts", "support.facts", "Facts", "What the text may rest on, one per line."),
		lines("sources", "support.sources", "Sources", "Passages that the text may quote, one per line."),
		lines("links", "support.links", "Links", "Addresses that the text may link to, one per line."),
	}
}

// detected says what happens where no language is chosen.
func detected(list []ui.Choice) []ui.Choice {
	list[0].Label = "Detect it"
	return list
}

// asked is what the form asks: its text may be a Markdown file, whose front matter says what the form does not.
func (v *view) asked() (content.CheckText, error) {
	in := content.CheckText{
		Text: v.value("text"), Title: v.value("title"), Language: v.value("language"), Keywords: v.list("keywords"),
		Support: domain.Support{Facts: v.list("facts"), Sources: v.list("sources"), Links: v.list("links")},
	}
	if id := v.value("brand_voice_id"); id != "" {
		in.BrandVoiceID, _ = strconv.ParseInt(id, 10, 64) // no number: none, as in the list
	} else {
		in.BrandVoiceID = v.Workspace.BrandVoiceID
	}
	if !strings.HasPrefix(in.Text, "---\n") && !strings.HasPrefix(in.Text, "+++\n") {
		return in, nil
	}
	f, err := check.Read("The text", []byte(in.Text))
	if err != nil {
		var p domain.Problems
		p.Add("text", "%s", err.Error())
		return in, p.Err()
	}
	in.Text = f.Text
	if in.Title == "" {
		in.Title = f.Title
	}
	if in.Language == "" {
		in.Language = f.Language
	}
	if len(in.Keywords) == 0 {
		in.Keywords = f.Keywords
	}
	return in, nil
}

// asSettings writes the form as the settings of the capability that asks a model, and the rest of it.
func (v *view) asSettings() (settings, further json.RawMessage, err error) {
	set, rest := map[string]any{"text": v.value("text")}, map[string]any{}
	for _, name := range []string{"title", "keywords", "facts", "sources", "links"} {
		if s := v.value(name); s != "" {
			rest[name] = s
		}
	}
	in, bad := v.asked()
	if bad == nil {
		set["text"] = in.Text
		if in.Text != v.value("text") {
			rest["file"] = v.value("text")
		}
		if in.Language != "" {
			set["language"] = in.Language
		}
	}
	if v.value("language") == "" && in.Language != "" {
		rest["detected"] = true
	}
	if in.BrandVoiceID != 0 {
		set["brand_voice_id"] = in.BrandVoiceID
	}
	if settings, err = rawObject(set); err != nil {
		return nil, nil, err
	}
	further, err = rawObject(rest)
	return settings, further, err
}

// fillAgain fills the form from what asSettings wrote.
func (v *view) fillAgain(settings, further json.RawMessage) {
	var set struct {
		Text     string `json:"text"`
		Voice    int64  `json:"brand_voice_id"`
		Language string `json:"language"`
	}
	var rest map[string]any
	if json.Unmarshal(settings, &set) != nil {
		return
	}
	_ = json.Unmarshal(further, &rest) // nothing more to fill in
	v.choose("text", set.Text)
	if set.Voice != 0 {
		v.choose("brand_voice_id", strconv.FormatInt(set.Voice, 10))
	}
	if rest["detected"] == nil {
		v.choose("language", set.Language)
	}
	for name := range maps.Keys(rest) {
		if s, ok := rest[name].(string); ok {
			if name == "file" {
				name = "text"
			}
			v.choose(name, s)
		}
	}
}

// rawObject writes a JSON object.
func rawObject(m map[string]any) (json.RawMessage, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	return raw, nil
}

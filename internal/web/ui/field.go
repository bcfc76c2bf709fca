package ui

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Field is one input of a form that is built from a schema.
type Field struct {
	Name, Path   string // Path is settings.topic, as errors name it
	Label, Help  string
	Group        string // the part of the form that it is folded into; empty: none
	Widget       Widget
	Type         schema.Type
	Value        string
	Options      []Choice
	Required     bool
	Min, Max     string
	Step         string
	MaxLength    int
	Placeholder  string
	Errors       []string
	Hint         string // limits in words
	Rows         int
	Search       bool   // more options can be found by their title
	Other        string // the code of a language that is not listed
	List         string // the id of a list of suggestions for a text; "": none
	Focus        bool   // it gets the focus when the page opens
	Passages     bool   // a list whose entries may have several lines; an empty line parts them
	integerItems bool
	usual        string // the value that the form begins with
}

// ID is the field's id in the page.
func (f Field) ID() string { return "f-" + f.Name }

// Described lists the ids of what explains the field.
func (f Field) Described() string {
	var ids []string
	if f.Help != "" || f.Hint != "" {
		ids = append(ids, f.ID()+"-help")
	}
	if len(f.Errors) > 0 {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Invalid is what aria-invalid says.
func (f Field) Invalid() string { return strconv.FormatBool(len(f.Errors) > 0) }

// FieldsOf builds the fields of a settings schema, in their order.
func FieldsOf(s *schema.Schema) Fields {
	var fields Fields
	for _, f := range s.Fields() {
		fields = append(fields, fieldOf(f))
	}
	return fields
}

// passage is the length in characters above which an entry of a list is no line of its
// own but a passage that may have several.
const passage = 2000

func fieldOf(s schema.Field) Field {
	f := Field{
		Name:      s.Name,
		Path:      "settings." + s.Name,
		Label:     cmp.Or(s.Title, Human(s.Name)),
		Help:      s.Help,
		Group:     s.Group,
		Widget:    widgetOf(s),
		Type:      s.Type,
		Value:     rawText(s.Default),
		Required:  s.Required,
		MaxLength: s.MaxLength,
		Hint:      limitsOf(s),
		Rows:      3,
	}
	if f.Passages = f.Widget == WidgetLines && s.Items.MaxLength > passage; f.Passages {
		f.Rows = 6
	}
	if len(s.Examples) > 0 {
		f.Placeholder = rawText(s.Examples[0])
	}
	if strings.Contains(strings.ToLower(f.Help), "per line") {
		f.Hint = strings.Replace(strings.TrimPrefix(f.Hint, "One per line, "), "up to", "Up to", 1)
	}
	f.Min, f.Max = numberText(s.Min), numberText(s.Max)
	f.Step = "any"
	if s.Type == schema.Integer {
		f.Step = "1"
	}
	enum, labels := s.Enum, s.Labels
	if s.Items != nil {
		f.integerItems = s.Items.Type == schema.Integer
		enum = slices.Concat(enum, s.Items.Enum)
		if labels == nil {
			labels = s.Items.Labels
		}
	}
	if f.Widget == WidgetSelect {
		f.Options = append(f.Options, Choice{Value: "", Label: "Choose…", On: f.Value == ""})
	}
	for _, v := range enum {
		f.Options = append(f.Options, Choice{Value: v, Label: cmp.Or(labels[v], Human(v))})
	}
	if f.Widget == WidgetLanguage {
		f.listLanguages(f.Value == "")
	}
	f.Choose(f.Value)
	f.usual = f.Value
	return f
}

// limitsOf says the limits of a schema in words.
func limitsOf(s schema.Field) string {
	lo, hi := numberText(s.Min), numberText(s.Max)
	switch {
	case lo != "" && hi != "":
		return "From " + lo + " to " + hi + "."
	case lo != "":
		return "At least " + lo + "."
	case hi != "":
		return "At most " + hi + "."
	case s.Type == schema.List && s.Items != nil && s.Items.MaxLength > passage:
		return "Put an empty line between them, up to " + strconv.Itoa(s.MaxItems) + "."
	case s.Type == schema.List && s.Items != nil && len(s.Items.Enum) == 0 && s.MaxItems > 0:
		return "One per line, up to " + strconv.Itoa(s.MaxItems) + "."
	case s.Type == schema.List && s.Items != nil && len(s.Items.Enum) == 0:
		return "One per line."
	case s.MaxLength > 0 && s.MaxLength < 5000:
		return "Up to " + Digits(s.MaxLength) + " characters."
	}
	return ""
}

func numberText(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

// rawText is [ValueText] of a value that is not decoded yet; nil gives "".
func rawText(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return ValueText(v)
}

// ValueText shows a JSON value the way its field holds it; a list has one entry
// per line.
func ValueText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case []any:
		lines := make([]string, len(x))
		for i, e := range x {
			lines[i] = ValueText(e)
		}
		return strings.Join(lines, "\n")
	case map[string]any:
		b, err := json.MarshalIndent(x, "", "  ")
		if err != nil {
			return ""
		}
		return string(b)
	}
	if text := plainValue(v); v != false {
		return text
	}
	return ""
}

// Choose sets the value of the field and selects its option.
func (f *Field) Choose(value string) {
	f.Value = value
	values := []string{value}
	if f.Widget == WidgetLanguage {
		values = []string{f.chooseLanguage()}
	}
	if f.Widget == WidgetChecks {
		values = strings.Split(value, "\n")
	}
	for i := range f.Options {
		f.Options[i].On = slices.Contains(values, f.Options[i].Value)
	}
}

// Fields are the inputs of a form, in their order.
type Fields []Field

// Fill sets the fields to recorded settings.
func (fields Fields) Fill(settings json.RawMessage) {
	var values map[string]any
	if json.Unmarshal(settings, &values) != nil {
		return
	}
	for i := range fields {
		if v, ok := values[fields[i].Name]; ok {
			fields[i].Choose(fields[i].textOf(v))
		}
	}
}

// textOf shows a recorded value as the field holds it. The empty lines within a passage
// are dropped: in the field they part passages.
func (f *Field) textOf(v any) string {
	list, ok := v.([]any)
	if !ok || !f.Passages {
		return ValueText(v)
	}
	passages := make([]string, len(list))
	for i, e := range list {
		passages[i] = emptyLines.ReplaceAllString(strings.TrimSpace(ValueText(e)), "\n")
	}
	return strings.Join(passages, "\n\n")
}

// Post sets the fields to a posted form.
func (fields Fields) Post(form url.Values) {
	for i := range fields {
		value := strings.Join(form[fields[i].Name], "\n")
		if fields[i].Widget == WidgetLanguage {
			value = fields[i].postedLanguage(form)
		}
		fields[i].Choose(strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n")))
	}
}

// Settings returns the settings object, without empty fields. A value that does
// not have its type is noted at its field, and valid is false.
func (fields Fields) Settings() (settings map[string]any, valid bool) {
	settings, valid = map[string]any{}, true
	for i := range fields {
		f := &fields[i]
		v, problem := f.json()
		if problem != "" {
			f.Errors = append(f.Errors, problem)
			valid = false
		}
		if v != nil {
			settings[f.Name] = v
		}
	}
	return settings, valid
}

func (f *Field) json() (value any, problem string) {
	if f.Value == "" {
		return nil, f.noLanguage()
	}
	switch f.Widget {
	case WidgetCheck:
		return f.Value != "false", ""
	case WidgetLines, WidgetChecks:
		return f.list()
	case WidgetJSON:
		var v any
		if json.Unmarshal([]byte(f.Value), &v) != nil {
			return nil, "This is not valid JSON."
		}
		return v, ""
	}
	if f.Type == schema.Integer || f.Type == schema.Number {
		n, err := strconv.ParseFloat(f.Value, 64)
		if f.Type == schema.Integer && (err != nil || n != float64(int64(n))) {
			return nil, "Enter a whole number."
		}
		if err != nil {
			return nil, "Enter a number."
		}
		return n, ""
	}
	return f.Value, ""
}

// emptyLines matches what parts passages.
var emptyLines = regexp.MustCompile(`\n(?:[^\S\n]*\n)+`)

// entries cuts the value of a list. A passage that was pasted with its line breaks is one
// entry; a block that has an address on each line is one for each.
func (f *Field) entries() []string {
	if !f.Passages {
		return strings.Split(f.Value, "\n")
	}
	var entries []string
	for _, block := range emptyLines.Split(f.Value, -1) {
		if lines := strings.Split(block, "\n"); allAddresses(lines) {
			entries = append(entries, lines...)
		} else {
			entries = append(entries, block)
		}
	}
	return entries
}

func allAddresses(lines []string) bool {
	for _, line := range lines {
		u, err := url.Parse(strings.TrimSpace(line))
		if err != nil || u.Host == "" || strings.ContainsAny(strings.TrimSpace(line), " \t") {
			return false
		}
	}
	return true
}

func (f *Field) list() (value any, problem string) {
	list := []any{}
	for _, line := range f.entries() {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !f.integerItems {
			list = append(list, line)
			continue
		}
		n, err := strconv.Atoi(line)
		if err != nil {
			return nil, "Enter one whole number per line."
		}
		list = append(list, n)
	}
	return list, ""
}

// Blame notes the messages of a refusal at their fields and returns those that
// belong to none.
func (fields Fields) Blame(e *domain.Error) (rest []string) {
	for _, path := range sortedKeys(e.Fields) {
		i := slices.IndexFunc(fields, func(f Field) bool {
			return path == f.Path || strings.HasPrefix(path, f.Path+".") || strings.HasPrefix(path, f.Path+"[")
		})
		if i < 0 {
			rest = append(rest, e.Fields[path]...)
			continue
		}
		fields[i].Errors = append(fields[i].Errors, e.Fields[path]...)
	}
	if len(e.Fields) == 0 {
		rest = append(rest, e.Message)
	}
	return rest
}

// plainValue writes a single JSON value; an object or a list gives "".
func plainValue(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

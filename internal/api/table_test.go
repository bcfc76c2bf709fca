package api_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/api/account"
	"vellocity/internal/app"
	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// TestEnumsNameValuesOfTheirType holds the fields whose tags allow fewer values than
// their type to values that the type has. All other fields take their values from it.
func TestEnumsNameValuesOfTheirType(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || !strings.HasPrefix(typ.PkgPath(), "vellocity/") {
			return
		}
		seen[typ] = true
		for _, f := range reflect.VisibleFields(typ) {
			walk(f.Type)
			values, ok := reflect.Zero(f.Type).Interface().(interface{ Values() []string })
			for v := range strings.SplitSeq(f.Tag.Get("enum"), ",") {
				if ok && v != "" && !slices.Contains(values.Values(), v) {
					t.Errorf("%s.%s names %q, which its type does not have", typ, f.Name, v)
				}
			}
		}
	}
	for _, o := range app.Table() {
		if data := o.Data(); data != nil {
			walk(data)
		}
		if o.Stream != nil {
			for _, e := range o.Stream.Events {
				walk(e.Data)
			}
		}
	}
	if len(seen) < 25 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

// TestLimitsAreUsed holds that a limit of domain is that of some field: one that no
// row names is checked by nobody at the doors.
func TestLimitsAreUsed(t *testing.T) {
	elsewhere := map[string]bool{
		"reviewer": true, // of a page without an account
		"percent":  true, // of a response
		"term":     true, // of the entries of preferred_terms
		"url":      true, // of a provider that the operator connects, as the next two are
		"provider": true, "model": true,
		// Of a step, which is an item of a list.
		"step_key": true, "depends_on": true, "expression": true,
		"campaign_minutes": true, "clock": true, "action_channels": true, // of objects
		"feed_token": true, // of an address that calendar programs have
		"cron":       true, // of a trigger's schedule, an object
		// Of a field of a writer template, which is an item of a list, and of its value.
		"writer_name": true, "writer_help": true, "writer_example": true, "writer_options": true,
		"writer_text": true, "writer_long_text": true, "writer_list": true,
	}
	used := map[string]bool{}
	for _, o := range slices.Concat(app.Table(), account.OperatorRows(nil)) {
		for _, f := range o.Fields() {
			used[f.Limit] = true
		}
	}
	for _, l := range domain.Limits() {
		if !used[l.Name] && !elsewhere[l.Name] {
			t.Errorf("no field has the limit %s", l.Name)
		}
	}
}

// TestTextsAreOneLineOrSeveral holds that every text which a row takes is said to be one line,
// or is one of those that may have several. TestPublishedLimitsAreTrue sends line breaks to
// the former.
func TestTextsAreOneLineOrSeveral(t *testing.T) {
	several := map[string]bool{
		"body": true, "reason": true, "acceptance": true, "facts": true, "prompt": true, "tone_custom": true,
		"brand_voice_description": true, "brand_voice_audience": true, "sample_texts": true,
		"agent_description": true, "agent_instructions": true, "redo_instructions": true, "comment": true, "use_case": true,
		"template_description": true, "rule_condition": true,
		"writer_description": true, "writer_prompt": true, "response": true,
		"image_description": true, "image_negative": true,
		"chat_description": true, "chat_instructions": true,
		"listing_short": true, "listing_long": true, "listing_highlights": true, "listing_support": true, "deal_problem": true,
		"calendar_description": true, "campaign_goal": true,
		"source_text": true, "search": true, "query": true, // words, and white space separates them
	}
	one := 0
	for _, o := range slices.Concat(app.Table(), account.OperatorRows(nil)) {
		for _, f := range o.Fields() {
			texts := f.Schema
			if f.Type == "array" {
				texts = texts.Items
			}
			if o.Name == "create_agent" && f.Name == "type" {
				continue // one value, and a sentence of its own about the others
			}
			if texts.Type != "string" || len(texts.Enum) > 0 || f.In == ops.InHeader || texts.Format == "date-time" ||
				texts.ContentEncoding != "" {
				continue
			}
			l, ok := domain.LimitNamed(f.Limit)
			if !ok || l.Line == several[l.Name] || l.Line != (texts.Pattern == domain.LinePattern) {
				t.Errorf("%s: %s has the limit %q: one line or several?", o.Name, f.Name, f.Limit)
			}
			if l.Line {
				one++
			}
		}
	}
	if one < 30 {
		t.Errorf("only %d fields are one line", one)
	}
}

// TestMetaIsAsDeclared holds each view to the meta type that its row declares.
func TestMetaIsAsDeclared(t *testing.T) {
	for _, o := range app.Table() {
		a, ok, err := o.Sample()
		if err != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
		if !ok || o.Handler() != nil {
			continue
		}
		if got := reflect.TypeOf(a.Meta); got != o.MetaType() {
			t.Errorf("%s: meta is %v, declared as %v", o.Name, got, o.MetaType())
		}
		if o.Status == 201 && a.Location == "" {
			t.Errorf("%s creates something and does not say where it is", o.Name)
		}
		if _, conditional := o.Field("if_match"); conditional && o.ETag && a.Revision == "" {
			t.Errorf("%s compares revisions and shows none", o.Name)
		}
	}
}

// TestExamplesAreAccepted sends each example through its row's own check.
func TestExamplesAreAccepted(t *testing.T) {
	for _, o := range app.Table() {
		if o.Handler() != nil {
			continue
		}
		required := slices.ContainsFunc(o.Fields(), func(f ops.Field) bool { return f.Required })
		if required && o.Example == nil {
			t.Errorf("%s has required fields and shows no example", o.Name)
		}
		if _, err := o.DecodeArguments(ops.MustEncode(o.ExampleInput())); err != nil {
			t.Errorf("%s: its own example is refused: %v", o.Name, err)
		}
	}
}

package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/cli"
	"vellocity/internal/domain"
	"vellocity/internal/mcp"
	"vellocity/internal/ops"
)

// TestPublishedLimitsAreTrue sends every field of the table at its published minimum and
// maximum, one beyond each, and every value of its enum, over REST and as a tool. What
// is published as allowed must not be refused as a fault of that field, by the decoder
// or by the verb; what is not allowed must be refused, in the same words at both doors.
func TestPublishedLimitsAreTrue(t *testing.T) {
	slow(t)
	w := start(t)
	ids := w.things(t, "Cloud cost optimization")
	commands := map[string]*cobra.Command{}
	for _, noun := range cli.Commands(app.Table(), nil) {
		for _, c := range noun.Commands() {
			commands[noun.Name()+" "+c.Name()] = c
		}
	}
	sent := 0
	for _, o := range app.Table() {
		if o.Name == "list_content_versions" { // the edits before have left versions of 200 kB each
			_, ids["content"] = w.finished(t, "Cloud cost optimization")
		}
		base := o.ExampleInput()
		if id, ok := ids[o.Command.Noun]; ok && base["id"] != nil {
			if base["id"] = id; prefixOf(o) != "" {
				base["id"] = prefixOf(o) + number(id)
			}
		}
		for _, f := range o.Fields() {
			if f.In == ops.InPath || f.In == ops.InHeader {
				continue // another path is another resource
			}
			if c := commands[o.Command.Noun+" "+o.Command.Verb]; c != nil && c.Flags().Lookup(flagOf(f.Name)) == nil {
				t.Errorf("%s: the command has no flag --%s", o.Name, flagOf(f.Name))
			}
			if most := float64(mcp.LongestWait); f.In == ops.InPrefer {
				s := *f.Schema // over REST a longer wait is the longest one (RFC 7240)
				s.Maximum = &most
				f.Schema = &s
			}
			if f.Name == "number_of_results" || o.Name == "save_text" && f.Name == "result" {
				continue // its limit is that of models; the composer writes one text, and says so
			}
			if f.Schema.Type == "array" && f.Schema.Items.Type == "object" {
				continue // its items depend on each other; the tests of its verb send too few and too many
			}
			for _, p := range probes(f, base[f.Name]) {
				known := []string{"agent_provider", "agent_capabilities", "redo_instructions", "rule_condition"}
				if p.allowed && slices.Contains(known, f.Limit) {
					continue // which ones there are, whether a model writes, and what an expression is, is not the schema's to say
				}
				if p.allowed && o.Name == "generate_image" && base[f.Name] == nil {
					continue // an engine takes some of the fields; the tests of its verb try them all
				}
				if p.allowed && (f.Limit == "agent_url" || f.Limit == "agent_timeout" || f.Limit == "webhook_url") {
					continue // only an external agent has them
				}
				if p.allowed && o.Name == "rewrite_passage" && f.Name == "action" {
					continue // without a model only some passages can be changed, and only one way
				}
				if p.allowed && (f.Name == "template" || f.Name == "post_type" || f.Limit == "event_name") {
					continue // nor which templates, nor which names of events are taken
				}
				if p.allowed && ownForm(o, f) {
					continue
				}
				args := maps.Clone(base)
				args[f.Name] = p.value
				sent++
				p.check(t, w, o, f, args)
			}
		}
	}
	t.Logf("%d probes", sent)
	if sent < 150 {
		t.Errorf("only %d probes: the table has more limits", sent)
	}
}

// ownForm reports whether a text needs a form of its own, which the tests of its verb try: an address, a code, a day,
// an amount; or a value that only some stages take.
func ownForm(o ops.Op, f ops.Field) bool {
	forms := []string{"url", "country", "aws_account", "amount", "currency", "record_id"}
	return f.Limit == "role_arn" || prefixOf(o) != "" && (slices.Contains(forms, f.Limit) || f.Limit == "moment" ||
		f.Name == "closed_lost_reason" || o.Name == "create_opportunity" && f.Name == "stage")
}

func flagOf(field string) string { return strings.ReplaceAll(field, "_", "-") }

// probe is a value to send, and whether it is published as allowed.
type probe struct {
	what    string
	value   any
	allowed bool
}

func (p probe) check(t *testing.T, w *whole, o ops.Op, f ops.Field, args map[string]any) {
	t.Helper()
	faults := map[string]string{}
	if f.In != ops.InPrefer {
		faults["REST"] = w.faultsOverREST(t, o, f, args)
	}
	if o.Tool.None == "" {
		faults["MCP"] = w.faultsOfTool(t, o, f, args)
	}
	said := ""
	for door, fault := range faults {
		where := fmt.Sprintf("%s: %s %s over %s", o.Name, f.Name, p.what, door)
		switch {
		case p.allowed && fault != "":
			t.Errorf("%s is published as allowed and refused: %s", where, fault)
		case !p.allowed && fault == "":
			t.Errorf("%s is not allowed and was not refused", where)
		case said != "" && fault != said:
			t.Errorf("%s: %q, at the other door %q", where, fault, said)
		}
		said = fault
	}
}

// faultsOverREST returns what is said to be wrong with the field.
func (w *whole) faultsOverREST(t *testing.T, o ops.Op, f ops.Field, args map[string]any) string {
	t.Helper()
	path, query, body := o.URL(), url.Values{}, map[string]any{}
	for _, g := range o.Fields() {
		v, given := args[g.Name]
		switch {
		case !given:
		case g.In == ops.InPath:
			path = strings.Replace(path, "{"+g.Name+"}", fmt.Sprint(v), 1)
		case g.In == ops.InQuery:
			if list := reflect.ValueOf(v); list.Kind() == reflect.Slice {
				for i := range list.Len() {
					query.Add(g.Name, fmt.Sprint(list.Index(i)))
				}
				continue
			}
			text, ok := v.(string)
			if !ok {
				text = string(ops.MustEncode(v))
			}
			query.Set(g.Name, text)
		case g.In == ops.InBody:
			body[g.Name] = v
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	text := ""
	if o.HasBody() {
		text = string(ops.MustEncode(body))
	}
	status, _, raw := w.call(t, w.first.Key.Secret, o.Method, path, text, "Accept: application/json")
	if broken(status) {
		t.Errorf("%s with %s %.80v: %d %s", o.Name, f.Name, args[f.Name], status, raw)
	}
	if status != http.StatusUnprocessableEntity {
		return ""
	}
	var answer struct {
		Error struct{ Details map[string][]string }
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	var lines []string
	for path, faults := range answer.Error.Details {
		lines = append(lines, path+": "+strings.Join(faults, "; "))
	}
	return about(f, lines)
}

// faultsOfTool returns what a tool says is wrong with the field.
func (w *whole) faultsOfTool(t *testing.T, o ops.Op, f ops.Field, args map[string]any) string {
	t.Helper()
	var answer struct {
		Result struct {
			IsError bool
			Content []struct{ Text string }
		}
	}
	raw := w.tool(t, w.first.Key.Secret, o.Name, args)
	if err := json.Unmarshal([]byte(raw), &answer); err != nil || len(answer.Result.Content) == 0 {
		t.Fatalf("%s: %v in %s", o.Name, err, raw)
	}
	text := answer.Result.Content[0].Text
	if !answer.Result.IsError || !strings.HasPrefix(text, "VALIDATION_ERROR") {
		return ""
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if l, ok := strings.CutPrefix(line, "- "); ok {
			lines = append(lines, l)
		}
	}
	return about(f, lines)
}

// about keeps the faults of the field and of its items.
func about(f ops.Field, lines []string) string {
	lines = slices.DeleteFunc(lines, func(l string) bool {
		path, _, _ := strings.Cut(l, ": ")
		return path != f.Name && !strings.HasPrefix(path, f.Name+".")
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// probes are the values to send for a field, by its published schema and the value that
// the example of its row has.
func probes(f ops.Field, example any) []probe {
	s := f.Schema
	switch {
	case len(f.Enum) > 0 && s.Type == "string":
		return enumProbes(f.Enum, func(v string) any { return v })
	case s.Type == "string":
		start, _ := example.(string)
		return textProbes(f, s, start)
	case s.Type == "integer" || s.Type == "number":
		return numberProbes(s)
	case s.Type == "array":
		return listProbes(f)
	}
	return nil
}

func enumProbes(values []string, wrap func(string) any) []probe {
	all := []probe{{"an unknown value", wrap("no such value"), false}}
	for _, v := range values {
		all = append(all, probe{v, wrap(v), true})
	}
	return all
}

// textProbes has texts at the limits, which begin like the example. Fields whose texts
// have a form that cannot have every length are sent a good one in place of the
// shortest and the longest.
func textProbes(f ops.Field, s *ops.Schema, start string) []probe {
	var all []probe
	good, formed := map[string]string{
		"timezone": "Europe/Berlin", "from": "2026-02-26", "to": "2026-02-26", "language": "de-AT",
		"capability": "generate-blog-post", "color": "#4A90D9",
		"start_date": "2026-02-26", "end_date": "2031-03-20", "scheduled_at": "2031-03-10T15:00",
		"end_at": "2031-03-12T16:00",
	}[f.Name]
	inside := func(n int) string {
		if formed {
			return good
		}
		if f.Name == "email" {
			return sized("notification_emails", n)
		}
		return start[:min(n, len(start))] + strings.Repeat("a", max(n-len(start), 0))
	}
	if s.MinLength != nil {
		all = append(all, probe{"empty", "", false}, probe{"shortest", inside(*s.MinLength), true})
	}
	if s.MaxLength != nil {
		all = append(all, probe{"longest", inside(*s.MaxLength), true},
			probe{"too long", strings.Repeat("a", *s.MaxLength+1), false})
	}
	if s.Pattern == domain.LinePattern {
		all = append(all, ofTwoLines(func(v string) any { return v })...)
	}
	return all
}

// ofTwoLines are texts that a field of one line must refuse.
func ofTwoLines(wrap func(string) any) []probe {
	var all []probe
	for _, end := range []string{"\n", "\r", "\r\n", "\t", "\u0085", "\u2028", "\u2029"} {
		for _, text := range []string{"a" + end + "b", end + "a", "a" + end} {
			all = append(all, probe{fmt.Sprintf("%q", text), wrap(text), false})
		}
	}
	return all
}

// sized returns an item of n characters that the list could have.
func sized(name string, n int) string {
	const domain, block = "@example.com", "0000:0000:0000:0000:0000:0000:0000:0001/128"
	switch {
	case name == "notification_emails":
		return strings.Repeat("a", n-len(domain)) + domain
	case name == "allowed_ips" && n <= len(block):
		return block[:n]
	}
	return strings.Repeat("a", n)
}

// numberProbes has numbers at the limits. A number without a maximum is an id: which
// ones exist is not its schema's to say.
func numberProbes(s *ops.Schema) []probe {
	var all []probe
	if s.Minimum != nil {
		all = append(all, probe{"too small", *s.Minimum - 1, false})
	}
	if s.Minimum != nil && s.Maximum != nil {
		all = append(all, probe{"smallest", *s.Minimum, true}, probe{"largest", *s.Maximum, true})
	}
	if s.Maximum != nil {
		all = append(all, probe{"too large", *s.Maximum + 1, false})
	}
	return all
}

func listProbes(f ops.Field) []probe {
	s := f.Schema
	all := enumProbes(f.Enum, func(v string) any { return []string{v} })
	if f.Enum == nil {
		all = nil
	}
	if s.MinItems != nil {
		all = append(all, probe{"shortest list", list(f, *s.MinItems), true}, probe{"empty list", []string{}, false})
	}
	if s.MaxItems != nil {
		all = append(all, probe{"longest list", list(f, *s.MaxItems), true},
			probe{"too long a list", list(f, *s.MaxItems+1), false})
	}
	if s.Items.MaxLength != nil && f.Enum == nil {
		most := *s.Items.MaxLength
		if f.Name == "allowed_ips" {
			most = len("0000:0000:0000:0000:0000:0000:0000:0001/128") // the longest that is an address
		}
		all = append(all, probe{"longest item", []string{sized(f.Name, most)}, true},
			probe{"too long an item", []string{sized(f.Name, *s.Items.MaxLength+1)}, false})
	}
	if s.Items.Pattern == domain.LinePattern {
		all = append(all, ofTwoLines(func(v string) any { return []string{v} })...)
	}
	return all
}

// list returns n different items that the field could have.
func list(f ops.Field, n int) any {
	out := make([]any, n)
	for i := range out {
		switch {
		case len(f.Enum) > 0:
			out[i] = f.Enum[i%len(f.Enum)]
		case f.Name == "preferred_terms":
			out[i] = map[string]any{"use": fmt.Sprintf("good word %d", i), "instead_of": fmt.Sprintf("other word %d", i)}
		case f.Items == "integer":
			out[i] = 1_000_000 + i
		case f.Name == "notification_emails":
			out[i] = fmt.Sprintf("person%d@example.com", i)
		case f.Name == "kinds":
			values := domain.NotificationKind("").Values()
			out[i] = map[string]any{"kind": values[i%len(values)]}
		case f.Name == "allowed_ips":
			out[i] = fmt.Sprintf("203.0.113.%d", i)
		default:
			out[i] = fmt.Sprintf("item %d", i)
		}
	}
	return out
}

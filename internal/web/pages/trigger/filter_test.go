package trigger

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/expression"
	"vellocity/internal/proptest"
)

var testKinds = kinds{"channel": "text", "amount": "number", "urgent": "boolean", "tags": "list", "deal.size": "number"}

// What rows write is an expression, and is read back into rows that write the same.
func TestRowsAndExpressionsSayTheSame(t *testing.T) {
	value := rapid.OneOf(rapid.SampledFrom([]string{
		"", " ", "feed", "7", "-1.50", "007", "true", `"7"`, `"x`, `a"b`, `a\b`, "a, b", `"a, b", c`, "ü", "and", " x ", "1e3",
	}), rapid.String())
	proptest.Check(t, func(t *rapid.T) {
		f := filter{Any: rapid.Bool().Draw(t, "any")}
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			f.Rows = append(f.Rows, condition{
				Field: rapid.SampledFrom([]string{"channel", "amount", "urgent", "tags", "deal.size", "own", "key-points"}).Draw(t, "field"),
				Op:    rapid.SampledFrom([]string{opIs, opIsNot, opAtLeast, opAtMost, opContains, opOneOf}).Draw(t, "op"),
				Value: value.Draw(t, "value"),
			})
		}
		text := f.write(testKinds)
		if text == "" || strings.Contains(text, "{{") { // braces are refused wherever they stand
			return
		}
		if _, faults := expression.Condition(text, expression.Scope{Inputs: []string{}}); len(faults) > 0 {
			t.Fatalf("%s: %v", text, faults)
		}
		back, ok := rowsOf(text, testKinds)
		if !ok {
			return // it stays a text
		}
		if again := back.write(testKinds); again != text {
			t.Fatalf("%s\nwas read as %+v, which is\n%s", text, back, again)
		}
	})
}

func TestWhatRowsCanShow(t *testing.T) {
	for text, want := range map[string]filter{
		"":                           {},
		`event.channel == "feed"`:    {Rows: []condition{{"channel", opIs, "feed"}}},
		`event.channel=="feed"`:      {Rows: []condition{{"channel", opIs, "feed"}}},
		`event["channel"] != "x"`:    {Rows: []condition{{"channel", opIsNot, "x"}}},
		`event.deal.size >= 2.5`:     {Rows: []condition{{"deal.size", opAtLeast, "2.5"}}},
		`event.own == "7"`:           {Rows: []condition{{"own", opIs, `"7"`}}},
		`event.own == 7`:             {Rows: []condition{{"own", opIs, "7"}}},
		`"vip" in event.tags`:        {Rows: []condition{{"tags", opContains, "vip"}}},
		`event.urgent == true`:       {Rows: []condition{{"urgent", opIs, "true"}}},
		`event.channel contains "e"`: {Rows: []condition{{"channel", opContains, "e"}}},
		`event.channel in ["feed", "a, b"] && event.amount <= 3`: {Rows: []condition{
			{"channel", opOneOf, `feed, "a, b"`}, {"amount", opAtMost, "3"},
		}},
		`event.amount == 1 or event.amount == 2 || event.amount == 3`: {Any: true, Rows: []condition{
			{"amount", opIs, "1"}, {"amount", opIs, "2"}, {"amount", opIs, "3"},
		}},
	} {
		got, ok := rowsOf(text, testKinds)
		if a, b := toJSON(got), toJSON(want); !ok || a != b {
			t.Errorf("%s: %v\n got %s\nwant %s", text, ok, a, b)
		}
	}
	for _, text := range []string{
		"event.amount > 5", "event.a == 1 and event.b == 2 or event.c == 3", "not event.urgent", "event.urgent",
		"len(event.tags) > 1", `event.channel == inputs.x`, `event.channel == 'feed'`, `(event.amount == 1)`, "true",
		`event.channel == "a" and`, `event.channel == 5`, `event.channel in []`, `event.a?.b == 1`, `event.channel == "a"b`,
		`event.x == "\u0041"`, `"vip" in event.channel`, `event.tags contains "x"`, `event.amount == 1.0e3`, "event",
	} {
		if got, ok := rowsOf(text, testKinds); ok {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func toJSON(f filter) string {
	raw, err := json.Marshal(f)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// A common schedule is read back as it was chosen, and any other stays an expression.
func TestCommonSchedules(t *testing.T) {
	for cron, want := range map[string]string{
		"*/15 * * * *": "minutes", "5 */6 * * *": "hours", "30 * * * *": "hourly", "0 9 * * *": "daily",
		"5 7 * * 1-5": "weekdays", "0 9 * * 0": "weekly", "0 9 31 * *": "monthly",
		"*/7 * * * *": "", "0 9 * * 8": "", "0 9 * * MON": "", "0 9,10 * * *": "", "0 9 1 1 *": "", "0 25 * * *": "",
		"00 9 * * *": "", "": "", "@daily": "",
	} {
		s := scheduleOf(cron)
		if s.Repeat != want {
			t.Errorf("%q is %q", cron, s.Repeat)
		}
		if cron == "5 7 * * 1-5" && s != (schedule{"weekdays", 15, "07:05", "1", 1}) {
			t.Errorf("what it does not say: %+v", s)
		}
		if written, problem := s.cron(); want != "" && (written != cron || problem != "") {
			t.Errorf("%q became %q, %s", cron, written, problem)
		}
	}
	for _, s := range []schedule{
		{Repeat: "daily", Time: "25:00"}, {Repeat: "daily"}, {Repeat: "minutes", Every: 7}, {Repeat: "hours", Every: 5, Time: "9"},
		{Repeat: "monthly", Time: "9:00", Day: 32},
	} {
		if cron, problem := s.cron(); problem == "" {
			t.Errorf("%+v is %q", s, cron)
		}
	}
}

package rows_test

import (
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
)

// event are fields that are guessed from examples.
func event() rows.Fields {
	return rows.Fields{Root: "event", Open: true, List: []rows.Field{
		{Name: "channel", Kind: rows.Text}, {Name: "amount", Kind: rows.Number}, {Name: "urgent", Kind: rows.Switch},
		{Name: "tags", Kind: rows.List}, {Name: "deal.size", Kind: rows.Number},
	}}
}

// facts are fields that are known.
func facts() rows.Fields {
	return rows.Fields{List: []rows.Field{
		{Name: "title", Kind: rows.Text}, {Name: "type", Kind: rows.Text, Values: []string{"post", "page"}},
		{Name: "scores.seo", Label: "Search score", Kind: rows.Number, FromZero: true}, {Name: "change", Kind: rows.Number},
		{Name: "ai", Kind: rows.Switch},
	}}
}

func row(field string, c rows.Comparison, value string) rows.Row {
	return rows.Row{Field: field, Comparison: c, Value: value}
}

func all(list ...rows.Row) rows.Condition { return rows.Condition{Rows: list} }
func one(list ...rows.Row) rows.Condition { return rows.Condition{Any: true, Rows: list} }

func TestWhatRowsCanShow(t *testing.T) {
	for text, want := range map[string]rows.Condition{
		"":                               {},
		"  ":                             {},
		`event.channel == "feed"`:        all(row("channel", rows.Is, "feed")),
		`event.channel=='feed'`:          all(row("channel", rows.Is, "feed")),
		`((event.channel) == ("feed"))`:  all(row("channel", rows.Is, "feed")),
		"event.channel == `feed`":        all(row("channel", rows.Is, "feed")),
		`event.channel == "feed" // why`: all(row("channel", rows.Is, "feed")),
		`event["channel"] != "x"`:        all(row("channel", rows.IsNot, "x")),
		`event["key-points"] == "x"`:     all(row("key-points", rows.Is, "x")),
		`event.event.channel == "x"`:     all(row("event.event.channel", rows.Is, "x")),
		`event.channel == ""`:            all(row("channel", rows.Is, `""`)),
		`event.channel == " x"`:          all(row("channel", rows.Is, `" x"`)),
		`event.channel == "7"`:           all(row("channel", rows.Is, "7")),
		`event.channel >= "2026-01-01"`:  all(row("channel", rows.AtLeast, "2026-01-01")),
		`event.x == "\u0041"`:            all(row("x", rows.Is, "A")),
		`event.deal.size >= 2.5`:         all(row("deal.size", rows.AtLeast, "2.5")),
		`event.amount > 5`:               all(row("amount", rows.MoreThan, "5")),
		`event.amount < -0x10`:           all(row("amount", rows.LessThan, "-16")),
		`event.amount == 1.0e3`:          all(row("amount", rows.Is, "1000")),
		`event.amount == "7"`:            all(row("amount", rows.Is, `"7"`)),
		`event.own == "7"`:               all(row("own", rows.Is, `"7"`)),
		`event.own == 7`:                 all(row("own", rows.Is, "7")),
		`"vip" in event.tags`:            all(row("tags", rows.Contains, "vip")),
		`7 in event.tags`:                all(row("tags", rows.Contains, "7")),
		`event.urgent == true`:           all(row("urgent", rows.Is, "true")),
		`event.channel contains "e"`:     all(row("channel", rows.Contains, "e")),
		`event.own contains "7"`:         all(row("own", rows.Contains, "7")),
		`event.channel in ["feed", "a, b"] && event.amount <= 3`: all(
			row("channel", rows.OneOf, `feed, "a, b"`), row("amount", rows.AtMost, "3")),
		`event.amount == 1 or event.amount == 2 || (event.amount == 3 or event.a == 4)`: one(
			row("amount", rows.Is, "1"), row("amount", rows.Is, "2"), row("amount", rows.Is, "3"),
			row("a", rows.Is, "4")),
	} {
		if got, ok := event().Read(text); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", text, ok, got, want)
		}
	}
	for text, want := range map[string]rows.Condition{
		`type in ["post", "page"] and scores.seo >= 61.50`: all(
			row("type", rows.OneOf, "post, page"), row("scores.seo", rows.AtLeast, "61.5")),
		`title == "true" or ai != false or change > -1`: one(
			row("title", rows.Is, "true"), row("ai", rows.IsNot, "false"), row("change", rows.MoreThan, "-1")),
	} {
		if got, ok := facts().Read(text); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", text, ok, got, want)
		}
	}
}

func TestWhatStaysText(t *testing.T) {
	for _, text := range []string{
		"event.a == 1 and event.b == 2 or event.c == 3", "event.a == 1 and (event.b == 2 or event.c == 3)", "not event.urgent",
		"event.urgent", "len(event.tags) > 1", `event.channel == inputs.x`, "true", `event.channel == "a" and`,
		`event.channel == 5`, `event.channel in []`, `event.a?.b == 1`, `event?.a == 1`, `event.channel == "a"b`,
		`"vip" in event.channel`, `event.tags contains "x"`, "event", "event == 1", `event.tags[0] == "x"`, `event[inputs.x] == 1`,
		`"feed" == event.channel`, `event.channel not in ["a"]`, `event.channel matches "a"`, `event.urgent >= true`,
		`event["a.b"] == 1`, `event[" a"] == 1`, `event.amount in 1..3`, `event.amount == 1 + 1`, `event.amount == 1e300`,
		`(event.a ?? 0) == 1`, `inputs.a == 1`, `event.a == nil`, `event.a in [nil]`, `let x = 1; x == 1`,
		`event.amount == 9007199254740992.0`, strings.Repeat("event.amount == 1 and ", rows.Most) + "event.amount == 1",
		strings.Repeat("(", 900) + "event.amount == 1" + strings.Repeat(")", 900),
	} {
		if got, ok := event().Read(text); ok && !strings.HasPrefix(text, "((") {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func TestWhatRowsWrite(t *testing.T) {
	for want, c := range map[string]rows.Condition{
		"": all(rows.Row{}, rows.Row{Comparison: rows.Is, Value: " "}),
		`event.channel == "7" and event.own == 7`: all(
			row("channel", rows.Is, "7"), row("event.own", rows.Is, " 7 ")),
		`event.own == "007" or event.own == "7"`: one(row("own", rows.Is, "007"), row("own", rows.Is, `"7"`)),
		`event.a == "{\u007b x }}"`:              all(row("a", rows.Is, "{{ x }}")),
		`event.channel in ["a\\", "b, c", "d\"e"]`: all(
			row("channel", rows.OneOf, `"a\\", "b, c" , d"e,`)),
		`event.a == "9223372036854775808"`: all(row("a", rows.Is, "9223372036854775808")),
		`event.a >= "true"`:                all(row("a", rows.AtLeast, "true")),
		`event.channel == ""`:              all(row("channel", rows.Is, "")),
		`event.a[""].b == "x"`:             all(row("a..b", rows.Is, "x")),
	} {
		var p domain.Problems
		if got := event().Write(&p, "rows", c); got != want || p.Err() != nil {
			t.Errorf("%+v\n got %s\nwant %s, %v", c, got, want, p.Err())
		}
	}
}

func TestFaultsOfRows(t *testing.T) {
	for _, c := range []struct {
		fields rows.Fields
		row    rows.Row
		say    string
	}{
		{event(), row("", rows.Is, "5"), "Choose a field"},
		{event(), row("event.", rows.Is, "5"), "Choose a field"},
		{event(), row("amount", "~", "5"), "Choose how"},
		{event(), row("amount", rows.AtLeast, ""), "Enter a value"},
		{event(), row("tags", rows.Contains, ""), "Enter a value"},
		{event(), row("own", rows.OneOf, " , "), "Enter the values"},
		{facts(), row("gone", rows.Is, "a"), `no field "gone"`},
		{facts(), row("scores.seo", rows.Is, "-1"), "Search score must be compared with a number from 0 up"},
		{facts(), row("change", rows.Is, "x"), "change must be compared with a number,"},
		{facts(), row("type", rows.OneOf, "post, blog"), "one of: post, page"},
	} {
		var p domain.Problems
		got := c.fields.Write(&p, "rows", all(rows.Row{}, c.row))
		if err := p.Err(); got != "" || err == nil || !strings.Contains(domain.AsError(err).Fields["rows.1"][0], c.say) {
			t.Errorf("%+v: %q, %v", c.row, got, err)
		}
	}
}

// FuzzRead holds that whatever is shown as rows can be written, and is then shown the same.
func FuzzRead(f *testing.F) {
	f.Add(`event.channel in ["feed", 'a, b'] && event.amount <= -0x3`)
	f.Add(`"vip" in event.tags or event["a"].b != "\u0041"`)
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := event().Read(text)
		if !ok || len(c.Rows) == 0 {
			return
		}
		var p domain.Problems
		again := event().Write(&p, "rows", c)
		if back, ok := event().Read(again); p.Err() != nil || !ok || !reflect.DeepEqual(back, c) {
			t.Errorf("%q as rows %+v: %q, %+v, %v", text, c, again, back, p.Err())
		}
	})
}

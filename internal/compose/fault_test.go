package compose_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/prose"
)

func network(t *testing.T, slug string) channel.Network {
	t.Helper()
	n, ok := channel.BySlug(slug)
	if !ok {
		t.Fatal(slug)
	}
	return n
}

func TestAReportHoldsEveryFact(t *testing.T) {
	b := compose.Brief{
		Topic:     "Quarterly parcel report Q2 2026",
		KeyPoints: []string{"Late parcels fell in every depot", "Diesel is still the largest cost"},
		Facts: []string{
			"On time: 93.4% (Q1: 90.2%)", "East 95.1%, West 94.0%, Harbor 91.1%", "Cost per stop fell from €4.10 to €3.88",
			"918,402 parcels, +7.1% on Q2 2025", "Diesel: 29% of cost, €0.9m", "Returns 5.2%, of which 41% nobody at home",
		},
	}
	a, body := post(b)
	for _, f := range append(b.KeyPoints, b.Facts...) {
		if strings.Count(plain(body), plain(f)) != 1 {
			t.Errorf("%q is not in the text once:\n%s", f, body)
		}
	}
	if a.Format != "report" || !strings.Contains(body, "| On time | 93.4% (Q1: 90.2%) |") {
		t.Errorf("%s without a table:\n%s", a.Format, body)
	}
}

// What the writer ended, or what has five words, is a sentence, whatever its verb.
func TestASentenceIsWhatItsWriterEnded(t *testing.T) {
	for line, sentence := range map[string]bool{
		"Support tickets doubled in March":         true,
		"Leasing costs exceed the budget":          true,
		"Small banks require two signatures":       true,
		"It works.":                                true,
		"Fahrräder brauchen einen trockenen Platz": true,
		"Open questions":                           false,
		"Use cases in healthcare":                  false,
		"Weekly check-ins":                         false,
		"Offene Fragen":                            false,
		"共有受信箱はとても便利なものです":                         true,
	} {
		_, body := post(
			compose.Brief{
				Topic:     "Notes",
				Format:    "report",
				KeyPoints: []string{"The first result was good.", line, "One more result was good."},
			},
		)
		if listed := strings.Contains(body, "- "); listed == sentence {
			t.Errorf("%q is taken for a sentence: %t\n%s", line, !listed, body)
		}
	}
}

func TestPostsHoldFactsWhateverTheirVerb(t *testing.T) {
	b := compose.Brief{
		Topic: "Support in March",
		Facts: []string{"Support tickets doubled in March.", "Leasing costs exceed the budget."},
	}
	for _, n := range channel.Networks() {
		p := compose.NewPost(b, n, n.Max)
		for _, f := range b.Facts {
			if !strings.Contains(p.Text, f) {
				t.Errorf("%s lacks %q: %s", n.Slug, f, p.Text)
			}
		}
	}
}

func TestAPostIsNotCutInsideASentence(t *testing.T) {
	long := "After six months with the four-day week in all three departments, " + strings.Repeat(
		"and in spite of everything ",
		10,
	) +
		"the people told us that they would not go back."
	b := compose.Brief{Topic: "The four-day week at Norwick Print", Facts: []string{long}, CallToAction: "Read the report"}
	p := compose.NewPost(b, network(t, "x"), 280)
	if want := "The four-day week at Norwick Print. Read the report."; p.Text != want {
		t.Errorf("%q, not %q", p.Text, want)
	}
	if len(p.Unused) != 1 || p.Unused[0].Ref != "facts[0]" {
		t.Errorf("unused: %+v", p.Unused)
	}
	b.Facts = []string{"Nobody left. " + long}
	if p := compose.NewPost(b, network(t, "x"), 280); !strings.Contains(p.Text, "Nobody left. Read the report.") ||
		len(p.Unused) != 1 {
		t.Errorf("%q %+v", p.Text, p.Unused)
	}
}

// Posts begin with what they are about, then what has a date or a place.
func TestPostsLeadWithProductPlaceAndDate(t *testing.T) {
	shapes := map[string]bool{}
	for _, n := range channel.Networks() {
		p := compose.NewPost(briefs["event"], n, n.Max)
		lines := strings.FieldsFunc(p.Text, func(r rune) bool { return r == '\n' })
		if !strings.Contains(lines[0], "Kestrel observatory") ||
			!strings.Contains(p.Text, "Register for the talk by 6 September.") {
			t.Errorf("%s: %s", n.Slug, p.Text)
		}
		if first := strings.Index(p.Text, "Sunday 13 September"); first < 0 ||
			first > strings.Index(p.Text+"Talk by", "Talk by") {
			t.Errorf("%s: the date is not at the beginning: %s", n.Slug, p.Text)
		}
		shapes[strings.TrimSpace(strings.SplitN(p.Text, "#", 2)[0])] = true
	}
	if len(shapes) < 5 {
		t.Errorf("only %d different posts for seven networks", len(shapes))
	}
}

func TestAPastedSourceIsUsedOrNamed(t *testing.T) {
	passage := "We looked at 40 senders. Half of them had no DMARC record.\n\nMost did not know it."
	few, body := post(
		compose.Brief{Topic: "Bulk mail", KeyPoints: []string{"Ask your provider."}, Sources: []string{passage}},
	)
	if !strings.Contains(body, "Half of them had no DMARC record.\n\nMost did not know it.") || len(few.Unused) != 0 {
		t.Errorf("%s\n%+v", body, few.Unused)
	}
	b := compose.Brief{
		Topic:     "Bulk mail",
		KeyPoints: []string{"One is here.", "Two is here.", "Three is here."},
		Sources:   []string{passage},
	}
	many, body := post(b)
	if strings.Contains(body, "40 senders") || len(many.Unused) != 1 || many.Unused[0].Ref != "sources[0]" ||
		many.Needs[0].Field != "sources" {
		t.Errorf("%s\n%+v", body, many.Unused)
	}
	cut, body := post(compose.Brief{Topic: "Bulk mail", Words: 12, Sources: []string{passage}})
	if !strings.HasSuffix(body, "DMARC record.") || len(cut.Unused) != 1 {
		t.Errorf("%s\n%+v", body, cut.Unused)
	}
}

func TestATopicAloneIsAnOutline(t *testing.T) {
	for _, language := range compose.Languages() {
		for _, f := range compose.Formats() {
			a, body := post(compose.Brief{Topic: "XYZ", Format: f, Language: language})
			if !a.Outline || a.Title == "XYZ" || len(a.Needs) < 3 || strings.Count(body, "- ") < 3 {
				t.Errorf("%s %s: %q with %d questions\n%s", language, f, a.Title, len(a.Needs), body)
			}
		}
	}
}

func TestTitlesPromiseNothing(t *testing.T) {
	three := []string{"Sleep longer.", "Sleep deeper.", "Sleep better."}
	for topic, want := range map[string]string{
		"10 tips for better sleep":      "Tips for better sleep",
		"3 tips for better sleep":       "3 tips for better sleep",
		"Three tips for better sleep":   "Three tips for better sleep",
		"Top 5 simple ways to sleep":    "Simple ways to sleep",
		"Better sleep: 7 ideas":         "Better sleep: Ideas",
		"The best 5 mattresses of 2026": "The best 5 mattresses of 2026",
		"12 March and what it taught":   "12 March and what it taught",
		"iPhone vs Android":             "iPhone vs Android",
		"how to price a course":         "How to price a course",
		"npm 11 is here":                "Npm 11 is here",
	} {
		a, _ := post(compose.Brief{Topic: topic, KeyPoints: three})
		if a.Title != want {
			t.Errorf("%q: %q, not %q", topic, a.Title, want)
		}
	}
	tips := compose.Brief{Topic: "10 Tipps für besseren Schlaf", Language: "de", KeyPoints: three}
	if a, _ := post(tips); a.Title != "Tipps für besseren Schlaf" {
		t.Error(a.Title)
	}
}

func TestFragmentsDoNotRunIntoTheNextSentence(t *testing.T) {
	b := compose.Brief{
		Topic:     "Bulk mail",
		KeyPoints: []string{"SPF, DKIM and DMARC"},
		Facts:     []string{"Gmail requires DMARC from bulk senders since 2024"},
	}
	_, body := post(b)
	if strings.Contains(plain(body), "dmarc gmail") && !strings.Contains(body, "DMARC.") &&
		!strings.Contains(body, "DMARC\n") {
		t.Error(body)
	}
	for _, n := range channel.Networks() {
		if p := compose.NewPost(b, n, n.Max); strings.Contains(p.Text, "DMARC Gmail") {
			t.Errorf("%s: %s", n.Slug, p.Text)
		}
	}
}

func TestSlugs(t *testing.T) {
	for _, tc := range []struct{ title, language, want string }{
		{"Wärmepumpen: was vorher zu klären ist", "de", "waermepumpen-was-vorher-zu-klaeren-ist"},
		{"Über Größe und Maß", "de-AT", "ueber-groesse-und-mass"},
		{"Über uns", "en", "uber-uns"},
		{"Introducing Queuelight 3.0, the shared ticket queue for logistics teams", "en", "introducing-queuelight-3-0-shared-ticket-queue-logistics"},
		{"Why do small teams lose customer e-mails?", "en", "why-do-small-teams-lose-customer-e-mails"},
		{"共有受信箱の使い方", "ja", "共有受信箱の使い方"},
	} {
		if got := compose.Slug(tc.title, tc.language); got != tc.want {
			t.Errorf("%s: %q, not %q", tc.title, got, tc.want)
		}
	}
}

// No stock sentence: two posts on different topics share no line but headings.
func TestTwoTopicsShareNoSentence(t *testing.T) {
	lines := map[string]string{}
	for name, b := range briefs {
		a, body := post(b)
		if a.Outline {
			continue
		}
		for line := range strings.SplitSeq(body, "\n") {
			if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "|") {
				continue
			}
			if other := lines[line]; other != "" {
				t.Errorf("%s and %s share %q", other, name, line)
			}
			lines[line] = name
		}
	}
}

// A meta title ends where a phrase ends, a description where a sentence ends.
func TestMetaIsNotCut(t *testing.T) {
	for topic, want := range map[string]string{
		"Introducing Queuelight 3.0, the shared ticket queue for logistics teams in Europe": "Introducing Queuelight 3.0",
		"Moving a small support team of a software company to a shared inbox in one week":   "Moving a small support team of a software company",
		"Wärmepumpen im Altbau: was Eigentümer vor dem Einbau klären sollten und warum":     "Wärmepumpen im Altbau",
	} {
		language := "en"
		if strings.HasPrefix(topic, "W") {
			language = "de"
		}
		if m := compose.NewMeta(compose.Brief{Topic: topic, Language: language}, topic); m.Short != want {
			t.Errorf("%q, not %q", m.Short, want)
		}
	}
	inEveryFormat(t, func(t *rapid.T, format string) {
		d := draw(t, format)
		m := compose.NewMeta(d.brief, "")
		if n := utf8.RuneCountInString(m.Description); n == 0 || n > compose.MetaDescriptionMax {
			t.Fatalf("%d characters: %q", n, m.Description)
		}
		var allowed []string
		for _, s := range d.inputs {
			allowed = append(allowed, s)
		}
		all := plain(strings.Join(allowed, " "))
		a, _ := post(d.brief)
		for _, s := range prose.SentenceTexts(m.Description) {
			if plain(s) != "  " && !strings.Contains(all, plain(s)) && !strings.Contains(plain(s), plain(a.Title)) &&
				!a.Outline &&
				!slices.ContainsFunc(a.Parts, func(p compose.Part) bool { return strings.Contains(plain(s), plain(p.Heading)) }) {
				t.Fatalf("%q is nobody's sentence in %q", s, m.Description)
			}
		}
	})
}

package guard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// quoted has two quotations that no source has, one longer than what findings show of it.
const quoted = "She said “the whole team works twice as fast today and nobody on the floor misses the old way” " +
	"and “nobody misses the old way of working”."

func supportOnly(findings []domain.Finding) []domain.Finding {
	return only(findings, "unsupported-quotes")
}

// What a check found that nobody could find again holds while its words are there.
func TestWhatWasFoundWithTheSupportHoldsWithoutIt(t *testing.T) {
	found := guard.Check(guard.Input{Text: quoted})
	for _, c := range []struct {
		name, now string
		places    int
	}{
		{"unchanged", quoted, 2},
		{"text before it", "Some words first, so that all has moved.\n\n" + quoted, 2},
		{"text between", strings.Replace(quoted, "and “nobody", "and then, again, “nobody", 1), 2},
		{"one of two changed", quoted[:len(quoted)-20] + "of going to work”.", 1},
		{"gone", "Nothing.", 0},
		{"only in code", "```\n" + quoted + "\n```", 0},
	} {
		in := guard.Input{Text: c.now, Edited: true}
		got := supportOnly(guard.Recheck(in, nil, guard.Earlier{Text: quoted, Findings: found}))
		if c.places == 0 && len(got) == 0 {
			continue
		}
		if len(got) != 1 || len(got[0].Matches) != c.places {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		for _, m := range got[0].Matches {
			if at := string([]rune(c.now)[m.Start:m.End]); !strings.HasPrefix(at, "“") || !strings.HasSuffix(at, "”") {
				t.Errorf("%s: the place is %q", c.name, at)
			}
		}
		if same := got[0].ID == supportOnly(found)[0].ID; same != (c.places == 2) {
			t.Errorf("%s: id %s, was %s", c.name, got[0].ID, supportOnly(found)[0].ID)
		}
	}
}

// The support that people give answers a finding, and nothing else.
func TestSupportAnswersFindings(t *testing.T) {
	text := "It saves 37% of 4,500 hours. See [a](https://a.test/x) and [b](https://b.test). " +
		"She said “nobody here misses it now”."
	found := guard.Check(guard.Input{Text: text})
	for support, gone := range map[string]string{
		"A saving of 37 % was measured.":            "37%",
		"We counted 4.500 hours.":                   "4,500",
		"https://a.test/report":                     "https://a.test/x",
		"Jane: nobody here misses it now, she said": "“nobody here misses it now”",
		"": "",
	} {
		in := guard.Input{Text: text, SupportUnknown: true, Support: strings.Fields(support)}
		if support != "" {
			in.Support = []string{support}
		}
		var left []string
		for _, f := range guard.Recheck(in, nil, guard.Earlier{Text: text, Findings: found}) {
			for _, m := range f.Matches {
				left = append(left, m.Text)
			}
		}
		var want []string
		for _, f := range found {
			for _, m := range f.Matches {
				if m.Text != gone {
					want = append(want, m.Text)
				}
			}
		}
		if slices.Sort(left); !slices.Equal(left, sorted(want)) {
			t.Errorf("with %q: %q, want %q", support, left, want)
		}
	}
}

func sorted(s []string) []string { slices.Sort(s); return s }

// rich has a fault of nearly every kind, in the text and in its fields.
func rich() guard.Input {
	return guard.Input{
		Text: "Synergy for users 😀 saves 37 %, mail jane@acme.io, key AKIAIOSFODNN7EXAMPLE, guaranteed. As an AI language " +
			"model I say TODO: “four words of nothing at all”, [a](https://a.test), bullshit, see https://bit.ly/x. " +
			"<iframe src=x></iframe>",
		Title: "Grow 73 % with synergy, guaranteed", MetaTitle: strings.Repeat("meta ", 20),
		MetaDescription: "See https://nowhere.test", Type: domain.ContentBlog, Language: "en",
		BrandVoice: voice(), MinWords: 400,
	}
}

// A check of an unchanged text loses nothing, however often, for whichever policy, and whether or not a person
// wrote it.
func TestAnUnchangedTextKeepsItsFindings(t *testing.T) {
	actions := append(guard.Policies(), "")
	for seed := range 64 {
		policy, n := domain.GuardrailPolicy{}, seed
		for _, g := range guard.Guardrails() {
			policy[g.Slug], n = actions[n%len(actions)], n*7+3
		}
		in := rich()
		out := guard.Apply(in, guard.Check(in), policy)
		cut := domain.Finding{
			ID: "cut", Guardrail: "length-format", Severity: domain.SeverityWarning, Action: domain.ActionFlagged,
			Message: `The text of "Section 2" was cut off by the model's limit. Write its end.`, Matches: []domain.Match{},
		}
		known := append(slices.Clone(out.Findings), cut)
		again := rich()
		again.Text, again.MinWords, again.SupportUnknown, again.Edited = out.Text, 0, true, seed%2 == 0
		for range 3 {
			now := guard.Recheck(again, policy, guard.Earlier{Text: out.Text, Findings: known})
			for _, f := range known {
				if domain.FindingByID(now, f.ID) < 0 {
					t.Fatalf("policy %v lost %+v\nof %+v", policy, f, now)
				}
			}
			known = now
		}
	}
}

// An acceptance holds for the same words and for fewer of them, and for no other.
func TestAnAcceptanceHoldsForItsWords(t *testing.T) {
	text := "Mail jane@acme.io or joe@acme.io. It saves 37 %."
	accepted := &domain.Acceptance{By: "Ada", At: time.Unix(1, 0), Reason: "Our own"}
	in := guard.Input{Text: text}
	found := guard.Check(in)
	for i := range found {
		found[i].Accepted = accepted
	}
	for now, want := range map[string]bool{
		text:                                 true,
		"Here is more. " + text:              true,
		"Mail joe@acme.io. It saves 37 %.":   true,
		text + " Or mail jim@acme.io.":       false,
		"Mail jim@acme.io.":                  false,
		"MAIL  jane@acme.io\nor joe@acme.io": true,
	} {
		for _, f := range only(guard.Recheck(guard.Input{Text: now}, nil, guard.Earlier{Text: text, Findings: found}), "personal-data") {
			if (f.Accepted != nil) != want || f.Blocks() {
				t.Errorf("%q: %+v", now, f)
			}
		}
	}
}

func TestAFindingListsAHundredPlaces(t *testing.T) {
	in := guard.Input{Text: strings.Repeat("It saves 37 % of 4,500 hours.\n\n", 500)}
	out := guard.Apply(in, guard.Check(in), nil)
	f := only(out.Findings, "unsupported-numbers")[0]
	if len(f.Matches) != domain.MostMatches || f.Places() != 1000 {
		t.Errorf("%d places of %d", len(f.Matches), f.Places())
	}
	redacted := guard.Apply(in, guard.Check(in), domain.GuardrailPolicy{"unsupported-numbers": guard.Redact})
	if strings.Contains(redacted.Text, "37") || len(redacted.Findings[0].Matches) != domain.MostMatches {
		t.Errorf("redacted: %.200s", redacted.Text)
	}
	in.SupportUnknown = true
	again := only(guard.Recheck(in, nil, guard.Earlier{Text: in.Text, Findings: out.Findings}), "unsupported-numbers")
	if len(again) != 1 || again[0].Places() != 1000 || again[0].ID != f.ID {
		t.Errorf("%d places after another check", again[0].Places())
	}
}

func TestIDsTellNothingOfWhatWasRedacted(t *testing.T) {
	policy := domain.GuardrailPolicy{"personal-data": guard.Redact}
	ids := map[string]bool{}
	for n := range 5 {
		in := guard.Input{Text: fmt.Sprintf("Mail person%d@acme.io.", n)}
		for _, f := range guard.Apply(in, guard.Check(in), policy).Findings {
			ids[f.ID] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("%d ids", len(ids))
	}
}

func TestWhatPublicationDropsIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		"<iframe src=\"https://a.test\"></iframe>":        "<iframe>",
		"Text <span style=\"color:red\">red</span>":       "style",
		"<script>\nalert(1)\n</script>":                   "<script>",
		"<video src=x></video> and <video src=y></video>": "published: <video>.",
		"![b](data:image/png;base64,AA)":                  "“b”",
		"<p>A <b>good</b> one<br>with an <img src=\"https://a.test/x.png\" alt=x> and <a href=\"/x\">link</a></p>": "",
		"`<iframe>` and ![b](https://a.test/x.png)":                                                                "",
		"```html\n<iframe>\n```": "",
	} {
		found := only(guard.Check(guard.Input{Text: text}), "left-out")
		if want == "" && len(found) == 0 {
			continue
		}
		if len(found) != 1 || want == "" || !strings.Contains(found[0].Message, want) ||
			found[0].Severity != domain.SeverityInfo {
			t.Errorf("%q: %+v, want %q", text, found, want)
		}
	}
}

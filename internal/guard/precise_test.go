package guard_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// TestWhatIsMaskedIsMaskedEverywhere: a number that one guardrail masks is not shown by another.
func TestWhatIsMaskedIsMaskedEverywhere(t *testing.T) {
	for _, secret := range []string{"4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "+49 30 12345678", "536-90-4399",
		"vell_pk_0123456789abcdefABCDEF0123456789abcd", "hunter2xyz9", "jane.doe@acme.io"} {
		for _, frame := range []string{
			"Her social security number, password: %s and tel %s are here.",
			"She said “write to us at %s if anything is wrong at all” today.",
			"> Please keep the number %s safe for all of us.\n> — Jane Doe",
			"[Insert %s here] and see https://nowhere.test/%s now. Guaranteed.",
			"Please keep the number tel %s safe for all of us here. Please keep the number tel %s safe for all of us here.",
			"one two three four tel %s",
		} {
			text := strings.ReplaceAll(frame, "%s", secret)
			found := guard.Check(guard.Input{Text: text, Title: text, MaxWords: 3, Type: domain.ContentBlog})
			masked := false
			for _, f := range found {
				masked = masked || f.Guardrail == "secrets" || f.Guardrail == "personal-data"
			}
			for _, f := range found {
				shown := f.Message
				for _, m := range f.Matches {
					shown += "\n" + m.Text
				}
				for _, part := range append(strings.Fields(secret), secret) {
					if masked && len(part) >= 4 && strings.Contains(shown, part) {
						t.Errorf("%s shows %q of %q: %q", f.Guardrail, part, text, shown)
					}
				}
			}
		}
	}
}

// TestAModelIsNeverToldToAdd: advice for a model takes away, and never asks for a source, proof or figure.
func TestAModelIsNeverToldToAdd(t *testing.T) {
	for _, s := range labelled(t, "guilty.txt", 3) {
		for _, in := range []guard.Input{{Text: s[2], Language: s[0]}, {Text: "Rain falls.", Title: s[2], Language: s[0]}} {
			for _, told := range guard.RetryMessages(guard.Check(in)) {
				advice := told[strings.LastIndex(told, "\": ")+1:]
				for _, ask := range []string{"Add its source", "Add the risk", "Name the", "with the source", "Say what", "facts, or"} {
					if strings.Contains(advice, ask) {
						t.Errorf("%q tells a model to add: %q", s[2], told)
					}
				}
			}
		}
	}
	f := domain.Finding{
		Guardrail: "unsupported-numbers",
		Message:   "In the title: Neither the brief nor a source gives this figure.",
	}
	if got := guard.RetryMessages([]domain.Finding{f}); got[0] != "In the title: Remove the figure or the sentence. "+
		"Do not put another figure in its place." {
		t.Errorf("%q", got)
	}
}

// TestInstructionsThatLeakAreFound: a sentence of the instructions of the model, in whatever spacing and case.
func TestInstructionsThatLeakAreFound(t *testing.T) {
	const told = "You write for a business. Use only the figures, names and links that the brief has.\n\n" +
		"- Choose the concrete noun over the adjective in every sentence.\n- Stop."
	for text, want := range map[string]int{
		"Rain falls. Use only the figures, names and links that the brief has. Wind blows.":                    1,
		"CHOOSE THE CONCRETE NOUN\nover the adjective in every sentence.":                                      1,
		"Rain falls. Stop. You write for a business.":                                                          0,
		"Use only the figures that you know, and choose the concrete noun over the adjective in most of them.": 0,
	} {
		got := only(guard.Check(guard.Input{Text: text, Instructions: told}), "injection-residue")
		if len(got) != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestAnEndThatIsMissingIsSeen, and an end that is none in full stops is not taken for one.
func TestAnEndThatIsMissingIsSeen(t *testing.T) {
	body := strings.Repeat("Each message has one owner, and the others can see it. ", 6)
	for end, want := range map[string]bool{
		"Then the team": false, // short last sentences are signatures and slogans
		"Then the team wrote down what it had seen": true,
		"Then the team wrote it down and":           true,
		"It has three parts,":                       true,
		"\n\n## Next steps":                         true,
		"\n\nKind regards\nThe team at Acme":        false,
		"\n\n- bread\n- butter":                     false,
		"\n\n| a | b |\n|---|---|\n| c | d |":       false,
		"\n\n```\nend of the\n```":                  false,
		"\n\nSee [the guide](https://acme.io/a)":    false,
		"\n\nhttps://acme.io/a/":                    false,
		"It is so.":                                 false,
		"彼は言った。":                                    false,
	} {
		found := only(guard.Check(guard.Input{Text: body + end, Support: []string{"acme.io"}}), "length-format")
		if (len(found) > 0) != want {
			t.Errorf("%q: %+v", end, found)
		}
		if f := only(guard.Check(guard.Input{Text: body + end, Edited: true}), "length-format"); want &&
			f[0].Severity != domain.SeverityInfo {
			t.Errorf("an edit that ends %q: %+v", end, f)
		}
	}
}

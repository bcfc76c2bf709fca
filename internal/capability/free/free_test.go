package free_test

import (
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/free"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

func composed(t *testing.T, r free.Request) string {
	t.Helper()
	ask, err := r.Ask(0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := ask.Compose()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var holes = regexp.MustCompile(`%[tT]|\[\[|\{\{|  |\.\.|,,| ,| \.|(?i)\bAI\b|\bthis this\b`)

var prompts = map[string]struct {
	prompt string
	words  int
}{
	"quickstart": {"Write a blog post outline about cloud cost optimization", 500},
	"small":      {"Write a blog post outline about cloud cost optimization", 40},
	"post":       {"Write a short blog post on how to choose a CRM in 200 words", 200},
	"titles":     {"Give me headlines for Acme's spring launch", 100},
	"email":      {"Draft an email about moving to a shared inbox.", 200},
	"tweet":      {"tweet about remote onboarding", 60},
	"faq":        {"FAQ for our new returns process", 100},
	"bare":       {"the history of tea", 300},
	"summary": {
		"Summarize:\nWe tried the four-day week in two teams from May to July. Both teams kept their targets. Sick days fell from 14 to 9. " +
			"Support was harder, since customers write on Fridays too. The support team now works in two shifts. We will decide in October whether to go on.",
		60,
	},
	"product": {
		"Write a product description for a stainless steel water bottle that keeps drinks cold for 24 hours",
		150,
	},
	"announce": {"Write a LinkedIn post announcing our new office in Lisbon", 60},
	"nested":   {"Write an intro for an article on remote work.", 80},
	"child":    {"Explain quantum computing to a child", 300},
	"meta":     {"Write a meta description for our guide to data backups", 50},
}

func TestGoldenFreeTexts(t *testing.T) {
	for name, tc := range prompts {
		t.Run(name, func(t *testing.T) {
			text := composed(t, free.Request{Prompt: tc.prompt, Words: tc.words})
			if n := prose.CountWords(text); n > tc.words || n == 0 {
				t.Errorf("%d words of %d", n, tc.words)
			}
			if m := holes.FindString(text); m != "" {
				t.Errorf("the text holds %q", m)
			}
			captest.Golden(t, name+".md", text+"\n")
		})
	}
}

// What the composer cannot do, it refuses with a message that says what would help.
func TestRefusals(t *testing.T) {
	for _, prompt := range []string{" ", "Blog post ideas", "Translate this text into German: Hello there"} {
		ask, err := free.Request{Prompt: prompt}.Ask(0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ask.Compose(); domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("%q: %v", prompt, err)
		}
	}
}

func TestWhatAModelIsAsked(t *testing.T) {
	creativity := 0.4
	voice := &domain.BrandVoice{
		Name:           "Plain",
		PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}},
		BannedTerms:    []string{"synergy"},
	}
	r := free.Request{
		Prompt:     "A note on rain",
		Words:      100,
		Language:   "de",
		Tone:       "warm",
		Creativity: &creativity,
		BrandVoice: voice,
	}
	second, err := r.Ask(1)
	if err != nil || second.Prompt() != r.Prompt || second.MaxTokens != 500 || second.Creativity != &creativity {
		t.Fatalf("%+v %v", second, err)
	}
	for _, want := range []string{
		"At most 100 words", "Write in German", "Tone: warm", `voice "Plain"`, `"customers", not "users"`, "Never use: synergy", "another angle",
	} {
		if !strings.Contains(second.System, want) {
			t.Errorf("lacks %q:\n%s", want, second.System)
		}
	}
	if first, err := r.Ask(0); err != nil || strings.Contains(first.System, "another angle") {
		t.Errorf("%s %v", first.System, err)
	}
}

// TestTopicForms holds the grammar of the forms in which topics come.
func TestTopicForms(t *testing.T) {
	for topic, want := range map[string]string{
		"cloud cost optimization":       "about cloud cost optimization",
		"How to choose a CRM":           "about choosing a CRM",
		"how to plan and run an event":  "about planning and running an event",
		"Choose a CRM":                  "about choosing a CRM",
		"Acme's spring launch":          "about Acme's spring launch",
		"Moving to a shared inbox":      "about moving to a shared inbox",
		"Slack vs Teams":                "about choosing between Slack and Teams",
		"best laptops for students":     "about finding the best laptops for students",
		"5 ways to cut cloud costs":     "about 5 ways to cut cloud costs",
		"The history of tea":            "about the history of tea",
		"CRM migration":                 "about CRM migration",
		"Why do startups fail?":         "about the matter",
		"We are opening a second store": "about this news",
		"Writing Effective Emails":      "about Writing Effective Emails",
		"how to not lose customers":     "about how to not lose customers",
	} {
		text := composed(t, free.Request{Prompt: "Titles about “" + topic + "”", Words: 200})
		noun := strings.TrimPrefix(want, "about ")
		if noun == "the matter" || noun == "this news" {
			if strings.Contains(text, "guide to") {
				t.Errorf("%q: %s", topic, text)
			}
			continue
		}
		if !strings.Contains(text, "Questions to ask about "+noun) {
			t.Errorf("%q: want %q in\n%s", topic, noun, text)
		}
	}
}

package free_test

import (
	"fmt"
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

var prompts = map[string]struct {
	prompt string
	words  int
}{
	"quickstart": {"Write a blog post outline about cloud cost optimization", 500},
	"small":      {"Write a blog post outline about cloud cost optimization", 20},
	"bare":       {"the history of tea", 300},
	"post": {
		"Write a short blog post about our new bike cellar in about 200 words.\nThe bike cellar opens on 4 May.\n" +
			"It has room for 60 bikes.\nThe key is at the front desk", 200,
	},
	"faq":      {"FAQ for our returns\nHow long do I have? 30 days.\nWho pays for the parcel? We do.", 100},
	"email":    {"Write an email to customers about our price increase from 1 July\nOur prices rise by 6% on 1 July.\nOrders before that day keep the old price.", 100},
	"tweet":    {"Write a tweet about the open day: The dome is open on 13 September. Entry is free.", 60},
	"untitled": {"Write a LinkedIn post: We open a second shop in Graz on 3 May. Come and see us.", 60},
	"announce": {"Write a LinkedIn post announcing our new office in Lisbon", 60},
	"listing":  {"Write a product description for a steel water bottle\nKeeps drinks cold for 24 hours\nFits into bike holders\n€24", 150},
	"summary": {
		"Summarize:\nWe tried the four-day week in two teams from May to July. Both teams kept their targets. Sick days fell from 14 to 9. " +
			"Support was harder, since customers write on Fridays too. The support team now works in two shifts. We will decide in October whether to go on.",
		60,
	},
	"meta":     {"Write a meta description for our guide to data backups: Keep three copies of everything that matters. Test a restore every quarter.", 50},
	"german":   {"Schreibe einen Blogbeitrag über Wärmepumpen im Altbau.\nUnter 55 Grad arbeitet die Wärmepumpe sparsam.\nZwei große Heizkörper genügen oft.", 200},
	"french":   {"Rédige un article de blog sur le compost en ville", 200},
	"spanish":  {"Escribe un artículo sobre el aceite de oliva.\nLa luz cambia el sabor en dos semanas.", 200},
	"japanese": {"共有受信箱についてブログ記事を書いてください", 200},
}

func TestGoldenFreeTexts(t *testing.T) {
	for name, tc := range prompts {
		t.Run(name, func(t *testing.T) {
			text := composed(t, free.Request{Prompt: tc.prompt, Words: tc.words})
			if n := prose.CountWords(text); n > tc.words || n == 0 {
				t.Errorf("%d words of %d", n, tc.words)
			}
			captest.Golden(t, name+".md", text+"\n")
		})
	}
}

// What the composer cannot do, it refuses on the field to change, and says what to give.
func TestRefusals(t *testing.T) {
	long := ""
	for i := range 9 {
		long += fmt.Sprintf("On day %d it rained in our town. ", i)
	}
	for prompt, want := range map[string]string{
		" ":               "what to write about",
		"Blog post ideas": "thought up",
		"Translate this text into German: Hello there":                           "rewritten",
		"Rewrite this: We are the best.":                                         "rewritten",
		"Write an email to customers about our price increase of 6% from 1 July": "only the sentences that you give",
		"Write a blog intro about four-day weeks in about 150 words":             "only the sentences that you give",
		"Explain quantum computing to a child":                                   "only the sentences that you give",
		"tweet about remote onboarding":                                          "only the sentences that you give",
		"Give me 5 headlines for our spring launch, max 30 characters each":      "thought up",
		"Write a speech":           "only the sentences that you give",
		"Write a haiku about rain": "thought up",
		"Write a post about rain.\nIt rained on 4 May.\nMake it funny.": "“Make it funny.”",
		"Write an FAQ about rain.\nWhen does it stop?":                  "would be left out",
		"Übersetze diesen Satz: Guten Tag":                              "rewritten",
		"Schreibe eine E-Mail über unsere neuen Preise":                 "only the sentences that you give",
		"Écris un e-mail sur nos nouveaux prix":                         "only the sentences that you give",
		"Escribe un poema sobre la lluvia":                              "thought up",
		"この文を翻訳してください":                                                  "rewritten",
		"Scrivi un articolo sul teatro":                                 "only the sentences that you give",
		"Write a post about rain.\n" + long:                             "maximum_length",
	} {
		err := free.Request{Prompt: prompt, Words: 50}.Check(1)
		e := domain.AsError(err)
		if err == nil || e.Code != domain.CodeValidation || !strings.Contains(e.Message, want) || e.Fields["prompt"] == nil {
			t.Errorf("%q: %v", prompt, err)
		}
	}
}

func TestSeveralResultsNeedAModel(t *testing.T) {
	r := free.Request{Prompt: "the history of tea"}
	err := r.Check(3)
	if e := domain.AsError(err); err == nil || e.Fields["number_of_results"] == nil {
		t.Errorf("%v", err)
	}
	if err := r.Check(1); err != nil {
		t.Error(err)
	}
}

// An instruction is never taken for the topic, in any language that is known.
func TestTopicsOfInstructions(t *testing.T) {
	for prompt, want := range map[string]string{
		"Write a blog post about heat pumps":                              "Outline: Heat pumps",
		"Please write me an article on remote work.":                      "Outline: Remote work",
		"Can you create a 500-word guide to sourdough?":                   "Outline: Sourdough",
		"Write about four-day weeks":                                      "Outline: Four-day weeks",
		"Write a post about the report on tea in 300 words":               "Outline: The report on tea",
		"Schreibe einen Blogbeitrag über Wärmepumpen im Altbau":           "Gliederung: Wärmepumpen im Altbau",
		"Bitte erstellen Sie eine Gliederung zum Thema Sauerteig":         "Gliederung: Sauerteig",
		"Verfasse einen Artikel mit 500 Wörtern über den Wald":            "Gliederung: Den Wald",
		"Rédigez un article sur les vélos":                                "Plan : Les vélos",
		"Peux-tu écrire un billet de blog à propos du télétravail ?":      "Plan : ",
		"Escribe una entrada de blog sobre el compost":                    "Esquema: El compost",
		"Redacta un artículo acerca de la energía solar en 400 palabras":  "Esquema: La energía solar",
		"ヒートポンプについてブログ記事を書いてください":                                         "構成案：ヒートポンプ",
		"共有受信箱に関する記事を作成して":                                                "構成案：共有受信箱",
		"Könntest du mir einen Newsletter für unsere Bäckerei schreiben?": "Gliederung: Unsere Bäckerei",
		"¿Puedes escribir un artículo sobre el té?":                       "Esquema: El té",
		"Make a list of 10 tips for better sleep":                         "Outline: Tips for better sleep",
		"Write me something about dogs":                                   "Outline: Dogs",
		"Draft a short announcement: The pool opens on 1 May.":            "The pool opens on 1 May",
		"how to price a course":                                           "Outline: How to price a course",
		"iPhone repairs":                                                  "Outline: iPhone repairs",
	} {
		text := composed(t, free.Request{Prompt: prompt, Words: 300})
		if title, _, _ := strings.Cut(text, "\n"); !strings.HasPrefix(title, "# "+want) {
			t.Errorf("%q: %q, not %q", prompt, title, want)
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

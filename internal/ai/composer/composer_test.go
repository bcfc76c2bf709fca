package composer_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/ai/composer"
	"vellocity/internal/domain"
	"vellocity/internal/golden"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// generate runs one task and checks what holds for all: the pieces make up the
// text, they are small, and the composer counts no tokens.
func generate(t *testing.T, task ai.Task, b ai.Brief) string {
	t.Helper()
	var got strings.Builder
	pieces := 0
	resp, err := composer.New().Generate(t.Context(), ai.Request{Task: task, Brief: b}, func(s string) error {
		got.WriteString(s)
		pieces++
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", task, err)
	}
	if got.String() != resp.Text || resp.Usage != (ai.Usage{}) || resp.Stop != ai.StopEnd {
		t.Fatalf("%s: the pieces do not make up the text, or there is usage: %+v", task, resp)
	}
	if len(strings.Fields(resp.Text)) > 40 && pieces < 5 {
		t.Errorf("%s: %d characters in %d pieces", task, len(resp.Text), pieces)
	}
	return resp.Text
}

type outline struct {
	Title    string
	Sections []struct {
		Heading string
		Points  []string
	}
}

// post writes a whole post as the blog capability does.
func post(t *testing.T, b ai.Brief) (title, body string) {
	t.Helper()
	var o outline
	if err := json.Unmarshal([]byte(generate(t, ai.TaskOutline, b)), &o); err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, s := range o.Sections {
		one := b
		one.Index, one.Heading, one.Points = i, s.Heading, s.Points
		text := generate(t, ai.TaskSection, one)
		if text == "" {
			t.Errorf("section %d (%s) is empty", i, s.Heading)
		}
		if i > 0 {
			text = "## " + s.Heading + "\n\n" + text
		}
		out = append(out, text)
	}
	body = generate(t, ai.TaskVoice, ai.Brief{Text: strings.Join(out, "\n\n"), Voice: b.Voice, Language: b.Language})
	return o.Title, body
}

var briefs = map[string]ai.Brief{
	"rich": {
		Topic: "Moving a small support team to a shared inbox", Keywords: []string{"shared inbox", "support team"}, Audience: "founders of small software companies",
		KeyPoints: []string{
			"A shared inbox shows who is answering what, so no customer gets two different replies.",
			"Start with one mailbox and move the rest once the team trusts it",
			"Write saved replies only for questions that came up at least three times",
		},
		Facts: []string{
			"In a four-week pilot, our team of 6 cut the median first reply from 9 hours to 2.",
			"41 of 160 conversations in March asked one of the same five questions.",
		},
		Sources: []string{"Harborline pilot log, March 2026"}, CallToAction: "Try Harborline with one mailbox for two weeks",
	},
	"thin":   {Topic: "how to reduce cloud costs", KeyPoints: []string{"Turn off idle machines at night, because nobody uses them then"}},
	"topic":  {Topic: "cloud cost optimization"},
	"choice": {Topic: "how to choose a CRM", Audience: "Sales managers"},
	"news":   {Topic: "Acme's spring launch"},
	"list":   {Topic: "Remote onboarding", KeyPoints: []string{"A buddy for the first month", "Laptop shipped early", "One page of contacts", "Weekly check-ins"}, Tone: "friendly"},
	"banned": {
		Topic: "Planning a product launch", Tone: "formal", KeyPoints: []string{"Don't promise dates that the team hasn't agreed to", "Users want to know what changes; tell them first"},
		Facts: []string{"Our last launch slipped by 3 weeks"},
		Voice: ai.Voice{Tone: []string{"formal"}, BannedTerms: []string{"post", "honest"}, Preferred: [][2]string{{"customers", "users"}}},
	},
	"german": {
		Topic: "Gemeinsames Postfach für kleine Teams", Language: "de",
		KeyPoints: []string{"Ein gemeinsames Postfach zeigt, wer welche Anfrage beantwortet.", "Klein anfangen: ein Postfach genügt für die ersten Wochen."},
		Facts:     []string{"Im Pilotversuch sank die Antwortzeit von 9 auf 2 Stunden."}, CallToAction: "Jetzt zwei Wochen testen",
	},
	"german-topic": {Topic: "Nachhaltige Verpackungen", Language: "de-DE"},
	"japanese":     {Topic: "共有受信箱の使い方", Language: "ja", KeyPoints: []string{"誰が返信しているかが分かります。"}},
	"source": {
		Topic: "Our move to four-day weeks", Sources: []string{"We tried the four-day week in two teams from May to July. Both teams kept their targets. Sick days fell from 14 to 9. Support was harder, since customers write on Fridays too. The support team now works in two shifts. We will decide in October whether to go on."},
	},
	"question":  {Topic: "Why do small teams lose customer e-mails?", KeyPoints: []string{"Nobody owns a message that everybody can see", "Forwarding hides who has answered, so two people reply or none does"}},
	"statement": {Topic: "We are launching Harborline 2.0 in May", KeyPoints: []string{"New inbox rules", "The price stays the same"}, Facts: []string{"Launch on 4 May 2026"}, CallToAction: "Book a demo"},
	"wines":     {Topic: "Spring wines of Alsace", KeyPoints: []string{"Riesling from the granite slopes is dry and mineral", "Gewürztraminer goes with strong cheese"}},
	"clause":    {Topic: "How batteries are changing the grid"},
	"many": {
		Topic: "Data backups", Sections: 4, KeyPoints: []string{
			"Keep three copies of everything that matters, because one of them will be missing when you need it",
			"Store one copy in another place: a fire does not stop at the server room door",
			"Test a restore every quarter; an untested backup is a hope",
			"Do not give the backup account rights to delete what it has written",
			"Encrypt what leaves the building, so that a lost disk stays a lost disk",
		},
	},
}

func TestGoldenPosts(t *testing.T) {
	for name, b := range briefs {
		t.Run(name, func(t *testing.T) {
			if b.Sections == 0 {
				b.Sections = 5
			}
			title, body := post(t, b)
			var d struct{ MetaTitle, MetaDescription, Slug string }
			raw := generate(t, ai.TaskMeta, func() ai.Brief { m := b; m.Heading, m.Text = title, body; return m }())
			var m map[string]string
			if err := json.Unmarshal([]byte(raw), &m); err != nil {
				t.Fatal(err)
			}
			d.MetaTitle, d.MetaDescription, d.Slug = m["meta_title"], m["meta_description"], m["slug"]
			if n := utf8.RuneCountInString(d.MetaTitle); n == 0 || n > 60 {
				t.Errorf("meta title has %d characters", n)
			}
			if n := utf8.RuneCountInString(d.MetaDescription); n == 0 || n > 155 {
				t.Errorf("meta description has %d characters", n)
			}
			sound(t, b, title, body, d.MetaDescription)
			golden.Check(t, "testdata/post-"+name+".md", "# "+title+"\n\n"+body+"\n\n---\n\n"+d.MetaTitle+"\n"+d.MetaDescription+"\n"+d.Slug+"\n")
		})
	}
}

var holes = regexp.MustCompile(`%[tT]|\[\[|\{\{|  |\.\.|,,| ,| \.|(?i)\bAI\b|\bthis this\b`)

// sound checks what no composed text may have: holes, repeated sentences,
// figures, quotes or links that the brief does not hold.
func sound(t *testing.T, b ai.Brief, title, body, description string) {
	t.Helper()
	if m := holes.FindString(title + "\n" + body + "\n" + description); m != "" {
		t.Errorf("the text holds %q", m)
	}
	seen := map[string]bool{}
	for _, s := range prose.SentenceTexts(prose.Plain(body)) {
		if seen[s] {
			t.Errorf("said twice: %q", s)
		}
		seen[s] = true
	}
	v := &domain.BrandVoice{BannedTerms: b.Voice.BannedTerms}
	in := guard.Input{Text: body, Title: title, Type: domain.ContentBlog, Voice: v, Support: append(append(append([]string{b.Topic, b.CallToAction}, b.KeyPoints...), b.Facts...), b.Sources...)}
	for _, f := range guard.Check(in) {
		t.Errorf("a guardrail finds: %s %+v", f.Message, f.Matches)
	}
}

func TestGoldenSocialPosts(t *testing.T) {
	for _, name := range []string{"rich", "topic", "choice", "news", "list", "german", "question"} {
		t.Run(name, func(t *testing.T) {
			b := briefs[name]
			var all strings.Builder
			for _, c := range guard.Channels() {
				b.Channel, b.MaxChars = c.Slug, min(c.Max, 1200)
				text := generate(t, ai.TaskSocialPost, b)
				if n := c.Count(text); n > b.MaxChars {
					t.Errorf("%s: %d characters", c.Slug, n)
				}
				all.WriteString("== " + c.Slug + "\n" + text + "\n\n")
			}
			golden.Check(t, "testdata/social-"+name+".txt", all.String())
		})
	}
}

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
	"summary": {"Summarize:\nWe tried the four-day week in two teams from May to July. Both teams kept their targets. Sick days fell from 14 to 9. " +
		"Support was harder, since customers write on Fridays too. The support team now works in two shifts. We will decide in October whether to go on.", 60},
	"product":  {"Write a product description for a stainless steel water bottle that keeps drinks cold for 24 hours", 150},
	"announce": {"Write a LinkedIn post announcing our new office in Lisbon", 60},
	"nested":   {"Write an intro for an article on remote work.", 80},
	"child":    {"Explain quantum computing to a child", 300},
	"meta":     {"Write a meta description for our guide to data backups", 50},
}

func TestGoldenFreeTexts(t *testing.T) {
	for name, tc := range prompts {
		t.Run(name, func(t *testing.T) {
			text := generate(t, ai.TaskFree, ai.Brief{Text: tc.prompt, WordCount: tc.words})
			if n := prose.CountWords(text); n > tc.words || n == 0 {
				t.Errorf("%d words of %d", n, tc.words)
			}
			if m := holes.FindString(text); m != "" {
				t.Errorf("the text holds %q", m)
			}
			golden.Check(t, "testdata/free-"+name+".md", text+"\n")
		})
	}
}

func TestTheSameBriefGivesTheSameText(t *testing.T) {
	_, a := post(t, briefs["rich"])
	if _, b := post(t, briefs["rich"]); a != b {
		t.Error("two runs differ")
	}
	_, c := post(t, briefs["topic"])
	if _, d := post(t, ai.Brief{Topic: "warehouse automation"}); strings.ReplaceAll(d, "warehouse automation", "cloud cost optimization") == c {
		t.Error("two topics give the same text but for the topic")
	}
}

func TestASectionOutsideThePlanIsEmptyOrWrittenFromItsPoints(t *testing.T) {
	b := briefs["rich"]
	b.Index = 11
	if got := generate(t, ai.TaskSection, b); got != "" {
		t.Errorf("got %q", got)
	}
	b.Index, b.Heading, b.Points = 1, "A heading of an editor", []string{"Keep it short"}
	if got := generate(t, ai.TaskSection, b); got != "Keep it short." {
		t.Errorf("got %q", got)
	}
}

func TestVoice(t *testing.T) {
	v := ai.Voice{Tone: []string{"Formal"}, Preferred: [][2]string{{"customer", "user"}, {"shared inbox", "inbox"}}}
	got := generate(t, ai.TaskVoice, ai.Brief{Voice: v, Text: "Users don't see the shared inbox. The inbox won't open. `user` and “a user said”, see [user](https://x.test/user)."})
	want := "Customers do not see the shared inbox. The shared inbox will not open. `user` and “a user said”, see [customer](https://x.test/user)."
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, req := range []ai.Request{{Task: "poem", Brief: ai.Brief{Topic: "x"}}, {Task: ai.TaskOutline}, {Task: ai.TaskFree, Brief: ai.Brief{Text: " "}},
		{Task: ai.TaskFree, Brief: ai.Brief{Text: "Blog post ideas"}}, {Task: ai.TaskFree, Brief: ai.Brief{Text: "Translate this text into German: Hello there"}}} {
		_, err := composer.New().Generate(t.Context(), req, func(string) error { return nil })
		e, ok := ai.AsError(err)
		if !ok || e.Kind != ai.KindRequest || e.Message == "" {
			t.Errorf("%+v: %v", req, err)
		}
	}
}

func TestAnErrorOfEmitAndACancelEndTheText(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	req := ai.Request{Task: ai.TaskOutline, Brief: briefs["rich"]}
	if _, err := composer.New().Generate(t.Context(), req, func(string) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d pieces", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := composer.New().Generate(ctx, req, func(string) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestAnyTopicReads holds the grammar of the forms in which topics come.
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
		text := generate(t, ai.TaskFree, ai.Brief{Topic: topic, Text: "titles about it", WordCount: 200})
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

func FuzzNeverPanicsNorInvents(f *testing.F) {
	f.Add("cloud", "Do this, so that works. And: more", "12 of 13", "en", 5)
	f.Add("?", ":", ";", "de", 1)
	f.Add("how to ", "a because b", "- ", "xx", 9)
	f.Fuzz(func(t *testing.T, topic, point, fact, language string, n int) {
		b := ai.Brief{Topic: topic, KeyPoints: strings.Split(point, "|"), Facts: strings.Split(fact, "|"), Language: language, Sections: n % 13, Keywords: []string{fact}, CallToAction: point, MaxChars: n % 400}
		for _, task := range []ai.Task{ai.TaskOutline, ai.TaskMeta, ai.TaskSocialPost, ai.TaskSection, ai.TaskFree} {
			b.Index, b.Text = n%7, topic
			resp, err := composer.New().Generate(t.Context(), ai.Request{Task: task, Brief: b}, func(string) error { return nil })
			if err != nil {
				if _, ok := ai.AsError(err); !ok {
					t.Fatal(err)
				}
				continue
			}
			if task == ai.TaskOutline || task == ai.TaskMeta {
				if !json.Valid([]byte(resp.Text)) {
					t.Fatalf("not JSON: %q", resp.Text)
				}
			}
		}
	})
}

package compose_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/golden"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// post puts a whole article together.
func post(b compose.Brief) (title, body string) {
	a := compose.NewArticle(b)
	var out []string
	for i, p := range a.Parts {
		text := p.Text
		if i > 0 {
			text = "## " + p.Heading + "\n\n" + text
		}
		out = append(out, text)
	}
	return a.Title, compose.Voiced(strings.Join(out, "\n\n"), b.BrandVoice)
}

var briefs = map[string]compose.Brief{
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
	"thin": {
		Topic:     "how to reduce cloud costs",
		KeyPoints: []string{"Turn off idle machines at night, because nobody uses them then"},
	},
	"topic":  {Topic: "cloud cost optimization"},
	"choice": {Topic: "how to choose a CRM", Audience: "Sales managers"},
	"news":   {Topic: "Acme's spring launch"},
	"list": {
		Topic: "Remote onboarding",
		KeyPoints: []string{
			"A buddy for the first month",
			"Laptop shipped early",
			"One page of contacts",
			"Weekly check-ins",
		},
		Tone: "friendly",
	},
	"banned": {
		Topic: "Planning a product launch", Tone: "formal", KeyPoints: []string{"Don't promise dates that the team hasn't agreed to", "Users want to know what changes; tell them first"},
		Facts: []string{"Our last launch slipped by 3 weeks"},
		BrandVoice: &domain.BrandVoice{
			Tone: []string{
				"formal",
			}, BannedTerms: []string{"post", "honest"},
			PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}},
		},
	},
	"german": {
		Topic: "Gemeinsames Postfach für kleine Teams", Language: "de",
		KeyPoints: []string{
			"Ein gemeinsames Postfach zeigt, wer welche Anfrage beantwortet.",
			"Klein anfangen: ein Postfach genügt für die ersten Wochen.",
		},
		Facts: []string{
			"Im Pilotversuch sank die Antwortzeit von 9 auf 2 Stunden.",
		}, CallToAction: "Jetzt zwei Wochen testen",
	},
	"german-topic": {Topic: "Nachhaltige Verpackungen", Language: "de-DE"},
	"japanese":     {Topic: "共有受信箱の使い方", Language: "ja", KeyPoints: []string{"誰が返信しているかが分かります。"}},
	"source": {
		Topic: "Our move to four-day weeks", Sources: []string{"We tried the four-day week in two teams from May to July. Both teams kept their targets. Sick days fell from 14 to 9. Support was harder, since customers write on Fridays too. The support team now works in two shifts. We will decide in October whether to go on."},
	},
	"question": {
		Topic: "Why do small teams lose customer e-mails?",
		KeyPoints: []string{
			"Nobody owns a message that everybody can see",
			"Forwarding hides who has answered, so two people reply or none does",
		},
	},
	"statement": {
		Topic:        "We are launching Harborline 2.0 in May",
		KeyPoints:    []string{"New inbox rules", "The price stays the same"},
		Facts:        []string{"Launch on 4 May 2026"},
		CallToAction: "Book a demo",
	},
	"wines": {
		Topic:     "Spring wines of Alsace",
		KeyPoints: []string{"Riesling from the granite slopes is dry and mineral", "Gewürztraminer goes with strong cheese"},
	},
	"clause": {Topic: "How batteries are changing the grid"},
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
			title, body := post(b)
			d := compose.NewMeta(b, title)
			if n := utf8.RuneCountInString(d.Short); n == 0 || n > 60 {
				t.Errorf("meta title has %d characters", n)
			}
			if n := utf8.RuneCountInString(d.Description); n == 0 || n > 155 {
				t.Errorf("meta description has %d characters", n)
			}
			sound(t, b, title, body, d.Description)
			meta := d.Short + "\n" + d.Description + "\n" + prose.Slug(b.Topic, 60) + "\n"
			golden.Check(t, "testdata/post-"+name+".md", "# "+title+"\n\n"+body+"\n\n---\n\n"+meta)
		})
	}
}

var holes = regexp.MustCompile(`%[tT]|\[\[|\{\{|  |\.\.|,,| ,| \.|(?i)\bAI\b|\bthis this\b`)

// sound checks what no composed text may have: holes, repeated sentences,
// figures, quotes or links that the brief does not hold.
func sound(t *testing.T, b compose.Brief, title, body, description string) {
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
	in := guard.Input{
		Text:       body,
		Title:      title,
		Type:       domain.ContentBlog,
		BrandVoice: b.BrandVoice,
		Support:    append(append(append([]string{b.Topic, b.CallToAction}, b.KeyPoints...), b.Facts...), b.Sources...),
	}
	for _, f := range guard.Check(in) {
		t.Errorf("a guardrail finds: %s %+v", f.Message, f.Matches)
	}
}

func TestGoldenSocialPosts(t *testing.T) {
	for _, name := range []string{"rich", "topic", "choice", "news", "list", "german", "question"} {
		t.Run(name, func(t *testing.T) {
			b := briefs[name]
			var all strings.Builder
			for _, c := range channel.Networks() {
				limit := min(c.Max, 1200)
				text := compose.Post(b, c, limit)
				if n := c.Count(text); n > limit {
					t.Errorf("%s: %d characters", c.Slug, n)
				}
				all.WriteString("== " + c.Slug + "\n" + text + "\n\n")
			}
			golden.Check(t, "testdata/social-"+name+".txt", all.String())
		})
	}
}

func TestTheSameBriefGivesTheSameText(t *testing.T) {
	_, a := post(briefs["rich"])
	if _, b := post(briefs["rich"]); a != b {
		t.Error("two texts from the same input differ")
	}
	_, c := post(briefs["topic"])
	if _, d := post(compose.Brief{Topic: "warehouse automation"}); strings.ReplaceAll(
		d,
		"warehouse automation",
		"cloud cost optimization",
	) == c {
		t.Error("two topics give the same text but for the topic")
	}
}

func TestVoiced(t *testing.T) {
	v := &domain.BrandVoice{
		Tone: []string{"Formal"},
		PreferredTerms: []domain.PreferredTerm{
			{Use: "customer", InsteadOf: "user"},
			{Use: "shared inbox", InsteadOf: "inbox"},
		},
	}
	const text = "Users don't see the shared inbox. The inbox won't open. " +
		"`user` and “a user said”, see [user](https://x.test/user)."
	const want = "Customers do not see the shared inbox. The shared inbox will not open. " +
		"`user` and “a user said”, see [customer](https://x.test/user)."
	if got := compose.Voiced(text, v); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := compose.Voiced(text, nil); got != text {
		t.Errorf("without a voice: %q", got)
	}
}

func TestPieces(t *testing.T) {
	_, text := post(briefs["rich"])
	pieces := compose.Pieces(text)
	if strings.Join(pieces, "") != text || len(pieces) < len(strings.Fields(text))/5 {
		t.Errorf("%d pieces do not make up the text", len(pieces))
	}
}

func FuzzNeverPanics(f *testing.F) {
	f.Add("cloud", "Do this, so that works. And: more", "12 of 13", "en", 5)
	f.Add("?", ":", ";", "de", 1)
	f.Add("how to ", "a because b", "- ", "xx", 9)
	f.Fuzz(func(t *testing.T, topic, point, fact, language string, n int) {
		b := compose.Brief{
			Topic: topic, KeyPoints: strings.Split(point, "|"), Facts: strings.Split(fact, "|"), Language: language,
			Sections: n % 13, Keywords: []string{fact}, CallToAction: point,
		}
		if a := compose.NewArticle(b); len(a.Parts) == 0 {
			t.Error("an article without parts")
		}
		compose.NewMeta(b, "")
		for _, network := range channel.Networks() {
			compose.Post(b, network, n%400)
		}
	})
}

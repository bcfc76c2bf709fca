package prose_test

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/prose"
)

func TestSentences(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"two plain ones", "One thing. Another thing.", []string{"One thing.", "Another thing."}},
		{"titles and initials", "Mr. Smith met J. R. Tolkien. They spoke.", []string{"Mr. Smith met J. R. Tolkien.", "They spoke."}},
		{"a date at the end", "It opened on Jan. 3. Everyone came.", []string{"It opened on Jan. 3.", "Everyone came."}},
		{"decimals and versions", "It grew 3.5 percent. Version 1.2 is out.", []string{"It grew 3.5 percent.", "Version 1.2 is out."}},
		{"a company inside and at the end", "Acme Inc. Paris grew. We buy from Acme Inc. The price is fair.", []string{"Acme Inc. Paris grew.", "We buy from Acme Inc.", "The price is fair."}},
		{"e.g. and lower case", "Use labels, e.g. Teams. They help, i.e. they sort.", []string{"Use labels, e.g. Teams.", "They help, i.e. they sort."}},
		{"closing quotes", "“It works.” She smiled.", []string{"“It works.”", "She smiled."}},
		{"an empty line", "A heading\n\nText follows", []string{"A heading", "Text follows"}},
		{"addresses", "Read example.com today! Really?", []string{"Read example.com today!", "Really?"}},
		{"Japanese", "これは一つ。これは二つ。", []string{"これは一つ。", "これは二つ。"}},
		{"nothing", "  \n ", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := prose.SentenceTexts(tc.text)
			if strings.Join(got, "|") != strings.Join(tc.want, "|") {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	got := prose.Words("Don't cut first-reply times by 3.5 or 1,200 — naïve, 日本!")
	want := "Don't|cut|first-reply|times|by|3.5|or|1,200|naïve|日|本"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{
		"cat": 1, "table": 2, "make": 1, "makes": 1, "wanted": 2, "jumped": 1, "reading": 2, "idea": 3, "beautiful": 3,
		"nation": 2, "readability": 5, "the": 1, "boxes": 2, "radio": 3, "question": 2, "customer": 3, "inbox": 2,
	} {
		if got := prose.Syllables(word); got != want {
			t.Errorf("Syllables(%q) = %d, want %d", word, got, want)
		}
	}
}

func TestMeasure(t *testing.T) {
	// 6 words, 1 sentence, 6 syllables: 206.835 − 6.09 − 84.6 = 116.1; grade 0.39·6 + 11.8 − 15.59 = −1.5.
	r := prose.Measure("The cat sat on the mat.", "en")
	if !r.Applicable || r.Flesch != 116.1 || r.Grade > -1.3 || r.Grade < -1.6 || r.Words != 6 || r.Sentences != 1 {
		t.Errorf("got %+v", r)
	}
	if r := prose.Measure("Die Katze saß auf der Matte.", "de"); r.Applicable || r.Flesch != 0 || r.Words != 6 {
		t.Errorf("German: got %+v", r)
	}
}

func TestFind(t *testing.T) {
	for _, tc := range []struct{ text, term, want string }{
		{"Synergy is key. Our synergies and synergy's end", "synergy", "Synergy|synergies|synergy"},
		{"a low-hanging fruit, Low hanging fruits", "low hanging fruit", "low-hanging fruit|Low hanging fruits"},
		{"class and assess", "ass", ""},
		{"C++ and c++20", "C++", "C++|c++"},
		{"これは最高です", "最高", "最高"},
		{"don’t", "don't", "don’t"},
	} {
		var got []string
		for _, r := range prose.Find(tc.text, tc.term) {
			got = append(got, r.In(tc.text))
		}
		if strings.Join(got, "|") != tc.want {
			t.Errorf("Find(%q, %q) = %q, want %q", tc.text, tc.term, got, tc.want)
		}
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"How to Choose a CRM?": "how-to-choose-a-crm", "Café Zürich & Straße": "cafe-zurich-strasse",
		"Acme's launch": "acmes-launch", "  ": "", "日本 語": "日本-語", "a very long title that goes on": "a-very-long-title",
	} {
		if got := prose.Slug(in, 20); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	if got := prose.Clip("one two, three", 9); got != "one two" {
		t.Errorf("got %q", got)
	}
	if got := prose.Clip("short", 9); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestParseMarkdown(t *testing.T) {
	d := prose.Parse(
		"# Title\n\nA *plain* [link](https://example.com/a) here.\n\n- one\n- two\n\n```\ncode\n```\n\n![alt](x.png)\n",
	)
	if len(d.Headings) != 1 || d.Headings[0].Text != "Title" || d.ListItems != 2 || len(d.Images) != 1 ||
		d.Images[0].Text != "alt" {
		t.Errorf("got %+v", d)
	}
	if len(d.Links) != 1 || d.Links[0].URL != "https://example.com/a" || d.Links[0].Text != "link" {
		t.Errorf("links: %+v", d.Links)
	}
	if got := prose.Plain("## H\n\na **b**\nc"); got != "H\n\na b c" {
		t.Errorf("Plain: %q", got)
	}
}

func TestRankComparesPartsOfALongText(t *testing.T) {
	few := []string{
		"The queue has an owner.",
		"The owner answers the queue.",
		"Rain fell.",
		"An owner keeps the queue short.",
	}
	many := slices.Repeat(few, 1000)
	if rank := prose.Rank(many); len(rank) != len(many) || slices.Min(rank) <= 0 {
		t.Errorf("%d weights, %v", len(rank), rank[:4])
	}
	if a, b := prose.Rank(few), prose.Rank(few[:0]); len(a) != 4 || len(b) != 0 {
		t.Errorf("%v, %v", a, b)
	}
}

func TestRankPutsTheCentralSentenceFirst(t *testing.T) {
	s := []string{
		"A shared inbox shows who answers a message.",
		"The office has a blue door.",
		"With a shared inbox each message has an owner.",
		"Who answers a message in the shared inbox is plain to see.",
	}
	rank := prose.Rank(s)
	for i := range s {
		if i != 1 && rank[1] >= rank[i] {
			t.Errorf("the stray sentence outranks %q: %v", s[i], rank)
		}
	}
}

func TestKeyPhrases(t *testing.T) {
	got := prose.KeyPhrases(
		"A shared inbox helps. The shared inbox keeps order. Every support team needs order in its shared inbox, and a support team grows.",
		2,
	)
	if len(got) != 2 || got[0].Text != "shared inbox" || got[0].Count != 3 || got[1].Text != "support team" {
		t.Errorf("got %+v", got)
	}
}

func TestPoints(t *testing.T) {
	p := prose.NewPoints("aé日b")
	for _, tc := range [][2]int{{0, 0}, {1, 1}, {3, 2}, {6, 3}, {1, 1}, {7, 4}} {
		if got := p.At(tc[0]); got != tc[1] {
			t.Errorf("At(%d) = %d, want %d", tc[0], got, tc[1])
		}
	}
}

func FuzzTakeApart(f *testing.F) {
	for _, s := range []string{"Mr. A. B.", "…?!\"", "a\xffb. C", "日本。", "'-.,", "a.\n\n\n.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, r := range prose.Sentences(s) {
			if r.Start < last || r.End <= r.Start || r.End > len(s) {
				t.Fatalf("ranges out of order: %v in %q", r, s)
			}
			last = r.End
		}
		prose.WordRanges(strings.ToValidUTF8(s, ""))
		prose.Slug(s, 20)
		prose.Find(s, "a b")
		prose.Plain(s)
		prose.Measure(s, "en")
		prose.KeyPhrases(s, 3)
	})
}

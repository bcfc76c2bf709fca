package seo

import (
	"fmt"
	"strings"

	"vellocity/internal/prose"
)

// What no other virtue makes up for: a text with one of these faults has at most so many points.
const (
	mostStuffed, mostRepeated, mostThin, mostUnreadable = 35, 35, 40, 60
	mostHopeless                                        = 25 // stuffed or repeated through and through

	stuffedDensity, stuffedUses = 6, 4 // percent of the words; one use in a short text is no stuffing
	repeatedShare               = 0.15 // of the sentences
	throughAndThrough           = 3    // times as much
	// LeastWords is how many words a text has at least that search should find.
	LeastWords       = 150
	unreadableFlesch = 10
)

// limits returns what holds the score down, lowest first; each says why.
func limits(p page) (out []Limit) {
	add := func(most int, format string, args ...any) {
		out = append(out, Limit{Most: most, Reason: fmt.Sprintf(format, args...)})
	}
	if p.words < LeastWords {
		add(mostThin, "The text has %s; %d are the least that can answer a question.", count(p.words, "word"), LeastWords)
	}
	for _, k := range p.keywords {
		if k.Density > stuffedDensity && k.Count >= stuffedUses {
			add(
				worse(mostStuffed, k.Density, stuffedDensity),
				"%q makes up %.1f%% of the words. Readers and search engines take that for stuffing.",
				k.Keyword,
				k.Density,
			)
			break
		}
	}
	if p.repeated > repeatedShare {
		add(worse(mostRepeated, p.repeated, repeatedShare), "%.0f%% of the sentences repeat an earlier one.", 100*p.repeated)
	}
	if p.reading.Applicable && p.reading.Flesch < unreadableFlesch && p.words > 0 {
		add(mostUnreadable, "Reading ease is %.0f; below %d hardly anybody follows.", p.reading.Flesch, unreadableFlesch)
	}
	return out
}

// worse returns the limit for a fault that has passed its bound: a lower one where it is everywhere.
func worse(most int, share, bound float64) int {
	if share > throughAndThrough*bound {
		return mostHopeless
	}
	return most
}

func repetition(p page) Check {
	c := Check{ID: "repetition", Name: "Repetition", Max: 8}
	if p.words == 0 {
		c.Found = "There is no text."
		return c
	}
	c.Applicable = true
	c.Found = fmt.Sprintf("%.0f%% of the sentences repeat an earlier one.", 100*p.repeated)
	fix := fmt.Sprintf("Delete or rewrite what is said twice, such as “%s”.", short(p.again))
	switch {
	case p.repeated == 0:
		c.Points, c.Found = c.Max, "No sentence is said twice."
	case p.repeated < 0.05:
		c.Points, c.Fix = 6, fix
	case p.repeated <= repeatedShare:
		c.Points, c.Fix = 3, fix
	default:
		c.Fix = fix
	}
	return c
}

// short returns the beginning of a sentence or paragraph, to name it by.
func short(s string) string {
	s = prose.Line(s)
	if c := prose.Clip(s, 60); c != s {
		return c + "…"
	}
	return s
}

// longestSentence returns the sentence with the most words.
func longestSentence(text string) (longest string) {
	most := 0
	for _, r := range prose.Sentences(text) {
		if n := prose.CountWords(r.In(text)); n > most {
			most, longest = n, r.In(text)
		}
	}
	return longest
}

// densest returns the paragraph that has a keyword most often.
func densest(p page, keyword string) (paragraph string) {
	most := 0
	for _, text := range p.doc.Paragraphs {
		if n := len(prose.Find(text, keyword)); n > most {
			most, paragraph = n, text
		}
	}
	return paragraph
}

// language returns the language to measure a text in, and what to say about it: "" where it was given and
// the text does not read as another.
func language(given, text string) (code, said string) {
	guess := prose.GuessLanguage(text)
	base, _, _ := strings.Cut(strings.ToLower(given), "-")
	switch {
	case guess == "" && given == "":
		return "en", ""
	case guess == "" || guess == base:
		return given, ""
	case given == "":
		if guess == "en" {
			return guess, ""
		}
		return guess, "No language was given; the text reads as " + prose.LanguageName(guess) + ". "
	}
	return guess, "The language given is " + given + ", but the text reads as " + prose.LanguageName(guess) + ". "
}

package prose_test

import (
	"testing"

	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/prose"
)

func TestMeasuresCostNoMoreThanTheTextsSize(t *testing.T) {
	for name, f := range map[string]func(string){
		"words":       func(s string) { prose.CountWords(s) },
		"sentences":   func(s string) { prose.SentenceTexts(s) },
		"slug":        func(s string) { prose.IsSlug(prose.Slug(s, 80)); prose.Slug(s, len(s)) },
		"find":        func(s string) { prose.Find(s, "a b"); prose.Find(s, "y") },
		"plain":       func(s string) { prose.Plain(s) },
		"measure":     func(s string) { prose.Measure(s, "en") },
		"key phrases": func(s string) { prose.KeyPhrases(s, 5) },
		"clip":        func(s string) { prose.Clip(prose.Line(s), 180) },
		"rank":        func(s string) { prose.Rank(prose.SentenceTexts(s)) },
		"characters":  func(s string) { prose.Characters(s) },
	} {
		t.Run(name, func(t *testing.T) { markdowntest.Linear(t, f) })
	}
}

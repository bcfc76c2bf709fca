package guard_test

import (
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/markdown/markdowntest"
)

func TestCheckAndApplyCostNoMoreThanTheTextsSize(t *testing.T) {
	policy := domain.GuardrailPolicy{
		"banned-terms":        guard.Redact,
		"personal-data":       guard.Redact,
		"unsupported-numbers": guard.Redact,
	}
	markdowntest.Linear(t, func(text string) {
		in := guard.Input{
			Text:       text,
			Type:       domain.ContentBlog,
			BrandVoice: voice(),
			MaxWords:   100,
			Support:    []string{text[:min(len(text), 50_000)]},
		}
		guard.Apply(in, guard.Check(in), policy)
	})
}

func TestCheckingAPostCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) { guard.Check(guard.Input{Text: text, Channel: "x"}) })
}

package seo_test

import (
	"testing"

	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/seo"
)

func TestAnalyzeCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) {
		seo.Analyze(seo.Input{Body: text, Title: "A title", Keywords: []string{"shared inbox", "a"}})
	})
}

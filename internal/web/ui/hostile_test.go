package ui_test

import (
	"strings"
	"testing"

	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/web/ui"
)

func TestWordDiffCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) {
		ui.Fold(ui.WordDiff(text, strings.ReplaceAll(text[len(text)/10:], "a", "b")))
		ui.Changed(ui.WordDiff(text, text+"a"))
	})
}

package markdown_test

import (
	"bytes"
	"testing"

	"vellocity/internal/markdown"
	"vellocity/internal/markdown/markdowntest"
)

func TestRenderingCostsNoMoreThanTheTextsSize(t *testing.T) {
	m := markdown.New()
	markdowntest.Linear(t, func(text string) {
		var out bytes.Buffer
		if err := m.Convert([]byte(text), &out); err != nil {
			t.Error(err)
		}
		if out.Len() > 20*len(text)+10_000 {
			t.Errorf("%.20q: %d bytes of HTML", text, out.Len())
		}
	})
}

func TestReadingCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) {
		r := markdown.Read(text)
		r.Plain()
		r.View(true)
	})
}

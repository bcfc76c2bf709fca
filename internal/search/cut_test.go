package search_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/prose"
	"vellocity/internal/search"
)

// checkCut holds that passages are parts of the body, one after the other, and that nothing but white space is left
// out.
func checkCut(t *testing.T, body string) {
	t.Helper()
	at := 0
	for _, p := range search.Cut("Title", body) {
		if p.Start < at || p.End > len(body) || body[p.Start:p.End] != p.Body || p.Body == "" {
			t.Fatalf("a passage is %d to %d: %q", p.Start, p.End, p.Body)
		}
		if strings.TrimSpace(body[at:p.Start]) != "" {
			t.Fatalf("left out: %q", body[at:p.Start])
		}
		if p.Point != utf8.RuneCountInString(body[:p.Start]) {
			t.Fatalf("%d code points before %d", p.Point, p.Start)
		}
		at = p.End
	}
	if strings.TrimSpace(body[at:]) != "" {
		t.Fatalf("left out: %q", body[at:])
	}
}

func FuzzCut(f *testing.F) {
	for _, s := range []string{
		"", " ", "One.", "# A\n\nText.\n\n## B\n\nMore.", "- a\n- b\n  - c", "> q\n> ```\n> code\n> ```", "| a | b |\n|---|---|\n| 1 | 2 |",
		"```go\nx\n```\n", "a\r\nb\r\n\r\n# c\r\n", "[^1]\n\n[^1]: note", "<div>\nx\n</div>", "\xff\n\n# \xfe", "退款会在五个工作日内退回。" + "東京",
		texts,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) { checkCut(t, body) })
}

func TestPassagesFollowHeadingsAndLength(t *testing.T) {
	long := strings.Repeat("Ten words stand in this sentence, which ends right here. ", 100)
	body := "Intro of " + strings.Repeat("many words ", 15) + ".\n\n## First\n\n" + strings.Repeat("Word ", 50) +
		"\n\n### Short\n\nTiny.\n\n## Second\n\n" + long
	var headings []string
	for _, p := range search.Cut("Title", body) {
		headings = append(headings, p.Heading)
		if n := prose.CountWords(p.Body); n > 300 {
			t.Errorf("a passage has %d words", n)
		}
	}
	if got := strings.Join(headings, "|"); got != "|First|Short|Second|Second|Second|Second" {
		t.Errorf("headings %s", got)
	}
}

// No text is cut into more passages than its size allows, whatever its form.
func TestCuttingIsBounded(t *testing.T) {
	for name, unit := range map[string]string{
		"headings": "# a\n", "words": "a ", "letters": "a", "cells": "|a", "lines": "a\n\n", "quotes": ">", "wide": "界", "lists": "- a\n",
		"fences": "```\n", "sentences": "A. ", "spaces": " ",
	} {
		body := strings.Repeat(unit, 200_000/len(unit))
		checkCut(t, body)
		if n := len(search.Cut("Title", body)); n > 2500 {
			t.Errorf("%s: %d passages", name, n)
		}
	}
}

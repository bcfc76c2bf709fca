package guard

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"vellocity/internal/channel"
	"vellocity/internal/domain"
	"vellocity/internal/markdown"
	"vellocity/internal/prose"
)

func lengthFormat(t *target) []domain.Finding {
	if strings.TrimSpace(t.Text) == "" {
		return []domain.Finding{
			{Severity: domain.SeverityBlocking, Message: "There is no text. Write one, or run this again with more to go on."},
		}
	}
	out := append(wordBounds(t), form(t)...)
	if c, ok := channel.BySlug(t.Channel); ok {
		out = append(out, channelLimits(t.Input, c)...)
	}
	return append(out, metaLengths(t.Input)...)
}

// wordBounds counts the words as cards and prices do, code blocks left out.
func wordBounds(t *target) []domain.Finding {
	if t.MinWords == 0 && t.MaxWords == 0 {
		return nil
	}
	out := wordFaults(t)
	for i := range out {
		out[i].MinWords, out[i].MaxWords = t.MinWords, t.MaxWords
	}
	return out
}

func wordFaults(t *target) []domain.Finding {
	switch n := prose.CountWords(t.read.Plain()); {
	case t.MinWords > 0 && n < t.MinWords:
		return []domain.Finding{
			{
				Severity: domain.SeverityInfo,
				Message:  fmt.Sprintf("The text has %d words, fewer than the %d that it needs. Add substance.", n, t.MinWords),
			},
		}
	case t.MaxWords > 0 && n > t.MaxWords:
		start := len(t.Text)
		if words := prose.WordRanges(t.coded().Text); len(words) > t.MaxWords {
			start, _ = t.coded().Source(words[t.MaxWords].Start, words[t.MaxWords].End)
		}
		over := prose.Range{Start: min(start, len(t.Text)), End: len(t.Text)}
		return []domain.Finding{
			finding(
				t.Text,
				domain.SeverityInfo,
				fmt.Sprintf("The text has %d words, more than the %d that were asked for. Shorten it.", n, t.MaxWords),
				[]prose.Range{over},
				shortened,
			),
		}
	}
	return nil
}

// form looks at the shape of a long text: code fences closed, one title only.
func form(t *target) []domain.Finding {
	if t.Channel != "" {
		return nil
	}
	var out []domain.Finding
	if i := t.read.Unclosed; i >= 0 {
		out = append(
			out,
			finding(
				t.Text,
				domain.SeverityWarning,
				"A code block is opened and never closed. Close it with three backticks.",
				[]prose.Range{{Start: i, End: min(i+3, len(t.Text))}},
				nil,
			),
		)
	}
	out = append(out, wholeness(t)...)
	if t.Type == domain.ContentBlog {
		if places := topHeadings(t.read); len(places) > 0 {
			out = append(
				out,
				finding(
					t.Text,
					domain.SeverityInfo,
					"The title already is the top heading. Make this one a second-level heading (##).",
					places,
					shortened,
				),
			)
		}
	}
	return out
}

// topHeadings returns the lines of the first-level headings.
func topHeadings(r *markdown.Reading) []prose.Range {
	var out []prose.Range
	for _, b := range r.Blocks {
		if b.Level != 1 || len(b.Pieces) == 0 {
			continue
		}
		start := strings.LastIndexByte(r.Source[:b.Start], '\n') + 1
		end := len(r.Source)
		if n := strings.IndexByte(r.Source[b.Start:], '\n'); n >= 0 {
			end = b.Start + n
		}
		out = append(out, prose.Range{Start: start, End: end})
	}
	return out
}

func channelLimits(in Input, c channel.Network) []domain.Finding {
	var out []domain.Finding
	if n := c.Count(in.Text); n > c.Max {
		over := overrun(in.Text, c)
		out = append(
			out,
			finding(
				in.Text,
				domain.SeverityBlocking,
				fmt.Sprintf("%s takes %d characters; this has %d. Shorten it by %d.", c.Name, c.Max, n, n-c.Max),
				[]prose.Range{over},
				shortened,
			),
		)
	}
	if tags := locations(hashtag, in.Text); len(tags) > c.Hashtags {
		out = append(
			out,
			finding(
				in.Text,
				domain.SeverityInfo,
				fmt.Sprintf("There are %d hashtags; on %s no more than %d read well. Drop some.", len(tags), c.Name, c.Hashtags),
				tags[c.Hashtags:],
				nil,
			),
		)
	}
	return out
}

var hashtag = regexp.MustCompile(`#[\p{L}\p{N}_]+`)

// overrun returns the stretch of the text past the limit.
func overrun(text string, c channel.Network) prose.Range {
	runes := []rune(text)
	over := sort.Search(len(runes), func(n int) bool { return c.Count(string(runes[:n+1])) > c.Max })
	return prose.Range{Start: len(string(runes[:over])), End: len(text)}
}

func metaLengths(in Input) []domain.Finding {
	var out []domain.Finding
	for _, f := range []struct {
		name, text string
		most       int
	}{{"meta title", in.MetaTitle, 60}, {"meta description", in.MetaDescription, 160}} {
		if n := utf8.RuneCountInString(f.text); n > f.most {
			out = append(
				out,
				domain.Finding{
					Severity: domain.SeverityInfo,
					Message:  fmt.Sprintf("The %s has %d characters; search results cut it after %d. Shorten it.", f.name, n, f.most),
				},
			)
		}
	}
	return out
}

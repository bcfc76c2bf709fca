package guard

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"vellocity/internal/channel"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

func lengthFormat(in Input) []domain.Finding {
	if strings.TrimSpace(in.Text) == "" {
		return []domain.Finding{{Severity: domain.SeverityBlocking, Message: "There is no text. Write one, or run this again with more to go on."}}
	}
	out := append(wordBounds(in), form(in)...)
	if c, ok := channel.BySlug(in.Channel); ok {
		out = append(out, channelLimits(in, c)...)
	}
	return append(out, metaLengths(in)...)
}

func wordBounds(in Input) []domain.Finding {
	words := prose.WordRanges(in.Text)
	switch n := len(words); {
	case in.MinWords > 0 && n < in.MinWords:
		return []domain.Finding{{Severity: domain.SeverityInfo, Message: fmt.Sprintf("The text has %d words, fewer than the %d that it needs. Add substance.", n, in.MinWords)}}
	case in.MaxWords > 0 && n > in.MaxWords:
		over := prose.Range{Start: words[in.MaxWords].Start, End: len(in.Text)}
		return []domain.Finding{finding(in.Text, domain.SeverityInfo, fmt.Sprintf("The text has %d words, more than the %d that were asked for. Shorten it.", n, in.MaxWords), []prose.Range{over}, shortened)}
	}
	return nil
}

// form looks at the shape of a long text: code fences closed, one title only.
func form(in Input) []domain.Finding {
	if in.Channel != "" {
		return nil
	}
	var out []domain.Finding
	if i := strings.LastIndex(in.Text, "```"); i >= 0 && strings.Count(in.Text, "```")%2 == 1 {
		out = append(out, finding(in.Text, domain.SeverityWarning, "A code block is opened and never closed. Close it with three backticks.", []prose.Range{{Start: i, End: i + 3}}, nil))
	}
	if in.Type == domain.ContentBlog {
		if places := locations(topHeading, in.Text); len(places) > 0 {
			out = append(out, finding(in.Text, domain.SeverityInfo, "The title already is the top heading. Make this one a second-level heading (##).", places, shortened))
		}
	}
	return out
}

var topHeading = regexp.MustCompile(`(?m)^# .+$`)

func channelLimits(in Input, c channel.Network) []domain.Finding {
	var out []domain.Finding
	if n := c.Count(in.Text); n > c.Max {
		over := overrun(in.Text, c)
		out = append(out, finding(in.Text, domain.SeverityBlocking, fmt.Sprintf("%s takes %d characters; this has %d. Shorten it by %d.", c.Name, c.Max, n, n-c.Max), []prose.Range{over}, shortened))
	}
	if tags := locations(hashtag, in.Text); len(tags) > c.Hashtags {
		out = append(out, finding(in.Text, domain.SeverityInfo, fmt.Sprintf("There are %d hashtags; on %s no more than %d read well. Drop some.", len(tags), c.Name, c.Hashtags), tags[c.Hashtags:], nil))
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
			out = append(out, domain.Finding{Severity: domain.SeverityInfo, Message: fmt.Sprintf("The %s has %d characters; search results cut it after %d. Shorten it.", f.name, n, f.most)})
		}
	}
	return out
}

func shortened(s string) string {
	if c := prose.Clip(s, 60); c != strings.TrimSpace(s) {
		return c + "…"
	}
	return s
}

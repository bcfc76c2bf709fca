package social

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	emphasis = regexp.MustCompile(`\*\*([^*\n]+)\*\*|__([^_\n]+)__`)
	heading  = regexp.MustCompile(`(?m)^#{1,6}[ \t]+`)
	hashtag  = regexp.MustCompile(`#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*`)
	// tagLine is what is left of a line that had only hashtags.
	tagLine = regexp.MustCompile(`(?m)^[ \t,·|]+$`)
	gaps    = regexp.MustCompile(`\n{3,}`)
)

// plain makes a post what networks show: no Markdown, and at most so many hashtags.
// Further ones stay as words inside a sentence, and go at the end of the post.
func plain(post string, most int) string {
	post = heading.ReplaceAllString(post, "")
	post = emphasis.ReplaceAllString(post, "$1$2")
	tags := hashtag.FindAllStringIndex(post, -1)
	for i := len(tags) - 1; i >= most; i-- {
		before, tag, after := post[:tags[i][0]], post[tags[i][0]+1:tags[i][1]], post[tags[i][1]:]
		if strings.TrimSpace(hashtag.ReplaceAllString(after, "")) == "" && endsSentence(before) {
			tag = ""
		}
		post = before + tag + after
	}
	post = tagLine.ReplaceAllString(post, "")
	return strings.TrimSpace(gaps.ReplaceAllString(post, "\n\n"))
}

// endsSentence reports whether what comes before a hashtag, other hashtags aside, is
// over: the hashtag then belongs to no sentence.
func endsSentence(before string) bool {
	before = strings.TrimRight(hashtag.ReplaceAllString(before, ""), " \t\n,·|")
	return before == "" || strings.ContainsRune(".!?:)\"…。！？", lastRune(before))
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

package compose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// bullets sets statements as a list. Where most are sentences that their writer ended,
// all are ended.
func bullets(held []statement) string {
	var b strings.Builder
	end := ended(held)
	for _, st := range held {
		b.WriteString("- " + item(st, end) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func item(st statement, end bool) string {
	if st.label != "" && utf8.RuneCountInString(st.label) <= 40 {
		value := st.value
		if end && long(value) {
			value = Sentence(value)
		}
		return "**" + capital(st.label) + ":** " + value
	}
	if end {
		return mark(Sentence(st.text))
	}
	return mark(capital(st.text))
}

func ended(held []statement) bool {
	n := 0
	for _, st := range held {
		if endsSentence(st.text) {
			n++
		}
	}
	return 2*n >= len(held) && n > 0
}

// numbered sets steps or entries. The heading of an entry is in bold.
func numbered(held []statement, bold bool) string {
	var b strings.Builder
	end := ended(held)
	for i, st := range held {
		line := item(st, end)
		if heading, body, ok := st.headed(); ok && bold {
			stop := "."
			if endsSentence(heading) {
				stop = ""
			}
			line = "**" + capital(heading) + stop + "** " + Sentence(body)
		}
		fmt.Fprintf(&b, "%d. %s\n", i+1, line)
	}
	return strings.TrimRight(b.String(), "\n")
}

// paragraphs sets sentences as paragraphs, and what is no sentence as a list below
// them. Statements that nobody ended are a list, where there are several.
func paragraphs(held []statement) string {
	unended := func(st statement) bool { return !endsSentence(st.text) && st.passage == nil }
	if len(held) > 1 && !slices.ContainsFunc(held, func(st statement) bool { return !unended(st) }) {
		return bullets(held)
	}
	fragments := 0
	for _, st := range held {
		if !st.whole() {
			fragments++
		}
	}
	if len(held) > 2 && fragments > 0 {
		return bullets(held)
	}
	var blocks []string
	var open, listed []statement
	flush := func() {
		var line []string
		for _, st := range open {
			line = append(line, Sentence(st.text))
		}
		if len(line) > 0 {
			blocks = append(blocks, mark(together(line...)))
		}
		open = nil
	}
	for _, st := range held {
		switch {
		case !st.whole() && len(held) > 1:
			listed = append(listed, st)
			continue
		case st.passage != nil:
			flush()
			for _, block := range st.passage {
				blocks = append(blocks, mark(block))
			}
			continue
		case len(st.sentences) > 1 || asks(st.text):
			flush()
			open = []statement{st}
			flush()
			continue
		case len(open) == 3:
			flush()
		}
		open = append(open, st)
	}
	flush()
	if len(listed) > 0 {
		blocks = append(blocks, bullets(listed))
	}
	return strings.Join(blocks, "\n\n")
}

// together joins sentences, with a space where the script has one.
func together(sentences ...string) string {
	var b strings.Builder
	for i, s := range sentences {
		last, _ := utf8.DecodeLastRuneInString(b.String())
		if i > 0 && s != "" && b.Len() > 0 && !strings.ContainsRune("。！？", last) {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}

// numberMark is a number that Markdown would take for that of a list.
var numberMark = regexp.MustCompile(`^(\d{1,9})([.)])(\s|$)`)

// mark keeps Markdown from taking the start of a line for anything but text.
func mark(line string) string {
	if m := numberMark.FindStringSubmatch(line); m != nil {
		return m[1] + `\` + line[len(m[1]):]
	}
	if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "+ ") {
		return `\` + line
	}
	return line
}

// Lines makes a list.
func Lines(items []string) string {
	var b strings.Builder
	for _, s := range items {
		b.WriteString("- " + capital(s) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

package free

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// form is what a free prompt asks for.
type form string

const (
	formPost     form = "post"
	formOutline  form = "outline"
	formEmail    form = "email"
	formSocial   form = "social"
	formTitles   form = "titles"
	formSummary  form = "summary"
	formMeta     form = "meta"
	formQuestion form = "questions"
	formProduct  form = "product"
	formNews     form = "announcement"
)

var (
	formWords = []struct {
		form    form
		pattern *regexp.Regexp
	}{
		{formOutline, regexp.MustCompile(`(?i)\b(?:outline|structure|table of contents)\b`)},
		{formSummary, regexp.MustCompile(`(?i)\b(?:summari[sz]e|summary|tl;?dr|key takeaways|shorten)\b`)},
		{
			formTitles,
			regexp.MustCompile(
				`(?i)\b(?:titles|headlines|(?:title|headline|topic|blog|post) ideas|ideas for (?:a |blog )?(?:posts?|articles?))\b`,
			),
		},
		{formMeta, regexp.MustCompile(`(?i)\bmeta description\b`)},
		{formQuestion, regexp.MustCompile(`(?i)\b(?:faq|faqs|questions)\b`)},
		{formEmail, regexp.MustCompile(`(?i)\b(?:e-?mail|newsletter)\b`)},
		{
			formNews,
			regexp.MustCompile(`(?i)\b(?:posts?|tweet|caption|message)\b.*\b(?:announc(?:e|ing)|introduc(?:e|ing))\b`),
		},
		{formProduct, regexp.MustCompile(`(?i)\bproduct (?:description|copy|text)\b`)},
		{
			formSocial,
			regexp.MustCompile(
				`(?i)\b(?:tweets?|linkedin|facebook|instagram|mastodon|bluesky|threads|social(?: media)? posts?|captions?)\b`,
			),
		},
	}
	aboutPattern = regexp.MustCompile(
		`(?is)\b(?:about|regarding|concerning|announcing|announce|introducing|on the (?:topic|subject) of|titled|entitled|called)\b:?\s+(.+)$`,
	)
	onPattern = regexp.MustCompile(
		`(?is)\b(?:posts?|articles?|outlines?|e-?mails?|newsletters?|tweets?|captions?|titles|headlines|ideas|faqs?|questions|descriptions?|intro(?:duction)?|text|piece|guide|copy|summary)\s+(?:on|for|to|of)\s+(.+)$`,
	)
	askPattern = regexp.MustCompile(
		`(?is)^(?:please\s+)?(?:can you\s+|could you\s+|i need\s+|i want\s+)?(?:write|create|generate|draft|compose|make|give|produce|prepare|suggest|list|explain|describe|outline)\b(?:\s+(?:me|us))?\s*(.*)$`,
	)
	lengthTail = regexp.MustCompile(
		`(?i)[\s,.;]*(?:\b(?:in|with|of|using|at most|no more than|under|maximum|max\.?|about|around)\b\s+)*\(?\b\d+[\s-]*(?:words?|characters?|sentences?|paragraphs?|sections?)\b.*$`,
	)
	modelOnly = regexp.MustCompile(
		`(?i)^(?:please\s+)?(?:can you\s+|could you\s+)?(?:improve|rewrite|rephrase|paraphrase|proofread|correct|translate|fix|polish)\b`,
	)
	simplyTail = regexp.MustCompile(
		`(?i)\s+(?:to (?:a|an|my|me)\b.{0,40}|in simple (?:terms|words)|simply|step by step)$`,
	)
	quoted = regexp.MustCompile(`["“„]([^"”“]{3,})["”“]`)
)

// request is a parsed prompt.
type request struct {
	form     form
	topic    string
	material []string // sentences that came with the prompt
}

// text writes what a free prompt asks for, in at most limit words (500 where it is
// 0), from the prompt's own words. It refuses what only a model can do.
func text(b compose.Brief, prompt string, limit int) (string, error) {
	if modelOnly.MatchString(strings.TrimSpace(prompt)) {
		return "", domain.Errorf(
			domain.CodeValidation,
			"The composer builds new texts and cannot rework or translate one. Connect a model for this.",
		)
	}
	r := readPrompt(prompt)
	if saysNothing(r.topic) && len(r.material) == 0 && b.Topic == "" {
		return "", domain.Errorf(
			domain.CodeValidation,
			"The prompt says nothing to write about. Name a topic, for example: an outline about cloud cost optimization.",
		)
	}
	if limit <= 0 {
		limit = 500
	}
	if b.Topic == "" {
		b.Topic = r.topic
	}
	if len(r.material) > 0 {
		b.Sources = append(b.Sources, strings.Join(r.material, " "))
	}
	if b.Sections == 0 {
		b.Sections = sectionsFor(limit)
		if r.form == formOutline {
			b.Sections = max(b.Sections, 5)
		}
	}
	parts := blocks(r, b)
	if r.form == formOutline && prose.CountWords(strings.Join(parts, " ")) > limit {
		parts = headingsOnly(parts)
	}
	return withinWords(parts, limit), nil
}

// headingsOnly makes an outline shorter: each block but the first loses what
// stands below its heading.
func headingsOnly(parts []string) []string {
	out := parts[:1]
	for _, p := range parts[1:] {
		heading, _, _ := strings.Cut(p, "\n")
		out = append(out, strings.TrimPrefix(heading, "## "))
	}
	return out
}

// saysNothing reports whether a topic consists of words that only name a form.
func saysNothing(topic string) bool {
	for _, w := range prose.Words(topic) {
		if !prose.StopWord(w) &&
			!slices.Contains(
				strings.Fields(
					" blog post posts article articles idea ideas title titles headline headlines text outline email e-mail newsletter tweet caption something anything hello hi hey hallo test thanks thank please write ",
				),
				prose.Fold(w),
			) {
			return false
		}
	}
	return true
}

func sectionsFor(words int) int {
	return max(3, min(6, words/70))
}

// readPrompt finds out what a prompt asks for and about what.
func readPrompt(prompt string) request {
	instruction, material := divide(prompt)
	r := request{form: formPost, material: material}
	for _, f := range formWords {
		if f.pattern.MatchString(instruction) {
			r.form = f.form
			break
		}
	}
	r.topic = topicOf(instruction)
	if len(material) > 0 && r.form == formPost && askPattern.FindString(instruction) == "" {
		r.form = formSummary
	}
	return r
}

// divide separates the instruction from text that came with it.
func divide(prompt string) (instruction string, material []string) {
	prompt = strings.TrimSpace(prompt)
	if head, tail, ok := strings.Cut(prompt, "\n"); ok && prose.CountWords(tail) > 12 {
		return strings.TrimRight(head, ": "), prose.SentenceTexts(prose.Plain(tail))
	}
	sentences := prose.SentenceTexts(prompt)
	if len(sentences) > 2 && prose.CountWords(prompt) > 40 {
		return sentences[0], sentences[1:]
	}
	if i := strings.Index(prompt, ": "); i > 0 && prose.CountWords(prompt[i:]) > 25 {
		return prompt[:i], prose.SentenceTexts(prompt[i+2:])
	}
	return prose.Line(prompt), nil
}

// topicOf returns the topic of an instruction.
func topicOf(instruction string) string {
	if m := quoted.FindStringSubmatch(instruction); m != nil {
		return strings.TrimSpace(m[1])
	}
	s := instruction
	for range 3 { // "an intro for an article on …"
		inner := subject(s)
		if inner == s {
			break
		}
		s = inner
	}
	if first := prose.SentenceTexts(s); len(first) > 1 {
		s = first[0]
	}
	s = strings.TrimRight(lengthTail.ReplaceAllString(s, ""), " .,;:!")
	for _, lead := range []string{"the topic ", "the subject ", "our guide to ", "a guide to ", "the guide to "} {
		s = strings.TrimPrefix(s, lead)
	}
	return prose.Clip(s, 160)
}

// subject removes one layer of an instruction: it returns what follows "about", "for",
// or the verb that asks.
func subject(s string) string {
	for _, p := range []*regexp.Regexp{aboutPattern, onPattern, askPattern} {
		if m := p.FindStringSubmatch(s); m != nil && m[1] != "" {
			if p == askPattern {
				return simplyTail.ReplaceAllString(m[1], "")
			}
			return m[1]
		}
	}
	return s
}

// blocks returns the text in blocks, of which the last ones may be dropped.
func blocks(r request, b compose.Brief) []string {
	if strings.TrimSpace(b.Topic) == "" {
		b.Topic = "these notes"
	}
	switch r.form {
	case formSummary:
		if len(r.material) > 0 {
			return []string{strings.Join(compose.Central(r.material, max(1, min(5, len(r.material)/3))), " ")}
		}
	case formMeta:
		return []string{compose.NewMeta(b, "").Description}
	case formSocial:
		b.Material = strings.Join(r.material, " ")
		return []string{compose.Post(b, channel.Network{Manner: channel.Plain}, 280)}
	case formNews:
		return []string{compose.Sentence("Announcing " + compose.Lower(b.Topic))}
	case formProduct:
		return product(b)
	case formTitles:
		return titles(b)
	case formEmail:
		b.Sections = 5
		return email(b)
	case formOutline:
		return outlineBlocks(b)
	case formQuestion:
		return questions(b)
	}
	return postBlocks(b)
}

func outlineBlocks(b compose.Brief) []string {
	p := compose.NewArticle(b)
	out := []string{"# " + p.Title}
	for i, part := range p.Parts {
		points := part.Points
		if i == 0 {
			points = append([]string{}, openingPoints(p)...)
		}
		out = append(out, fmt.Sprintf("## %d. %s\n\n%s", i+1, part.Heading, compose.Lines(points)))
	}
	return out
}

// openingPoints are the notes for the opening of an outlined text.
func openingPoints(p compose.Article) []string {
	if p.Framed {
		return []string{"The question that the reader brings along", "What the text goes through: " + p.Summary}
	}
	return p.Parts[0].Points
}

func postBlocks(b compose.Brief) []string {
	p := compose.NewArticle(b)
	out := []string{"# " + p.Title}
	for i, part := range p.Parts {
		if part.Text == "" {
			continue
		}
		if i > 0 {
			out = append(out, "## "+part.Heading+"\n\n"+part.Text)
			continue
		}
		out = append(out, part.Text)
	}
	return out
}

// email is a short message: a subject line, the opening, the headings as points.
func email(b compose.Brief) []string {
	p := compose.NewArticle(b)
	var points []string
	for _, part := range p.Parts[1:max(1, len(p.Parts)-1)] {
		points = append(points, part.Heading)
	}
	last := p.Parts[len(p.Parts)-1].Text
	out := []string{
		"Subject: " + prose.Clip(p.Title, 70),
		"Hello,",
		compose.NewPhraser(b).Say("Here are a few thoughts on %t."),
	}
	if !prose.English(b.Language) {
		out = []string{prose.Clip(p.Title, 70), p.Parts[0].Text}
	}
	if len(points) > 0 {
		out = append(out, compose.Lines(points))
	}
	out = append(out, last)
	if prose.English(b.Language) {
		out = append(out, "Best regards")
	}
	return out
}

func titles(b compose.Brief) []string {
	w := compose.NewPhraser(b)
	var out []string
	for i, t := range titleTemplates {
		if w.Spoken() {
			if i > 0 {
				break
			}
			t = "%T"
		}
		out = append(out, "- "+prose.Capital(w.Say(t)))
	}
	return []string{strings.Join(out, "\n")}
}

var titleTemplates = []string{
	"%T: where to start", "A short guide to %t", "Questions to ask about %t",
	"%T, step by step", "What to know about %t", "%T: what to settle first",
}

var trait = regexp.MustCompile(`^(.+?),? (?:that|which|with|for|made|designed) `)

// product names the product and describes it in the words of the prompt.
func product(b compose.Brief) []string {
	line := prose.Line(b.Topic)
	name := line
	if m := trait.FindStringSubmatch(line); m != nil {
		name = m[1]
	}
	for _, article := range []string{"a ", "an ", "the ", "our "} {
		name = strings.TrimPrefix(name, article)
	}
	out := []string{"# " + prose.Capital(name)}
	if name != line {
		out = append(out, compose.Sentence(line))
	}
	for _, p := range compose.ReadPoints(b.KeyPoints, prose.English(b.Language)) {
		out = append(out, compose.Sentence(p.Text))
	}
	return append(out, compose.Central(prose.SentenceTexts(strings.Join(b.Sources, " ")), 4)...)
}

// questions lists what a reader may ask, by the kind of topic. The answers are left to
// people who know them.
func questions(b compose.Brief) []string {
	w := compose.NewPhraser(b)
	out := []string{"# " + prose.Capital(w.Say("Questions about %t"))}
	var asked []string
	switch w.Kind() {
	case compose.News:
		asked = []string{
			"What is new, and what stays as it is?",
			"Whom does it concern?",
			"What is there to do, and by when?",
			"Where can questions be asked?",
		}
	case compose.Choice:
		asked = []string{
			"What must be possible afterwards?",
			"What does it cost, also in the second year?",
			"How can one leave again?",
			"Who helps when something breaks?",
		}
	default:
		asked = []string{
			"What is it for, and whom does it help?",
			"What does it take to begin?",
			"What does it cost in time and money?",
			"How can one tell whether it works?",
			"What goes wrong most often?",
		}
	}
	return append(out, compose.Lines(asked))
}

// withinWords joins as many blocks as fit, and of the first that does not, as
// many whole lines and sentences as fit. A title alone may be cut at a word.
func withinWords(blocks []string, limit int) string {
	var out []string
	left := limit
	for _, block := range blocks {
		n := prose.CountWords(block)
		if n <= left {
			out, left = append(out, block), left-n
			continue
		}
		if part := firstOf(block, left); part != "" {
			out = append(out, part)
		}
		break
	}
	if len(out) == 0 {
		return cutWords(blocks[0], limit)
	}
	if last := out[len(out)-1]; len(out) > 1 && strings.HasPrefix(last, "## ") && !strings.Contains(last, "\n") {
		out = out[:len(out)-1]
	}
	return strings.Join(out, "\n\n")
}

// firstOf returns the lines, then sentences, of a block that fit into n words.
func firstOf(block string, n int) string {
	var out strings.Builder
	for _, line := range strings.SplitAfter(block, "\n") {
		words := prose.CountWords(line)
		if words <= n {
			out.WriteString(line)
			n -= words
			continue
		}
		if !strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "#") {
			for _, r := range prose.Sentences(line) {
				s := r.In(line)
				if words := prose.CountWords(s); words <= n {
					out.WriteString(s + " ")
					n -= words
					continue
				}
				break
			}
		}
		break
	}
	return strings.TrimSpace(out.String())
}

func cutWords(s string, n int) string {
	ranges := prose.WordRanges(s)
	if len(ranges) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	return strings.TrimSpace(s[:ranges[n-1].End])
}

package free

import (
	_ "embed"
	"regexp"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

//go:embed passage.tmpl
var passageTemplate string

var passagePrompt = capability.MustPrompt("passage", passageTemplate)

// Passage is a part of a text that is to be written again.
type Passage struct {
	Text          string // Markdown, without white space around it
	Before, After string // what stands around it, as far as a model is shown it
	Action        domain.RewriteAction
	Instruction   string // a wish of the editor; "": none
	// Support is all that figures, quotations, links and contact details in the result may rest on.
	Support []string `json:"-"`
}

// Prompt returns what a model is asked.
func (p Passage) Prompt() (string, error) { return passagePrompt.Render(p) }

// Words is how many words the result may have.
func (p Passage) Words() int {
	n := prose.CountWords(prose.Plain(p.Text))
	switch p.Action {
	case domain.RewriteShorten:
		n = max(n*2/3, 8)
	case domain.RewriteExpand:
		n = 2*n + 60
	case domain.RewriteAgain, domain.RewriteTone, domain.RewritePlainer:
		n = n*5/4 + 20
	}
	return min(n, domain.LimitWords.Max)
}

// What rules cannot do with a passage, with what to do instead.
const (
	onlyShorten = "Without a model, a passage can only be shortened, by leaving out whole sentences. " +
		"Choose shorten, or connect a model."
	onlySentences = "Without a model, a passage is shortened by rules, which cannot follow a tone or an instruction. " +
		"Leave them out, or connect a model."
	oneSentence = "Without a model, a passage is shortened by leaving out whole sentences, and this one has no " +
		"paragraph of several. Select more of the text, or connect a model."
)

// reworked is the passage as rules change it, or why they cannot.
func (r Request) reworked() (text, fault string) {
	switch {
	case r.Passage.Action != domain.RewriteShorten:
		return "", onlyShorten
	case r.Tone != "" || r.Passage.Instruction != "":
		return "", onlySentences
	}
	text = shortened(r.Passage.Text)
	if text == r.Passage.Text {
		return "", oneSentence
	}
	return text, ""
}

var (
	emptyLine = regexp.MustCompile(`\n[ \t]*\n+`)
	// noParagraph begins what is no paragraph of Markdown: a heading, a list, a quotation, a table, code, HTML.
	noParagraph = regexp.MustCompile("^(?: {4}|\t|\\s*(?:#|[-*+]\\s|\\d+[.)]\\s|>|\\||```|~~~|<|!\\[))")
)

// shortened leaves out about half of the sentences, those with the least weight. Each paragraph keeps one; what is
// no paragraph stays as it is, and so does a text with a block of code.
func shortened(text string) string {
	if strings.Contains(text, "```") || strings.Contains(text, "~~~") {
		return text
	}
	blocks := emptyLine.Split(text, -1)
	for i, b := range blocks {
		if noParagraph.MatchString(b) {
			continue
		}
		all := sentences(b)
		if len(all) > 1 {
			blocks[i] = strings.Join(compose.Central(all, (len(all)+1)/2), " ")
		}
	}
	return strings.Join(blocks, "\n\n")
}

// sentences are those of a paragraph as they stand there, with their Markdown.
func sentences(paragraph string) []string {
	var all []string
	for _, r := range prose.Sentences(paragraph) {
		all = append(all, strings.TrimSpace(r.In(paragraph)))
	}
	return all
}

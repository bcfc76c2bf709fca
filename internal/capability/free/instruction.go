package free

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"vellocity/internal/prose"
)

//go:embed instructions.json
var instructionFile []byte

// form is what a prompt asks for: the name of a format of package compose, or one of
// those below.
type form string

const (
	formPost    form = "post"
	formOutline form = "outline"
	formEmail   form = "email"
	formSocial  form = "social"
	formSummary form = "summary"
	formMeta    form = "meta"
	formIntro   form = "intro"
	formExplain form = "explain" // what only a model can say
	formInvent  form = "invent"  // what only a model can think up
	formRework  form = "rework"  // what changes a text
)

// grammar is how a language asks for a text: alternatives of regular expressions.
type grammar struct {
	Polite    string          `json:"polite"`
	Ask       string          `json:"ask"`
	To        string          `json:"to"`
	End       string          `json:"end"` // verbs that stand at the end of a question
	About     string          `json:"about"`
	Link      string          `json:"link"`
	Announce  string          `json:"announce"`
	Length    string          `json:"length"`
	Explain   string          `json:"explain"`
	Summarize string          `json:"summarize"`
	Rework    string          `json:"rework"`
	Style     string          `json:"style"`
	Forms     map[form]string `json:"forms"`
}

// reader reads the instructions of one language.
type reader struct {
	language                                       string
	polite, ask, explain, summarize, rework, style *regexp.Regexp
	about, link, announce, length, lengthAlone     *regexp.Regexp
	end                                            *regexp.Regexp
	forms                                          []formPattern
}

type formPattern struct {
	form    form
	pattern *regexp.Regexp
}

// order is that of forms that one instruction may name at once: "a blog post outline".
var order = []form{
	formOutline, formInvent, formMeta, formSummary, "faq", "newsletter", formEmail, "job_ad", "listing", "customer_story",
	"comparison", "how_to", formSocial, formIntro, "list", "report", formPost,
}

// approximately are the words before a length.
const approximately = `(?:in|with|using|of|at|most|more|than|no|under|max\.?|maximum|about|around|mit|von|` +
	`etwa|rund|ca\.|maximal|höchstens|en|de|avec|environ|con|unas|unos|hasta|su|di|circa|van|ongeveer|com|cerca)`

// never is the pattern of what a language has no words for.
const never = `[^\s\S]`

var readers = sync.OnceValue(func() []reader {
	all := map[string]grammar{}
	if err := json.Unmarshal(instructionFile, &all); err != nil {
		panic(fmt.Errorf("instructions.json: %w", err)) // the file is part of the program
	}
	var out []reader
	for _, language := range slices.Sorted(maps.Keys(all)) {
		out = append(out, newReader(language, all[language]))
	}
	return out
})

func newReader(language string, g grammar) reader {
	begins := func(words string) *regexp.Regexp {
		if words == "" {
			return regexp.MustCompile(never)
		}
		return regexp.MustCompile(`(?is)^(?:` + words + `)(?:$|[\s,:;.!?-]+)`)
	}
	within := func(words, tail string) *regexp.Regexp {
		if words == "" {
			return regexp.MustCompile(never)
		}
		return regexp.MustCompile(`(?is)(?:^|[\s(“"„«-])(?:` + words + `)` + tail)
	}
	amount := `(?:` + approximately + ` ){0,3}\(?\d[\d.,]*(?:\s?(?:-|–|to|bis|à|a)\s?\d+)?[\s-]*(?:` + g.Length + `)`
	r := reader{
		language: language, polite: begins(g.Polite), ask: begins(g.Ask + `(?:[\s-](?:` + g.To + `))?`),
		explain: begins(g.Explain), summarize: begins(g.Summarize), rework: begins(g.Rework), style: begins(g.Style),
		about: within(g.About, `(?::?\s+|['’])`), link: begins(g.Link), announce: within(g.Announce, `\s+`),
		length:      regexp.MustCompile(`(?is)[\s,.;(]+` + amount + `\b.*$`),
		end:         regexp.MustCompile(never),
		lengthAlone: regexp.MustCompile(`(?is)^` + amount + `\b\s*`),
	}
	if g.End != "" {
		r.end = regexp.MustCompile(`(?i)\s+(?:` + g.End + `)\s*[?.!]*$`)
	}
	for _, f := range order {
		if words := g.Forms[f]; words != "" {
			r.forms = append(r.forms, formPattern{f, within(words, `(?:$|[\s,.:;!?”"-])`)})
		}
	}
	return r
}

// request is a prompt as the composer reads it.
type request struct {
	form     form
	topic    string
	language string   // of the instruction; "" where there is none
	material []string // sentences that came with the prompt, or its lines
	style    string   // a wish that only a model can meet
	announce bool     // the topic is what the text announces
}

// readPrompt finds out what a prompt asks for, about what, and with which sentences.
func readPrompt(prompt, language string) request {
	instruction, material := divide(prompt)
	r, ok := japanese(instruction)
	for _, one := range readers() {
		if ok || language != "" && !strings.HasPrefix(language, one.language) && one.language != "en" {
			continue
		}
		if r, ok = one.read(instruction); ok {
			material, r.style = one.wishes(material)
			break
		}
	}
	if !ok {
		r = request{form: formPost, topic: strings.TrimRight(instruction, " .:")}
	}
	r.material = material
	return r
}

// read takes an instruction apart; false where it is none of this language's.
func (r reader) read(s string) (request, bool) {
	out := request{form: formPost, language: r.language}
	s = strings.TrimLeft(s, "¿¡ ")
	polite := false
	for r.polite.MatchString(s) {
		s, polite = s[len(r.polite.FindString(s)):], true
	}
	verb := polite && r.end.MatchString(s)
	s = r.end.ReplaceAllString(s, "")
	for _, kind := range []struct {
		form    form
		pattern *regexp.Regexp
	}{{formRework, r.rework}, {formSummary, r.summarize}, {formExplain, r.explain}} {
		if m := kind.pattern.FindString(s); m != "" && (r.language != "en" || kind.form != formExplain || len(s) > len(m)) {
			out.form, out.topic = kind.form, s[len(m):]
			return out, true
		}
	}
	asked := r.ask.FindString(s)
	rest := s[len(asked):]
	// What follows "about" is the topic: the words for forms stand before it.
	head, topic, linked := rest, "", false
	if m := r.about.FindStringIndex(rest); m != nil {
		head, topic, linked = rest[:m[0]], rest[m[1]:], true
	}
	end := -1
	for _, f := range r.forms {
		m := f.pattern.FindStringIndex(head)
		// Without a verb, the form has to come first: "FAQ for our returns".
		if m == nil || asked == "" && !verb && m[0] > 12 {
			continue
		}
		if end < 0 {
			out.form = f.form
		}
		end = max(end, m[1])
	}
	asks := asked != "" || verb
	switch {
	case !asks && end < 0:
		return request{}, false
	case end < 0 && !linked:
		out.form = formIntro // a kind of text that is not known: its sentences have to be given
	}
	if m := r.announce.FindStringIndex(rest); m != nil {
		topic, linked, out.announce = rest[m[1]:], true, true
	}
	if !linked {
		tail := strings.TrimLeft(head[max(0, end):], " ,.:;-")
		topic = r.link.ReplaceAllString(r.lengthAlone.ReplaceAllString(tail, ""), "")
		if !asks && topic == tail && topic != "" {
			return request{}, false // "FAQ tools": the form is part of the topic
		}
	}
	if m := quoted.FindStringSubmatch(rest); m != nil {
		topic = m[1]
	}
	out.topic = r.bare(topic)
	return out, true
}

func (r reader) bare(s string) string {
	return strings.TrimRight(r.length.ReplaceAllString(strings.TrimSpace(s), ""), " .,;:!?？。")
}

// wishes parts what came with a prompt into sentences to use and the first wish about
// the writing, such as "Make it funny.".
func (r reader) wishes(material []string) (use []string, wish string) {
	for _, s := range material {
		if r.lengthAlone.MatchString(s) && len(strings.Fields(s)) <= 6 {
			continue // the length is bounded anyway
		}
		if wish == "" && r.style.MatchString(s) && len(strings.Fields(s)) <= 8 {
			wish = s
			continue
		}
		use = append(use, s)
	}
	return use, wish
}

var quoted = regexp.MustCompile(`["“„]([^"”“]{3,})["”“]`)

// divide separates the instruction from text that came with it: what follows the first
// line, the first sentence of several, or a colon with a whole sentence after it.
func divide(prompt string) (instruction string, material []string) {
	prompt = strings.TrimSpace(prompt)
	if head, tail, ok := strings.Cut(prompt, "\n"); ok && strings.TrimSpace(tail) != "" {
		for line := range strings.SplitSeq(tail, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				material = append(material, line)
			}
		}
		if len(material) == 1 {
			material = prose.SentenceTexts(material[0])
		}
		return strings.TrimRight(strings.TrimSpace(head), ": "), material
	}
	for _, mark := range []string{": ", "："} {
		if head, tail, ok := strings.Cut(prompt, mark); ok && len(strings.Fields(head)) <= 12 &&
			(len(prose.SentenceTexts(tail)) > 1 ||
				prose.CountWords(tail) >= 4 && strings.ContainsAny(tail[len(tail)-1:], ".!?")) {
			return strings.TrimSpace(head), prose.SentenceTexts(tail)
		}
	}
	if sentences := prose.SentenceTexts(prompt); len(sentences) > 1 {
		return strings.TrimRight(sentences[0], ". "), sentences[1:]
	}
	return prose.Line(prompt), nil
}

var (
	japaneseAsk = regexp.MustCompile(`^(.*?)(?:を|の)?(?:\d+(?:文字|字|語)(?:程度|以内)?で)?` +
		`(書いて|作成して|作って|生成して|まとめて|要約して|翻訳して|訳して|直して|書き直して|説明して|教えて)[^。]*[。]?$`)
	japaneseAbout = regexp.MustCompile(`^(.+?)(?:についての|について|に関する|に関して|をテーマにした|の)(.*)$`)
	japaneseForms = []formPattern{
		{formOutline, regexp.MustCompile(`構成|アウトライン|目次`)},
		{formInvent, regexp.MustCompile(`詩|俳句|物語|タイトル|見出し|アイデア|キャッチコピー`)},
		{formMeta, regexp.MustCompile(`メタディスクリプション`)},
		{"faq", regexp.MustCompile(`よくある質問|FAQ`)},
		{"newsletter", regexp.MustCompile(`ニュースレター|メールマガジン`)},
		{formEmail, regexp.MustCompile(`メール|手紙|返信`)},
		{"job_ad", regexp.MustCompile(`求人`)},
		{"listing", regexp.MustCompile(`商品説明|製品紹介`)},
		{formSocial, regexp.MustCompile(`ツイート|SNS|投稿`)},
		{formPost, regexp.MustCompile(`ブログ記事|ブログ|記事|文章|レポート|報告`)},
	}
)

// japanese reads an instruction whose verb stands at its end.
func japanese(s string) (request, bool) {
	m := japaneseAsk.FindStringSubmatch(s)
	if m == nil || !prose.Unspaced(s) {
		return request{}, false
	}
	r := request{form: formPost, language: "ja", topic: m[1]}
	switch m[2] {
	case "翻訳して", "訳して", "直して", "書き直して":
		r.form = formRework
		return r, true
	case "要約して", "まとめて":
		r.form = formSummary
		return r, true
	case "説明して", "教えて":
		r.form = formExplain
		return r, true
	}
	for _, f := range japaneseForms {
		if f.pattern.MatchString(m[1]) {
			r.form = f.form
			break
		}
	}
	if a := japaneseAbout.FindStringSubmatch(m[1]); a != nil {
		r.topic = a[1]
	}
	return r, true
}

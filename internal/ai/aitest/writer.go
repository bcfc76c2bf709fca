package aitest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pace is how fast a scripted model writes.
type Pace struct {
	First           time.Duration // until the first piece
	TokensPerSecond float64       // a piece is a token; 0: as fast as it goes
	Words           int           // of a prose answer; 0: as many as asked for, or about 120
}

// Writer is a script that answers sensible prompts sensibly, and the same prompt
// always in the same way: a prompt with a schema gets a valid instance of it with
// plausible words, any other some paragraphs of Markdown that take up the
// heading or topic asked for, keep to the characters that it allows, and return
// the draft that it holds. It writes no figures, no quotes and no links, so that a
// fact checker finds nothing in it.
func Writer(p Pace) Script {
	return func(c Call) Reply {
		w := newWords(c)
		var r Reply
		if c.Schema != nil {
			r = w.instance(c.Schema)
		} else {
			r = Text(tokenise(w.prose(p.Words))...)
		}
		r.Delay = p.First
		if p.TokensPerSecond > 0 {
			r.Gap = time.Duration(float64(time.Second) / p.TokensPerSecond)
		} else if p.First == 0 {
			r.Pieces = Split(strings.Join(r.Pieces, ""), 64)
		}
		return r
	}
}

// tokenise cuts a text into words, each with the space before it.
func tokenise(text string) []string {
	return tokenPattern.FindAllString(text, -1)
}

var tokenPattern = regexp.MustCompile(`\s*\S+\s*$|\s*\S+`)

// words makes up text about a subject.
type words struct {
	rand    *rand.Rand
	subject string
	topic   string
	draft   string // to be worked over; "": none
	words   int    // asked for; 0: the prompt does not say
	room    int    // characters at most; 0: the prompt does not say
}

func newWords(c Call) *words {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.System + "\x00" + c.Prompt))
	w := &words{rand: rand.New(rand.NewPCG(h.Sum64(), 1))}
	w.draft = asked(c.Prompt, draftPattern)
	w.topic = asked(c.Prompt, topicLine, workingTitle, topicPattern)
	w.subject = asked(c.Prompt, headingPattern, numberedPattern)
	w.topic = strings.TrimSuffix(w.topic, titleTail) // a working title of ours
	if w.topic == "" {
		w.topic = w.subject
	}
	if w.topic == "" {
		w.topic = firstWords(c.Prompt)
	}
	if w.subject == "" {
		w.subject = w.topic
	}
	w.words, w.room = number(c.Prompt, wordsPattern), number(c.Prompt, roomPattern)
	return w
}

// A prompt names its subject in a line "Topic: …" or "Heading: …", as "the
// section "…"", or, as the blog post's prompts do, as number 2, "…", and as the
// working title. What it wants changed it holds as a draft.
var (
	topicLine       = regexp.MustCompile(`(?im)^(?:topic|subject):[ \t]*(\S[^\n]{2,300})`)
	workingTitle    = regexp.MustCompile(`working title is "([^"\n]{3,300})"`)
	topicPattern    = regexp.MustCompile(`(?im)\b(?:(?:topic|subject|about)[^\n:"“]{0,40}:[ \t]*|about[ \t]+)["“*]*([^\n"”*]{3,120})`)
	headingPattern  = regexp.MustCompile(`(?im)(?:^heading:[ \t]*["“*]*|\bsection[ \t]+["“])([^\n"”*]{3,120})`)
	numberedPattern = regexp.MustCompile(`number \d+, "([^"\n]{3,300})"`)
	draftPattern    = regexp.MustCompile(`(?s)<data name="draft">\n(.*?)\n</data>`)
	wordsPattern    = regexp.MustCompile(`\bin about (\d{2,4}) words`)
	roomPattern     = regexp.MustCompile(`\bat most (\d{2,5}) characters`)
)

// asked returns what the first pattern finds that finds anything.
func asked(prompt string, patterns ...*regexp.Regexp) string {
	for _, p := range patterns {
		if m := p.FindStringSubmatch(prompt); m != nil {
			return strings.Trim(m[1], " .,;:\n")
		}
	}
	return ""
}

func number(prompt string, pattern *regexp.Regexp) int {
	n, _ := strconv.Atoi(asked(prompt, pattern)) // 0 where it is not asked for
	return n
}

func firstWords(prompt string) string {
	fields := strings.Fields(prompt)
	if first := strings.Trim(strings.Join(fields[:min(6, len(fields))], " "), " .,;:"); first != "" {
		return first
	}
	return "the work at hand"
}

var sentences = []string{
	"Most teams meet %s for the first time when something has already gone a little wrong.",
	"The useful question is not whether to begin, but which small part to begin with.",
	"A short list on one page helps more than a long plan that nobody opens again.",
	"Write down what is true today, who looks after it, and what would have to change.",
	"People who do the work see the gaps early, so ask them before you draw anything.",
	"With %s, the order of the steps matters more than the number of tools.",
	"Keep each decision close to the person who lives with its result.",
	"When a step feels heavy, split it until one person can finish it in an afternoon.",
	"Good habits around %s are quiet: they show in what does not happen any more.",
	"Look back after a few weeks, keep what helped, and drop the rest without regret.",
	"Clear names save more time than clever rules, above all for those who join later.",
	"It pays to agree early on what finished means, and to say it in plain words.",
}

func (w *words) sentence() string {
	s := sentences[w.rand.IntN(len(sentences))]
	if strings.Contains(s, "%s") {
		return fmt.Sprintf(s, lowerFirst(w.subject))
	}
	return s
}

// prose is the draft, or some paragraphs, the first of which names the subject as
// it was asked for.
func (w *words) prose(target int) string {
	if w.draft != "" {
		return w.draft
	}
	if target <= 0 {
		target = w.words
	}
	if target <= 0 {
		target = 120
	}
	text := w.subject + " is easier than it looks once the first step is small enough to take."
	last := ""
	for n := 1; len(strings.Fields(text)) < target; n++ {
		s := w.sentence()
		if s == last {
			continue
		}
		last = s
		if w.room > 0 && len([]rune(text))+len([]rune(s))+2 > w.room {
			break
		}
		if n%4 == 0 {
			text += "\n\n" + s
		} else {
			text += " " + s
		}
	}
	return text
}

func upperFirst(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// lowerFirst leaves a name in capitals as it is.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) != string(r[1]) {
		return strings.ToLower(string(r[0])) + string(r[1:])
	}
	return s
}

// instance is a valid value of the schema.
func (w *words) instance(raw json.RawMessage) Reply {
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		return Status(400, "invalid_request_error", "the schema is not JSON")
	}
	v := maker{words: w, root: root}
	return JSON(v.value("", root, 0))
}

// maker makes a value for a schema.
type maker struct {
	*words
	root map[string]any
}

// maxDepth ends schemas that refer to themselves, and maxObjects is how many
// objects a list is filled with where it allows for several numbers of them.
const (
	maxDepth   = 12
	maxObjects = 14
)

func (m maker) value(name string, s map[string]any, index int) any {
	return m.at(name, s, index, 0)
}

func (m maker) at(name string, s map[string]any, index, depth int) any {
	if depth > maxDepth {
		return nil
	}
	if ref, ok := s["$ref"].(string); ok {
		return m.at(name, m.resolve(ref), index, depth+1)
	}
	if c, ok := s["const"]; ok {
		return c
	}
	if e, ok := s["enum"].([]any); ok && len(e) > 0 {
		return e[m.rand.IntN(len(e))]
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if options, ok := s[key].([]any); ok && len(options) > 0 {
			first, _ := options[0].(map[string]any)
			return m.at(name, first, index, depth+1)
		}
	}
	switch kind(s) {
	case "object":
		return m.object(s, index, depth)
	case "array":
		return m.array(name, s, depth)
	case "integer", "number":
		return m.number(s)
	case "boolean":
		return true
	case "null":
		return nil
	default:
		return m.text(name, s, index)
	}
}

func kind(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if one != "null" {
				name, _ := one.(string)
				return name
			}
		}
	}
	switch {
	case s["properties"] != nil:
		return "object"
	case s["items"] != nil:
		return "array"
	}
	return "string"
}

func (m maker) resolve(ref string) map[string]any {
	var node any = m.root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		parent, _ := node.(map[string]any)
		node = parent[part]
	}
	found, _ := node.(map[string]any)
	return found
}

func (m maker) object(s map[string]any, index, depth int) any {
	properties, _ := s["properties"].(map[string]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names) // the same prompt, the same answer
	out := obj{}
	for _, name := range names {
		child, _ := properties[name].(map[string]any)
		out[name] = m.at(name, child, index, depth+1)
	}
	return out
}

func (m maker) array(name string, s map[string]any, depth int) any {
	least, most := m.limit(s, "minItems", 3), m.limit(s, "maxItems", 1<<20)
	if _, set := find(s, "minItems"); set && least < 1 {
		least = 3
	}
	items, _ := s["items"].(map[string]any)
	if kind(items) == "object" && most <= maxObjects {
		least = most // a plan is asked for in full
	}
	out := []any{}
	for i := range min(max(least, 1), most) {
		out = append(out, m.at(singular(name), items, i, depth+1))
	}
	return out
}

func singular(name string) string { return strings.TrimSuffix(name, "s") }

func (m maker) number(s map[string]any) any {
	low, high := m.limit(s, "minimum", 1), m.limit(s, "maximum", 1<<20)
	return min(max(low, 1), high)
}

// limit reads a numeric keyword, also where it is told in the description.
func (m maker) limit(s map[string]any, key string, otherwise int) int {
	if n, ok := find(s, key); ok {
		return n
	}
	return otherwise
}

func find(s map[string]any, key string) (int, bool) {
	if f, ok := s[key].(float64); ok {
		return int(f), true
	}
	description, _ := s["description"].(string)
	if _, rest, ok := strings.Cut(description, key+": "); ok {
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		if n, err := strconv.Atoi(digits); err == nil {
			return n, true
		}
	}
	return 0, false
}

var headings = []string{
	"Where to begin", "What to look at first", "The people who do the work", "A plan that fits on one page",
	"Small steps that last", "When things go wrong", "How to keep it going", "Signs that it works",
	"What to leave out", "A calm way to review", "Choosing the right tools", "What comes next",
}

// A title is the topic with a tail, where that is short enough for a search result.
const (
	titleTail = ", one step at a time"
	maxTitle  = 60
)

// text is a string that suits the name of its property and its limits.
func (m maker) text(name string, s map[string]any, index int) string {
	text := m.named(name, index)
	least, most := m.limit(s, "minLength", 0), m.limit(s, "maxLength", 1<<20)
	for len([]rune(text)) < least {
		text += " " + m.sentence()
	}
	if r := []rune(text); len(r) > most {
		cut := string(r[:most])
		if i := strings.LastIndex(cut, " "); i >= least && i > 0 {
			cut = cut[:i]
		}
		return strings.TrimRight(cut, " ,.;:-")
	}
	return text
}

func (m maker) named(name string, index int) string {
	name = strings.ToLower(name)
	topic := upperFirst(m.topic)
	switch {
	case strings.Contains(name, "slug"):
		return slug(m.topic)
	case strings.Contains(name, "description"), strings.Contains(name, "summary"):
		return topic + ": how to start small, whom to ask first, and how to keep what works without more meetings."
	case name == "heading", name == "section":
		return headings[index%len(headings)]
	case strings.Contains(name, "title"), strings.Contains(name, "subject"), strings.Contains(name, "headline"):
		if len([]rune(topic+titleTail)) > maxTitle {
			return topic
		}
		return topic + titleTail
	case strings.Contains(name, "keyword"), strings.Contains(name, "tag"):
		return []string{lowerFirst(m.topic), "small steps", "clear names", "shared habits"}[index%4]
	case strings.Contains(name, "language"):
		return "en"
	default:
		return m.sentence()
	}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(s string) string {
	out := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if out == "" {
		return "text"
	}
	return strings.Trim(out[:min(len(out), 60)], "-")
}

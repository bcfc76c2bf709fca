package aitest

import (
	"encoding/json"
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
	Words           int           // of a prose answer, at least; 0: about 25
}

// Writer is a script for any prompt. A prompt with a schema gets a valid instance
// of it, any other a few plain paragraphs, short enough for every social network.
// The same prompt always gets the same answer. Nothing in it depends on what a
// prompt says: a test that needs particular words scripts them. It writes no
// figures, quotes or links, so that a fact checker finds nothing in it.
func Writer(p Pace) Script {
	return func(c Call) Reply {
		w := newWords(c)
		var r Reply
		if c.Schema != nil {
			r = w.instance(c.Schema)
		} else {
			r = Text(tokenize(w.prose(p.Words))...)
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

// tokenize cuts a text into words, each with the space before it.
func tokenize(text string) []string {
	return tokenPattern.FindAllString(text, -1)
}

var tokenPattern = regexp.MustCompile(`\s*\S+\s*$|\s*\S+`)

// words makes up text. Two prompts hardly ever get the same sentence.
type words struct{ rand *rand.Rand }

func newWords(c Call) *words {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.System + "\x00" + c.Prompt))
	return &words{rand: rand.New(rand.NewPCG(h.Sum64(), 1))}
}

// Sentences are made of a beginning and an end; all pairs make sense.
var (
	beginnings = []string{
		"A short list on one page", "A calm start", "The first small step", "One clear owner", "A plain name for each part",
		"The honest answer", "An early look at the work", "A quiet week", "The simplest version", "A shared note",
		"The person who does the work", "A decision written down", "The oldest rule", "A fresh pair of eyes", "An open question",
	}
	endings = []string{
		"saves more time than it takes", "helps everybody who joins later", "shows what is missing", "keeps the rest in order",
		"is worth more than a long plan", "makes the next choice easier", "turns a worry into a task", "brings the team together",
		"leaves room for a better idea", "says what finished means", "keeps surprises small", "tells people where to look",
		"lasts longer than a clever tool", "is easy to explain", "can be changed again without regret",
	}
)

func (w *words) phrase() string { return beginnings[w.rand.IntN(len(beginnings))] }

func (w *words) sentence() string { return w.phrase() + " " + endings[w.rand.IntN(len(endings))] + "." }

// prose is a few paragraphs of two sentences each.
func (w *words) prose(target int) string {
	if target <= 0 {
		target = 24
	}
	var b strings.Builder
	for n := 0; len(strings.Fields(b.String())) < target; n++ {
		switch {
		case n == 0:
		case n%2 == 0:
			b.WriteString("\n\n")
		default:
			b.WriteString(" ")
		}
		b.WriteString(w.sentence())
	}
	return b.String()
}

// instance is a valid value of the schema.
func (w *words) instance(raw json.RawMessage) Reply {
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		return Status(400, "invalid_request_error", "the schema is not JSON")
	}
	m := maker{words: w, root: root}
	return JSON(m.value(root, 0))
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

func (m maker) value(s map[string]any, depth int) any {
	if depth > maxDepth {
		return nil
	}
	if ref, ok := s["$ref"].(string); ok {
		return m.value(m.resolve(ref), depth+1)
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
			return m.value(first, depth+1)
		}
	}
	switch kind(s) {
	case "object":
		return m.object(s, depth)
	case "array":
		return m.array(s, depth)
	case "integer", "number":
		return m.number(s)
	case "boolean":
		return true
	case "null":
		return nil
	default:
		return m.text(s)
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

func (m maker) object(s map[string]any, depth int) any {
	properties, _ := s["properties"].(map[string]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names) // the same prompt, the same answer
	out := obj{}
	for _, name := range names {
		child, _ := properties[name].(map[string]any)
		out[name] = m.value(child, depth+1)
	}
	return out
}

func (m maker) array(s map[string]any, depth int) any {
	least, most := m.limit(s, "minItems", 3), m.limit(s, "maxItems", 1<<20)
	if _, set := find(s, "minItems"); set && least < 1 {
		least = 3
	}
	items, _ := s["items"].(map[string]any)
	if kind(items) == "object" && most <= maxObjects {
		least = most // the most that may be asked for, to exercise the caller
	}
	out := []any{}
	for range min(max(least, 1), most) {
		out = append(out, m.value(items, depth+1))
	}
	return out
}

func (m maker) number(s map[string]any) any {
	low, high := m.limit(s, "minimum", 1), m.limit(s, "maximum", 1<<20)
	return min(max(low, 1), high)
}

// limit reads a numeric keyword, also where it stands in the description.
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

// short is the length up to which a text is a phrase rather than a sentence.
const short = 200

// text is a string within its limits that matches its pattern.
func (m maker) text(s map[string]any) string {
	least, most := m.limit(s, "minLength", 0), m.limit(s, "maxLength", 1<<20)
	text := m.sentence()
	if most <= short {
		text = m.phrase()
	}
	for len([]rune(text)) < least {
		text += " " + m.sentence()
	}
	text = clip(text, least, most)
	if re, err := regexp.Compile(pattern(s)); err == nil && !re.MatchString(text) {
		slug := strings.ReplaceAll(strings.ToLower(m.phrase()), " ", "-")
		for _, other := range []string{clip(slug, least, most), "en", "https://example.com", "2026-02-26"} {
			if re.MatchString(other) {
				return other
			}
		}
	}
	return text
}

// pattern reads the keyword, also where it stands in the description.
func pattern(s map[string]any) string {
	if p, ok := s["pattern"].(string); ok {
		return p
	}
	description, _ := s["description"].(string)
	_, rest, _ := strings.Cut(description, "pattern: ")
	rest, _, _ = strings.Cut(rest, ", ")
	return strings.TrimSuffix(rest, ")")
}

// clip shortens a text to at most so many characters, at a space where it can.
func clip(text string, least, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	cut := string(r[:most])
	if i := strings.LastIndex(cut, " "); i >= least && i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:-")
}

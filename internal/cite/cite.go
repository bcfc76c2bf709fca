// Package cite checks what a text says it rests on: the marks of numbered passages ([S1]) that a model puts after its
// sentences, and the places in the text and in the passages that belong together.
package cite

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

var (
	// mark is what cites sources: [S1], or [S1, S2].
	mark = regexp.MustCompile(`^\[(S\d{1,3}(?:\s*[,;]\s*S\d{1,3})*)\]`)
	// beginning is what may become a mark.
	beginning = regexp.MustCompile(`^\[(?:S\d{0,3}(?:\s*[,;]\s*(?:S\d{0,3})?)*)?$`)
	number    = regexp.MustCompile(`\d+`)
	// Mark is a mark in a text that went through [Marks].
	Mark   = regexp.MustCompile(`\[S(\d{1,3})\]`)
	marked = regexp.MustCompile(` *\[S\d{1,3}\]`)
	// quotation is words that a text says somebody else wrote.
	quotation = regexp.MustCompile(`"([^"\n]{12,})"|“([^”\n]{12,})”|„([^“\n]{12,})“|«([^»\n]{12,})»`)
)

const (
	mostMark  = 60    // bytes of a mark
	mostClaim = 1_000 // bytes before a mark in which its sentence stands
)

// Marks takes the marks that do not hold out of an answer as it grows: those of sources that do not exist, and those
// after a sentence that has nothing of its source, or a quotation that is not in it. [S1, S2] becomes [S1][S2]. The
// zero value knows no sources.
type Marks struct {
	Sources []domain.Citation
	held    string // what may be a mark, with the spaces before it
	claim   string // the end of what was let through
}

// Write takes a piece and returns what of the answer is certain.
func (m *Marks) Write(piece string) string {
	m.held += piece
	return m.let(false)
}

// End returns the rest of the answer.
func (m *Marks) End() string { return m.let(true) }

func (m *Marks) let(all bool) string {
	var out strings.Builder
	for m.held != "" {
		i := strings.IndexByte(m.held, '[')
		if i < 0 {
			i = len(m.held)
		}
		text := strings.TrimRight(m.held[:i], " ")
		rest := m.held[i:]
		found := mark.FindString(rest)
		switch {
		case found != "":
			m.pass(&out, text)
			if kept := m.kept(found); kept != "" {
				m.pass(&out, m.held[len(text):i]+kept)
			}
			m.held = rest[len(found):]
		case !all && (rest == "" || len(rest) < mostMark && beginning.MatchString(rest)):
			m.pass(&out, text)
			m.held = m.held[len(text):]
			return out.String()
		case rest == "":
			m.pass(&out, m.held)
			m.held = ""
		default:
			m.pass(&out, m.held[:i+1])
			m.held = m.held[i+1:]
		}
	}
	return out.String()
}

func (m *Marks) pass(out *strings.Builder, text string) {
	out.WriteString(text)
	m.claim += text
	if over := len(m.claim) - mostClaim; over > 0 {
		for over < len(m.claim) && !utf8.RuneStart(m.claim[over]) {
			over++
		}
		m.claim = m.claim[over:]
	}
}

// kept returns the marks of one pair of brackets that hold.
func (m *Marks) kept(found string) string {
	claim, language := lastSentence(m.claim), prose.GuessLanguage(m.claim)
	var b strings.Builder
	for _, digits := range number.FindAllString(found, -1) {
		n, _ := strconv.Atoi(digits)
		for _, s := range m.Sources {
			if s.N == n && holds(claim, language, s) {
				b.WriteString("[S" + strconv.Itoa(n) + "]")
				break
			}
		}
	}
	return b.String()
}

// lastSentence is the sentence that a text ends with, without the marks of earlier ones.
func lastSentence(text string) string {
	text = Mark.ReplaceAllString(text, "")
	list := prose.SentenceTexts(strings.TrimSpace(text))
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// holds reports whether a sentence, of an answer in a language, may rest on a source. It is not a proof: it finds marks
// that are certainly wrong.
func holds(claim, language string, s domain.Citation) bool {
	source := prose.Line(prose.Plain(s.Quote))
	for _, q := range quotation.FindAllStringSubmatch(claim, -1) {
		words := prose.Fold(prose.Line(strings.Trim(strings.Join(q[1:], ""), " .,;:!?…")))
		if !strings.Contains(prose.Fold(source), words) {
			return false
		}
	}
	said := prose.Stems(prose.Plain(claim))
	if len(said) < 3 {
		return true
	}
	if prose.GuessLanguage(source) != language {
		return true // words of two languages cannot be compared
	}
	return prose.Overlap(said, prose.Stems(s.Title+" "+s.Heading+" "+source)) > 0
}

// Cite returns the sources that an answer cites, each once, in the order of their marks. A citation is narrowed to
// the sentences that the answer rests on, where they are clear.
func Cite(text string, sources []domain.Citation) []domain.Citation {
	out := []domain.Citation{}
	at := map[int]int{}
	for _, place := range Mark.FindAllStringSubmatchIndex(text, -1) {
		n, _ := strconv.Atoi(text[place[2]:place[3]])
		for _, s := range sources {
			if s.N != n {
				continue
			}
			from := max(0, place[0]-mostClaim)
			for from < place[0] && !utf8.RuneStart(text[from]) {
				from++
			}
			c := narrowed(s, lastSentence(text[from:place[0]]))
			if i, seen := at[n]; seen {
				out[i] = joined(s, out[i], c)
			} else {
				at[n] = len(out)
				out = append(out, c)
			}
		}
	}
	return out
}

// narrowed is the sentence of a source that has most of the words of a claim, where one has at least two.
func narrowed(s domain.Citation, claim string) domain.Citation {
	said, most := prose.Stems(prose.Plain(claim)), 1
	best := s
	for _, r := range prose.Sentences(s.Quote) {
		shared := 0
		for stem := range prose.Stems(r.In(s.Quote)) {
			if said[stem] {
				shared++
			}
		}
		if shared > most {
			most = shared
			best = part(s, utf8.RuneCountInString(s.Quote[:r.Start]), utf8.RuneCountInString(s.Quote[:r.End]))
		}
	}
	return best
}

// joined is the part of a source from the first of two citations to the end of the last.
func joined(s domain.Citation, a, b domain.Citation) domain.Citation {
	return part(s, min(a.Start, b.Start)-s.Start, max(a.End, b.End)-s.Start)
}

// part is a source from one of its code points to another.
func part(s domain.Citation, from, to int) domain.Citation {
	runes := []rune(s.Quote)
	s.Quote = string(runes[from:to])
	s.Start, s.End = s.Start+from, s.Start+to
	return s
}

// Unmarked returns a text without its marks and the space before them.
func Unmarked(text string) string { return marked.ReplaceAllString(text, "") }

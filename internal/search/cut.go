package search

import (
	"strings"

	"vellocity/internal/markdown"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

const (
	// passageWords is about how long a passage is.
	passageWords = 200
	// shortestPart is how many words a part under a heading has at least to be a passage by itself.
	shortestPart = 20
	// mostPassages is about how many passages a text is cut into at most: those of longer texts are longer.
	mostPassages = 500
)

// Cut cuts the body of an item or a source into passages: at its headings, then between blocks, and a block that is
// too long between sentences. Together they are the whole body. It costs no more than the text's size.
func Cut(title, body string) []store.Passage {
	c := cutter{title: title, body: body, points: prose.NewPoints(body)}
	blocks := markdown.Read(body).Blocks
	words := prose.CountWords(body)
	c.target = max(passageWords, words/mostPassages)
	c.least = max(shortestPart, words/mostPassages/4)
	for i, b := range blocks {
		end := len(body)
		if i+1 < len(blocks) {
			end = max(c.lineStart(blocks[i+1]), c.at)
		}
		c.block(b, end)
	}
	c.close(len(body))
	return c.list
}

type cutter struct {
	title, body   string
	points        *prose.Points
	target, least int

	list    []store.Passage
	from    int    // where the passage that is open starts
	at      int    // up to where the body was read
	words   int    // from from to at
	heading string // of the open passage: the nearest one above its first words
	latest  string // the last heading that was read
	begun   bool   // the open passage has words that are no heading: a later heading is not above them

	seen, line, above int // how far lines were looked for; where the last one starts, and the one above it
}

// lineStart is where the line on which a block starts begins: its marker belongs to it. A fence is on the line before.
// Blocks come in the order of the text, so each line is looked for once.
func (c *cutter) lineStart(b markdown.Block) int {
	for start := min(b.Start, len(c.body)); c.seen < start; {
		i := strings.IndexByte(c.body[c.seen:start], '\n')
		if i < 0 {
			c.seen = start
			break
		}
		c.seen += i + 1
		c.above, c.line = c.line, c.seen
	}
	if line := strings.TrimLeft(c.body[c.above:c.line], " >\t"); b.Code &&
		(strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")) {
		return c.above
	}
	return c.line
}

// block adds a block that ends at end.
func (c *cutter) block(b markdown.Block, end int) {
	if end <= c.at {
		return // it stands on the same line as the one before
	}
	n := prose.CountWords(c.body[c.at:end])
	switch {
	case b.Level > 0 && c.words >= c.least:
		c.close(c.at)
	case c.words > 0 && c.words+n > c.target+c.target/4 && c.words >= c.least:
		c.close(c.at)
	}
	if b.Level == 0 {
		c.begun = true
	} else if c.latest = b.String(); !c.begun {
		c.heading = c.latest
	}
	if n > 2*c.target {
		c.sentences(end)
		return
	}
	c.upTo(end, n)
}

// sentences adds a long block in parts, and a sentence without an end between its words.
func (c *cutter) sentences(end int) {
	start := c.at
	for _, s := range prose.Sentences(c.body[start:end]) {
		from := c.at
		words := prose.WordRanges(c.body[from : start+s.End])
		for len(words) > 2*c.target {
			c.upTo(from+words[c.target].Start, c.target)
			words = words[c.target:]
		}
		c.upTo(start+s.End, len(words))
	}
	if c.at < end {
		c.upTo(end, prose.CountWords(c.body[c.at:end]))
	}
}

// upTo adds so many words, which end at end, and closes a passage that is long enough.
func (c *cutter) upTo(end, words int) {
	c.at, c.words = end, c.words+words
	if c.words >= c.target {
		c.close(end)
	}
}

// close ends the open passage at end. A blank one stays open.
func (c *cutter) close(end int) {
	text := c.body[c.from:end]
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return
	}
	start := c.from + strings.Index(text, trimmed)
	p := store.Passage{
		Title: c.title, Heading: c.heading, Start: start, End: start + len(trimmed), Body: trimmed,
		Point: c.points.At(start),
	}
	head := p.Title + "\n" + p.Heading
	p.Titled, p.All = indexTerms(head), indexTerms(head+"\n"+p.Body)
	c.list = append(c.list, p)
	c.from, c.at, c.words, c.heading, c.begun = end, end, 0, c.latest, false
}

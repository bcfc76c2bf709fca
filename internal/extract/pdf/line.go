package pdf

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	lib "github.com/ledongthuc/pdf"
)

// line is a line of a page.
type line struct {
	text string
	page int
	y    float64 // of its base, in points from the bottom of the page
	size float64 // of its letters, in points
}

// linesOf puts the letters of a page together, in the order in which the page draws them.
func linesOf(letters []lib.Text, page int) (list []line) {
	var b strings.Builder
	var now line
	end := 0.0 // where the letters so far end
	flush := func() {
		if now.text = strings.Join(strings.Fields(b.String()), " "); now.text != "" {
			list = append(list, now)
		}
		b.Reset()
	}
	last := lib.Text{}
	for i, t := range letters {
		size := math.Abs(t.FontSize)
		switch {
		case i == 0 || math.Abs(t.Y-last.Y) > 0.5*math.Max(size, 1):
			flush()
			now, end = line{page: page, y: t.Y, size: size}, t.X
		case t.X != last.X && (t.X-end > gap(t) || t.X < end-20*size): // another piece of the line
			b.WriteByte(' ')
			end = t.X
		case t.X > end:
			end = t.X
		}
		b.WriteString(t.S)
		end += width(t)
		last = t
	}
	flush()
	return list
}

// width is that of a letter, which many fonts do not say.
func width(t lib.Text) float64 {
	if t.W > 0 {
		return t.W
	}
	share := 0.5
	switch r, _ := utf8.DecodeRuneInString(t.S); {
	case strings.ContainsRune("iljtfrI.,:;'!|()[] ", r):
		share = 0.3
	case strings.ContainsRune("mwMWQO@%", r):
		share = 0.85
	case unicode.IsUpper(r):
		share = 0.7
	case r >= 0x2e80: // scripts whose letters are as wide as high
		share = 1
	}
	return share * math.Abs(t.FontSize)
}

// gap is the space between letters that parts words.
func gap(t lib.Text) float64 { return 0.3 * math.Abs(t.FontSize) }

// markdown puts lines together to paragraphs, with headings where letters are larger than most.
func markdown(lines []line) string {
	usual := usualSize(lines)
	var blocks []string
	var open []string // lines of the paragraph
	kind := ""        // of the paragraph: "" or the mark of a heading or list
	flush := func() {
		if len(open) > 0 {
			blocks = append(blocks, kind+joined(open))
		}
		open = nil
	}
	var last line
	for _, l := range lines {
		mark, text := markOf(l, usual)
		fresh := mark != "" && (mark == item || mark != kind) || mark == "" && kind != "" && kind != item ||
			l.page != last.page || last.y-l.y > 1.6*math.Max(l.size, 1) || l.y > last.y
		if fresh {
			flush()
			kind = mark
		}
		open = append(open, text)
		last = l
	}
	flush()
	return strings.Join(blocks, "\n\n")
}

const item = "- "

// markOf returns the mark of Markdown that a line begins with, and its text.
func markOf(l line, usual float64) (mark, text string) {
	for _, bullet := range []string{"•", "◦", "▪", "‣", "●"} {
		if rest, ok := strings.CutPrefix(l.text, bullet); ok {
			return item, strings.TrimSpace(rest)
		}
	}
	short := utf8.RuneCountInString(l.text) <= 120
	switch {
	case short && l.size >= 1.5*usual:
		return "## ", l.text
	case short && l.size >= 1.15*usual:
		return "### ", l.text
	}
	if strings.IndexAny(l.text, "#>+*") == 0 {
		return "", `\` + l.text
	}
	return "", l.text
}

// usualSize is the size that most letters have.
func usualSize(lines []line) float64 {
	count := map[float64]int{}
	best := 0.0
	for _, l := range lines {
		size := math.Round(2*l.size) / 2
		count[size] += len(l.text)
		if count[size] > count[best] {
			best = size
		}
	}
	return math.Max(best, 1)
}

// joined is lines as one, with words that were parted at the end of a line whole again.
func joined(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		b.WriteString(l)
		if i == len(lines)-1 {
			break
		}
		next, _ := utf8.DecodeRuneInString(lines[i+1])
		whole := b.String()
		if cut, ok := strings.CutSuffix(whole, "-"); ok && unicode.IsLower(next) && !strings.HasSuffix(cut, " ") {
			b.Reset()
			b.WriteString(cut)
			continue
		}
		b.WriteByte(' ')
	}
	return b.String()
}

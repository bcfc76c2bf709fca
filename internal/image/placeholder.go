package image

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"vellocity/internal/domain"
)

// PlaceholderNote is what a placeholder says about itself.
const PlaceholderNote = "Placeholder: no image model is connected"

const (
	// usualEdge is that of a placeholder without a size, in pixels; the others are within
	// these bounds.
	usualEdge   = 1024
	leastEdge   = 256
	longestEdge = 1536
	// mostLines is how many lines of the description are shown.
	mostLines = 7
)

// Placeholder draws a card in the place of a picture while no image model is connected: a color
// that depends on the description, its words, and [PlaceholderNote]. Characters that the font
// lacks are left out. The size is that of the request within 256 and 1,536 pixels an edge; 0
// means 1,024. The mark says that a program drew it.
func Placeholder(description string, width, height int) (Picture, error) {
	size := func(n int) int {
		if n <= 0 {
			return usualEdge
		}
		return min(max(n, leastEdge), longestEdge)
	}
	card := image.NewNRGBA(image.Rect(0, 0, size(width), size(height)))
	paint(card, description)
	if err := letter(card, description); err != nil {
		return Picture{}, fmt.Errorf("draw a placeholder: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, card); err != nil {
		return Picture{}, fmt.Errorf("write a placeholder: %w", err)
	}
	p := Picture{out.Bytes(), domain.ImagePNG, card.Rect.Dx(), card.Rect.Dy()}
	return p.Marked(Mark{Source: SourceProgram})
}

// paint fills a card with a gradient from one dark color to another, so that white text is
// easy to read on all of it.
func paint(card *image.NRGBA, description string) {
	h := fnv.New32a()
	h.Write([]byte(description))
	hue := float64(h.Sum32()%360) / 360
	from, to := dark(hue), dark(hue+0.15)
	mix := func(a, b uint8, at float64) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*at) }
	b := card.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			at := (float64(x)/float64(b.Dx()) + float64(y)/float64(b.Dy())) / 2
			card.SetNRGBA(x, y, color.NRGBA{mix(from.R, to.R, at), mix(from.G, to.G, at), mix(from.B, to.B, at), 255})
		}
	}
}

// dark returns a dark color of a hue between 0 and 1.
func dark(hue float64) color.NRGBA {
	wave := func(shift float64) uint8 { return uint8(50 + 35*math.Cos(2*math.Pi*(hue+shift))) }
	return color.NRGBA{wave(0), wave(1.0 / 3), wave(2.0 / 3), 255}
}

// letter writes the words of a description on a card, and the note below them.
func letter(card *image.NRGBA, description string) error {
	typeface, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return err
	}
	b := card.Bounds()
	edge := float64(min(b.Dx(), b.Dy()))
	write := func(points float64, place func(font.Face) ([]string, int)) error {
		face, err := opentype.NewFace(typeface, &opentype.FaceOptions{Size: points, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return err
		}
		lines, y := place(face)
		for _, line := range lines {
			d := font.Drawer{Dst: card, Src: image.White, Face: face}
			d.Dot = fixed.Point26_6{X: (fixed.I(b.Dx()) - d.MeasureString(line)) / 2, Y: fixed.I(y)}
			d.DrawString(line)
			y += face.Metrics().Height.Ceil()
		}
		return face.Close()
	}
	within := fixed.I(b.Dx() * 4 / 5)
	err = write(edge/18, func(face font.Face) ([]string, int) {
		lines := wrap(face, description, within)
		return lines, b.Dy()*9/20 - (len(lines)-1)*face.Metrics().Height.Ceil()/2
	})
	if err != nil {
		return err
	}
	return write(edge/32, func(font.Face) ([]string, int) { return []string{PlaceholderNote}, b.Dy() * 9 / 10 })
}

// wrap breaks a text into lines of a width, at most mostLines of them.
func wrap(face font.Face, text string, width fixed.Int26_6) (lines []string) {
	fits := func(s string) bool { return font.MeasureString(face, s) <= width }
	line := ""
	for _, word := range strings.Fields(drawable(face, text)) {
		for joined := strings.TrimSpace(line + " " + word); ; joined = word {
			if fits(joined) {
				line = joined
				break
			}
			if line == "" { // a word longer than a line is cut
				r := []rune(word)
				for len(r) > 1 && !fits(string(r)+"…") {
					r = r[:len(r)-1]
				}
				line = string(r) + "…"
				break
			}
			lines, line = append(lines, line), ""
			if len(lines) == mostLines {
				lines[mostLines-1] += " …"
				return lines
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// drawable leaves out the characters that a font has no shapes for.
func drawable(face font.Face, text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if _, ok := face.GlyphAdvance(r); !ok {
			return -1
		}
		return r
	}, clip(text))
}

// clip keeps as much of a text as a card can show.
func clip(text string) string {
	const most = 1000
	r := []rune(text)
	return string(r[:min(len(r), most)])
}

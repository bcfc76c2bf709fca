package image

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"vellocity/internal/domain"
)

// jpegQuality loses nothing that people see.
const jpegQuality = 90

// Shrink returns the picture with its longer edge at most edge pixels. One that is small
// enough stays as it is. Without a mark of its own it needs one again. A JPEG stays one;
// what else there is becomes a PNG.
func (p Picture) Shrink(edge int) (Picture, error) {
	longer := max(p.Width, p.Height)
	if edge <= 0 || longer <= edge {
		return p, nil
	}
	from, err := p.Decode()
	if err != nil {
		return p, err
	}
	scale := func(n int) int { return max(1, (n*edge+longer/2)/longer) }
	to := image.NewNRGBA(image.Rect(0, 0, scale(p.Width), scale(p.Height)))
	draw.CatmullRom.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	format := domain.ImagePNG
	if p.Format == domain.ImageJPEG {
		format = domain.ImageJPEG
		err = jpeg.Encode(&out, to, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(&out, to)
	}
	if err != nil {
		return p, fmt.Errorf("write a smaller picture: %w", err)
	}
	return Picture{out.Bytes(), format, to.Rect.Dx(), to.Rect.Dy()}, nil
}

// NearestRatio returns the ratio of a list, written as "16:9" with any sign between the
// numbers, that is nearest to a size; empty where no size is wished for.
func NearestRatio(width, height int, list []string) (nearest string) {
	if width <= 0 || height <= 0 {
		return ""
	}
	best := math.Inf(1)
	for _, ratio := range list {
		at := strings.IndexFunc(ratio, func(r rune) bool { return r < '0' || r > '9' })
		if at < 0 {
			continue
		}
		w, errW := strconv.Atoi(ratio[:at])
		h, errH := strconv.Atoi(ratio[at+1:])
		if errW != nil || errH != nil || w <= 0 || h <= 0 {
			continue
		}
		// Twice as wide is as far away as half as wide.
		if d := math.Abs(math.Log(float64(width*h) / float64(height*w))); d < best {
			best, nearest = d, ratio
		}
	}
	return nearest
}

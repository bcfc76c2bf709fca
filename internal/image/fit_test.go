package image_test

import (
	"bytes"
	stdimage "image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/image"
)

// noise is a PNG that compresses badly, marked as made by a model.
func noise(t *testing.T, width, height int) image.Picture {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	m := stdimage.NewNRGBA(stdimage.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := uint8(r.UintN(256))
			m.SetNRGBA(x, y, color.NRGBA{v, v / 2, 255 - v, 200})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	p, err := image.Verify(out.Bytes())
	if err == nil {
		p, err = p.Marked(image.Mark{Source: image.SourceModel, System: "a model"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFit(t *testing.T) {
	p := noise(t, 600, 400)
	for _, tc := range []struct{ bytes, edge int }{{0, 0}, {len(p.Data), 600}, {0, 300}, {60_000, 0}, {15_000, 500}} {
		got, err := p.Fit(tc.bytes, tc.edge)
		if err != nil {
			t.Errorf("%+v: %v", tc, err)
			continue
		}
		if tc.bytes > 0 && len(got.Data) > tc.bytes || tc.edge > 0 && max(got.Width, got.Height) > tc.edge {
			t.Errorf("%+v: %d bytes, %d × %d", tc, len(got.Data), got.Width, got.Height)
		}
		untouched := (tc.bytes == 0 || tc.bytes == len(p.Data)) && (tc.edge == 0 || tc.edge == 600)
		if untouched != bytes.Equal(got.Data, p.Data) {
			t.Errorf("%+v: untouched %v, want %v", tc, !untouched, untouched)
		}
		if !untouched && got.Format != domain.ImageJPEG {
			t.Errorf("%+v: %s", tc, got.Format)
		}
		if !bytes.Contains(got.Data, []byte("trainedAlgorithmicMedia")) {
			t.Errorf("%+v: the mark is gone", tc)
		}
		if ratio := float64(got.Width) / float64(got.Height); ratio < 1.45 || ratio > 1.55 {
			t.Errorf("%+v: %d × %d", tc, got.Width, got.Height)
		}
	}
	if _, err := p.Fit(10, 0); err == nil {
		t.Error("a picture of ten bytes")
	}
}

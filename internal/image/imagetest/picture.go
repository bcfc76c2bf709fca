package imagetest

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// paint returns a picture in which no two rows and columns are alike.
func paint(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.NRGBA{byte(x * 7), byte(y * 5), byte(x + y), 255})
		}
	}
	return m
}

// PNG returns a PNG of a size.
func PNG(t testing.TB, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, paint(width, height)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// JPEG returns a JPEG of a size.
func JPEG(t testing.TB, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, paint(width, height), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// WebP returns two WebP files of one pixel: a lossless one with transparency, and a lossy
// one.
func WebP(t testing.TB) (lossless, lossy []byte) {
	t.Helper()
	read := func(text string) []byte {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	return read("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="),
		read("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
}

// Base64 returns data as JSON carries it.
func Base64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

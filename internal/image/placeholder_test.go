package image_test

import (
	"bytes"
	"encoding/binary"
	stdimage "image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/image"
)

func TestAPlaceholderSaysWhatItIs(t *testing.T) {
	p, err := image.Placeholder("A cup of coffee on a red table, early in the morning", 1792, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if p.Format != domain.ImagePNG || p.Width != 1536 || p.Height != 1024 {
		t.Errorf("%s, %d × %d", p.Format, p.Width, p.Height)
	}
	if !bytes.Contains(p.Data, []byte("digitalsourcetype/algorithmicMedia")) {
		t.Error("it has no mark")
	}
	other, err := image.Placeholder("A cup of tea", 1792, 1024)
	if err != nil || bytes.Equal(p.Data, other.Data) {
		t.Errorf("another description gives the same card: %v", err)
	}
}

func TestAPlaceholderOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.String(), rapid.SampledFrom([]string{"", "雨の日", strings.Repeat("x", 5000), strings.Repeat("a b ", 900)}),
		).Draw(t, "text")
		p, err := image.Placeholder(text, 256, rapid.IntRange(-1, 300).Draw(t, "height"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := image.Verify(p.Data); err != nil {
			t.Fatal(err)
		}
	})
}

// photo is a JPEG of 16 × 8 pixels, white in its upper left corner, with an orientation.
func photo(t *testing.T, order binary.AppendByteOrder, mark string, orientation uint16) []byte {
	t.Helper()
	m := stdimage.NewGray(stdimage.Rect(0, 0, 32, 16))
	for y := range 8 {
		for x := range 8 {
			m.SetGray(x, y, color.Gray{255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1)
	tiff = order.AppendUint16(order.AppendUint16(tiff, orientation), 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, byte((len(segment)+2)>>8), byte(len(segment)+2))
	return append(append(out, segment...), b.Bytes()[2:]...)
}

func TestAnUploadIsTurnedAsItsCameraWasHeld(t *testing.T) {
	type order struct {
		binary.AppendByteOrder
		mark string
	}
	for _, o := range []order{{binary.LittleEndian, "II"}, {binary.BigEndian, "MM"}} {
		for value, want := range map[uint16]stdimage.Point{ // where the white corner is to be
			0: {0, 0}, 1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}, 9: {0, 0},
		} {
			p, err := image.Upload(photo(t, o, o.mark, value))
			if err != nil {
				t.Fatal(err)
			}
			m, err := p.Decode()
			if err != nil {
				t.Fatal(err)
			}
			if lies := value >= 5 && value <= 8; (p.Width < p.Height) != lies {
				t.Errorf("orientation %d: %d × %d", value, p.Width, p.Height)
			}
			x, y := want.X*(p.Width-4)+2, want.Y*(p.Height-4)+2
			if g := color.GrayModel.Convert(m.At(x, y)).(color.Gray); g.Y < 200 { //nolint:forcetypeassert // it is
				t.Errorf("orientation %d: the corner is not at %v", value, want)
			}
			if bytes.Contains(p.Data, []byte("Exif")) {
				t.Errorf("orientation %d: the EXIF data stay", value)
			}
		}
	}
}

func FuzzUpload(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff"))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = image.Upload(data) })
}

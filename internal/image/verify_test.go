package image_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/domain"
	. "vellocity/internal/image" //nolint:revive // the package has the name of the standard one
	"vellocity/internal/image/imagetest"
)

func chunk(name, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

func riff(name, data string) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))
	return append(out, data+strings.Repeat("\x00", len(data)%2)...)
}

func insert(b []byte, at int, more ...[]byte) []byte {
	return bytes.Join([][]byte{b[:at], bytes.Join(more, nil), b[at:]}, nil)
}

const private = "private-7391"

// carriers are pictures with something private in every place that may hold it.
func carriers(t testing.TB) map[string][]byte {
	p, j := imagetest.PNG(t, 20, 10), imagetest.JPEG(t, 20, 10)
	lossless, lossy := imagetest.WebP(t)
	webp := insert(lossless[12:], 0, riff("VP8X", "\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	webp = append(webp, append(riff("EXIF", private), riff("XMP ", private+"!")...)...)
	webp = append([]byte("RIFF____WEBP"), webp...)
	binary.LittleEndian.PutUint32(webp[4:], uint32(len(webp)-8))
	all := map[string][]byte{
		"png": append(insert(p, 33, chunk("tEXt", "Author\x00"+private), chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+private),
			chunk("eXIf", private), chunk("tIME", "1234567"), chunk("caBX", private), chunk("acTL", "12345678")), private...),
		"jpeg": append(insert(j, 2, segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01"+private[:3]), segment(0xe1, "Exif\x00\x00"+private),
			segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+private), segment(0xed, "Photoshop 3.0\x00"+private),
			segment(0xeb, private),
			segment(0xfe, private)), private...),
		"webp":       append(webp, private...),
		"webp lossy": append(bytes.Clone(lossy), private...),
	}
	// What Go writes none of: these are from libvips.
	for _, name := range []string{"alpha.webp", "progressive.jpeg", "interlaced.png"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = data
	}
	return all
}

func TestNothingPrivateStays(t *testing.T) {
	for name, data := range carriers(t) {
		t.Run(name, func(t *testing.T) {
			p, err := Verify(data)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(p.Data, []byte("priv")) {
				t.Error("something private is left")
			}
			again, err := Verify(p.Data)
			if err != nil || !bytes.Equal(again.Data, p.Data) {
				t.Errorf("the check of what was checked changes it: %v", err)
			}
		})
	}
}

// A color profile, and Adobe's word on how colors are stored, are part of the picture.
func TestColorsStay(t *testing.T) {
	j := insert(imagetest.JPEG(t, 8, 8), 2, segment(0xe2, "ICC_PROFILE\x00\x01\x01colors"),
		segment(0xee, "Adobe\x00d\x00\x00\x00\x00\x01"))
	p := insert(imagetest.PNG(t, 8, 8), 33, chunk("iCCP", "name\x00\x00colors"))
	for _, data := range [][]byte{j, p} {
		got, err := Verify(data)
		if err != nil || !bytes.Contains(got.Data, []byte("colors")) {
			t.Errorf("%v", err)
		}
	}
}

func TestRefused(t *testing.T) {
	p := imagetest.PNG(t, 64, 64)
	huge := bytes.Clone(p)
	binary.BigEndian.PutUint32(huge[16:], 60_000) // the width
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	lossless, _ := imagetest.WebP(t)
	animated := insert(lossless, 12, riff("VP8X", "\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	binary.LittleEndian.PutUint32(animated[4:], uint32(len(animated)-8))
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":       {nil, "is empty"},
		"too many":      {append(p, make([]byte, MostBytes)...), "more than 20 MB"},
		"text":          {[]byte("hello"), "not a PNG, JPEG or WebP"},
		"SVG":           {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "not a PNG, JPEG or WebP"},
		"a GIF":         {[]byte("GIF89a\x01\x00\x01\x00"), "not a PNG, JPEG or WebP"},
		"a bomb":        {huge, "too large: 60000 × 64"},
		"half":          {p[:len(p)/2], "damaged"},
		"wrong pixels":  {append(append(bytes.Clone(p[:60]), p[60]^1), p[61:]...), "damaged"},
		"animated WebP": {animated, "animated"},
		"half a JPEG":   {imagetest.JPEG(t, 64, 64)[:700], "damaged"},
		"half a WebP":   {lossless[:20], "damaged"},
		"only a start":  {[]byte("\x89PNG\r\n\x1a\n"), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Verify(tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// source reads the mark as a reader of XMP does: the packet is well-formed, and has one.
func source(t testing.TB, data []byte) (kind, system string, found bool) {
	from, to := bytes.Index(data, []byte("<x:xmpmeta")), bytes.Index(data, []byte("</x:xmpmeta>"))
	if from < 0 || to < from {
		return "", "", false
	}
	d := xml.NewDecoder(bytes.NewReader(data[from : to+len("</x:xmpmeta>")]))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return kind, system, found
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Space != "http://iptc.org/std/Iptc4xmpExt/2008-02-29/" {
			continue
		}
		var text string
		if err := d.DecodeElement(&text, &start); err != nil {
			t.Fatal(err)
		}
		if start.Name.Local == "DigitalSourceType" {
			kind, found = text, true
		} else {
			system = text
		}
	}
}

func TestMark(t *testing.T) {
	for name, data := range carriers(t) {
		for _, m := range []Mark{{SourceModel, "gpt-image-2"}, {SourceEdited, `<&"` + strings.Repeat("ü", 300)}, {SourceProgram, ""}} {
			t.Run(name+" "+string(m.Source), func(t *testing.T) {
				p, err := Verify(data)
				if err != nil {
					t.Fatal(err)
				}
				marked, err := p.Marked(m)
				if err != nil {
					t.Fatal(err)
				}
				kind, system, ok := source(t, marked.Data)
				wanted := []rune(m.System)
				if !ok || kind != "http://cv.iptc.org/newscodes/digitalsourcetype/"+string(m.Source) ||
					system != string(wanted[:min(len(wanted), 100)]) {
					t.Errorf("%s, %q, %v", kind, system, ok)
				}
				samePixels(t, p, marked)
				twice, err := marked.Marked(m)
				if err != nil || !bytes.Equal(twice.Data, marked.Data) {
					t.Errorf("a second mark does not replace the first: %v", err)
				}
			})
		}
	}
}

func samePixels(t testing.TB, a, b Picture) {
	t.Helper()
	x, errX := a.Decode()
	y, errY := b.Decode()
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	if x.Bounds() != y.Bounds() || x.Bounds() != image.Rect(0, 0, a.Width, a.Height) {
		t.Fatalf("%v, %v, %d × %d", x.Bounds(), y.Bounds(), a.Width, a.Height)
	}
	for y0 := range a.Height {
		for x0 := range a.Width {
			if x.At(x0, y0) != y.At(x0, y0) {
				t.Fatalf("the pixel %d, %d differs", x0, y0)
			}
		}
	}
}

func TestSourceOf(t *testing.T) {
	for _, task := range domain.ImageTask("").Values() {
		if s := SourceOf(domain.ImageTask(task)); s == SourceProgram || s == "" {
			t.Errorf("%s: %s", task, s)
		}
	}
}

func TestShrink(t *testing.T) {
	for _, data := range [][]byte{imagetest.PNG(t, 200, 100), imagetest.JPEG(t, 200, 100)} {
		p, err := Verify(data)
		if err != nil {
			t.Fatal(err)
		}
		for edge, want := range map[int]string{0: "200x100", 300: "200x100", 50: "50x25", 1: "1x1"} {
			small, err := p.Shrink(edge)
			if err != nil || fmt.Sprintf("%dx%d", small.Width, small.Height) != want || small.Format != p.Format {
				t.Errorf("%d: %dx%d %s, %v", edge, small.Width, small.Height, small.Format, err)
			}
			if _, err := Verify(small.Data); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestNearestRatio(t *testing.T) {
	list := []string{"1:1", "16x9", "9:16", "21:9", "x", ":", "0:1"}
	for size, want := range map[[2]int]string{
		{100, 100}: "1:1", {1792, 1024}: "16x9", {1024, 1792}: "9:16", {3000, 1000}: "21:9", {0, 5}: "", {1, 9000}: "9:16",
	} {
		if got := NearestRatio(size[0], size[1], list); got != want {
			t.Errorf("%v: %q, want %q", size, got, want)
		}
	}
}

// Whatever comes from outside is refused, or becomes a picture that decodes, that a second
// check leaves as it is, and that takes a mark without losing a pixel.
func FuzzVerify(f *testing.F) {
	for _, data := range carriers(f) {
		f.Add(data)
	}
	f.Add([]byte("\xff\xd8\xff\xff\xff\xff\xd9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Verify(data)
		if err != nil {
			return
		}
		again, err := Verify(p.Data)
		if err != nil || !bytes.Equal(again.Data, p.Data) {
			t.Fatalf("not stable: %v", err)
		}
		marked, err := p.Marked(Mark{Source: SourceModel, System: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := source(t, marked.Data); !ok {
			t.Fatal("no mark")
		}
		if p.Width*p.Height < 1<<14 {
			samePixels(t, p, marked)
		}
		if clean, err := Verify(marked.Data); err != nil || clean.Width != p.Width || clean.Height != p.Height {
			t.Fatalf("the marked file is refused: %v", err)
		}
	})
}

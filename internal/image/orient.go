package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"

	"golang.org/x/image/draw"
)

// Upload checks a picture that a person sent, as [Verify] does, and turns a JPEG as its EXIF
// data says, which are dropped: cameras store what they see, and note how they were held.
func Upload(data []byte) (Picture, error) {
	p, err := Verify(data)
	if err != nil {
		return p, err
	}
	o := orientation(data)
	if o < 2 {
		return p, nil
	}
	from, err := p.Decode()
	if err != nil {
		return p, err
	}
	turned := turn(from, o)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return p, fmt.Errorf("turn a picture: %w", err)
	}
	p.Data, p.Width, p.Height = out.Bytes(), turned.Rect.Dx(), turned.Rect.Dy()
	return p, nil
}

// turn returns a picture as it is to be seen, by the values of EXIF's tag Orientation (CIPA DC-008,
// section 4.6.5): 2 is mirrored, 3 upside down, 6 and 8 lie on their sides, the others are those mirrored.
func turn(from image.Image, orientation int) *image.NRGBA {
	b := from.Bounds()
	src := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(src, src.Rect, from, b.Min, draw.Src)
	w, h := b.Dx(), b.Dy()
	if orientation >= 5 {
		w, h = h, w
	}
	to := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := x, y
			switch orientation {
			case 2:
				u = w - 1 - x
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				v = h - 1 - y
			case 5:
				u, v = y, x
			case 6:
				u, v = y, w-1-x
			case 7:
				u, v = h-1-y, w-1-x
			case 8:
				u, v = h-1-y, x
			}
			to.SetNRGBA(x, y, src.NRGBAAt(u, v))
		}
	}
	return to
}

const (
	exif           = "Exif\x00\x00"
	tagOrientation = 0x0112
	tiffEntry      = 12 // bytes
)

// orientation reads EXIF's tag Orientation of a JPEG, 1 to 8; 1 where there is none, or where what
// there is makes no sense.
func orientation(data []byte) int {
	if !isJPEG(data) {
		return 1
	}
	for at := 2; at+4 <= len(data) && data[at] == 0xff && data[at+1] != jpegSOS; {
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			return 1
		}
		if segment := data[at+4 : at+2+n]; data[at+1] == jpegAPP0+1 && bytes.HasPrefix(segment, []byte(exif)) {
			return tiffOrientation(segment[len(exif):])
		}
		at += 2 + n
	}
	return 1
}

// tiffOrientation looks through the first directory of a TIFF header (TIFF 6.0, section 2).
func tiffOrientation(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(t[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 1
	}
	entries := t[at+2:]
	for range order.Uint16(t[at:]) {
		if len(entries) < tiffEntry {
			return 1
		}
		if order.Uint16(entries) == tagOrientation {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[tiffEntry:]
	}
	return 1
}

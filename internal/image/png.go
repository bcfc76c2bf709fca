package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
)

const (
	pngMagic = "\x89PNG\r\n\x1a\n"
	// pngXMP begins the chunk that holds an XMP packet (XMP part 3, section 1.1.5): its
	// keyword, no compression, no language.
	pngXMP = "XML:com.adobe.xmp\x00\x00\x00\x00\x00"
)

// pngKept are the chunks that decide what a picture looks like (PNG, third edition, section
// 11). Text, times, EXIF, animation and private chunks are not among them.
var pngKept = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "bKGD", "pHYs",
}

func isPNG(b []byte) bool { return bytes.HasPrefix(b, []byte(pngMagic)) }

func stripPNG(data, mark []byte) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, 0, len(data)+len(mark)+64))
	out.WriteString(pngMagic)
	for rest := data[len(pngMagic):]; ; {
		if len(rest) < 12 {
			return nil, errCut
		}
		// Length, name and checksum are 12 bytes besides what is between them.
		n := uint64(binary.BigEndian.Uint32(rest)) + 12
		if n > uint64(len(rest)) {
			return nil, errCut
		}
		chunk, name := rest[:n], string(rest[4:8])
		rest = rest[n:]
		if out.Len() == len(pngMagic) && name != "IHDR" {
			return nil, fmt.Errorf("%w: it has no header", errCut)
		}
		if slices.Contains(pngKept, name) {
			out.Write(chunk)
		}
		switch {
		case name == "IEND":
			return out.Bytes(), nil
		case name == "IHDR" && len(mark) > 0:
			out.Write(pngChunk("iTXt", append([]byte(pngXMP), mark...)))
		}
	}
}

func pngChunk(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

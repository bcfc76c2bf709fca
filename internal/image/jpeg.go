package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// The markers that matter here (ITU-T T.81, table B.1).
const (
	jpegSOI  = 0xd8 // the start
	jpegEOI  = 0xd9 // the end
	jpegSOS  = 0xda // pixels follow
	jpegAPP0 = 0xe0 // APP0 to APP15: what programs add
	jpegAPPf = 0xef
	jpegCOM  = 0xfe
)

// What begins the segments of programs.
const (
	jfif    = "JFIF\x00"
	icc     = "ICC_PROFILE\x00"                  // ICC.1, annex B.4
	adobe   = "Adobe"                            // how the colors are to be read
	jpegXMP = "http://ns.adobe.com/xap/1.0/\x00" // XMP part 3, section 1.1.3
	// jfifFields is how long the JFIF segment is without a thumbnail.
	jfifFields = 14
)

func isJPEG(b []byte) bool { return bytes.HasPrefix(b, []byte{0xff, jpegSOI, 0xff}) }

func stripJPEG(data, mark []byte) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, 0, len(data)+len(mark)+64))
	out.Write(data[:2])
	added := len(mark) == 0
	for at := 2; ; {
		for at+1 < len(data) && data[at] == 0xff && data[at+1] == 0xff {
			at++ // fill bytes
		}
		if at+2 > len(data) || data[at] != 0xff {
			return nil, errCut
		}
		marker := data[at+1]
		if !added && marker != jpegAPP0 {
			out.Write(jpegSegment(jpegAPP0+1, append([]byte(jpegXMP), mark...)))
			added = true
		}
		if marker == jpegEOI {
			out.Write(data[at : at+2])
			return out.Bytes(), nil
		}
		if at+4 > len(data) {
			return nil, errCut
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			return nil, errCut
		}
		out.Write(jpegKept(marker, data[at+4:at+2+n]))
		at += 2 + n
		if marker == jpegSOS {
			end, err := scanEnd(data, at)
			if err != nil {
				return nil, err
			}
			out.Write(data[at:end])
			at = end
		}
	}
}

// jpegKept returns a segment as it stays; nothing: it is dropped.
func jpegKept(marker byte, content []byte) []byte {
	begins := func(s string) bool { return bytes.HasPrefix(content, []byte(s)) }
	switch {
	case marker == jpegAPP0 && begins(jfif) && len(content) >= jfifFields:
		fields := bytes.Clone(content[:jfifFields])
		fields[jfifFields-2], fields[jfifFields-1] = 0, 0 // no thumbnail
		return jpegSegment(marker, fields)
	case marker == jpegAPP0+2 && begins(icc), marker == jpegAPP0+14 && begins(adobe):
	case marker >= jpegAPP0 && marker <= jpegAPPf, marker == jpegCOM:
		return nil
	}
	return jpegSegment(marker, content)
}

func jpegSegment(marker byte, content []byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))
	return append(out, content...)
}

// scanEnd finds the marker that ends the pixels that begin at start. Within them 0xff is
// followed by 0, or by a restart marker (T.81, section B.1.1.5).
func scanEnd(data []byte, start int) (int, error) {
	for at := start; at+1 < len(data); at++ {
		if next := data[at+1]; data[at] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return at, nil
		}
	}
	return 0, fmt.Errorf("%w: it has no end", errCut)
}

package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The flags of the VP8X chunk (RFC 9649, section 2.7).
const (
	webpAnimated = 0x02
	webpXMP      = 0x04
	webpAlpha    = 0x10
	webpICC      = 0x20
)

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// riffChunk is one chunk of a RIFF file.
type riffChunk struct {
	name string
	data []byte
}

// riffChunks reads what the header says belongs to the file; what follows is dropped.
func riffChunks(data []byte) (list []riffChunk, err error) {
	size := uint64(binary.LittleEndian.Uint32(data[4:8])) + 8
	if size > uint64(len(data)) || size < 12 {
		return nil, errCut
	}
	for rest := data[12:size]; len(rest) > 0; {
		if len(rest) < 8 {
			return nil, errCut
		}
		n := uint64(binary.LittleEndian.Uint32(rest[4:8]))
		if n+8 > uint64(len(rest)) {
			return nil, errCut
		}
		list = append(list, riffChunk{string(rest[:4]), rest[8 : 8+n]})
		rest = rest[min(8+n+n%2, uint64(len(rest))):] // chunks have an even length
	}
	return list, nil
}

func stripWebP(data, mark []byte) ([]byte, error) {
	chunks, err := riffChunks(data)
	if err != nil {
		return nil, err
	}
	var kept []riffChunk
	var header []byte
	flags := byte(0)
	for _, c := range chunks {
		switch c.name {
		case "VP8X":
			if len(c.data) < 10 || header != nil || len(kept) > 0 {
				return nil, errCut
			}
			header = bytes.Clone(c.data[:10])
			if header[0]&webpAnimated != 0 {
				return nil, errors.New("the picture is animated; send a still one")
			}
			continue
		case "ICCP":
			flags |= webpICC
		case "ALPH":
			flags |= webpAlpha
		case "VP8 ", "VP8L":
		default:
			continue
		}
		kept = append(kept, c)
	}
	if header == nil && len(mark) > 0 {
		if header, err = webpHeader(kept); err != nil {
			return nil, err
		}
	}
	if header != nil {
		header[0] = header[0]&webpAlpha | flags
		if len(mark) > 0 {
			header[0] |= webpXMP
			kept = append(kept, riffChunk{"XMP ", mark})
		}
		kept = append([]riffChunk{{"VP8X", header}}, kept...)
	}
	return riffFile(kept), nil
}

// webpHeader makes the VP8X chunk for a file that had none: without one a file has no place
// for metadata.
func webpHeader(chunks []riffChunk) ([]byte, error) {
	for _, c := range chunks {
		var width, height int
		var alpha byte
		switch {
		case c.name == "VP8L" && len(c.data) >= 5: // RFC 9649, section 3.4
			bits := binary.LittleEndian.Uint32(c.data[1:5])
			width, height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
			if bits>>28&1 == 1 {
				alpha = webpAlpha
			}
		case c.name == "VP8 " && len(c.data) >= 10: // RFC 6386, section 9.1
			width = int(binary.LittleEndian.Uint16(c.data[6:]) & 0x3fff)
			height = int(binary.LittleEndian.Uint16(c.data[8:]) & 0x3fff)
		default:
			continue
		}
		if width == 0 || height == 0 {
			break
		}
		w, h := width-1, height-1
		return []byte{alpha, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}, nil
	}
	return nil, fmt.Errorf("%w: it has no pixels", errCut)
}

func riffFile(chunks []riffChunk) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	for _, c := range chunks {
		out = binary.LittleEndian.AppendUint32(append(out, c.name...), uint32(len(c.data)))
		out = append(out, c.data...)
		if len(c.data)%2 == 1 {
			out = append(out, 0)
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

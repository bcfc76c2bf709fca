package auth

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// Prefix starts every API key.
const Prefix = "vell_pk_"

// Pattern is the shape of an API key, for secret scanners. [CheckFormat] also
// checks the checksum.
const Pattern = `vell_pk_[0-9A-Za-z]{40}`

const (
	alphabet    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	randomChars = 34 // 202 bits
	checkChars  = 6  // base62 of a CRC-32
	secretChars = len(Prefix) + randomChars + checkChars
	shownChars  = 12
)

// NewSecret returns a new API key: vell_pk_, 34 random base62 characters and the
// CRC-32 of all that in 6 more (API contract, section 2).
func NewSecret() string {
	b := make([]byte, 0, secretChars)
	b = append(b, Prefix...)
	var random [64]byte
	for len(b) < len(Prefix)+randomChars {
		rand.Read(random[:])
		for _, r := range random {
			// 248 is the largest multiple of 62 in a byte: above it some characters
			// would come up more often than others.
			if r < 248 && len(b) < len(Prefix)+randomChars {
				b = append(b, alphabet[r%62])
			}
		}
	}
	return string(appendChecksum(b))
}

func appendChecksum(b []byte) []byte {
	sum := crc32.ChecksumIEEE(b)
	for range checkChars {
		b = append(b, alphabet[sum%62])
		sum /= 62
	}
	return b
}

// CheckFormat reports whether s has the form and the checksum of a key. A
// mistyped key fails here, without a look-up.
func CheckFormat(s string) bool {
	if len(s) != secretChars || !strings.HasPrefix(s, Prefix) {
		return false
	}
	var b [secretChars]byte
	head := append(b[:0], s[:secretChars-checkChars]...)
	return string(appendChecksum(head)) == s && onlyAlphabet(s[len(Prefix):])
}

func onlyAlphabet(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// Shown returns the part of a key that lists may show.
func Shown(secret string) string { return secret[:min(shownChars, len(secret))] }

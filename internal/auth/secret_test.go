package auth_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/auth"
	"vellocity/internal/proptest"
)

func TestNewSecretHasTheFormOfTheContract(t *testing.T) {
	shape := regexp.MustCompile("^" + auth.Pattern + "$")
	seen := map[string]bool{}
	for range 2000 {
		s := auth.NewSecret()
		if !shape.MatchString(s) || !auth.CheckFormat(s) {
			t.Fatalf("bad key %s", s)
		}
		if seen[s] {
			t.Fatalf("%s came twice", s)
		}
		seen[s] = true
	}
}

// The checksum must not change: keys that are out in the world carry it.
func TestCheckFormatKnowsOldKeys(t *testing.T) {
	if old := "vell_pk_0123456789ABCDEFGHIJKLMNOPQRSTUVWXuRgTE4"; !auth.CheckFormat(old) {
		t.Errorf("the key %s is not known any more", old)
	}
}

func TestAnyTypingMistakeIsSeen(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		s := auth.NewSecret()
		i := rapid.IntRange(0, len(s)-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte("0123456789ABCXYZabcxyz-_. \x00\xff")).Draw(t, "char")
		if s[i] == c {
			t.Skip()
		}
		if wrong := s[:i] + string([]byte{c}) + s[i+1:]; auth.CheckFormat(wrong) {
			t.Fatalf("%q passes", wrong)
		}
		if auth.CheckFormat(s[:i]) || auth.CheckFormat(s+"0") || auth.CheckFormat(strings.ToUpper(s)) {
			t.Fatal("a key of another length or case passes")
		}
	})
}

func BenchmarkCheckFormat(b *testing.B) {
	s := auth.NewSecret()
	b.ReportAllocs()
	for b.Loop() {
		auth.CheckFormat(s)
	}
}

package domain

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that must not be seen: a provider's key, a master key. It
// prints as *** in every verb, in JSON and in logs. Only [Secret.Reveal] gives
// the text out.
type Secret string

const masked = "***"

// Reveal returns the text itself, for the one place that sends or uses it.
func (s Secret) Reveal() string { return string(s) }

// String returns the mask, or nothing where there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// Format writes the mask for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.String()) // a formatter cannot report an error
}

// MarshalText returns the mask, for JSON and every other encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue returns the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

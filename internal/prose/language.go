package prose

import (
	"strings"

	"golang.org/x/text/language"
)

// ValidLanguage reports whether a text is the tag of a language: one that is formed as
// RFC 5646 says (BCP 47), of subtags that the IANA registry has.
func ValidLanguage(tag string) bool {
	_, err := language.Parse(tag)
	return err == nil && !strings.Contains(tag, "_") // which Parse takes for a hyphen
}

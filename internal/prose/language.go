package prose

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// ValidLanguage reports whether a text is the tag of a language: one that is formed as
// RFC 5646 says (BCP 47), of subtags that the IANA registry has.
func ValidLanguage(tag string) bool {
	_, err := language.Parse(tag)
	return err == nil && !strings.Contains(tag, "_") // which Parse takes for a hyphen
}

// LanguageName returns the English name of a BCP 47 code for prompts: models follow
// "British English" better than "en-GB". A code that names no language is returned as
// it is.
func LanguageName(code string) string {
	if code == "" {
		return ""
	}
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if name := display.English.Tags().Name(tag); name != "" {
		return name
	}
	return code
}

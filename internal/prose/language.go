package prose

import (
	"strings"
	"sync"

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

// LanguageTag returns the BCP 47 code of a language that was given by its English name, such as "German" or
// "British English". Anything else, a code among them, is returned as it is.
func LanguageTag(text string) string {
	if tag, ok := languageTags()[strings.ToLower(strings.TrimSpace(text))]; ok {
		return tag
	}
	return text
}

// regional are languages of a region whose names package display knows and does not list.
var regional = []language.Tag{
	language.MustParse("de-AT"), language.MustParse("de-CH"), language.MustParse("es-MX"), language.MustParse("fr-CA"),
	language.MustParse("fr-CH"), language.MustParse("pt-BR"), language.MustParse("pt-PT"),
}

// languageTags are the codes of languages by their English names in lower case. The shortest code stands for a
// name: "chinese" is zh.
var languageTags = sync.OnceValue(func() map[string]string {
	byName := map[string]string{}
	for _, tag := range append(display.Supported.Tags(), regional...) {
		code, name := tag.String(), strings.ToLower(LanguageName(tag.String()))
		if name != "" && ValidLanguage(code) && (byName[name] == "" || len(code) < len(byName[name])) {
			byName[name] = code
		}
	}
	return byName
})

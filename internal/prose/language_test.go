package prose_test

import (
	"testing"

	"vellocity/internal/prose"
)

func TestValidLanguage(t *testing.T) {
	for tag, want := range map[string]bool{
		"en": true, "de-AT": true, "zh-Hant-TW": true, "sr-Latn": true, "es-419": true, "EN-us": true, "tlh": true,
		"en-x-plain": true, "de-CH-1901": true, "ast": true,
		"": false, "english": false, "xx-!!": false, "en_US": false, "e": false, "en-": false, "-en": false, "qq": false,
		"en-ZQ": false, "de DE": false, "en\n": false,
	} {
		if got := prose.ValidLanguage(tag); got != want {
			t.Errorf("%q: %v", tag, got)
		}
	}
}

func TestLanguageName(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "en": "English", "en-GB": "British English", "de": "German", "pt-BR": "Brazilian Portuguese",
		"ja": "Japanese", "xx-!!": "xx-!!",
	} {
		if got := prose.LanguageName(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestLanguageTag(t *testing.T) {
	for text, want := range map[string]string{
		"German": "de", "english": "en", " British English ": "en-GB", "Brazilian Portuguese": "pt-BR", "Chinese": "zh",
		"de-AT": "de-AT", "en-US": "en-US", "Klingonese": "Klingonese", "": "",
	} {
		if got := prose.LanguageTag(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

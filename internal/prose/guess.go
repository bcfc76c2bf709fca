package prose

import "strings"

// languageWords are common words of languages that carry grammar, and that the others hardly have.
//
//nolint:gochecknoglobals // a table
var languageWords = []struct{ language, words string }{
	{"en", " the and of to is that with for was are this you it not have be by from they which or will "},
	{"de", " der die das und ist nicht ein eine zu den von mit sich auf für dem im des auch wird sind es wir sie ich "},
	{"fr", " le la les et est des une du dans que qui pour pas sur avec au ce il elle nous vous sont aux cette "},
	{"es", " el los las y es una del que en por con para no se su al lo como más pero este esta son "},
	{"it", " il lo gli di che è una per non con del della dei nel sono come più anche questo alla le "},
	{"pt", " o os as e é um uma de que do da em para não com no na por mais se dos das ao são "},
	{"nl", " de het een en van is dat niet met voor zijn op te die er aan ook wordt naar bij ze wij "},
}

// mostGuessed is how many words of a text are looked at for its language.
const mostGuessed = 400

// GuessLanguage returns the language of a text as a BCP 47 code, by its script and its most common words: en,
// de, fr, es, it, pt, nl, ja, zh, ko, ru or ar. It returns "" where the text is short or does not say.
func GuessLanguage(text string) string {
	if len(text) > 8*mostGuessed {
		text = strings.ToValidUTF8(text[:8*mostGuessed], "")
	}
	if l := byScript(text); l != "" {
		return l
	}
	words := Words(strings.ToLower(text))
	if len(words) < 8 {
		return ""
	}
	best, next, which := 0, 0, ""
	for _, l := range languageWords {
		n := 0
		for _, w := range words {
			if strings.Contains(l.words, " "+w+" ") {
				n++
			}
		}
		switch {
		case n > best:
			best, next, which = n, best, l.language
		case n > next:
			next = n
		}
	}
	if best*8 < len(words) || best < next+2 {
		return ""
	}
	return which
}

// byScript returns the language of a text that is mostly in a script of its own.
func byScript(text string) string {
	kana, han, hangul, cyrillic, arabic, all := 0, 0, 0, 0, 0, 0
	for _, r := range text {
		switch {
		case r >= 0x3040 && r <= 0x30FF:
			kana++
		case r >= 0x4E00 && r <= 0x9FFF:
			han++
		case r >= 0xAC00 && r <= 0xD7A3:
			hangul++
		case r >= 0x0400 && r <= 0x04FF:
			cyrillic++
		case r >= 0x0600 && r <= 0x06FF:
			arabic++
		}
		if r > ' ' {
			all++
		}
	}
	switch least := all / 3; {
	case all < 8:
	case kana+han > least && kana > 0:
		return "ja"
	case han > least:
		return "zh"
	case hangul > least:
		return "ko"
	case cyrillic > least:
		return "ru"
	case arabic > least:
		return "ar"
	}
	return ""
}

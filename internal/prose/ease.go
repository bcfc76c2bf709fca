package prose

import "strings"

// Ease holds how easy a text is to read in its own language.
type Ease struct {
	// Score is the reading ease, from 0 (hard) to 100 (easy). Each language has its own formula: Flesch (1948)
	// for English, Amstad (1978) for German, Kandel and Moles (1958) for French, Fernández Huerta (1959) for
	// Spanish.
	Score float64
	// Grade is years of school: Flesch-Kincaid (1975) for English, the first Wiener Sachtextformel (Bamberger
	// and Vanecek, 1984) for German. 0: the language has no such formula here.
	Grade float64
}

// EaseOf measures plain text in a language (BCP 47). It reports false for a language without a formula and for
// a text without words.
func EaseOf(text, language string) (Ease, bool) {
	code := baseLanguage(language)
	if !strings.Contains(" en de fr es ", " "+code+" ") {
		return Ease{}, false
	}
	var sentences, words, syllables, one, three, long float64
	for _, s := range Sentences(text) {
		list := Words(s.In(text))
		if len(list) == 0 {
			continue
		}
		sentences++
		for _, w := range list {
			n := SyllablesIn(w, code)
			words, syllables = words+1, syllables+float64(n)
			if n == 1 {
				one++
			}
			if n >= 3 {
				three++
			}
			if countLetters(w) > 6 {
				long++
			}
		}
	}
	if words == 0 {
		return Ease{}, false
	}
	length, beat := words/sentences, syllables/words
	e := Ease{}
	switch code {
	case "en":
		e = Ease{206.835 - 1.015*length - 84.6*beat, 0.39*length + 11.8*beat - 15.59}
	case "de":
		share := 100 / words
		e = Ease{180 - length - 58.5*beat, 0.1935*three*share + 0.1672*length + 0.1297*long*share - 0.0327*one*share - 0.875}
	case "fr":
		e.Score = 207 - 1.015*length - 73.6*beat
	case "es":
		e.Score = 206.84 - 1.02*length - 60*beat
	}
	return Ease{tenth(max(0, min(100, e.Score))), tenth(max(0, e.Grade))}, true
}

// baseLanguage is a language code without its script and region; "" is English.
func baseLanguage(language string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	if code == "" {
		return "en"
	}
	return code
}

// SyllablesIn estimates the syllables of a word in English, German, French or Spanish from its vowels; words of
// other languages are counted as English ones.
func SyllablesIn(word, language string) int {
	switch baseLanguage(language) {
	case "de":
		return vowelGroups(Fold(word), "aeiouyäöü", "ie ei ai au äu eu ee aa oo ey ay")
	case "fr":
		return frenchSyllables(Fold(word))
	case "es":
		w := strings.NewReplacer("qu", "k", "gue", "ge", "gui", "gi", "gué", "gé", "guí", "gí").Replace(Fold(word))
		return vowelGroups(w, "aeiouáéíóúü", "ai ei oi au eu ou ia ie io iu ua ue ui uo ué uá ió iá ié üe üi áu éi ái ói")
	}
	return Syllables(word)
}

// vowelGroups counts the vowels of a word in lower case, where a pair counts as one.
func vowelGroups(w, vowels, pairs string) int {
	n := 0
	runes := []rune(w)
	for i := 0; i < len(runes); i++ {
		if !strings.ContainsRune(vowels, runes[i]) {
			continue
		}
		n++
		if i+1 < len(runes) && strings.Contains(" "+pairs+" ", " "+string(runes[i:i+2])+" ") {
			i++
		}
	}
	return max(n, 1)
}

// frenchSyllables takes each run of vowels for one, and no e at the end of a word.
func frenchSyllables(w string) int {
	const vowels = "aeiouyàâäéèêëîïôöùûüœ"
	n, in := 0, false
	for _, r := range w {
		v := strings.ContainsRune(vowels, r)
		if v && !in {
			n++
		}
		in = v
	}
	for _, mute := range []string{"es", "e"} {
		before := strings.TrimSuffix(w, mute)
		if before != w && !strings.HasSuffix(before, "é") && n > 1 && endsInConsonant(before, vowels) {
			n--
			break
		}
	}
	return max(n, 1)
}

func endsInConsonant(w, vowels string) bool {
	r := []rune(w)
	return len(r) > 0 && !strings.ContainsRune(vowels, r[len(r)-1])
}

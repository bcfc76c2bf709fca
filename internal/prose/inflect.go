package prose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Inflections returns forms of a word beside itself, in lower case and NFC: plurals, cases and the forms of
// regular verbs. Word is in its basic form, except that English, French, Spanish and Portuguese plurals are
// understood too. A German noun has its capital. What is returned may hold forms that no text has; it leaves out what
// would be another word (“news” is no plural of “new”). Unknown languages and short words have none.
func Inflections(word, language string) []string {
	code := ""
	if language != "" {
		code = baseLanguage(language)
	}
	lower := strings.ToLower(word)
	if strings.ContainsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return nil
	}
	n := utf8.RuneCountInString(lower)
	var out []string
	switch {
	case code == "en" && n >= 3 && !StopWord(lower):
		out = english(lower)
	case code == "de" && n >= 4:
		out = german(lower, lower != word)
	case code == "fr" && n >= 4:
		out = french(lower)
	case code == "es" && n >= 4:
		out = spanish(lower)
	case code == "it" && n >= 4:
		out = italian(lower)
	case code == "pt" && n >= 4:
		out = portuguese(lower)
	case code == "nl" && n >= 3:
		out = dutch(lower)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == lower })
}

// plus returns the stem with each of the endings.
func plus(stem, endings string) (out []string) {
	for e := range strings.FieldsSeq(endings) {
		out = append(out, stem+e)
	}
	return out
}

func endsIn(word, endings string) bool {
	for e := range strings.FieldsSeq(endings) {
		if strings.HasSuffix(word, e) {
			return true
		}
	}
	return false
}

// irregularVerbs are English verbs whose past is not regular: base, past, participle.
const irregularVerbs = `bring brought brought|build built built|buy bought bought|choose chose chosen|
cut cut cut|drive drove driven|fall fell fallen|feel felt felt|find found found|get got gotten|give gave given|
go went gone|grow grew grown|hold held held|keep kept kept|know knew known|lead led led|leave left left|
make made made|pay paid paid|put put put|run ran run|see saw seen|sell sold sold|send sent sent|set set set|
shrink shrank shrunk|speak spoke spoken|spend spent spent|take took taken|think thought thought|
understand understood understood|win won won|write wrote written`

// onlyPlural end words that are no verbs.
const onlyPlural = `ing ed ly tion sion ness ment ity ism ous ful ive ible able ial ual ence ance ship less er or est`

// noPlurals end in s and are no plural of the word without it.
const noPlurals = ` news goods means customs arms works series species lens always perhaps thanks sales class less `

func english(w string) []string {
	if single := englishSingular(w); single != "" {
		return []string{single, single + "s"}
	}
	out := append(englishPlural(w), degrees(w)...)
	if endsIn(w, onlyPlural) {
		return out
	}
	if verb := irregularVerb(w); verb != nil {
		return append(append(out, verb...), englishEnding(w, "ing")...)
	}
	return append(append(out, englishEnding(w, "ing")...), englishEnding(w, "ed")...)
}

// irregularVerb returns the past and the participle of an irregular verb; nil for other words.
func irregularVerb(w string) []string {
	if !strings.Contains(irregularVerbs, w+" ") { // most words, at once
		return nil
	}
	for entry := range strings.SplitSeq(irregularVerbs, "|") {
		if verb := strings.Fields(entry); verb[0] == w {
			return verb[1:]
		}
	}
	return nil
}

func englishPlural(w string) []string {
	switch {
	case endsIn(w, "s x z ch sh"):
		return []string{w + "es"}
	case consonantY(w):
		return []string{w[:len(w)-1] + "ies"}
	}
	return []string{w + "s"}
}

// englishSingular returns the singular of what looks like a plural; else "".
func englishSingular(w string) string {
	switch {
	case len(w) < 4 || !strings.HasSuffix(w, "s") || endsIn(w, "ss us is as os ous") ||
		strings.Contains(noPlurals, " "+w+" "):
		return ""
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case endsIn(w, "sses xes zes ches shes"):
		return w[:len(w)-2]
	}
	return w[:len(w)-1]
}

// englishEnding adds ing or ed as the spelling of regular verbs wants it.
func englishEnding(w, ending string) []string {
	vowel := func(at int) bool { return at >= 0 && strings.IndexByte("aeiou", w[at]) >= 0 }
	last := len(w) - 1
	switch {
	case consonantY(w) && ending == "ed":
		return []string{w[:last] + "ied"}
	case strings.HasSuffix(w, "ie") && ending == "ing":
		return []string{w[:last-1] + "ying"}
	case strings.HasSuffix(w, "e") && ending == "ed":
		return []string{w + "d"}
	case strings.HasSuffix(w, "e") && !endsIn(w, "ee oe ye"):
		return []string{w[:last] + ending}
	case vowel(last-1) && !vowel(last) && !vowel(last-2) && strings.IndexByte("wxy", w[last]) < 0:
		double := w + w[last:] + ending
		if Syllables(w) == 1 {
			return []string{double}
		}
		return []string{w + ending, double} // both spellings are in use: travelled, traveled
	}
	return []string{w + ending}
}

func consonantY(w string) bool {
	return strings.HasSuffix(w, "y") && len(w) > 2 && strings.IndexByte("aeiou", w[len(w)-2]) < 0
}

// plainEr are German nouns with a plural in -er that changes no vowel.
const plainEr = " bild brett feld geld gesicht glied kind kleid licht lied schild "

func german(w string, noun bool) []string {
	switch {
	case noun:
		return germanNoun(w)
	case endsIn(w, "en eln ern"):
		return germanVerb(w)
	case strings.HasSuffix(w, "e"):
		return plus(w, "n r s m")
	}
	return plus(w, "e en er es em ere eren erer eres ste sten ster stes")
}

func germanNoun(w string) []string {
	switch {
	case strings.HasSuffix(w, "in"):
		return []string{w + "nen"}
	case strings.HasSuffix(w, "e"):
		return plus(w, "n ns")
	case endsIn(w, "el er en"):
		out := plus(w, "s n")
		if changed, ok := umlaut(w); ok {
			out = append(out, changed, changed+"n")
		}
		return out
	case endsIn(w, "a i o u y"):
		return []string{w + "s"}
	case endsIn(w, "heit keit ung schaft tät ion"):
		return []string{w + "en"}
	}
	out := plus(w, "s es e en")
	if strings.Contains(plainEr, " "+w+" ") {
		out = append(out, plus(w, "er ern")...)
	}
	if changed, ok := umlaut(w); ok {
		out = append(out, plus(changed, "e en er ern")...)
	}
	return out
}

// germanVerb returns the forms of a regular verb.
func germanVerb(w string) []string {
	stem := strings.TrimSuffix(strings.TrimSuffix(w, "n"), "e")
	out := plus(stem, "e st t te ten test tet end ende enden ender endes endem")
	if endsIn(stem, "t d") {
		out = append(out, plus(stem, "est et ete eten etest etet")...)
	}
	if endsIn(stem, "ier") || endsIn(w, "ieren") {
		return append(out, plus(stem, "te tes ter tem ten")...)
	}
	for _, prefix := range []string{"be", "ent", "er", "ver", "zer", "über", "unter"} {
		if strings.HasPrefix(w, prefix) {
			return append(out, plus(stem, "tes ter tem")...)
		}
	}
	return append(out, plus("ge"+stem, "t te ten ter tes tem")...)
}

// umlaut changes the last vowel that can change: Haus, Häus.
func umlaut(w string) (string, bool) {
	i := strings.LastIndexAny(w, "aeiouäöü")
	if i < 0 {
		return "", false
	}
	if w[i] == 'u' && i > 0 && w[i-1] == 'a' {
		i--
	}
	if strings.HasSuffix(w, "el") || strings.HasSuffix(w, "er") || strings.HasSuffix(w, "en") {
		if i = strings.LastIndexAny(w[:len(w)-2], "aeiouäöü"); i < 0 {
			return "", false
		}
	}
	with, ok := map[byte]string{'a': "ä", 'o': "ö", 'u': "ü"}[w[i]]
	return w[:i] + with + w[i+1:], ok
}

// frenchInvariable end in s or x in the singular.
const frenchInvariable = " fois pays temps cours corps bras mois gens dans sous prix choix voix avis succès accès "

func french(w string) []string {
	if endsIn(w, "s x") && !endsIn(w, "ss eux aux") && !strings.Contains(frenchInvariable, " "+w+" ") {
		return []string{strings.TrimRight(w, "sx")}
	}
	cut := func(ending, endings string) []string { return plus(strings.TrimSuffix(w, ending), endings) }
	switch {
	case strings.Contains(frenchInvariable, " "+w+" ") || endsIn(w, "ss"):
		return nil
	case strings.HasSuffix(w, "eux"):
		return cut("eux", "euse euses")
	case strings.HasSuffix(w, "al"):
		return cut("al", "aux ale ales")
	case endsIn(w, "eau au eu"):
		return []string{w + "x"}
	case strings.HasSuffix(w, "if"):
		return cut("f", "fs ve ves")
	case strings.HasSuffix(w, "teur"):
		return cut("teur", "teurs trice trices")
	case strings.HasSuffix(w, "ier"):
		return append(cut("ier", "iers ière ières"), frenchVerb(strings.TrimSuffix(w, "er"))...)
	case strings.HasSuffix(w, "er"):
		return append(frenchVerb(strings.TrimSuffix(w, "er")), w+"s")
	case strings.HasSuffix(w, "ir"):
		return cut("r", "s t e es ssons ssez ssent ssant ssait ra ront")
	case strings.HasSuffix(w, "e"):
		return []string{w + "s"}
	}
	return plus(w, "s e es")
}

func frenchVerb(stem string) []string {
	out := plus(stem, "e es ent ons ez é ée és ées ant ait ais aient era eront erons erez erait")
	if strings.HasSuffix(stem, "g") {
		out = append(out, plus(stem+"e", "ons ant ait")...)
	}
	return out
}

// spanishInvariable end in s in the singular.
const spanishInvariable = " gracias menos antes después además crisis análisis tesis entonces jueves lunes "

func spanish(w string) []string {
	if strings.HasSuffix(w, "s") && !strings.Contains(spanishInvariable, " "+w+" ") {
		single := strings.TrimSuffix(w, "s")
		if strings.HasSuffix(single, "e") && !endsIn(single, "te de se be me ne") {
			return []string{single, strings.TrimSuffix(single, "e")}
		}
		return append(gendered(single), single)
	}
	cut := func(ending, endings string) []string { return plus(strings.TrimSuffix(w, ending), endings) }
	switch {
	case strings.Contains(spanishInvariable, " "+w+" "):
		return nil
	case strings.HasSuffix(w, "ar"):
		return cut("ar", "o as a amos an ado ada ados adas ando é ó aron aba aban ará arán aría e en ares")
	case endsIn(w, "er ir"):
		return cut(w[len(w)-2:], "o es e emos imos en ido ida idos idas iendo ió ieron ía ían a an eres ires")
	case endsIn(w, "o a"):
		return gendered(w)
	case strings.HasSuffix(w, "z"):
		return cut("z", "ces")
	case strings.HasSuffix(w, "ón"):
		return cut("ón", "ones ona onas")
	case endsIn(w, "e é i u"):
		return []string{w + "s"}
	}
	return plus(w, "es a as")
}

// gendered returns the other forms of a word in -o or -a.
func gendered(w string) []string {
	if !endsIn(w, "o a") {
		return []string{w + "s"}
	}
	stem := w[:len(w)-1]
	if strings.HasSuffix(w, "a") && endsIn(stem, "ist ci gi í") { // artista, agencia: no form in -o
		return []string{w + "s"}
	}
	return plus(stem, "o os a as")
}

package prose

import "strings"

// comparable are short English adjectives whose degrees are words of their own: cheap, cheaper, cheapest.
const comparable = " cheap big small fast slow easy hard new old young great nice high low large long short strong weak " +
	"smart simple safe rich poor quick clean clear bright dark light late early cold hot warm cool deep " +
	"wide near soft loud lean rough tough tight thin thick sharp steep sweet fresh fair fine full strict " +
	"proud busy happy healthy heavy lazy pretty crazy tiny lucky funny dirty tricky costly friendly noisy " +
	"dumb mad sad fancy handy speedy flashy pricey posh cute "

// degrees returns the comparative and the superlative of a short adjective; nil for other words.
func degrees(w string) []string {
	if len(w) < 3 || !strings.Contains(comparable, " "+w+" ") {
		return nil
	}
	last := len(w) - 1
	vowel := func(at int) bool { return at >= 0 && strings.IndexByte("aeiou", w[at]) >= 0 }
	switch {
	case strings.HasSuffix(w, "e"):
		return []string{w + "r", w + "st"}
	case consonantY(w):
		return plus(w[:last]+"i", "er est")
	case strings.HasSuffix(w, "ey"):
		return plus(w[:last-1]+"i", "er est")
	case vowel(last-1) && !vowel(last) && !vowel(last-2) && strings.IndexByte("wxy", w[last]) < 0:
		return plus(w+w[last:], "er est")
	}
	return plus(w, "er est")
}

// italian returns the forms of a noun, an adjective or a regular verb.
func italian(w string) []string {
	cut := func(ending, endings string) []string { return plus(strings.TrimSuffix(w, ending), endings) }
	switch {
	case endsIn(w, "à è ì ò ù s x"):
		return nil
	case strings.HasSuffix(w, "are"):
		return cut("are", "o i a iamo ate ano ato ata ati ate ando ava avano erà eranno erebbe ò arono")
	case strings.HasSuffix(w, "ere") || strings.HasSuffix(w, "ire"):
		return cut(w[len(w)-3:], "o i e iamo ete ite ono uto uta uti ute ito ita iti ite endo eva ivano erà irà isce iscono")
	case endsIn(w, "co ca"):
		return plus(w[:len(w)-1], "o a hi he i")
	case endsIn(w, "go ga"):
		return plus(w[:len(w)-1], "o a hi he i")
	case strings.HasSuffix(w, "io"):
		return append(cut("o", "a e"), strings.TrimSuffix(w, "o"))
	case strings.HasSuffix(w, "tore"):
		return cut("tore", "tori trice trici")
	case strings.HasSuffix(w, "ista"):
		return cut("a", "i e")
	case endsIn(w, "o a"):
		return plus(w[:len(w)-1], "o a i e")
	case endsIn(w, "e i"):
		return plus(w[:len(w)-1], "e i")
	}
	return nil
}

// portugueseInvariable end in s in the singular.
const portugueseInvariable = " lápis ônibus vírus atlas pires menos mais antes depois apenas "

// portuguese returns the forms of a noun, an adjective or a regular verb.
func portuguese(w string) []string {
	cut := func(ending, endings string) []string { return plus(strings.TrimSuffix(w, ending), endings) }
	switch {
	case strings.Contains(portugueseInvariable, " "+w+" "):
		return nil
	case endsIn(w, "os as") && len(w) > 4:
		return append(gendered(strings.TrimSuffix(w, "s")), strings.TrimSuffix(w, "s"))
	case endsIn(w, "ões ãos ães"):
		return []string{w[:len(w)-len("ões")] + "ão"}
	case strings.HasSuffix(w, "ão"):
		return cut("ão", "ões ãos ães ã ãs ona onas")
	case strings.HasSuffix(w, "ar"):
		return cut("ar", "o as a amos am ado ada ados adas ando ei ou aram ava avam ará arão aria e em ares")
	case endsIn(w, "er ir"):
		return cut(w[len(w)-2:], "o es e emos imos em ido ida idos idas endo indo eu iu eram iram ia iam a am eres ires")
	case strings.HasSuffix(w, "or"):
		return plus(w, "es a as")
	case endsIn(w, "al el ol ul"):
		return []string{w[:len(w)-1] + "is", strings.TrimSuffix(w, "el") + "éis"}
	case strings.HasSuffix(w, "il"):
		return cut("il", "is eis")
	case strings.HasSuffix(w, "m"):
		return cut("m", "ns")
	case endsIn(w, "o a"):
		return gendered(w)
	case endsIn(w, "r z s"):
		return []string{w + "es"}
	}
	return []string{w + "s"}
}

// dutch returns the forms of a noun, an adjective or a regular verb. A vowel written twice is written once where the
// syllable is open (goedkoop, goedkope), a consonant after a short vowel is doubled (dik, dikke), and f and s become v
// and z after a long vowel (lief, lieve).
func dutch(w string) []string {
	open := dutchOpen(w)
	switch {
	case strings.HasSuffix(w, "en") && len(w) > 4: // a verb, or a plural
		return dutchVerb(w)
	case endsIn(w, "heid"):
		return []string{strings.TrimSuffix(w, "heid") + "heden"}
	case endsIn(w, "a i o u y"):
		return []string{w + "'s", w + "s"}
	case strings.HasSuffix(w, "e"):
		return plus(w, "s n")
	case endsIn(w, "er el em"):
		return plus(w, "s en e")
	}
	out := append(plus(open, "e en er ere"), plus(w, "s st ste")...)
	if strings.HasSuffix(w, "r") {
		out = append(out, plus(w, "der dere")...)
	}
	return out
}

// dutchOpen returns a word as it is written before an ending that begins with a vowel.
func dutchOpen(w string) string {
	last := len(w) - 1
	isVowel := func(at int) bool { return at >= 0 && strings.IndexByte("aeiou", w[at]) >= 0 }
	if last < 2 || isVowel(last) {
		return w
	}
	voiced := map[byte]string{'f': "v", 's': "z"}
	switch {
	case isVowel(last-1) && isVowel(last-2):
		stem, end := w[:last], w[last:]
		if v, ok := voiced[w[last]]; ok {
			end = v
		}
		if w[last-1] == w[last-2] {
			stem = w[:last-1]
		}
		return stem + end
	case strings.HasPrefix(w[last-2:], "ij"):
		if v, ok := voiced[w[last]]; ok {
			return w[:last] + v
		}
	case isVowel(last-1) && w[last] != 'w' && w[last] != 'x':
		return w + w[last:]
	}
	return w
}

// dutchVerb returns the forms of a regular verb, and the singular of what may be a plural.
func dutchVerb(w string) []string {
	stem := strings.TrimSuffix(w, "en")
	last := len(stem) - 1
	isVowel := func(at int) bool { return at >= 0 && strings.IndexByte("aeiou", stem[at]) >= 0 }
	switch {
	case last > 0 && stem[last] == stem[last-1]:
		stem = stem[:last]
	case last > 1 && isVowel(last-1) && !isVowel(last-2) && !isVowel(last):
		stem = stem[:last] + stem[last-1:last] + stem[last:]
	}
	hard := map[byte]string{'v': "f", 'z': "s"}
	if end, ok := hard[stem[len(stem)-1]]; ok {
		stem = stem[:len(stem)-1] + end
	}
	return append(plus(stem, "t te ten de den end ende"), stem, "ge"+stem+"t", "ge"+stem+"d")
}

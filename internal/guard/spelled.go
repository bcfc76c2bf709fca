package guard

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"vellocity/internal/prose"
)

// spelledNumber is a number in words. of is the whole that a share is taken from: four in "three out of four".
type spelledNumber struct {
	place     prose.Range
	value, of string
	parts     int  // how many words of numbers it has
	times     bool // it says how many times something has grown
}

// numerals are the words of numbers by their value, of all languages together; those that are common words of
// another kind in one of them (a, once, an) are left out.
const numerals = `1 one eins un une uno um één
2 two zwei deux dos due dois duas twee
3 three drei trois tres tre três drie
4 four vier quatre cuatro quattro quatro
5 five fünf cinq cinco cinque vijf
6 six sechs seis sei zes
7 seven sieben sept siete sette sete zeven
8 eight acht huit ocho otto oito
9 nine neun neuf nueve nove negen
10 ten zehn dix diez dieci dez tien
11 eleven elf onze undici
12 twelve zwölf douze doce dodici doze twaalf
13 thirteen dreizehn treize trece tredici treze dertien
14 fourteen vierzehn quatorze catorce quattordici catorze veertien
15 fifteen fünfzehn quinze quince quindici vijftien
16 sixteen sechzehn seize dieciséis sedici dezesseis zestien
17 seventeen siebzehn diecisiete diciassette dezessete zeventien
18 eighteen achtzehn dieciocho diciotto dezoito achttien
19 nineteen neunzehn diecinueve diciannove dezenove negentien
20 twenty zwanzig vingt vingts veinte venti vinte twintig
30 thirty dreißig dreissig trente treinta trenta trinta dertig
40 forty vierzig quarante cuarenta quaranta quarenta veertig
50 fifty fünfzig cinquante cincuenta cinquanta cinquenta vijftig half hälfte moitié mitad metà metade helft
60 sixty sechzig soixante sesenta sessanta sessenta zestig
70 seventy siebzig septante setenta settanta zeventig
80 eighty achtzig ochenta ottanta oitenta tachtig
90 ninety neunzig nonante noventa novanta negentig
100 hundred hundert cent cento cien ciento honderd cem
200 zweihundert doscientos doscientas duecento duzentos duzentas
300 trescientos trescientas trecento trezentos trezentas
400 cuatrocientos quattrocento quatrocentos
500 quinientos quinientas cinquecento quinhentos quinhentas
600 seiscientos seicento seiscentos
700 setecientos settecento setecentos
800 ochocientos ottocento oitocentos
900 novecientos novecento novecentos
1000 thousand tausend mille mil mila duizend
1000000 million millionen millions millón millones milione milioni milhão milhões miljoen
1000000000 billion milliarde milliarden milliard milliards miliardo miliardi bilhão bilhões miljard`

// numeralTable has the values of the words above, and their first letters.
type numeralTable struct {
	values map[string]int
	begins map[string]bool // the first three bytes
}

//nolint:gochecknoglobals // the list above as a map
var numeralWords = sync.OnceValue(func() numeralTable {
	t := numeralTable{map[string]int{}, map[string]bool{}}
	for line := range strings.Lines(numerals) {
		value, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.Atoi(value)
		for _, w := range strings.Fields(words) {
			t.values[w] = n
			t.begins[w[:min(3, len(w))]] = true
		}
	}
	return t
})

// longestNumeral is the length of the longest word of the list, in bytes.
const longestNumeral = 14

// of returns the numbers that a word consists of: 12 and 1000 for zwölftausend; nil if it is no number.
func (t numeralTable) of(word string) []int {
	if n, ok := t.values[word]; ok {
		return []int{n}
	}
	if len(word) < 6 || len(word) > 60 || !t.begins[word[:3]] {
		return nil
	}
	var out []int
	rest := word
	if after, ok := strings.CutPrefix(word, "einund"); ok {
		out, rest = append(out, 1), after
	}
	for rest != "" {
		size := min(longestNumeral, len(rest))
		for size > 2 && t.values[rest[:size]] == 0 {
			size--
		}
		switch {
		case size > 2:
			out = append(out, t.values[rest[:size]])
			rest = rest[size:]
		case len(out) > 0 && strings.HasPrefix(rest, "und"):
			rest = rest[len("und"):]
		case len(out) > 0 && rest[0] == '-':
			rest = rest[1:]
		case len(out) > 0 && strings.HasPrefix(rest, "en"):
			rest = rest[len("en"):]
		default:
			return nil
		}
	}
	return out
}

// joiners are the words within a number: two hundred and fifty.
const joiners = " and und et y e en "

// numberWords finds the numbers in words of a text.
func numberWords(text string) []spelledNumber { return numberWordsIn(text, prose.WordRanges(text)) }

func numberWordsIn(text string, words []prose.Range) (out []spelledNumber) {
	table := numeralWords()
	for i := 0; i < len(words); i++ {
		parts := table.of(strings.ToLower(words[i].In(text)))
		if parts == nil {
			continue
		}
		first, last := i, i
		for next := i + 1; next < len(words) && tied(text, words[next-1], words[next]); next++ {
			w := strings.ToLower(words[next].In(text))
			if more := table.of(w); more != nil {
				parts, last = append(parts, more...), next
			} else if !among(joiners, w) || next > last+1 {
				break
			}
		}
		i = last
		n := spelledNumber{place: prose.Range{Start: words[first].Start, End: words[last].End}, parts: len(parts)}
		n.value = strconv.Itoa(evaluated(parts))
		rest := strings.ToLower(text[n.place.End:min(len(text), n.place.End+14)])
		if hasAnyPrefix(rest, " and a half", " einhalb", " et demi", " y medi", " e mezz", " e mei", " en een halve") {
			n.value += ".5"
		}
		out = append(out, n)
	}
	return out
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// tied reports whether only a space or a hyphen is between two words.
func tied(text string, a, b prose.Range) bool {
	between := text[a.End:b.Start]
	return between == " " || between == "-"
}

func evaluated(parts []int) int {
	const most = 1 << 50
	total, part := 0, 0
	for _, n := range parts {
		switch {
		case total > most || part > most:
			return total
		case n == 20 && part == 4: // quatre-vingts
			part = 80
		case n >= 1000:
			total, part = total+max(part, 1)*n, 0
		case n == 100:
			part = max(part, 1) * n
		default:
			part += n
		}
	}
	return total + part
}

var (
	percentWord = regexp.MustCompile(
		`^[ \x{a0}](?i:percent|per cent|prozent|pour cent|por ciento|per cento|procent|por cento)`,
	)
	// shareOf is what stands between the two numbers of a share.
	shareOf = regexp.MustCompile(`^ (?:out of|in|von|van de|op de|de cada|em cada|(?:\pL+ ){0,2}(?:sur|su)) $`)
	// ofTime is about days: a shop that is closed one Sunday in two.
	ofTime = regexp.MustCompile(
		`\b(?:days?|weeks?|months?|years?|nights?|weekends?|evenings?|mornings?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|jours?|semaines?|mois|ann.es?|nuits?|soirs?|week-ends?|(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?|` +
			`giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|nott[ei]|ser[ae]|(?:lune|marte|mercole|giove|vener)d|sabat[oi]|domenic[ah]e?|d.as?|semanas?|mes|meses|noches?|noites?|lunes|martes|mi.rcoles|jueves|viernes|s.bados?|domingos?|ter.as|quartas|quintas|sextas|segundas|dag(?:en)?|weken|maand(?:en)?|tage?n?|wochen?|monaten?|(?:maan|dins|woens|donder|vrij|zater|zon)dag(?:en)?)`,
	)
	// sharesHan has the whole first: five people, of them three.
	sharesHan = regexp.MustCompile(`(\d{1,3})(?:人|社|名|世帯|軒|組|店)(?:に|中|のうち)(\d{1,3})(?:人|社|名|世帯|軒|組|店)`)
	shares    = regexp.MustCompile(`\b(\d{1,2}) (?:out of|von|op de|de cada|em cada|\pL{3,14} (?:sur|su)) (\d{1,3})\b`)
)

// spelled finds the claims of a text that are figures in words: thousands and more, percentages, shares.
func spelled(t *target) (out []spelledNumber) {
	text := t.words.Text
	all := numberWordsIn(text, t.wordRanges())
	for i, n := range all {
		if unit := percentWord.FindString(text[n.place.End:min(len(text), n.place.End+16)]); unit != "" {
			n.place.End += len(unit)
			out = append(out, n)
			continue
		}
		if n.parts > 1 && len(n.value) > 3 && !strings.Contains(n.value, ".") {
			out = append(out, n)
			continue
		}
		if i+1 < len(all) && all[i+1].place.Start-n.place.End < 40 && n.parts == 1 {
			whole := all[i+1]
			between := text[n.place.End:whole.place.Start]
			if shareOf.MatchString(between) && isShare(n.value, whole.value, between) &&
				!ofTime.MatchString(between+strings.ToLower(text[whole.place.End:min(len(text), whole.place.End+14)])) {
				n.of, n.place.End = whole.value, whole.place.End
				out = append(out, n)
			}
		}
	}
	out = append(append(out, partsOf(text, t.inWords)...), multiplesOf(text, t.inWords)...)
	if strings.ContainsAny(text, "0123456789") {
		for _, l := range sharesHan.FindAllStringSubmatchIndex(text, -1) {
			n := spelledNumber{place: prose.Range{Start: l[0], End: l[1]}, value: text[l[4]:l[5]], of: text[l[2]:l[3]]}
			if isShare(n.value, n.of, "") {
				out = append(out, n)
			}
		}
		for _, l := range shares.FindAllStringSubmatchIndex(text, -1) {
			n := spelledNumber{place: prose.Range{Start: l[0], End: l[1]}, value: text[l[2]:l[3]], of: text[l[4]:l[5]]}
			if isShare(n.value, n.of, "") {
				out = append(out, n)
			}
		}
	}
	return out
}

// isShare leaves out what is no part of something: two in one, one in two rooms.
func isShare(part, whole, between string) bool {
	p, _ := strconv.Atoi(part)
	w, _ := strconv.Atoi(whole)
	return p > 0 && p < w && w <= 100 && (between != " in " || w > 2)
}

package guard

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// numberedThings are words after which a number is a name.
const numberedThings = " order bus tram train flight gate room isbn windows ios android macos debian ubuntu python java go node php postgres " +
	"autobus autobús ônibus bestellung linie buslijn version v issue ticket pr rfc iso din en section chapter step page figure fig table part no nr number " +
	"episode level appendix release port error http status code article act rule room line lesson phase day week quarter " +
	"abschnitt kapitel seite schritt teil chapitre étape página capítulo paso " +
	"stop platform track seat floor hall booth stand box locker row aisle terminal exit route highway junction channel unit zone block building suite " +
	"apartment apt flat volume vol season round heat class grade tier model series edition form annex paragraph clause exercise question item task note " +
	"footnote case invoice permit lot batch serial sn id account customer reference ref pantone ral hks extension ext postcode zip siret siren nif vat hrb hrn " +
	"raum saal halle gleis zimmer platz zug etage stock kw woche artikel art absatz abs paragraf paragraph satz anlage fall auftrag rechnung vorgang konto heft band klasse tor stand " +
	"salle voie quai bureau étage numéro commande dossier facture article annexe alinéa tome classe chambre porte ligne bloc " +
	"sala andén aula pabellón expediente pedido artículo núm num número factura anexo puerta piso línea planta caso " +
	"aula binario ordine articolo pratica fattura allegato comma piano porta linea numero stanza " +
	"zaal hal spoor perron kamer artikel lid bijlage dossier factuur verdieping lijn bestelling " +
	"ziffer klausel cláusula clausola apartado inciso alinea alínea beding sección seção secção sezione sectie paragraaf hoofdstuk capitolo punto punt " +
	"ponto point versión versione versão versie bâtiment nave capannone pavilhão hal binario gate quadra lote " +
	"artigo processo encomenda fatura anexo cais andar linha porta capítulo quarto etapa "

// numberLabels are the ends of words that say that a number names something: Kundennummer, bestelnummer.
const numberLabels = "nummer nr number numéro numero número"

// names reports whether the number is a part of a name: H2O, GPT-4, #123, 1.2.3, version 2, 12 Market Street.
func (f figure) names(text string) bool {
	n := f.number
	before, size := utf8.DecodeLastRuneInString(text[:n.Start])
	after, _ := utf8.DecodeRuneInString(text[n.End:])
	joined := inWord(before) && !eastAsian(before) || f.whole == n && inWord(after) && !eastAsian(after)
	if f.whole.Start == n.Start && (joined || strings.ContainsRune("#@/第〒§№対", before)) || f.whole == n && (after == '/' ||
		strings.ContainsRune("年月日時分番号章節回階話巻版条項室対", after)) {
		return true
	}
	if f.whole != n {
		return false
	}
	if before == ':' && n.Start > size && inWord(rune(text[n.Start-size-1])) {
		return true // a port
	}
	if (before == '-' || before == '.' || before == '\u2011') && n.Start > size {
		if r, _ := utf8.DecodeLastRuneInString(text[:n.Start-size]); unicode.IsLetter(r) && !eastAsian(r) {
			return true
		}
	}
	number := n.In(text)
	if strings.Count(number, ".") > 1 && !strings.ContainsAny(number, ",'’") && !grouped(number) {
		return true
	}
	if _, err := netip.ParseAddr(number); err == nil {
		return true
	}
	return len(number) > 5 && number[0] == '0' || f.labelled(text) || f.identifies(text) || f.addressed(text) ||
		f.postal(text) || f.scored(text)
}

// labelled reports whether a word before the number says that it names something. Between the two there may be
// other groups of the same number, and "is": "Your order number is 2025-00418", "SIRET 732 829 320 00074".
func (f figure) labelled(text string) bool {
	start := f.groupStart(text)
	if strings.HasSuffix(strings.TrimRight(text[:start], "は:： "), "番号") {
		return true
	}
	words := wordsBefore(text, start, 6)
	for i := len(words) - 1; i >= 0; i-- {
		w := afterApostrophe(words[i])
		if among(numberedThings, w) || among(numberedThings, strings.TrimSuffix(w, "s")) || endsInLabel(w) {
			return true
		}
		article := utf8.RuneCountInString(w) == 1 && unicode.IsLetter(rune(w[0])) // L. 221-18
		if !among(" is ist lautet est es è is é und and et y e en or oder ", w) && !article {
			break
		}
	}
	if len(f.number.In(text)) <= 4 {
		for _, w := range words {
			if among(" dial call text wählen wähle rufen composez appelez marque marca chiama componi bel ligue disque ", w) {
				return true
			}
		}
	}
	return acronym(text[:start], text[f.number.End:]) || f.listed(text, words)
}

// listed reports whether the number goes on with what one before it in the sentence names: "port 443, not 8443",
// "404 means that it is gone; 503 means later".
func (f figure) listed(text string, before []string) bool {
	next := strings.TrimLeft(text[f.number.End:min(len(text), f.number.End+12)], " ")
	joins := len(before) > 0 && among(" not nor or and but to oder und nicht ou et o y e ", before[len(before)-1])
	ends := noThing.MatchString(text[f.number.End:min(len(text), f.number.End+20)])
	if !(joins && ends) && !hasAnyPrefix(next, "means", "says", "stands", "bedeutet", "signifi") {
		return false
	}
	part := text[max(0, f.number.Start-80):f.number.Start]
	part = part[strings.LastIndexAny(part, ".!?\n")+1:]
	words := prose.Words(strings.ToLower(strings.ToValidUTF8(part, "")))
	for i, w := range words {
		if i+1 < len(words) && isDigit(words[i+1][0]) && (among(numberedThings, w) || among(" http ", w)) {
			return true
		}
	}
	return false
}

// groupStart returns where the groups of digits begin that the number is one of.
func (f figure) groupStart(text string) int {
	start := f.number.Start
	for start > 0 && f.number.Start-start < 40 {
		if strings.HasSuffix(text[:start], "–") {
			start -= len("–")
			continue
		}
		if !isDigit(text[start-1]) && strings.IndexByte("-/", text[start-1]) < 0 &&
			(text[start-1] != ' ' || start < 2 || !isDigit(text[start-2])) {
			break
		}
		start--
	}
	return start
}

func endsInLabel(w string) bool {
	for _, end := range strings.Fields(numberLabels) {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// acronym reports whether the number follows an abbreviation that it completes, and counts nothing: ISO 9001, LH 2041,
// CA 94043.
func acronym(before, after string) bool {
	word, ok := strings.CutSuffix(before, " ")
	if !ok {
		return false
	}
	word = word[strings.LastIndexAny(word, " \n(")+1:]
	if len(word) < 2 || len(word) > 6 || strings.ContainsFunc(word, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, " "))
	return !unicode.IsLower(next)
}

var (
	yearNumber = regexp.MustCompile(`^(?:19|20)\d\d-\d{5,}$`)
	spacedOut  = regexp.MustCompile(`^\d{1,3}(?: \d{3})+$`)
)

// identifies reports whether the number is a part of an identifier: three and more groups joined by hyphens or
// spaces (ISBNs, UUIDs, parts), or groups of which one begins with a zero.
func (f figure) identifies(text string) bool {
	start, end, most := f.number.Start, f.number.End, 48
	in := func(b byte) bool { return b == '-' || isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' }
	for start > 0 && f.number.Start-start < most && in(text[start-1]) {
		start--
	}
	for end < len(text) && end-f.number.End < most && in(text[end]) {
		end++
	}
	token := strings.Trim(text[start:end], "-")
	if strings.Count(token, "-") > 1 || yearNumber.MatchString(token) {
		return true
	}
	if parts := strings.Split(token, "-"); len(parts) == 2 {
		for _, p := range parts {
			if len(p) > 1 && p[0] == '0' && isDigit(p[len(p)-1]) || len(p) > 8 {
				return true
			}
		}
	}
	from, to := f.groupStart(text), f.number.End
	for to < len(text) && to-f.number.End < 40 &&
		(isDigit(text[to]) || text[to] == ' ' && to+1 < len(text) && isDigit(text[to+1])) {
		to++
	}
	groups := text[from:to]
	return strings.Count(groups, " ") > 1 && !spacedOut.MatchString(groups)
}

// A place in an address, before and after a number.
var (
	streetAfter = regexp.MustCompile(
		`^(?:\pL|bis|ter)?,? (?:(?:\p{Lu}[\pL'’.]* ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Court|Ct|Way|Place|Square|` +
			`Boulevard|Blvd|Crescent|Parkway|Highway|Terrace|Close|Row|Walk|Gardens|Grove|Hill|Mews|Quay|Wharf|Embankment|Park)\b|` +
			`(?:rue|avenue|boulevard|place|chemin|allée|quai|cours|impasse|route|square|faubourg) )`,
	)
	streetBefore = regexp.MustCompile(
		`(?:(?:^|[\s(])(?i:via|viale|corso|piazza|largo|calle|c/|paseo|plaza|avenida|avda\.?|av\.|rua|travessa|praça|estrada|alameda|rue) ` +
			`(?:\pL+ ){0,3}?\p{Lu}[\pL.'’]*|\pL+(?:straße|strasse|str\.|weg|allee|platz|gasse|ring|damm|ufer|straat|laan|gracht|plein|kade|dijk|steeg)|` +
			`\p{Lu}\pL* (?:Street|Road|Avenue|Lane|Drive|Parkway|Square|Boulevard|Place),)` +
			`,?\s*(?:\d+ ?[a-z]?,?\s*)?(?:\p{Lu}\S*,?\s*){0,3}$`,
	)
	noThing = regexp.MustCompile(
		`^[a-z]?(?:[,.;:!?)\-]|$|\n|\s+(?:\p{Lu}|(?:in|and|or|is|et|y|e|en|und|near|opposite|à|a)\b))`,
	)
)

// addressed reports whether the number is that of a house or a postcode, or follows a name: 12 Market Street, via
// Roma 12, 20121 Milano, Android 14. Sentences begin with a capital too, so their first word is no name.
func (f figure) addressed(text string) bool {
	number := f.number.In(text)
	if len(number) > 5 || strings.ContainsAny(number, separators) {
		return false
	}
	rest := strings.ToValidUTF8(text[f.number.End:min(len(text), f.number.End+60)], "")
	if streetAfter.MatchString(rest) {
		return true
	}
	before := strings.ToValidUTF8(text[max(0, f.number.Start-80):f.number.Start], "")
	if noThing.MatchString(rest) && streetBefore.MatchString(before) {
		return true
	}
	if !strings.HasSuffix(before, " ") || len(number) > 4 {
		return false
	}
	fields := strings.Fields(before)
	if len(fields) < 2 || strings.ContainsAny(fields[len(fields)-2][len(fields[len(fields)-2])-1:], ".!?:") {
		return false
	}
	name := []rune(fields[len(fields)-1])
	next := strings.TrimLeft(rest, " ")
	r, _ := utf8.DecodeRuneInString(next)
	word, _, _ := strings.Cut(next, " ")
	return unicode.IsUpper(name[0]) && unicode.IsLetter(name[len(name)-1]) &&
		(next == "" || !unicode.IsLetter(r) || among(" and or is are was has in the of for to with from on at by ", word)) &&
		!among(months, strings.ToLower(string(name)))
}

// grouped reports whether the points of a number stand before three digits each: 1.200.000.
func grouped(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

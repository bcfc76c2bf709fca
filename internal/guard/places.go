package guard

import (
	"regexp"
	"strings"

	"vellocity/internal/prose"
)

// Numbers that are no claims because of what stands around them: postcodes, results of games, fields of forms.

var (
	// beforePostcode is a house number, or the name of an estate or a box, and a comma.
	beforePostcode = regexp.MustCompile(
		`(?:\d ?[a-zA-Z]?|(?i:postfach|bp|postbus|apartado|apdo\.?|zone|zona|pol.gono|parc|parque|parco|gewerbe\pL*|industri\pL*|quartier|casella postale|caixa postal|rue|quai|avenue|place|chemin|allée|route|impasse|boulevard|cours|calle|camino|via|viale|piazza|corso|rua|largo|praça)\b` +
			`[^,.\n]{0,30}), (?:[A-Z]{1,2}-)?$`,
	)
	postcode    = regexp.MustCompile(`^(?:\d{4,5}|\d{4}-\d{3}) (?:[A-Z]{2} )?\p{Lu}\pL`)
	dashedStart = regexp.MustCompile(`(?:^|[\s,(])\d{4}-$`)
	// result is how a game ended, and a set of it.
	result    = regexp.MustCompile(`^\d{1,3}(?: ?[-–:] ?| (?:à|a|to|zu|tegen|contra) )\d{1,3}(?:[^\d%]|$)`)
	resultEnd = regexp.MustCompile(`\d{1,3}(?: ?[-–:] ?| (?:à|a|to|zu|tegen|contra) )$`)
)

// postal reports whether the number is a postcode: "Gasse 8, 72070 Tübingen", "3000-120 Coimbra".
func (f figure) postal(text string) bool {
	start, n := f.number.Start, f.number
	before := text[max(0, start-60):start]
	if loc := dashedStart.FindStringIndex(before); loc != nil && n.End-n.Start == 3 {
		return postcode.MatchString(text[start-5 : min(len(text), n.End+8)])
	}
	return postcode.MatchString(text[start:min(len(text), n.End+10)]) &&
		(beforePostcode.MatchString(strings.ToValidUTF8(before, "")) || strings.HasPrefix(text[n.End:], "-"))
}

// games are the beginnings of words that say how a game ended.
const games = " won win wins beat beaten lost lose loses drew draw drawn defeat match game goal tie final half halftime score quarter overtime " +
	"verlor gewann gewonn gewinn besieg spiel sieg niederlage unentschied halbzeit tor satz verlänger endstand " +
	"gagn perd inclin battu battent match victoire défaite prolong mi-temps nul score " +
	"perdi gan vencid partido victoria derrota empat prórroga gol " +
	"vint vinc perso perde partita vittoria sconfit pareggi supplementari gol " +
	"perder ganh venc jogo vitória empat prolongamento golo " +
	"verlor verloor wonnen won win wedstrijd gelijk zege nederlaag verlenging rust doelpunt "

// scored reports whether the number is part of the result of a game.
func (f figure) scored(text string) bool {
	n := f.number
	if n.End-n.Start > 3 || !result.MatchString(text[n.Start:min(len(text), n.End+14)]) &&
		!resultEnd.MatchString(text[max(0, n.Start-14):n.Start]) {
		return false
	}
	around := strings.ToLower(strings.ToValidUTF8(text[max(0, n.Start-90):min(len(text), n.End+60)], ""))
	for _, w := range prose.Words(around) {
		for start := range strings.FieldsSeq(games) {
			if strings.HasPrefix(w, start) && len(w) < len(start)+6 {
				return true
			}
		}
	}
	return false
}

// formWords are of forms, in which a name in brackets is a field.
const formWords = " form field box says casilla campo casella feld case champ veld vak casa formulario formulaire formulier formular formulars " +
	"formulário modulo modulistica kästchen zeile rubrique cuadro recuadro riquadro caixa "

// inForm reports whether a name in brackets is what a field of a form is called, by the words beside it.
func inForm(text string, r prose.Range) bool {
	for _, w := range wordsBefore(text, r.Start, 3) {
		if among(formWords, w) {
			return true
		}
	}
	after := strings.ToValidUTF8(text[r.End:min(len(text), r.End+40)], "")
	if strings.HasPrefix(after, "の欄") || strings.HasPrefix(after, "欄") {
		return true
	}
	words := prose.Words(strings.ToLower(after))
	for _, w := range words[:min(3, len(words))] {
		if among(formWords, w) {
			return true
		}
	}
	return false
}

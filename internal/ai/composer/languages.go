package composer

import (
	"strings"

	"vellocity/internal/prose"
)

// phrases are the few sentences that the composer has in another language. %T is
// the topic as it was given; it always stands after a colon, so that its gender
// and case do not matter.
type phrases struct {
	opening  string // from a topic alone
	points   string // heading above the caller's points, where they have none
	figures  string
	closing  string // heading
	titled   string // title of a piece from a topic alone
	sections []framed
	last     string // closing sentence from a topic alone
}

// phrasesOf returns the phrases of a language; ok is false where there are none.
func phrasesOf(language string) (p phrases, ok bool) {
	tag, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(language), "_", "-"), "-")
	p, ok = otherLanguages[tag]
	return p, ok
}

var otherLanguages = map[string]phrases{
	"de": {
		opening: "Worum geht es? Um ein Thema, das eine klare Ordnung verdient: %T. Die folgenden Fragen helfen, sich darin zurechtzufinden.",
		points:  "Darauf kommt es an", figures: "In Zahlen", closing: "Wie es weitergeht", titled: "%T: ein Einstieg",
		sections: []framed{
			{[]string{"Was schon bekannt ist"}, []string{"Am Anfang steht eine kurze Bestandsaufnahme. Was ist bereits bekannt, was davon ist sicher, und was wurde nur gehört? Der Unterschied zeigt, wo sich das Nachsehen lohnt."}, []string{"Was sicher ist und was nur gehört wurde"}},
			{[]string{"Fragen, die weiterführen"}, []string{"Gute Fragen grenzen ein. Wie ist es dazu gekommen? Wovon hängt es ab? Wer sieht es anders, und aus welchem Grund? Drei davon genügen für den Anfang."}, []string{"Wovon es abhängt", "Wer es anders sieht"}},
			{[]string{"Kleine Schritte zuerst"}, []string{"Was sich leicht zurücknehmen lässt, darf früh ausprobiert werden. Größere Schritte haben Zeit, bis die kleinen gezeigt haben, womit zu rechnen ist."}, []string{"Was früh ausprobiert werden kann", "Was warten darf"}},
		},
		last: "Eine halbe Stunde genügt für den ersten Schritt: eine Frage auswählen, nachsehen und die Antwort in eigenen Worten festhalten.",
	},
	"fr": {
		opening: "De quoi s’agit-il ? D’un sujet qui mérite un peu d’ordre : %T. Les questions qui suivent aident à s’y retrouver.",
		points:  "Ce qui compte", figures: "En chiffres", closing: "Et ensuite", titled: "%T : par où commencer",
		sections: []framed{
			{[]string{"Ce que l’on sait déjà"}, []string{"On commence par un court état des lieux. Que sait-on déjà, de quoi est-on sûr, et qu’a-t-on seulement entendu dire ? L’écart entre les deux montre où chercher."}, []string{"Ce qui est sûr et ce qui ne l’est pas"}},
			{[]string{"Les bonnes questions"}, []string{"Une bonne question resserre le sujet. Comment en est-on arrivé là ? De quoi cela dépend-il ? Qui voit les choses autrement, et pour quelle raison ? Trois questions suffisent pour commencer."}, []string{"De quoi cela dépend", "Qui voit les choses autrement"}},
			{[]string{"D’abord de petits pas"}, []string{"Ce qui se défait facilement peut être essayé tôt. Les grands changements peuvent attendre que les petits aient montré à quoi s’attendre."}, []string{"Ce que l’on peut essayer tôt", "Ce qui peut attendre"}},
		},
		last: "Une demi-heure suffit pour le premier pas : choisir une question, chercher, et noter la réponse avec ses propres mots.",
	},
	"es": {
		opening: "¿De qué se trata? De un tema que merece algo de orden: %T. Las preguntas que siguen ayudan a orientarse.",
		points:  "Lo que importa", figures: "En cifras", closing: "Y después", titled: "%T: por dónde empezar",
		sections: []framed{
			{[]string{"Lo que ya se sabe"}, []string{"Conviene empezar por un breve repaso. ¿Qué se sabe ya, qué es seguro y qué solo se ha oído decir? La diferencia muestra dónde vale la pena buscar."}, []string{"Lo seguro y lo que solo se ha oído"}},
			{[]string{"Preguntas que llevan a algo"}, []string{"Una buena pregunta acota el tema. ¿Cómo se ha llegado hasta aquí? ¿De qué depende? ¿Quién lo ve de otra manera, y por qué razón? Tres bastan para empezar."}, []string{"De qué depende", "Quién lo ve de otra manera"}},
			{[]string{"Primero, pasos pequeños"}, []string{"Lo que se deshace con facilidad puede probarse pronto. Los cambios grandes pueden esperar hasta que los pequeños hayan mostrado qué cabe esperar."}, []string{"Lo que puede probarse pronto", "Lo que puede esperar"}},
		},
		last: "Media hora basta para el primer paso: elegir una pregunta, buscar y anotar la respuesta con palabras propias.",
	},
}

// foreign builds a piece in a language other than English: the caller's own
// sentences, with the few phrases of that language around them.
func (w *writer) foreign() piece {
	p := piece{topic: w.topic, title: prose.Capital(w.topic.line)}
	ph, known := phrasesOf(w.brief.Language)
	material := w.material(false)
	for _, f := range material.found {
		material.points = append(material.points, point{text: f})
	}
	if len(material.points)+len(material.facts) == 0 {
		return w.foreignAlone(p, ph, known)
	}
	lead := material.takeLead()
	var rest []string
	for _, pt := range material.points {
		if pt.heading == "" || pt.body == "" && len(pt.facts) == 0 {
			rest = append(rest, pt.text)
			continue
		}
		p.parts = append(p.parts, part{heading: pt.heading, points: []string{pt.text}, text: paragraph(pt.body, pt.facts)})
	}
	if len(rest) > 0 {
		p.parts = append([]part{{heading: orElse(ph.points, p.title), points: rest, text: listOrOne(rest)}}, p.parts...)
	}
	if len(material.loose) > 0 {
		p.parts = append(p.parts, part{heading: orElse(ph.figures, p.title), points: material.loose, text: lines(material.loose)})
	}
	opening := part{heading: p.title, points: []string{w.topic.line}, text: lead}
	if lead == "" && len(p.parts) > 0 {
		opening.text, p.parts = p.parts[0].text, p.parts[1:]
	}
	p.parts = append([]part{opening}, w.fit(p.parts, w.sections-2)...)
	if cta := w.callToAction(); cta != "" {
		p.parts = append(p.parts, part{heading: orElse(ph.closing, p.title), points: []string{cta}, text: cta})
	}
	return p
}

// foreignAlone is what a topic alone gives: a frame where the language has one,
// else the topic and the keywords.
func (w *writer) foreignAlone(p piece, ph phrases, known bool) piece {
	cta := w.callToAction()
	if !known {
		text := sentence(w.topic.line)
		if len(w.brief.Keywords) > 0 {
			text += "\n\n" + lines(w.brief.Keywords)
		}
		if cta != "" {
			text += "\n\n" + cta
		}
		p.parts = []part{{heading: p.title, points: []string{w.topic.line}, text: text}}
		return p
	}
	fill := func(s string) string { return strings.ReplaceAll(s, "%T", w.topic.line) }
	p.title = prose.Capital(fill(ph.titled))
	p.parts = []part{{heading: p.title, points: []string{w.topic.line}, text: fill(ph.opening)}}
	for _, s := range ph.sections[:min(len(ph.sections), max(1, w.sections-2))] {
		p.parts = append(p.parts, part{heading: s.headings[0], points: s.points, text: s.texts[0]})
	}
	last := ph.last
	if cta != "" {
		last += "\n\n" + cta
	}
	p.parts = append(p.parts, part{heading: ph.closing, points: []string{ph.last}, text: last})
	return p
}

// listOrOne makes a list of several lines and leaves a single one as it is.
func listOrOne(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return lines(items)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

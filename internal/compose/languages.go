package compose

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
	titled   string // title of an article from a topic alone
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

// foreign builds an article in a language other than English: the caller's own
// sentences, with the few phrases of that language around them.
func (w *Phraser) foreign() Article {
	p := Article{topic: w.topic, Title: prose.Capital(w.topic.line)}
	ph, known := phrasesOf(w.brief.Language)
	material := w.material(false)
	for _, f := range material.found {
		material.points = append(material.points, Point{Text: f})
	}
	if len(material.points)+len(material.facts) == 0 {
		return w.foreignAlone(p, ph, known)
	}
	lead := material.takeLead()
	var rest []string
	for _, pt := range material.points {
		if pt.heading == "" || pt.body == "" && len(pt.facts) == 0 {
			rest = append(rest, pt.Text)
			continue
		}
		p.Parts = append(p.Parts, Part{Heading: pt.heading, Points: []string{pt.Text}, Text: paragraph(pt.body, pt.facts)})
	}
	if len(rest) > 0 {
		p.Parts = append([]Part{{Heading: orElse(ph.points, p.Title), Points: rest, Text: listOrOne(rest)}}, p.Parts...)
	}
	if len(material.loose) > 0 {
		p.Parts = append(p.Parts, Part{
			Heading: orElse(ph.figures, p.Title),
			Points:  material.loose,
			Text:    Lines(material.loose),
		})
	}
	opening := Part{Heading: p.Title, Points: []string{w.topic.line}, Text: lead}
	if lead == "" && len(p.Parts) > 0 {
		opening.Text, p.Parts = p.Parts[0].Text, p.Parts[1:]
	}
	p.Parts = append([]Part{opening}, w.fit(p.Parts, w.sections-2)...)
	if cta := w.callToAction(); cta != "" {
		p.Parts = append(p.Parts, Part{Heading: orElse(ph.closing, p.Title), Points: []string{cta}, Text: cta})
	}
	return p
}

// foreignAlone is what a topic alone gives: a frame where the language has one,
// else the topic and the keywords.
func (w *Phraser) foreignAlone(p Article, ph phrases, known bool) Article {
	cta := w.callToAction()
	if !known {
		text := Sentence(w.topic.line)
		if len(w.brief.Keywords) > 0 {
			text += "\n\n" + Lines(w.brief.Keywords)
		}
		if cta != "" {
			text += "\n\n" + cta
		}
		p.Parts = []Part{{Heading: p.Title, Points: []string{w.topic.line}, Text: text}}
		return p
	}
	fill := func(s string) string { return strings.ReplaceAll(s, "%T", w.topic.line) }
	p.Title = prose.Capital(fill(ph.titled))
	p.Parts = []Part{{Heading: p.Title, Points: []string{w.topic.line}, Text: fill(ph.opening)}}
	for _, s := range ph.sections[:min(len(ph.sections), max(1, w.sections-2))] {
		p.Parts = append(p.Parts, Part{Heading: s.headings[0], Points: s.points, Text: s.texts[0]})
	}
	last := ph.last
	if cta != "" {
		last += "\n\n" + cta
	}
	p.Parts = append(p.Parts, Part{Heading: ph.closing, Points: []string{ph.last}, Text: last})
	return p
}

// listOrOne makes a list of several lines and leaves a single one as it is.
func listOrOne(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return Lines(items)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

package prose_test

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/prose"
)

// TestFormsOfATerm has texts with the places that are found: «as written» and ‹in another form›.
func TestFormsOfATerm(t *testing.T) {
	for _, tc := range []struct{ language, term, text string }{
		{"en", "utilize", "We ‹utilized› and «utilize» it, ‹utilizing› more; utility and utilization do not count."},
		{"en", "synergy", "«Synergies» and «synergy», not synergistic."},
		{"en", "users", "One ‹user›, two «users», «Users»' and a «users»’ list; username and use do not count."},
		{"en-GB", "reach out", "She ‹reached out› and is ‹reaching out›. Reach and out, reach\n\nout."},
		{"en", "low-hanging fruit", "«Low hanging fruit» and «low‑hanging fruits»."},
		{"en", "car", "Two «cars» and a caring nurse; carried and card."},
		{"en", "news", "«News» is new."},
		{"en", "sign in", "He ‹signed in› and ‹signs in›; he signed the form in ink. The sign, in short."},
		{"en", "buy", "‹Bought› and ‹buying›, not buyer."},
		{"en", "travel", "‹Travelling›, ‹traveling›, ‹traveled›."},
		{"en", ".NET", "We use «.NET» and the net."},
		{"en", "the", "«The» then."},
		{"de", "Kunde", "Der «Kunde», die ‹Kunden›, kundig und Kundin nicht."},
		{"de", "Haus", "«Haus», ‹Häuser›, des «Hauses», den ‹Häusern›; hausieren nicht."},
		{"de", "günstig", "«günstig», ‹günstige›, ‹günstigsten›, ungünstig nicht."},
		{"de", "nutzen", "Sie «nutzen», er ‹nutzt›, ‹genutzt›, ‹nutzte›; Nutzung nicht."},
		{"de", "Lösung", "Die ‹Lösungen› und die «Lösung»; lösen nicht."},
		{"fr", "utilisateur", "L’«utilisateur», des ‹utilisatrices› et des «utilisateurs»; utile non."},
		{"fr", "utiliser", "Vous ‹utilisez›, il ‹utilise›, ‹utilisées›; utilisation non."},
		{"fr", "mois", "Un «mois», un moi."},
		{"es", "usuario", "El «usuario», las ‹usuarias›, los «usuarios»; uso no."},
		{"es", "canción", "Dos ‹canciones›, una «canción»."},
		{"es", "aprovechar", "‹Aprovechamos› y ‹aprovechado›; provecho no."},
		{"en", "cheap", "«Cheap», ‹cheaper› and ‹cheapest›; cheaply and cheapen no."},
		{"en", "easy", "‹Easier› and ‹easiest›, not easily."},
		{"en", "work", "He ‹worked›, and the worker rests."},
		{"it", "economico", "‹Economiche›, ‹economici›, «economico» ed ‹economica›; economia no."},
		{"it", "cliente", "I ‹clienti› e il «cliente»; clientela no."},
		{"it", "utilizzare", "‹Utilizza›, ‹utilizzato›, ‹utilizzando›; utile no."},
		{"it", "città", "Le «città»."},
		{"pt", "barato", "As ‹baratas›, os «baratos»; barateiro não."},
		{"pt", "solução", "As ‹soluções›, a «solução»."},
		{"pt-BR", "utilizar", "‹Utilizamos›, ‹utilizado› e ‹utilizando›; útil não."},
		{"pt", "colaborador", "As ‹colaboradoras› e os «colaboradores»."},
		{"pt", "animal", "Os ‹animais›."},
		{"nl", "goedkoop", "‹Goedkope›, ‹goedkoper› en «goedkoop»; koopje niet."},
		{"nl", "duur", "‹Dure› en ‹duurder›; duurzaam niet."},
		{"nl", "klant", "De ‹klanten› en de «klant»; klantvriendelijk niet."},
		{"nl", "prijs", "De ‹prijzen› van de «prijs»; prijslijst niet."},
		{"nl", "gebruiken", "Wij ‹gebruikt› en ‹gebruikte› en «gebruiken»; bruikbaar niet."},
		{"nl", "dik", "Een ‹dikke› boom."},
		{"ja", "顧客", "「«顧客»」"},
		{"", "utilize", "«Utilize», not utilizing: the language is not known."},
	} {
		t.Run(tc.language+"/"+tc.term, func(t *testing.T) {
			text := strings.NewReplacer("«", "", "»", "", "‹", "", "›", "").Replace(tc.text)
			written, forms := prose.NewIndex(text).FindForms(tc.term, tc.language)
			var got []string
			for _, r := range written {
				got = append(got, "«"+r.In(text))
			}
			for _, r := range forms {
				got = append(got, "‹"+r.In(text))
			}
			var want []string
			for rest := tc.text; ; {
				i := strings.IndexAny(rest, "«‹")
				if i < 0 {
					break
				}
				end := i + strings.IndexAny(rest[i:], "»›")
				want = append(want, rest[i:end])
				rest = rest[end:]
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

// No form of a word is another common word of its language: that would be a false alarm in every text.
func TestFormsAreNoOtherWords(t *testing.T) {
	for pair, language := range map[string]string{
		"news new": "en", "car care": "en", "goods good": "en", "class clas": "en", "business busines": "en",
		"analysis analysi": "en", "bank banker": "de", "team te": "de", "spiel spieler": "de", "pays pay": "fr",
		"gracias gracia": "es", "agencia agencio": "es", "process proces": "en", "status statu": "en",
		"work worker": "en", "off offer": "en", "mast master": "en", "numb number": "en", "città citta": "it",
		"team teamleider": "nl", "lápis lápi": "pt",
	} {
		word, other, _ := strings.Cut(pair, " ")
		if language == "de" {
			word = prose.Capital(word)
		}
		if forms := prose.Inflections(word, language); slices.Contains(forms, other) {
			t.Errorf("%s: %q is a form of %q", language, other, word)
		}
	}
}

func TestFindingFormsCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) {
		x := prose.NewIndex(text)
		for _, term := range []string{"utilize", "low-hanging fruit", "a a a a a", "x"} {
			x.FindForms(term, "en")
		}
	})
}

func TestEaseByLanguage(t *testing.T) {
	for language, texts := range map[string][2]string{
		"en": {
			"The dog ran to the park. It sat on the grass. We like it here.",
			"Organizational interdependencies necessitate comprehensive reconsideration of institutional responsibilities.",
		},
		"de": {
			"Der Hund lief in den Park. Er saß im Gras. Wir sind gern hier.",
			"Organisatorische Abhängigkeiten erfordern die umfassende Berücksichtigung institutioneller Verantwortlichkeiten.",
		},
		"fr": {
			"Le chien est dans le parc. Il dort sous un arbre. On est bien ici.",
			"L’interdépendance organisationnelle nécessite une reconsidération approfondie des responsabilités institutionnelles.",
		},
		"es": {
			"El perro va al parque. Se sienta en el sol. Nos gusta ir ahí.",
			"La interdependencia organizacional requiere una reconsideración exhaustiva de las responsabilidades institucionales.",
		},
	} {
		easy, ok := prose.EaseOf(texts[0], language)
		hard, _ := prose.EaseOf(texts[1], language+"-XX")
		if !ok || easy.Score < 70 || hard.Score > 20 || easy.Grade > hard.Grade {
			t.Errorf("%s: %+v and %+v", language, easy, hard)
		}
	}
	if _, ok := prose.EaseOf("Il cane corre.", "it"); ok {
		t.Error("Italian has a formula")
	}
	if _, ok := prose.EaseOf(" — ", "en"); ok {
		t.Error("a text without words has an ease")
	}
}

func TestSyllablesByLanguage(t *testing.T) {
	for language, words := range map[string]map[string]int{
		"de": {"Theater": 3, "Haus": 1, "Wiese": 2, "Radio": 3, "Verantwortung": 4, "schön": 1},
		"fr": {"table": 1, "utilisateur": 5, "porte": 1, "école": 2, "le": 1},
		"es": {"que": 1, "ciudad": 2, "teatro": 3, "empresa": 3, "guía": 2, "país": 2},
	} {
		for w, n := range words {
			if got := prose.SyllablesIn(w, language); got != n {
				t.Errorf("%s %q: %d, want %d", language, w, got, n)
			}
		}
	}
}

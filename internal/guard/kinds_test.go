package guard_test

import (
	"slices"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// kind is a text with what a guardrail has to find in it; nothing where found is empty.
type kind struct{ language, support, text, found string }

func checkKinds(t *testing.T, slug string, kinds []kind) {
	t.Helper()
	for _, k := range kinds {
		in := guard.Input{Text: k.text, Language: k.language, Support: []string{"acme.io"}}
		if k.support != "" {
			in.Support = append(in.Support, k.support)
		}
		var got []string
		for _, f := range only(guard.Check(in), slug) {
			for _, m := range f.Matches {
				got = append(got, m.Text)
			}
		}
		want := []string{k.found}
		if k.found == "" {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q in %q, want %q", slug, got, k.text, want)
		}
	}
}

func TestSharesAndGrowthInWordsAreFigures(t *testing.T) {
	checkKinds(t, "unsupported-numbers", []kind{
		{"en", "", "Two thirds of the guests came by train.", "Two thirds"},
		{"en", "Of 300 guests, 67 % came by train.", "Two thirds of the guests came by train.", ""},
		{"en", "Two thirds came by train.", "Two-thirds came by train.", ""},
		{"en", "", "It takes three quarters of an hour.", ""},
		{"en", "", "Add two thirds of the flour.", ""},
		{"en", "", "Orders have tripled since May.", "have tripled"},
		{"en", "Orders: 1,200 in May, 3,650 now.", "Orders have tripled since May.", ""},
		{"en", "Orders rose by 200 %.", "Orders have tripled since May.", ""},
		{"en", "", "She doubled back at the bridge.", ""},
		{"de", "", "Gut drei Viertel der Gäste kamen mit der Bahn.", "drei Viertel der"},
		{"de", "", "Den Teig gehen lassen, bis er sich verdoppelt hat.", ""},
		{"de", "", "Das Fenster ist dreifach verglast.", ""},
		{"fr", "", "Les ventes ont triplé.", "ont triplé"},
		{"fr", "", "Il a signé un triplé.", ""},
		{"fr", "", "Comptez trois quarts d'heure.", ""},
		{"es", "", "Las altas se han triplicado.", "se han triplicado"},
		{"es", "", "Entregue el impreso por triplicado.", ""},
		{"it", "", "Aggiungete due terzi della farina.", ""},
		{"pt", "", "A casa tem três quartos.", ""},
		{"pt", "", "Três quartos dos sócios renovaram.", "Três quartos dos"},
		{"nl", "", "Driekwart van de leden bleef.", "Driekwart van"},
		{"ja", "", "利用者の3分の2が満足しています。", "3分の2"},
		{"ja", "", "砂糖の3分の1を加えます。", ""},
		{"ja", "", "10社中8社が採用しました。", "10社中8社"},
	})
}

func TestPostcodesClausesAndResultsAreNoClaims(t *testing.T) {
	checkKinds(t, "unsupported-numbers", []kind{
		{"de", "", "Bäckerei Sommer, Lange Gasse 8, 72070 Tübingen.", ""},
		{"de", "", "Wir beliefern 3 Regionen, 72070 Kunden.", "72070"},
		{"fr", "", "Bâtiment 7, zone du Moulin, 38500 Voiron.", ""},
		{"pt", "", "Rua Direita 12, 3000-120 Coimbra.", ""},
		{"es", "", "El proveedor no responde (cláusula 9.2).", ""},
		{"nl", "", "De handbalsters verloren met 27-29.", ""},
		{"ja", "", "27対29で敗れました。", ""},
		{"en", "", "The team lost 27–29 after extra time.", ""},
		{"en", "", "Set the dial to 27 or 29 %.", "29 %"},
	})
}

func TestFieldsOfFormsAreNoPlaceholders(t *testing.T) {
	checkKinds(t, "refusal-text", []kind{
		{"en", "", "Enter your name where it says [Name] on the form.", ""},
		{"en", "", "Dear [Name], welcome.", "[Name]"},
		{"es", "", "Escriba su nombre en la casilla [Nombre] del formulario.", ""},
		{"it", "", "Vi aspettiamo in piazza il [data] alle nove.", "[data]"},
		{"en", "", "The [data] attribute is optional.", ""},
		{"de", "", "Die Aktion läuft bis [Enddatum einfügen].", "[Enddatum einfügen]"},
		{"ja", "", "用紙の[氏名]の欄に名前を書いてください。", ""},
		{"ja", "", "期間は【日付を入力】までです。", "【日付を入力】"},
	})
}

// A phrase that another one begins with, or that stands in the middle of a word before, hides none.
func TestAMatchWithinAWordHidesNone(t *testing.T) {
	checkKinds(t, "stock-phrases", []kind{
		{"en", "", "Let's dive into what makes these boots stand out.", "Let's dive into"},
		{"it", "", "Immergiti nell'affascinante mondo delle piante.", "Immergiti nell'"},
	})
	checkKinds(t, "regulated-claims", []kind{
		{"fr", "", "Nos échelles de grenier sont les plus sûres du marché.", "les plus sûres du marché"},
		{"de", "", "Diese Treppen sind die sichersten auf dem Markt.", "die sichersten auf dem Markt"},
	})
}

// What reads like a claim and is none.
func TestNoClaimsAtAll(t *testing.T) {
	for _, k := range [][2]string{
		{"de", "Wir sind uns völlig sicher, dass es regnet."}, {"fr", "Je suis absolument sûre que la salle est libre."},
		{"es", "Estamos completamente seguros de que vendrá."}, {"it", "Siamo assolutamente sicuri che verrà."},
		{"en", "There was no other choice but to wait for better weather."}, {"de", "Für Anwohner besteht kein Risiko."},
		{"nl", "In de koers is niets gegarandeerd."}, {"fr", "Dans une course, rien n'est garanti."},
		{"ja", "避難の前に、必ず安全を確認します。"}, {"ja", "風邪を治す薬はない、と医師は話します。"},
		{"de", "Die Nummer 1 der Startliste fährt zuerst."}, {"it", "La cura del giardino richiede due ore."},
	} {
		if f := only(guard.Check(guard.Input{Text: k[1], Language: k[0]}), "regulated-claims"); len(f) > 0 {
			t.Errorf("%q: %+v", k[1], f)
		}
	}
}

// People write without the letters that their keyboard does not have, and programs write accents apart.
func TestSpellingsOfOneWord(t *testing.T) {
	for _, text := range []string{
		"Wir sind der führende Anbieter.", "Wir sind der fuehrende Anbieter.", "Wir sind der fu\u0308hrende Anbieter.",
		"Wir sind der FÜHRENDE Anbieter.",
	} {
		if len(only(guard.Check(guard.Input{Text: text, Language: "de"}), "regulated-claims")) == 0 {
			t.Errorf("nothing in %q", text)
		}
	}
	for _, text := range []string{"Résultats garantis.", "Resultats garantis.", "Re\u0301sultats garantis."} {
		if len(only(guard.Check(guard.Input{Text: text, Language: "fr"}), "regulated-claims")) == 0 {
			t.Errorf("nothing in %q", text)
		}
	}
	for _, word := range []string{"Scheiße", "SCHEISSE", "Arschlöcher", "Arschloecher", "Arschlo\u0308cher", "cabrón", "cabron"} {
		if len(only(guard.Check(guard.Input{Text: "Ein " + word + "."}), "profanity")) == 0 {
			t.Errorf("%q passes", word)
		}
	}
}

// TestWordsInTheirForms has words that the lists know in one form, in another one.
func TestWordsInTheirForms(t *testing.T) {
	for language, texts := range map[string][]string{
		"de": {"Eine absolut sichere Cloud.", "Mit garantiertem Erfolg.", "Die klimafreundlichste Heizung.", "Unser Versand ist CO₂-neutral."},
		"fr": {"Des résultats assurés.", "Une solution parfaitement sécurisée.", "Des produits 100 % naturels."},
		"es": {"Ganancias aseguradas desde hoy.", "Envases 100 % reciclables.", "Duplique su dinero en un año."},
		"it": {"Guadagni assicurati ogni mese.", "Materiali 100 % riciclabili.", "Una rete assolutamente sicura."},
		"pt": {"Lucros assegurados todos os meses.", "Embalagens 100 % recicláveis.", "Uma empresa de carbono zero."},
		"nl": {"Onze klimaatneutrale winkel.", "Ons hotel is klimaatneutraal.", "Een absoluut veilige kluis."},
		"ja": {"絶対安全な投資です。", "カーボンゼロの工場です。", "楽して稼げる副業です。"},
	} {
		for _, text := range texts {
			if len(only(guard.Check(guard.Input{Text: text, Language: language}), "regulated-claims")) == 0 {
				t.Errorf("%s: nothing in %q", language, text)
			}
		}
	}
}

func TestMailboxesOfTasksAreNotPeople(t *testing.T) {
	for text, want := range map[string]domain.Severity{
		"Write to bookings@wharf-theatre.co.uk.":               "",
		"Mail naar ledenadministratie@hockeyclub-vecht.nl.":    "",
		"Candidature a risorse.umane@vetrerialucchi.it.":       "",
		"Signalez un lampadaire à voirie@ville-sainte-anne.fr": domain.SeverityInfo, // no list has every task
		"Ask Tom Okafor: okafor@marlow-bakers.com.":            domain.SeverityWarning,
		"Ask Okafor at tokafor@marlow-bakers.com.":             domain.SeverityWarning,
		"Write to chargadon@eircom.net.":                       domain.SeverityWarning,
		"Write to j.okafor@marlow-bakers.com.":                 domain.SeverityWarning,
	} {
		got := domain.Severity("")
		for _, f := range only(guard.Check(guard.Input{Text: text}), "personal-data") {
			got = f.Severity
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestRemarksAreOfTheAssistant: what people of the text say they can do is no remark about the text.
func TestRemarksAreOfTheAssistant(t *testing.T) {
	for text, want := range map[string]bool{
		"I can write a shorter version of this caption.":                   true,
		"I can alter the length of your skirt, says the tailor.":           false,
		"Ich kann den Text gerne kürzen.":                                  true,
		"Ich schreibe gerne Gedichte, erzählt die Wirtin, keine Artikel.":  false,
		"Laat me weten of de toon anders moet.":                            true,
		"Laat me weten of je mosterd op je broodje wilt.":                  false,
		"Fammi sapere se vuoi altre modifiche.":                            true,
		"Fammi sapere se vuoi il panino senza cipolla, grida Gino.":        false,
		"ご希望に合わせて、文体を調整することも可能です。":                                         true,
		"ご希望に合わせて、花束の色を変えることもできます。":                                        false,
		"Here is the menu for Saturday's supper:":                          false,
		"Hier ist der gewünschte Newsletter für eure Schreinerei:":         true,
		"Nota: he evitado mencionar precios porque no constaban.":          true,
		"Nota: he tenido que cerrar el taller hasta el lunes, lo lamento.": false,
	} {
		if got := len(only(guard.Check(guard.Input{Text: text}), "refusal-text")) > 0; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

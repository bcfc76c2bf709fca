package compose_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/compose"
)

// The formats are known by what people call their texts, in every language.
func TestFormatsAreRecognized(t *testing.T) {
	for format, topics := range map[string][]string{
		"launch": {
			"en Introducing Queuelight 3.0", "en Launch of the spring menu", "de Neue Version 4 ist da",
			"fr Lancement de Queuelight", "es Presentamos Queuelight 3", "ja 新製品の発売",
		},
		"faq": {
			"en FAQ: our returns", "de Häufige Fragen zur Rente", "fr Questions fréquentes sur la grève",
			"es Preguntas frecuentes", "ja よくある質問",
		},
		"notice": {
			"en Postmortem: invoices sent twice", "en Outage of 3 March", "en Our price increase from July", "de Störung am 3. März",
			"fr Fermeture de la piscine", "es Aviso de obras", "ja 値上げのお知らせ",
		},
		"listing": {
			"en AWS Marketplace listing for Saltmarsh", "de Produktbeschreibung Thermoskanne",
			"fr Fiche produit : gourde", "es Ficha de producto", "ja 製品紹介",
		},
		"comparison": {
			"en Postgres vs MySQL", "en Comparing bread machines", "de Vergleich von Gas und Strom",
			"en Lease or buy a van?", "de Gas oder Strom?", "fr Électrique ou diesel pour les tournées ?", "es ¿Comprar o alquilar?",
			"fr Comparatif de vélos", "es Comparación de hornos", "ja 電気とガスの比較",
		},
		"job_ad": {
			"en Job: cook in Bath", "de Stelle: Koch", "en Job ad: cook in Bath", "de Stellenanzeige: Koch", "fr Offre d’emploi : boulanger",
			"es Oferta de empleo", "ja 料理人の求人",
		},
		"how_to": {
			"en How to repot an orchid", "de Anleitung: Brot backen", "fr Comment composter en ville",
			"es Cómo hacer pan", "ja パンの作り方",
		},
		"list": {
			"en 10 tips for better sleep", "es Tres rutas en bicicleta", "en Seven simple rules", "de 5 Tipps für Camper", "fr Cinq idées de menu",
			"es 7 consejos de viaje",
		},
		"newsletter": {
			"en Spring newsletter of the bakery", "en Release notes 4.2", "de Newsletter im Mai",
			"fr Lettre d’information de mai", "es Boletín de mayo", "ja メールマガジン5月号",
		},
		"report": {
			"en Quarterly logistics report Q1 2026", "de Jahresbericht 2025", "fr Bilan de l’année", "es Informe anual",
			"ja 四半期の報告",
		},
		"customer_story": {
			"en Case study: Fenwick Dairy", "de Fallstudie Holm", "fr Étude de cas : Holm", "es Caso de éxito: Holm",
			"ja 導入事例",
		},
		"event": {
			"en Open day at the observatory", "en Launch event in May", "de Tag der offenen Tür",
			"fr Portes ouvertes à la cidrerie", "es Taller de pan", "ja 秋の見学会",
		},
		"article": {
			"en Planning a product launch", "en Remote work", "de Wärmepumpen im Altbau", "fr Le compost",
			"es El aceite", "ja 共有受信箱", "it Come fare il pane", "en The spring collection",
		},
	} {
		for _, topic := range topics {
			language, text, _ := strings.Cut(topic, " ")
			if a := compose.NewArticle(compose.Brief{Topic: text, Language: language}); a.Format != format {
				t.Errorf("%s: %s, not %s", topic, a.Format, format)
			}
		}
	}
	questions := compose.Brief{Topic: "Payroll", KeyPoints: []string{"Was it late? Yes.", "Why? The bank."}}
	if a := compose.NewArticle(questions); a.Format != "faq" {
		t.Errorf("questions are %s", a.Format)
	}
	job := compose.Brief{Topic: "Baker in York", KeyPoints: []string{"We are hiring a baker."}}
	if a := compose.NewArticle(job); a.Format != "job_ad" {
		t.Errorf("hiring is %s", a.Format)
	}
	if a := compose.NewArticle(compose.Brief{Topic: "FAQ: bread", Format: "report"}); a.Format != "report" {
		t.Errorf("the setting is not taken: %s", a.Format)
	}
}

// file is what a test reads of a file of words.
type file struct {
	KeyPoints string   `json:"key_points"`
	Facts     string   `json:"facts"`
	Slots     []string `json:"slots"`
	Words     map[string]struct {
		Name  string          `json:"name"`
		Topic string          `json:"topic"`
		Slots map[string]slot `json:"slots"`
	} `json:"words"`
}

type slot struct {
	Heading string `json:"heading"`
	Ask     string `json:"ask"`
	Example string `json:"example"`
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Every format has all its words in every language, so that adding one is one file and
// adding a language is known to be complete.
func TestEveryFormatHasItsWords(t *testing.T) {
	if n := len(compose.Formats()); n < 13 {
		t.Errorf("%d formats", n)
	}
	for _, language := range compose.Languages() {
		var words struct {
			Slots map[string]slot `json:"slots"`
		}
		read(t, "slots/"+language+".json", &words)
		for name, s := range words.Slots {
			if s.Heading == "" || s.Ask == "" || s.Example == "" {
				t.Errorf("slots/%s.json: %s lacks its heading, question or example", language, name)
			}
		}
		for _, name := range compose.Formats() {
			var f file
			read(t, "formats/"+name+".json", &f)
			w := f.Words[language]
			if w.Name == "" || w.Topic == "" && name != "article" {
				t.Errorf("formats/%s.json: %s lacks its name or the words of a topic", name, language)
			}
			var slots []string
			for _, s := range f.Slots {
				s, _, _ = strings.Cut(s, "/")
				slots = append(slots, s)
				if _, ok := words.Slots[s]; !ok {
					t.Errorf("formats/%s.json: slots/%s.json has no %s", name, language, s)
				}
			}
			for s := range w.Slots {
				if !slices.Contains(slots, s) {
					t.Errorf("formats/%s.json: %s has words for %s, which is no slot of it", name, language, s)
				}
			}
			if !slices.Contains(slots, f.KeyPoints) || !slices.Contains(slots, f.Facts) || !slices.Contains(slots, "next") {
				t.Errorf("formats/%s.json: what fits no slot has no place", name)
			}
		}
	}
}

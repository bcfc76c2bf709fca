package prose

import (
	"math"
	"unicode"
)

// Readability holds measures of how easy a text is to read. The five grades are formulas
// for English; if Applicable is false they are zero and mean nothing.
type Readability struct {
	Applicable bool    `json:"applicable"`
	Words      int     `json:"words"`
	Sentences  int     `json:"sentences"`
	Average    float64 `json:"average_sentence"` // words per sentence
	Longest    int     `json:"longest_sentence"` // words
	// Flesch is the reading ease (Flesch 1948): 0 hard to 100 easy.
	Flesch float64 `json:"flesch"`
	// Grade is the Flesch-Kincaid grade (1975): years of school.
	Grade       float64 `json:"grade"`
	Fog         float64 `json:"fog"`          // Gunning
	ARI         float64 `json:"ari"`          // automated readability index
	ColemanLiau float64 `json:"coleman_liau"` //
	Minutes     float64 `json:"minutes"`      // to read, at 238 words a minute (Brysbaert 2019)
}

// Measure measures plain text in the given language (BCP 47).
func Measure(text, language string) Readability {
	var r Readability
	var letters, syllables, hard int
	for _, s := range Sentences(text) {
		words := Words(s.In(text))
		if len(words) == 0 {
			continue
		}
		r.Sentences++
		r.Words += len(words)
		r.Longest = max(r.Longest, len(words))
		for _, w := range words {
			n := Syllables(w)
			syllables += n
			if n > 2 {
				hard++
			}
			letters += countLetters(w)
		}
	}
	if r.Words == 0 {
		return r
	}
	perSentence, words := float64(r.Words)/float64(r.Sentences), float64(r.Words)
	r.Average, r.Minutes = tenth(perSentence), tenth(words/238)
	if !English(language) {
		return r
	}
	r.Applicable = true
	r.Flesch = tenth(206.835 - 1.015*perSentence - 84.6*float64(syllables)/words)
	r.Grade = tenth(0.39*perSentence + 11.8*float64(syllables)/words - 15.59)
	r.Fog = tenth(0.4 * (perSentence + 100*float64(hard)/words))
	r.ARI = tenth(4.71*float64(letters)/words + 0.5*perSentence - 21.43)
	r.ColemanLiau = tenth(5.88*float64(letters)/words - 29.6/perSentence - 15.8)
	return r
}

func countLetters(w string) int {
	n := 0
	for _, r := range w {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

func tenth(f float64) float64 { return math.Round(f*10) / 10 }

package prose

import "strings"

// leastSaid is how many words a sentence has that is not repeated by chance: "Yes." may be.
const leastSaid = 4

// RepeatedShare returns the share of the sentences, from 0 to 1, that a plain text has said before in the same
// words, and the first of them; "" where there is none. Shorter sentences than four words do not count.
func RepeatedShare(text string) (share float64, first string) {
	seen := map[string]bool{}
	all, again := 0, 0
	for _, r := range Sentences(text) {
		words := Words(r.In(text))
		if len(words) < leastSaid {
			continue
		}
		all++
		key := Fold(strings.Join(words, " "))
		if seen[key] {
			again++
			if first == "" {
				first = Line(r.In(text))
			}
		}
		seen[key] = true
	}
	if all == 0 {
		return 0, ""
	}
	return float64(again) / float64(all), first
}

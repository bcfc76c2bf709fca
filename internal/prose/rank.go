package prose

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// stopWords are the English words that carry grammar rather than subject.
const stopWords = " a about above after again against all also am an and any are as at be because been before being below between both but by can cannot could did do does doing down during each every few for from further get gets had has have having he her here hers him his how i if in into is it its itself just let like may me might more most much must my no nor not now of off on once one only or other our ours out over own per same shall she should so some such than that the their theirs them then there these they this those through to too under until up upon us very was we were what when where which while who whom whose why will with within without would yet you your yours two three four five six seven eight nine ten don't doesn't it's isn't aren't "

// StopWord reports whether word, in any case, is an English word that carries
// grammar rather than subject.
func StopWord(word string) bool { return strings.Contains(stopWords, " "+Fold(word)+" ") }

// Stem removes the most common English endings, so that plan, plans, planned and
// planning compare as equal. It is crude on purpose: its result is only compared.
func Stem(word string) string {
	w := strings.TrimSuffix(Fold(word), "'s")
	for _, suffix := range []string{"ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly", "e", "y"} {
		if s := strings.TrimSuffix(w, suffix); s != w && len([]rune(s)) >= 3 {
			if n := len(s); s[n-1] == s[n-2] && s[n-1] != 's' && s[n-1] != 'l' {
				s = s[:n-1]
			}
			return s
		}
	}
	return w
}

// Stems returns the set of stems of the words of text that carry a subject.
func Stems(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range Words(text) {
		if !StopWord(w) && len([]rune(w)) > 1 || unicode.IsDigit([]rune(w)[0]) {
			set[Stem(w)] = true
		}
	}
	return set
}

// Overlap returns how much two sets of stems share: 0 for nothing, 1 if the smaller is
// part of the larger.
func Overlap(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	shared := 0
	for s := range a {
		if b[s] {
			shared++
		}
	}
	return float64(shared) / float64(min(len(a), len(b)))
}

// Rank returns the weight of each sentence among the others by TextRank (Mihalcea and
// Tarau, 2004): a sentence counts as much as those that share words with it. The
// weights are comparable within one call only. A sentence is compared with those of
// its part of a long text, of [rankedTogether] sentences, so that the cost grows with
// the text and not with its square.
func Rank(sentences []string) []float64 {
	rank := make([]float64, 0, len(sentences))
	for part := range slices.Chunk(sentences, rankedTogether) {
		rank = append(rank, rankPart(part)...)
	}
	return rank
}

// rankedTogether is how many sentences are compared with each other: more than most
// texts have.
const rankedTogether = 150

func rankPart(sentences []string) []float64 {
	n := len(sentences)
	links, sums := links(sentences)
	rank := make([]float64, n)
	for i := range rank {
		rank[i] = 1
	}
	const damping = 0.85
	for range 30 {
		next := make([]float64, n)
		for i := range n {
			next[i] = 1 - damping
			for j := range n {
				if sums[j] > 0 {
					next[i] += damping * links[j][i] / sums[j] * rank[j]
				}
			}
		}
		rank = next
	}
	return rank
}

func links(sentences []string) (weights [][]float64, sums []float64) {
	n := len(sentences)
	stems := make([]map[string]bool, n)
	for i, s := range sentences {
		stems[i] = Stems(s)
	}
	weights, sums = make([][]float64, n), make([]float64, n)
	for i := range n {
		weights[i] = make([]float64, n)
		for j := range n {
			if i == j || len(stems[i]) < 2 || len(stems[j]) < 2 {
				continue
			}
			shared := Overlap(stems[i], stems[j]) * float64(min(len(stems[i]), len(stems[j])))
			weights[i][j] = shared / (math.Log(float64(len(stems[i]))) + math.Log(float64(len(stems[j]))))
			sums[i] += weights[i][j]
		}
	}
	return weights, sums
}

// Phrase is a sequence of words that a text keeps returning to.
type Phrase struct {
	Text  string // lower case
	Count int
	score float64
}

// KeyPhrases returns up to n phrases of one to three words that text keeps returning to,
// most significant first: longer and more frequent ones win. English only.
func KeyPhrases(text string, n int) []Phrase {
	found := map[string]*Phrase{}
	for _, s := range SentenceTexts(text) {
		for _, run := range runs(s) {
			collect(found, run)
		}
	}
	list := make([]Phrase, 0, len(found))
	for _, p := range found {
		words := float64(strings.Count(p.Text, " ") + 1)
		p.score = float64(p.Count) * (0.5 + words/2)
		if p.Count > 1 || words > 1 {
			list = append(list, *p)
		}
	}
	slices.SortFunc(list, func(a, b Phrase) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.Text, b.Text))
	})
	return apart(list, n)
}

// runs splits a sentence into sequences of words that carry a subject.
func runs(sentence string) [][]string {
	var out [][]string
	var run []string
	last := 0
	for _, r := range WordRanges(sentence) {
		word := Fold(r.In(sentence))
		if strings.ContainsAny(sentence[last:r.Start], ",;:()\"“”.") || StopWord(word) {
			out, run = append(out, run), nil
		}
		last = r.End
		if !StopWord(word) && !unicode.IsDigit([]rune(word)[0]) && len([]rune(word)) > 2 {
			run = append(run, word)
		}
	}
	return append(out, run)
}

func collect(found map[string]*Phrase, run []string) {
	for i := range run {
		for j := i + 1; j <= min(i+3, len(run)); j++ {
			if verb(run[i]) || verb(run[j-1]) || endsLikeVerb(run[j-1]) {
				continue
			}
			text := strings.Join(run[i:j], " ")
			if found[text] == nil {
				found[text] = &Phrase{Text: text}
			}
			found[text].Count++
		}
	}
}

// verb keeps phrases from starting or ending with what is mostly a verb.
func verb(w string) bool {
	return strings.Contains(" show shows make makes made take takes took give gives gave come comes came go goes went "+
		"keep keeps kept start starts use uses help helps helped need needs know see find found write say says said "+
		"want wants ", " "+w+" ")
}

func endsLikeVerb(w string) bool {
	return strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ly")
}

// apart returns the first n phrases of which none is part of another.
func apart(list []Phrase, n int) []Phrase {
	var out []Phrase
	for _, p := range list {
		inside := slices.ContainsFunc(out, func(o Phrase) bool {
			return strings.Contains(" "+o.Text+" ", " "+p.Text+" ") || strings.Contains(" "+p.Text+" ", " "+o.Text+" ")
		})
		if !inside {
			out = append(out, p)
		}
		if len(out) == n {
			break
		}
	}
	return out
}

package compose

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// addresses have no place in a title.
var addresses = regexp.MustCompile(`https?://\S+`)

// title returns the topic as a title. A number of entries that the text does not have
// is left out: it would be a promise.
func (s *assembler) title(topic string, entries int) string {
	t := strings.TrimRight(prose.Line(addresses.ReplaceAllString(prose.Plain(topic), "")), " .,;:。")
	if m := counted.FindStringSubmatchIndex(t); m != nil && !promised(t[m[4]:m[5]], entries) {
		t = t[:m[4]] + capital(t[m[6]:])
	}
	if t == "" {
		t = strings.TrimRight(prose.Line(topic), " .,;:。")
	}
	if s.format.BareTitle {
		t = bareTitle(t, s.format.Words[tag(s.brief.Language)].Topic)
	}
	return capital(t)
}

// bareTitle takes the name of a format off the beginning of a topic: "Job ad: " and
// "listing for ".
func bareTitle(topic string, names cues) string {
	for _, mark := range []string{": ", " : ", "：", " for ", " für ", " pour ", " para "} {
		head, rest, ok := strings.Cut(topic, mark)
		if ok && len(strings.Fields(head)) <= 4 && rest != "" && names.score(newText(head)) > 0 {
			return rest
		}
	}
	return topic
}

// promised reports whether a number in figures or words is n.
func promised(said string, n int) bool {
	fields := strings.Fields(prose.Fold(said))
	last := fields[len(fields)-1]
	for _, list := range []string{
		"0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
		"_ _ two three four five six seven eight nine ten _ twelve",
		"_ _ zwei drei vier fünf sechs sieben acht neun zehn _ zwölf",
		"_ _ deux trois quatre cinq six sept huit neuf dix",
		"_ _ dos tres cuatro cinco seis siete ocho nueve diez",
	} {
		if slices.Index(strings.Fields(list), last) == n {
			return true
		}
	}
	return false
}

// entries is how many statements a title may count.
func (s *assembler) entries() int {
	n := len(s.slots[s.format.KeyPoints])
	if s.lead != nil && !s.lead.fact && !s.format.Counts {
		n++
	}
	return n
}

// shorten returns a title of at most limit characters. It ends where a phrase ends: at
// a mark, else before a word that joins phrases; "" where there is no such place.
func shorten(title, language string, limit int) string {
	if utf8.RuneCountInString(title) <= limit {
		return title
	}
	cut := string([]rune(title)[:limit+1])
	for _, mark := range []string{" – ", " — ", " | ", "? ", ": ", " : ", "; ", " (", ", ", "：", "、", "。"} {
		if i := strings.LastIndex(cut, mark); i > 0 && utf8.RuneCountInString(cut[:i]) >= 12 {
			if mark == "? " {
				i++
			}
			return strings.TrimSpace(cut[:i])
		}
	}
	stop := strings.Fields(load().words[language].Stop)
	words := strings.Fields(cut[:max(0, strings.LastIndexByte(cut, ' '))])
	for i := len(words) - 1; i >= 3; i-- {
		if !slices.Contains(stop, prose.Fold(words[i])) {
			continue
		}
		for i > 0 && slices.Contains(stop, prose.Fold(words[i-1])) {
			i--
		}
		if i >= 3 {
			return strings.TrimRight(strings.Join(words[:i], " "), ",;:")
		}
	}
	return ""
}

// letters are those that a language writes with others in an address.
var letters = map[string]*strings.Replacer{
	"de": strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss", "ẞ", "SS"),
}

// longestSlug is how many words an address may have.
const longestSlug = 7

// Slug makes the part of an address from a title: at most seven words and 60
// characters, without words that only join others where there are more. German umlauts
// are written out.
func Slug(title, language string) string {
	language = tag(language)
	if r := letters[language]; r != nil {
		title = r.Replace(title)
	}
	words := strings.Fields(title)
	if len(words) > longestSlug {
		stop := strings.Fields(load().words[language].Stop)
		words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(stop, prose.Fold(w)) })
	}
	words = words[:min(len(words), longestSlug)]
	return prose.Slug(strings.Join(words, " "), 60)
}

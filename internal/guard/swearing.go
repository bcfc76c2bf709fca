package guard

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// swearing is a short list of words that do not belong in the published texts of a
// business, in the languages that most models write. They are masked when shown.
const swearing = `fuck fucking fucked fucker motherfucker shit shitty bullshit asshole bitch bastard cunt dickhead wanker bollocks
twat slut whore faggot nigger nigga retard scheisse scheiße arschloch fotze wichser hurensohn putain merde
connard connasse salope enculé enculer foutre mierda puta gilipollas cabrón coño joder pendejo cazzo cazzate
stronzo stronza stronzate vaffanculo minchia merda caralho porra foda foder bosta kurwa klootzak godverdomme
kutzooi motherfucking arsehole pissed fuckup fucks shite dumbass jackass scheiß scheiss scheißegal verpiss arsch
ficken fickt gefickt arschlöcher arschloecher hurensöhne hurensoehne beschissen beschissene beschissener
beschissenes schlampe schlampen ficker fotzen fuckers bitches bastards cunts assholes dickheads motherfuckers
wankers shits shitting shittiest sluts whores faggots twats putains connards connasses salopes enculés salaud
salauds conneries merdique merdiques emmerder bordélique mierdas gilipollez cabrones cabrona coños pendejos
pendeja hijoputa putas puto putos cojones cojonudo follar jodido jodida cazzi cazzata stronzi stronzata coglione
coglioni puttana puttane fottuto fottuta fottuti incazzato incazzata troie caralhos merdas cabrões foda-se
fodido fodida fodidos puta-que-pariu porras klootzakken godverdommes verneukt neuken hoerenzoon mongool
chier chié chiant chiante chiants chiantes emmerde emmerdes branleur branleurs pute putes niquer
verarscht angepisst arschkalt kackscheiß cagada cagadas cagar mierdoso cagata cagate merdoso merdosa
rompicoglioni teringlijer kankerzooi klerezooi cagado fodeu filho-da-puta`

// innocent are the languages in which a word of the list is an everyday one.
var innocent = map[string]string{"slut": " sv da no nb nn ", "retard": " fr ", "puta": " sw ", "puto": " fi ", "puttana": " fi ", "troie": " fr ", "twat": " pl ",
	"porra": " sv ", "foda": " no nb nn ",
	"bosta": " hr sr "}

// cursed are beginnings of compounds that are swear words whatever follows, by language; in German and Dutch what
// follows is a part of the word.
var cursed = map[string][]string{
	"de": {"scheiß", "scheiss", "scheisz", "arschloch", "verfickt"},
	"nl": {"kut", "klote", "godverd"},
	"":   {"motherfuck", "bullshit", "clusterfuck", "scheiß", "scheiss"},
}

// swearPattern finds swear words of Japanese, which has no spaces: クソ is also a part of names such as ジャクソン.
var swearPattern = compile(`(?:^|[^ァ-ヶー])(クソ)(?:[^ァ-ヶー]|$|ゲー|ッ|野郎|ッタレ)|(馬鹿野郎|バカ野郎|ばか野郎|バカヤロ|くそったれ|クソッタレ|くそ野郎|糞野郎|糞ったれ|くたばれ|畜生め|ちくしょうめ|死ねよ|ふざけんな|ふざけるな|ファック)`)

//nolint:gochecknoglobals // the list above as a set
var swearWords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(swearing) {
		set[w] = true
		if !strings.Contains(w, "ñ") { // "cono" is a cone
			set[withoutAccents(w)] = true
		}
	}
	return set
})

// withoutAccents returns a word as people write it who leave accents out.
func withoutAccents(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

func profanity(t *target) []domain.Finding {
	bad, text := swearWords(), t.words.Text
	language, _, _ := strings.Cut(strings.ToLower(t.Language), "-")
	var places []prose.Range
	for _, r := range t.wordRanges() {
		if r.End-r.Start < 3 || r.End-r.Start > 40 {
			continue
		}
		word := norm.NFC.String(prose.Fold(r.In(text)))
		if !bad[word] && !isCursed(language, word) || language != "" && among(innocent[word], language) ||
			harmless(text, word, r) {
			continue
		}
		places = append(places, r)
	}
	for _, part := range t.inWords.of(swearPattern) {
		for _, l := range swearPattern.whole.get().FindAllStringSubmatchIndex(part.In(text), -1) {
			r := firstGroup(l)
			places = append(places, prose.Range{Start: part.Start + r.Start, End: part.Start + r.End})
		}
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{t.finding(domain.SeverityWarning,
		"Swear words put readers off. Use other words.", places, firstLetter)}
}

func isCursed(language, word string) bool {
	if hasAnyPrefix(word, "kutter") { // a ship
		return false
	}
	return hasAnyPrefix(word, cursed[""]...) || hasAnyPrefix(word, cursed[language]...)
}

// harmless knows set phrases in which a word of the list offends nobody.
func harmless(text, word string, r prose.Range) bool {
	switch word {
	case "fucking": // a village
		return strings.HasPrefix(r.In(text), "F") && slices.ContainsFunc(wordsBefore(text, r.Start, 1),
			func(w string) bool { return among(" in of from to near ", w) })
	case "retard":
		before := wordsBefore(text, r.Start, 1)
		return len(before) == 1 && among(" en le de du sans mon son ton un ce ", before[0])
	case "bastard":
		after := strings.TrimLeft(text[r.End:], " ")
		for _, next := range []string{"file", "sword", "title", "sugar", "cut", "amber"} {
			if strings.HasPrefix(after, next) {
				return true
			}
		}
	}
	return false
}

func firstLetter(s string) string {
	r := []rune(s)
	return string(r[:1]) + strings.Repeat("*", len(r)-1)
}

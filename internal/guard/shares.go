package guard

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// What a text says of parts and growth in words: two thirds of the guests, tripled since spring.
//
//nolint:gochecknoglobals // tables, put together once
var (
	fractionPatterns = branches(words(
		"(?:two|three|four|five|six|seven|eight|nine)[ -](?:thirds|fifths|sixths|sevenths|eighths|ninths|tenths)",
		"three[ -]quarters of", "(?:a|one)[ -](?:third|quarter|fifth|tenth) of (?:all|our|their|the|people|customers|users|companies|households|adults)",
		"(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun) ?(?:drittel|fünftel|sechstel|achtel|zehntel)",
		"drei ?viertel (?:der|aller|unserer|des|ihrer|von)", "(?:ein|einem|das) (?:drittel|viertel|fünftel|zehntel) (?:der|aller|unserer|des|ihrer)",
		"deux tiers", "(?:deux|trois|quatre) (?:cinquièmes|dixièmes)", "trois quarts (?:des|du|de nos|de la|de leurs|d.entre)",
		"un (?:tiers|quart|cinquième|dixième) (?:des|de nos|de leurs|d.entre)",
		"dos tercios", "dos terceras partes", "tres cuart(?:os|as partes) (?:de los|de las|del|de la|de nuestr[oa]s|de sus)",
		"(?:dos|tres|cuatro) quint(?:os|as partes)", "(?:un tercio|una cuarta parte|una tercera parte|una quinta parte) de (?:los|las|nuestr[oa]s|sus)",
		"due terzi", "tre quarti (?:dei|degli|delle|della|del)", "(?:due|tre|quattro) quinti", "un (?:terzo|quarto|quinto) (?:dei|degli|delle|della)",
		"dois terços", "três quartos (?:dos|das|do|da)", "(?:dois|três|quatro) quintos", "um (?:terço|quarto|quinto) (?:dos|das)",
		"twee ?derde", "drie ?kwart van", "(?:twee|drie|vier) ?vijfde", "een (?:derde|kwart|vijfde) van (?:de|onze|alle)",
		"[0-9]{1,2}分の[0-9]{1,2}",
	), true)
	multiplePatterns = branches(words(
		"(?:has|have|had|been|more than|almost|nearly|over|we|sales|orders|revenue) (?:more than |almost |nearly |over |since )?(?:tripled|quadrupled|quintupled)",
		"(?:more than|almost|nearly) doubled", "(?:three|four|five|six|seven|eight|ten|twenty) times (?:as \\pL+|more|faster|cheaper|longer|better|fewer)",
		"(?:three|four|five|ten)-?fold",
		"(?:verdreifach|vervierfach|verfünffach|verzehnfach)(?:t|te|ten|en)", "(?:mehr als|fast|nahezu|beinahe) (?:verdoppelt|halbiert)",
		"(?:drei|vier|fünf|sechs|acht|zehn)mal (?:so \\pL+|mehr|schneller|weniger)",
		"(?:a|ont|avait|avaient) (?:plus que |presque |quasiment |même )?(?:triplé|quadruplé|quintuplé)e?s?",
		"(?:plus que|presque) doublé", "multipliée?s? par (?:deux|trois|quatre|cinq|six|dix)", "(?:trois|quatre|cinq|six|dix) fois (?:plus|moins)",
		"(?:se|ha|han|hemos|habían?|casi) (?:han |ha |casi )?(?:triplicado|cuadruplicado|quintuplicado)", "(?:triplic|cuadruplic)(?:ó|aron)",
		"multiplic\\pL+ por (?:dos|tres|cuatro|cinco|diez)", "(?:tres|cuatro|cinco|seis|diez) veces (?:m.s|menos)",
		"(?:triplicat|quadruplicat|quintuplicat)[oaie]", "moltiplicat[oaie] per (?:due|tre|quattro|cinque|dieci)", "(?:tre|quattro|cinque|sei|dieci) volte (?:pi.|tanto|meno)",
		"(?:triplic|quadruplic|quintuplic)(?:ou|aram|ámos|amos)", "(?:tem|têm|tinha|foi|foram) (?:triplicad|quadruplicad)[oa]s?", "(?:três|quatro|cinco|seis|dez) vezes (?:mais|menos)",
		"(?:verdrievoudig|verviervoudig|vertienvoudig)(?:d|de|den)", "(?:bijna|meer dan|ruim) (?:verdubbeld|gehalveerd)", "(?:drie|vier|vijf|zes|tien) keer (?:zo \\pL+|meer|sneller|minder)",
		"[二三四五六十]倍",
	), true)
	// measured follows a fraction of an hour, of a dough, of the way: no claim.
	measured = regexp.MustCompile(
		`(?i)^(?:,? ?(?:of |d['’]|de |du |van |di |del |della |dello |dell['’]|do |da )?)(?:(?:an?|the|all|einer?|une?|una?|het|een|de|der|des|den|la|le|il|o|a|massa|el|l['’]) ?){0,2}` +
			`(?:hours?|cups?|teaspoons?|tablespoons?|pints?|pounds?|inch|miles?|way|year|century|season|book|distance|dough|batter|mixture|butter|flour|` +
			`water|milk|sugar|cream|sauce|filling|height|length|width|depth|page|screen|stunden?|teig\pL*|masse|mehl\pL*|butter|zucker\pL*|milch|wegs|strecke|` +
			`jahres|heure|pâte|mélange|farine|beurre|sucre|lait|chemin|hora|masa|mezcla|harina|azúcar|leche|camino|ora|impasto|farina|zucchero|latte|` +
			`burro|farinha|açúcar|leite|manteiga|caminho|uur|deeg|beslag|bloem|suiker|melk|boter|weg)(?:[^\pL]|$)`,
	)
)

// measuredHan stands before a fraction.
var measuredHan = regexp.MustCompile(`(?:砂糖|小麦粉|粉|バター|牛乳|生地|水|クリーム|生クリーム|塩|油|量|道のり|高さ|長さ|幅)(?:の|を)?$`)

// denominators are how the names of parts begin, in all languages together.
var denominators = []struct {
	starts string
	of     int
}{
	{" third drittel tiers terc terz terç derde ", 3},
	{" quarter viertel quart cuart kwart ", 4},
	{" fifth fünf quint cinqui vijf ", 5},
	{" sixth sechst ", 6}, {" seventh ", 7}, {" eighth achtel ", 8}, {" ninth ", 9},
	{" tenth zehnt dixi ", 10},
}

// factors are how verbs of growth begin, and the words for what grew how many times.
var factors = []struct {
	starts string
	times  int
}{
	{" doubl verdopp halb verdubb gehalv ", 2},
	{" tripl verdreif triplic verdrievoud ", 3},
	{" quadrupl vervierf cuadrupl verviervoud ", 4},
	{" quintupl verfünff ", 5},
	{" verzehnf vertienvoud ", 10},
}

// partsOf finds fractions in words, multiplesOf what has grown some times. h is what the gate has seen in the text.
func partsOf(text string, h hits) (out []spelledNumber) {
	for _, r := range oneOf(text, h, fractionPatterns()) {
		rest := text[r.End:min(len(text), r.End+40)]
		if measured.MatchString(rest) || measured.MatchString(lastPart(r.In(text))+rest) ||
			measuredHan.MatchString(text[:r.Start]) {
			continue
		}
		n := spelledNumber{place: r, parts: 1}
		said := strings.ToLower(r.In(text))
		if of, part, ok := strings.Cut(said, "分の"); ok {
			n.value, n.of = part, of
			out = append(out, n)
			continue
		}
		n.value, n.of = "1", ""
		for _, w := range strings.FieldsFunc(said, func(r rune) bool { return r == ' ' || r == '-' }) {
			if v := numeralStart(w); v > 1 && n.value == "1" {
				n.value = strconv.Itoa(v)
			}
			for _, d := range denominators {
				for start := range strings.FieldsSeq(d.starts) {
					if n.of == "" && strings.Contains(w, start) {
						n.of = strconv.Itoa(d.of)
					}
				}
			}
		}
		if n.of != "" {
			out = append(out, n)
		}
	}
	return out
}

// lastPart returns the last word of a phrase with a space after it.
func lastPart(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// numeralStart returns the number that a word is or begins with: 3 for driekwart; 0 if it is none.
func numeralStart(word string) int {
	table := numeralWords()
	for size := len(word); size > 2; size-- {
		if size == len(word) || utf8.RuneStart(word[size]) {
			if v := table.values[word[:size]]; v > 0 && v < 10 {
				return v
			}
		}
	}
	return 0
}

func multiplesOf(text string, h hits) (out []spelledNumber) {
	for _, r := range oneOf(text, h, multiplePatterns()) {
		said := strings.ToLower(r.In(text))
		times := 0
		for _, w := range strings.Fields(said) {
			if v := numeralStart(w); v > 1 {
				times = v
			} else if v := numeralWords().values[w]; v > 1 {
				times = v
			}
			for _, f := range factors {
				for start := range strings.FieldsSeq(f.starts) {
					if strings.HasPrefix(w, start) {
						times = f.times
					}
				}
			}
		}
		if i := strings.Index("二2三3四4五5六6", string([]rune(said)[:1])); times == 0 && i >= 0 {
			times = int("二2三3四4五5六6"[i+len("二")] - '0')
		}
		out = append(out, spelledNumber{place: r, value: strconv.Itoa(max(times, 2)), parts: 1, times: true})
	}
	return out
}

// oneOf returns where one of several patterns stands, in order and apart.
func oneOf(text string, h hits, all []*pattern) (out []prose.Range) {
	for _, p := range all {
		out = append(out, phrases(text, h, p)...)
	}
	return apart(out)
}

// hasMultiple reports whether the brief says that something grew as many times: as a factor, in percent, or by two
// figures of which one is about as many times the other.
func (a *amounts) hasMultiple(n spelledNumber) bool {
	times, _ := strconv.ParseFloat(n.value, 64)
	if a.values[n.value] || a.values[strconv.FormatFloat((times-1)*100, 'f', -1, 64)] {
		return true
	}
	var all []float64
	for v := range a.values {
		if f, err := strconv.ParseFloat(v, 64); err == nil && f > 0 {
			all = append(all, f)
		}
	}
	slices.Sort(all)
	for _, small := range all[:min(len(all), 50)] {
		i, _ := slices.BinarySearch(all, small*times*0.85)
		if i < len(all) && math.Abs(all[i]-small*times) <= small*times*0.15 {
			return true
		}
	}
	return false
}

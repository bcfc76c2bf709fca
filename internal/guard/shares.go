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
		"(?:more than|over|well over|nearly|almost|around|about|roughly|less than|under|fewer than|just under|just over) (?:a |one )?(?:half|third|quarter|fifth|tenth) (?:of )?(?:all |the |our |their |its |those )?\\pL{3,}",
		"half (?:of )?(?:all (?:of )?our|our|all) \\pL{3,}",
		"(?:mehr als|weit über|fast|knapp|gut|rund|weniger als|nahezu|beinahe|etwa) (?:die hälfte|ein drittel|ein viertel|ein fünftel|ein zehntel) (?:der|aller|unserer|des|ihrer|unseres|von)", "(?:die )?hälfte (?:aller|unserer|unseres)",
		"(?:plus|près|moins|environ|presque|autour) (?:de |d.)?(?:la moitié|un tiers|un quart|un cinquième|un dixième) (?:des|de nos|de la|de leurs|de tous|du|d.entre)", "la moitié (?:de nos|de tous|d.entre)",
		"(?:m.s|menos|casi|cerca|alrededor) (?:de )?(?:la mitad|un tercio|un cuarto|la cuarta parte|la tercera parte|una cuarta parte|una tercera parte|la quinta parte) (?:de (?:los|las|la|nuestr[oa]s|sus|el)|del)", "la mitad de (?:nuestr[oa]s|todos|todas)",
		"(?:pi.|meno|quasi|circa|oltre|poco pi.) (?:della |di |la )?(?:metà|un terzo|un quarto|un quinto) (?:dei|degli|delle|della|del|di tutti|di tutte)", "(?:la )?metà (?:dei|delle|degli) (?:nostri|nostre|clienti|iscritti|soci|italiani)",
		"(?:meer dan|bijna|ruim|ongeveer|minder dan|zowat|circa|krap) (?:de helft|een derde|een kwart|een vijfde|een tiende) van (?:de|onze|alle|het|haar|hun)", "de helft van (?:onze|alle)",
		"(?:mais|menos|quase|cerca|perto) (?:de |d)?(?:a )?(?:metade|um terço|um quarto|um quinto) (?:dos|das|do|da|de todos|de todas)", "metade (?:dos|das) (?:nossos|nossas|clientes|alunos|sócios|portugueses|brasileiros)",
		"(?:半数|過半数)(?:以上|近く)?(?:の|が|は|を|に)", "[二三四五六七八九十]分の[一二三四五六七八九]", "[一二三四五六七八九]割(?:以上|近く|強|弱|ほど|を|が|の|は|も)",
		"[二三四五六七八九十百](?:人|社|名|世帯|軒|組|店|件)(?:に|中|のうち|あたり)、?[一二三四五六七八九](?:人|社|名|世帯|軒|組|店|件)",
		"(?:by|up|down) (?:more than |almost |nearly |over |about )?(?:a|one|two|three) (?:half|thirds?|quarters?|fifths?|tenths?)\\b", "um (?:fast |mehr als |rund |knapp |gut |über )?(?:ein|zwei|drei|die) ?(?:drittel|viertel|fünftel|zehntel|hälfte)",
		"(?:bondi|augment\\pL+|baiss\\pL+|progress\\pL+|chut\\pL+|recul\\pL+|rédui\\pL+|grimp\\pL+|diminu\\pL+|cr.|fondu) (?:de près |de plus |de presque )?(?:d.un|de deux|d.une|de|de la) (?:tiers|quart|cinquième|dixième|moitié)",
		"(?:aument|creci|crece|ca.d|reduc|reduj|dismin|subid|bajad|crecid)\\pL* (?:en |casi |m.s de )*(?:un tercio|un cuarto|una cuarta parte|una tercera parte|un quinto|una quinta parte|la mitad)", "(?:aument|cresc|cresi|calat|dimin|ridott|scend|sces|salit)\\pL* (?:di )(?:quasi |oltre |circa )?(?:un terzo|un quarto|un quinto|la metà)",
		"met (?:bijna |ruim |meer dan )?(?:een|twee|drie|de) ?(?:derde|kwart|vijfde|helft) (?:gedaald|gestegen|gegroeid|toegenomen|afgenomen|gekrompen|minder|meer|gezakt|verminderd|gekelderd)", "(?:cresc|aument|subi|ca.r|diminu|reduzi|baix)\\pL* (?:em |quase |mais de )*um (?:quarto|quinto)", "(?:cresc|aument|subi|ca.r|diminu|reduzi|baix)\\pL* (?:em |quase |mais de )*um ter\\pL+", "[一二三四五六七八九](?:割)(?:増|減)",
		"(?:einer?|jede[rsn]?|jeder) (?:dritte|vierte|fünfte|zehnte)[nr]? (?:\\pL+ )?(?:kund\\pL+|deutsche|haushalt|mensch|gast|patient\\pL*|leser\\pL*|mitglied\\pL*|besucher\\pL*|nutzer\\pL*|schüler\\pL*|erwachsene|betrieb|unternehmen|teilnehmer\\pL*|bewohner\\pL*|käufer\\pL*)",
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
		"(?:has|have|had|we|sales|orders|revenue|bookings|visits|members|membership|turnover|numbers) (?:\\pL+ )?doubled", "doubled (?:in|since|within|over|during|last|this|our|their|its) (?:\\pL+ ){0,2}(?:years?|months?|weeks?|spring|summer|autumn|winter|season|sales|turnover|revenue|membership|output|january|may|june|september)",
		"(?:hat|haben|hatte|wurden?) (?:\\pL+ ){0,6}(?:verdoppelt|halbiert)", "(?:verdoppelte|verdoppelten|halbierte|halbierten) (?:sich|wir|die|der|das)", "(?:umsatz|zahl|mitgliederzahl|nachfrage|besucherzahl\\pL*) (?:\\pL+ ){0,8}(?:verdoppelt|halbiert)",
		"(?:a|ont|avait|avons|avaient|s.est|se sont) (?:plus que |presque |quasiment |même |été )?(?:doublé|divisé)e?s? (?:en|depuis|par|cette|ce|notre|nos|leur|l.an|son|ses)", "(?:ventes|ventas|vendite|vendas|effectifs|chiffre d.affaires|adhérents) (?:\\pL+ )?(?:ont|a|han|sono) (?:\\pL+ )?doublé",
		"(?:se )?(?:ha|han|hemos|habían?) (?:\\pL+ )?duplicado", "(?:se )?(?:duplic.|duplicaron|duplicamos|duplicaram|duplicou|dobrou|dobraram|dobrámos|duplicámos) (?:en|desde|el|la|las|los|em|o|a|os|as|este|nuestr[oa]s?|su|sus|no|na|num|numa)",
		"(?:.|sono|ha|hanno|abbiamo|si .|si sono) (?:\\pL+ )?(?:raddoppiat[oaie]|dimezzat[oaie])", "(?:is|zijn|heeft|hebben|werd) (?:\\pL+ ){0,6}(?:verdubbeld|gehalveerd)", "(?:verdubbelde|verdubbelden|halveerde) (?:het|de|ons|onze|zich)", "(?:tem|têm|foi|foram|mais do que) (?:\\pL+ )?(?:duplicad[oa]s?|duplicado|dobrado|duplicou|dobrou)",
		"(?:倍増|半減)(?:し|です|を|と)", "(?:倍|2倍|２倍|二倍)(?:に(?:なり|増え|伸び)|以上に|となり)",
	), true)
	// grows is what doubles in a kitchen, and how.
	grows = regexp.MustCompile(
		`(?i)\b(?:dough|batter|rise|risen|size|bulk|volume[ns]?|volumen|teig\pL*|p.te|masa|impasto|lievit\pL*|deeg|massa|tamaño|tamanho|omvang|gr..e|hefe\pL*)\b|生地|発酵`,
	)
	// measured follows a fraction of an hour, of a dough, of the way: no claim.
	measured = regexp.MustCompile(
		`(?i)^(?:,? ?(?:of |d['’]|de |du |van |di |del |della |dello |dell['’]|do |da )?)(?:(?:an?|the|all|einer?|une?|una?|het|een|de|der|des|den|la|le|il|o|a|massa|el|l['’]) ?){0,2}` +
			`(?:hours?|cups?|teaspoons?|tablespoons?|pints?|pounds?|inch|miles?|way|year|century|season|book|distance|dough|batter|mixture|butter|flour|` +
			`water|milk|sugar|cream|sauce|filling|height|length|width|depth|page|screen|stunden?|teig\pL*|masse|mehl\pL*|butter|zucker\pL*|milch|wegs|strecke|` +
			`jahres|heure|pâte|mélange|farine|beurre|sucre|lait|chemin|hora|masa|mezcla|harina|azúcar|leche|camino|ora|impasto|farina|zucchero|latte|` +
			`burro|farinha|açúcar|leite|manteiga|caminho|sendero|sentiero|pad|path|trail|walk|route|ruta|tocht|strecke|weges|caminho|recorrido|percorso|percurso|etapa|parcours|sentier|uur|deeg|beslag|bloem|suiker|melk|boter|weg)(?:[^\pL]|$)`,
	)
)

// measuredHan stands before a fraction.
var measuredHan = regexp.MustCompile(`(?:砂糖|小麦粉|粉|バター|牛乳|生地|水|クリーム|生クリーム|塩|油|量|道のり|高さ|長さ|幅)(?:の|を)?$`)

// denominators are how the names of parts begin, in all languages together.
var denominators = []struct {
	starts string
	of     int
}{
	{" half hälfte moitié mitad metà metade helft ", 2},
	{" third dritte drittel tiers terc terz terç derde ", 3},
	{" quarter vierte viertel quart cuart kwart ", 4},
	{" fifth fünfte fünf quint cinqui vijf ", 5},
	{" sixth sechst ", 6}, {" seventh ", 7}, {" eighth achtel ", 8}, {" ninth ", 9},
	{" tenth zehnt dixi tiende ", 10},
}

// factors are how verbs of growth begin, and the words for what grew how many times.
var factors = []struct {
	starts string
	times  int
}{
	{" doubl verdopp halbier verdubb gehalv halve duplic dobr raddopp dimezz 倍増 半減 ", 2},
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
		if strings.ContainsAny(said, "分割数人社名世帯軒組店件") {
			n.value, n.of = shareHan(said)
			if n.of != "" {
				out = append(out, n)
			}
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

// hanDigits are the numerals from one to ten.
const hanDigits = "一二三四五六七八九十"

// digitsOfHan writes those numerals as digits.
func digitsOfHan(s string) string {
	var b strings.Builder
	for _, r := range s {
		if i := strings.IndexRune(hanDigits, r); i >= 0 {
			b.WriteString(strconv.Itoa(i/len("一") + 1))
		} else if r == '百' {
			b.WriteString("100")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shareHan returns the part and the whole of a fraction in Japanese: 三分の二, 八割, 半数, 五人に一人.
func shareHan(said string) (part, of string) {
	if strings.Contains(said, "半数") {
		return "1", "2"
	}
	said = digitsOfHan(said)
	if of, part, ok := strings.Cut(said, "分の"); ok {
		return part, of
	}
	if part, _, ok := strings.Cut(said, "割"); ok {
		return part, "10"
	}
	n := strings.FieldsFunc(said, func(r rune) bool { return r < '0' || r > '9' })
	if len(n) == 2 && isShare(n[1], n[0], "") {
		return n[1], n[0]
	}
	return "", ""
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
		if grows.MatchString(strings.ToValidUTF8(text[max(0, r.Start-60):min(len(text), r.End+40)], "")) {
			continue
		}
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

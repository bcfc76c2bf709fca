package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The claims of [claimRules] in German, French, Spanish, Italian, Portuguese, Dutch and Japanese.
//
//nolint:gochecknoglobals // tables, put together once
var (
	financeWords = words(
		"(?:garantierte|sichere|zugesicherte|feste)[rn]? (?:rendite|gewinne?|erträge|zinsen|einnahmen)", "(?:rendite|gewinn|erträge) (?:sind |ist )?(?:zugesichert|sicher)\\b", "(?:schnell|über nacht) reich", "verdoppeln sie ihr (?:geld|kapital|vermögen|einkommen)",
		"passive[sm]? einkommen", "passive einkünfte", "finanzielle[nr]? freiheit", "verdopple dein(?:en?)? (?:geld|kapital|einkommen|umsatz)",
		"(?:rendements?|gains?|profits?|bénéfices?|revenus?|intérêts?) (?:est |sont |100 ?% )?(?:garantis?|assurés?)", "gain sûr", "double[zr]? (?:votre|ton) (?:argent|capital|mise|investissement)", "(?:devenir|devenez|deviens) riche", "revenus? passifs?", "liberté financière",
		"(?:rentabilidad|ganancias?|beneficios?|ingresos|retornos?|intereses) (?:est.n? )?(?:garantizad|asegurad)[oa]s?", "(?:duplica|duplique) (?:tu|su) (?:dinero|capital|inversión)", "(?:hazte|h.gase) rico", "ingresos pasivos", "libertad financiera",
		"(?:rendiment[oi]|guadagn[oi]|profitt[oi]|utili|interessi|rendit[ae]) (?:garantit|assicurat)[oaie]", "raddoppia(?:te)? (?:i (?:tuoi|vostri) soldi|il (?:tuo|vostro) capitale)", "(?:diventa(?:re)?|diventate) ricc[oh]i?", "rendita passiva",
		"libertà finanziaria",
		"(?:rentabilidade|ganhos?|lucros?|retornos?|rendimentos?|juros) (?:garantid|assegurad)[oa]s?", "(?:dobre|duplique) (?:o )?seu (?:dinheiro|capital)", "fique rico", "renda passiva",
		"liberdade financeira",
		"(?:gegarandeerde?|verzekerde|zekere?) (?:rendement(?:en)?|winst(?:en)?|opbrengst(?:en)?|inkomsten)", "(?:rendement|winst|opbrengst) (?:is )?gegarandeerd", "verdubbel (?:je|uw) (?:geld|inleg)", "slapend rijk", "snel rijk", "passief inkomen",
		"financiële vrijheid",
		"(?:lucros?|retornos?|rendimentos?) garantidos?", "(?:beneficios?|rendimientos?|ingresos|retornos?) garantizados?", "(?:profitt[oi]|utili) garantit[oi]",
		"(?:profits?|revenus?|intérêts?) garantis?", "(?:gewinn|zinsen|rendite|erträge) (?:ist |sind )?garantiert", "(?:investi\\pL+|inver\\pL+|placement|investering|anlage) (?:\\pL+ )?(?:sin|sem|senza|sans|zonder|ohne) (?:\\pL+ )?(?:riesgos?|riscos?|rischi[o]?|risques?|risico)",
		"(?:絶対に?|必ず)[^。\\n]{0,6}損(?:を)?し(?:ない|ません)", "元本保証", "利益保証", "(?:必ず|絶対に?|確実に)(?:儲か|稼げ)", "不労所得", "楽(?:して|に)(?:稼|儲)",
	)
	promiseWords = words(
		"garantiert(?:e[rsnm]?)?", "(?:wir garantieren|garantieren wir)", "(?:völlig |absolut )?risikofrei", "(?:ganz |völlig |vollkommen )?ohne (?:jedes |jegliches |irgendein |das geringste )?risiko", "(?:keinerlei|null) risiko", "risikolos", "nie wieder probleme",
		"100 ?% (?:sicher|wirksam|zufriedenheit)",
		"(?:résultats?|succès|satisfaction|efficacité|réussite) (?:est |sont )?(?:garanti|assuré)e?s?", "nous garantissons", "sans (?:aucun |le moindre )?risques?", "zéro risque", "infaillible",
		"(?:resultados?|éxito|satisfacción|eficacia) (?:est.n? )?(?:garantizad|asegurad)[oa]s?", "(?:cero|nulo) riesgo", "garantizamos", "sin (?:ning.n )?(?:tipo de )?riesgos?", "infalible", "100 ?% (?:seguro|efectivo|eficaz)",
		"(?:risultat[oi]|successo|soddisfazione|efficacia) (?:. |sono )?(?:garantit|assicurat)[oiae]", "zero rischi", "rischio zero", "garantiamo", "senza (?:alcun |nessun )?rischi[o]?", "infallibile", "100 ?% (?:sicuro|efficace)",
		"(?:resultados?|sucesso|satisfação|eficácia) (?:garantid|assegurad)[oa]s?", "risco zero", "sem qualquer risco", "garantimos", "sem (?:nenhum )?(?:tipo de )?riscos?", "infalível", "100 ?% (?:seguro|eficaz)",
		"gegarandeerde?", "(?:wij|we) garanderen", "zonder (?:enig |het minste )?risico(?:.s)?", "geen enkel risico", "nul risico", "risicoloos", "100 ?% (?:veilig|effectief)",
		"(?:必ず|絶対に?|確実に)(?:成功|効果|合格|上が|増え|失敗し(?:ない|ません)|安全(?:です|であ|だと|と言))", "(?:成功|効果|満足)(?:を|度)?(?:100[%％])?保証", "100[%％](?:安全|成功|効果)",
	)
	bestWords = words(
		"(?:der|die|das|den|dem) \\pL{3,}ste[nrs]? (?:\\pL+ ){0,3}(?:am markt|auf dem markt|auf dem planeten|der branche|im land|deutschlands)", "(?:der|die|das) (?:zuverlässig|sicher|schnell|modern|innovativ|beliebt|leistungsstärk|günstig|einfach)ste[nrs]? (?:\\pL+ ){1,3}(?:der welt|weltweit)",
		"l[ea]s? (?:\\pL+ ){0,3}(?:la |le |les )?(?:plus|moins) \\pL+ (?:du marché|de la planète|du secteur)", "plus (?:fiables?|sûre?s?|rapides?|avancée?s?|puissante?s?|complète?s?|performante?s?) (?:\\pL+ ){0,2}(?:du monde|au monde|de france)",
		"m.s (?:fiables?|segur[oa]s?|rápid[oa]s?|avanzad[oa]s?|potentes?|complet[oa]s?|barat[oa]s?|eficaz|eficaces|modern[oa]s?|cómod[oa]s?|vendid[oa]s?|innovador[ae]?s?) (?:\\pL+ ){0,2}(?:del mundo|del mercado|del planeta|de españa)",
		"pi. (?:affidabil[ei]|sicur[oaie]|veloc[ei]|avanzat[oaie]|potent[ei]|complet[oaie]|economic[oaie]|economiche|efficac[ei]|modern[oaie]|comod[oaie]|vendut[oaie]|innovativ[oaie]) (?:\\pL+ ){0,2}(?:al mondo|del mondo|sul mercato|del mercato|d.italia)",
		"mais (?:confiáve(?:l|is)|fiáve(?:l|is)|segur[oa]s?|rápid[oa]s?|avançad[oa]s?|potentes?|complet[oa]s?|barat[oa]s?|eficaz|eficazes|modern[oa]s?|cómod[oa]s?|vendid[oa]s?|inovador[ae]?s?) (?:\\pL+ ){0,2}(?:do mundo|do mercado|do planeta|de portugal|do brasil)",
		"(?:de|het) (?:betrouwbaar|veilig|snel|modern|innovatief|populair|goedkoop|krachtig)ste (?:\\pL+ ){0,3}(?:ter wereld|op de markt|van de wereld|van nederland)",
		"世界で(?:最も|一番)(?:信頼|安全|優れ|速い|選ばれ)", "(?:業界|日本|地域)(?:で)?(?:最安|一番|トップクラス)",
		"die nummer eins", "nummer 1 (?:unter|in (?:deutschland|europa|österreich|der)|am markt|auf dem markt|bei|für)", "(?:unangefochtene|klare|unbestrittene) nummer (?:1|eins)", "wir sind die (?:besten|schnellsten|günstigsten|billigsten|zuverlässigsten|freundlichsten|sichersten)",
		"(?:besser|schneller|günstiger|sicherer|zuverlässiger) als (?:alle anderen|jede[rs]? andere|die konkurrenz|der wettbewerb)", "(?:kein|keine|keiner) andere[rs]? (?:\\pL+ ){1,6}(?:besser|schneller|günstiger|sicherer|so (?:gut|schnell|günstig|sicher))", "(?:wie|als) kein(?:e|er)? (?:zweite|andere)[rs]?", "ohnegleichen", "ohne konkurrenz",
		"nous sommes les (?:meilleure?s|plus \\pL+s|moins chers)", "(?:sans (?:égal|pareil|rival|équivalent|concurrence))e?s?", "(?:meilleure?s?|plus \\pL+) que (?:tous les autres|toutes les autres|n.importe|la concurrence)", "aucun autre \\pL+ (?:ne |n.)(?:\\pL+ ){1,6}(?:mieux|plus|aussi|autant)",
		"somos (?:los|las) (?:mejores|m.s \\pL+s)", "sin (?:rival|igual|parang.n|competencia)", "(?:mejor|m.s \\pL+) que (?:nadie|ning.n otro|cualquier otro|todos los dem.s|la competencia)", "ning.n otro (?:\\pL+ ){1,6}(?:mejor|m.s|tan)",
		"siamo (?:i|le|gli) (?:migliori|pi. \\pL+)", "senza (?:rivali|eguali|uguali|paragoni|concorrenza)", "(?:meglio|pi. \\pL+) di (?:chiunque|qualsiasi altr[oa]|tutti gli altri)", "nessun altr[oa] (?:\\pL+ ){1,6}(?:meglio|pi.|cos.)",
		"somos (?:os|as) (?:melhores|mais \\pL+s)", "sem (?:rival|igual|concorrência|paralelo)", "(?:melhor|mais \\pL+) (?:do )?que (?:ninguém|qualquer outr[oa]|todos os outros|a concorrência)", "nenhum outr[oa] (?:\\pL+ ){1,6}(?:melhor|mais|t.o)",
		"(?:wij|we) zijn de (?:beste|snelste|goedkoopste|betrouwbaarste|veiligste|voordeligste)", "zonder weerga", "(?:beter|sneller|goedkoper|veiliger) dan (?:alle andere|elke andere|ieder ander|de concurrentie|wie dan ook)", "geen (?:enkele )?andere? (?:\\pL+ ){1,6}(?:beter|sneller|goedkoper|zo (?:goed|snel))", "(?:is|zijn) de (?:beste|snelste|goedkoopste) \\pL+ (?:van|in|ter)",
		"ナンバーワン", "(?:no|№)\\.? ?1の", "(?:他に|ほかに)(?:類を見ない|ない品質)", "(?:どこ|誰|他社)よりも(?:安|速|早|優れ|良)", "右に出るものは",
		"führende[rnms]? (?:anbieter|hersteller|plattform|lösung|spezialist|unternehmen|dienstleister|partner)", "(?:der|die|das|den) beste[nr]? (?:\\pL+ ){0,2}(?:am markt|der welt|weltweit)",
		"marktführer", "marktführende[rn]?", "unschlagbar(?:e[rsn]?)?", "konkurrenzlos(?:e[rsn]?)?", "weltbeste[rsn]?",
		"leader (?:mondial|du marché|incontesté|européen)", "(?:la|le|les) meilleure?s? (?:\\pL+ ){0,3}(?:du marché|au monde|du monde)", "numéro (?:1|un) (?:en|du|mondial|de)", "imbattables?",
		"líder (?:mundial|del mercado|indiscutible|en el sector|del sector|de mercado|absoluto)", "(?:el|la|los|las) mejor(?:es)? (?:\\pL+ ){0,3}(?:del mercado|del mundo)", "número (?:1|uno) (?:en|del)", "inigualables?",
		"leader (?:mondiale|di mercato|del settore|indiscusso|assoluto|europeo)", "(?:il|la|i|le) miglior[ei]? (?:\\pL+ ){0,3}(?:sul mercato|al mondo|del mercato)", "numero (?:1|uno) (?:in|del|al)", "imbattibil[ei]",
		"(?:o|a|os|as) melhor(?:es)? (?:\\pL+ ){0,3}(?:do mercado|do mundo)", "imbatíve(?:l|is)",
		"toonaangevende (?:aanbieder|leverancier|partner|speler|platform|fabrikant)", "marktleider", "(?:de|het) beste (?:\\pL+ ){0,3}(?:op de markt|ter wereld|van nederland)", "onverslaanbare?", "de nummer (?:1|één|een) (?:in|van|voor)", "ongeëvenaarde?",
		"業界(?:No\\.?1|ナンバーワン|最高|トップ|最大手|随一)", "(?:世界|日本)(?:No\\.?1|ナンバーワン|最高(?:の|峰)|一の)", "他社の追随を許さない",
	)
	secureWords = words("(?:absolut|völlig|vollkommen|hundertprozentig|100 ?%ig) sicher(?:e[rsnm]?)?", "unhackbar(?:e[rsn]?)?", "(?:totalement|parfaitement|absolument) (?:sûre?s?|sécurisée?s?)", "impiratables?", "inviolables?",
		"(?:totalmente|completamente|absolutamente) segur[oa]s?", "(?:cien por cien|100 ?%) segur[oa]s?", "inhackeables?", "(?:completamente|totalmente|assolutamente) sicur[oaie]", "inviolabil[ei]", "inviolável", "(?:volledig|volkomen|absoluut) veilige?", "onkraakba(?:ar|re)",
		"完全に安全", "絶対に?安全")
	healthWords = words(
		"(?:heilt|heilen|kuriert|kurieren|beseitigt|beseitigen|besiegt|lindert dauerhaft) (?:\\pL{4,}(?:ig|lich|bar|haft|ell|los|tiv) |nachweislich |auch |selbst |sogar |jede[nrs]? |alle |ihre?n? |eure? |deine?n? |chronische |starke |schwere ){0,2}(?:krebs|erkältung|husten|schnupfen|heuschnupfen|gelenkschmerzen|rückenschmerzen|schlafstörungen|haarausfall|übergewicht|burnout|angst\\pL*|diabetes|depressionen|migräne|kopfschmerzen|rheuma|arthrose|arthritis|gicht|akne|asthma|allergien|neurodermitis|schuppenflechte|schlaflosigkeit|tinnitus|grippe|erkältungen|krankheiten|schmerzen|demenz|bluthochdruck|\\pL{3,}itis|\\pL{3,}ose|alle|jede|ihre?n?)",
		"(?:\\d+|\\pL+) (?:kilo|kg|pfund) (?:weniger|leichter|abnehmen|verlieren|abgenommen|schlanker)", "(?:hilft|wirkt) garantiert", "klinisch (?:erwiesen|bewiesen|getestet|geprüft)", "wundermittel", "(?:ohne|keine|keinerlei) nebenwirkungen", "(?:frei von nebenwirkungen|nebenwirkungsfrei)", "nehmen sie (?:\\pL+|\\d+) (?:kilo|kg|pfund) ab",
		"(?:guérit|guérissent|soigne|soignent|élimine|éliminent|vainc|fait disparaître) (?:\\pL+ment |vite |tous |toutes |même |à jamais |pour toujours ){0,2}(?:l.|le |la |les |vos |votre |tes |ton |ta |du |de la )?(?:rhumes?|toux|hypertension|cholestérol|ménopause|calvitie|obésité|mal de dos|maux de tête|insomnies?|dépressions?|cancer|diabète|dépression|maladies?|maux|anxiété|insomnie|migraines?|arthrose|arthrite|rhumatismes?|asthme|allergies?|eczéma|psoriasis|acné|douleurs?|grippe|stress|\\pL{3,}ite|\\pL{3,}ose)",
		"guérit (?:le|la|les|tous|toutes|votre|vos)", "cliniquement (?:prouvée?s?|testée?s?)", "sans (?:aucun )?effets? (?:secondaires?|indésirables?)", "remèdes? miracles?", "(?:perdez|perdre|perds|maigrissez de|maigrir de) (?:jusqu.à )?(?:\\pL+|\\d+) (?:kilos?|kg)", "(?:\\pL+|\\d+) (?:kilos?|kg) (?:en|de) moins",
		"(?:cura|curan|curam|curano|sana|sanan|guarisce|guariscono|elimina|eliminan|eliminano|eliminam|sconfigge|combate y cura) (?:\\pL+ment[ei] |rápido |también |anche |até |también |para siempre |per sempre |para sempre ){0,2}(?:el |la |los |las |o |a |os |as |il |lo |i |gli |le |l.|tu |tus |su |sus |seu |sua |seus |suas |tuo |tua |tuoi |vostro |vostra |a sua |o seu |todas? (?:las |as )?|tutt[ei] (?:le )?|qualsiasi )?"+
			"(?:cáncer|cancro|câncer|tumor[ei]?s?|diabetes|diabete|depresión|depressão|depressione|enfermedad(?:es)?|doenças?|malatti[ae]|ansiedade?|ansia|insomnio|insonni[ae]|insonia|resfriados?|tos\\b|jaquecas?|hipertensión|hipertensão|ipertensione|raffreddor[ei]|tosse|mal di testa|mal di schiena|cefale[ae]|dor(?:es)? de cabeça|constipações|colesterol[o]?|calvicie|obesidade?|obesità|insónia|insônia|migrañas?|emicrania|enxaquecas?|artritis|artrosis|artrite|artrosi|artrose|asma|alergias?|allergi[ae]|eczema|psoriasis|psoriasi|psoríase|acne|acné|dolor(?:es)?|dolor[ei]|dores|dor|gripe|influenza|estrés|estresse|reuma\\pL*|\\pL{3,}itis)",
		"cura (?:tu|todas?|tutt[ei])", "clínicamente (?:probad[oa]s?|comprobad[oa]s?)", "sin (?:ningún )?efectos? (?:secundarios?|adversos?)", "(?:remedio|remédio) (?:milagroso|milagre)", "(?:adelgaza|adelgace|adelgazar|pierde|pierda|perder|baja|baje|bajar|perca|perde|emagreça|emagrecer|elimine|perdi|perdete|perdere|dimagris\\pL+(?: di)?) (?:hasta |até |fino a )?(?:\\d+|\\pL+) (?:kilos?|kg|quilos|chili)", "(?:\\d+|\\pL+) (?:kilos?|kg|quilos|chili) (?:menos|a menos|in meno)",
		"clinicamente (?:testat[oaie]|provat[oaie]|dimostrat[oaie]|comprovad[oa]s?|testad[oa]s?)", "senza (?:alcun )?effett[io] collateral[ei]", "sem (?:quaisquer )?efeitos (?:colaterais|secundários|adversos)", "(?:rimedio miracoloso|cura miracolosa)",
		"(?:geneest|genezen|verhelpt|verhelpen) (?:zelfs |ook |elke |alle |uw |je |blijvend |definitief |snel ){0,2}(?:verkoudheid|hoest|hooikoorts|gewrichtspijn|rugpijn|overgewicht|haaruitval|burn-?out|angst\\pL*|kanker|diabetes|depressie|migraine|reuma|artritis|artrose|astma|eczeem|psoriasis|slapeloosheid|allergieën|ziektes?|pijn|hoofdpijn|griep|alle|elke|uw|je|\\pL{3,}itis|\\pL{3,}ose)",
		"klinisch (?:bewezen|getest)", "(?:zonder|geen|vrij van) bijwerkingen", "wondermiddel", "val (?:\\pL+|\\d+) kilo af", "(?:\\pL+|\\d+) kilo (?:afvallen|kwijt|lichter|afgevallen|minder)",
		"(?:がん|癌|糖尿病|うつ(?:病)?|高血圧|不眠症?|頭痛|アトピー|花粉症|関節痛|リウマチ|腰痛|病気|認知症|風邪)(?:が|を)(?:必ず|完全に|すぐに|きれいに|みるみる)?(?:治り|治る|治し|治す|治せ|完治|消え|なくな)", "(?:キロ|kg|㎏)(?:も)?(?:痩せ|やせ|減量|落ち)", "(?:飲む|食べる|貼る|塗る)だけで[^。\\n]{0,12}(?:痩せ|やせ|治|若返)", "副作用(?:は|が|の)?(?:一切)?(?:なし|ありません|ない|心配)", "必ず(?:痩せ|やせ|治)", "臨床的に(?:証明|実証)", "(?:特効|万能)薬", "医師も?推奨",
	)
	greenWords = words(
		"klimaneutral(?:e[rsn]?)?", "co[2₂][- ]?neutral(?:e[rsn]?)?", "(?:umwelt|klima)freundlich(?:e[rsnm]?|st\\pL*)?", "emissionsfrei(?:e[rsn]?)?", "klimapositiv", "100 ?% (?:nachhaltig|natürlich|recycelbar)",
		"neutres? en carbone", "respectueu(?:x|se|ses) de l.environnement", "zéro (?:émission|déchet|carbone)", "100 ?% (?:naturel(?:le)?s?|recyclables?|durables?|écologiques?)", "écoresponsable", "éco-responsables?",
		"neutr[oa]s? en carbono", "(?:respetuos[oa]|amigable)s? con el medio ?ambiente", "(?:cero|libres? de) emisiones", "carbono neutral(?:es)?", "100 ?% (?:naturale?s?|sostenibles?|reciclables?)",
		"a impatto zero", "carbon neutral", "rispettos[oaie] dell.ambiente", "(?:emissioni zero|zero emissioni)", "eco-?sostenibil[ei]", "100 ?% (?:natural[ei]|sostenibil[ei]|riciclabil[ei])",
		"neutr[oa]s? em carbono", "amig[oa]s? do (?:meio )?ambiente", "(?:ecologicamente|ambientalmente) (?:corret[oa]|responsável)", "(?:emissão zero|emissões zero|zero emissões)", "carbono (?:neutro|zero)", "100 ?% (?:sustentáve(?:l|is)|recicláve(?:l|is)|natura(?:l|is))",
		"klimaatneutra(?:al|le)", "co[2₂][- ]?neutra(?:al|le)", "milieuvriendelijke?", "100 ?% (?:duurza(?:am|me)|natuurlijke?|recycleba(?:ar|re)|recycleerba(?:ar|re))",
		"カーボン(?:ニュートラル|ゼロ)", "(?:co2|排出)ゼロ", "(?:環境|地球)に(?:やさしい|優しい)", "100[%％](?:天然|再生可能)",
	)
)

// spellings are how people write letters that their keyboard does not have.
//
//nolint:gochecknoglobals // a table
var spellings = map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'œ': "oe"}

// accent may follow a letter where it is written as two characters (Unicode's form NFD).
const accent = `[\x{300}-\x{341}]?`

// words returns one expression for words of several languages, in any case. The case of a letter beyond
// ASCII is not known to the gate, so any letter may stand for one, or its spelling in ASCII: führend, fuehrend. Letters
// without case stay.
func words(all ...string) string {
	var b strings.Builder
	b.WriteString(`(?i)(?:`)
	for i, w := range all {
		if i > 0 {
			b.WriteByte('|')
		}
		for _, r := range w {
			if r >= utf8.RuneSelf && unicode.IsLetter(r) && !caseless(r) {
				if ascii, ok := spellings[r]; ok {
					b.WriteString(`(?:` + ascii + `|\pL` + accent + `)`)
				} else {
					b.WriteString(`\pL` + accent)
				}
				continue
			}
			b.WriteRune(r)
		}
	}
	b.WriteByte(')')
	return strings.ReplaceAll(b.String(), `\pL`, anyLetter)
}

// caseless reports whether a character beyond ASCII is the same in upper and lower case.
func caseless(r rune) bool {
	return unicode.Is(unicode.Lo, r) || unicode.Is(unicode.Lm, r) || !unicode.IsLetter(r)
}

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
		"garantierte[rn]? (?:rendite|gewinne?|erträge|zinsen)", "sichere rendite", "(?:schnell|über nacht) reich", "verdoppeln sie ihr geld",
		"passives einkommen", "finanzielle freiheit",
		"rendements? garantis?", "gains garantis", "doublez votre (?:argent|capital)", "devenir riche", "revenus? passifs?", "liberté financière",
		"rentabilidad garantizada", "ganancias garantizadas", "duplica tu (?:dinero|capital)", "hazte rico", "ingresos pasivos", "libertad financiera",
		"rendiment[oi] garantit[oi]", "guadagni garantiti", "raddoppia (?:i tuoi soldi|il tuo capitale)", "diventa(?:re)? ricco", "rendita passiva",
		"libertà finanziaria",
		"rentabilidade garantida", "ganhos garantidos", "(?:dobre|duplique) (?:o )?seu (?:dinheiro|capital)", "fique rico", "renda passiva",
		"liberdade financeira",
		"gegarandeerd rendement", "gegarandeerde winst", "verdubbel (?:je|uw) (?:geld|inleg)", "slapend rijk", "snel rijk", "passief inkomen",
		"financiële vrijheid",
		"元本保証", "利益保証", "(?:必ず|絶対に?|確実に)(?:儲か|稼げ)", "不労所得",
	)
	promiseWords = words(
		"garantiert(?:e[rsn]?)?", "wir garantieren", "(?:völlig |absolut )?risikofrei", "(?:ganz )?ohne (?:jedes )?risiko", "risikolos", "nie wieder probleme",
		"100 ?% (?:sicher|wirksam|zufriedenheit)",
		"(?:résultats?|succès|satisfaction|efficacité) garantie?s?", "nous garantissons", "sans aucun risque", "zéro risque", "infaillible",
		"(?:resultados?|éxito|satisfacción) garantizad[oa]s?", "garantizamos", "sin (?:ningún )?riesgo", "infalible", "100 ?% (?:seguro|efectivo|eficaz)",
		"(?:risultat[oi]|successo|soddisfazione) garantit[oia]", "garantiamo", "senza (?:alcun )?rischi[o]?", "infallibile", "100 ?% (?:sicuro|efficace)",
		"(?:resultados?|sucesso|satisfação) garantid[oa]s?", "garantimos", "sem (?:nenhum )?risco", "infalível", "100 ?% (?:seguro|eficaz)",
		"gegarandeerde?", "wij garanderen", "zonder (?:enig )?risico", "risicoloos", "100 ?% (?:veilig|effectief)",
		"(?:必ず|絶対に?|確実に)(?:成功|効果|合格|上が|増え|失敗し(?:ない|ません)|安全)", "(?:成功|効果|満足)(?:を|度)?(?:100[%％])?保証", "100[%％](?:安全|成功|効果)",
	)
	bestWords = words(
		"führende[rnms]? (?:anbieter|hersteller|plattform|lösung|spezialist|unternehmen|dienstleister|partner)", "(?:der|die|das|den) beste[nr]? (?:\\pL+ ){0,2}(?:am markt|der welt|weltweit)",
		"marktführer", "marktführende[rn]?", "unschlagbar(?:e[rsn]?)?", "konkurrenzlos(?:e[rsn]?)?", "weltbeste[rsn]?", "die nummer (?:1|eins)",
		"leader (?:mondial|du marché|incontesté|européen)", "(?:la|le|les) meilleure?s? (?:\\pL+ ){0,3}(?:du marché|au monde|du monde)", "numéro (?:1|un) (?:en|du|mondial|de)", "imbattables?",
		"líder (?:mundial|del mercado|indiscutible|en el sector|del sector|de mercado|absoluto)", "(?:el|la|los|las) mejor(?:es)? (?:\\pL+ ){0,3}(?:del mercado|del mundo)", "número (?:1|uno) (?:en|del)", "inigualables?",
		"leader (?:mondiale|di mercato|del settore|indiscusso|assoluto|europeo)", "(?:il|la|i|le) miglior[ei]? (?:\\pL+ ){0,3}(?:sul mercato|al mondo|del mercato)", "numero (?:1|uno) (?:in|del|al)", "imbattibil[ei]",
		"(?:o|a|os|as) melhor(?:es)? (?:\\pL+ ){0,3}(?:do mercado|do mundo)", "imbatíve(?:l|is)",
		"toonaangevende (?:aanbieder|leverancier|partner|speler|platform|fabrikant)", "marktleider", "(?:de|het) beste (?:\\pL+ ){0,3}(?:op de markt|ter wereld|van nederland)", "onverslaanbare?", "de nummer (?:1|één|een) (?:in|van|voor)", "ongeëvenaarde?",
		"業界(?:No\\.?1|ナンバーワン|最高|トップ|最大手|随一)", "(?:世界|日本)(?:No\\.?1|ナンバーワン|最高(?:の|峰)|一の)", "他社の追随を許さない",
	)
	secureWords = words("(?:absolut|völlig|hundertprozentig) sicher", "unhackbar", "totalement (?:sûre?|sécurisée?)", "impiratables?", "inviolables?",
		"totalmente segur[oa]s?", "inhackeable", "completamente sicur[oa]", "inviolabil[ei]", "inviolável", "(?:volledig|volkomen) veilig", "onkraakbaar",
		"完全に安全", "絶対に安全")
	healthWords = words(
		"heilt (?:krebs|diabetes|depressionen|alle|jede|ihre?n?)", "klinisch (?:erwiesen|bewiesen|getestet|geprüft)", "wundermittel", "(?:ohne|keine) nebenwirkungen", "nebenwirkungsfrei",
		"guérit (?:le|la|les|tous|toutes|votre|vos) ?(?:cancer|diabète|dépression|maladies?|maux|anxiété)?", "cliniquement (?:prouvée?|testée?)", "sans effets? secondaires?", "remède miracle",
		"cura (?:el|la|los|las|o|a|os|as|il|lo|i|le|tu|todas?|tutt[ei]|l') ?(?:cáncer|cancro|câncer|diabetes|diabete|depresión|depressão|depressione|enfermedades|doenças|malattie|ansiedad|ansiedade|ansia)",
		"clínicamente (?:probad[oa]|comprobad[oa])", "sin efectos secundarios", "(?:remedio|remédio) (?:milagroso|milagre)", "(?:adelgaza|pierde|perca|emagreça|perdi) \\d+ (?:kilos?|kg|quilos)",
		"clinicamente (?:testat[oa]|provat[oa]|dimostrat[oa]|comprovad[oa]|testad[oa])", "senza effetti collaterali", "sem efeitos (?:colaterais|secundários)", "rimedio miracoloso",
		"geneest (?:kanker|diabetes|depressie|alle|elke|uw|je)", "klinisch bewezen", "zonder bijwerkingen", "wondermiddel",
		"(?:がん|癌|糖尿病|うつ)が(?:必ず)?治", "副作用(?:は|が|の)?(?:一切)?(?:なし|ありません|ない|心配)", "必ず(?:痩せ|やせ|治)", "臨床的に(?:証明|実証)", "医師も?推奨",
	)
	greenWords = words(
		"klimaneutral(?:e[rsn]?)?", "co2-neutral(?:e[rsn]?)?", "umweltfreundlich(?:e[rsn]?|st)?", "klimapositiv", "100 ?% (?:nachhaltig|natürlich|recycelbar)",
		"neutres? en carbone", "respectueu(?:x|se|ses) de l.environnement", "zéro (?:émission|déchet)", "100 ?% (?:naturel(?:le)?|recyclable|durable)", "écoresponsable", "éco-responsables?",
		"neutr[oa]s? en carbono", "(?:respetuos[oa]|amigable)s? con el medio ?ambiente", "cero emisiones", "100 ?% (?:natural|sostenible|reciclable)",
		"a impatto zero", "carbon neutral", "rispettos[oaie] dell.ambiente", "emissioni zero", "100 ?% (?:naturale|sostenibile|riciclabile)",
		"neutr[oa]s? em carbono", "amig[oa]s? do (?:meio )?ambiente", "(?:ecologicamente|ambientalmente) (?:corret[oa]|responsável)", "emissão zero", "100 ?% (?:sustentável|reciclável)",
		"klimaatneutrale?", "co2-neutrale?", "milieuvriendelijke?", "100 ?% (?:duurzaam|natuurlijk|recyclebaar)",
		"カーボンニュートラル", "(?:環境|地球)に(?:やさしい|優しい)", "100[%％](?:天然|再生可能)",
	)
)

// words returns one expression for words of several languages, in any case. The case of a letter beyond
// ASCII is not known to the gate, so any letter may stand for one; letters without case stay.
func words(all ...string) string {
	var b strings.Builder
	b.WriteString(`(?i)(?:`)
	for i, w := range all {
		if i > 0 {
			b.WriteByte('|')
		}
		for _, r := range w {
			if r >= utf8.RuneSelf && unicode.IsLetter(r) && !caseless(r) {
				b.WriteString(`\pL`)
				continue
			}
			b.WriteRune(r)
		}
	}
	b.WriteByte(')')
	return b.String()
}

// caseless reports whether a character beyond ASCII is the same in upper and lower case.
func caseless(r rune) bool {
	return unicode.Is(unicode.Lo, r) || unicode.Is(unicode.Lm, r) || !unicode.IsLetter(r)
}

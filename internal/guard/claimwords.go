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
		"garantierte[rn]? (?:rendite|gewinne?|erträge|zinsen)", "sichere rendite", "(?:schnell|über nacht) reich", "verdoppeln sie ihr (?:geld|kapital|vermögen|einkommen)",
		"passives einkommen", "finanzielle freiheit",
		"rendements? garantis?", "gains garantis", "doublez votre (?:argent|capital)", "devenir riche", "revenus? passifs?", "liberté financière",
		"rentabilidad garantizada", "ganancias garantizadas", "duplica tu (?:dinero|capital)", "hazte rico", "ingresos pasivos", "libertad financiera",
		"rendiment[oi] garantit[oi]", "guadagni garantiti", "raddoppia (?:i tuoi soldi|il tuo capitale)", "diventa(?:re)? ricco", "rendita passiva",
		"libertà finanziaria",
		"rentabilidade garantida", "ganhos garantidos", "(?:dobre|duplique) (?:o )?seu (?:dinheiro|capital)", "fique rico", "renda passiva",
		"liberdade financeira",
		"gegarandeerd rendement", "gegarandeerde winst", "verdubbel (?:je|uw) (?:geld|inleg)", "slapend rijk", "snel rijk", "passief inkomen",
		"financiële vrijheid",
		"(?:lucros?|retornos?|rendimentos?) garantidos?", "(?:beneficios?|rendimientos?|ingresos|retornos?) garantizados?", "(?:profitt[oi]|utili) garantit[oi]",
		"(?:profits?|revenus?|intérêts?) garantis?", "(?:gewinn|zinsen|rendite|erträge) (?:ist |sind )?garantiert", "(?:investi\\pL+|inver\\pL+|placement|investering|anlage) (?:\\pL+ )?(?:sin|sem|senza|sans|zonder|ohne) (?:\\pL+ )?(?:riesgos?|riscos?|rischi[o]?|risques?|risico)",
		"(?:絶対に?|必ず)[^。\\n]{0,6}損(?:を)?し(?:ない|ません)", "元本保証", "利益保証", "(?:必ず|絶対に?|確実に)(?:儲か|稼げ)", "不労所得",
	)
	promiseWords = words(
		"garantiert(?:e[rsn]?)?", "wir garantieren", "(?:völlig |absolut )?risikofrei", "(?:ganz )?ohne (?:jedes |jegliches |irgendein )?risiko", "risikolos", "nie wieder probleme",
		"100 ?% (?:sicher|wirksam|zufriedenheit)",
		"(?:résultats?|succès|satisfaction|efficacité) garantie?s?", "nous garantissons", "sans (?:aucun |le moindre )?risques?", "zéro risque", "infaillible",
		"(?:resultados?|éxito|satisfacción) garantizad[oa]s?", "garantizamos", "sin (?:ning.n )?(?:tipo de )?riesgos?", "infalible", "100 ?% (?:seguro|efectivo|eficaz)",
		"(?:risultat[oi]|successo|soddisfazione) garantit[oia]", "garantiamo", "senza (?:alcun |nessun )?rischi[o]?", "infallibile", "100 ?% (?:sicuro|efficace)",
		"(?:resultados?|sucesso|satisfação) garantid[oa]s?", "garantimos", "sem (?:nenhum )?(?:tipo de )?riscos?", "infalível", "100 ?% (?:seguro|eficaz)",
		"gegarandeerde?", "wij garanderen", "zonder (?:enig )?risico(?:.s)?", "risicoloos", "100 ?% (?:veilig|effectief)",
		"(?:必ず|絶対に?|確実に)(?:成功|効果|合格|上が|増え|失敗し(?:ない|ません)|安全)", "(?:成功|効果|満足)(?:を|度)?(?:100[%％])?保証", "100[%％](?:安全|成功|効果)",
	)
	bestWords = words(
		"(?:der|die|das|den|dem) \\pL{3,}ste[nrs]? (?:\\pL+ ){1,3}(?:am markt|auf dem markt|auf dem planeten|der branche|im land|deutschlands)", "(?:der|die|das) (?:zuverlässig|sicher|schnell|modern|innovativ|beliebt|leistungsstärk|günstig|einfach)ste[nrs]? (?:\\pL+ ){1,3}(?:der welt|weltweit)",
		"l[ea]s? (?:\\pL+ ){0,3}(?:la |le |les )?(?:plus|moins) \\pL+ (?:du marché|de la planète|du secteur)", "plus (?:fiables?|sûre?s?|rapides?|avancée?s?|puissante?s?|complète?s?|performante?s?) (?:\\pL+ ){0,2}(?:du monde|au monde|de france)",
		"m.s (?:fiable|seguro|segura|rápid[oa]|avanzad[oa]|potente|complet[oa]|barat[oa]|eficaz) (?:\\pL+ ){0,2}(?:del mundo|del mercado|del planeta|de españa)",
		"pi. (?:affidabile|sicur[oa]|veloce|avanzat[oa]|potente|complet[oa]|economic[oa]|efficace) (?:\\pL+ ){0,2}(?:al mondo|del mondo|sul mercato|del mercato|d.italia)",
		"mais (?:confiável|fiável|segur[oa]|rápid[oa]|avançad[oa]|potente|complet[oa]|barat[oa]|eficaz) (?:\\pL+ ){0,2}(?:do mundo|do mercado|do planeta|de portugal|do brasil)",
		"(?:de|het) (?:betrouwbaar|veilig|snel|modern|innovatief|populair|goedkoop|krachtig)ste (?:\\pL+ ){0,3}(?:ter wereld|op de markt|van de wereld|van nederland)",
		"世界で(?:最も|一番)(?:信頼|安全|優れ|速い|選ばれ)", "(?:業界|日本|地域)(?:で)?(?:最安|一番|トップクラス)",
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
		"(?:heilt|heilen|kuriert|beseitigt) (?:auch |selbst |jede |alle |ihre?n? |chronische )?(?:krebs|diabetes|depressionen|migräne|kopfschmerzen|rheuma|arthrose|arthritis|gicht|akne|asthma|allergien|neurodermitis|schuppenflechte|schlaflosigkeit|tinnitus|grippe|erkältungen|krankheiten|schmerzen|demenz|bluthochdruck|\\pL{3,}itis|\\pL{3,}ose|alle|jede|ihre?n?)",
		"klinisch (?:erwiesen|bewiesen|getestet|geprüft)", "wundermittel", "(?:ohne|keine) nebenwirkungen", "(?:frei von nebenwirkungen|nebenwirkungsfrei)", "nehmen sie (?:\\pL+|\\d+) (?:kilo|kg|pfund) ab",
		"(?:guérit|guérissent|soigne|soignent) (?:tous |toutes |même )?(?:l.|le |la |les |vos |votre |du |de la )?(?:cancer|diabète|dépression|maladies?|maux|anxiété|insomnie|migraines?|arthrose|arthrite|rhumatismes?|asthme|allergies?|eczéma|psoriasis|acné|douleurs?|grippe|stress|\\pL{3,}ite|\\pL{3,}ose)",
		"guérit (?:le|la|les|tous|toutes|votre|vos)", "cliniquement (?:prouvée?s?|testée?s?)", "sans (?:aucun )?effets? secondaires?", "remède miracle", "perdez (?:\\pL+|\\d+) (?:kilos?|kg)",
		"(?:cura|curan|curano|sana|sanan|guarisce|guariscono|elimina) (?:también |anche |até )?(?:el |la |los |las |o |a |os |as |il |lo |i |gli |le |l.|tu |todas? (?:las |as )?|tutt[ei] (?:le )?|qualsiasi )?"+
			"(?:cáncer|cancro|câncer|tumor[ei]?s?|diabetes|diabete|depresión|depressão|depressione|enfermedad(?:es)?|doenças?|malatti[ae]|ansiedade?|ansia|insomnio|insonia|insónia|insônia|migrañas?|emicrania|enxaquecas?|artritis|artrosis|artrite|artrosi|artrose|asma|alergias?|allergi[ae]|eczema|psoriasis|psoriasi|psoríase|acne|acné|dolor(?:es)?|dolor[ei]|dores|dor|gripe|influenza|estrés|estresse|reuma\\pL*|\\pL{3,}itis)",
		"cura (?:tu|todas?|tutt[ei])", "clínicamente (?:probad[oa]s?|comprobad[oa]s?)", "sin (?:ningún )?efectos? secundarios?", "(?:remedio|remédio) (?:milagroso|milagre)", "(?:adelgaza|pierde|baja|perca|perde|emagreça|perdi) (?:\\d+|\\pL+) (?:kilos?|kg|quilos|chili)",
		"clinicamente (?:testat[oaie]|provat[oaie]|dimostrat[oaie]|comprovad[oa]s?|testad[oa]s?)", "senza effetti collaterali", "sem efeitos (?:colaterais|secundários)", "rimedio miracoloso",
		"(?:geneest|genezen) (?:zelfs |ook )?(?:kanker|diabetes|depressie|migraine|reuma|artritis|artrose|astma|eczeem|psoriasis|slapeloosheid|allergieën|ziektes?|pijn|hoofdpijn|griep|alle|elke|uw|je|\\pL{3,}itis|\\pL{3,}ose)",
		"klinisch (?:bewezen|getest)", "(?:zonder|geen|vrij van) bijwerkingen", "wondermiddel", "val (?:\\pL+|\\d+) kilo af",
		"(?:がん|癌|糖尿病|うつ(?:病)?|高血圧|不眠症?|頭痛|アトピー|花粉症|関節痛|リウマチ|腰痛|病気|認知症|風邪)(?:が|を)(?:必ず|完全に|すぐに)?(?:治り|治る|治し|治す|完治)", "副作用(?:は|が|の)?(?:一切)?(?:なし|ありません|ない|心配)", "必ず(?:痩せ|やせ|治)", "臨床的に(?:証明|実証)", "医師も?推奨",
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
	return strings.ReplaceAll(b.String(), `\pL`, anyLetter)
}

// caseless reports whether a character beyond ASCII is the same in upper and lower case.
func caseless(r rune) bool {
	return unicode.Is(unicode.Lo, r) || unicode.Is(unicode.Lm, r) || !unicode.IsLetter(r)
}

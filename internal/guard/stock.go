package guard

import (
	"vellocity/internal/domain"
)

// stockPatterns are phrases that models write so often that readers take them for a sign of one: one
// pattern for English and one for the other languages.
//
//nolint:gochecknoglobals // tables, put together once
var stockPatterns = together(
	branches(`(?i)\b(?:in today(?:'|’)?s (?:\w+[- ]){0,4}(?:world|landscape|era|age|environment|market|economy)`+
		`|in an era (?:of|where)|in the ever[- ](?:evolving|changing)|ever[- ]evolving (?:landscape|world)`+
		`|let(?:'s|’s) (?:delve into|dive in|dive into|dive deep|unpack this|unpack the|explore how)|delve (?:deeper )?into|delving (?:deeper )?into|dive deep(?:er)? into`+
		`|look no further|game[- ]changer|unlock the (?:full )?(?:power|potential|secrets)|unleash(?:ing)? the (?:full )?(?:power|potential)`+
		`|harness(?:ing)? the power|navigat(?:e|ing) the (?:complexities|complex|ever|landscape)|(?:a|rich) tapestry of`+
		`|testament to|at the end of the day,|when it comes to \w+, (?:one thing|it(?:'|’)?s)`+
		`|(?:we(?:'|’)?re|we are|i(?:'|’)?m|i am) (?:thrilled|excited|delighted|proud|pleased) to (?:announce|share|introduce|unveil)`+
		`|(?:it(?:'|’)?s|is|are|isn(?:'|’)?t|not) not? ?(?:just|only|merely) about [^.!?\n,;—–-]{3,60}[,;—–-]+ ?it(?:'|’)?s`+
		`|(?:it(?:'|’)?s|this is|is) (?:not|n(?:'|’)?t) just (?:a|an|about|the) [^.!?\n,;—–]{3,50}(?:[,;—–]+ ?| )(?:but|it(?:'|’)?s) `+
		`|not just (?:a|an) [^.!?\n,;—–]{3,50},? but (?:a|an) |the best part\?|here(?:'|’)?s the kicker|buckle up`+
		`|take (?:your|it) [^.!?\n]{0,30}to the next level|seamless(?:ly)? integrat(?:e|es|ion)|cutting[- ]edge solutions?`+
		`|in conclusion,|it(?:'|’)?s (?:important|worth) (?:to note|noting) that|treasure trove|revolutioni[sz](?:e|es|ing) the way`+
		`|in a (?:fast-paced|rapidly changing|constantly (?:evolving|changing)|world where)|it is (?:important|worth) (?:to note|noting) that|in the realm of|but that(?:'|’)?s not all`+
		`|without further ado|elevate your|embark(?:ing)? on a journey|stands out as|plays an? (?:crucial|vital|pivotal|key) role|one thing is (?:clear|certain)|the key takeaway`+
		`|with that in mind,|here(?:'|’)?s the thing[:.,—–]|in summary,|to sum up,|to the next level|more than just an?|say goodbye to|the possibilities are endless|stay ahead of the curve`+
		`|in a world that (?:is |never |always |constantly |keeps )+[a-z]+|(?:is|are|has become|have become) more important than ever|(?:dive|step|journey) into the (?:fascinating |exciting |wonderful |magical |enchanting |vibrant )?world of|your full potential|a wealth of|whether you(?:'|’)?re an? [^.!?\n,]{2,40} or|ever[- ]changing (?:landscape|world))`, true),
	branches(words(
		"in der heutigen (?:schnelllebigen|digitalen|dynamischen|modernen)", "in einer welt,? in der", "tauchen wir (?:ein|tiefer)", "das volle potenzial", "wir freuen uns,? (?:ihnen |euch )?(?:heute )?(?:mitteilen|mitzuteilen|ankündigen|anzukündigen|bekannt|vorstellen|vorzustellen|präsentieren|verkünden)",
		"auf (?:das|ein) (?:nächste|neues) level", "nicht nur (?:ein|eine|einen) [^.!?\\n]{3,50}, sondern (?:auch )?(?:ein|eine|einen)", "zusammenfassend lässt sich sagen",
		"in einer welt,? die sich (?:\\pL+ ){0,3}(?:verändert|wandelt|dreht)", "wichtiger denn je", "(?:tauche|tauch|tauchen wir) (?:\\pL+ )?ein in", "(?:entdecke|entdecken sie) die (?:faszinierende|wunderbare|aufregende|magische|bunte) welt", "(?:ihr|dein|das) volles? potenzial (?:zu )?(?:entfalten|entfesseln|ausschöpfen|ausschöpfen sie)", "in der welt (?:von heute|der \\pL+ ist)", "hebt? [^.!?\\n]{3,40} auf das nächste", "es ist kein geheimnis,? dass",
		"im digitalen zeitalter", "in (?:der|einer) (?:sich )?(?:ständig|schnell|rasant|immer schneller) (?:\\pL+ )?(?:wandelnden|verändernden|drehenden) welt", "es ist wichtig zu (?:beachten|betonen)", "spielt eine (?:entscheidende|zentrale) rolle", "abschließend lässt sich sagen", "nahtlos integriert",
		"revolutioniert die art", "maßgeschneiderte lösungen", "ein echter gamechanger", "das nächste level", "tauchen sie ein", "lassen sie uns eintauchen", "in der heutigen zeit",
		"dans un monde (?:en (?:constante|perpétuelle|pleine) |qui (?:change|bouge|évolue))", "il convient de noter", "passe[rz] au niveau supérieur", "joue un rôle (?:crucial|essentiel|clé)", "bien plus qu.un simple", "ne cherchez plus", "en résumé,", "libérer tout le potentiel",
		"plonge(?:z|r|ons)? (?:au cœur|dans (?:l.univers|le monde|la magie))", "(?:découvrez|explorez) (?:l.univers|le monde) (?:fascinant|merveilleux|passionnant|magique)", "plus importante?s? que jamais", "(?:libérez|libérer|exploitez|révélez) (?:tout )?(?:votre|ton) (?:plein )?potentiel", "changer? la donne", "il va sans dire que",
		"dans le monde (?:actuel|d.aujourd.hui|numérique)", "à l.ère (?:du|de la) numérique", "plongeons (?:dans|au)", "libérez (?:tout )?le potentiel", "nous sommes ravis de", "il est important de noter que",
		"au niveau supérieur", "en conclusion,", "n.est pas (?:juste|seulement) (?:un|une) [^.!?\\n]{3,50}, c.est",
		"en un mundo (?:en constante|cada vez más|que cambia)", "juega un papel (?:crucial|fundamental|clave)", "en conclusión,", "no busques más",
		"sum.rg(?:ete|ase|irse|irte) en", "ad.ntr(?:ate|ese) en", "(?:descubre|descubra|explora|explore) el (?:fascinante|apasionante|maravilloso|mágico) mundo", "m.s importantes? que nunca", "(?:libera|libere|desata|alcanza) (?:todo )?(?:tu|su) (?:máximo )?potencial", "en un mundo que (?:no deja|cambia|nunca|se)", "en un mundo tan", "cambiar las reglas del juego",
		"en el mundo (?:actual|de hoy|acelerado)", "en el vertiginoso mundo", "en la era digital", "sumerjámonos", "desbloquea (?:todo )?el (?:poder|potencial)", "nos complace (?:anunciar|presentar)", "estamos emocionados de",
		"al siguiente nivel", "cabe destacar que", "no es solo (?:un|una) [^.!?\\n]{3,50}, (?:es|sino)",
		"in un mondo (?:in (?:continua|costante)|sempre più|che cambia)", "gioca un ruolo (?:cruciale|fondamentale|chiave)", "non cercare oltre",
		"immerg(?:iti|etevi|ersi|iamoci) (?:nella |nell.|nel |in )", "(?:scopri|scoprite|esplora|esplorate) (?:il|l.)(?: ?affascinante| ?fantastico| ?meraviglioso| ?magico) ?mondo", "pi. importanti? che mai", "(?:libera|liberate|sprigiona|esprimi) (?:tutto )?il (?:tuo|vostro) (?:pieno )?potenziale", "cambia(?:re)? le regole del gioco",
		"nel mondo (?:odierno|di oggi|frenetico)", "nell.era digitale", "immergiamoci", "sblocca (?:tutto )?il potenziale", "siamo (?:entusiasti|lieti) di (?:annunciare|presentare)", "al livello successivo",
		"è importante notare che", "in conclusione,", "non è solo (?:un|una) [^.!?\\n]{3,50}, (?:è|ma)",
		"num mundo (?:em constante|cada vez mais)", "em um mundo (?:em constante|cada vez mais)", "desempenha um papel (?:crucial|fundamental)", "não procure mais",
		"mergulh(?:e|a|ar|emos) n[oa]s? (?:fascinante|maravilhos[oa]|incrível|universo|mundo)", "(?:descubra|descobre|explore|explora) o (?:fascinante|maravilhoso|incrível|mágico) mundo", "mais importantes? (?:do )?que nunca", "(?:liberte|liberta|libere|desperte|alcance) (?:todo )?o (?:seu|teu) (?:pleno )?potencial", "(?:num|em um|no) mundo que (?:muda|não para|nunca)", "virar o jogo",
		"no mundo (?:atual|de hoje|acelerado)", "na era digital", "vamos mergulhar", "desbloqueie o (?:poder|potencial)", "temos o prazer de anunciar", "estamos (?:entusiasmados|animados) (?:em|para)", "ao próximo nível",
		"é importante (?:notar|ressaltar) que", "em conclusão,", "não é apenas (?:um|uma) [^.!?\\n]{3,50}, (?:é|mas)",
		"in (?:de|een) (?:(?:huidige|snelle|snel|steeds|voortdurend|digitale|razendsnel) ){1,2}(?:sneller )?(?:veranderende )?wereld", "speelt een (?:cruciale|belangrijke) rol", "zoek niet verder", "in het digitale tijdperk", "laten we (?:duiken|eens duiken|dieper)", "ontgrendel (?:het|de)", "we zijn (?:verheugd|enthousiast|trots) (?:om|u)", "naar een hoger niveau",
		"in (?:een|de) wereld die (?:\\pL+ ){0,3}verander(?:t|en)", "belangrijker dan ooit", "(?:duik|stap|dompel je onder|dompel u onder) in (?:de|het) (?:\\pL+e )?(?:wereld|universum)", "(?:ontdek|verken) de (?:fascinerende|wondere|boeiende|magische|bonte) wereld", "(?:je|uw) volledige potentieel", "speelt een (?:essentiële|sleutel)",
		"het is belangrijk om op te merken", "kortom,", "is niet (?:zomaar|alleen) een [^.!?\\n]{3,50}, (?:het is|maar)",
		"目まぐるし(?:く|い)(?:変化|変わる)", "と言っても過言ではありません", "いかがでしたか", "ぜひ参考にしてみてください", "注目を集めています", "ゲームチェンジャー", "重要な役割を果た",
		"(?:現代|今日)(?:の)?(?:社会|世界)(?:において|では)", "変化の(?:激しい|速い)(?:現代|時代|社会|世の中)", "ますます重要", "の世界へようこそ", "(?:無限|未知)の可能性(?:を|が)", "一歩先を行く", "新たな扉を開", "急速に(?:変化|進化)する", "デジタル時代において", "掘り下げてみましょう", "いかがでしたでしょうか", "可能性を最大限に", "次のレベルへ", "単なる[^。\\n]{2,30}ではなく、",
	), true),
	branches(cliches, true),
)

// stockPhrases finds phrases that readers have seen too often. It is information: nobody is harmed by them.
func stockPhrases(t *target) []domain.Finding {
	places := t.findAny(stockPatterns())
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{t.finding(domain.SeverityInfo,
		"Readers have seen this phrase too often, and many take it for the sign of a machine. Say what is special here.",
		places, shortened)}
}

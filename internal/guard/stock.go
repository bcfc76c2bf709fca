package guard

import (
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// stockPatterns are phrases that models write so often that readers take them for a sign of one: one
// pattern for English and one for the other languages.
//
//nolint:gochecknoglobals // tables, put together once
var stockPatterns = []*pattern{
	nearby(`(?i)\b(?:in today(?:'|’)?s (?:\w+[- ]){0,4}(?:world|landscape|era|age|environment|market|economy)` +
		`|in an era (?:of|where)|in the ever[- ](?:evolving|changing)|ever[- ]evolving (?:landscape|world)` +
		`|let(?:'s|’s) (?:delve into|dive in|dive into|dive deep|unpack this|unpack the|explore how)|delve (?:deeper )?into|delving (?:deeper )?into|dive deep(?:er)? into` +
		`|look no further|game[- ]changer|unlock the (?:full )?(?:power|potential|secrets)|unleash(?:ing)? the (?:full )?(?:power|potential)` +
		`|harness(?:ing)? the power|navigat(?:e|ing) the (?:complexities|complex|ever|landscape)|(?:a|rich) tapestry of` +
		`|testament to|at the end of the day,|when it comes to \w+, (?:one thing|it(?:'|’)?s)` +
		`|(?:we(?:'|’)?re|we are|i(?:'|’)?m|i am) (?:thrilled|excited|delighted|proud|pleased) to (?:announce|share|introduce|unveil)` +
		`|(?:it(?:'|’)?s|is|are|isn(?:'|’)?t|not) not? ?(?:just|only|merely) about [^.!?\n,;—–-]{3,60}[,;—–-]+ ?it(?:'|’)?s` +
		`|(?:it(?:'|’)?s|this is|is) (?:not|n(?:'|’)?t) just (?:a|an|about|the) [^.!?\n,;—–]{3,50}(?:[,;—–]+ ?| )(?:but|it(?:'|’)?s) ` +
		`|not just (?:a|an) [^.!?\n,;—–]{3,50},? but (?:a|an) |the best part\?|here(?:'|’)?s the kicker|buckle up` +
		`|take (?:your|it) [^.!?\n]{0,30}to the next level|seamless(?:ly)? integrat(?:e|es|ion)|cutting[- ]edge solutions?` +
		`|in conclusion,|it(?:'|’)?s (?:important|worth) (?:to note|noting) that|treasure trove|revolutioni[sz](?:e|es|ing) the way)`),
	nearby(words(
		"in der heutigen (?:schnelllebigen|digitalen|dynamischen|modernen)", "in einer welt,? in der", "tauchen wir (?:ein|tiefer)", "das volle potenzial", "wir freuen uns,? (?:ihnen |euch )?(?:mitteilen|ankündigen|bekannt)",
		"auf (?:das|ein) (?:nächste|neues) level", "nicht nur (?:ein|eine|einen) [^.!?\\n]{3,50}, sondern (?:auch )?(?:ein|eine|einen)", "zusammenfassend lässt sich sagen",
		"dans le monde (?:actuel|d.aujourd.hui|numérique)", "à l.ère (?:du|de la) numérique", "plongeons (?:dans|au)", "libérez (?:tout )?le potentiel", "nous sommes ravis de", "il est important de noter que",
		"au niveau supérieur", "en conclusion,", "n.est pas (?:juste|seulement) (?:un|une) [^.!?\\n]{3,50}, c.est",
		"en el mundo (?:actual|de hoy|acelerado)", "en el vertiginoso mundo", "en la era digital", "sumerjámonos", "desbloquea (?:todo )?el (?:poder|potencial)", "nos complace (?:anunciar|presentar)", "estamos emocionados de",
		"al siguiente nivel", "cabe destacar que", "no es solo (?:un|una) [^.!?\\n]{3,50}, (?:es|sino)",
		"nel mondo (?:odierno|di oggi|frenetico)", "nell.era digitale", "immergiamoci", "sblocca (?:tutto )?il potenziale", "siamo (?:entusiasti|lieti) di (?:annunciare|presentare)", "al livello successivo",
		"è importante notare che", "in conclusione,", "non è solo (?:un|una) [^.!?\\n]{3,50}, (?:è|ma)",
		"no mundo (?:atual|de hoje|acelerado)", "na era digital", "vamos mergulhar", "desbloqueie o (?:poder|potencial)", "temos o prazer de anunciar", "estamos (?:entusiasmados|animados) (?:em|para)", "ao próximo nível",
		"é importante (?:notar|ressaltar) que", "em conclusão,", "não é apenas (?:um|uma) [^.!?\\n]{3,50}, (?:é|mas)",
		"in de (?:huidige|snelle) (?:snelle |digitale )?wereld", "in het digitale tijdperk", "laten we (?:duiken|eens duiken|dieper)", "ontgrendel (?:het|de)", "we zijn (?:verheugd|enthousiast|trots) (?:om|u)", "naar een hoger niveau",
		"het is belangrijk om op te merken", "kortom,", "is niet (?:zomaar|alleen) een [^.!?\\n]{3,50}, (?:het is|maar)",
		"現代(?:の)?(?:社会|世界)において", "急速に(?:変化|進化)する", "デジタル時代において", "掘り下げてみましょう", "いかがでしたでしょうか", "可能性を最大限に", "次のレベルへ", "単なる[^。\\n]{2,30}ではなく、",
	)),
}

// stockPhrases finds phrases that readers have seen too often. It is information: nobody is harmed by them.
func stockPhrases(t *target) []domain.Finding {
	var places []prose.Range
	for _, p := range stockPatterns {
		places = append(places, t.find(p)...)
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{t.finding(domain.SeverityInfo,
		"Readers have seen this phrase too often, and many take it for the sign of a machine. Say what is special here.",
		places, shortened)}
}

package voice

import (
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// perBanned is what each use of a banned term costs, in percent of the part.
const perBanned = 25

func bannedTerms(p *page) Part {
	part := Part{ID: "banned-terms", Name: "Banned terms", Weight: 25, Score: 100}
	if len(p.voice.BannedTerms) == 0 {
		part.Found = "The voice bans no terms."
		return part
	}
	part.Applicable = true
	sure := 0
	for _, term := range p.voice.BannedTerms {
		uses, name := Find(p.index, term, p.language), strings.TrimSpace(term)
		p.show(&part, uses.AsWritten, fmt.Sprintf("The voice bans “%s”.", name), "")
		p.show(&part, uses.Inflected, fmt.Sprintf("This looks like a form of “%s”, which the voice bans.", name), "")
		sure += len(uses.AsWritten)
	}
	part.Score = percent(float64(100 - perBanned*sure - perBanned*(part.Total-sure)/2))
	part.Found = "The text has none of them."
	if part.Total > 0 {
		part.Found = fmt.Sprintf("The text uses them in %s.", domain.Plural(part.Total, "place"))
		part.Fix = "Use other words."
	}
	part.Evidence = inOrder(part.Evidence)
	return part
}

func preferredTerms(p *page) Part {
	part := Part{ID: "preferred-terms", Name: "Preferred terms", Weight: 20, Score: 100}
	if len(p.voice.PreferredTerms) == 0 {
		part.Found = "The voice prefers no terms."
		return part
	}
	good := 0
	for _, t := range p.voice.PreferredTerms {
		uses := Replaced(p.index, t, p.language)
		rule := fmt.Sprintf("The voice prefers “%s” to “%s”.", t.Use, t.InsteadOf)
		p.show(&part, uses.AsWritten, rule, t.Use)
		p.show(&part, uses.Inflected, rule, fmt.Sprintf("a form of “%s”", t.Use))
		good += Find(p.index, t.Use, p.language).Len()
	}
	if good+part.Total == 0 {
		part.Found = "The text has no place for them."
		return part
	}
	part.Applicable = true
	part.Score = percent(100 * float64(good) / float64(good+part.Total))
	part.Found = fmt.Sprintf("The text uses the preferred word in %d of %s.", good,
		domain.Plural(good+part.Total, "place"))
	if part.Total > 0 {
		part.Fix = "Replace the words that are marked."
	}
	part.Evidence = inOrder(part.Evidence)
	return part
}

func inOrder(list []Evidence) []Evidence {
	slices.SortStableFunc(list, func(a, b Evidence) int { return a.Start - b.Start })
	return list
}

func sentenceLength(p *page) Part {
	part := Part{ID: "sentence-length", Name: "Sentence length", Weight: 10, Score: 100}
	switch {
	case p.rules.longest == 0:
		part.Found = "The voice says nothing about it."
		return part
	case p.words < LeastWords || len(p.running) == 0:
		part.Found = tooShort(p.words)
		return part
	}
	part.Applicable = true
	var long []prose.Range
	words := 0
	for _, r := range p.running {
		n := prose.CountWords(r.In(p.view.Text))
		if words += n; n > p.rules.longest {
			long = append(long, r)
		}
	}
	average := float64(words) / float64(len(p.running))
	p.show(&part, long, fmt.Sprintf("%s: at most %d words a sentence.", p.rules.lengthFrom, p.rules.longest),
		"Split the sentence, or cut what it can do without.")
	share := float64(len(long)) / float64(len(p.running))
	over := max(0, average-float64(p.rules.average)) / float64(p.rules.average)
	part.Score = percent(100 - 200*share - 100*over)
	part.Found = fmt.Sprintf("%.0f words a sentence on average; %d of %s longer than %d.", average, len(long),
		domain.Plural(len(p.running), "sentence"), p.rules.longest)
	if len(long) > 0 {
		part.Fix = "Split the longest sentences."
	} else if over > 0 {
		part.Fix = fmt.Sprintf("Aim for %d words a sentence on average.", p.rules.average)
	}
	return part
}

func readingLevel(p *page) Part {
	part := Part{ID: "reading-level", Name: "Reading level", Weight: 10, Score: 100}
	if p.rules.ease == 0 {
		part.Found = "The voice has no reading level."
		return part
	}
	if p.words < LeastWords || len(p.running) == 0 {
		part.Found = tooShort(p.words)
		return part
	}
	var text strings.Builder
	for _, r := range p.running {
		text.WriteString(r.In(p.view.Text) + "\n\n")
	}
	e, ok := prose.EaseOf(text.String(), p.language)
	if p.language == "" || !ok {
		part.Found = "Reading ease is measured for English, German, French and Spanish."
		return part
	}
	part.Applicable = true
	part.Score = percent(100 - 3*max(0, p.rules.ease-e.Score))
	part.Found = fmt.Sprintf("Reading ease is %.0f of 100; the level “%s” asks for %.0f.", e.Score,
		p.voice.ReadingLevel, p.rules.ease)
	if part.Score < 100 {
		part.Fix = "Use shorter sentences and more common words."
	}
	return part
}

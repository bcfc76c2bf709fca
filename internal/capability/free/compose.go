package free

import (
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Check reports whether the composer can write the request, results times: nil, or a
// VALIDATION_ERROR on the field to change. It composes the text to find out.
func (r Request) Check(results int) error {
	var p domain.Problems
	if results > 1 {
		p.Add("number_of_results", "Without a model, there is one result: every further one would be the same text. "+
			"Ask for 1, or connect a model.")
	}
	if _, fault := r.composed(); fault != "" {
		p.Add(r.blame(), "%s", fault)
	}
	return p.Err()
}

// text writes the request from its own words.
func (r Request) text() (string, error) {
	text, fault := r.composed()
	if fault != "" {
		var p domain.Problems
		p.Add(r.blame(), "%s", fault)
		return "", p.Err()
	}
	return text, nil
}

// What the composer cannot do, with what to give instead.
const (
	cannotRework = "Without a model, a text cannot be rewritten, corrected or translated. Connect a model for this."
	cannotInvent = "Without a model, nothing can be thought up: no titles, slogans, poems or ideas. " +
		"Connect a model for this."
	cannotKnow = "Without a model, a text has only the sentences that you give. Write them below the prompt, " +
		"one on each line, or ask for an outline."
	nothingGiven = "The prompt does not say what to write about. Name a topic, for example: " +
		"“an outline about cloud costs”."
)

// composed returns the text, or why there is none.
func (r Request) composed() (text, fault string) {
	if r.Passage != nil {
		return r.reworked()
	}
	q, fault := r.read()
	if fault == "" {
		fault = q.fault()
	}
	if fault != "" {
		return "", fault
	}
	limit := r.Words
	if limit <= 0 {
		limit = defaultWords
	}
	language := r.Language
	if language == "" {
		language = q.language
	}
	b := compose.Brief{
		Topic: q.topic, KeyPoints: q.material, Language: language, BrandVoice: r.BrandVoice, Sections: 12,
	}
	if b.Topic == "" && len(q.material) > 0 && q.form != formSocial {
		b.Topic = q.material[0]
		if q.form != formSummary && q.form != formMeta && len(q.material) > 1 {
			b.KeyPoints = q.material[1:]
		}
	}
	text, fault = q.write(b, limit)
	if fault != "" {
		return "", fault
	}
	return compose.Voiced(text, r.BrandVoice), ""
}

// read returns what is asked for: by the words of a free prompt, or by a template.
func (r Request) read() (q request, fault string) {
	t := r.Template
	switch {
	case t == nil:
		return readPrompt(r.Prompt, r.Language), ""
	case t.Form == "":
		return q, fmt.Sprintf("The template “%s” needs a model, and none is connected. Connect one, or choose a template "+
			"that is composed from your own sentences.", t.Name)
	}
	return request{form: form(t.Form), topic: t.Topic, material: t.Lines, language: r.Language}, ""
}

// fault returns why the composer cannot do what the prompt asks for; "" where it can.
func (q request) fault() string {
	given := len(q.material) > 0
	switch q.form {
	case formRework:
		return cannotRework
	case formInvent:
		return cannotInvent
	case formExplain, formEmail, formSummary, formMeta, formIntro:
		if !given {
			return cannotKnow
		}
	case formSocial:
		if !given && !q.announce {
			return cannotKnow
		}
	}
	switch {
	case q.style != "":
		return fmt.Sprintf(
			"Without a model, a wish about the writing cannot be met: “%s”. Leave it out, or connect a model.", q.style)
	case !given && saysNothing(q.topic):
		return nothingGiven
	}
	return ""
}

// saysNothing reports whether a topic has no word but those that name a form or carry
// grammar.
func saysNothing(topic string) bool {
	const empty = " blog post posts article articles idea ideas text outline email e-mail newsletter something " +
		"anything hello hi hey hallo test thanks thank please write beitrag artikel "
	return !slices.ContainsFunc(prose.Words(topic), func(w string) bool {
		return !prose.StopWord(w) && !strings.Contains(empty, " "+prose.Fold(w)+" ")
	})
}

// write composes the text in the form that was asked for.
func (q request) write(b compose.Brief, limit int) (text, fault string) {
	switch q.form {
	case formSummary:
		return summary(q.material, limit), ""
	case formMeta:
		return compose.NewMeta(b, "").Description, ""
	case formSocial:
		if len(q.material) == 0 {
			return compose.Sentence(b.Topic), ""
		}
		p := compose.NewPost(b, channel.Network{Manner: channel.Plain}, 280)
		return p.Text, left(p.Unused)
	case formEmail:
		return email(b, limit)
	case formOutline:
		return outline(compose.NewArticle(b), limit), ""
	case formPost, formIntro, formExplain, formInvent, formRework:
	default:
		b.Format = string(q.form)
	}
	a := compose.NewArticle(b)
	if fault := left(a.Unused); fault != "" {
		return "", fault
	}
	text = article(a)
	switch {
	case a.Outline && b.Language != "" && !slices.Contains(compose.Languages(), base(b.Language)):
		return "", cannotKnow
	case a.Outline:
		return outline(a, limit), ""
	}
	return fits(text, limit)
}

// base is a language code without its region.
func base(language string) string {
	code, _, _ := strings.Cut(strings.ToLower(language), "-")
	return code
}

// left says what a text does not hold; "" where it holds all that was given.
func left(unused []compose.Unused) string {
	if len(unused) == 0 {
		return ""
	}
	return fmt.Sprintf("“%s” would be left out. %s", unused[0].Text, unused[0].Reason)
}

// fits refuses a text that is longer than was asked for: leaving out what somebody
// wrote is not for rules to decide.
func fits(text string, limit int) (string, string) {
	if n := prose.CountWords(prose.Plain(text)); n > limit {
		return "", fmt.Sprintf("The sentences that you gave make %d words, and maximum_length allows %d. "+
			"Raise it, or give fewer sentences.", n, limit)
	}
	return text, ""
}

// article is a whole text with its title.
func article(a compose.Article) string {
	out := []string{"# " + a.Title}
	for _, p := range a.Parts {
		if p.Heading != a.Title {
			out = append(out, "## "+p.Heading)
		}
		out = append(out, p.Text)
	}
	return strings.Join(out, "\n\n")
}

// outline is the headings of a text with what stands below each, or the headings alone
// where that is too long.
func outline(a compose.Article, limit int) string {
	long, short := []string{"# " + a.Title}, []string{"# " + a.Title, ""}
	for _, p := range a.Parts {
		block := compose.Lines(p.Points)
		if p.Heading != a.Title {
			block = "## " + p.Heading + "\n\n" + block
			short = append(short, "- "+p.Heading)
		}
		long = append(long, block)
	}
	if text := strings.Join(long, "\n\n"); prose.CountWords(text) <= limit {
		return text
	}
	for len(short) > 3 && prose.CountWords(strings.Join(short, "\n")) > limit {
		short = short[:len(short)-1]
	}
	return strings.Join(short, "\n")
}

// email is a subject and the sentences, in the caller's order.
func email(b compose.Brief, limit int) (text, fault string) {
	subject := map[string]string{"de": "Betreff: ", "fr": "Objet : ", "es": "Asunto: ", "ja": "件名："}
	head, ok := subject[base(b.Language)]
	if !ok {
		head = "Subject: "
	}
	out := []string{head + compose.NewMeta(b, "").Title}
	var open []string
	for _, s := range b.KeyPoints {
		open = append(open, compose.Sentence(s))
		if len(open) == 3 {
			out, open = append(out, strings.Join(open, " ")), nil
		}
	}
	if len(open) > 0 {
		out = append(out, strings.Join(open, " "))
	}
	return fits(strings.Join(out, "\n\n"), limit)
}

// summary is about a third of the sentences, the weightiest, within the limit.
func summary(material []string, limit int) string {
	var all []string
	for _, line := range material {
		all = append(all, prose.SentenceTexts(prose.Plain(line))...)
	}
	n := max(1, min(5, len(all)/3))
	for ; n > 1; n-- {
		if prose.CountWords(strings.Join(compose.Central(all, n), " ")) <= limit {
			break
		}
	}
	return strings.Join(compose.Central(all, n), " ")
}

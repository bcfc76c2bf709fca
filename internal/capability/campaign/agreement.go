package campaign

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/channel"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Agreement is the output of the last step: which text says what, and where they differ
// from the brief.
type Agreement struct {
	Summary string  `json:"summary"`
	Checks  []Check `json:"checks"`
	// NotInBrief are figures that a text has and the brief does not: "LinkedIn: 40%".
	NotInBrief []string `json:"not_in_brief"`
}

// Check says how many of the texts have one thing.
type Check struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Max    int    `json:"max"`
	Found  string `json:"found"`
}

// said is a text of the campaign.
type said struct{ name, text string }

// agreement holds the texts against the brief. Social posts have little room, so a fact
// that one of them leaves out is no fault; a figure of its own would be one.
func agreement(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	texts, err := s.texts(in)
	if err != nil {
		return capability.Result{}, err
	}
	out := Agreement{Checks: []Check{}, NotInBrief: []string{}}
	add := func(name string, has func(text string) bool, of []said) {
		c := Check{Name: prose.Clip(name, 120), Max: len(of)}
		var in []string
		for _, t := range of {
			if has(t.text) {
				in = append(in, t.name)
			}
		}
		c.Points, c.Found = len(in), "In none of the texts."
		if len(in) > 0 {
			c.Found = "In: " + strings.Join(in, ", ") + "."
		}
		out.Checks = append(out.Checks, c)
	}
	for _, fact := range append(slices.Clone(s.Facts), s.KeyPoints...) {
		if own := figures(fact); len(own) > 0 {
			add(fact, func(text string) bool { return holds(figures(text), own) }, texts)
		}
	}
	if s.Link != "" {
		add("The link", func(text string) bool { return strings.Contains(text, s.Link) }, texts[1:])
	}
	brief := figures(strings.Join(append(s.brief(in).Support(), s.Link), "\n"))
	for _, t := range texts {
		for _, f := range figures(strings.ReplaceAll(t.text, s.Link, "")) {
			if line := t.name + ": " + f; !slices.Contains(brief, f) && !slices.Contains(out.NotInBrief, line) {
				out.NotInBrief = append(out.NotInBrief, line)
			}
		}
	}
	out.Summary = fmt.Sprintf("The %d texts give no figure that the brief does not have.", len(texts))
	if n := len(out.NotInBrief); n > 0 {
		out.Summary = domain.Plural(n, "figure") + " in the texts " + map[bool]string{true: "is", false: "are"}[n == 1] +
			" not in the brief. Check before you publish."
	}
	return capability.Result{Output: out}, nil
}

// texts are those of the parts: the post, one for each network, the e-mail.
func (s Settings) texts(in capability.Input) ([]said, error) {
	out := []said{}
	read := func(name, step string) error {
		var written struct{ Text string }
		if err := in.Output(step, &written); err != nil {
			return err
		}
		out = append(out, said{name, written.Text})
		return nil
	}
	if err := read("Blog post", "post.voice"); err != nil {
		return nil, err
	}
	for _, slug := range s.Networks {
		n, ok := channel.BySlug(slug)
		if !ok {
			return nil, fmt.Errorf("unknown network %q", slug)
		}
		if err := read(n.Name, "social.post-"+slug); err != nil {
			return nil, err
		}
	}
	return out, read("E-mail", "email.mail-1")
}

var figure = regexp.MustCompile(`\d(?:[\d.,:]*\d)?%?`)

func figures(text string) []string { return figure.FindAllString(text, -1) }

func holds(all, want []string) bool {
	return !slices.ContainsFunc(want, func(f string) bool { return !slices.Contains(all, f) })
}

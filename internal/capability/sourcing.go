package capability

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/cite"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Sourcing are the settings that say which of the workspace's sources a text may rest on. A capability embeds them.
type Sourcing struct {
	SourceIDs   []int64 `json:"source_ids,omitempty"`   // of sources; a feed stands for its entries
	FindSources bool    `json:"find_sources,omitempty"` // also those that fit the topic
}

// Query asks for passages of the workspace's sources.
type Query struct {
	Sourcing
	Text string // what they should fit: the topic, and what else says what the text is about
}

func (s Sourcing) wanted() bool { return len(s.SourceIDs) > 0 || s.FindSources }

// sourcesStep is the step that finds the passages, before all others. What it records is what every later step
// reads, also when a step runs again after a source has changed or is gone.
const sourcesStep = "sources"

// foundSources is the output of that step.
type foundSources struct {
	Passages []domain.Citation `json:"passages"`
	Note     string            `json:"note,omitempty"`
}

// sourceOutputs says how the passages that a text may rest on are shown.
func sourceOutputs() map[string]domain.OutputField {
	out := map[string]domain.OutputField{
		"passages": {Label: "Passages"}, "passages.title": {Label: "Source"}, "passages.quote": {Label: "Passage"},
		"claims": {Kind: domain.OutputHidden},
	}
	for _, name := range []string{"n", "content_id", "source_id", "version", "start", "end"} {
		out["passages."+name] = domain.OutputField{Kind: domain.OutputHidden}
	}
	return out
}

// withSources puts the step that finds passages before the others, where settings ask for sources.
func (spec Spec[S]) withSources(s S, plan []domain.PlanStep) []domain.PlanStep {
	if spec.Sources == nil || !spec.Sources(Input{}, s).wanted() {
		return plan
	}
	out := []domain.PlanStep{{Key: sourcesStep, Name: "Sources", Kind: sourcesStep, DependsOn: []string{}}}
	for _, step := range plan {
		if len(step.DependsOn) == 0 {
			step.DependsOn = []string{sourcesStep}
		}
		out = append(out, step)
	}
	return out
}

func (spec Spec[S]) findSources(ctx context.Context, in Input, s S) (Result, error) {
	if in.Find == nil {
		return Result{}, fmt.Errorf("nothing finds sources for the step %q", in.Step.Key)
	}
	q := spec.Sources(in, s)
	q.Text = prose.Line(q.Text)
	list, err := in.Find(ctx, q)
	if err != nil {
		return Result{}, err
	}
	out := foundSources{Passages: list}
	if len(list) == 0 {
		out.Passages = []domain.Citation{}
		out.Note = "Nothing in the sources fits the topic, so the text rests on the brief alone."
	}
	quotes := make([]string, len(list))
	for i, p := range list {
		quotes[i] = p.Quote
	}
	return Result{Output: out, Findings: Suspicious(in.Step.Key, Given{"source_ids", quotes})}, nil
}

// sourced runs a step with the passages that the execution found: a model's marks are taken out of its texts and kept
// as claims, the composer gets sentences of them, and what the step puts on the board says what rests on which.
func (spec Spec[S]) sourced(ctx context.Context, in Input, s S, step Step[S]) (Result, error) {
	inherited := in.Passages != nil // by a part, whose whole says what rests on which
	if raw, ok := in.Outputs[sourcesStep]; ok && !inherited {
		var found foundSources
		if err := Decode(raw, &found); err != nil {
			return Result{}, err
		}
		in.Passages = found.Passages
	}
	if len(in.Passages) == 0 {
		return step(ctx, in, s)
	}
	var claims []cite.Claim
	switch {
	case in.Origin.Kind != domain.OriginModel:
		claims = material(in.Passages)
		if spec.Compose != nil {
			texts := make([]string, len(claims))
			for i, c := range claims {
				texts[i] = c.Sentence
			}
			s = spec.Compose(s, texts)
		}
	case !inherited:
		in.Write = in.unmarked(&claims)
	}
	if inherited {
		return step(ctx, in, s)
	}
	result, err := step(ctx, in, s)
	if err != nil {
		return result, err
	}
	return in.attributed(result, claims)
}

// unmarked writes texts whose marks of passages are kept apart, as claims.
func (in Input) unmarked(claims *[]cite.Claim) func(ctx context.Context, ask Ask) (ai.Response, error) {
	write := in.Write
	return func(ctx context.Context, ask Ask) (ai.Response, error) {
		ask.Marked = true
		resp, err := write(ctx, ask)
		said, text := cite.Claims(resp.Text, in.Passages)
		*claims = append(*claims, said...)
		resp.Text = text
		return resp, err
	}
}

const (
	mostMaterial    = 8 // sentences of passages that a composed text gets
	mostOfOne       = 2 // of one passage
	longestMaterial = 400
)

// material are the sentences of the passages that say most of each and can be used as they are.
func material(passages []domain.Citation) (list []cite.Claim) {
	seen := map[string]bool{}
	for _, p := range passages {
		var whole []string
		for _, block := range prose.Parse(p.Quote).Paragraphs {
			for _, s := range prose.SentenceTexts(block) {
				if s = prose.Line(s); len(s) <= longestMaterial && prose.CountWords(s) >= 4 && !strings.HasSuffix(s, "?") {
					whole = append(whole, s)
				}
			}
		}
		for _, s := range compose.Central(whole, mostOfOne) {
			if key := prose.Fold(s); !seen[key] && len(list) < mostMaterial {
				seen[key] = true
				list = append(list, cite.Claim{Sentence: s, N: p.N})
			}
		}
	}
	return list
}

// attributed adds to a result what its texts rest on: to the output of the step the claims, for later steps, and to the
// record of each item the citations, and the passages that its text does not use.
func (in Input) attributed(r Result, claims []cite.Claim) (Result, error) {
	if len(claims) > 0 && in.Origin.Kind == domain.OriginModel {
		output, err := object(r.Output)
		if err != nil {
			return r, err
		}
		output["claims"] = claims
		r.Output = output
	}
	all := slices.Clone(claims)
	for _, raw := range in.Outputs {
		var earlier struct{ Claims []cite.Claim }
		if json.Unmarshal(raw, &earlier) == nil {
			all = append(all, earlier.Claims...)
		}
	}
	r.Effects = slices.Clone(r.Effects)
	for i, e := range r.Effects {
		var err error
		switch {
		case e.Create != nil:
			made := *e.Create
			made.Provenance, err = in.cited(made.Provenance, made.Item.Body, all)
			made.Support, r.Effects[i].Create = in.Quotes(), &made
		case e.Revise != nil:
			made := *e.Revise
			made.Provenance, err = in.cited(made.Provenance, made.Item.Body, all)
			made.Support, r.Effects[i].Revise = in.Quotes(), &made
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// Quotes are the texts of the passages: what a text may rest on beside its brief.
func (in Input) Quotes() (list []string) {
	for _, p := range in.Passages {
		list = append(list, p.Title, p.Heading, p.Quote)
	}
	return list
}

// cited adds citations to the record of where a text came from.
func (in Input) cited(provenance json.RawMessage, body string, claims []cite.Claim) (json.RawMessage, error) {
	record, err := object(provenance)
	if err != nil {
		return nil, err
	}
	citations := cite.Locate(body, claims, in.Passages)
	slices.SortStableFunc(citations, func(a, b cite.Cited) int { return cmp.Or(a.TextStart-b.TextStart, a.N-b.N) })
	record["citations"] = citations
	unused := []domain.Citation{}
	for _, p := range in.Passages {
		if !slices.ContainsFunc(citations, func(c cite.Cited) bool { return c.N == p.N }) {
			unused = append(unused, p)
		}
	}
	record["unused_passages"] = unused
	if in.Origin.Kind == domain.OriginComposer {
		forget(record["inputs"], claims)
	}
	data, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode provenance: %w", err)
	}
	return data, nil
}

// forget takes sentences of sources out of the inputs in a record, which are the caller's own.
func forget(inputs any, claims []cite.Claim) {
	m, ok := inputs.(map[string]any)
	if !ok {
		return
	}
	facts, ok := m["facts"].([]any)
	if !ok {
		return
	}
	facts = slices.DeleteFunc(facts, func(f any) bool {
		return slices.ContainsFunc(claims, func(c cite.Claim) bool { return c.Sentence == f })
	})
	if m["facts"] = facts; len(facts) == 0 {
		delete(m, "facts")
	}
}

// object is a value as a JSON object that can grow.
func object(v any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode what a step wrote: %w", err)
	}
	out := map[string]any{}
	if string(data) == "null" {
		return out, nil
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("read what a step wrote: %w", err)
	}
	return out, nil
}

// passagesText writes the passages for a prompt, each as data with its mark.
func passagesText(list []domain.Citation) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Passages of the company's own sources. You may use what they say like the facts in the brief. Put " +
		"the mark of a passage, such as [S1], after each sentence that rests on it: the marks are taken out before anybody " +
		"reads the text.")
	for _, p := range list {
		fmt.Fprintf(&b, "\n\n[S%d] %s", p.N, line(p.Title))
		if p.Heading != "" {
			b.WriteString(" – " + line(p.Heading))
		}
		b.WriteString("\n" + Fence("source", p.Quote))
	}
	return b.String()
}

package capability

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// Decode reads a step's output, or JSON from a model, into v.
func Decode(raw json.RawMessage, v any) error {
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("read %T: %w", v, err)
	}
	return nil
}

// Output reads the recorded output of an earlier step.
func (in Input) Output(step string, v any) error {
	raw, ok := in.Outputs[step]
	if !ok {
		return fmt.Errorf("the step %q needs the output of %q", in.Step.Key, step)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("read the output of %q: %w", step, err)
	}
	return nil
}

// Number returns the number at the end of the step's key: 2 for section-2.
func (in Input) Number() (int, error) {
	i := strings.LastIndexByte(in.Step.Key, '-')
	n, err := strconv.Atoi(in.Step.Key[i+1:])
	if err != nil {
		return 0, fmt.Errorf("the step %q has no number: %w", in.Step.Key, err)
	}
	return n, nil
}

// Background returns the caller's further context as text for prompts and
// guardrails; "" where it holds nothing.
func (in Input) Background() string {
	s := strings.TrimSpace(string(in.Context))
	if s == "" || s == "null" || s == "{}" {
		return ""
	}
	return s
}

// Guarded is a text after the guardrails.
type Guarded struct {
	Text     string
	Input    guard.Input      // what was checked, before anything was redacted in its text
	Findings []domain.Finding // of Text
	Fixed    []domain.Finding // gone after a second try
}

// Guard runs the guardrails over a text and follows the agent's policy. Where the
// policy asks for a second try and a model writes, retry is called once with the text
// and its faults; the composer would only write the same again. The second text is
// kept if it has no more findings than the first.
func Guard(
	ctx context.Context,
	in Input,
	g guard.Input,
	retry func(ctx context.Context, text string, faults []string) (string, error),
) (Guarded, error) {
	if retry == nil {
		return GuardWhole(ctx, in, g, nil)
	}
	return GuardWhole(ctx, in, g, func(ctx context.Context, g guard.Input, faults []string) (guard.Input, error) {
		text, err := retry(ctx, g.Text, faults)
		g.Text = text
		return g, err
	})
}

// GuardWhole is [Guard] for a text whose second try may change its title and description too.
func GuardWhole(
	ctx context.Context,
	in Input,
	g guard.Input,
	retry func(ctx context.Context, g guard.Input, faults []string) (guard.Input, error),
) (Guarded, error) {
	g.Step, g.BrandVoice = in.Step.Key, in.BrandVoice
	for _, c := range in.Items {
		g.Images = append(g.Images, domain.ImageIDs(c.Images)...)
	}
	if in.Origin.Kind == domain.OriginModel {
		var err error
		if g.Instructions, err = System(nil, ""); err != nil { // without the voice, whose words the text may have
			return Guarded{}, err
		}
	}
	found := guard.Check(g)
	out := guard.Apply(g, found, in.Agent.GuardrailPolicy)
	first := Guarded{Text: out.Text, Input: g, Findings: out.Findings}
	if len(out.Retry) == 0 || retry == nil || in.Origin.Kind != domain.OriginModel {
		return first, nil
	}
	second, err := retry(ctx, g, guard.RetryMessages(out.Retry))
	if err != nil {
		return Guarded{}, err
	}
	again := guard.Check(second)
	if strings.TrimSpace(second.Text) == "" || len(again) > len(found) {
		return first, nil
	}
	final := guard.Apply(second, again, in.Agent.GuardrailPolicy)
	return Guarded{
		Text: final.Text, Input: second, Findings: final.Findings, Fixed: guard.Fixed(found, again),
	}, nil
}

// Guardrail is a guardrail with what is done about its findings.
type Guardrail struct{ Slug, Name, Policy string }

// Guardrails returns the guardrails that run in a capability, in their order, with what an
// agent's policy says; none where its texts pass none. One that only reads a text blocks what it
// would redact.
func Guardrails(c domain.Capability, policy domain.GuardrailPolicy) (list []Guardrail) {
	if !c.Guarded {
		return nil
	}
	if !c.NeedsModel {
		policy = guard.WithoutRedaction(policy)
	}
	for _, g := range guard.Guardrails() {
		list = append(list, Guardrail{g.Slug, g.Name, cmp.Or(policy[g.Slug], g.Default)})
	}
	return list
}

// All returns the findings of the text and those that a second try has fixed.
func (g Guarded) All() []domain.Finding { return append(slices.Clone(g.Findings), g.Fixed...) }

// Given is what a caller supplied in one setting.
type Given struct {
	Setting string
	Texts   []string
}

// Suspicious looks for instructions to a model in what the caller supplied. The text
// is still used as data; the finding warns people about it.
func Suspicious(step string, given ...Given) []domain.Finding {
	out := []domain.Finding{}
	for _, g := range given {
		for _, text := range g.Texts {
			for _, what := range guard.Injection(text) {
				out = append(out, domain.Finding{
					Guardrail: "injection-residue",
					Step:      step,
					Severity:  domain.SeverityWarning,
					Action:    domain.ActionFlagged,
					Matches:   []domain.Match{},
					Message: fmt.Sprintf("The setting %s contains %q, which reads like an instruction to a model. "+
						"It was used as plain text; check where it comes from.", g.Setting, what),
				})
			}
		}
	}
	return out
}

package execution

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// part is one capability at work: all of an execution, or one step of a template, whose
// key then begins the keys of the capability's steps (post.outline).
type part struct {
	key    string // of the template's step; "" for all of an execution
	slug   string // of the capability
	req    capability.Request
	origin domain.Origin
	writes bool          // its capability has texts written
	writer ai.Connection // of its texts
	agent  domain.Agent
	voice  *domain.BrandVoice
	items  map[int64]domain.ContentItem
	// listing is what the part reads, and what its items are for; nil: none.
	listing *domain.Listing

	// What follows is guarded by the worker's mutex.
	cut  []domain.Finding        // about texts of recorded steps, for the items made of them
	html map[int64]item.Rendered // of what the step publishes, by the items' ids
}

// newPart returns a capability with its settings as a part of an execution. What calls no
// model writes nothing, so it counts as the composer's.
func newPart(key string, c capability.Capability, req capability.Request, origin domain.Origin) *part {
	if !c.NeedsModel {
		origin = domain.ComposerOrigin()
	}
	return &part{key: key, slug: c.Slug, req: req, origin: origin, writes: c.NeedsModel}
}

// loadPart reads what a part needs, and sets what writes its texts: what writes those of the
// execution's lead, unless either agent is external.
func (w *worker) loadPart(ctx context.Context, tx *store.Tx, p *part) error {
	if err := p.load(ctx, tx, w.x, w.agent, w.voice); err != nil {
		return err
	}
	p.writer = w.writer
	external := p.agent.Type == domain.AgentExternal || w.agent.Type == domain.AgentExternal
	if !p.writes || !external || p.agent.ID == w.agent.ID {
		return nil
	}
	own, ok := w.Providers.For(p.agent)
	if !ok {
		return domain.Errorf(domain.CodeConflict, "Nothing can write for the agent %q", p.agent.Name)
	}
	p.writer, p.origin = own, own.Origin
	return nil
}

// load reads the agent, the brand voice, the listing and the items that the part needs. The execution has
// an agent and a voice of its own, for a part that names no other.
func (p *part) load(
	ctx context.Context, tx *store.Tx, x domain.Execution, agent domain.Agent, voice *domain.BrandVoice,
) error {
	workspaceID := x.WorkspaceID
	p.agent, p.voice, p.items = agent, voice, map[int64]domain.ContentItem{}
	own := slices.IndexFunc(x.Plan, func(s domain.PlanStep) bool { return s.Key == p.key && s.AgentID != 0 })
	if own >= 0 {
		other, err := tx.AnyAgent(ctx, workspaceID, x.Plan[own].AgentID)
		if err != nil {
			return gone(err, "agent", x.Plan[own].AgentID)
		}
		p.agent = other
	}
	if id := p.req.BrandVoice(); id != 0 && p.key != "" {
		own, err := tx.BrandVoice(ctx, workspaceID, id)
		if err != nil {
			return gone(err, "brand voice", id)
		}
		p.voice = &own
	}
	for _, id := range p.req.Reads() {
		c, err := tx.Content(ctx, workspaceID, id)
		if err != nil {
			return gone(err, "content item", id)
		}
		p.items[id] = c
	}
	if id := p.req.Listing(); id != 0 {
		l, err := tx.Listing(ctx, workspaceID, id)
		if err != nil {
			return gone(err, "listing", id)
		}
		p.listing = &l
	}
	return nil
}

// support is what a text of the part may rest on: its settings, and the items that it was made from.
func (p *part) support() []string {
	all := domain.Strings(p.req.JSON())
	for _, id := range p.req.Reads() {
		all = append(all, p.items[id].Title, p.items[id].Body)
	}
	if l := p.listing; l != nil {
		all = append(append(all, l.Title, l.ShortDescription, l.LongDescription, l.Support), l.Highlights...)
	}
	return all
}

// gone says which thing of the workspace does not exist.
func gone(err error, noun string, id int64) error {
	if domain.CodeOf(err) != domain.CodeNotFound {
		return err
	}
	return domain.Errorf(domain.CodeConflict, "%s %d was not found", noun, id)
}

// full returns the key in the execution's plan of a step of the part.
func (p *part) full(key string) string {
	if p.key == "" {
		return key
	}
	return p.key + "." + key
}

// inner returns the key that the capability knows a step of the plan by; false where it is
// no step of the part.
func (p *part) inner(key string) (string, bool) {
	if p.key == "" {
		return key, true
	}
	return strings.CutPrefix(key, p.key+".")
}

// step returns a step of the plan as the capability knows it.
func (p *part) step(s domain.PlanStep) domain.PlanStep {
	if p.key == "" {
		return s
	}
	s.Key, _ = p.inner(s.Key)
	outer := s.DependsOn
	s.DependsOn = []string{}
	for _, key := range outer {
		if inner, ok := p.inner(key); ok {
			s.DependsOn = append(s.DependsOn, inner)
		}
	}
	return s
}

// outputs returns those of the part's steps, by the keys that the capability knows.
func (p *part) outputs(all map[string]json.RawMessage) map[string]json.RawMessage {
	own := make(map[string]json.RawMessage, len(all))
	for key, output := range all {
		if inner, ok := p.inner(key); ok {
			own[inner] = output
		}
	}
	return own
}

// named returns a result whose findings name their step as the plan does.
func (p *part) named(r capability.Result) capability.Result {
	if p.key == "" {
		return r
	}
	name := func(list []domain.Finding) []domain.Finding {
		list = slices.Clone(list)
		for i := range list {
			if list[i].Step != "" {
				list[i].Step = p.full(list[i].Step)
			}
		}
		return list
	}
	r.Findings, r.Effects = name(r.Findings), slices.Clone(r.Effects)
	for i, e := range r.Effects {
		if e.Create != nil {
			created := *e.Create
			created.Findings = name(created.Findings)
			r.Effects[i].Create = &created
		}
		if e.Revise != nil {
			revised := *e.Revise
			revised.Findings = name(revised.Findings)
			r.Effects[i].Revise = &revised
		}
	}
	return r
}

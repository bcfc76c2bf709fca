package work

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Execute asks for an execution of a capability.
type Execute struct {
	Capability string          // slug
	AgentID    int64           // 0: chosen automatically
	Settings   json.RawMessage // an object; empty: {}
	Context    json.RawMessage // an object, or empty
	Priority   domain.Priority // empty: normal
	Notify     bool
	Wait       time.Duration // how long to wait for the end before returning
	MaxCredits *int          // the most that it may hold and spend; nil: its price

	cause domain.Cause // the trigger that starts it
}

// Started is an accepted execution, with the agent and the reason for choosing it.
type Started struct {
	Execution   domain.Execution
	Agent       domain.Agent
	AgentReason string
}

// Execute accepts an execution of a capability. It takes the scopes of what the
// execution may do to items ([domain.EffectScopes]). Settings, agent and credits are
// checked first. What is returned is on disk and will run, whatever happens to
// this process. With a wait it returns at the execution's end; so does the replay of an
// earlier call, as a [domain.Replayed] beside the execution.
func (v *Verbs) Execute(ctx context.Context, in Execute) (Started, error) {
	a, err := verb.Caller(ctx, domain.ScopeReview)
	if err != nil {
		return Started{}, err
	}
	c, ok := v.runner.Capability(in.Capability)
	if !ok {
		return Started{}, domain.NotFound("Capability")
	}
	if err := v.node.Accepting(); err != nil {
		return Started{}, err
	}
	req, err := prepare(c, in)
	if err != nil {
		if missing := a.RequireAll(domain.EffectScopes(c.Effects)); missing != nil {
			return Started{}, missing // first what no other settings would change
		}
		return Started{}, err
	}
	in.Priority = cmp.Or(in.Priority, domain.PriorityNormal)
	return v.start(ctx, a, in.Wait, func(tx *store.Tx, a domain.Actor) (Started, error) {
		return v.accept(ctx, tx, a, execution.OfCapability(c, req), in, earlier{})
	})
}

// start accepts an execution by f, in one transaction, and waits for its end where the
// caller asked for that.
func (v *Verbs) start(
	ctx context.Context, a domain.Actor, wait time.Duration, f func(tx *store.Tx, a domain.Actor) (Started, error),
) (Started, error) {
	started, err := verb.Change(ctx, v.store, domain.ScopeReview, f)
	if wait <= 0 {
		return started, err
	}
	var before *domain.Replayed
	if errors.As(err, &before) && before.Answer.Began != 0 {
		d, failed := v.wait(ctx, a.WorkspaceID, before.Answer.Began, wait)
		if failed != nil {
			return started, err // the stored answer is still true
		}
		return Started{Execution: d.Execution, Agent: d.Agent}, &domain.Replayed{Answer: before.Answer, Waited: true}
	}
	if err != nil {
		return started, err
	}
	// The execution was accepted, even if the wait is cut short. A caller that may
	// start one may see how it ends.
	x := started.Execution
	if d, err := v.wait(ctx, x.WorkspaceID, x.ID, wait); err == nil {
		started.Execution = d.Execution
	}
	return started, nil
}

// prepare checks everything about the input that needs no database, and decodes
// the settings with their defaults filled in.
func prepare(c capability.Capability, in Execute) (capability.Request, error) {
	req, err := c.Prepare(in.Settings)
	if err != nil && domain.CodeOf(err) != domain.CodeValidation {
		return req, err
	}
	var p domain.Problems
	p.Merge(err)
	domain.CheckEnum(&p, "priority", in.Priority)
	if len(in.Context) > 0 && !isObject(in.Context) {
		p.Type("context", "an object")
	}
	checkMaxCredits(&p, in.MaxCredits)
	return req, p.Err()
}

func checkMaxCredits(p *domain.Problems, most *int) {
	if most != nil {
		domain.LimitMaxCredits.Value(p, "max_credits", *most)
	}
}

// CheckSettings notes what is wrong with the settings of a capability, below "settings";
// nothing where there is no such capability.
func (v *Verbs) CheckSettings(p *domain.Problems, slug string, settings json.RawMessage) {
	if c, ok := v.capabilities[slug]; ok {
		_, err := c.Prepare(settings)
		p.Merge(err)
	}
}

func isObject(j json.RawMessage) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(j, &m) == nil && m != nil
}

// earlier is the execution whose recorded steps another one reuses; the zero value is none.
type earlier struct {
	retryOf int64
	redo    domain.Redo
}

// accept asks the caller for the scopes of the execution's effects, chooses agent,
// brand voice and origin, and accepts the execution as part of the transaction. in has what
// the order does not say; past says whose steps are reused.
func (v *Verbs) accept(
	ctx context.Context, tx *store.Tx, a domain.Actor, order execution.Order, in Execute, past earlier,
) (Started, error) {
	if err := a.RequireAll(domain.EffectScopes(order.Effects)); err != nil {
		return Started{}, err
	}
	if past != (earlier{}) {
		order.Sources = nil // what they said is recorded; a step that reads them again says which is gone
	}
	read := inTx(tx)
	credits, err := most(order)
	if err != nil {
		return Started{}, err
	}
	team, err := v.chooseTeam(ctx, read, a.WorkspaceID, order, credits, in)
	if err != nil {
		return Started{}, err
	}
	agent := team.lead
	voiceID, err := chooseBrandVoice(ctx, read, a.WorkspaceID, agent, order.BrandVoice)
	if err != nil {
		return Started{}, err
	}
	if err := checkReferences(ctx, read, a.WorkspaceID, order); err != nil {
		return Started{}, err
	}
	connection, ok := v.runner.Providers.For(agent)
	if !ok {
		return Started{}, noProvider(agent)
	}
	if order.ModelFor != "" && connection.Origin.Kind != domain.OriginModel {
		return Started{}, needsModel(order.ModelFor, agent)
	}
	x := domain.Execution{
		WorkspaceID: a.WorkspaceID,
		AgentID:     agent.ID,
		Priority:    in.Priority,
		Origin:      originOf(order, connection),
		Context:     in.Context,
		Notify:      in.Notify,
		MaxCredits:  in.MaxCredits,
		Cause:       in.cause,
		RetryOf:     past.retryOf,
		Redo:        past.redo,
		CreatedBy:   a.Name,
		Starter:     a.Starter(),
	}
	if x, err = v.runner.Accept(ctx, tx, x, order, voiceID, team.ids); err != nil {
		return Started{}, err
	}
	err = checkCredits(ctx, read, a.WorkspaceID, agent, x.CreditsHeld, true)
	return Started{Execution: x, Agent: agent, AgentReason: team.why}, err
}

// originOf is what writes the texts of an order: the connection's model, or the composer where
// the order calls none.
func originOf(order execution.Order, c ai.Connection) domain.Origin {
	if !order.NeedsModel {
		return domain.ComposerOrigin()
	}
	return c.Origin
}

// checkReferences returns a fault unless the items, the sources and the listing that a capability will read exist.
func checkReferences(ctx context.Context, r reader, workspaceID int64, o execution.Order) error {
	if err := checkTexts(ctx, r, workspaceID, o); err != nil || o.Listing == 0 {
		return err
	}
	_, err := r.Listing(ctx, workspaceID, o.Listing)
	return verb.MissingReference(err, "settings.listing_id", "listing", o.Listing)
}

// checkTexts returns a fault unless the items and sources that a capability will read exist.
func checkTexts(ctx context.Context, r reader, workspaceID int64, o execution.Order) error {
	var p domain.Problems
	if len(o.Reads) > 0 {
		missing, err := r.MissingContent(ctx, workspaceID, o.Reads)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			p.Missing("settings.content_id", "content item", missing[0])
		}
	}
	if len(o.Sources) > 0 {
		missing, err := r.MissingSources(ctx, workspaceID, o.Sources)
		if err != nil {
			return err
		}
		for _, id := range missing {
			p.Missing("settings.source_ids", "source", id)
		}
	}
	return p.Err()
}

// team is who carries out an order.
type team struct {
	lead domain.Agent     // of the execution
	ids  map[string]int64 // by capability
	why  string
}

// chooseTeam returns the agent that was asked for, or one that carries out everything; where
// there is none, one for each capability. credits is what the order costs at most.
func (v *Verbs) chooseTeam(
	ctx context.Context, r reader, workspaceID int64, order execution.Order, credits int, in Execute,
) (t team, err error) {
	t.ids = map[string]int64{}
	if in.MaxCredits != nil {
		credits = min(credits, *in.MaxCredits)
	}
	t.lead, t.why, err = v.chooseAgent(ctx, r, workspaceID, order.Capabilities, in.AgentID, credits)
	if domain.CodeOf(err) != domain.CodeConflict || len(order.Capabilities) == 1 {
		for _, slug := range order.Capabilities {
			t.ids[slug] = t.lead.ID
		}
		return t, err
	}
	var reasons []string
	for _, slug := range order.Capabilities {
		costs := 0 // an execution counts with the agent that leads it
		if slug == order.Lead {
			costs = credits
		}
		agent, why, err := v.chooseAgent(ctx, r, workspaceID, []string{slug}, 0, costs)
		if err != nil {
			return t, err
		}
		t.ids[slug] = agent.ID
		if slug == order.Lead {
			t.lead = agent
		}
		reasons = append(reasons, why)
	}
	t.why = strings.Join(reasons, " ")
	return t, nil
}

// chooseAgent returns the agent that was asked for, or chooses one that carries out all of
// the capabilities and may spend as many credits, and the reason.
func (v *Verbs) chooseAgent(
	ctx context.Context, r reader, workspaceID int64, slugs []string, id int64, credits int,
) (domain.Agent, string, error) {
	active := store.AgentFilter{ActiveOnly: true}
	l, err := r.Agents(ctx, workspaceID, active, domain.Page{Number: 1, Size: domain.MostAgents})
	if err != nil {
		return domain.Agent{}, "", err
	}
	if id != 0 {
		agent, err := requestedAgent(ctx, r, workspaceID, slugs, id, l.Items)
		return agent, "It was requested.", err
	}
	var passed []error // why agents that could carry it out may not now
	all := strings.Join(slugs, ", ")
	each := func(carries func(a domain.Agent, slug string) bool) func(a domain.Agent) bool {
		return func(a domain.Agent) bool {
			return !slices.ContainsFunc(slugs, func(slug string) bool { return !carries(a, slug) })
		}
	}
	lists := func(a domain.Agent, slug string) bool { return slices.Contains(a.Capabilities, slug) }
	takes := func(a domain.Agent, slug string) bool { return a.Can(slug) || isFallback(a, slug, l.Items) }
	for _, choice := range []struct {
		takes func(domain.Agent) bool
		why   func(domain.Agent) string
	}{
		{each(lists), func(a domain.Agent) string {
			return fmt.Sprintf("%s is the first active agent that lists %s.", a.Name, all)
		}},
		{each(domain.Agent.Can), func(a domain.Agent) string {
			return fmt.Sprintf("No active agent lists %s; %s is the first that carries out every capability.", all, a.Name)
		}},
		{each(takes), func(a domain.Agent) string {
			return fmt.Sprintf("No active agent lists %s, so it goes to %s, the first that ships with Vellocity.", all, a.Name)
		}},
	} {
		for _, agent := range l.Items {
			if !choice.takes(agent) {
				continue
			}
			err := v.mayTake(ctx, r, workspaceID, credits, agent)
			switch {
			case err == nil && len(passed) == 0:
				return agent, choice.why(agent), nil
			case err == nil:
				return agent, instead(agent, passed), nil
			case domain.CodeOf(err) != domain.CodeConflict:
				return domain.Agent{}, "", err
			}
			passed = append(passed, err)
		}
	}
	if len(passed) > 0 {
		return domain.Agent{}, "", passed[0]
	}
	return domain.Agent{}, "", domain.Errorf(domain.CodeConflict,
		"No active agent of this workspace carries out %s", all)
}

// isFallback reports whether an agent takes a capability that no active agent can
// carry out, such as one that came with a newer version.
func isFallback(a domain.Agent, slug string, active []domain.Agent) bool {
	can := func(a domain.Agent) bool { return a.Can(slug) }
	return a.Type == domain.AgentInternal && !slices.ContainsFunc(active, can)
}

func requestedAgent(
	ctx context.Context, r reader, workspaceID int64, slugs []string, id int64, active []domain.Agent,
) (domain.Agent, error) {
	agent, err := r.Agent(ctx, workspaceID, id)
	if err != nil {
		return agent, verb.MissingReference(err, "agent_id", "agent", id)
	}
	var p domain.Problems
	if !agent.IsActive {
		p.Add("agent_id", "The agent %q is switched off", agent.Name)
		return agent, p.Err()
	}
	for _, slug := range slugs {
		if !agent.Can(slug) && !isFallback(agent, slug, active) {
			p.Add("agent_id", "The agent %q does not carry out %s", agent.Name, slug)
		}
	}
	return agent, p.Err()
}

// chooseBrandVoice returns the brand voice that the settings name, else the agent's, else
// the workspace's; 0 for none.
func chooseBrandVoice(
	ctx context.Context, r reader, workspaceID int64, agent domain.Agent, chosen int64,
) (int64, error) {
	if chosen != 0 {
		_, err := r.BrandVoice(ctx, workspaceID, chosen)
		return chosen, verb.MissingReference(err, "settings.brand_voice_id", "brand voice", chosen)
	}
	if agent.BrandVoiceID != 0 {
		return agent.BrandVoiceID, nil
	}
	w, err := r.Workspace(ctx, workspaceID)
	return w.BrandVoiceID, err
}

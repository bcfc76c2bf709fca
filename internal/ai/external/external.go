// Package external has external agents write text: a program at an address of the
// workspace's own gets each task as a signed JSON request and returns the text. It is
// one more codec over package wire, so retries, records and guardrails are those of any
// provider. docs/external-agents.md is the contract for those who write such a program.
package external

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/signature"
)

// Options are what Agents need.
type Options struct {
	Vault *auth.Vault
	// Client returns the HTTP client for an address that a workspace chose, or an error in
	// words where it may not be reached.
	Client func(ctx context.Context, address string) (*http.Client, error)
	Now    func() time.Time
	// Parallel is how many texts one agent may write at once; 0 sets no limit.
	Parallel int
}

// Agents calls external agents. It is safe for use by several goroutines.
type Agents struct {
	o Options

	mu      sync.Mutex
	callers map[known]*ai.Caller
}

// known is what a caller was made of. While nothing of it changes the caller is kept, with
// the count of its calls and its circuit breaker.
type known struct {
	id       int64
	name     string
	endpoint domain.ExternalAgent
}

// mostCallers bounds how many callers are kept; above it all are made again.
const mostCallers = 1000

// New returns what calls external agents.
func New(o Options) *Agents {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Agents{o: o, callers: map[known]*ai.Caller{}}
}

// secretPlace is the place of an agent's secret in the vault.
func secretPlace(id int64) string { return fmt.Sprintf("agent/%d", id) }

// Seal encrypts the secret of an agent. It can be opened for that agent alone.
func (a *Agents) Seal(id int64, secret domain.Secret) string {
	return a.o.Vault.Seal(secretPlace(id), secret)
}

// CheckURL returns an error in words where an agent's address may not be reached. It looks
// the name up.
func (a *Agents) CheckURL(ctx context.Context, address string) error {
	_, err := a.o.Client(ctx, address)
	return err
}

// Caller returns what calls an agent. It calls nobody yet: whatever is wrong with the
// agent's secret or address is the error of a call.
func (a *Agents) Caller(agent domain.Agent) *ai.Caller {
	k := known{agent.ID, agent.Name, agent.External}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.callers[k]; ok {
		return c
	}
	if len(a.callers) >= mostCallers {
		clear(a.callers)
	}
	timeout := agent.External.Timeout()
	c := ai.NewCaller(ai.Options{
		Provider: a.provider(agent),
		Label:    called(agent),
		Advice:   `Where output.format is json, its text must be JSON that matches output.schema.`,
		Model:    agent.Name,
		Parallel: a.o.Parallel,
		First:    timeout + grace, // the provider itself ends a call that takes too long
		Idle:     timeout + grace,
		Quiet:    timeout + grace,
	})
	a.callers[k] = c
	return c
}

// grace is how much later than the agent's own time limit others apply.
const grace = 10 * time.Second

// called is what messages call an agent.
func called(a domain.Agent) string { return fmt.Sprintf("The agent %q", a.Name) }

// provider returns the provider that writes with an agent's secret.
func (a *Agents) provider(agent domain.Agent) ai.Provider {
	secret, err := a.o.Vault.Open(secretPlace(agent.ID), agent.External.Sealed)
	key, ok := signature.Key(secret)
	if err != nil || !ok {
		return &broken{fault(ai.KindAuth, 0, "The signing secret of %s cannot be read. Rotate it, and enter the new one "+
			"in the agent's server.", within(called(agent)))}
	}
	return a.providerWith(agent, key)
}

func (a *Agents) providerWith(agent domain.Agent, key []byte) ai.Provider {
	p, err := wire.New(wire.Config{
		Name:    domain.ProviderExternal,
		BaseURL: agent.External.URL,
		Model:   agent.Name,
		Client:  &http.Client{Transport: guarded{agent: called(agent), client: a.o.Client}},
	}, a.codec(agent, key))
	if err != nil {
		return &broken{fault(ai.KindRequest, 0, "The address of %s is not an http or https URL. Edit the agent.",
			within(called(agent)))}
	}
	return &provider{Provider: p, agent: called(agent), timeout: agent.External.Timeout()}
}

// broken is an agent that cannot be called.
type broken struct{ why *ai.Error }

// Name returns the name in records.
func (*broken) Name() string { return domain.ProviderExternal }

// Generate returns why.
func (b *broken) Generate(context.Context, ai.Request, ai.Sink) (ai.Response, error) {
	return ai.Response{}, b.why
}

// provider is an agent's endpoint, with a limit of time and faults in words about agents.
type provider struct {
	ai.Provider
	agent   string // as messages call it
	timeout time.Duration
}

// Generate makes one attempt; see [ai.Provider].
func (p *provider) Generate(ctx context.Context, req ai.Request, to ai.Sink) (ai.Response, error) {
	limited, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	resp, err := p.Provider.Generate(limited, req, to)
	switch known, ok := ai.AsError(err); {
	case err == nil || ctx.Err() != nil:
		return resp, err
	case limited.Err() != nil:
		return resp, fault(ai.KindTransient, 0, "%s did not answer within %s. Give it a longer timeout, or make it "+
			"answer faster.", p.agent, domain.Plural(int(p.timeout.Seconds()), "second"))
	case ok:
		return resp, explained(p.agent, known)
	}
	return resp, err
}

package external

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Test asks an agent for a line of text, and then sends the same request with a wrong
// signature, which it must refuse. Each of the two takes at most the agent's timeout. The
// error is the context's.
func (a *Agents) Test(ctx context.Context, agent domain.Agent) (domain.AgentReport, error) {
	req := ai.Request{
		Model:     agent.Name,
		System:    "This is a test of the connection. Nothing that you answer is stored.",
		Messages:  ai.User("Write one short sentence: you are ready to write."),
		MaxTokens: 100,
		Task:      &ai.Task{Step: testStep},
	}
	if len(agent.Capabilities) > 0 {
		req.Task.Capability = agent.Capabilities[0]
	}
	began := time.Now()
	resp, err := a.provider(agent).Generate(ctx, req, ai.Sink{})
	if ctx.Err() != nil {
		return domain.AgentReport{}, ctx.Err()
	}
	r := domain.AgentReport{Model: resp.Model, Took: time.Since(began)}
	if e, ok := ai.AsError(err); ok {
		r.Message = e.Message
		return r, nil
	} else if err != nil {
		return r, err
	}
	if r.Text = strings.TrimSpace(resp.Text); r.Text == "" {
		r.Message = called(agent) + ` answered with an empty "text".`
		return r, nil
	}
	r.OK, r.Message = true, called(agent)+" accepted the signed request and wrote a text."
	warning, err := a.tryForged(ctx, agent, req)
	if warning != "" {
		r.Warnings = append(r.Warnings, warning)
	}
	return r, err
}

// tryForged sends a request that another key has signed, and returns what is wrong with how
// the agent takes it; "" where it refuses it as it must.
func (a *Agents) tryForged(ctx context.Context, agent domain.Agent, req ai.Request) (warning string, err error) {
	var other [48]byte
	rand.Read(other[:])
	_, err = a.providerWith(agent, other[:]).Generate(ctx, req, ai.Sink{})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	e, ok := ai.AsError(err)
	switch {
	case err == nil:
		return called(agent) + " also answered a request with a wrong signature, so anyone who knows its address can use " +
			"it. Make its server check the signature and answer 401 where it does not match.", nil
	case ok && e.Status >= 400 && e.Status < 500:
		return "", nil
	case ok && e.Status > 0:
		return fmt.Sprintf("%s answered a request with a wrong signature with HTTP %d. It should answer 401.",
			called(agent), e.Status), nil
	}
	return called(agent) + " gave no answer to a request with a wrong signature. It should answer 401.", nil
}

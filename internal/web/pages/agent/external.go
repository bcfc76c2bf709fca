package agent

import (
	"context"
	"net/http"

	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// showSecret shows an external agent with its new signing secret, this once.
func (p page) showSecret(w http.ResponseWriter, r *http.Request, n content.NewAgent) error {
	f, err := p.formOf(r.Context(), n.Agent)
	if err != nil {
		return err
	}
	return p.showView(w, r, http.StatusOK, n.Agent, view{Form: f, Secret: n.Secret.Reveal()})
}

// test calls an external agent and shows what it did.
func (p page) test(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	a, err := p.agentOf(r)
	if err != nil {
		return err
	}
	said, err := p.Engine.Content.TestAgent(r.Context(), a.ID)
	if err != nil {
		return p.Refuse(w, r, pathOf(a.ID), err)
	}
	f, err := p.formOf(r.Context(), a)
	if err != nil {
		return err
	}
	return p.showView(w, r, http.StatusOK, a, view{Form: f, Said: &said})
}

// rotate replaces the signing secret of an external agent.
func (p page) rotate(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	var made content.NewAgent
	out, err := ui.Once(r, func(ctx context.Context) (_ content.NewAgent, err error) {
		made, err = p.Engine.Content.RotateAgentSecret(ctx, verb.ID{ID: id})
		return made, err
	}, func(n content.NewAgent) ui.Outcome {
		return ui.Outcome{Path: pathOf(n.Agent.ID), Message: "The secret was rotated."}
	})
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	if made.Secret != "" {
		return p.showSecret(w, r, made)
	}
	return p.Finish(w, r, out)
}

// Package work has the verbs around capabilities and executions: what can be
// asked for, accepting an execution of one or of a template, following it, and the
// triggers that start one.
package work

import (
	"encoding/json"
	"fmt"
	"sync"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/live"
	"vellocity/internal/schema"
	"vellocity/internal/store"
	"vellocity/internal/template"
	"vellocity/internal/verb"
)

// Options are what the verbs need.
type Options struct {
	Store        *store.Store
	Runner       *execution.Runner
	Hub          *live.Hub
	Capabilities []capability.Capability
	Templates    []domain.Template // that ship with the program
	Node         verb.Node
}

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store     *store.Store
	runner    *execution.Runner
	hub       *live.Hub
	node      verb.Node
	catalogue []domain.Capability
	details   map[string]CapabilityDetails

	capabilities map[string]capability.Capability
	templates    []domain.Template // that ship with the program
	// programs are those of the templates that ship with the program, by id, each read when it is first needed.
	programs map[int64]func() (*template.Program, error)
	suggest  capability.Prompt
	firings  chan struct{} // signalled when events have come for triggers
}

// New returns the verbs. It fails where the settings schema of a capability cannot
// be read.
func New(o Options) (*Verbs, error) {
	v := &Verbs{
		store:   o.Store,
		runner:  o.Runner,
		hub:     o.Hub,
		node:    o.Node,
		details: map[string]CapabilityDetails{},

		capabilities: map[string]capability.Capability{},
		templates:    o.Templates,
		programs:     map[int64]func() (*template.Program, error){},
		suggest:      suggestPrompt(),
		firings:      make(chan struct{}, 1),
	}
	for _, c := range o.Capabilities {
		d, err := describe(c)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", c.Slug, err)
		}
		v.catalogue = append(v.catalogue, d.Capability)
		v.details[c.Slug] = d
		v.capabilities[c.Slug] = c
	}
	for _, t := range o.Templates {
		v.programs[t.ID] = sync.OnceValues(func() (*template.Program, error) { return template.Read(t, v.find) })
	}
	return v, nil
}

// find returns a capability by its slug.
func (v *Verbs) find(slug string) (capability.Capability, bool) {
	c, ok := v.capabilities[slug]
	return c, ok
}

// CapabilityDetails is a capability with the settings that it requires and their
// defaults, a JSON object.
type CapabilityDetails struct {
	domain.Capability
	Schema           *schema.Schema  // SettingsSchema, compiled: its fields, for forms
	ToolSchema       json.RawMessage // SettingsSchema in the standard's keywords alone, for tools
	RequiredSettings []string
	DefaultSettings  json.RawMessage
	// MissingExtensions are those of RequiredExtensions that the server does not have.
	MissingExtensions []string
}

// describe adds what a capability's settings need and default to.
func describe(c capability.Capability) (CapabilityDetails, error) {
	defaults, err := json.Marshal(c.Schema.Defaults())
	if err != nil {
		return CapabilityDetails{}, fmt.Errorf("encode the defaults: %w", err)
	}
	standard, err := c.Schema.Standard()
	if err != nil {
		return CapabilityDetails{}, err
	}
	return CapabilityDetails{
		Capability:       c.Capability,
		Schema:           c.Schema,
		ToolSchema:       standard,
		RequiredSettings: c.Schema.Required(),
		DefaultSettings:  defaults,
	}, nil
}

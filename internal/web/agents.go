package web

import (
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// agentsPage lists the agents.
type agentsPage struct {
	Shell
	Agents []agentRow
}

type agentRow struct {
	domain.Agent
	Writer   string
	Policies []policyRow
}

type policyRow struct{ Guardrail, Does string }

func (s *Site) agents(w http.ResponseWriter, r *http.Request) error {
	sh, err := s.shell(w, r, "/agents", "Agents")
	if err != nil {
		return err
	}
	list, err := s.engine.Agents(r.Context(), engine.ListAgents{Page: domain.Page{Number: 1, Size: 100}})
	if err != nil {
		return err
	}
	page := agentsPage{Shell: sh}
	for _, a := range list.Items {
		page.Agents = append(page.Agents, agentRowOf(a))
	}
	return s.render(w, r, http.StatusOK, "agents", page)
}

func agentRowOf(a domain.Agent) agentRow {
	row := agentRow{Agent: a, Writer: "What the installation writes with"}
	if a.Provider != "" {
		row.Writer = a.Provider + " " + a.Model
	}
	for _, g := range sortedKeys(a.GuardrailPolicy) {
		row.Policies = append(row.Policies, policyRow{human(g), a.GuardrailPolicy[g]})
	}
	return row
}

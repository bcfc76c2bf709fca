package work

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/store"
)

// reader is where the choice of an agent looks things up: in the transaction that accepts an
// execution, or outside of any for a plan, which accepts nothing and locks nothing.
type reader struct {
	store.Q
	now time.Time
	tx  *store.Tx // nil for a plan
}

func inTx(tx *store.Tx) reader { return reader{tx.Q, tx.Now(), tx} }

// checkCredits returns a CONFLICT with the figures where an execution that costs credits
// would take the agent above one of its limits. counted says that the execution is among
// those of today already.
func checkCredits(
	ctx context.Context, r reader, workspaceID int64, agent domain.Agent, credits int, counted bool,
) error {
	if most := agent.MaxCreditsPerExecution; most > 0 && credits > most {
		return domain.Errorf(domain.CodeConflict,
			"The agent %q may spend %s on one execution, and this one needs %d", agent.Name, domain.Plural(most, "credit"),
			credits).With("limit", most).With("required", credits)
	}
	most := agent.MaxCreditsPerDay
	if most == 0 || credits == 0 {
		return nil
	}
	// Two executions that are accepted at once must not both see the same rest.
	if r.tx != nil {
		if _, err := r.tx.LockAgent(ctx, workspaceID, agent.ID); err != nil {
			return err
		}
	}
	w, err := r.Workspace(ctx, workspaceID)
	if err != nil {
		return err
	}
	year, month, day := r.now.In(w.Location()).Date()
	used, err := r.AgentCreditsSince(ctx, workspaceID, agent.ID, domain.StartOfDay(year, month, day, w.Location()))
	if err != nil {
		return err
	}
	if counted {
		used -= credits
	}
	if used+credits > most {
		return domain.Errorf(domain.CodeConflict,
			"The agent %q may spend %s a day. Today it has spent %d, and this execution needs %d", agent.Name,
			domain.Plural(most, "credit"), used, credits).
			With("limit", most).With("used", used).With("required", credits)
	}
	return nil
}

// most returns the credits that an order costs at most, if a model writes.
func most(order execution.Order) (credits int, err error) {
	if !order.NeedsModel {
		return 0, nil
	}
	plan, err := order.Plan()
	if err != nil {
		return 0, fmt.Errorf("plan: %w", err)
	}
	for _, s := range plan {
		credits += s.Credits
	}
	return credits, nil
}

// mayTake returns a CONFLICT where the agent's provider is gone or its credits do not
// suffice.
func (v *Verbs) mayTake(
	ctx context.Context, r reader, workspaceID int64, credits int, a domain.Agent,
) error {
	connection, ok := v.runner.Providers.For(a)
	if !ok {
		return noProvider(a)
	}
	if connection.Origin.Kind != domain.OriginModel {
		return nil
	}
	return checkCredits(ctx, r, workspaceID, a, credits, false)
}

func noProvider(a domain.Agent) *domain.Error {
	return domain.Errorf(domain.CodeConflict,
		"The agent %q uses the provider %q, which is not configured", a.Name, a.Provider)
}

// instead is the reason for an agent that takes what others may not take now, without
// those that were asked twice.
func instead(agent domain.Agent, passed []error) string {
	var reasons []string
	for _, err := range passed {
		if reason := domain.AsError(err).Message + ", so it was passed over."; !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	return strings.Join(reasons, " ") + " " + agent.Name + " takes it instead."
}

// needsModel refuses what rules cannot do, before anything is stored or charged.
func needsModel(slug string, agent domain.Agent) error {
	return domain.Errorf(domain.CodeConflict,
		"%s needs a model, and the agent %q has none. Connect a model provider, or choose an agent that uses one.",
		slug, agent.Name).With("required_extension", domain.ExtensionModel)
}

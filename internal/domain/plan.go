package domain

// Plan is what a workspace has bought: the limits that apply to it.
type Plan string

// The plans of the contract.
const (
	PlanStarter    Plan = "starter"
	PlanBusiness   Plan = "business"
	PlanEnterprise Plan = "enterprise"
)

// PlanLimits are the numbers of a plan.
type PlanLimits struct {
	PerMinute, PerDay int // requests
	Webhooks          int
	Keys              int
}

var planLimits = map[Plan]PlanLimits{
	PlanStarter:    {PerMinute: 60, PerDay: 1_000, Webhooks: 2, Keys: 5},
	PlanBusiness:   {PerMinute: 300, PerDay: 10_000, Webhooks: 20, Keys: 50},
	PlanEnterprise: {PerMinute: 1_000, PerDay: 100_000, Webhooks: 100, Keys: 500},
}

// Plans lists the plans, smallest first.
func Plans() []Plan { return []Plan{PlanStarter, PlanBusiness, PlanEnterprise} }

// Valid reports whether p is one of the plans.
func (p Plan) Valid() bool { _, ok := planLimits[p]; return ok }

// Limits returns the plan's numbers; an unknown plan has those of the smallest.
func (p Plan) Limits() PlanLimits {
	if l, ok := planLimits[p]; ok {
		return l
	}
	return planLimits[PlanStarter]
}

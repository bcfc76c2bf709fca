package account

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// MemberNames returns the names of the workspace's members, in the order they joined: those
// whom an item is usually assigned to.
func (v *Verbs) MemberNames(ctx context.Context) ([]string, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	list, err := v.store.Read().Members(ctx, a.WorkspaceID)
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.Name
	}
	return names, err
}

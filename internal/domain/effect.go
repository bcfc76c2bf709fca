package domain

import "slices"

// EffectKind says what a capability may do to content items.
type EffectKind string

// The kinds of effect.
const (
	EffectCreate  EffectKind = "create"  // creates an item
	EffectMove    EffectKind = "move"    // moves an item between columns other than published, or scores it
	EffectRevise  EffectKind = "revise"  // makes a new version of an item
	EffectPublish EffectKind = "publish" // publishes an item

	EffectSchedule EffectKind = "schedule" // puts an item on the calendar, to be published later
)

// Scope returns the scope that a caller needs to start what has the effect: that of
// the verb which does the same. The verb's own rule, such as [MoveScope], is applied
// again when the effect is.
func (k EffectKind) Scope() Scope {
	if k == EffectPublish || k == EffectSchedule {
		return ScopePublish
	}
	return ScopeContent
}

// EffectScopes returns every scope that a caller needs to start what has the effects:
// content where it has none.
func EffectScopes(kinds []EffectKind) []Scope {
	if len(kinds) == 0 {
		return []Scope{ScopeContent}
	}
	scopes := []Scope{}
	for _, k := range kinds {
		if s := k.Scope(); !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// Starter is who started an execution or owns a trigger. What it may do is asked
// for again when an effect is applied. The zero value is from before starters were
// recorded.
type Starter struct {
	Kind ActorKind
	ID   int64 // of the person or key
}

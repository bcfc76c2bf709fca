package domain

import (
	"fmt"
	"slices"
	"time"
)

// BoardRule moves items that executions have put on the board on by themselves: the first
// enabled one of a workspace that says yes about an item decides where it goes.
type BoardRule struct {
	ID          int64
	WorkspaceID int64
	Name        string
	When        string // a condition over the item, without braces: scores.seo >= 80
	MoveTo      ItemStatus
	Enabled     bool
	Order       int     // rules are asked from the lowest number up, those with the same number by their age
	Owner       Starter // whose rights it has: who created it or changed it last
	OwnerName   string  // as it was then
	Version     int     // raised by each change that people make
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Revision changes with everything that people may change about a rule, for ETags.
func (r BoardRule) Revision() int64 { return int64(r.Version) }

// Bounds of board rules.
const (
	MostBoardRules  = 50 // of one workspace
	DryRunItems     = 20 // that a dry run looks at
	MostRuleReasons = 10 // rules whose reasons an item's history lists
)

// BoardRuleTargets lists where a rule may move items, from left to right.
func BoardRuleTargets() []ItemStatus { return []ItemStatus{ItemReview, ItemReady, ItemPublished} }

// After reports whether a column stands to the right of another one.
func (s ItemStatus) After(other ItemStatus) bool {
	return slices.Index(ItemStatuses(), s) > slices.Index(ItemStatuses(), other)
}

// RuleActor returns the actor under whose name a rule moves an item: with the rights that
// its owner has now.
func RuleActor(r BoardRule, owner Actor) Actor {
	a := Actor{Kind: ActorRule, ID: r.ID, Name: r.Name, WorkspaceID: r.WorkspaceID}
	return a.OnBehalfOf(owner)
}

// ApprovalByPeople is why a rule may not publish in a workspace that requires an approval.
const ApprovalByPeople = "This workspace requires an approval before it publishes, so a rule cannot publish. " +
	"Let the rule move items to ready, or switch the requirement off"

// HeldBack returns why a rule that says yes leaves an item where it is, whatever rights its
// owner has; "" where nothing holds it back. approval says that the workspace requires one.
func HeldBack(c ContentItem, to ItemStatus, approval bool) string {
	blockers := Blockers(c.Findings)
	switch {
	case !to.After(c.Status):
		return fmt.Sprintf("The item is in %s already, and a rule moves nothing back.", c.Status.Label())
	case len(blockers) > 0 && to.After(ItemReview):
		return "A finding blocks it: " + blockers[0].Message
	case approval && to == ItemPublished:
		return ApprovalByPeople + "."
	}
	return ""
}

// BoardRuleFacts is what every event about a board rule says.
type BoardRuleFacts struct {
	ID      int64      `json:"id"`
	Name    string     `json:"name"`
	MoveTo  ItemStatus `json:"move_to"`
	Enabled bool       `json:"enabled"`
}

// Facts returns what events say about the rule.
func (r BoardRule) Facts() BoardRuleFacts { return BoardRuleFacts{r.ID, r.Name, r.MoveTo, r.Enabled} }

// BoardRuleCreated says that a board rule was created.
type BoardRuleCreated struct{ BoardRuleFacts }

// EventName returns board_rule.created.
func (BoardRuleCreated) EventName() EventName { return EventBoardRuleCreated }

// BoardRuleChanged says that a board rule was changed.
type BoardRuleChanged struct{ BoardRuleFacts }

// EventName returns board_rule.changed.
func (BoardRuleChanged) EventName() EventName { return EventBoardRuleChanged }

// BoardRuleDeleted says that a board rule was deleted.
type BoardRuleDeleted struct{ BoardRuleFacts }

// EventName returns board_rule.deleted.
func (BoardRuleDeleted) EventName() EventName { return EventBoardRuleDeleted }

// boardRuleEventTypes lists the events about board rules.
func boardRuleEventTypes() []EventType {
	rule := BoardRuleFacts{6, "Clean posts", ItemReady, true}
	return []EventType{
		{"", "A board rule was created.", BoardRuleCreated{rule}},
		{"", "A board rule was changed.", BoardRuleChanged{rule}},
		{"", "A board rule was deleted.", BoardRuleDeleted{rule}},
	}
}

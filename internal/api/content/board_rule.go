package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// BoardRuleAttributes is a rule that moves items on by itself.
type BoardRuleAttributes struct {
	Name      string            `json:"name"`
	When      string            `json:"when" doc:"A condition over the item"`
	MoveTo    domain.ItemStatus `json:"move_to"`
	Enabled   bool              `json:"enabled"`
	Order     int               `json:"order" doc:"Rules are asked from the lowest number up"`
	Owner     string            `json:"owner" doc:"Whose rights it has: who created it, changed what it does or switched it on last"`
	Version   int               `json:"version" doc:"Raised by each change; If-Match takes it in quotes"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// BoardRuleDryRun is what a rule would do with the last items.
type BoardRuleDryRun struct {
	Moves int                   `json:"moves" doc:"How many of the items it would move"`
	Items []BoardRuleDryRunItem `json:"items" doc:"The last 20 items that executions have written, newest first"`
}

// BoardRuleDryRunItem is an item, and whether a rule would move it.
type BoardRuleDryRunItem struct {
	ContentID int64             `json:"content_id"`
	Title     string            `json:"title"`
	Status    domain.ItemStatus `json:"kanban_status" doc:"Where the item is now, which the dry run does not look at"`
	Yes       bool              `json:"yes" doc:"What the condition says"`
	Moves     bool              `json:"moves" doc:"It says yes, and nothing holds the item back"`
	Reason    string            `json:"reason" doc:"The values that decided, and what holds the item back"`
}

// BoardRuleID names a rule in the path.
type BoardRuleID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The rule's id"`
}

type createBoardRule struct {
	Name    string            `json:"name" limit:"rule_name" doc:"What people call it"`
	When    string            `json:"when" limit:"rule_condition" doc:"A condition without braces, such as content_type == \"social_post\" and findings.warning == 0. It sees content_type, title, language, channel, word_count, scores.<name>, findings.blocking, .warning and .info, voice.adherence and .distance, engine.kind, .provider, .model and .ai, capability, template, trigger and needs_input"`
	MoveTo  domain.ItemStatus `json:"move_to" doc:"Where it moves items; ready approves them" enum:"review,ready,published"`
	Enabled *bool             `json:"enabled,omitempty" doc:"Whether it is asked; true for a new one"`
	Order   *int              `json:"order,omitempty" limit:"rule_order" doc:"Rules are asked from the lowest number up, and the first yes decides; by default last"`
}

type editBoardRule struct {
	BoardRuleID
	ops.Conditional
	Name    *string            `json:"name,omitempty" limit:"rule_name" doc:"What people call it"`
	When    *string            `json:"when,omitempty" limit:"rule_condition" doc:"A condition without braces"`
	MoveTo  *domain.ItemStatus `json:"move_to,omitempty" doc:"Where it moves items" enum:"review,ready,published"`
	Enabled *bool              `json:"enabled,omitempty" doc:"Whether it is asked"`
	Order   *int               `json:"order,omitempty" limit:"rule_order" doc:"Rules are asked from the lowest number up"`
}

type deleteBoardRule struct {
	BoardRuleID
	ops.Conditional
}

type dryRunBoardRule struct {
	When   string            `json:"when" limit:"rule_condition" doc:"A condition without braces, as a rule has it"`
	MoveTo domain.ItemStatus `json:"move_to,omitempty" doc:"Where it would move items; by default ready" enum:"review,ready,published"`
}

const (
	boardRules = "/content-workflow/board-rules"
	ruleTools  = "board_rules"
)

var (
	chapterBoardRules = ops.Chapter{
		Name: "Board rules",
		Description: "A rule moves items that executions have put on the board forward by itself, where its condition " +
			"holds. The first enabled rule that says yes decides. No rule moves an item back, past a blocking finding, or " +
			"against a person's decision, and the item's history says what the rules did and why.",
	}
	sampleBoardRule = domain.BoardRule{
		ID: 6, Name: "Clean social posts", When: `content_type == "social_post" and findings.warning == 0`,
		MoveTo: domain.ItemReady, Enabled: true, Order: 1, OwnerName: "Ada", Version: 1,
		CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
	}
	sampleBoardRuleID = map[string]any{"id": 6}
)

func boardRuleRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		listBoardRulesRow(v), getBoardRuleRow(v), createBoardRuleRow(v), editBoardRuleRow(v), deleteBoardRuleRow(v),
		dryRunBoardRuleRow(v),
	}
}

func listBoardRulesRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_board_rules",
		Route: ops.Route{Method: http.MethodGet, Path: boardRules},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterBoardRules, Summary: "List board rules",
			Description: "Every rule of the workspace, in the order in which they are asked.",
		},
		Tool: ops.Tool{Set: ruleTools},
		Command: ops.Command{
			Noun: "rules", Verb: "list", Columns: []string{"id", "order", "name", "when", "move_to", "enabled", "owner"},
		},
	}, func(ctx context.Context, _ struct{}) ([]domain.BoardRule, error) {
		return v.BoardRules(ctx)
	}, func(r *ops.Reply, l []domain.BoardRule) []wire.Resource[BoardRuleAttributes] {
		r.Total = len(l)
		return wire.Each(l, boardRule)
	}, []domain.BoardRule{sampleBoardRule})
}

func getBoardRuleRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_board_rule",
		Route: ops.Route{Method: http.MethodGet, Path: boardRules + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterBoardRules, Summary: "Get a board rule", Description: "One rule.",
			Errors: []domain.Code{domain.CodeNotFound}, Example: sampleBoardRuleID,
		},
		Tool:    ops.Tool{Set: ruleTools},
		Command: ops.Command{Noun: "rules", Verb: "get"},
	}, func(ctx context.Context, in BoardRuleID) (domain.BoardRule, error) {
		return v.BoardRule(ctx, in.ID)
	}, viewBoardRule, sampleBoardRule)
}

func createBoardRuleRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_board_rule",
		Route:          ops.Route{Method: http.MethodPost, Path: boardRules, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterBoardRules, Summary: "Create a board rule",
			Description: "From now on it is asked about each item that an execution has put on the board and checked. It " +
				"takes the scope of the move as well: publish to publish, content for the rest. Its owner must have that " +
				"scope when it moves an item. Where the workspace requires an approval, no rule publishes. A workspace has " +
				"at most 50. Try the condition first with a dry run.",
			Errors: []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"name": sampleBoardRule.Name, "when": sampleBoardRule.When, "move_to": "ready",
			},
		},
		Tool:    ops.Tool{Set: ruleTools},
		Command: ops.Command{Noun: "rules", Verb: "create"},
	}, func(ctx context.Context, in createBoardRule) (domain.BoardRule, error) {
		return v.CreateBoardRule(ctx, content.BoardRuleEdit{
			Name: &in.Name, When: &in.When, MoveTo: &in.MoveTo, Enabled: in.Enabled, Order: in.Order,
		})
	}, func(r *ops.Reply, b domain.BoardRule) wire.Resource[BoardRuleAttributes] {
		r.Location = wire.Path(boardRules, b.ID)
		return viewBoardRule(r, b)
	}, sampleBoardRule)
}

func editBoardRuleRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_board_rule",
		Route: ops.Route{Method: http.MethodPatch, Path: boardRules + "/{id}"},
		Scope: domain.ScopeWrite,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterBoardRules, Summary: "Edit a board rule",
			Description: "Changes the fields that are given. Who changes what it does, or switches it on, owns it from then on.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"id": sampleBoardRule.ID, "enabled": false},
		},
		Tool:    ops.Tool{Set: ruleTools},
		Command: ops.Command{Noun: "rules", Verb: "edit"},
	}, func(ctx context.Context, in editBoardRule) (domain.BoardRule, error) {
		return v.EditBoardRule(ctx, content.EditBoardRule{
			ID: in.ID,
			BoardRuleEdit: content.BoardRuleEdit{
				Name: in.Name, When: in.When, MoveTo: in.MoveTo, Enabled: in.Enabled, Order: in.Order,
			},
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewBoardRule, sampleBoardRule)
}

func deleteBoardRuleRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_board_rule",
		Route: ops.Route{Method: http.MethodDelete, Path: boardRules + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterBoardRules, Summary: "Delete a board rule",
			Description: "What it has moved stays where it is.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: sampleBoardRuleID,
		},
		Tool:    ops.Tool{Set: ruleTools},
		Command: ops.Command{Noun: "rules", Verb: "delete"},
	}, func(ctx context.Context, in deleteBoardRule) error {
		return v.DeleteBoardRule(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

func dryRunBoardRuleRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "dry_run_board_rule",
		Route: ops.Route{Method: http.MethodPost, Path: boardRules + "/dry-run"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterBoardRules, Summary: "Try a board rule",
			Description: "Says for each of the last 20 items that executions have written whether a rule would have moved it, " +
				"and why, and does nothing. It asks this rule alone, about the item as it is now.",
			Example: map[string]any{"when": sampleBoardRule.When, "move_to": "ready"},
		},
		Tool:    ops.Tool{Set: ruleTools},
		Command: ops.Command{Noun: "rules", Verb: "try"},
	}, func(ctx context.Context, in dryRunBoardRule) ([]content.TriedItem, error) {
		return v.TryBoardRule(ctx, content.TryBoardRule{When: in.When, MoveTo: in.MoveTo})
	}, func(_ *ops.Reply, l []content.TriedItem) BoardRuleDryRun {
		out := BoardRuleDryRun{Items: wire.Each(l, func(t content.TriedItem) BoardRuleDryRunItem {
			return BoardRuleDryRunItem{t.Item.ID, t.Item.Title, t.Item.Status, t.Yes, t.Moves, t.Why}
		})}
		for _, t := range l {
			if t.Moves {
				out.Moves++
			}
		}
		return out
	}, []content.TriedItem{{
		Item: domain.ContentItem{ID: 101, Title: "Cold brew at home", Status: domain.ItemGenerated}, Yes: true, Moves: true,
		Why: `content_type is "social_post"; findings.warning is 0`,
	}})
}

func viewBoardRule(r *ops.Reply, b domain.BoardRule) wire.Resource[BoardRuleAttributes] {
	r.Revision = wire.Number(b.Revision())
	return boardRule(b)
}

func boardRule(b domain.BoardRule) wire.Resource[BoardRuleAttributes] {
	return wire.Resource[BoardRuleAttributes]{
		Type: "board_rule", ID: b.ID, Links: &wire.Links{Self: wire.Path(boardRules, b.ID)},
		Attributes: BoardRuleAttributes{
			Name: b.Name, When: b.When, MoveTo: b.MoveTo, Enabled: b.Enabled, Order: b.Order, Owner: b.OwnerName,
			Version: b.Version, CreatedAt: b.CreatedAt.UTC(), UpdatedAt: b.UpdatedAt.UTC(),
		},
	}
}

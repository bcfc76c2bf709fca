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

// ItemFinding is one fault that a guardrail found in the current version of an item.
type ItemFinding struct {
	ID string `json:"id" doc:"The same for the same fault in the same words, in every version"`
	wire.Finding
	Blocks   bool                  `json:"blocks" doc:"Whether it stops publication: it is blocking, and was neither redacted nor accepted"`
	Accepted ops.Maybe[Acceptance] `json:"accepted" doc:"Who let it stand, and why; null: nobody"`
}

// Acceptance is a person's decision that a finding may stand.
type Acceptance struct {
	By     string           `json:"by"`
	ByKind domain.ActorKind `json:"by_kind"`
	At     time.Time        `json:"at"`
	Reason string           `json:"reason"`
}

// Support is what people have said that the text of an item may rest on.
type Support struct {
	Facts   []string `json:"facts" doc:"Statements that the text may make"`
	Sources []string `json:"sources" doc:"Where the statements come from, or what was said there"`
	Links   []string `json:"links" doc:"Addresses whose hosts the text may link to"`
}

type acceptFinding struct {
	ContentID
	Finding string `json:"finding" in:"path" limit:"finding" doc:"The finding's id"`
	Reason  string `json:"reason" limit:"acceptance" doc:"Why it may stand, for the history"`
	ops.Conditional
}

type withdrawFinding struct {
	ContentID
	Finding string `json:"finding" in:"path" limit:"finding" doc:"The finding's id"`
	ops.Conditional
}

type setSupport struct {
	ContentID
	Facts   []string `json:"facts,omitempty" limit:"facts" doc:"Statements that the text may make"`
	Sources []string `json:"sources,omitempty" limit:"facts" doc:"Where the statements come from, or what was said there"`
	Links   []string `json:"links,omitempty" limit:"links" doc:"Addresses whose hosts the text may link to"`
	ops.Conditional
}

const sampleFindingID = "5b96a4a6e828ed0a"

func findingRows(v *content.Verbs) []ops.Op {
	return []ops.Op{findingsRow(v), acceptRow(v), withdrawRow(v), supportRow(v), setSupportRow(v)}
}

func findingsRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_content_findings",
		Route: ops.Route{Method: http.MethodGet, Path: items + "/findings"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "List findings",
			Description: "What guardrails found in the current version, all of it. A finding whose `blocks` is true stops " +
				"publication until the text is fixed or the finding is accepted.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: exampleID,
		},
		Tool: ops.Tool{Set: "content"},
		Command: ops.Command{
			Noun: "content", Verb: "findings",
			Columns: []string{"id", "severity", "guardrail", "blocks", "message"},
		},
	}, func(ctx context.Context, in ContentID) (domain.ContentItem, error) {
		return v.Findings(ctx, in.ID)
	}, func(r *ops.Reply, c domain.ContentItem) []ItemFinding {
		r.Revision = wire.Number(c.Revision)
		return wire.Each(c.Findings, finding)
	}, sampleItem.ContentItem)
}

func acceptRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "accept_content_finding",
		Route:          ops.Route{Method: http.MethodPost, Path: items + "/findings/{finding}/accept"},
		Scope:          domain.ScopePublish,
		Hints:          ops.Hints{Idempotent: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Accept a finding",
			Description: "Lets a finding stand, for a reason that the history shows: it no longer stops publication. The " +
				"acceptance holds in later versions too while the same fault stands in the same words.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleItem.ID, "finding": sampleFindingID, "reason": "Our own address"},
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "accept-finding"},
	}, func(ctx context.Context, in acceptFinding) (content.ItemDetails, error) {
		return v.AcceptFinding(ctx, content.AcceptFinding{
			FindingOf: content.FindingOf{
				ID: in.ID, Finding: in.Finding, Precondition: verb.Precondition{IfMatch: in.Revisions()},
			},
			Reason: in.Reason,
		})
	}, viewItem, sampleItem)
}

func withdrawRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "withdraw_content_finding",
		Route: ops.Route{Method: http.MethodDelete, Path: items + "/findings/{finding}/accept"},
		Scope: domain.ScopePublish,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Withdraw an acceptance",
			Description: "Takes the acceptance of a finding back, so that it stops the next publication. What is published " +
				"stays as it is.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleItem.ID, "finding": sampleFindingID},
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "withdraw-finding"},
	}, func(ctx context.Context, in withdrawFinding) (content.ItemDetails, error) {
		return v.WithdrawAcceptance(ctx, content.FindingOf{
			ID: in.ID, Finding: in.Finding, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewItem, sampleItem)
}

func supportRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_content_support",
		Route: ops.Route{Method: http.MethodGet, Path: items + "/support"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Get what the text may rest on",
			Description: "The facts, sources and links that people have added for the item. What the execution that wrote it " +
				"was given counts as well.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: exampleID,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "support"},
	}, func(ctx context.Context, in ContentID) (domain.ContentItem, error) {
		return v.Findings(ctx, in.ID)
	}, func(r *ops.Reply, c domain.ContentItem) Support {
		r.Revision = wire.Number(c.Revision)
		return support(c.Support)
	}, sampleItem.ContentItem)
}

func setSupportRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "set_content_support",
		Route: ops.Route{Method: http.MethodPut, Path: items + "/support"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Set what the text may rest on",
			Description: "Replaces the facts, sources and links of the item, and checks its text again: findings that they " +
				"answer are gone. From then on figures, quotations and links are compared with them. It creates no version.",
			Errors: []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{
				"id":      sampleItem.ID,
				"facts":   []string{"Reserved instances cost up to 72 % less."},
				"sources": []string{"Price list of 1 October 2026"},
				"links":   []string{"https://example.com/prices"},
			},
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "set-support"},
	}, func(ctx context.Context, in setSupport) (content.ItemDetails, error) {
		return v.SetSupport(ctx, content.SetSupport{
			ID:           in.ID,
			Support:      domain.Support{Facts: in.Facts, Sources: in.Sources, Links: in.Links},
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, func(r *ops.Reply, d content.ItemDetails) Support {
		r.Revision = wire.Number(d.Revision)
		return support(d.Support)
	}, sampleItem)
}

func finding(f domain.Finding) ItemFinding {
	out := ItemFinding{ID: f.ID, Finding: wire.FindingOf(f), Blocks: f.Blocks()}
	if a := f.Accepted; a != nil {
		out.Accepted.Value = &Acceptance{a.By, a.ByKind, a.At.UTC(), a.Reason}
	}
	return out
}

func support(s domain.Support) Support {
	return Support{wire.List(s.Facts), wire.List(s.Sources), wire.List(s.Links)}
}

package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/board"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/store"
)

// Item returns an item with everything around it.
func (e *Engine) Item(ctx context.Context, id int64) (ItemDetails, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return ItemDetails{}, err
	}
	return itemDetails(ctx, e.o.Store.Read(), a.WorkspaceID, id)
}

func itemDetails(ctx context.Context, q store.Q, workspaceID, id int64) (d ItemDetails, err error) {
	if d.ContentItem, err = q.Content(ctx, workspaceID, id); err != nil {
		return d, err
	}
	if d.Provenance, err = q.ContentProvenance(ctx, workspaceID, id); err != nil {
		return d, err
	}
	if d.Agent, err = optional(d.AgentID, func() (domain.Agent, error) { return q.Agent(ctx, workspaceID, d.AgentID) }); err != nil {
		return d, err
	}
	if d.Voice, err = optional(d.BrandVoiceID, func() (domain.BrandVoice, error) { return q.BrandVoice(ctx, workspaceID, d.BrandVoiceID) }); err != nil {
		return d, err
	}
	if d.Execution, err = optional(d.ExecutionID, func() (domain.Execution, error) { return q.Execution(ctx, workspaceID, d.ExecutionID) }); err != nil {
		return d, err
	}
	if d.Publications, err = q.Publications(ctx, workspaceID, id); err != nil {
		return d, err
	}
	d.Moves, err = q.ContentMoves(ctx, id)
	return d, err
}

// optional reads what an id refers to; nil for no id, and for what is gone.
func optional[T any](id int64, read func() (T, error)) (*T, error) {
	if id == 0 {
		return nil, nil
	}
	v, err := read()
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil
	}
	return &v, err
}

// The limits of an item's text, in characters.
const (
	maxTitle = 300
	maxBody  = 200_000
	maxMeta  = 500
)

// EditItem changes an item, has the guardrails look at it again, and makes a
// version. An approved text that is not published yet goes back to review.
func (e *Engine) EditItem(ctx context.Context, in EditItem) (ItemDetails, error) {
	if err := in.validate(); err != nil {
		return ItemDetails{}, err
	}
	a, err := caller(ctx, domain.ScopeContent)
	if err != nil {
		return ItemDetails{}, err
	}
	ahead := in.lookAhead(ctx, e.o.Store.Read(), a.WorkspaceID)
	return change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (ItemDetails, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return ItemDetails{}, err
		}
		if err := in.check(c.Revision); err != nil {
			return ItemDetails{}, err
		}
		before := c
		if err := in.apply(ctx, tx, &c); err != nil {
			return ItemDetails{}, err
		}
		reason := in.Reason
		if reason == "" {
			reason = "Edited"
		}
		if err := rewrite(ctx, tx, before, c, reason, ahead); err != nil {
			return ItemDetails{}, err
		}
		return itemDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}

func (in EditItem) validate() error {
	var p domain.Problems
	long := func(path string, s *string, limit int) {
		if s == nil {
			return
		}
		if n := utf8.RuneCountInString(*s); n > limit {
			p.Add(path, "The %s may have at most %d characters; it has %d", path, limit, n)
		}
	}
	if in.Title != nil && strings.TrimSpace(*in.Title) == "" {
		p.Add("title", "The title cannot be empty")
	}
	long("title", in.Title, maxTitle)
	long("body", in.Body, maxBody)
	long("meta_title", in.MetaTitle, maxMeta)
	long("meta_description", in.MetaDescription, maxMeta)
	long("reason", &in.Reason, maxMeta)
	checkSlug(&p, domain.LimitItemSlug, in.Slug)
	return p.Err()
}

// apply changes the item and makes sure that its slug is free.
func (in EditItem) apply(ctx context.Context, tx *store.Tx, c *domain.ContentItem) error {
	in.change(c)
	if in.Slug == nil || *in.Slug == c.Slug {
		return nil
	}
	free, err := tx.FreeContentSlug(ctx, c.WorkspaceID, c.ID, *in.Slug)
	if err != nil {
		return err
	}
	if free != *in.Slug {
		var p domain.Problems
		p.Add("slug", "Another item has the slug %q already; %q is free", *in.Slug, free)
		return p.Err()
	}
	c.Slug = free
	return nil
}

// change sets what is given, but for the slug, which must be free.
func (in EditItem) change(c *domain.ContentItem) {
	set(&c.Title, in.Title)
	set(&c.Body, in.Body)
	set(&c.MetaTitle, in.MetaTitle)
	set(&c.MetaDescription, in.MetaDescription)
	set(&c.Language, in.Language)
	set(&c.Channel, in.Channel)
	set(&c.Assignee, in.Assignee)
	set(&c.Keywords, in.Keywords)
	set(&c.PlannedAt, in.PlannedAt)
	set(&c.ScheduledAt, in.ScheduledAt)
}

// lookAhead has the guardrails look at the text that an edit will make, before its
// transaction, which then holds the writer for less long. Where the item turns out
// to be another by then, or cannot be read, nothing is lost: it is looked at again.
func (in EditItem) lookAhead(ctx context.Context, q store.Q, workspaceID int64) inspection {
	c, err := q.Content(ctx, workspaceID, in.ID)
	if err != nil {
		return inspection{}
	}
	in.change(&c)
	look, err := inspect(ctx, q, c)
	if err != nil {
		return inspection{}
	}
	look.found, look.done = look.findings(inspection{}), true
	return look
}

// rewrite stores an item with a changed text: a version where the text changed,
// a plain save where only what surrounds it did.
func rewrite(ctx context.Context, tx *store.Tx, before, c domain.ContentItem, reason string, ahead inspection) error {
	look, err := inspect(ctx, tx.Q, c)
	if err != nil {
		return err
	}
	c.Findings = look.findings(ahead)
	for i := range c.Findings {
		c.Findings[i].ContentID, c.Findings[i].Version = c.ID, c.Version+1
	}
	if before.Title == c.Title && before.Body == c.Body {
		if c, err = board.Annotate(ctx, tx, c); err != nil {
			return err
		}
		return tx.AppendEvent(ctx, c.Subject(), domain.ContentEdited{ItemState: c.State(), Version: c.Version, Reason: reason})
	}
	_, err = board.Edit(ctx, tx, c, reason)
	return err
}

// inspection is all that the guardrails look at, and what they found, once done.
type inspection struct {
	in     guard.Input
	policy domain.GuardrailPolicy
	found  []domain.Finding
	done   bool
}

// findings has the guardrails look, unless they have looked at the very same before.
func (i inspection) findings(before inspection) []domain.Finding {
	if before.done && reflect.DeepEqual(i.in, before.in) && maps.Equal(i.policy, before.policy) {
		return slices.Clone(before.found)
	}
	return guard.Apply(i.in, guard.Check(i.in), i.policy).Findings
}

// inspect gathers what the guardrails look at in an item's present text.
func inspect(ctx context.Context, q store.Q, c domain.ContentItem) (inspection, error) {
	in := guard.Input{Step: "edit", Text: c.Body, Title: c.Title, MetaTitle: c.MetaTitle, MetaDescription: c.MetaDescription,
		Type: c.Type, Channel: c.Channel, Language: c.Language}
	var err error
	if in.Voice, err = optional(c.BrandVoiceID, func() (domain.BrandVoice, error) { return q.BrandVoice(ctx, c.WorkspaceID, c.BrandVoiceID) }); err != nil {
		return inspection{}, err
	}
	policy := domain.GuardrailPolicy{}
	agent, err := optional(c.AgentID, func() (domain.Agent, error) { return q.Agent(ctx, c.WorkspaceID, c.AgentID) })
	if err != nil {
		return inspection{}, err
	}
	if agent != nil {
		policy = agent.GuardrailPolicy
	}
	x, err := optional(c.ExecutionID, func() (domain.Execution, error) { return q.Execution(ctx, c.WorkspaceID, c.ExecutionID) })
	if err != nil {
		return inspection{}, err
	}
	if x != nil {
		in.Support = allTexts(x.Settings)
		in.Allowed = in.Support
	}
	return inspection{in: in, policy: notRedacting(policy)}, nil
}

// notRedacting is the policy for a person's own edit: what they wrote is flagged
// or blocked, never changed behind their back.
func notRedacting(p domain.GuardrailPolicy) domain.GuardrailPolicy {
	out := domain.GuardrailPolicy{}
	for _, g := range guard.Guardrails() {
		action := p[g.Slug]
		if action == "" {
			action = g.Default
		}
		if action == guard.Redact {
			action = guard.Block
		}
		out[g.Slug] = action
	}
	return out
}

// allTexts returns every string in a JSON value.
func allTexts(j json.RawMessage) []string {
	var v any
	if json.Unmarshal(j, &v) != nil {
		return nil
	}
	var all []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
	slices.Sort(all)
	return all
}

// DeleteItem removes an item, its versions and its publications.
func (e *Engine) DeleteItem(ctx context.Context, in ID) error {
	_, err := change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.check(c.Revision); err != nil {
			return struct{}{}, err
		}
		if c.Status == domain.ItemPublished {
			if err := a.Require(domain.ScopePublish); err != nil {
				return struct{}{}, err
			}
		}
		if err := tx.DeleteContent(ctx, c); err != nil {
			return struct{}{}, err
		}
		// A run that waits for a decision about the item will get none.
		if err := e.o.Runner.Wake(ctx, tx, a.WorkspaceID, c.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, c.Subject(), domain.ContentDeleted{ItemState: c.State(), Title: c.Title})
	})
	return err
}

// Versions pages through an item's versions, newest first.
func (e *Engine) Versions(ctx context.Context, in ListVersions) (domain.List[domain.ContentVersion], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.ContentVersion]{}, err
	}
	q := e.o.Store.Read()
	if missing, err := q.MissingContent(ctx, a.WorkspaceID, []int64{in.ID}); err != nil || len(missing) > 0 {
		if err == nil {
			err = domain.NotFound("Content item")
		}
		return domain.List[domain.ContentVersion]{}, err
	}
	return q.ContentVersions(ctx, in.ID, in.Page)
}

// RestoreVersion makes a new version with the text of an old one. It publishes
// nothing by itself.
func (e *Engine) RestoreVersion(ctx context.Context, in RestoreVersion) (ItemDetails, error) {
	return change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (ItemDetails, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return ItemDetails{}, err
		}
		if err := in.check(c.Revision); err != nil {
			return ItemDetails{}, err
		}
		v, err := tx.ContentVersion(ctx, in.ID, in.N)
		if err != nil {
			return ItemDetails{}, err
		}
		if v.Title == c.Title && v.Body == c.Body {
			return ItemDetails{}, domain.Errorf(domain.CodeConflict, "Version %d has the text that the item has now", in.N)
		}
		before := c
		c.Title, c.Body = v.Title, v.Body
		if err := rewrite(ctx, tx, before, c, fmt.Sprintf("Restored version %d", in.N), inspection{}); err != nil {
			return ItemDetails{}, err
		}
		return itemDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}

// ExportItem returns an item as a file. Each format carries the marking of what
// wrote the text (EU AI Act, Article 50).
func (e *Engine) ExportItem(ctx context.Context, in ExportItem) (Export, error) {
	d, err := e.Item(ctx, in.ID)
	if err != nil {
		return Export{}, err
	}
	switch in.Format {
	case "", "markdown":
		return Export{Name: d.Slug + ".md", MediaType: "text/markdown; charset=utf-8", Body: []byte(frontMatter(d.ContentItem) + d.Body + "\n")}, nil
	case "html":
		return Export{Name: d.Slug + ".html", MediaType: "text/html; charset=utf-8", Body: []byte(e.page(d.ContentItem))}, nil
	case "json":
		body, err := json.MarshalIndent(exported(d), "", "  ")
		return Export{Name: d.Slug + ".json", MediaType: "application/json; charset=utf-8", Body: append(body, '\n')}, err
	}
	var p domain.Problems
	oneOf(&p, "format", in.Format, []string{"markdown", "html", "json"})
	return Export{}, p.Err()
}

// marking says for machines what wrote a text.
func marking(g domain.Origin) string {
	if g.AI {
		return "ai-generated; provider=" + g.Provider + "; model=" + g.Model
	}
	return "composed-from-inputs-by-rules; ai=false"
}

func frontMatter(c domain.ContentItem) string {
	var b strings.Builder
	line := func(name string, v any) {
		text, err := json.Marshal(v) // a JSON value is a YAML value
		if err == nil {
			fmt.Fprintf(&b, "%s: %s\n", name, text)
		}
	}
	b.WriteString("---\n")
	line("title", c.Title)
	line("slug", c.Slug)
	line("description", c.MetaDescription)
	line("keywords", append([]string{}, c.Keywords...))
	line("language", c.Language)
	line("version", c.Version)
	line("ai", c.Origin.AI)
	line("generator", marking(c.Origin))
	b.WriteString("---\n\n")
	return b.String()
}

func (e *Engine) page(c domain.ContentItem) string {
	language := c.Language
	if language == "" {
		language = "en"
	}
	return fmt.Sprintf("<!doctype html>\n<html lang=%q>\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n<meta name=\"description\" content=%q>\n<meta name=\"generator\" content=%q>\n<meta name=\"ai-generated\" content=\"%t\">\n</head>\n<body>\n%s\n</body>\n</html>\n",
		html.EscapeString(language), html.EscapeString(c.Title), html.EscapeString(c.MetaDescription), html.EscapeString(marking(c.Origin)), c.Origin.AI, e.RenderMarkdown(c.Body))
}

func exported(d ItemDetails) map[string]any {
	out := map[string]any{"id": d.ID, "title": d.Title, "slug": d.Slug, "content_type": d.Type, "body": d.Body, "language": d.Language,
		"channel": d.Channel, "meta_title": d.MetaTitle, "meta_description": d.MetaDescription, "keywords": append([]string{}, d.Keywords...),
		"version": d.Version, "kanban_status": d.Status, "engine": d.Origin, "ai": d.Origin.AI, "generator": marking(d.Origin),
		"created_at": d.CreatedAt.Format(time.RFC3339), "updated_at": d.UpdatedAt.Format(time.RFC3339)}
	if len(d.Provenance) > 0 {
		out["provenance"] = d.Provenance
	}
	return out
}

package execution

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vellocity/internal/agenda"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// applyEffects applies what a step does to items. It returns the step's findings, with the
// item that they belong to, and the items that it created.
func (w *worker) applyEffects(
	ctx context.Context, tx *store.Tx, p *part, step string, result capability.Result, needs []domain.Need,
) (findings []domain.Finding, created []domain.ItemRef, err error) {
	findings = slices.Clone(result.Findings)
	if len(result.Effects) == 0 {
		return findings, nil, nil
	}
	// The step acts with the rights of the execution's starter, as they are now.
	starter, err := tx.PresentActor(ctx, w.x.WorkspaceID, w.x.Starter, tx.Now())
	if err != nil {
		return nil, nil, err
	}
	a := domain.SystemActor(w.x.WorkspaceID, w.x.ID, p.agent.Name).OnBehalfOf(starter)
	ctx = domain.WithActor(ctx, a)
	for _, e := range result.Effects {
		if !slices.Contains(p.req.Effects(), e.Kind()) {
			return nil, nil, fmt.Errorf("%s does not declare the effect %q", p.slug, e.Kind())
		}
		if err := allow(a, e.Kind().Scope()); err != nil {
			return nil, nil, err
		}
		switch {
		case e.Create != nil:
			var c domain.ContentItem
			if c, err = w.create(ctx, tx, p, *e.Create, needs, w.formerItem(step, len(created))); err == nil {
				findings = attach(findings, c)
				ref := domain.ItemRef{ID: c.ID, Title: c.Title}
				if c.Version > 1 {
					ref.Version = c.Version
				}
				created = append(created, ref)
			}
		case e.Revise != nil:
			var c domain.ContentItem
			if c, err = w.revise(ctx, tx, p, *e.Revise, needs); err == nil {
				findings = attach(findings, c)
				created = append(created, domain.ItemRef{ID: c.ID, Title: c.Title})
			}
		case e.Attach != nil:
			var c domain.ContentItem
			if c, err = w.attachImage(ctx, tx, *e.Attach); err == nil {
				created = append(created, domain.ItemRef{ID: c.ID, Title: c.Title})
			}
		case e.Move != nil:
			err = w.annotateAndMove(ctx, tx, p, *e.Move)
		case e.Publish != nil:
			err = w.publish(ctx, tx, p, *e.Publish)
		case e.Schedule != nil:
			err = w.schedule(ctx, tx, *e.Schedule)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return findings, created, nil
}

func (w *worker) publish(ctx context.Context, tx *store.Tx, p *part, e capability.PublishItem) error {
	c, err := tx.LockContent(ctx, w.x.WorkspaceID, e.ContentID)
	if err != nil {
		return err
	}
	return w.move(ctx, tx, p, c, domain.ItemPublished, e.Channels)
}

// schedule puts an item on the calendar. It is published with the rights that the execution's
// starter has then.
func (w *worker) schedule(ctx context.Context, tx *store.Tx, e capability.ScheduleItem) error {
	c, err := tx.Content(ctx, w.x.WorkspaceID, e.ContentID)
	if err != nil {
		return err
	}
	a, _ := domain.ActorFrom(ctx)
	at := e.At.UTC().Truncate(time.Millisecond)
	_, err = agenda.Create(ctx, tx, domain.CalendarEvent{
		WorkspaceID: w.x.WorkspaceID, Title: e.Title, StartsAt: at, Timezone: e.Timezone,
		Type: domain.CalendarTypeOf(c.Type), Channel: domain.CalendarChannelOf(c), PlannedAt: c.PlannedAt,
		Action: domain.CalendarAction{Kind: domain.ActionPublish, ContentID: c.ID, Channels: e.Channels},
		Owner:  a.Starter(), CreatedBy: a.Name,
	})
	return err
}

// workAhead does what takes time about a step's effects before the transaction that
// records it: it describes the items that it creates, and renders the texts that it
// publishes. A text that has changed by then is rendered by its first reader.
func (w *worker) workAhead(p *part, effects []capability.Effect) {
	for _, e := range effects {
		if e.Create != nil {
			e.Create.Item.Images = append(e.Create.Item.Images, p.namedImages(e.Create.Item.Body)...)
			item.Describe(&e.Create.Item)
		}
		if e.Revise != nil {
			item.Describe(&e.Revise.Item)
		}
		if e.Publish == nil || w.Render == nil {
			continue
		}
		if c, ok := p.items[e.Publish.ContentID]; ok {
			p.html = map[int64]item.Rendered{c.ID: {Version: c.Version, HTML: w.Render(c)}}
		}
	}
}

// namedImages returns the images of the items that the part reads that a new text names.
func (p *part) namedImages(body string) (list []domain.ItemImage) {
	for _, id := range p.req.Reads() {
		for _, i := range domain.NamedImages(body, p.items[id].Images) {
			if domain.ImageByID(list, i.ImageID) < 0 {
				list = append(list, i)
			}
		}
	}
	return list
}

// allow returns FORBIDDEN, in words about the starter, unless it may do what takes
// the scope.
func allow(starter domain.Actor, s domain.Scope) error {
	if starter.May(s) {
		return nil
	}
	return domain.Errorf(domain.CodeForbidden, "The caller who started this execution no longer has the %q scope, "+
		"which this takes. Someone who has it can retry the execution.", s).With("scope", string(s))
}

// attach notes the item in findings that have none yet.
func attach(findings []domain.Finding, c domain.ContentItem) []domain.Finding {
	for i := range findings {
		if findings[i].ContentID == 0 {
			findings[i].ContentID, findings[i].Version = c.ID, c.Version
		}
	}
	return findings
}

// draft returns the item that an effect creates, before it is stored.
func (w *worker) draft(p *part, e capability.CreateItem, needs []domain.Need) domain.ContentItem {
	c := e.Item
	c.Support.Brief = append(p.support(), e.Support...)
	c.WorkspaceID, c.ExecutionID, c.AgentID, c.Origin = w.x.WorkspaceID, w.x.ID, p.agent.ID, p.origin
	c.Findings = append(slices.Clone(e.Findings), p.cut...) // nobody would see how a text ends
	if len(c.NeedsInput) == 0 && p.key == "" {              // in a template they may be those of another text
		c.NeedsInput = needs
	}
	if p.listing != nil {
		c.ListingID = p.listing.ID
	}
	if p.voice != nil {
		c.BrandVoiceID, c.BrandVoiceN = p.voice.ID, p.voice.Version
	}
	return c
}

func (w *worker) create(
	ctx context.Context, tx *store.Tx, p *part, e capability.CreateItem, needs []domain.Need, former int64,
) (domain.ContentItem, error) {
	c, err := w.put(ctx, tx, w.draft(p, e, needs), e.Provenance, former)
	if err != nil {
		return c, err
	}
	for _, id := range p.req.Reads() {
		if err := tx.AddContentSource(ctx, c, p.items[id], domain.SourceRead); err != nil {
			return c, err
		}
	}
	return c, nil
}

// revise makes a new version of an item. What it may rest on grows by what the execution was given.
func (w *worker) revise(
	ctx context.Context, tx *store.Tx, p *part, e capability.ReviseItem, needs []domain.Need,
) (domain.ContentItem, error) {
	before, err := tx.LockContent(ctx, w.x.WorkspaceID, e.Item.ID)
	if err != nil {
		return before, err
	}
	if before.Version != e.Item.Version {
		return before, domain.Errorf(domain.CodeConflict,
			"The item was edited while this ran: version %d was read, and it now has version %d. Run it again.",
			e.Item.Version, before.Version)
	}
	c := before
	c.Title, c.Body, c.MetaTitle, c.MetaDescription = e.Item.Title, e.Item.Body, e.Item.MetaTitle, e.Item.MetaDescription
	c.Preview, c.WordCount = e.Item.Preview, e.Item.WordCount
	c.Edited, c.Scores, c.NeedsInput = e.Item.Edited, nil, e.Item.NeedsInput
	c.Support.Brief = append(slices.Clone(c.Support.Brief), domain.Strings(p.req.JSON())...)
	c.Support.Brief = append(c.Support.Brief, e.Support...)
	c.AgentID, c.Findings = p.agent.ID, append(slices.Clone(e.Findings), p.cut...)
	if p.origin.Kind == domain.OriginModel {
		c.Origin = p.origin // what a model has rewritten is marked as such
	}
	if len(c.NeedsInput) == 0 && p.key == "" {
		c.NeedsInput = needs
	}
	if p.voice != nil {
		c.BrandVoiceID, c.BrandVoiceN = p.voice.ID, p.voice.Version
	}
	return item.Revise(ctx, tx, before, c, e.Provenance, e.Reason)
}

// attachImage adds an image to an item as it is by then: an image is wrong for no text.
func (w *worker) attachImage(
	ctx context.Context, tx *store.Tx, e capability.AttachImage,
) (domain.ContentItem, error) {
	c, err := tx.LockContent(ctx, w.x.WorkspaceID, e.ContentID)
	if err != nil {
		return c, err
	}
	// The text is the same, so what is derived from it stays.
	return item.AddImage(ctx, tx, c, e.Image, e.Role, e.AltText)
}

func (w *worker) annotateAndMove(ctx context.Context, tx *store.Tx, p *part, e capability.MoveItem) error {
	c, err := tx.LockContent(ctx, w.x.WorkspaceID, e.ContentID)
	if err != nil {
		return err
	}
	if e.Version != 0 && e.Version != c.Version {
		return domain.Errorf(
			domain.CodeConflict,
			"The item was edited while this ran: version %d was checked, and it now has "+
				"version %d. Run it again to check that one.",
			e.Version,
			c.Version,
		)
	}
	if e.Scores != nil || e.Findings != nil {
		if e.Scores != nil {
			c.Scores = e.Scores
		}
		if e.Findings != nil {
			c.Findings = attach(domain.WithAcceptances(e.Findings, c.Findings), c)
		}
		if c, err = item.Annotate(ctx, tx, c); err != nil {
			return err
		}
	}
	if e.To == "" || e.To == c.Status {
		return nil
	}
	return w.move(ctx, tx, p, c, e.To, nil)
}

// move moves an item, and wakes the executions that wait for a decision about it. Where it
// publishes the item, channels are those to publish on; none: those that take the item.
func (w *worker) move(
	ctx context.Context, tx *store.Tx, p *part, c domain.ContentItem, to domain.ItemStatus, channels []string,
) error {
	if a, _ := domain.ActorFrom(ctx); !a.May(domain.MoveScope(c.Status, to)) {
		return allow(a, domain.MoveScope(c.Status, to))
	}
	var err error
	if to == domain.ItemPublished {
		c, err = item.Publish(ctx, tx, c, channels)
	} else {
		c, err = item.Move(ctx, tx, c, to, item.Top, "")
	}
	if err != nil {
		return err
	}
	if html, ok := p.html[c.ID]; ok {
		if err := item.SaveHTML(ctx, tx, c, html); err != nil {
			return err
		}
	}
	return w.Wake(ctx, tx, w.x.WorkspaceID, c.ID)
}

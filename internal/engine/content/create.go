package content

import (
	"cmp"
	"context"
	"time"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// CreateItem is an item that a caller writes by hand. An empty field is not set.
type CreateItem struct {
	Title           string // required
	Body            string // Markdown; required
	ContentType     domain.ContentType
	Status          domain.ItemStatus // generated, which is the default, or review
	Language        string            // BCP 47
	Channel         string
	MetaTitle       string
	MetaDescription string
	Slug            string // by default made from the title
	Keywords        []string
	BrandVoiceID    int64 // by default the workspace's
	Assignee        string
	PlannedAt       time.Time
}

func (in CreateItem) validate() error {
	var p domain.Problems
	domain.LimitTitle.Text(&p, "title", in.Title)
	domain.LimitBody.Text(&p, "body", in.Body)
	domain.CheckEnum(&p, "content_type", in.ContentType)
	if in.Status != "" && in.Status != domain.ItemGenerated && in.Status != domain.ItemReview {
		p.NotOneOf("status", []string{string(domain.ItemGenerated), string(domain.ItemReview)})
	}
	domain.LimitLanguage.Text(&p, "language", in.Language)
	verb.CheckLanguage(&p, "language", &in.Language)
	domain.LimitChannel.Text(&p, "channel", in.Channel)
	domain.LimitMetaTitle.Text(&p, "meta_title", in.MetaTitle)
	domain.LimitMetaDescription.Text(&p, "meta_description", in.MetaDescription)
	if in.Slug != "" {
		domain.LimitItemSlug.Text(&p, "slug", in.Slug)
		verb.CheckSlug(&p, "slug", &in.Slug)
	}
	domain.LimitKeywords.List(&p, "keywords", in.Keywords)
	domain.LimitAssignee.Text(&p, "assignee", in.Assignee)
	return p.Err()
}

func (in CreateItem) item(workspaceID int64) domain.ContentItem {
	return domain.ContentItem{
		WorkspaceID:     workspaceID,
		Title:           in.Title,
		Body:            in.Body,
		Type:            cmp.Or(in.ContentType, domain.ContentText),
		Status:          cmp.Or(in.Status, domain.ItemGenerated),
		Language:        in.Language,
		Channel:         in.Channel,
		MetaTitle:       in.MetaTitle,
		MetaDescription: in.MetaDescription,
		Slug:            in.Slug,
		Keywords:        in.Keywords,
		BrandVoiceID:    in.BrandVoiceID,
		Assignee:        in.Assignee,
		PlannedAt:       in.PlannedAt,
		Origin:          domain.PersonOrigin(),
		Edited:          true,
	}
}

// CreateItem creates an item that the caller wrote, and checks its text with the
// guardrails, as those of an edit are. A brand voice that does not exist and a slug that
// another item has are VALIDATION_ERROR and CONFLICT. It takes the scope content.
func (v *Verbs) CreateItem(ctx context.Context, in CreateItem) (ItemDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeContent)
	if err != nil {
		return ItemDetails{}, err
	}
	if err := in.validate(); err != nil {
		return ItemDetails{}, err
	}
	q := v.store.Read()
	c := in.item(a.WorkspaceID)
	if c.BrandVoiceID, err = brandVoiceFor(ctx, q, a.WorkspaceID, in.BrandVoiceID); err != nil {
		return ItemDetails{}, err
	}
	if c, err = prepared(ctx, q, c, 1); err != nil {
		return ItemDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, _ domain.Actor) (ItemDetails, error) {
		chosen := EditItem{ItemEdit: domain.ItemEdit{Slug: &c.Slug}}
		if in.Slug != "" {
			if err := chosen.checkSlug(ctx, tx, domain.ContentItem{WorkspaceID: c.WorkspaceID}); err != nil {
				return ItemDetails{}, err
			}
		}
		made, err := item.Write(ctx, tx, c)
		if err != nil {
			return ItemDetails{}, err
		}
		return v.itemDetails(ctx, tx.Q, made.WorkspaceID, made.ID)
	})
}

// brandVoiceFor returns the brand voice that was asked for, which must exist, or else the
// workspace's default; 0 for none.
func brandVoiceFor(ctx context.Context, q store.Q, workspaceID, chosen int64) (int64, error) {
	if chosen != 0 {
		_, err := q.BrandVoice(ctx, workspaceID, chosen)
		return chosen, verb.MissingReference(err, "brand_voice_id", "brand voice", chosen)
	}
	w, err := q.Workspace(ctx, workspaceID)
	return w.BrandVoiceID, err
}

// DuplicateItem creates a copy of an item's present text in the generated column, with
// its fields and what the text may rest on, but without its dates, assignee, approvals,
// acceptances and publications. It takes the scope content.
func (v *Verbs) DuplicateItem(ctx context.Context, in verb.ID) (ItemDetails, error) {
	type copied struct{ c domain.ContentItem }
	return changeItem(ctx, v, change[copied]{
		id: in.ID, seen: in.Precondition, scope: domain.ScopeContent,
		prepare: func(from domain.ContentItem) (copied, error) {
			c, err := v.copyOf(ctx, from)
			return copied{c}, err
		},
		apply: func(tx *store.Tx, _ domain.Actor, from domain.ContentItem, made copied) (ItemDetails, error) {
			provenance, err := tx.ContentProvenance(ctx, from.WorkspaceID, from.ID)
			if err != nil {
				return ItemDetails{}, err
			}
			c, err := item.Copy(ctx, tx, from, made.c, provenance)
			if err != nil {
				return ItemDetails{}, err
			}
			return v.itemDetails(ctx, tx.Q, c.WorkspaceID, c.ID)
		},
	})
}

// copyOf prepares a copy of an item.
func (v *Verbs) copyOf(ctx context.Context, from domain.ContentItem) (domain.ContentItem, error) {
	q := v.store.Read()
	was := earlier(from)
	for i := range was.Findings { // they were accepted for the other item
		was.Findings[i].Accepted = nil
	}
	c := domain.ContentItem{
		WorkspaceID:     from.WorkspaceID,
		AgentID:         from.AgentID,
		BrandVoiceID:    from.BrandVoiceID,
		Title:           copyTitle(from.Title),
		Body:            from.Body,
		Type:            from.Type,
		Language:        from.Language,
		Channel:         from.Channel,
		MetaTitle:       from.MetaTitle,
		MetaDescription: from.MetaDescription,
		Keywords:        from.Keywords,
		Scores:          from.Scores,
		Origin:          from.Origin,
		NeedsInput:      from.NeedsInput,
		Support:         from.Support,
		Edited:          from.Edited,
		Images:          from.Images,
	}
	if len(c.Support.Brief) == 0 { // the source is from before items kept their brief
		x, err := executionOf(ctx, q, from)
		if err != nil {
			return c, err
		}
		if x != nil {
			c.Support.Brief = domain.Strings(x.Settings)
		}
	}
	return prepared(ctx, q, c, 1, guard.Earlier{Text: was.Text, Findings: was.Findings})
}

// copyTitle is the title of a copy, within the limit of titles.
func copyTitle(title string) string {
	title = "Copy of " + title
	if utf8.RuneCountInString(title) <= domain.LimitTitle.Max {
		return title
	}
	return string([]rune(title)[:domain.LimitTitle.Max-1]) + "…"
}

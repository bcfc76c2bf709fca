package studio

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
	"vellocity/internal/writer"
)

// FillTemplate asks for a text from a writer template.
type FillTemplate struct {
	Template string          // slug
	Fields   json.RawMessage // the values of its fields, an object
	Title    string          // what the text is called in lists; "": its first value
	GenerateOutput
}

// BuiltText is a text that can be written and has not cost anything yet.
type BuiltText struct {
	ID       int64
	Template string
	Title    string
	Prompt   string // what a model will be asked
	GenerateOutput
	Expires time.Time // when it is removed, unless it has been written
}

// BuildText fills in a template and keeps it for a day, to be written by [Verbs.BeginText]. It charges nothing. A
// template that needs a model is a VALIDATION_ERROR on post_type while none is connected. It takes the scope
// content.
func (v *Verbs) BuildText(ctx context.Context, in FillTemplate) (BuiltText, error) {
	req, err := v.fill(ctx, in)
	if err != nil {
		return BuiltText{}, err
	}
	job, err := v.prepare(req)
	if err != nil {
		return BuiltText{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (BuiltText, error) {
		if err := job.take(ctx, tx, a, domain.TextBuilt); err != nil {
			return BuiltText{}, err
		}
		m := job.row
		out := BuiltText{
			m.ID, m.Template, m.Title, job.in.Filled.Prompt, job.in.GenerateOutput, m.CreatedAt.Add(domain.BuiltTextLife),
		}
		return out, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.BuiltText{MessageID: m.ID, Template: m.Template})
	})
}

// WriteText fills in a template and begins to write it at once. It returns the id for [Verbs.ReadGeneratedText].
// It takes the scope content.
func (v *Verbs) WriteText(ctx context.Context, in FillTemplate) (int64, error) {
	req, err := v.fill(ctx, in)
	if err != nil {
		return 0, err
	}
	return v.write(ctx, req)
}

// fill checks what was asked for, with all faults at once.
func (v *Verbs) fill(ctx context.Context, in FillTemplate) (request, error) {
	a, err := verb.Caller(ctx, domain.ScopeContent)
	if err != nil {
		return request{}, err
	}
	t, err := v.chosen(ctx, a.WorkspaceID, in.Template)
	if err != nil {
		return request{}, err
	}
	return in.check(t)
}

// CheckFill notes what is wrong with a call for a template that ships with Vellocity, for a caller that is refused
// anyway, so that it reads all faults at once.
func CheckFill(in FillTemplate, p *domain.Problems) {
	for _, t := range writer.Builtin() {
		if t.Slug == in.Template {
			_, err := in.check(t)
			p.Merge(err)
		}
	}
}

// check fills in a template, with all faults of its fields and the options.
func (in FillTemplate) check(t domain.WriterTemplate) (request, error) {
	in.takeTitle(t)
	var p domain.Problems
	filled, err := writer.Fill(t, in.Fields)
	if err != nil && domain.CodeOf(err) != domain.CodeValidation {
		return request{}, err
	}
	p.Merge(err)
	in.complete()
	p.Merge(in.validate())
	if in.Title != "" {
		domain.LimitTextTitle.Text(&p, "title", in.Title)
		filled.Title = prose.Clip(prose.Line(in.Title), mostTitle)
	}
	filled.Title = cmp.Or(filled.Title, t.Title)
	in.Prompt = ""
	return request{GenerateOutput: in.GenerateOutput, Filled: &filled}, p.Err()
}

// takeTitle takes the title that came beside the fields of a template that has no field of that name: what the
// text is called in lists.
func (in *FillTemplate) takeTitle(t domain.WriterTemplate) {
	if slices.ContainsFunc(t.Fields, func(f domain.WriterField) bool { return f.Name == "title" }) {
		return
	}
	var given map[string]json.RawMessage
	var title string
	if json.Unmarshal(in.Fields, &given) != nil || json.Unmarshal(given["title"], &title) != nil {
		return // there is none, or what is wrong with it is said by the check of the fields
	}
	delete(given, "title")
	if rest, err := json.Marshal(given); err == nil {
		in.Title, in.Fields = title, rest
	}
}

// chosen returns the template that a caller named in post_type.
func (v *Verbs) chosen(ctx context.Context, workspaceID int64, slug string) (domain.WriterTemplate, error) {
	var p domain.Problems
	if slug == "" {
		p.Required("post_type")
		return domain.WriterTemplate{}, p.Err()
	}
	t, err := v.writerTemplate(ctx, v.store.Read(), workspaceID, slug)
	if domain.CodeOf(err) != domain.CodeNotFound {
		return t, err
	}
	all, err := v.allWriterTemplates(ctx, workspaceID)
	if err != nil {
		return t, err
	}
	var known []string
	for _, one := range all {
		known = append(known, one.Slug)
	}
	p.Unknown("post_type", "template", slug, known)
	return t, p.Err()
}

// BeginText says which text that was built is to be written, and what is different from what it was built with.
type BeginText struct {
	ID            int64
	MaximumLength int      // words; 0: as built
	Results       int      // 0: as built
	Creativity    *float64 // nil: as built
}

// BeginText begins to write a text that was built: its credits are held, as those of [Verbs.GenerateOutput]. A text
// that has begun already, or has ended, goes on as it is: its id is returned, to be read again. One that was built
// more than a day ago is NOT_FOUND. It takes the scope content, of a caller that may read the text.
func (v *Verbs) BeginText(ctx context.Context, in BeginText) (int64, error) {
	m, err := v.built(ctx, in.ID)
	if err != nil {
		return 0, err
	}
	if m.Status != domain.TextBuilt {
		return v.again(ctx, m.ID)
	}
	if v.store.Now().Sub(m.CreatedAt) > domain.BuiltTextLife {
		return 0, domain.NotFound("Message")
	}
	if _, err := verb.Caller(ctx, domain.ScopeContent); err != nil {
		return 0, err
	}
	job, err := v.prepareBuilt(ctx, m, in)
	if err != nil {
		return 0, err
	}
	began := false
	id, err := verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (id int64, err error) {
		if job.voice, err = chooseBrandVoice(ctx, tx, a.WorkspaceID, job.in.BrandVoiceID); err != nil {
			return 0, err
		}
		if began, err = tx.BeginGeneratedText(ctx, job.row, job.in); err != nil || !began {
			return m.ID, err
		}
		return m.ID, tx.TransferCredits(ctx, transfer(job.row, domain.MovementHold, job.row.Held))
	})
	if err == nil && began {
		v.begin(ctx, job)
	}
	return id, err
}

// again returns the id of a text that has begun. A call with an Idempotency-Key is one call all the same.
func (v *Verbs) again(ctx context.Context, id int64) (int64, error) {
	if _, claimed, err := domain.ClaimFrom[int64](ctx); err != nil || !claimed {
		return id, err
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(*store.Tx, domain.Actor) (int64, error) { return id, nil })
}

// prepareBuilt reads what a text was built with, and checks it with what is different now.
func (v *Verbs) prepareBuilt(ctx context.Context, m store.GeneratedText, in BeginText) (writeJob, error) {
	var req request
	if err := v.store.Read().GeneratedTextRequest(ctx, m.WorkspaceID, m.ID, &req); err != nil {
		return writeJob{}, err
	}
	req.MaximumLength = cmp.Or(in.MaximumLength, req.MaximumLength)
	req.Results = cmp.Or(in.Results, req.Results)
	req.Creativity = cmp.Or(in.Creativity, req.Creativity)
	job, err := v.prepare(req)
	if err != nil {
		return job, err
	}
	job.row = m
	job.row.Origin, job.row.Held = job.origin.Origin, req.price(job.origin.Origin)
	return job, nil
}

// ExpireBuilt removes the texts that were built more than a day ago and never written.
func (v *Verbs) ExpireBuilt(ctx context.Context) error {
	before := v.store.Now().Add(-domain.BuiltTextLife)
	return v.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ExpireBuiltTexts(ctx, before)
		return err
	})
}

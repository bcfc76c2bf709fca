package content

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

func formOf(i domain.ContentItem) form {
	return form{
		ETag:      ui.ETag(i.Revision),
		Version:   i.Version,
		Title:     i.Title,
		Body:      i.Body,
		MetaTitle: i.MetaTitle,
		MetaDesc:  i.MetaDescription,
		Slug:      i.Slug,
		Keywords:  strings.Join(i.Keywords, ", "),
	}
}

// save creates a version from the form.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := postedForm(r)
	out, err := ui.Once(r,
		func(ctx context.Context) (content.ItemDetails, error) {
			return p.Engine.Content.EditItem(ctx, f.edit(id))
		},
		func(d content.ItemDetails) ui.Outcome { return saved(id, f.Version, d.Version) })
	if err != nil {
		return p.refuseEdit(w, r, id, f, err)
	}
	return p.Finish(w, r, out)
}

// saved says what a save of the form, which was of version from, has made.
func saved(id int64, from, version int) ui.Outcome {
	if from == version {
		return ui.Outcome{Path: ui.ItemPath(id), Message: "Nothing has changed, so no version was created."}
	}
	return ui.Outcome{
		Path:    fmt.Sprintf("%s?view=versions&to=%d", ui.ItemPath(id), version),
		Message: "Saved as version " + strconv.Itoa(version) + ". The changes are below.",
	}
}

func postedForm(r *http.Request) form {
	get := func(name string) string { return strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n") }
	// People paste several lines.
	line := func(name string) string { return domain.FoldLine(get(name)) }
	version, _ := strconv.Atoi(get("version")) // without one, a save is taken for a new version
	return form{
		ETag:      get("etag"),
		Version:   version,
		Title:     strings.TrimSpace(line("title")),
		Body:      get("body"),
		MetaTitle: line("meta_title"),
		MetaDesc:  line("meta_description"),
		Slug:      get("slug"),
		Keywords:  line("keywords"),
		Reason:    get("reason"),
	}
}

func (f form) edit(id int64) content.EditItem {
	keywords := []string{}
	for k := range strings.SplitSeq(f.Keywords, ",") {
		if k = strings.TrimSpace(k); k != "" {
			keywords = append(keywords, k)
		}
	}
	in := content.EditItem{
		ID: id,
		ItemEdit: domain.ItemEdit{
			Title:           &f.Title,
			Body:            &f.Body,
			MetaTitle:       &f.MetaTitle,
			MetaDescription: &f.MetaDesc,
			Keywords:        &keywords,
		},
		Reason:       f.Reason,
		Precondition: verb.Precondition{IfMatch: f.ETag},
	}
	if f.Slug != "" {
		in.Slug = &f.Slug
	}
	return in
}

// refuseEdit shows the form again with what the person wrote: with the messages
// about it, or with how it differs from what someone else has saved.
func (p page) refuseEdit(w http.ResponseWriter, r *http.Request, id int64, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause // the page of the error shows what was written
	}
	d, err := p.Engine.Content.Item(r.Context(), id)
	if err != nil {
		return err
	}
	v, err := p.view(w, r, d)
	if err != nil {
		return err
	}
	f.Problem, f.Errors = e.Message, e.Fields
	switch e.Code {
	case domain.CodePreconditionFailed:
		f.Problem = "Someone saved a newer version while you were editing. Your text is still here; " +
			"the differences are below. Save again to add your text as a new version."
		f.ETag, f.Version = ui.ETag(d.Revision), d.Version
		f.Theirs = ui.Fold(ui.WordDiff(d.Body, f.Body))
	case domain.CodeValidation:
		f.Problem = "This was not saved. Your text is still here. Fix these fields first:"
	}
	v.View, v.Form = "edit", f
	v.Views = v.tabs()
	return p.Render(w, r, e.Code.Status(), "content", v)
}

func (p page) move(w http.ResponseWriter, r *http.Request) error {
	var from domain.ItemStatus
	return act(p, w, r,
		func(ctx context.Context, id int64, seen verb.Precondition) (domain.ContentItem, error) {
			to := domain.ItemStatus(r.PostForm.Get("to"))
			if !to.Valid() {
				return domain.ContentItem{}, domain.Errorf(domain.CodeBadRequest, "The board has no column %q.", to)
			}
			before, err := p.Engine.Content.Item(ctx, id)
			if err != nil {
				return domain.ContentItem{}, err
			}
			from = before.Status
			return p.Engine.Content.Move(ctx, content.Move{ID: id, To: to, Reason: r.PostForm.Get("reason"), Precondition: seen})
		},
		func(i domain.ContentItem) ui.Outcome { return movedTo(i, from) })
}

// movedTo says where an item is now, and offers the way back.
func movedTo(i domain.ContentItem, from domain.ItemStatus) ui.Outcome {
	out := ui.Outcome{Path: ui.ItemPath(i.ID), Message: "Moved to " + i.Status.Label() + "."}
	if i.Status == domain.ItemPublished {
		out.Message = "Version " + strconv.Itoa(i.PublishedVersion) + " is published."
	}
	if from != "" && from != i.Status {
		out.Undo = &ui.Undo{Item: i.ID, To: from, ETag: ui.ETag(i.Revision)}
	}
	return out
}

func (p page) approve(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r,
		func(ctx context.Context, id int64, seen verb.Precondition) (content.ItemDetails, error) {
			return p.Engine.Content.ApproveItem(ctx, verb.ID{ID: id, Precondition: seen})
		},
		func(d content.ItemDetails) ui.Outcome {
			return ui.Outcome{
				Path:    ui.ItemPath(d.ID),
				Message: "Version " + strconv.Itoa(d.ApprovedVersion) + " is approved.",
			}
		})
}

func (p page) restore(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r,
		func(ctx context.Context, id int64, seen verb.Precondition) (content.ItemDetails, error) {
			n, err := strconv.Atoi(r.PostForm.Get("n"))
			if err != nil {
				return content.ItemDetails{}, domain.Errorf(domain.CodeBadRequest, "Choose the version to restore.")
			}
			return p.Engine.Content.RestoreVersion(ctx, content.RestoreVersion{ID: id, N: n, Precondition: seen})
		},
		func(d content.ItemDetails) ui.Outcome {
			return ui.Outcome{
				Path:    ui.ItemPath(d.ID),
				Message: fmt.Sprintf("Restored version %s as version %d.", r.PostForm.Get("n"), d.Version),
			}
		})
}

func (p page) accept(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r,
		func(ctx context.Context, id int64, seen verb.Precondition) (content.ItemDetails, error) {
			return p.Engine.Content.AcceptFinding(ctx, content.AcceptFinding{
				FindingOf: content.FindingOf{ID: id, Finding: r.PathValue("finding"), Precondition: seen},
				Reason:    r.PostForm.Get("reason"),
			})
		},
		func(d content.ItemDetails) ui.Outcome {
			return ui.Outcome{Path: ui.ItemPath(d.ID), Message: "Accepted. The finding no longer blocks publishing."}
		})
}

func (p page) withdraw(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r,
		func(ctx context.Context, id int64, seen verb.Precondition) (content.ItemDetails, error) {
			return p.Engine.Content.WithdrawAcceptance(ctx,
				content.FindingOf{ID: id, Finding: r.PathValue("finding"), Precondition: seen})
		},
		func(d content.ItemDetails) ui.Outcome {
			return ui.Outcome{Path: ui.ItemPath(d.ID), Message: "The acceptance is withdrawn."}
		})
}

// act is actAt, of what is refused for a finding.
func act[R any](p page, w http.ResponseWriter, r *http.Request,
	do func(ctx context.Context, id int64, seen verb.Precondition) (R, error), done func(R) ui.Outcome) error {
	return actAt(p, w, r, "findings", do, done)
}

// actAt runs a verb once on the item of the address and redirects to where done says.
// A refusal leads back to a part of the item's page, with the reason.
func actAt[R any](p page, w http.ResponseWriter, r *http.Request, part string,
	do func(ctx context.Context, id int64, seen verb.Precondition) (R, error), done func(R) ui.Outcome) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (R, error) {
		return do(ctx, id, verb.Precondition{IfMatch: r.PostForm.Get("etag")})
	}, done)
	if err != nil {
		return p.Refuse(w, r, ui.ItemPath(id)+"#"+part, err)
	}
	return p.Finish(w, r, out)
}

// export writes the item as a file.
func (p page) export(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	x, err := p.Engine.Content.ExportItem(r.Context(), content.ExportItem{
		ID:     id,
		Format: domain.ExportFormat(r.URL.Query().Get("format")),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", x.MediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.Name}))
	_, _ = w.Write(x.Body) // a client that has gone away is not our error
	return nil
}

// preview renders what is in the editor, with the renderer that publishes.
func (p page) preview(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	render := p.Engine.Content.PreviewMarkdown
	if id, err := strconv.ParseInt(r.PostForm.Get("item"), 10, 64); err == nil {
		c, err := p.Engine.Content.ItemImages(r.Context(), id)
		if err != nil && domain.CodeOf(err) != domain.CodeNotFound { // deleted since: the text can still be looked at
			return err
		}
		render = p.withImages(c.Images)
	}
	html := ui.Marked(r.PostForm.Get("body"), nil, render)
	return p.RenderPart(w, http.StatusOK, "content", "preview", html)
}

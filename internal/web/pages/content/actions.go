package content

import (
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
	d, err := p.Engine.Content.EditItem(r.Context(), f.edit(id))
	if err != nil {
		return p.refuseEdit(w, r, id, f, err)
	}
	to := fmt.Sprintf("%s?view=versions&to=%d", ui.ItemPath(id), d.Version)
	return p.Back(w, r, to, "Saved as version "+strconv.Itoa(d.Version)+". The changes are below.")
}

func postedForm(r *http.Request) form {
	get := func(name string) string { return strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n") }
	return form{
		ETag:      get("etag"),
		Title:     strings.TrimSpace(get("title")),
		Body:      get("body"),
		MetaTitle: get("meta_title"),
		MetaDesc:  get("meta_description"),
		Slug:      get("slug"),
		Keywords:  get("keywords"),
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
	stale := e.Code == domain.CodePreconditionFailed
	if !stale && len(e.Fields) == 0 {
		return p.Refuse(w, r, ui.ItemPath(id)+"?view=edit", cause)
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
	if stale {
		f.Problem = "Someone saved a newer version while you were editing. Your text is still here; " +
			"the differences are below. Save again to add your text as a new version."
		f.ETag = ui.ETag(d.Revision)
		f.Theirs = ui.Fold(ui.WordDiff(d.Body, f.Body))
	}
	v.View, v.Form = "edit", f
	v.Views = v.tabs()
	return p.Render(w, r, e.Code.Status(), "content", v)
}

func (p page) move(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id int64, seen verb.Precondition) (string, error) {
		to := domain.ItemStatus(r.PostForm.Get("to"))
		if !to.Valid() {
			return "", domain.Errorf(domain.CodeBadRequest, "The board has no column %q.", to)
		}
		item, err := p.Engine.Content.Move(r.Context(), content.Move{ID: id, To: to, Precondition: seen})
		if item.Status == domain.ItemPublished {
			return "Version " + strconv.Itoa(item.PublishedVersion) + " is published.", err
		}
		return "Moved to " + item.Status.Label() + ".", err
	})
}

func (p page) approve(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id int64, seen verb.Precondition) (string, error) {
		d, err := p.Engine.Content.ApproveItem(r.Context(), verb.ID{ID: id, Precondition: seen})
		return "Version " + strconv.Itoa(d.ApprovedVersion) + " is approved.", err
	})
}

func (p page) restore(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id int64, seen verb.Precondition) (string, error) {
		n, err := strconv.Atoi(r.PostForm.Get("n"))
		if err != nil {
			return "", domain.Errorf(domain.CodeBadRequest, "Choose the version to restore.")
		}
		d, err := p.Engine.Content.RestoreVersion(r.Context(), content.RestoreVersion{ID: id, N: n, Precondition: seen})
		return fmt.Sprintf("Restored version %d as version %d.", n, d.Version), err
	})
}

func (p page) accept(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id int64, seen verb.Precondition) (string, error) {
		_, err := p.Engine.Content.AcceptFinding(r.Context(), content.AcceptFinding{
			FindingOf: content.FindingOf{ID: id, Finding: r.PathValue("finding"), Precondition: seen},
			Reason:    r.PostForm.Get("reason"),
		})
		return "Accepted. The finding no longer blocks publishing.", err
	})
}

func (p page) withdraw(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id int64, seen verb.Precondition) (string, error) {
		_, err := p.Engine.Content.WithdrawAcceptance(r.Context(),
			content.FindingOf{ID: id, Finding: r.PathValue("finding"), Precondition: seen})
		return "The acceptance is withdrawn.", err
	})
}

// act runs a verb on the item of the address and redirects back to it with the
// message that the verb gives.
func (p page) act(w http.ResponseWriter, r *http.Request,
	do func(id int64, seen verb.Precondition) (string, error)) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	message, err := do(id, verb.Precondition{IfMatch: r.PostForm.Get("etag")})
	if err != nil {
		return p.Refuse(w, r, ui.ItemPath(id)+"#findings", err)
	}
	return p.Back(w, r, ui.ItemPath(id), message)
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
	html := marked(r.PostForm.Get("body"), nil, p.Engine.Content.PreviewMarkdown)
	return p.RenderPart(w, http.StatusOK, "content", "preview", html)
}

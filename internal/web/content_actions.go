package web

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

func contentPath(id int64) string { return "/content/" + strconv.FormatInt(id, 10) }

// contentSave makes a version of what the form holds.
func (s *Site) contentSave(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := readForm(r); err != nil {
		return err
	}
	form := postedEdit(r)
	d, err := s.engine.EditItem(r.Context(), form.edit(id))
	if err != nil {
		return s.refuseEdit(w, r, id, form, err)
	}
	to := fmt.Sprintf("%s?view=versions&to=%d", contentPath(id), d.Version)
	return s.back(w, r, to, "Saved as version "+strconv.Itoa(d.Version)+". Below is what changed.")
}

func postedEdit(r *http.Request) editForm {
	get := func(name string) string { return strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n") }
	return editForm{ETag: get("etag"), Title: strings.TrimSpace(get("title")), Body: get("body"), MetaTitle: get("meta_title"),
		MetaDesc: get("meta_description"), Slug: get("slug"), Keywords: get("keywords"), Reason: get("reason")}
}

func (f editForm) edit(id int64) engine.EditItem {
	keywords := []string{}
	for _, k := range strings.Split(f.Keywords, ",") {
		if k = strings.TrimSpace(k); k != "" {
			keywords = append(keywords, k)
		}
	}
	in := engine.EditItem{ID: id, Title: &f.Title, Body: &f.Body, MetaTitle: &f.MetaTitle, MetaDescription: &f.MetaDesc,
		Keywords: &keywords, Reason: f.Reason, Precondition: engine.Precondition{IfMatch: f.ETag}}
	if f.Slug != "" {
		in.Slug = &f.Slug
	}
	return in
}

// refuseEdit shows the form again with what the person wrote: beside the messages
// about it, or beside what somebody else saved meanwhile.
func (s *Site) refuseEdit(w http.ResponseWriter, r *http.Request, id int64, form editForm, cause error) error {
	e := domain.AsError(cause)
	stale := e.Code == domain.CodePreconditionFailed
	if !stale && e.Code != domain.CodeValidation {
		return s.refuse(w, r, contentPath(id)+"?view=edit", cause)
	}
	d, err := s.engine.Item(r.Context(), id)
	if err != nil {
		return err
	}
	page, err := s.contentPage(w, r, d)
	if err != nil {
		return err
	}
	form.Problem, form.Errors = e.Message, e.Fields
	if stale {
		form.Problem = "Somebody saved a newer version while you were writing. Nothing of yours is lost: below is how your text differs from theirs. Save again to put yours on top, as a further version."
		form.ETag = etag(d.Revision)
		form.Theirs = folded(wordDiff(d.Body, form.Body))
	}
	page.View, page.Form = "edit", form
	page.Views = page.views()
	return s.render(w, r, e.Code.Status(), "content", page)
}

func (s *Site) contentMove(w http.ResponseWriter, r *http.Request) error {
	return s.onContent(w, r, func(id int64) (string, error) {
		to := domain.ItemStatus(r.PostForm.Get("to"))
		if !to.Valid() {
			return "", domain.Errorf(domain.CodeBadRequest, "The board has no column %q.", to)
		}
		item, err := s.engine.Move(r.Context(), engine.Move{ID: id, To: to, Precondition: engine.Precondition{IfMatch: r.PostForm.Get("etag")}})
		if item.Status == domain.ItemPublished {
			return "Version " + strconv.Itoa(item.PublishedVersion) + " is published.", err
		}
		return "Moved to " + item.Status.Label() + ".", err
	})
}

func (s *Site) contentApprove(w http.ResponseWriter, r *http.Request) error {
	return s.onContent(w, r, func(id int64) (string, error) {
		d, err := s.engine.ApproveItem(r.Context(), engine.ID{ID: id, Precondition: engine.Precondition{IfMatch: r.PostForm.Get("etag")}})
		return "Version " + strconv.Itoa(d.ApprovedVersion) + " is approved.", err
	})
}

func (s *Site) contentRestore(w http.ResponseWriter, r *http.Request) error {
	return s.onContent(w, r, func(id int64) (string, error) {
		n, err := strconv.Atoi(r.PostForm.Get("n"))
		if err != nil {
			return "", domain.Errorf(domain.CodeBadRequest, "Choose the version to bring back.")
		}
		d, err := s.engine.RestoreVersion(r.Context(), engine.RestoreVersion{ID: id, N: n, Precondition: engine.Precondition{IfMatch: r.PostForm.Get("etag")}})
		return fmt.Sprintf("Version %d has the text of version %d again.", d.Version, n), err
	})
}

// onContent runs a verb on the item of the address and comes back to it.
func (s *Site) onContent(w http.ResponseWriter, r *http.Request, do func(id int64) (string, error)) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := readForm(r); err != nil {
		return err
	}
	sentence, err := do(id)
	if err != nil {
		return s.refuse(w, r, contentPath(id)+"#findings", err)
	}
	return s.back(w, r, contentPath(id), sentence)
}

// contentExport hands the item over as a file.
func (s *Site) contentExport(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	x, err := s.engine.ExportItem(r.Context(), engine.ExportItem{ID: id, Format: domain.ExportFormat(r.URL.Query().Get("format"))})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", x.MediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.Name}))
	_, _ = w.Write(x.Body) // a reader that went away is no fault of ours
	return nil
}

// previewPart is a text as it will be published.
type previewPart struct {
	HTML  any
	Words int
}

// preview renders what is in the editor, by the renderer that publishes.
func (s *Site) preview(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	body := r.PostForm.Get("body")
	part := previewPart{HTML: marked(body, nil, s.engine.RenderMarkdown), Words: len(strings.Fields(body))}
	return s.renderPart(w, http.StatusOK, "content", "preview", part)
}

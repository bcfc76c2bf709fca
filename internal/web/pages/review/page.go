// Package review is the page of a review link: somebody without an account sees one version
// of one item, comments on it, and approves or rejects it. The address is the permission,
// so the page sets no cookie, and nothing on it leads elsewhere in the workspace.
package review

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "review",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET /review/{token}", Handle: p.show, Secret: true},
			{Pattern: "POST /review/{token}", Handle: p.decide, Secret: true},
			{Pattern: "POST /review/{token}/comments", Handle: p.comment, Secret: true},
		},
	}
}

// view is what the page shows: the version, or why the link does not work.
type view struct {
	ui.Shell
	Seen     content.Review
	Broken   string // why there is nothing to see; empty: there is
	Path     string
	Body     template.HTML
	Findings []ui.FindingView
	Form     form
}

// form is what a refused form brought.
type form struct{ Name, Reason, Comment, Problem string }

// Decided reports whether the link has its decision.
func (v view) Decided() bool { return v.Seen.Link.Decision != "" }

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	seen, err := p.Engine.Content.Review(r.Context(), p.call(r))
	if err != nil {
		return p.broken(w, r, err)
	}
	return p.render(w, r, http.StatusOK, seen, form{})
}

func (p page) call(r *http.Request) content.ReviewCall {
	return content.ReviewCall{Secret: r.PathValue("token"), Address: p.Address(r)}
}

func (p page) render(w http.ResponseWriter, r *http.Request, status int, seen content.Review, f form) error {
	return p.Render(w, r, status, "review", view{
		Shell:    p.BareShell(r, "Review"),
		Seen:     seen,
		Path:     content.ReviewPath(r.PathValue("token")),
		Body:     template.HTML(p.Engine.Content.PreviewMarkdown(seen.Body)), //nolint:gosec // it is sanitized
		Findings: ui.FindingViews(seen.Findings),
		Form:     f,
	})
}

// broken shows why there is nothing to see. Failures of the server have the usual page.
func (p page) broken(w http.ResponseWriter, r *http.Request, err error) error {
	e := domain.AsError(err)
	if e.Code != domain.CodeNotFound && e.Code != domain.CodeRateLimited {
		return err
	}
	if e.Code == domain.CodeRateLimited {
		w.Header().Set("Retry-After", "60")
	}
	return p.Render(w, r, e.Code.Status(), "review", view{Shell: p.BareShell(r, "Review"), Broken: e.Message})
}

func posted(r *http.Request) form {
	get := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
	}
	return form{Name: get("name"), Reason: get("reason"), Comment: get("comment")}
}

// decide approves or rejects the version.
func (p page) decide(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := posted(r)
	_, err := p.Engine.Content.DecideReview(r.Context(), content.DecideReview{
		ReviewCall: p.call(r),
		Decision:   domain.ReviewDecision(r.PostForm.Get("decision")),
		Name:       f.Name,
		Reason:     f.Reason,
	})
	return p.answer(w, r, f, err, "#decision")
}

// comment adds a comment of the reviewer.
func (p page) comment(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := posted(r)
	_, err := p.Engine.Content.CommentReview(r.Context(), content.CommentReview{
		ReviewCall: p.call(r), Name: f.Name, Body: f.Comment,
	})
	return p.answer(w, r, f, err, "#your-comments")
}

// answer leads back to the page, or shows it again with what is wrong and what was
// written.
func (p page) answer(w http.ResponseWriter, r *http.Request, f form, err error, part string) error {
	if err == nil {
		at := content.ReviewPath(r.PathValue("token"))
		http.Redirect(w, r, at+part, http.StatusSeeOther) //nolint:gosec // a path of ours
		return nil
	}
	e := domain.AsError(err)
	if e.Code != domain.CodeValidation && e.Code != domain.CodeConflict {
		return p.broken(w, r, err)
	}
	seen, err := p.Engine.Content.Review(r.Context(), p.call(r))
	if err != nil {
		return p.broken(w, r, err)
	}
	f.Problem = e.Message
	return p.render(w, r, e.Code.Status(), seen, f)
}

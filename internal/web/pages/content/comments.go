package content

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// mostComments is how many comments the page shows.
const mostComments = 1000

// commentsView is the thread of an item's comments, and the form of a new one.
type commentsView struct {
	Item    int64
	Version int // that is on the page
	Rows    []commentRow
	Open    int
	May     bool // the person may comment
	Form    commentForm
}

type commentRow struct {
	domain.Comment
	Path   string // of its actions
	ETag   string
	Kind   string // of its author; empty for a person
	Other  bool   // it is about another version than the one on the page
	Own    bool
	Delete bool // the person may delete it
}

// commentForm is what a refused form brought.
type commentForm struct{ Body, Quote, Problem string }

// commentRoutes are the addresses of the thread.
func (p page) commentRoutes() []ui.Route {
	const one = "POST /content/{id}/comments/{comment}/"
	return []ui.Route{
		{Pattern: "GET /content/{id}/comments", Handle: p.showComments},
		{Pattern: "POST /content/{id}/comments", Handle: p.addComment},
		{Pattern: one + "edit", Handle: p.editComment},
		{Pattern: one + "resolve", Handle: p.settleComment(p.Engine.Content.ResolveComment)},
		{Pattern: one + "reopen", Handle: p.settleComment(p.Engine.Content.ReopenComment)},
		{Pattern: one + "delete", Handle: p.deleteComment},
	}
}

// comments reads the thread of an item.
func (p page) comments(ctx context.Context, c domain.ContentItem) (commentsView, error) {
	a, _ := domain.ActorFrom(ctx)
	v := commentsView{Item: c.ID, Version: c.Version, May: a.May(domain.ScopeReview)}
	in := content.ListComments{ID: c.ID, Page: domain.Page{Number: 1, Size: domain.LimitPerPage.Max}}
	for ; len(v.Rows) < mostComments; in.Page.Number++ {
		l, err := p.Engine.Content.Comments(ctx, in)
		if err != nil {
			return v, err
		}
		for _, said := range l.Items {
			v.Rows = append(v.Rows, commentRowOf(said, a, c.Version))
			if said.ResolvedAt.IsZero() {
				v.Open++
			}
		}
		if len(l.Items) < in.Page.Size {
			break
		}
	}
	return v, nil
}

func commentRowOf(c domain.Comment, a domain.Actor, version int) commentRow {
	row := commentRow{
		Comment: c,
		Path:    ui.ItemPath(c.ContentID) + "/comments/" + strconv.FormatInt(c.ID, 10),
		ETag:    ui.ETag(c.Revision),
		Other:   c.Version != version,
		Own:     c.Own(a),
		Delete:  c.Own(a) || a.May(domain.ScopeAdmin),
	}
	switch c.AuthorKind {
	case domain.ActorKey:
		row.Kind = "API key"
	case domain.ActorSystem:
		row.Kind = "Agent"
	case domain.ActorReviewer:
		row.Kind = "Review link"
	case domain.ActorOperator:
		row.Kind = "Command line"
	}
	return row
}

// showComments sends the thread alone to the script of the page.
func (p page) showComments(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	d, err := p.Engine.Content.Item(r.Context(), id)
	if err != nil {
		return err
	}
	if !ui.Partial(r) {
		http.Redirect(w, r, ui.ItemPath(id)+"#comments", http.StatusSeeOther) //nolint:gosec // a path of ours
		return nil
	}
	v, err := p.comments(r.Context(), d.ContentItem)
	if err != nil {
		return err
	}
	return p.RenderPart(w, http.StatusOK, "content", "comment-list", v)
}

// addComment adds a comment about the version on the page. One that is refused comes
// back with what the person wrote.
func (p page) addComment(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := commentForm{
		Body:  strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("body"), "\r\n", "\n")),
		Quote: strings.TrimSpace(r.PostForm.Get("quote")),
	}
	in := content.AddComment{ID: id, Body: f.Body}
	in.Version, _ = strconv.Atoi(r.PostForm.Get("version")) // without one, it is about the present version
	var out ui.Outcome
	if in.Passage, err = p.passage(r, id, in.Version, f.Quote); err == nil {
		out, err = ui.Once(r,
			func(ctx context.Context) (domain.Comment, error) { return p.Engine.Content.AddComment(ctx, in) },
			func(c domain.Comment) ui.Outcome { return aboutComment(c, "Your comment was added.") })
	}
	if err != nil {
		return p.refuseComment(w, r, id, f, err)
	}
	return p.Finish(w, r, out)
}

// aboutComment leads to a comment on the page of its item.
func aboutComment(c domain.Comment, message string) ui.Outcome {
	return ui.Outcome{
		Path:    ui.ItemPath(c.ContentID) + "#comment-" + strconv.FormatInt(c.ID, 10),
		Message: message,
	}
}

func (p page) refuseComment(w http.ResponseWriter, r *http.Request, id int64, f commentForm, cause error) error {
	e := domain.AsError(cause)
	if e.Code != domain.CodeValidation {
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
	f.Problem = e.Message
	v.Comments.Form = f
	return p.Render(w, r, e.Code.Status(), "content", v)
}

// passage finds the words that a comment quotes in the text of a version; version 0 is
// the present one. No words are the whole text.
func (p page) passage(r *http.Request, id int64, version int, quote string) (domain.Passage, error) {
	if quote == "" {
		return domain.Passage{}, nil
	}
	d, err := p.Engine.Content.Item(r.Context(), id)
	if err != nil {
		return domain.Passage{}, err
	}
	text := d.Body
	if version != 0 && version != d.Version {
		old, err := p.Engine.Content.Version(r.Context(), id, version)
		if err != nil {
			return domain.Passage{}, err
		}
		text = old.Body
	}
	nth, _ := strconv.Atoi(r.PostForm.Get("nth")) // without a script, the first
	at, ok := locate(text, quote, nth)
	if !ok {
		var p domain.Problems
		p.Add("quote", "These words are not in the text as one passage. Quote fewer words, or leave the field empty.")
		return at, p.Err()
	}
	return at, nil
}

// mostLocated is how many characters of a quote are looked for.
const mostLocated = 2000

// locate finds words in Markdown, whatever signs stand between them there: the place that
// follows nth others, or the last one.
func locate(markdown, quote string, nth int) (domain.Passage, bool) {
	words := strings.FieldsFunc(quote, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	if len(words) == 0 || utf8.RuneCountInString(quote) > mostLocated {
		return domain.Passage{}, false
	}
	pattern, err := regexp.Compile(strings.Join(words, `[^\pL\pN]+`)) // words are letters and numbers only
	if err != nil {
		return domain.Passage{}, false
	}
	found := pattern.FindAllStringIndex(markdown, max(0, min(nth, mostComments))+1)
	if len(found) == 0 {
		return domain.Passage{}, false
	}
	at := found[len(found)-1]
	start := utf8.RuneCountInString(markdown[:at[0]])
	return domain.Passage{Start: start, End: start + utf8.RuneCountInString(markdown[at[0]:at[1]])}, true
}

// commentOf reads which comment a form is about, and the state that its page showed.
func commentOf(r *http.Request) (content.CommentOf, error) {
	id, err := ui.PathID(r)
	if err != nil {
		return content.CommentOf{}, err
	}
	said, err := strconv.ParseInt(r.PathValue("comment"), 10, 64)
	if err != nil {
		return content.CommentOf{}, domain.NotFound("Comment")
	}
	if err := ui.ReadForm(r); err != nil {
		return content.CommentOf{}, err
	}
	seen := verb.Precondition{IfMatch: r.PostForm.Get("etag")}
	return content.CommentOf{ID: id, Comment: said, Precondition: seen}, nil
}

func (p page) editComment(w http.ResponseWriter, r *http.Request) error {
	at, err := commentOf(r)
	if err != nil {
		return err
	}
	body := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("body"), "\r\n", "\n"))
	out, err := ui.Once(r,
		func(ctx context.Context) (domain.Comment, error) {
			return p.Engine.Content.EditComment(ctx, content.EditComment{CommentOf: at, Body: body})
		},
		func(c domain.Comment) ui.Outcome { return aboutComment(c, "Your comment was changed.") })
	if err != nil {
		return err // the page of the error shows what was written
	}
	return p.Finish(w, r, out)
}

// settleComment handles the forms that resolve and reopen a comment.
func (p page) settleComment(do func(context.Context, content.CommentOf) (domain.Comment, error)) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		at, err := commentOf(r)
		if err != nil {
			return err
		}
		out, err := ui.Once(r,
			func(ctx context.Context) (domain.Comment, error) { return do(ctx, at) },
			func(c domain.Comment) ui.Outcome {
				if c.ResolvedAt.IsZero() {
					return aboutComment(c, "The comment is open again.")
				}
				return aboutComment(c, "The comment is resolved.")
			})
		if err != nil {
			return p.Refuse(w, r, ui.ItemPath(at.ID)+"#comments", err)
		}
		return p.Finish(w, r, out)
	}
}

func (p page) deleteComment(w http.ResponseWriter, r *http.Request) error {
	at, err := commentOf(r)
	if err != nil {
		return err
	}
	back := ui.ItemPath(at.ID) + "#comments"
	out, err := ui.Once(r,
		func(ctx context.Context) (struct{}, error) {
			return struct{}{}, p.Engine.Content.DeleteComment(ctx, at)
		},
		func(struct{}) ui.Outcome { return ui.Outcome{Path: back, Message: "The comment was deleted."} })
	if err != nil {
		return p.Refuse(w, r, back, err)
	}
	return p.Finish(w, r, out)
}

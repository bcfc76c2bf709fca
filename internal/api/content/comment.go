package content

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// CommentAttributes is what somebody said about an item.
type CommentAttributes struct {
	Author     string                   `json:"author"`
	AuthorKind domain.ActorKind         `json:"author_kind"`
	Body       string                   `json:"body"        doc:"Plain text"`
	Version    int                      `json:"version"     doc:"Number of the version that it is about"`
	Anchor     ops.Maybe[CommentAnchor] `json:"anchor"      doc:"The passage that it is about; null: the whole text"`
	Quote      *string                  `json:"quote"       doc:"The words of the passage, at most 500 characters of them"`
	ResolvedAt *time.Time               `json:"resolved_at" doc:"Null while it is open"`
	ResolvedBy *string                  `json:"resolved_by"`
	CreatedAt  time.Time                `json:"created_at"`
	UpdatedAt  time.Time                `json:"updated_at"`
}

// CommentAnchor is a passage of a version's text.
type CommentAnchor struct {
	Start int `json:"start" minimum:"0" doc:"First Unicode code point of the passage in the version's Markdown, from 0"`
	End   int `json:"end"   minimum:"1" doc:"First code point after the passage"`
}

type listComments struct {
	ContentID
	ops.Paging
}

type commentID struct {
	ContentID
	Comment int64 `json:"comment" in:"path" minimum:"1" doc:"The comment's id"`
}

type changeComment struct {
	ContentID
	Comment int64 `json:"comment" in:"path" minimum:"1" doc:"The comment's id"`
	ops.Conditional
}

func (in changeComment) target() content.CommentOf {
	return content.CommentOf{
		ID: in.ID, Comment: in.Comment, Precondition: verb.Precondition{IfMatch: in.Revisions()},
	}
}

type addComment struct {
	ContentID
	Body    string         `json:"body"              limit:"comment" doc:"What you have to say, in plain text"`
	Version int            `json:"version,omitempty"                 doc:"The version that it is about; by default the current one" minimum:"1"`
	Anchor  *CommentAnchor `json:"anchor,omitempty"                  doc:"The passage that it is about; by default the whole text"`
}

type editComment struct {
	ContentID
	Comment int64  `json:"comment" in:"path" minimum:"1" doc:"The comment's id"`
	Body    string `json:"body"                          doc:"The new text of the comment" limit:"comment"`
	ops.Conditional
}

var (
	sampleComment = domain.Comment{
		ID:         12,
		ContentID:  sampleItem.ID,
		AuthorKind: domain.ActorPerson,
		Author:     "Ada",
		Body:       "Where does this come from?",
		Version:    1,
		Passage:    domain.Passage{Start: 2, End: 12},
		Quote:      "Cloud Cost",
		CreatedAt:  wire.SampleTime(),
		UpdatedAt:  wire.SampleTime(),
		Revision:   1,
	}
	exampleComment = map[string]any{"id": sampleItem.ID, "comment": sampleComment.ID}
)

const comments = items + "/comments"

func commentRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		commentsRow(v), addCommentRow(v), commentRow(v), editCommentRow(v),
		settleRow("resolve", "Resolve a comment", "Marks a comment as done. It stays in the list.", v.ResolveComment),
		settleRow("reopen", "Reopen a comment", "Takes back that a comment is resolved.", v.ReopenComment),
		deleteCommentRow(v),
	}
}

func commentsRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_content_comments",
		Route: ops.Route{Method: http.MethodGet, Path: comments},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "List comments",
			Description: "Everything that people and programs have said about the item, oldest first, resolved " +
				"comments included.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: exampleID,
		},
		Tool: ops.Tool{Set: "content"},
		Command: ops.Command{
			Noun: "content", Verb: "comments", Columns: []string{"id", "created_at", "author", "body", "resolved_at"},
		},
	}, func(ctx context.Context, in listComments) (domain.List[domain.Comment], error) {
		return v.Comments(ctx, content.ListComments{ID: in.ID, Page: wire.PageOf(in.Paging)})
	}, func(r *ops.Reply, l domain.List[domain.Comment]) []wire.Resource[CommentAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, comment)
	}, domain.List[domain.Comment]{Items: []domain.Comment{sampleComment}, Total: 1})
}

func addCommentRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "add_content_comment",
		Route:          ops.Route{Method: http.MethodPost, Path: comments, Status: http.StatusCreated},
		Scope:          domain.ScopeReview,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Comment on a content item",
			Description: "Adds a comment about the text, or about a passage of it. Versions never change, so the passage of a " +
				"comment stays what it was. The item and its ETag stay as they are.",
			Errors: []domain.Code{domain.CodeNotFound},
			Example: map[string]any{
				"id": sampleItem.ID, "body": sampleComment.Body, "anchor": map[string]any{"start": 2, "end": 12},
			},
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "comment"},
	}, func(ctx context.Context, in addComment) (domain.Comment, error) {
		said := content.AddComment{ID: in.ID, Body: in.Body, Version: in.Version}
		if in.Anchor != nil {
			said.Passage = domain.Passage{Start: in.Anchor.Start, End: in.Anchor.End}
		}
		return v.AddComment(ctx, said)
	}, func(r *ops.Reply, c domain.Comment) wire.Resource[CommentAttributes] {
		r.Location = commentPath(c)
		return viewComment(r, c)
	}, sampleComment)
}

func commentRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_content_comment",
		Route: ops.Route{Method: http.MethodGet, Path: comments + "/{comment}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Get a comment",
			Description: "One comment with its passage.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     exampleComment,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "get-comment"},
	}, func(ctx context.Context, in commentID) (domain.Comment, error) {
		return v.Comment(ctx, content.CommentOf{ID: in.ID, Comment: in.Comment})
	}, viewComment, sampleComment)
}

func editCommentRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_content_comment",
		Route: ops.Route{Method: http.MethodPatch, Path: comments + "/{comment}"},
		Scope: domain.ScopeReview,
		ETag:  true,
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Edit a comment",
			Description: "Changes what your own comment says.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"id": sampleItem.ID, "comment": sampleComment.ID, "body": "Which source is this?"},
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "edit-comment"},
	}, func(ctx context.Context, in editComment) (domain.Comment, error) {
		at := changeComment{in.ContentID, in.Comment, in.Conditional}
		return v.EditComment(ctx, content.EditComment{CommentOf: at.target(), Body: in.Body})
	}, viewComment, sampleComment)
}

// settleRow is a row that resolves or reopens a comment.
func settleRow(
	what, summary, description string, do func(context.Context, content.CommentOf) (domain.Comment, error),
) ops.Op {
	return ops.New(ops.Op{
		Name:           what + "_content_comment",
		Route:          ops.Route{Method: http.MethodPost, Path: comments + "/{comment}/" + what},
		Scope:          domain.ScopeReview,
		Hints:          ops.Hints{Idempotent: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     summary,
			Description: description,
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     exampleComment,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: what + "-comment"},
	}, func(ctx context.Context, in changeComment) (domain.Comment, error) {
		return do(ctx, in.target())
	}, viewComment, sampleComment)
}

func deleteCommentRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_content_comment",
		Route: ops.Route{Method: http.MethodDelete, Path: comments + "/{comment}"},
		Scope: domain.ScopeReview,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Delete a comment",
			Description: "Removes your own comment; another's takes the admin scope.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     exampleComment,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "delete-comment"},
	}, func(ctx context.Context, in changeComment) error { return v.DeleteComment(ctx, in.target()) })
}

func commentPath(c domain.Comment) string {
	return fmt.Sprintf("%s/comments/%d", wire.Path("/content-workflow/content", c.ContentID), c.ID)
}

func viewComment(r *ops.Reply, c domain.Comment) wire.Resource[CommentAttributes] {
	r.Revision = wire.Number(c.Revision)
	return comment(c)
}

func comment(c domain.Comment) wire.Resource[CommentAttributes] {
	out := CommentAttributes{
		Author:     c.Author,
		AuthorKind: c.AuthorKind,
		Body:       c.Body,
		Version:    c.Version,
		Quote:      wire.Optional(c.Quote),
		ResolvedAt: wire.Time(c.ResolvedAt),
		ResolvedBy: wire.Optional(c.ResolvedBy),
		CreatedAt:  c.CreatedAt.UTC(),
		UpdatedAt:  c.UpdatedAt.UTC(),
	}
	if c.Passage != (domain.Passage{}) {
		out.Anchor.Value = &CommentAnchor{c.Passage.Start, c.Passage.End}
	}
	return wire.Resource[CommentAttributes]{
		Type: "comment", ID: c.ID, Attributes: out, Links: &wire.Links{Self: commentPath(c)},
	}
}

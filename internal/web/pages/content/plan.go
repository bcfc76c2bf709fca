package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// plan is the form that says when an item is meant to be published, and who sees to it.
type plan struct {
	Day      string // 2026-02-26 in the workspace's time zone, as a date field has it; empty: none
	Assignee string
	Members  []string // whom it can be assigned to; another name may be typed
}

// planOf returns the form of an item.
func (p page) planOf(ctx context.Context, c domain.ContentItem, w domain.Workspace) (plan, error) {
	members, err := p.Engine.Account.MemberNames(ctx)
	return plan{Day: dayOf(c.PlannedAt, w), Assignee: c.Assignee, Members: members}, err
}

// dayOf returns the day of an instant in a workspace; "" for no instant.
func dayOf(at time.Time, w domain.Workspace) string {
	if at.IsZero() {
		return ""
	}
	return at.In(w.Location()).Format(time.DateOnly)
}

// plan saves the form.
func (p page) plan(w http.ResponseWriter, r *http.Request) error {
	return actAt(p, w, r, "plan",
		func(ctx context.Context, id int64, seen verb.Precondition) (content.ItemDetails, error) {
			d, err := p.Engine.Content.Item(ctx, id)
			if err != nil {
				return d, err
			}
			workspace, err := p.Engine.Account.Profile(ctx)
			if err != nil {
				return d, err
			}
			assignee := domain.FoldLine(r.PostForm.Get("assignee"))
			in := content.EditItem{ID: id, ItemEdit: domain.ItemEdit{Assignee: &assignee}, Precondition: seen}
			// A day that stays as it is keeps the time of day that a program gave it.
			if day := r.PostForm.Get("planned"); day != dayOf(d.PlannedAt, workspace) {
				start, err := ui.ParseDay("planned_at", day, workspace.Location())
				if err != nil {
					return d, err
				}
				in.PlannedAt = &start
			}
			return p.Engine.Content.EditItem(ctx, in)
		},
		func(d content.ItemDetails) ui.Outcome {
			return ui.Outcome{Path: ui.ItemPath(d.ID), Message: "The plan is saved."}
		})
}

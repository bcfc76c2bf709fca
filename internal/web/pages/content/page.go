// Package content is the page of one item: its text to read, edit and compare,
// with its findings, its history and where it came from.
package content

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "content",
		Files: files,
		Routes: slices.Concat(p.commentRoutes(), p.linkRoutes(), p.rewriteRoutes(), p.imageRoutes(), []ui.Route{
			{Pattern: "GET /content/{id}", Handle: p.show},
			{Pattern: "POST /content/{id}", Handle: p.save},
			{Pattern: "POST /content/{id}/plan", Handle: p.plan},
			{Pattern: "POST /content/{id}/move", Handle: p.move},
			{Pattern: "POST /content/{id}/approve", Handle: p.approve},
			{Pattern: "POST /content/{id}/restore", Handle: p.restore},
			{Pattern: "POST /content/{id}/duplicate", Handle: p.duplicate},
			{Pattern: "POST /content/{id}/findings/{finding}/accept", Handle: p.accept},
			{Pattern: "POST /content/{id}/findings/{finding}/withdraw", Handle: p.withdraw},
			{Pattern: "GET /content/{id}/export", Handle: p.export},
			{Pattern: "POST /content/{id}/publications/{channel}/retry", Handle: p.republish},
			{Pattern: "POST /preview", Handle: p.preview},
		}),
	}
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	d, err := p.Engine.Content.Item(r.Context(), id)
	if err != nil {
		return err
	}
	if ui.Partial(r) { // the script asks only whether the item has changed
		v := view{Item: facts{Card: ui.CardOf(d.ContentItem, time.UTC)}}
		return p.RenderPart(w, http.StatusOK, "content", "live", v)
	}
	v, err := p.view(w, r, d)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "content", v)
}

func (p page) view(w http.ResponseWriter, r *http.Request, d content.ItemDetails) (view, error) {
	sh, err := p.Shell(w, r, "/board", ui.TitleOf(d.Title, d.ID))
	if err != nil {
		return view{}, err
	}
	v := view{
		Shell:    sh,
		Item:     factsOf(d, sh.Workspace),
		View:     readView(r),
		Body:     ui.Marked(d.Body, d.Findings, p.withImages(d.Images)),
		Shown:    imageRows(d.Images),
		Findings: findingsOf(r, d.ContentItem),
		Open:     ui.OpenFindings(d.Findings),
		Needs:    d.NeedsInput,
		Scores:   scoresOf(d.Scores),
		Sources:  sourcesOf(d.Provenance),
		Form:     formOf(d.ContentItem),
	}
	if v.Plan, err = p.planOf(r.Context(), d.ContentItem, sh.Workspace); err != nil {
		return v, err
	}
	if v.Channels, err = p.channels(r.Context(), d, r.URL.Query().Get("channel")); err != nil {
		return v, err
	}
	v.SentBack = sentBack(d.Moves)
	for i := range v.Findings {
		v.Findings[i].Fix = fmt.Sprintf("%s?view=edit&fix=%d", ui.ItemPath(d.ID), i+1)
	}
	v.Next = nextFor(v.Item, v.Open, sh.Workspace.RequireApproval)
	for _, st := range domain.ItemStatuses() {
		v.Statuses = append(v.Statuses, statusChoice{st, st.Label(), st == d.Status})
	}
	if v.View == "images" {
		if v.Images, err = p.images(r.Context(), d.ContentItem); err != nil {
			return v, err
		}
	}
	if v.View == "versions" || v.View == "history" {
		err = p.fillVersions(r, &v, d)
	}
	if v.View == "read" {
		if v.Comments, err = p.comments(r.Context(), d.ContentItem); err != nil {
			return v, err
		}
		v.Links, err = p.reviewLinks(r.Context(), d.ID, p.Now())
	}
	if err != nil {
		return v, err
	}
	if v.Lineage.Lineage, err = p.Engine.Content.Lineage(r.Context(), d.ID); err != nil {
		return v, err
	}
	v.Waiting, err = p.waiting(r.Context(), d.ID)
	v.Views = v.tabs()
	return v, err
}

// sentBack returns the last move if it took the item out of review with a reason.
func sentBack(moves []domain.ItemMove) *domain.ItemMove {
	for _, m := range slices.Backward(moves) {
		if m.Kind != domain.HistoryMoved {
			continue
		}
		if m.From == domain.ItemReview && m.To == domain.ItemGenerated && m.Reason != "" {
			return &m
		}
		return nil
	}
	return nil
}

// findingsOf returns the findings, with where they are accepted for those who may.
func findingsOf(r *http.Request, c domain.ContentItem) []ui.FindingView {
	list := ui.FindingViews(c.Findings)
	if a, _ := domain.ActorFrom(r.Context()); !a.May(domain.ScopePublish) {
		return list
	}
	for i := range list {
		list[i].Decide = ui.ItemPath(c.ID) + "/findings/" + c.Findings[i].ID
		list[i].ETag = ui.ETag(c.Revision)
	}
	return list
}

// waiting returns the execution that waits for a decision about an item; 0 for none.
func (p page) waiting(ctx context.Context, itemID int64) (int64, error) {
	list, err := p.Engine.Work.Executions(ctx, work.ListExecutions{
		NeedsReview: true,
		ItemID:      itemID,
		Page:        domain.Page{Number: 1, Size: 1},
	})
	if err != nil || len(list.Items) == 0 {
		return 0, err
	}
	return list.Items[0].ID, nil
}

func readView(r *http.Request) string {
	for _, v := range views {
		if r.URL.Query().Get("view") == v {
			return v
		}
	}
	return views[0]
}

func factsOf(d content.ItemDetails, ws domain.Workspace) facts {
	f := facts{
		Card:        ui.CardOf(d.ContentItem, ws.Location()),
		Slug:        d.Slug,
		Language:    d.Language,
		MetaTitle:   d.MetaTitle,
		MetaDesc:    d.MetaDescription,
		Keywords:    d.Keywords,
		Version:     d.Version,
		Approved:    d.ApprovedVersion,
		Published:   d.PublishedVersion,
		PublishedAt: d.PublishedAt,
		CreatedAt:   d.CreatedAt,
		Origin:      ui.OriginLabel(d.ContentItem.Origin),
		Execution:   d.ExecutionID,
		Listing:     domain.ListingRef(d.ListingID),
		Reading:     readingTime(d.WordCount),
	}
	if d.Agent != nil {
		f.Agent = d.Agent.Name
	}
	if d.BrandVoice != nil {
		f.BrandVoice = d.BrandVoice.Name
	}
	if d.Execution != nil {
		f.Capability = d.Execution.Capability
	}
	if d.PublishedVersion > 0 && d.Status == domain.ItemPublished && ws.FeedEnabled {
		f.Feed = content.FeedItemPath(ws.Slug, publishedSlug(d))
	}
	return f
}

// readingTime assumes 220 words a minute, a usual pace for prose on a screen.
func readingTime(words int) string { return strconv.Itoa(max(1, (words+110)/220)) + " min read" }

// publishedSlug is the slug under which the item is on the feed, which may not be its
// present one.
func publishedSlug(d content.ItemDetails) string {
	for _, p := range d.Publications {
		if p.Channel == domain.ChannelFeed && p.Slug != "" {
			return p.Slug
		}
	}
	return d.Slug
}

package content

import (
	"context"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// channelsView is where an item is published, or could be.
type channelsView struct {
	Item    int64
	Rows    []channelRow
	Idle    []idleChannel
	May     bool // the person may publish
	Preview *content.ChannelPreview
}

// channelRow is one publication.
type channelRow struct {
	domain.Publication
	Name    string
	Glyph   string
	Says    string // how far it has come, in words
	Retry   bool   // trying again makes sense
	Preview string // address of the preview; empty: there is none
}

// idleChannel is a channel that the item is not on.
type idleChannel struct {
	content.ItemChannel
	Preview string
	Add     bool // the item may be put there now
}

// channels returns where the item of a page is published. Which preview is shown stands in
// the address: channel=slug.
func (p page) channels(ctx context.Context, d content.ItemDetails, preview string) (v channelsView, err error) {
	a, _ := domain.ActorFrom(ctx)
	v = channelsView{Item: d.ID, May: a.May(domain.ScopePublish)}
	known, err := p.Engine.Content.ItemChannels(ctx, d.ContentItem)
	if err != nil {
		return v, err
	}
	enabled, shown := map[string]bool{}, map[string]bool{}
	for _, c := range known {
		enabled[c.Slug] = true
	}
	address := func(slug string) string { return ui.ItemPath(d.ID) + "?channel=" + slug + "#channels" }
	for _, x := range d.Publications {
		shown[x.Channel] = true
		row := rowOf(x)
		if enabled[x.Channel] {
			row.Preview = address(x.Channel)
			row.Retry = v.May && (x.Status != domain.PublicationPending || x.Error != "")
		}
		v.Rows = append(v.Rows, row)
	}
	for _, c := range known {
		if !shown[c.Slug] {
			v.Idle = append(v.Idle, idleChannel{c, address(c.Slug), v.May && d.Status == domain.ItemPublished})
		}
	}
	if preview != "" {
		got, err := p.Engine.Content.PreviewOnChannel(ctx, content.OnChannel{ID: d.ID, Channel: preview})
		switch domain.CodeOf(err) {
		case "":
			v.Preview = &got
		case domain.CodeNotFound, domain.CodeConflict: // deleted since the page was opened
		default:
			return v, err
		}
	}
	return v, nil
}

func rowOf(x domain.Publication) channelRow {
	row := channelRow{Publication: x, Name: x.Name, Glyph: "pending"}
	if x.Channel == domain.ChannelFeed {
		row.Name = "Feed"
	}
	switch {
	case x.Status == domain.PublicationPublished:
		row.Glyph, row.Says = "completed", "Shows version"
	case x.Status == domain.PublicationFailed:
		row.Glyph, row.Says = "failed", "Failed"
	case x.Status == domain.PublicationSkipped:
		row.Glyph, row.Says = "skipped", "Skipped"
	case x.Error != "":
		row.Glyph, row.Says = "retry", "Will be tried again"
	case x.Action == domain.PublicationRemove:
		row.Says = "Is being taken off"
	default:
		row.Says = "Is being published"
	}
	return row
}

// republish tries one channel again, or puts the item on it.
func (p page) republish(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	back := ui.ItemPath(id) + "#channels"
	in := content.OnChannel{ID: id, Channel: r.PathValue("channel")}
	out, err := ui.Once(r, func(ctx context.Context) ([]domain.Publication, error) {
		return p.Engine.Content.Republish(ctx, in)
	}, func([]domain.Publication) ui.Outcome {
		return ui.Outcome{Path: back, Message: "It is on its way. Reload the page to see how it went."}
	})
	if err != nil {
		return p.Refuse(w, r, back, err)
	}
	return p.Finish(w, r, out)
}

// Package board is the board: four columns of items that move by mouse, touch,
// keys and menu.
package board

import (
	"context"
	"embed"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

// cardsAtOnce is how many cards a column shows at first, and how many "Show more" adds.
const cardsAtOnce = 50

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "board",
		Files: files,
		Menu: ui.Link{
			Group:   ui.Manage,
			Path:    "/board",
			Name:    "Board",
			Icon:    "square-kanban",
			Keys:    "g b",
			Phone:   "Board",
			Count:   p.inReview,
			Counted: "in review",
		},
		Routes: []ui.Route{
			{Pattern: "GET /board", Handle: p.show},
			{Pattern: "GET /board/changes", Handle: p.changes},
			{Pattern: "POST /board/move", Handle: p.move},
		},
	}
}

// inReview counts the items that wait for a person.
func (p page) inReview(ctx context.Context) (int, error) {
	counts, err := p.Engine.Content.BoardCounts(ctx)
	return counts[domain.ItemReview], err
}

func typeChoices(on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "All types", On: on == ""}}
	for _, t := range domain.ContentTypes() {
		list = append(list, ui.Choice{Value: string(t), Label: ui.Human(string(t)), On: on == string(t)})
	}
	return list
}

package contents

import (
	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

const (
	path    = "/contents"
	perPage = 50
)

type page struct{ *ui.Site }

// view is what the page shows: the list, or the form of a new item.
type view struct {
	ui.Shell
	Filter   query
	Statuses []ui.Choice
	Types    []ui.Choice
	Heads    []head
	Rows     []ui.Card
	Total    int
	From     int // position of the first row shown, from 1
	Until    int
	Newer    string
	Older    string
	Example  string
	// MostMoved is how many items may move at once.
	MostMoved int

	Form *form // of a new item; nil: the list
}

// Columns lists the columns of the board that items may move to.
func (v view) Columns() []domain.ItemStatus { return domain.ItemStatuses() }

// head is the head of a column of the table. Sort is what aria-sort says of it; Href is
// empty where the column has no order.
type head struct {
	Label, Href, Sort string
	Wide              bool // it is left out on a phone
}

func statusChoices(on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "All columns", On: on == ""}}
	for _, s := range domain.ItemStatuses() {
		list = append(list, ui.Choice{Value: string(s), Label: s.Label(), On: on == string(s)})
	}
	return list
}

// typeChoices are the content types, with a choice for none unless its label is empty.
func typeChoices(on, none string) []ui.Choice {
	var list []ui.Choice
	if none != "" {
		list = append(list, ui.Choice{Value: "", Label: none, On: on == ""})
	}
	for _, t := range domain.ContentTypes() {
		list = append(list, ui.Choice{Value: string(t), Label: ui.Human(string(t)), On: on == string(t)})
	}
	return list
}

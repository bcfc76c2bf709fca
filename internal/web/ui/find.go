package ui

import (
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

// found is one item as the palette and item fields list it.
type found struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
	Path  string `json:"path"`
	Where string `json:"where"` // its column
}

// mostFound is how many items the palette and item fields list.
const mostFound = 20

// find lists the items that have every word of q, the best first.
func (s *Site) find(w http.ResponseWriter, r *http.Request) error {
	list := []found{}
	text := SearchText(r.URL.Query().Get("q"))
	if text == "" {
		WriteJSON(w, http.StatusOK, list)
		return nil
	}
	items, err := s.Engine.Content.ListItems(r.Context(),
		content.ListItems{Text: text, Page: domain.Page{Number: 1, Size: mostFound}})
	if err != nil {
		return err
	}
	for _, i := range items.Items {
		list = append(list, found{i.ID, TitleOf(i.Title, i.ID), ItemPath(i.ID), i.Status.Label()})
	}
	WriteJSON(w, http.StatusOK, list)
	return nil
}

// SearchText returns what somebody searches for, without spaces around it, and cut to
// the longest allowed search.
func SearchText(q string) string {
	q = strings.ToValidUTF8(q, "")
	if r := []rune(q); len(r) > domain.LimitSearch.Max {
		q = string(r[:domain.LimitSearch.Max])
	}
	return strings.TrimSpace(q)
}

// ItemPath is the address of an item's page.
func ItemPath(id int64) string { return "/content/" + strconv.FormatInt(id, 10) }

// ExecutionPath is the address of an execution's page.
func ExecutionPath(id int64) string { return "/executions/" + strconv.FormatInt(id, 10) }

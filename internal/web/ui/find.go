package ui

import (
	"net/http"
	"strconv"

	"vellocity/internal/engine/content"
)

// found is one item as the palette and item fields list it.
type found struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
	Path  string `json:"path"`
	Where string `json:"where"` // its column
}

// find lists the items whose titles hold every word of q.
func (s *Site) find(w http.ResponseWriter, r *http.Request) error {
	list := []found{}
	text := r.URL.Query().Get("q")
	if text == "" {
		WriteJSON(w, http.StatusOK, list)
		return nil
	}
	items, err := s.Engine.Content.SearchItems(r.Context(), content.SearchItems{Text: text})
	if err != nil {
		return err
	}
	for _, i := range items {
		list = append(list, found{i.ID, TitleOf(i.Title, i.ID), ItemPath(i.ID), i.Status.Label()})
	}
	WriteJSON(w, http.StatusOK, list)
	return nil
}

// ItemPath is the address of an item's page.
func ItemPath(id int64) string { return "/content/" + strconv.FormatInt(id, 10) }

// ExecutionPath is the address of an execution's page.
func ExecutionPath(id int64) string { return "/executions/" + strconv.FormatInt(id, 10) }

package web

import (
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/engine"
)

// found is one item as the palette lists it.
type found struct {
	Title string `json:"title"`
	Path  string `json:"path"`
	Where string `json:"where"`
}

// maxFound is how many items the palette lists.
const maxFound = 6

// find names the items on the board whose titles hold every word of q.
func (s *Site) find(w http.ResponseWriter, r *http.Request) error {
	words := strings.Fields(strings.ToLower(r.URL.Query().Get("q")))
	list := []found{}
	if len(words) == 0 {
		writeJSON(w, http.StatusOK, list)
		return nil
	}
	cols, err := s.engine.Board(r.Context(), engine.BoardFilter{PerColumn: 200})
	if err != nil {
		return err
	}
	for _, col := range cols {
		for _, i := range col.Items {
			if title := titleOf(i.Title, i.ID); len(list) < maxFound && holds(title, words) {
				list = append(list, found{title, "/content/" + strconv.FormatInt(i.ID, 10), col.Stage.Label()})
			}
		}
	}
	writeJSON(w, http.StatusOK, list)
	return nil
}

func holds(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestSearchContentByTitle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		add := func(workspaceID int64, title string) {
			t.Helper()
			inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.CreateContent(ctx, domain.ContentItem{WorkspaceID: workspaceID, Title: title,
					Type: domain.ContentBlog, Status: domain.ItemGenerated, Slug: title, Origin: domain.ComposerOrigin()}, nil)
				return err
			})
		}
		for _, title := range []string{"Pricing", "A note on pricing", "Übersicht der Kosten", "100% organic", "100 organic",
			"snake_case", "snakeXcase", `C:\temp`} {
			add(ours, title)
		}
		add(theirs, "Pricing of theirs")
		for text, want := range map[string]string{
			"pricing":          "Pricing|A note on pricing",
			"PRICING on":       "A note on pricing",
			"übersicht":        "Übersicht der Kosten",
			"ÜBERSICHT kosten": "Übersicht der Kosten",
			"100%":             "100% organic",
			"snake_case":       "snake_case",
			`c:\t`:             `C:\temp`,
			"nothing":          "",
			"":                 `C:\temp|snakeXcase`,
		} {
			list, err := s.Read().SearchContent(t.Context(), ours, strings.Fields(text), 2)
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, c := range list {
				titles = append(titles, c.Title)
			}
			if got := strings.Join(titles, "|"); got != want {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		many, err := s.Read().SearchContent(t.Context(), ours, slices.Repeat([]string{"a"}, 40), 2)
		if err != nil || len(many) == 0 {
			t.Errorf("forty words: %v %v", many, err)
		}
	})
}

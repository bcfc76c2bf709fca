package studio

import (
	"log/slog"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
	"vellocity/internal/text"
)

// A piece that cannot be stored does not hold up the pieces of other texts.
func TestABadPieceHoldsUpNoOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := make([]int64, 3)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			w, err := tx.CreateWorkspace(t.Context(),
				domain.Workspace{Slug: "one", Name: "One", Plan: domain.PlanStarter, Timezone: "UTC"})
			for i := range ids {
				if err != nil {
					return err
				}
				var m store.GeneratedText
				m, err = tx.CreateGeneratedText(t.Context(), store.GeneratedText{WorkspaceID: w.ID}, nil, domain.Actor{})
				ids[i] = m.ID
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		k := pieces{s, slog.New(slog.DiscardHandler), func(int64) {}}
		batch := []text.Batch{
			{ID: ids[0], Pieces: []text.Piece{{Text: "soil"}}},
			{ID: ids[1], Pieces: []text.Piece{{Text: "a\x00b"}}},
			{ID: ids[2], Pieces: []text.Piece{{Text: "mulch"}}},
		}
		for range 2 { // the keeper may get the same pieces again
			if err := k.Keep(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range map[int]string{0: "soil", 2: "mulch"} {
			if got, err := storedSoFar(t.Context(), s.Read(), ids[i]); err != nil || got != want {
				t.Errorf("text %d is %q, %v", i, got, err)
			}
		}
	})
}

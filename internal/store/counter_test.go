package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestCountsFoldAndEqualARecount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b := twoWorkspaces(t, s)
		var want [2]atomic.Int64
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Go(func() {
				for n := range 30 {
					if n%10 == 9 {
						if _, err := s.FoldCounts(t.Context()); err != nil {
							t.Error(err)
						}
						continue
					}
					fail := n%7 == 6
					err := s.InTx(t.Context(), func(tx *store.Tx) error {
						err := tx.AddToCount(t.Context(), []int64{a, b}[w%2], store.CounterContent, "review", n-10)
						if err == nil && fail {
							err = errors.New("rolled back")
						}
						return err
					})
					if err == nil {
						want[w%2].Add(int64(n - 10))
					} else if !fail {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for range 2 {
			for i, id := range []int64{a, b} {
				counts, err := s.Read().Counts(t.Context(), id, store.CounterContent)
				if err != nil || int64(counts["review"]) != want[i].Load() {
					t.Errorf("counted %v, it is %d, %v", counts, want[i].Load(), err)
				}
			}
			if _, err := s.FoldCounts(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
}

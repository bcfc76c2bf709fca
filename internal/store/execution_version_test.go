package store_test

import (
	"context"
	"errors"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// ETags of executions depend on it: each transaction that saves an execution raises its version by one, and one that
// only looks does not.
func TestTheVersionOfAnExecutionRises(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace, _ := twoWorkspaces(t, s)
		var x domain.Execution
		do := func(f func(ctx context.Context, tx *store.Tx) error) {
			t.Helper()
			if err := s.InTx(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
		}
		version := func(want int64) {
			t.Helper()
			got, err := s.Read().Execution(t.Context(), workspace, x.ID)
			if err != nil || got.Version != want {
				t.Errorf("version %d, not %d: %v", got.Version, want, err)
			}
		}
		do(func(ctx context.Context, tx *store.Tx) (err error) {
			x, err = tx.CreateExecution(ctx, domain.Execution{
				WorkspaceID: workspace, Capability: "trial", Priority: domain.PriorityNormal,
				Settings: []byte(`{}`),
			}, 0)
			return err
		})
		version(1)
		do(func(ctx context.Context, tx *store.Tx) (err error) {
			x, _, err = tx.ClaimExecution(ctx, x.ID)
			return err
		})
		version(2)
		save := func(ctx context.Context, tx *store.Tx, x domain.Execution) error {
			x.Progress++
			return tx.SaveExecution(ctx, x, x.Status)
		}
		do(func(ctx context.Context, tx *store.Tx) error {
			held, err := tx.FenceExecution(ctx, x.ID, x.Epoch)
			return errors.Join(err, save(ctx, tx, held))
		})
		version(3)
		do(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.FenceExecution(ctx, x.ID, x.Epoch)
			return err
		})
		version(3)
		do(func(ctx context.Context, tx *store.Tx) error {
			locked, err := tx.LockExecution(ctx, workspace, x.ID)
			return errors.Join(err, save(ctx, tx, locked), save(ctx, tx, locked))
		})
		version(4)
		do(func(ctx context.Context, tx *store.Tx) error {
			for id, epoch := range map[int64]int64{x.ID: x.Epoch - 1, x.ID + 1: x.Epoch} {
				if _, err := tx.FenceExecution(ctx, id, epoch); !errors.Is(err, store.ErrFenced) {
					t.Errorf("the execution %d of epoch %d: %v", id, epoch, err)
				}
			}
			return nil
		})
		version(4)
	})
}

// Nobody claims an execution while a worker records under its epoch.
func TestAFencedExecutionIsLocked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace, _ := twoWorkspaces(t, s)
		var x domain.Execution
		err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
			x, err = tx.CreateExecution(t.Context(), domain.Execution{
				WorkspaceID: workspace, Capability: "trial", Priority: domain.PriorityNormal, Settings: []byte(`{}`),
			}, 0)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.FenceExecution(t.Context(), x.ID, x.Epoch)
			if err != nil || !s.Postgres() {
				return err // SQLite has one writer
			}
			free, err := s.DB().Pool().Exec(t.Context(),
				`select 1 from execution where id = $1 for update skip locked`, x.ID)
			if err == nil && free.RowsAffected() != 0 {
				t.Error("another transaction could lock it")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

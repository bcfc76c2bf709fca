package imaging

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// Accept stores a generation, holds its credits and enqueues its job, in the caller's
// transaction. While the workspace has one under way the error is CONFLICT; without the credits it
// is INSUFFICIENT_CREDITS.
func (m *Maker) Accept(
	ctx context.Context, tx *store.Tx, g domain.ImageGeneration,
) (domain.ImageGeneration, error) {
	if g.Provider != "" {
		g.Credits = g.Count * domain.ImageCredits
	}
	g, ok, err := tx.CreateImageGeneration(ctx, g)
	if err != nil {
		return g, err
	}
	if !ok {
		return g, Busy()
	}
	if err := tx.TransferCredits(ctx, transfer(g, domain.MovementHold, g.Credits, "hold")); err != nil {
		return g, err
	}
	g.JobID, err = m.queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: JobKind, Ref: g.ID})
	if err != nil {
		return g, err
	}
	if err := tx.SaveImageJob(ctx, g.WorkspaceID, g.ID, g.JobID); err != nil {
		return g, err
	}
	return g, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: g.WorkspaceID}, domain.ImageRequested{ImageFacts: g.Facts()})
}

// Busy is the error of a workspace that has a generation under way.
func Busy() *domain.Error {
	return domain.Errorf(domain.CodeConflict,
		"This workspace is already generating images. Wait until they are there, or cancel them, then try again.")
}

// Cancel ends a generation that the caller has locked: its job stops, what has arrived stays and
// is charged, and the other credits are released. One that has ended is a CONFLICT.
func (m *Maker) Cancel(ctx context.Context, tx *store.Tx, g domain.ImageGeneration) error {
	if g.Status.Ended() {
		return domain.Errorf(domain.CodeConflict, "This generation has ended already: it is %s", g.Status)
	}
	if err := release(ctx, tx, g); err != nil {
		return err
	}
	if err := tx.EndImageGeneration(ctx, g.WorkspaceID, g.ID, domain.ImagesCancelled, ""); err != nil {
		return err
	}
	if err := m.queue.Cancel(ctx, tx.DB(), g.JobID); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: g.WorkspaceID}, domain.ImageCancelled{ImageFacts: g.Facts()})
}

// transfer is a movement of a generation's credits. The ledger names no execution for it; its
// reference, which makes it happen once, names the generation.
func transfer(g domain.ImageGeneration, k domain.MovementKind, amount int, what string) store.CreditTransfer {
	return store.CreditTransfer{
		WorkspaceID: g.WorkspaceID, Kind: k, Amount: amount, Step: "image",
		Reference: fmt.Sprintf("image/%d/%s", g.ID, what),
	}
}

// release gives back what is held and was not charged.
func release(ctx context.Context, tx *store.Tx, g domain.ImageGeneration) error {
	return tx.TransferCredits(ctx, transfer(g, domain.MovementRelease, g.Credits-g.Charged(), "release"))
}

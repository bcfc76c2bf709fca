package execution

import (
	"context"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	// imagesPatience is how long a step waits for its images before the execution gives its slot back for a while.
	imagesPatience = 5 * time.Minute
	// imagesLook is the time between two looks at them.
	imagesLook = 200 * time.Millisecond
	// imagesPause is how long an execution waits for other images of the workspace, which are made first.
	imagesPause = 5 * time.Second
)

// makeImages returns the images that a step asks for. They are a generation of their own, which its job makes
// and charges for as any other; that it is this step's is stored when it is accepted, so a step that runs again
// after a crash waits for the same one, and nothing is made or charged twice.
func (w *writing) makeImages(ctx context.Context, ask capability.ImageAsk) (domain.ImageGeneration, error) {
	if w.Images == nil {
		return domain.ImageGeneration{}, domain.Errorf(domain.CodeUnavailable, "This server makes no images.")
	}
	id, err := w.askForImages(ctx, ask)
	if err != nil {
		return domain.ImageGeneration{}, err
	}
	patience := time.NewTimer(imagesPatience)
	defer patience.Stop()
	look := time.NewTicker(imagesLook)
	defer look.Stop()
	for {
		g, err := w.Store.Read().ImageGeneration(ctx, w.x.WorkspaceID, id)
		if err != nil || g.Status.Ended() {
			return g, err
		}
		select {
		case <-ctx.Done():
			return g, context.Cause(ctx)
		case <-patience.C:
			return g, later("The images are still being made.")
		case <-look.C:
		}
	}
}

// askForImages returns the id of the step's generation: the one that it has asked for before, else a new one.
func (w *writing) askForImages(ctx context.Context, ask capability.ImageAsk) (id int64, err error) {
	g := domain.ImageGeneration{
		WorkspaceID: w.x.WorkspaceID, By: w.x.Starter, ByName: w.part.agent.Name, Request: ask.Request, Count: ask.Count,
		ExecutionID: w.x.ID, Step: w.step.Key,
	}
	engine := w.Images.Choose(ask.Request.Engine)
	g.Request.Engine = engine.Name
	if engine.Connected() {
		g.Provider, g.Model = engine.Kind.Slug, engine.Model
	}
	busy := false
	err = w.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.FenceExecution(ctx, w.x.ID, w.x.Epoch); err != nil {
			return err
		}
		if id, err = tx.ImageGenerationOfStep(ctx, w.x.WorkspaceID, w.x.ID, w.step.Key); err != nil || id != 0 {
			return err
		}
		other, err := tx.OpenImageGeneration(ctx, w.x.WorkspaceID)
		if busy = other != 0; err != nil || busy {
			return err
		}
		by := domain.WithActor(ctx, domain.SystemActor(w.x.WorkspaceID, w.x.ID, w.part.agent.Name))
		made, err := w.Images.Accept(by, tx, g)
		id = made.ID
		return err
	})
	if err == nil && busy {
		err = later("The workspace is generating other images.")
	}
	return id, err
}

// later is the error of a step that can continue after a pause.
func later(why string) error {
	return &ai.Error{Kind: ai.KindRate, Message: why, RetryAfter: imagesPause}
}

// cancelImages cancels what the steps of an execution are having made, as part of the transaction that cancels
// the execution.
func (r *Runner) cancelImages(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	if r.Images == nil {
		return nil
	}
	id, err := tx.OpenImageGeneration(ctx, x.WorkspaceID)
	if err != nil || id == 0 {
		return err
	}
	g, err := tx.LockImageGeneration(ctx, x.WorkspaceID, id)
	if err != nil || g.ExecutionID != x.ID || g.Status.Ended() {
		return err
	}
	return r.Images.Cancel(ctx, tx, g)
}

package images

import (
	"context"
	"errors"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/imaging"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Engines returns the engines: what each takes, and whether it is connected.
func (v *Verbs) Engines(ctx context.Context) ([]Engine, error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return nil, err
	}
	var list []Engine
	for _, e := range v.maker.Engines {
		list = append(list, Engine{
			Name: e.Name, Label: e.Label, Model: e.Model, Connected: e.Connected(),
			KeyVariable: e.Kind.KeyVariable(), Fields: forms[e.Name].fields(),
		})
	}
	return list, nil
}

// UnderWay returns the id of the workspace's generation under way; 0: there is none, and images can
// be asked for.
func (v *Verbs) UnderWay(ctx context.Context) (int64, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return 0, err
	}
	return v.store.Read().OpenImageGeneration(ctx, a.WorkspaceID)
}

// CheckAvailability returns nil where images can be asked for. While the workspace has a generation
// under way it is a CONFLICT, whose detail generation_id says which.
func (v *Verbs) CheckAvailability(ctx context.Context) error {
	id, err := v.UnderWay(ctx)
	if err == nil && id != 0 {
		err = imaging.Busy().With("generation_id", id)
	}
	return err
}

// Generate asks for images. It takes the scope content. Every fault of the request is in one
// VALIDATION_ERROR; while the workspace has a generation under way the error is CONFLICT, and without a
// credit for each picture INSUFFICIENT_CREDITS. What is returned is on disk and will be done, whatever
// happens to this process. With a wait it returns when the pictures are there, and so does the replay of
// an earlier call, as a [domain.Replayed] beside the generation.
func (v *Verbs) Generate(ctx context.Context, in GenerateImages) (domain.ImageGeneration, error) {
	a, err := verb.Caller(ctx, domain.ScopeContent)
	if err != nil {
		return domain.ImageGeneration{}, err
	}
	if err := v.node.Accepting(); err != nil {
		return domain.ImageGeneration{}, err
	}
	request, source, err := in.check()
	if err != nil {
		return domain.ImageGeneration{}, err
	}
	g := domain.ImageGeneration{
		WorkspaceID: a.WorkspaceID, By: a.Starter(), ByName: a.Name, Request: request, Count: in.Count,
	}
	if e, ok := v.maker.Engine(in.Engine); ok && e.Connected() {
		g.Provider, g.Model = e.Kind.Slug, e.Model
	}
	if source != nil { // a file is there before the row that names it
		if g.Source, err = v.files.Put(ctx, a.WorkspaceID, source.Data); err != nil {
			return g, err
		}
	}
	g, err = verb.Change(ctx, v.store, domain.ScopeContent,
		func(tx *store.Tx, _ domain.Actor) (domain.ImageGeneration, error) { return v.maker.Accept(ctx, tx, g) })
	var before *domain.Replayed
	switch {
	case in.Wait <= 0:
		return g, err
	case errors.As(err, &before) && before.Answer.Began != 0:
		ended, failed := v.wait(ctx, a.WorkspaceID, before.Answer.Began, in.Wait)
		if failed != nil {
			return g, err // the stored answer is still true
		}
		return ended, &domain.Replayed{Answer: before.Answer, Waited: true}
	case err != nil:
		return g, err
	}
	// It was accepted, even if the wait is cut short.
	if ended, err := v.wait(ctx, a.WorkspaceID, g.ID, in.Wait); err == nil {
		return ended, nil
	}
	return g, nil
}

// Generation returns a generation with what became of its images.
func (v *Verbs) Generation(ctx context.Context, id int64) (domain.ImageGeneration, error) {
	return v.AwaitGeneration(ctx, id, 0)
}

// AwaitGeneration returns a generation once it has ended, or after a while as it is then.
func (v *Verbs) AwaitGeneration(ctx context.Context, id int64, wait time.Duration) (domain.ImageGeneration, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ImageGeneration{}, err
	}
	if wait <= 0 {
		return v.store.Read().ImageGeneration(ctx, a.WorkspaceID, id)
	}
	return v.wait(ctx, a.WorkspaceID, id, wait)
}

// wait returns a generation when it has ended, or after d.
func (v *Verbs) wait(
	ctx context.Context, workspaceID, id int64, d time.Duration,
) (domain.ImageGeneration, error) {
	read := func() (domain.ImageGeneration, error) { return v.store.Read().ImageGeneration(ctx, workspaceID, id) }
	sub, err := v.hub.Watch(ctx, workspaceID, 0)
	if err != nil {
		return domain.ImageGeneration{}, err
	}
	defer sub.Leave()
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	for {
		g, err := read()
		if err != nil || g.Status.Ended() {
			return g, err
		}
		domain.Waiting(ctx)
		select {
		case <-ctx.Done():
			return g, ctx.Err()
		case <-sub.Done():
			return g, nil
		case <-timeout.C:
			return read()
		case <-sub.Events():
			drain(sub.Events())
		}
	}
}

// drain takes what is there, so that several events make one look.
func drain(events <-chan domain.Event) {
	for {
		select {
		case <-events:
		default:
			return
		}
	}
}

// Generations returns a page of the workspace's generations, newest first.
func (v *Verbs) Generations(ctx context.Context, p domain.Page) (domain.List[domain.ImageGeneration], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.ImageGeneration]{}, err
	}
	return v.store.Read().ImageGenerations(ctx, a.WorkspaceID, p)
}

// CancelGeneration ends a generation. What has arrived stays and is charged, and nothing else. It takes
// the scope content; one that has ended is a CONFLICT. The provider may charge the operator for what it
// works on.
func (v *Verbs) CancelGeneration(ctx context.Context, id int64) (domain.ImageGeneration, error) {
	return verb.Change(ctx, v.store, domain.ScopeContent,
		func(tx *store.Tx, a domain.Actor) (domain.ImageGeneration, error) {
			g, err := tx.LockImageGeneration(ctx, a.WorkspaceID, id)
			if err != nil {
				return g, err
			}
			if err := v.maker.Cancel(ctx, tx, g); err != nil {
				return g, err
			}
			return tx.ImageGeneration(ctx, a.WorkspaceID, id)
		})
}

package imaging

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"vellocity/internal/domain"
	"vellocity/internal/files"
	"vellocity/internal/image"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

const (
	// mostTries is how often a picture is submitted.
	mostTries = 3
	// patience is how long a submission with a ticket is asked for.
	patience = time.Hour
	// recording bounds the time to record what has arrived, even while the server stops.
	recording = 30 * time.Second
)

// Work is the handler of [JobKind]: it does one round of a generation, and asks for another
// while a picture is missing.
func (m *Maker) Work(ctx context.Context, job queue.Job) error {
	w := &worker{Maker: m}
	err := m.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		w.g, w.ok, err = tx.ClaimImageGeneration(ctx, job.Ref)
		return err
	})
	if err != nil || !w.ok {
		return err
	}
	if w.g.Provider == "" {
		return w.drawAll(ctx)
	}
	engine, _ := m.Engine(w.g.Request.Engine)
	if engine.Client == nil || engine.Kind.Slug != w.g.Provider {
		return w.giveUp(ctx, "The image model is no longer connected. Ask the operator to connect it, then try again.")
	}
	w.engine = engine
	return w.round(ctx)
}

// worker does one round of a generation, which it holds under an epoch.
type worker struct {
	*Maker
	g      domain.ImageGeneration
	ok     bool
	engine Engine
}

// again is what a submission asks of the next round.
type again struct{ after time.Duration }

// round asks for what is being worked on, and submits what is missing.
func (w *worker) round(ctx context.Context) error {
	open, missing, err := w.plan(ctx)
	if err != nil {
		return err
	}
	var request image.Request
	if len(missing) > 0 {
		if request, err = w.request(ctx); err != nil {
			return err
		}
	}
	var all errgroup.Group
	later := make([]again, len(open)+len(missing))
	for i, s := range open {
		all.Go(func() (err error) { later[i], err = w.resume(ctx, s); return err })
	}
	for i, numbers := range missing {
		all.Go(func() (err error) { later[len(open)+i], err = w.submit(ctx, request, numbers); return err })
	}
	if err := all.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil { // cancelled, stopping, or lost: another round continues, if there is one
		return context.Cause(ctx)
	}
	done, err := w.finish(ctx)
	if err != nil || done {
		return err
	}
	pause := w.Pause
	for _, a := range later {
		pause = max(pause, a.after)
	}
	return queue.Later(pause)
}

// plan returns the submissions that the provider works on, and the numbers of the pictures that are
// to be submitted, as many at once as the provider takes. Submissions without an answer and without a
// ticket are those of a process that has ended: they may have been carried out. A picture that was tried too
// often has failed.
func (w *worker) plan(ctx context.Context) (open []store.ImageSubmission, missing [][]int, err error) {
	err = w.hold(ctx, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.ImageSubmissions(ctx, w.g.WorkspaceID, w.g.ID)
		if err != nil {
			return err
		}
		tries, why, busy := map[int]int{}, map[int]string{}, map[int]bool{}
		for _, i := range w.g.Images {
			busy[i.Number] = true // known
		}
		for _, s := range list {
			if s.Status == store.SubmissionSent {
				s.Unclear, s.Failure = true, "The server stopped before the provider answered."
				if err := tx.EndImageSubmission(ctx, s); err != nil {
					return err
				}
			}
			if s.Status == store.SubmissionWaiting {
				open = append(open, s)
			}
			for _, n := range s.Numbers {
				tries[n]++
				why[n] = s.Failure
				busy[n] = busy[n] || s.Status == store.SubmissionWaiting
			}
		}
		var left []int
		for n := 1; n <= w.g.Count; n++ {
			switch {
			case busy[n]:
			case tries[n] >= mostTries:
				if err := w.add(ctx, tx, domain.Image{Number: n, Outcome: domain.ImageFailed, Failure: why[n]}); err != nil {
					return err
				}
			default:
				left = append(left, n)
			}
		}
		for _, size := range w.engine.Kind.Split(len(left)) {
			missing, left = append(missing, left[:size]), left[size:]
		}
		return nil
	})
	return open, missing, err
}

// hold runs f in a transaction that holds the generation. Where somebody else has it, or it has
// ended, nothing is done and the error is [queue.ErrLost].
func (w *worker) hold(ctx context.Context, f func(ctx context.Context, tx *store.Tx) error) error {
	return w.Store.InTx(ctx, func(tx *store.Tx) error {
		g, ok, err := tx.HoldImageGeneration(ctx, w.g.WorkspaceID, w.g.ID, w.g.Epoch)
		if err != nil {
			return err
		}
		if !ok {
			return queue.ErrLost
		}
		by := domain.SystemActor(g.WorkspaceID, 0, "Images")
		return f(domain.WithActor(ctx, by), tx)
	})
}

// request is what the provider is asked.
func (w *worker) request(ctx context.Context) (r image.Request, err error) {
	in := w.g.Request
	r = image.Request{
		Task: in.Task, Model: w.g.Model, Description: in.Description, Style: in.Style, Lighting: in.Lighting,
		Mood: in.Mood, Negative: in.Negative, Preset: in.Preset, Width: in.Width, Height: in.Height, High: in.High,
	}
	if r.User, err = w.user(ctx); err != nil || w.g.Source == "" {
		return r, err
	}
	data, err := w.Files.Get(ctx, w.g.WorkspaceID, w.g.Source)
	if err != nil {
		return r, err
	}
	source, err := image.Verify(data)
	if err != nil {
		return r, fmt.Errorf("read the picture that was uploaded: %w", err)
	}
	r.Source = &source
	return r, nil
}

// user is a hash that stands for the person who asks. It is of this installation alone.
func (w *worker) user(ctx context.Context) (string, error) {
	installation, _, err := w.Store.Read().Installation(ctx)
	by := w.g.By
	return files.Sum(fmt.Appendf(nil, "%s/%d/%s/%d", installation.UUID, w.g.WorkspaceID, by.Kind, by.ID))[:32], err
}

// submit asks the provider for pictures, once. Before that it notes that it does: whatever comes
// between is then known to be unclear.
func (w *worker) submit(ctx context.Context, r image.Request, numbers []int) (again, error) {
	s := store.ImageSubmission{WorkspaceID: w.g.WorkspaceID, GenerationID: w.g.ID, Numbers: numbers}
	err := w.hold(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = tx.AddImageSubmission(ctx, s)
		return err
	})
	if err != nil {
		return again{}, err
	}
	r.Count = len(numbers)
	out, err := w.engine.Client.Generate(ctx, r, func(t image.Ticket) (err error) {
		s, err = w.keep(ctx, s, t)
		return err
	})
	return w.record(ctx, s, out, err)
}

// keep stores a ticket: it has been paid for, whether or not somebody stops the job meanwhile.
func (w *worker) keep(ctx context.Context, s store.ImageSubmission, t image.Ticket) (store.ImageSubmission, error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer done()
	var err error
	if s.Ticket, err = json.Marshal(t); err != nil {
		return s, fmt.Errorf("write a ticket: %w", err)
	}
	held := false
	err = w.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.SaveImageTicket(ctx, s, w.g.Epoch)
		return err
	})
	if err == nil && !held {
		err = queue.ErrLost // nobody wants the pictures any more, or another worker asks for them
	}
	s.Status = store.SubmissionWaiting
	return s, err
}

// resume asks for what an earlier submission has paid for.
func (w *worker) resume(ctx context.Context, s store.ImageSubmission) (again, error) {
	var t image.Ticket
	if err := json.Unmarshal(s.Ticket, &t); err != nil {
		return again{}, fmt.Errorf("read a ticket: %w", err)
	}
	out, err := w.engine.Client.Resume(ctx, t)
	return w.record(ctx, s, out, err)
}

// finish ends a generation whose pictures are all known, and releases what was not charged.
func (w *worker) finish(ctx context.Context) (done bool, err error) {
	err = w.hold(ctx, func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.ImageGeneration(ctx, w.g.WorkspaceID, w.g.ID)
		if err != nil || len(g.Images) < g.Count {
			return err
		}
		done = true
		return end(ctx, tx, g, whyNone(g))
	})
	return done, err
}

// whyNone says why a generation has no picture: what its first failure says.
func whyNone(g domain.ImageGeneration) string {
	i := slices.IndexFunc(g.Images, func(i domain.Image) bool { return i.Failure != "" })
	if i < 0 {
		return "The provider sent no picture."
	}
	return g.Images[i].Failure
}

// end stores how a generation ended; why says why there is no picture, if there is none.
func end(ctx context.Context, tx *store.Tx, g domain.ImageGeneration, why string) error {
	if err := release(ctx, tx, g); err != nil {
		return err
	}
	made := domain.ImageGenerated{ImageFacts: g.Facts(), Credits: g.Charged()}
	for _, i := range g.Images {
		switch i.Outcome {
		case domain.ImageOK:
			made.ImageIDs, made.Placeholder = append(made.ImageIDs, i.ID), i.Placeholder
		case domain.ImageModerated:
			made.Moderated++
		case domain.ImageFailed:
			made.Failed++
		}
	}
	subject := domain.Subject{WorkspaceID: g.WorkspaceID}
	if len(made.ImageIDs) > 0 {
		if err := tx.EndImageGeneration(ctx, g.WorkspaceID, g.ID, domain.ImagesCompleted, ""); err != nil {
			return err
		}
		return tx.AppendEvent(ctx, subject, made)
	}
	if err := tx.EndImageGeneration(ctx, g.WorkspaceID, g.ID, domain.ImagesFailed, why); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, subject,
		domain.ImageGenerationFailed{ImageFacts: g.Facts(), Moderated: made.Moderated, Error: why})
}

// giveUp ends a generation that cannot continue. What it has made stays.
func (w *worker) giveUp(ctx context.Context, why string) error {
	return w.hold(ctx, func(ctx context.Context, tx *store.Tx) error { return end(ctx, tx, w.g, why) })
}

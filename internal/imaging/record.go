package imaging

import (
	"context"
	"errors"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/image"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// record stores what came of a submission: its files, then in one transaction the pictures that
// are known now, their credits, and what the submission cost. What may work later is left for another round.
// It does so even while the job is stopping, since what has arrived was paid for.
func (w *worker) record(
	ctx context.Context, s store.ImageSubmission, out image.Outcomes, failed error,
) (again, error) {
	whole := ctx
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer done()
	var f *image.Failure
	if failed != nil && !errors.As(failed, &f) {
		if whole.Err() != nil {
			return again{}, nil // it was interrupted; with a ticket, the next round asks for it
		}
		return again{}, failed
	}
	list := w.outcomes(s, out, f)
	images := make([]domain.Image, 0, len(list))
	r := verdict{submission: s, out: out}
	for i, o := range list {
		made, known := w.judge(&r, o)
		if !known {
			continue
		}
		made.Number = s.Numbers[i]
		if o.Picture != nil {
			var err error
			if made.Sum, err = w.Files.Put(ctx, w.g.WorkspaceID, o.Picture.Data); err != nil {
				return again{}, err
			}
		}
		images = append(images, made)
	}
	err := w.hold(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, i := range images {
			if err := w.add(ctx, tx, i); err != nil {
				return err
			}
		}
		return r.save(ctx, tx)
	})
	if errors.Is(err, queue.ErrLost) {
		err = errors.Join(err, w.lost(ctx, r))
	}
	return r.pause, err
}

// lost stores what a submission has cost where nobody asks for its pictures any more. Who has taken
// the generation over asks by the ticket, if there is one: then it is left open.
func (w *worker) lost(ctx context.Context, v verdict) error {
	return w.Store.InTx(ctx, func(tx *store.Tx) error {
		g, err := tx.LockImageGeneration(ctx, w.g.WorkspaceID, w.g.ID)
		if err != nil || !g.Status.Ended() && len(v.submission.Ticket) > 0 {
			return err
		}
		return v.save(ctx, tx)
	})
}

// outcomes returns an outcome for each picture of a submission, also where it failed as a whole.
func (w *worker) outcomes(s store.ImageSubmission, out image.Outcomes, f *image.Failure) []image.Outcome {
	list := out.List
	if f == nil {
		f = &image.Failure{Message: "The provider sent no picture.", Again: image.AgainSubmit}
	}
	for len(list) < len(s.Numbers) {
		list = append(list, image.Outcome{Failure: f})
	}
	return list[:len(s.Numbers)]
}

// verdict is what is to be stored of a submission itself.
type verdict struct {
	submission store.ImageSubmission
	out        image.Outcomes
	pause      again
	failure    string
	unclear    bool
	poll       bool // the provider may still have what it was asked for
}

func (v verdict) save(ctx context.Context, tx *store.Tx) error {
	s := v.submission
	s.Failure, s.Unclear, s.RequestID, s.Cost = v.failure, v.unclear, v.out.RequestID, v.out.Cost
	if v.poll {
		return tx.SaveSubmissionFailure(ctx, s.WorkspaceID, s.ID, s.Failure)
	}
	return tx.EndImageSubmission(ctx, s)
}

// judge turns an outcome into the picture's row. known is false where another round may do better.
func (w *worker) judge(v *verdict, o image.Outcome) (i domain.Image, known bool) {
	i = domain.Image{Outcome: o.State(), Model: v.out.Model, Seed: o.Seed, Prompt: o.Prompt}
	switch {
	case o.Picture != nil:
		p := o.Picture
		i.Format, i.Width, i.Height, i.Bytes = p.Format, p.Width, p.Height, len(p.Data)
		i.Credits = domain.ImageCredits
		return i, true
	case o.Moderated != nil:
		i.Stage, i.Categories, i.Failure = o.Moderated.Stage, o.Moderated.Categories, o.Moderated.Words()
		return i, true
	}
	f := o.Failure
	i.Failure, v.failure = f.Message, f.Message
	v.unclear = v.unclear || f.Unclear
	v.pause.after = max(v.pause.after, f.After)
	w.Log.Warn("an image failed", "generation", w.g.ID, "provider", w.g.Provider, "error", f.Error())
	switch f.Again {
	case image.AgainPoll:
		if len(v.submission.Ticket) > 0 && w.Store.Now().Sub(v.submission.CreatedAt) < patience {
			v.poll = true
			return i, false
		}
		return i, len(v.submission.Ticket) > 0
	case image.AgainSubmit:
		return i, false
	}
	return i, true
}

// add stores what became of a picture and charges for it, both once.
func (w *worker) add(ctx context.Context, tx *store.Tx, i domain.Image) error {
	i.WorkspaceID, i.GenerationID = w.g.WorkspaceID, w.g.ID
	id, ok, err := tx.AddImage(ctx, i)
	if err == nil && ok && i.Outcome == domain.ImageOK && w.g.Request.AltText != "" {
		err = tx.SaveAltText(ctx, i.WorkspaceID, id, w.g.Request.AltText)
	}
	if err != nil || !ok {
		return err
	}
	return tx.TransferCredits(ctx, transfer(w.g, domain.MovementCapture, i.Credits, strconv.Itoa(i.Number)))
}

// drawAll draws a placeholder for each picture. They cost nothing.
func (w *worker) drawAll(ctx context.Context) error {
	in := w.g.Request
	card, err := image.Placeholder(in.Description, in.Width, in.Height)
	if err != nil {
		return err
	}
	sum, err := w.Files.Put(ctx, w.g.WorkspaceID, card.Data)
	if err != nil {
		return err
	}
	err = w.hold(ctx, func(ctx context.Context, tx *store.Tx) error {
		for n := 1; n <= w.g.Count; n++ {
			err := w.add(ctx, tx, domain.Image{
				Number: n, Outcome: domain.ImageOK, Sum: sum, Format: card.Format, Width: card.Width, Height: card.Height,
				Bytes: len(card.Data), Placeholder: true,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = w.finish(ctx)
	return err
}

// Sweep removes the files that no row needs. Those younger than a day stay: a file is written
// before the row that names it.
func (m *Maker) Sweep(ctx context.Context) error {
	q := m.Store.Read()
	return m.Files.Walk(ctx, m.Store.Now().Add(-fileGrace), func(workspaceID int64, sum string) error {
		used, err := q.ImageFileUsed(ctx, workspaceID, sum)
		if err != nil || used {
			return err
		}
		return m.Files.Delete(ctx, workspaceID, sum)
	})
}

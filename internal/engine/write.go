package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/capability/free"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// The limits of generate-output.
const (
	defaultWords    = 500
	maxWords        = 4000
	maxPrompt       = 20_000
	maxResults      = 5
	wordsPerCredit  = 500
	pieceGap        = 100 * time.Millisecond // pieces are stored in batches this long
	readerGrace     = 30 * time.Second       // the call is ended this long after the last reader left
	heartbeat       = 2 * time.Second        // a writer tells at least this often that it lives
	orphanAfter     = 10 * time.Second       // and counts as gone after this
	pollGap         = 200 * time.Millisecond // how often a reader on another node looks
	messageDeadline = 15 * time.Minute
)

// GenerateOutput accepts a text to be written from a free prompt: its credits are
// held and writing begins in the background. Read it with [Engine.ReadMessage].
func (e *Engine) GenerateOutput(ctx context.Context, in GenerateOutput) (int64, error) {
	if in.MaximumLength == 0 {
		in.MaximumLength = defaultWords
	}
	if in.Results == 0 {
		in.Results = 1
	}
	if err := in.validate(); err != nil {
		return 0, err
	}
	if err := e.accepting(); err != nil {
		return 0, err
	}
	var m store.GeneratedText
	var voice *domain.BrandVoice
	writer := e.o.Providers.Default()
	id, err := change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (int64, error) {
		var err error
		if voice, err = e.voiceFor(ctx, tx, a.WorkspaceID, in.VoiceID); err != nil {
			return 0, err
		}
		m = store.GeneratedText{WorkspaceID: a.WorkspaceID, Engine: writer.Origin, Held: in.price(writer.Origin)}
		if m, err = tx.CreateGeneratedText(ctx, m, in, a.Name); err != nil {
			return 0, err
		}
		return m.ID, tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: a.WorkspaceID, Kind: domain.MovementHold, Amount: m.Held, Step: "generate-output", Reference: messageRef(m.ID, "hold")})
	})
	if err != nil {
		return 0, err
	}
	e.begin(ctx, in, m, voice, writer)
	return id, nil
}

func messageRef(id int64, what string) string { return fmt.Sprintf("m%d:%s", id, what) }

func (in GenerateOutput) validate() error {
	var p domain.Problems
	switch n := utf8.RuneCountInString(in.Prompt); {
	case strings.TrimSpace(in.Prompt) == "":
		p.Required("prompt")
	case n > maxPrompt:
		p.Add("prompt", "The prompt may have at most %d characters; it has %d", maxPrompt, n)
	}
	if in.MaximumLength < 1 || in.MaximumLength > maxWords {
		p.Add("maximum_length", "The maximum_length must be between 1 and %d words", maxWords)
	}
	if in.Creativity != nil && (*in.Creativity < 0 || *in.Creativity > 1) {
		p.Add("creativity", "The creativity must be between 0 and 1")
	}
	if in.Results < 1 || in.Results > maxResults {
		p.Add("number_of_results", "The number_of_results must be between 1 and %d", maxResults)
	}
	return p.Err()
}

// price is one credit per started 500 words that may be written; nothing with the
// composer.
func (in GenerateOutput) price(g domain.Origin) int {
	if g.Kind != domain.OriginModel {
		return 0
	}
	return credits(in.MaximumLength) * in.Results
}

func credits(words int) int { return (words + wordsPerCredit - 1) / wordsPerCredit }

func (e *Engine) voiceFor(ctx context.Context, tx *store.Tx, workspaceID, id int64) (*domain.BrandVoice, error) {
	if id != 0 {
		v, err := tx.BrandVoice(ctx, workspaceID, id)
		if domain.CodeOf(err) == domain.CodeNotFound {
			var p domain.Problems
			p.Add("brand_voice_id", "There is no brand voice %d", id)
			err = p.Err()
		}
		return &v, err
	}
	w, err := tx.Workspace(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	return optional(w.BrandVoiceID, func() (domain.BrandVoice, error) { return tx.BrandVoice(ctx, workspaceID, w.BrandVoiceID) })
}

// begin writes in the background: the text does not depend on the connection of
// whoever asked for it.
func (e *Engine) begin(ctx context.Context, in GenerateOutput, m store.GeneratedText, voice *domain.BrandVoice, writer ai.Connection) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), messageDeadline)
	w := &textWriter{e: e, m: m, stream: e.texts.open(m.ID, stop)}
	e.writing.Add(1)
	go func() {
		defer e.writing.Done()
		defer stop()
		err := w.write(ctx, in, voice, writer)
		if ends := w.finish(context.WithoutCancel(ctx), err); ends != nil {
			e.o.Log.Error("end a text", "message", m.ID, "error", ends)
		}
		e.texts.close(w.stream)
	}()
}

// textWriter writes one message.
type textWriter struct {
	e      *Engine
	m      store.GeneratedText
	stream *stream
	cost   domain.Cost
}

func (w *textWriter) write(ctx context.Context, in GenerateOutput, voice *domain.BrandVoice, writer ai.Connection) error {
	for n := range in.Results {
		if n > 0 {
			w.stream.add("\n\n---\n\n")
		}
		if err := w.one(ctx, in, n, voice, writer); err != nil {
			return err
		}
	}
	return nil
}

func (w *textWriter) one(ctx context.Context, in GenerateOutput, n int, voice *domain.BrandVoice, writer ai.Connection) error {
	ask, err := in.request(voice).Ask(n)
	if err != nil {
		return err
	}
	if writer.Origin.Kind == domain.OriginComposer {
		w.cost = domain.Cost{Known: true}
	}
	shown := false
	_, err = execution.Write(ctx, writer, ask, ai.Watch{
		Text: func(piece string) error { shown = true; w.stream.add(piece); return nil },
		// A reader has seen what came: two answers are never spliced.
		Restart: func() error {
			if shown {
				return errBroke
			}
			return nil
		},
		Ended: func(a domain.Attempt) error { w.cost = w.cost.Plus(a.Cost); return nil },
	})
	return err
}

// request is the input in the words of the room that writes it.
func (in GenerateOutput) request(voice *domain.BrandVoice) free.Request {
	return free.Request{
		Prompt:     in.Prompt,
		Words:      in.MaximumLength,
		Language:   in.Language,
		Tone:       cmp.Or(in.ToneCustom, in.Tone),
		Creativity: in.Creativity,
		Voice:      voice,
	}
}

var errBroke = errors.New("the answer broke off after its beginning had been shown")

// finish stores the whole text and ends the message: what was written is charged,
// the rest of the hold is released. The last pieces are not stored apart: whoever
// reads on takes them from the whole.
func (w *textWriter) finish(ctx context.Context, failure error) error {
	m := w.m
	m.Status, m.Cost = domain.TextCompleted, w.cost
	if failure != nil {
		m.Status, m.Error = domain.TextFailed, sentence(failure)
		w.e.o.Log.Warn("a text failed", "message", m.ID, "error", failure)
	}
	text, _, _, _, _ := w.stream.since(0)
	m.Body = text
	m.Used = used(m)
	return w.e.o.Store.InTx(ctx, func(tx *store.Tx) error { return endMessage(ctx, tx, m) })
}

// used is what a text costs of its hold.
func used(m store.GeneratedText) int {
	if m.Held == 0 || m.Body == "" {
		return 0
	}
	return min(m.Held, credits(prose.CountWords(prose.Plain(m.Body))))
}

func endMessage(ctx context.Context, tx *store.Tx, m store.GeneratedText) error {
	open, err := tx.FinishGeneratedText(ctx, m)
	if err != nil || !open {
		return err
	}
	t := store.CreditTransfer{WorkspaceID: m.WorkspaceID, Kind: domain.MovementCapture, Amount: m.Used, Step: "generate-output", Reference: messageRef(m.ID, "capture")}
	if err := tx.TransferCredits(ctx, t); err != nil {
		return err
	}
	t.Kind, t.Amount, t.Reference = domain.MovementRelease, m.Held-m.Used, messageRef(m.ID, "release")
	if err := tx.TransferCredits(ctx, t); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: m.WorkspaceID}, domain.TextGenerated{MessageID: m.ID, Status: m.Status, Credits: m.Used})
}

// sentence says for people why a text failed.
func sentence(err error) string {
	if e, ok := ai.AsError(err); ok {
		return e.Message
	}
	if e := domain.AsError(err); e.Code == domain.CodeValidation {
		return e.Message // the composer cannot do what the prompt asks for
	}
	if errors.Is(err, context.Canceled) {
		return "Nobody was reading any more, so the text was ended."
	}
	return "The text broke off: " + domain.AsError(err).Message
}

// Orphans ends texts whose writer died with its process.
func (e *Engine) Orphans(ctx context.Context) error {
	list, err := e.o.Store.Read().OrphanedTexts(ctx, e.o.Store.Now().Add(-orphanAfter))
	if err != nil {
		return fmt.Errorf("look for orphaned texts: %w", err)
	}
	for _, m := range list {
		err := e.o.Store.InTx(ctx, func(tx *store.Tx) error {
			pieces, err := tx.GeneratedTextPieces(ctx, m.ID, 0)
			if err != nil {
				return fmt.Errorf("read pieces: %w", err)
			}
			for _, p := range pieces {
				m.Body += p.Text
			}
			m.Status, m.Error = domain.TextFailed, "The server was restarted while this text was being written."
			m.Used = used(m)
			return endMessage(ctx, tx, m)
		})
		if err != nil {
			return fmt.Errorf("end an orphaned text: %w", err)
		}
	}
	return nil
}

// Wait returns when no text is being written any more, or with ctx.
func (e *Engine) Wait(ctx context.Context) {
	done := make(chan struct{})
	go func() { e.writing.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		e.texts.stopAll()
		<-done
	}
}

// textReader returns who calls, if that caller may read generated texts: one that may
// have them written may read them, too.
func textReader(ctx context.Context) (domain.Actor, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		a, err = caller(ctx, domain.ScopeContent)
	}
	return a, err
}

// Message returns a text as it is now.
func (e *Engine) Message(ctx context.Context, id int64) (GeneratedText, error) {
	a, err := textReader(ctx)
	if err != nil {
		return GeneratedText{}, err
	}
	m, err := e.o.Store.Read().GeneratedText(ctx, a.WorkspaceID, id)
	if err != nil {
		return GeneratedText{}, err
	}
	out := GeneratedText{ID: m.ID, Status: m.Status, Text: m.Body, Error: m.Error, Credits: m.Used, Engine: m.Engine, Cost: m.Cost}
	if m.Status == domain.TextStreaming {
		pieces, err := e.o.Store.Read().GeneratedTextPieces(ctx, id, 0)
		if err != nil {
			return out, err
		}
		for _, p := range pieces {
			out.Text += p.Text
		}
	}
	out.Words = prose.CountWords(prose.Plain(out.Text))
	return out, nil
}

// ReadMessage tells the text behind a number of code points, as it comes, on any
// node, and ends with it; a failed text ends with a PROVIDER_ERROR. The Seq of a
// piece is the number of code points up to its end.
func (e *Engine) ReadMessage(ctx context.Context, id int64, after int) (iter.Seq2[Piece, error], error) {
	a, err := textReader(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := e.o.Store.Read().GeneratedText(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return func(yield func(Piece, error) bool) {
		r := reading{e: e, workspaceID: a.WorkspaceID, id: id, after: after, yield: yield}
		if s := e.texts.get(id); s != nil {
			r.here(ctx, s)
		} else {
			r.elsewhere(ctx)
		}
	}, nil
}

// reading is one reader of one message.
type reading struct {
	e           *Engine
	workspaceID int64
	id          int64
	after       int // code points
	yield       func(Piece, error) bool
}

// here reads from the memory of the node that writes.
func (r *reading) here(ctx context.Context, s *stream) {
	s.join()
	defer s.left()
	at, reached := s.byteAt(r.after)
	for {
		text, end, points, over, news := s.since(at)
		if !reached {
			if at, reached = s.byteAt(r.after); reached {
				continue
			}
		}
		if reached && text != "" {
			at = end
			if !r.yield(Piece{Seq: points, Text: text}, nil) {
				return
			}
			continue
		}
		if over {
			r.end(ctx)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
		}
	}
}

// elsewhere reads what another node stores, or what has long been stored.
func (r *reading) elsewhere(ctx context.Context) {
	q := r.e.o.Store.Read()
	for {
		status, err := q.GeneratedTextStatus(ctx, r.id)
		if err != nil {
			r.yield(Piece{}, err)
			return
		}
		if status != domain.TextStreaming {
			r.whole(ctx)
			return
		}
		pieces, err := q.GeneratedTextPieces(ctx, r.id, r.after)
		if err != nil {
			r.yield(Piece{}, err)
			return
		}
		for _, p := range pieces {
			if text := behind(p, r.after); text != "" && !r.yield(Piece{Seq: p.Seq, Text: text}, nil) {
				return
			}
			r.after = p.Seq
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollGap):
		}
	}
}

// whole reads what is left of a text that has ended. Its body is whole even where
// its last pieces could not be stored.
func (r *reading) whole(ctx context.Context) {
	m, err := r.e.o.Store.Read().GeneratedText(ctx, r.workspaceID, r.id)
	if err != nil {
		r.yield(Piece{}, err)
		return
	}
	all := store.TextPiece{Seq: utf8.RuneCountInString(m.Body), Text: m.Body}
	if text := behind(all, r.after); text != "" && !r.yield(Piece{Seq: all.Seq, Text: text}, nil) {
		return
	}
	r.end(ctx)
}

// behind returns the part of a stored piece that lies behind a number of code points.
func behind(p store.TextPiece, after int) string {
	skip := after - (p.Seq - utf8.RuneCountInString(p.Text))
	text := p.Text
	for ; skip > 0 && text != ""; skip-- {
		_, n := utf8.DecodeRuneInString(text)
		text = text[n:]
	}
	return text
}

// end tells how the message ended, if it failed.
func (r *reading) end(ctx context.Context) {
	m, err := r.e.o.Store.Read().GeneratedText(ctx, r.workspaceID, r.id)
	switch {
	case err != nil:
	case m.Status == domain.TextFailed:
		err = domain.Errorf(domain.CodeProvider, "%s", m.Error).With("provider", m.Engine.Provider)
	case m.Status == domain.TextStreaming: // a clean end would promise that it is stored
		err = domain.Errorf(domain.CodeUnavailable, "The text was written, but its end could not be stored. Try again shortly.")
	}
	if err != nil {
		r.yield(Piece{}, err)
	}
}

package studio

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/capability/free"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/text"
)

// writeTimeout bounds the writing of one text.
const writeTimeout = 15 * time.Minute

// separator stands between several results.
const separator = "\n\n---\n\n"

// writeJob is one text to be written.
type writeJob struct {
	in     request
	row    store.GeneratedText
	voice  *domain.BrandVoice
	origin ai.Connection
	text   *text.Text
	draft  *draft
	cost   domain.Cost
	done   []domain.TextResult   // those that have ended, whole or not
	after  func(context.Context) // what follows once a text is whole and stored; nil: nothing
}

// writing is what a text is made of, by a model or by rules: a request of its own ([free.Request]), or an answer in a
// chat ([chat.Request]).
type writing interface {
	Ask(n int) (capability.Ask, error)
	Check(results int) error
	Screen(written bool) (*guard.Screen, error)
	Findings(text string, written bool) ([]domain.Finding, error)
}

// begin writes in the background: the text does not depend on the connection of
// the caller.
func (v *Verbs) begin(ctx context.Context, j writeJob) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	ctx, end := context.WithCancelCause(ctx)
	stop := func() { end(v.whyStopped()); done() }
	j.text = v.texts.Open(j.row.ID, stop)
	j.draft = &draft{text: j.text, stop: func() { end(errStopped) }}
	v.keep(j.row.ID, j.draft)
	v.writing.Go(func() {
		defer stop()
		defer v.keep(j.row.ID, nil)
		failure := j.write(ctx)
		if failure != nil && errors.Is(context.Cause(ctx), errShutDown) {
			failure = errShutDown
		}
		if failure != nil {
			v.log.Warn("a text failed", "message", j.row.ID, "error", failure)
		}
		if failure != nil && errors.Is(context.Cause(ctx), errStopped) {
			failure = errStopped
		}
		m, ctx := j.outcome(failure), context.WithoutCancel(ctx)
		cited, err := cited(ctx, v.store.Read(), m, j.in)
		if err != nil {
			v.log.Warn("look for the items that an answer cites", "message", j.row.ID, "error", err)
		}
		end := func(tx *store.Tx) error { return finish(ctx, tx, m, cited) }
		err = v.store.InTx(ctx, end)
		if store.Unstorable(err) {
			m.Body, m.Error = domain.CleanText(m.Body), domain.CleanText(m.Error)
			err = v.store.InTx(ctx, end)
		}
		if err != nil {
			v.log.Error("end a text", "message", j.row.ID, "error", err)
		}
		j.text.Close()
		if j.after != nil && failure == nil && err == nil {
			j.after(ctx)
		}
	})
}

func (j *writeJob) write(ctx context.Context) error {
	for n := range j.in.Results {
		if n > 0 {
			j.text.Append("", separator)
		}
		start := utf8.RuneCountInString(j.text.All(""))
		err := j.writeResult(ctx, n)
		j.draft.End()
		if err := errors.Join(err, j.check(start)); err != nil {
			return err
		}
	}
	return nil
}

// check runs the guardrails over the result that begins at a code point and has ended.
func (j *writeJob) check(start int) error {
	runes := []rune(j.text.All(""))
	found, err := j.in.request(j.voice).Findings(string(runes[start:]), j.written())
	if err != nil {
		return err
	}
	j.done = append(j.done, domain.TextResult{
		Start:    start,
		End:      len(runes),
		Findings: slices.Concat(j.draft.Redacted(), found, j.in.suspicious()),
	})
	return nil
}

// written reports whether a model writes the text.
func (j *writeJob) written() bool { return j.origin.Origin.Kind == domain.OriginModel }

// screened begins a result, or another attempt at it.
func (j *writeJob) screened() error {
	s, err := j.in.request(j.voice).Screen(j.written())
	j.draft.Begin(s)
	return err
}

func (j *writeJob) writeResult(ctx context.Context, n int) error {
	ask, err := j.in.request(j.voice).Ask(n)
	if err != nil {
		return err
	}
	if err := j.screened(); err != nil {
		return err
	}
	if j.origin.Origin.Kind == domain.OriginComposer {
		j.cost = domain.Cost{Known: true}
	}
	marks := j.in.marks()
	defer func() { j.draft.Append(marks.End()) }()
	_, err = execution.Write(ctx, j.origin, ask, ai.Watch{
		Text: func(piece string) error {
			j.draft.Append(marks.Write(piece))
			return nil
		},
		Restart: func() error { // what readers have seen stays: two answers are never joined
			if err := j.draft.Restart(); err != nil {
				return err
			}
			marks = j.in.marks()
			return j.screened()
		},
		Ended: func(a domain.Attempt) error {
			j.cost = j.cost.Plus(a.Cost)
			return nil
		},
	})
	return err
}

// suspicious are findings about values of a template that read like instructions to a model.
func (in request) suspicious() []domain.Finding {
	if in.Filled == nil {
		return nil
	}
	var given []capability.Given
	for _, name := range slices.Sorted(maps.Keys(in.Filled.Values)) {
		given = append(given, capability.Given{Setting: name, Texts: in.Filled.Values[name]})
	}
	return capability.Suspicious("generate-output", given...)
}

// request is the input in the words of the package that writes it.
func (in request) request(voice *domain.BrandVoice) writing {
	if in.Chat != nil {
		r := *in.Chat
		r.Words, r.Language, r.BrandVoice = in.MaximumLength, in.Language, voice
		return r
	}
	r := free.Request{
		Prompt:     in.Prompt,
		Words:      in.MaximumLength,
		Language:   in.Language,
		Tone:       cmp.Or(in.ToneCustom, in.Tone),
		Creativity: in.Creativity,
		BrandVoice: voice,
		Passage:    in.Passage,
	}
	if f := in.Filled; f != nil {
		r.Prompt = f.Prompt
		r.Template = &free.Template{
			Name: f.Name, Support: f.Support(), Form: f.Form, Topic: f.Topic, Lines: f.Lines, Blame: f.Blame,
		}
	}
	return r
}

// outcome is the row of the text that has ended. Its body is whole, so the last
// pieces need not be stored apart.
func (j *writeJob) outcome(failure error) store.GeneratedText {
	m := j.row
	m.Status, m.Cost, m.Body, m.Results = domain.TextCompleted, j.cost, j.text.All(""), j.done
	if failure != nil {
		m.Status, m.Error = domain.TextFailed, explain(failure)
	}
	if errors.Is(failure, errStopped) && strings.TrimSpace(m.Body) != "" {
		m.Status = domain.TextCompleted // all that its reader wanted
	}
	m.Used = charge(m)
	return m
}

// charge is what a text costs: a credit per started 500 words, of what was held.
func charge(m store.GeneratedText) int {
	if m.Held == 0 || m.Body == "" {
		return 0
	}
	return min(m.Held, credits(prose.CountWords(prose.Plain(m.Body))))
}

// finish stores the end of a text: what was written is charged, the rest of the
// hold is released. A text that has already ended stays as it is.
func finish(ctx context.Context, tx *store.Tx, m store.GeneratedText, cited []domain.Citation) error {
	open, err := tx.FinishGeneratedText(ctx, m)
	if err != nil || !open {
		return err
	}
	if len(cited) > 0 {
		if err := tx.CiteInChat(ctx, m.WorkspaceID, m.ID, cited); err != nil {
			return err
		}
	}
	if err := tx.TransferCredits(ctx, transfer(m, domain.MovementCapture, m.Used)); err != nil {
		return err
	}
	if err := tx.TransferCredits(ctx, transfer(m, domain.MovementRelease, m.Held-m.Used)); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: m.WorkspaceID},
		domain.TextGenerated{MessageID: m.ID, Status: m.Status, Credits: m.Used})
}

// explain says for people why a text failed.
func explain(err error) string {
	if errors.Is(err, errShutDown) {
		return "The server was shut down while this text was being written."
	}
	if errors.Is(err, errStopped) {
		return "It was stopped before its end."
	}
	if e, ok := ai.AsError(err); ok {
		return e.Message
	}
	if e := domain.AsError(err); e.Code == domain.CodeValidation {
		return e.Message // the composer cannot do what is asked for
	}
	if errors.Is(err, context.Canceled) {
		return "Nobody was reading the text any more, so writing was stopped."
	}
	return "The text broke off: " + domain.AsError(err).Message
}

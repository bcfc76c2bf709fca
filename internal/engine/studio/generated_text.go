package studio

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/capability/free"
	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/text"
	"vellocity/internal/verb"
	"vellocity/internal/writer"
)

const (
	// DefaultWords is the length of a text where the caller gives none.
	DefaultWords = 500
	// wordsPerCredit is how many words a credit pays for.
	wordsPerCredit = 500
)

// GenerateOutput asks for a text from a free prompt.
type GenerateOutput struct {
	Prompt        string
	MaximumLength int      // words; 0: DefaultWords
	Creativity    *float64 // sampling temperature, 0 to 1; nil: the provider's
	Language      string   // BCP 47, or the English name of a language
	Tone          string
	ToneCustom    string // takes the place of Tone
	BrandVoiceID  int64  // brand voice; 0: the workspace's
	Results       int    // how many texts; 0: 1
}

// request is what a text is written from: a free prompt, a template that was filled in, a passage, or a question in a
// chat. It is stored with the text.
type request struct {
	GenerateOutput
	Filled  *writer.Filled `json:",omitempty"` // nil: no template
	Passage *free.Passage  `json:",omitempty"` // nil: nothing is written again
	Chat    *chat.Request  `json:",omitempty"` // nil: it answers in no chat
}

// GenerateOutput accepts a text to be written from a prompt: its credits are held,
// and writing begins in the background. It returns the id for [Verbs.ReadGeneratedText].
func (v *Verbs) GenerateOutput(ctx context.Context, in GenerateOutput) (int64, error) {
	return v.write(ctx, request{GenerateOutput: in})
}

// write accepts a text and begins it at once.
func (v *Verbs) write(ctx context.Context, in request) (int64, error) {
	job, err := v.prepare(in)
	if err != nil {
		return 0, err
	}
	id, err := verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (int64, error) {
		if err := job.take(ctx, tx, a, domain.TextStreaming); err != nil {
			return 0, err
		}
		return job.row.ID, tx.TransferCredits(ctx, transfer(job.row, domain.MovementHold, job.row.Held))
	})
	if err != nil {
		return 0, err
	}
	v.begin(ctx, job)
	return id, nil
}

// prepare checks a request and whether it can be written here and now.
func (v *Verbs) prepare(in request) (writeJob, error) {
	in.complete()
	if err := in.validate(); err != nil {
		return writeJob{}, err
	}
	if err := v.node.Accepting(); err != nil {
		return writeJob{}, err
	}
	job := writeJob{in: in, origin: v.providers.Default()}
	job.row = in.row(job.origin.Origin)
	if job.origin.Origin.Kind == domain.OriginComposer {
		if err := in.request(nil).Check(in.Results); err != nil {
			return writeJob{}, err // rules cannot do everything that a model can
		}
	}
	return job, nil
}

// take stores the text, with the credits that its writing holds. Without a brand voice of its own it has the
// workspace's.
func (j *writeJob) take(ctx context.Context, tx *store.Tx, a domain.Actor, status domain.TextStatus) (err error) {
	if j.voice, err = chooseBrandVoice(ctx, tx, a.WorkspaceID, j.in.BrandVoiceID); err != nil {
		return err
	}
	m := j.row
	m.WorkspaceID, m.Status = a.WorkspaceID, status
	if status == domain.TextStreaming {
		m.Held = j.in.price(j.origin.Origin)
	}
	j.row, err = tx.CreateGeneratedText(ctx, m, j.in, a)
	return err
}

// row is what is stored of a text, beside who asked for it. It folds texts, so it comes before the transaction.
func (in request) row(o domain.Origin) store.GeneratedText {
	m, name := store.GeneratedText{Origin: o, Title: in.title()}, ""
	if f := in.Filled; f != nil {
		m.Template, name = f.Template, f.Name
	}
	if in.Passage != nil {
		m.Template = domain.RewriteTemplate
	}
	if in.Chat != nil {
		m.Template = domain.ChatText
	}
	m.Search = prose.Fold(m.Title + " " + name + " " + m.Template)
	return m
}

// mostTitle is how many characters the title of a text has in lists.
const mostTitle = 120

// title is what a text is called in lists.
func (in request) title() string {
	if in.Filled != nil {
		return in.Filled.Title
	}
	if p := in.Passage; p != nil {
		return prose.Clip(p.Action.Label()+": "+prose.Line(prose.Plain(p.Text)), mostTitle)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(in.Prompt), "\n")
	return prose.Clip(prose.Line(first), mostTitle)
}

// complete fills in the defaults, and the code of a language that was given by its name.
func (in *GenerateOutput) complete() {
	in.MaximumLength = cmp.Or(in.MaximumLength, DefaultWords)
	in.Results = cmp.Or(in.Results, 1)
	in.Language = prose.LanguageTag(in.Language)
}

func (in request) validate() error {
	var p domain.Problems
	if in.Filled == nil {
		if strings.TrimSpace(in.Prompt) == "" {
			p.Required("prompt")
		}
		domain.LimitPrompt.Text(&p, "prompt", in.Prompt)
	}
	p.Merge(in.GenerateOutput.validate())
	return p.Err()
}

// validate checks all but the prompt.
func (in GenerateOutput) validate() error {
	var p domain.Problems
	domain.LimitWords.Value(&p, "maximum_length", in.MaximumLength)
	if c := in.Creativity; c != nil && *c < 0 {
		p.Small("creativity", 0)
	} else if c != nil && *c > 1 {
		p.Large("creativity", 1)
	}
	in.CheckLanguage(&p)
	domain.LimitTone.Text(&p, "tone_of_voice", in.Tone)
	domain.LimitToneCustom.Text(&p, "tone_of_voice_custom", in.ToneCustom)
	domain.LimitResults.Value(&p, "number_of_results", in.Results)
	return p.Err()
}

// CheckLanguage notes the faults of Language, which may be the English name of one.
func (in GenerateOutput) CheckLanguage(p *domain.Problems) {
	in.Language = prose.LanguageTag(in.Language)
	domain.LimitLanguage.Text(p, "language", in.Language)
	verb.CheckLanguage(p, "language", &in.Language)
}

// price is one credit per started 500 words that may be written; nothing with the
// composer.
func (in GenerateOutput) price(o domain.Origin) int {
	if o.Kind != domain.OriginModel {
		return 0
	}
	return credits(in.MaximumLength) * in.Results
}

func credits(words int) int { return (words + wordsPerCredit - 1) / wordsPerCredit }

// transfer is a movement of a text's credits.
func transfer(m store.GeneratedText, kind domain.MovementKind, amount int) store.CreditTransfer {
	return store.CreditTransfer{
		WorkspaceID: m.WorkspaceID,
		Kind:        kind,
		Amount:      amount,
		Step:        "generate-output",
		Reference:   fmt.Sprintf("m%d:%s", m.ID, kind),
	}
}

// chooseBrandVoice returns the brand voice that was asked for, else the workspace's; nil
// for none.
func chooseBrandVoice(ctx context.Context, tx *store.Tx, workspaceID, id int64) (*domain.BrandVoice, error) {
	if id != 0 {
		voice, err := tx.BrandVoice(ctx, workspaceID, id)
		return &voice, verb.MissingReference(err, "brand_voice_id", "brand voice", id)
	}
	w, err := tx.Workspace(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	return verb.Optional(w.BrandVoiceID, func() (domain.BrandVoice, error) {
		return tx.BrandVoice(ctx, workspaceID, w.BrandVoiceID)
	})
}

// GeneratedText is a generated text.
type GeneratedText struct {
	ID        int64
	Template  string // slug of the template that it is written from; "": a free prompt
	Title     string
	CreatedAt time.Time
	Status    domain.TextStatus
	Text      string // what has been written so far
	Error     string // why it failed, for people
	Words     int
	Results   []TextResult // once it has ended; those of a text that failed as far as they go
	Credits   int          // captured; 0 while it is written
	Origin    domain.Origin
	Cost      domain.Cost
}

// TextResult is one of the texts that were asked for.
type TextResult struct {
	domain.TextResult
	Text  string
	Words int
}

// results returns the results of a text that has ended. A text of an older version counts as one.
func results(m store.GeneratedText) []TextResult {
	if m.Status == domain.TextStreaming || m.Status == domain.TextBuilt {
		return nil
	}
	runes, list := []rune(m.Body), m.Results
	if len(list) == 0 {
		list = []domain.TextResult{{End: len(runes), Findings: []domain.Finding{}}}
	}
	out := make([]TextResult, 0, len(list))
	for _, r := range list {
		t := string(runes[min(r.Start, len(runes)):min(r.End, len(runes))])
		out = append(out, TextResult{TextResult: r, Text: t, Words: prose.CountWords(prose.Plain(t))})
	}
	return out
}

// GeneratedText returns a text as it is now. A caller with the scope content only may
// read what it started.
func (v *Verbs) GeneratedText(ctx context.Context, id int64) (GeneratedText, error) {
	m, err := v.own(ctx, id)
	if err != nil {
		return GeneratedText{}, err
	}
	out := viewText(m)
	if m.Status == domain.TextStreaming {
		if out.Text, err = storedSoFar(ctx, v.store.Read(), id); err != nil {
			return out, err
		}
	}
	out.Words = prose.CountWords(prose.Plain(out.Text))
	return out, nil
}

// viewText is a stored text without the words of one that is being written.
func viewText(m store.GeneratedText) GeneratedText {
	return GeneratedText{
		ID:        m.ID,
		Template:  m.Template,
		Title:     m.Title,
		CreatedAt: m.CreatedAt,
		Status:    m.Status,
		Text:      m.Body,
		Error:     m.Error,
		Credits:   m.Used,
		Origin:    m.Origin,
		Cost:      m.Cost,
		Results:   results(m),
	}
}

// own returns a text that the caller may read: any with the scope read, one that it
// started itself with the scope content. One that was only built is a CONFLICT.
func (v *Verbs) own(ctx context.Context, id int64) (store.GeneratedText, error) {
	m, err := v.built(ctx, id)
	if err == nil && m.Status == domain.TextBuilt {
		return m, domain.Errorf(domain.CodeConflict, "The text %d was built and is not written yet. POST "+
			"/aiwriter/generate-output with its message_id to write it", id)
	}
	return m, err
}

// built is own for texts that may not have begun.
func (v *Verbs) built(ctx context.Context, id int64) (store.GeneratedText, error) {
	a, err := verb.ReaderOrAuthor(ctx)
	if err != nil {
		return store.GeneratedText{}, err
	}
	m, err := v.store.Read().GeneratedText(ctx, a.WorkspaceID, id)
	if err != nil {
		return m, err
	}
	if m.Template == domain.ChatText { // it belongs to a conversation, which has its own verbs
		return store.GeneratedText{}, domain.NotFound("Message")
	}
	return m, verb.MayReadOwn(a, m.CreatedByKind, m.CreatedByID)
}

// ReadGeneratedText returns a text after a number of code points, as it is written, on
// any node, and ends with it. A text that failed ends with PROVIDER_ERROR. A caller
// with the scope content only may read what it started. An offset past the end of a text
// that is whole is a VALIDATION_ERROR.
func (v *Verbs) ReadGeneratedText(ctx context.Context, id int64, after int) (iter.Seq2[text.Piece, error], error) {
	m, err := v.own(ctx, id)
	if err != nil {
		return nil, err
	}
	if m.Status == domain.TextCompleted && utf8.RuneCountInString(m.Body) < after {
		return nil, verb.UnknownEvent() // its reader would believe it has everything
	}
	v.watch(id)
	return v.read(ctx, m, after), nil
}

// WaitGeneratedText returns a text when it has ended, or as it is when ctx ends. A text that
// failed is PROVIDER_ERROR.
// While nobody reads the text as it is written, a provider that breaks off can start it
// again. A caller with the scope content only may read what it started.
func (v *Verbs) WaitGeneratedText(ctx context.Context, id int64) (GeneratedText, error) {
	m, err := v.own(ctx, id)
	if err != nil {
		return GeneratedText{}, err
	}
	domain.Waiting(ctx)
	for _, err := range v.read(ctx, m, 0) {
		if err != nil {
			return GeneratedText{}, err
		}
	}
	return v.GeneratedText(context.WithoutCancel(ctx), id)
}

// read returns a text after a number of code points, and why it failed.
func (v *Verbs) read(ctx context.Context, m store.GeneratedText, after int) iter.Seq2[text.Piece, error] {
	return func(yield func(text.Piece, error) bool) {
		stored := func(ctx context.Context, after int) ([]text.Piece, bool, error) {
			return v.stored(ctx, m.WorkspaceID, m.ID, after)
		}
		for p, err := range v.texts.Read(ctx, m.ID, after, stored) {
			if !yield(p, err) || err != nil {
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err := v.outcome(ctx, m.WorkspaceID, m.ID); err != nil {
			yield(text.Piece{}, err)
		}
	}
}

// outcome returns why a text that has ended is not whole; nil where it is.
func (v *Verbs) outcome(ctx context.Context, workspaceID, id int64) error {
	m, err := v.store.Read().GeneratedText(ctx, workspaceID, id)
	switch {
	case err != nil:
		return err
	case m.Status == domain.TextFailed:
		return domain.Errorf(domain.CodeProvider, "%s", m.Error).With("provider", m.Origin.Provider)
	case m.Status == domain.TextStreaming: // no error would mean that it is stored
		return domain.Errorf(domain.CodeUnavailable,
			"The text was written, but its end could not be stored. Try again shortly.")
	}
	return nil
}

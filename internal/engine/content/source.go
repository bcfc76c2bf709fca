package content

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/extract"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// CreateSource is a source that a caller adds: exactly one of Text, URL and File.
type CreateSource struct {
	Title    string // by default that of the document
	Language string // BCP 47; by default what the document says, else what it reads as
	Text     string // Markdown
	URL      string // of a page or a feed
	File     *SourceFile
}

// SourceFile is a file that a source is made of.
type SourceFile struct {
	Name string
	Data []byte
}

func (in CreateSource) validate() error {
	var p domain.Problems
	domain.LimitSourceTitle.Text(&p, "title", in.Title)
	domain.LimitLanguage.Text(&p, "language", in.Language)
	verb.CheckLanguage(&p, "language", &in.Language)
	domain.LimitSourceText.Text(&p, "text", in.Text)
	domain.LimitSourceURL.Text(&p, "url", in.URL)
	given := 0
	for _, is := range []bool{strings.TrimSpace(in.Text) != "", in.URL != "", in.File != nil} {
		if is {
			given++
		}
	}
	if given != 1 && p.Err() == nil {
		p.Add("text", "Give exactly one of text, url and file")
	}
	return p.Err()
}

// CreateSource adds a source. A feed becomes a source with its newest entries as sources of their own. An address that
// cannot be read and a file that is not understood are VALIDATION_ERROR; an address that is there already, and more
// than [domain.MaxSources], are CONFLICT. It takes the scope write.
func (v *Verbs) CreateSource(ctx context.Context, in CreateSource) (domain.Source, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.Source{}, err
	}
	if err := in.validate(); err != nil {
		return domain.Source{}, err
	}
	s, entries, err := v.newSource(ctx, a.WorkspaceID, in)
	if err != nil {
		return domain.Source{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.Source, error) {
		if err := room(ctx, tx, s, 1+len(entries)); err != nil {
			return domain.Source{}, err
		}
		made, err := tx.CreateSource(ctx, s)
		if err != nil {
			return made, err
		}
		for _, e := range entries {
			e.FeedID = made.ID
			if err := addEntry(ctx, tx, e); err != nil {
				return made, err
			}
		}
		return made, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.SourceCreated{SourceFacts: made.Facts()})
	})
}

// room checks that a source with its entries, n in all, can be added.
func room(ctx context.Context, tx *store.Tx, s domain.Source, n int) error {
	if s.Refreshable() {
		id, err := tx.SourceFrom(ctx, s.WorkspaceID, s.Origin)
		if err != nil {
			return err
		}
		if id != 0 {
			return domain.Duplicate("url", fmt.Sprintf("The source %d is from this address already. Refresh it instead", id))
		}
	}
	have, err := tx.CountSources(ctx, s.WorkspaceID)
	if err == nil && have+n > domain.MaxSources {
		err = domain.Errorf(domain.CodeConflict,
			"This workspace has %d sources, and at most %d are allowed. Delete some first.", have, domain.MaxSources)
	}
	return err
}

func addEntry(ctx context.Context, tx *store.Tx, e domain.Source) error {
	made, err := tx.CreateSource(ctx, e)
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: e.WorkspaceID}, domain.SourceCreated{SourceFacts: made.Facts()})
}

// newSource reads what a source is made of.
func (v *Verbs) newSource(
	ctx context.Context, workspaceID int64, in CreateSource,
) (s domain.Source, entries []domain.Source, err error) {
	s = domain.Source{WorkspaceID: workspaceID, Kind: domain.SourcePaste, Title: in.Title, Language: in.Language}
	var p domain.Problems
	switch {
	case in.URL != "":
		f, err := v.read(ctx, in.URL)
		if err != nil {
			p.Add("url", "%s", sentence(err))
			return s, nil, p.Err()
		}
		s.Kind, s.Origin, s.RefreshedAt = domain.SourceURL, in.URL, v.store.Now()
		describe(&s, f.Document)
		if f.feed != nil {
			s.Kind = domain.SourceFeed
			entries = v.entriesOf(s, *f.feed)
		}
	case in.File != nil:
		d, err := v.document(ctx, in.File.Name, in.File.Data)
		var u extract.Unreadable
		if errors.As(err, &u) {
			p.Add("file", "The file %s", u.Why)
			return s, nil, p.Err()
		}
		if err != nil {
			return s, nil, err
		}
		s.Kind, s.Origin = domain.SourceFile, domain.FoldLine(prose.Clip(in.File.Name, domain.LimitSourceTitle.Max))
		describe(&s, d)
	default:
		describe(&s, extract.Document{Body: strings.TrimSpace(in.Text)})
	}
	domain.LimitSourceText.Text(&p, fieldOf(in), s.Body)
	return s, entries, p.Err()
}

// fieldOf is the field that a source's text comes from.
func fieldOf(in CreateSource) string {
	switch {
	case in.URL != "":
		return "url"
	case in.File != nil:
		return "file"
	}
	return "text"
}

// sentence is an error as a sentence of its own.
func sentence(err error) string {
	text := err.Error()
	if e := (*domain.Error)(nil); errors.As(err, &e) {
		text = e.Message
	}
	return prose.Capital(text)
}

// entriesOf makes sources of the entries of a feed.
func (v *Verbs) entriesOf(feed domain.Source, f extract.Feed) []domain.Source {
	var list []domain.Source
	for _, e := range f.Entries {
		s := domain.Source{
			WorkspaceID: feed.WorkspaceID, Kind: domain.SourceURL, Origin: e.Address, FeedID: feed.ID,
			Entry: prose.Clip(e.Key, domain.LimitSourceURL.Max), RefreshedAt: v.store.Now(), Language: feed.Language,
		}
		if s.Origin == "" || len(s.Origin) > domain.LimitSourceURL.Max {
			s.Origin = feed.Origin
		}
		describe(&s, e.Document)
		if len([]rune(s.Body)) <= domain.LimitSourceText.Max {
			list = append(list, s)
		}
	}
	return list
}

// ListSources asks for a page of the workspace's sources. A zero field does not filter.
type ListSources struct {
	Text   string // words that the title or the origin has
	Kind   domain.LibraryKind
	FeedID int64 // only the entries of this feed
	Page   domain.Page
}

// Sources returns sources, newest first, without their texts.
func (v *Verbs) Sources(ctx context.Context, in ListSources) (domain.List[domain.Source], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Source]{}, err
	}
	var p domain.Problems
	domain.LimitSearch.Text(&p, "q", in.Text)
	domain.CheckEnum(&p, "kind", in.Kind)
	if err := p.Err(); err != nil {
		return domain.List[domain.Source]{}, err
	}
	return v.store.Read().Sources(ctx, a.WorkspaceID,
		store.SourceFilter{Kind: in.Kind, FeedID: in.FeedID, Words: strings.Fields(prose.Same(in.Text))}, in.Page)
}

// Source returns a source with its text.
func (v *Verbs) Source(ctx context.Context, id int64) (domain.Source, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Source{}, err
	}
	return v.store.Read().Source(ctx, a.WorkspaceID, id)
}

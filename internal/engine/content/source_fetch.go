package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/extract"
	"vellocity/internal/prose"
)

// Fetch returns the HTTP client for an address that somebody else chose; it follows no redirects. Its error is
// VALIDATION_ERROR and says in a sentence why an address is not allowed.
type Fetch func(ctx context.Context, address string) (*http.Client, error)

// ReadPDF reads a PDF. Its error is an [extract.Unreadable] where the document is at fault.
type ReadPDF func(ctx context.Context, data []byte) (extract.Document, error)

// UsePDF sets what reads PDFs; without it they are refused. It is called before the verbs are used.
func (v *Verbs) UsePDF(f ReadPDF) { v.pdf = f }

// document reads a document of any kind.
func (v *Verbs) document(ctx context.Context, name string, data []byte) (extract.Document, error) {
	if v.pdf == nil || !extract.IsPDF(name, data) {
		return extract.File(name, data)
	}
	d, err := v.pdf(ctx, data)
	if err == nil && d.Title == "" {
		d.Title = extract.TitleOf(name)
	}
	return d, err
}

// UseFetch sets what reads the addresses of sources. It is called before the verbs are used.
func (v *Verbs) UseFetch(f Fetch) { v.fetch = f }

// mostRedirects is how many redirects lead to the page of a source.
const mostRedirects = 5

// fetched is what was read from an address.
type fetched struct {
	extract.Document
	feed    *extract.Feed // nil: it is no feed
	address string        // after redirects
}

// read reads an address. Each redirect is checked as the address itself. The error says what is wrong in words for
// people, beginning with "The address".
func (v *Verbs) read(ctx context.Context, address string) (f fetched, err error) {
	for range mostRedirects + 1 {
		next, res, err := v.get(ctx, address)
		if err != nil {
			return f, err
		}
		if next == "" {
			defer res.Body.Close()
			return v.parsed(ctx, address, res)
		}
		address = next
	}
	return f, fmt.Errorf("the address redirects more than %d times", mostRedirects)
}

// get sends one request. next is where the response redirects to; empty: res is the page itself.
func (v *Verbs) get(ctx context.Context, address string) (next string, res *http.Response, err error) {
	if v.fetch == nil {
		return "", nil, errors.New("this server reads no addresses")
	}
	client, err := v.fetch(ctx, address)
	if err != nil {
		return "", nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", nil, errors.New("the address is not a URL")
	}
	r.Header.Set("User-Agent", "Vellocity (reads sources)")
	r.Header.Set("Accept", "text/html, application/xhtml+xml, text/markdown, text/plain, application/rss+xml, "+
		"application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5")
	if res, err = client.Do(r); err != nil {
		return "", nil, fmt.Errorf("the address cannot be read: %w", reason(err))
	}
	location := res.Header.Get("Location")
	if res.StatusCode >= 300 && res.StatusCode < 400 && location != "" {
		_ = res.Body.Close() // nothing of it is wanted
		to, err := res.Request.URL.Parse(location)
		if err != nil {
			return "", nil, errors.New("the address redirects to something that is not a URL")
		}
		return to.String(), nil, nil
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close() // nothing of it is wanted
		return "", nil, fmt.Errorf("the address returned the status %d", res.StatusCode)
	}
	return "", res, nil
}

// reason is an error of a request without the address, which the caller knows.
func reason(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (v *Verbs) parsed(ctx context.Context, address string, res *http.Response) (f fetched, err error) {
	f.address = address
	data, err := io.ReadAll(io.LimitReader(res.Body, extract.MaxFile+1))
	if err != nil {
		return f, fmt.Errorf("the address cannot be read to its end: %w", reason(err))
	}
	kind := strings.ToLower(res.Header.Get("Content-Type"))
	name := res.Request.URL.Path
	switch {
	case extract.IsFeed(data):
		var feed extract.Feed
		feed, err = extract.ReadFeed(data, domain.MaxFeedEntries)
		f.feed, f.Document = &feed, overview(feed)
	case strings.Contains(kind, "html"):
		f.Document, err = extract.HTML(data, address, kind)
	case strings.Contains(kind, "markdown"):
		f.Document, err = extract.File(name+".md", data)
	case strings.Contains(kind, "text/plain") && !strings.HasSuffix(name, ".md"):
		f.Document, err = extract.File(name+".txt", data)
	default:
		f.Document, err = v.document(ctx, name, data)
	}
	var u extract.Unreadable
	if errors.As(err, &u) {
		err = errors.New("the page " + u.Why)
	}
	return f, err
}

// overview is the text of a feed itself: a list of its entries.
func overview(f extract.Feed) extract.Document {
	var b strings.Builder
	for _, e := range f.Entries {
		b.WriteString("- " + e.Title)
		if e.Address != "" {
			b.WriteString(": " + e.Address)
		}
		b.WriteString("\n")
	}
	return extract.Document{Title: f.Title, Body: strings.TrimSpace(b.String()), Language: f.Language}
}

// describe fills in what a document says about a source, and what is derived from its text. It parses the text, so it
// is called before the transaction.
func describe(s *domain.Source, d extract.Document) {
	s.Body = d.Body
	if s.Title == "" {
		s.Title = domain.FoldLine(prose.Clip(d.Title, domain.LimitSourceTitle.Max))
	}
	if s.Title == "" {
		s.Title = domain.FoldLine(prose.Clip(firstWords(d.Body), 80))
	}
	if s.Title == "" {
		s.Title = "Untitled"
	}
	fits := utf8.RuneCountInString(d.Language) <= domain.LimitLanguage.Max
	if s.Language == "" && fits && prose.ValidLanguage(d.Language) {
		s.Language = d.Language
	}
	if s.Language == "" {
		s.Language = prose.GuessLanguage(s.Body)
	}
	s.Words = prose.CountWords(prose.Plain(s.Body))
	s.Search = prose.Same(s.Title + " " + s.Origin)
}

// firstWords is what a text without a title begins with.
func firstWords(body string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	return strings.Trim(first, "#*_> \t")
}

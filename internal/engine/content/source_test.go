package content_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/search"
	"vellocity/internal/verb"
)

// site serves pages and a feed, and is what sources are read from.
func site(t testing.TB) (address string, page, feed *atomic.Value) {
	t.Helper()
	page, feed = &atomic.Value{}, &atomic.Value{}
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page.Load())
	})
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, feed.Load()) })
	mux.Handle("/to", http.RedirectHandler("/page", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/secret", http.StatusFound)
	})
	mux.HandleFunc("/binary", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("MZ\x00\x00\x01")) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, page, feed
}

// fetch allows the site alone, as the policy of a server allows public addresses alone.
func fetch(site string) content.Fetch {
	return func(_ context.Context, address string) (*http.Client, error) {
		if !strings.HasPrefix(address, site) {
			return nil, domain.Errorf(domain.CodeValidation, "The address leads to a private network")
		}
		return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
	}
}

func article(text string) string {
	return "<html lang=en><head><title>Returns</title></head><body><nav>Menu</nav><article><h1>Returns</h1>" +
		strings.Repeat("<p>"+text+"</p>", 4) + "</article></body></html>"
}

func TestSourcesAreReadFromAddresses(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		address, page, _ := site(k.T)
		k.Content.UseFetch(fetch(address))
		page.Store(article("Refunds take five working days, and the postage is paid by us."))
		s, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{URL: address + "/to"})
		must(k, err)
		if s.Kind != domain.SourceURL || s.Title != "Returns" || !strings.Contains(s.Body, "five working days") ||
			strings.Contains(s.Body, "Menu") || s.Language != "en" || s.Words == 0 || s.RefreshedAt.IsZero() {
			k.T.Errorf("read %+v", s)
		}
		_, err = k.Content.CreateSource(k.Ctx(), content.CreateSource{URL: address + "/to"})
		if domain.CodeOf(err) != domain.CodeConflict {
			k.T.Errorf("the same address again: %v", err)
		}
		page.Store(article("Refunds take six working days, and the postage is paid by you."))
		s, err = k.Content.RefreshSource(k.Ctx(), verb.ID{ID: s.ID})
		must(k, err)
		if !strings.Contains(s.Body, "six working days") || s.Revision != 2 || s.Error != "" {
			k.T.Errorf("refreshed %+v", s)
		}
		page.Store("")
		s, err = k.Content.RefreshSource(k.Ctx(), verb.ID{ID: s.ID})
		must(k, err)
		if !strings.Contains(s.Body, "six working days") || s.Error == "" {
			k.T.Errorf("what cannot be read: %+v", s)
		}
		for path, want := range map[string]string{
			"/none": "status 404", "/loop": "redirects more than 5 times", "/away": "private network", "/binary": "of a kind that is not read",
		} {
			_, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{URL: address + path})
			e := domain.AsError(err)
			if e.Code != domain.CodeValidation || !strings.Contains(fmt.Sprint(e.Fields["url"]), want) {
				k.T.Errorf("%s: %v %v", path, err, e.Fields)
			}
		}
	})
}

func rss(entries ...string) string {
	text := `<rss version="2.0"><channel><title>News</title>`
	for i, e := range entries {
		text += fmt.Sprintf(`<item><title>Entry %d</title><guid>g%d</guid><link>https://example.com/%d</link>
			<description>%s</description></item>`, i, i, i, e)
	}
	return text + `</channel></rss>`
}

// A feed becomes a source, and its entries too; refreshed, it has what is new and what has changed, and with it they
// are deleted.
func TestFeedsBecomeSources(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		address, _, feed := site(k.T)
		k.Content.UseFetch(fetch(address))
		feed.Store(rss("First.", "Second."))
		f, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{URL: address + "/feed", Title: "Our news"})
		must(k, err)
		entries := func() string {
			l, err := k.Content.Sources(k.Ctx(), content.ListSources{FeedID: f.ID, Page: enginetest.FirstPage()})
			must(k, err)
			text := ""
			for _, e := range l.Items {
				s, err := k.Content.Source(k.Ctx(), e.ID)
				must(k, err)
				text = fmt.Sprintf("%s %d %s|", s.Title, s.Revision, s.Body) + text
			}
			return text
		}
		got := entries()
		if f.Kind != domain.SourceFeed || f.Title != "Our news" || got != "Entry 0 1 First.|Entry 1 1 Second.|" {
			k.T.Errorf("%+v: %s", f, got)
		}
		feed.Store(rss("First again.", "Second.", "Third."))
		must(k, second(k.Content.RefreshSource(k.Ctx(), verb.ID{ID: f.ID})))
		if got := entries(); got != "Entry 0 2 First again.|Entry 1 1 Second.|Entry 2 1 Third.|" {
			k.T.Errorf("refreshed: %s", got)
		}
		must(k, k.Content.DeleteSource(k.Ctx(), verb.ID{ID: f.ID}))
		if got := entries(); got != "" || k.Count("select count(*) from passage_backlog where kind = 'source'") != 0 {
			k.T.Errorf("deleted, but there is %s", got)
		}
	})
}

func TestSourcesAreCheckedAndChanged(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for name, c := range map[string]struct {
			in   content.CreateSource
			path string
		}{
			"nothing":  {content.CreateSource{Title: "x"}, "text"},
			"blank":    {content.CreateSource{Text: " \n"}, "text"},
			"both":     {content.CreateSource{Text: "x", URL: "https://example.com"}, "text"},
			"title":    {content.CreateSource{Text: "x", Title: strings.Repeat("x", 301)}, "title"},
			"language": {content.CreateSource{Text: "x", Language: "no such"}, "language"},
			"long":     {content.CreateSource{Text: strings.Repeat("x", 500_001)}, "text"},
			"no fetch": {content.CreateSource{URL: "https://example.com"}, "url"},
			"pdf":      {content.CreateSource{File: &content.SourceFile{Name: "a.pdf", Data: []byte("%PDF-")}}, "file"},
		} {
			_, err := k.Content.CreateSource(k.Ctx(), c.in)
			if e := domain.AsError(err); e.Code != domain.CodeValidation || len(e.Fields[c.path]) == 0 {
				k.T.Errorf("%s: %v %v", name, err, e.Fields)
			}
		}
		s, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{
			File: &content.SourceFile{Name: "our_returns.md", Data: []byte("Refunds take **five** days.")},
		})
		must(k, err)
		if s.Title != "our returns" || s.Kind != domain.SourceFile || s.Origin != "our_returns.md" || s.Words != 4 {
			k.T.Errorf("%+v", s)
		}
		same, err := k.Content.EditSource(k.Ctx(), content.EditSource{ID: s.ID, Title: &s.Title})
		must(k, err)
		if same.Revision != 1 {
			k.T.Errorf("nothing changed, but the revision is %d", same.Revision)
		}
		text := "Refunds take six days."
		changed, err := k.Content.EditSource(k.Ctx(), content.EditSource{ID: s.ID, Text: &text})
		must(k, err)
		if changed.Body != text || changed.Revision != 2 {
			k.T.Errorf("%+v", changed)
		}
		_, err = k.Content.EditSource(k.Ctx(), content.EditSource{
			ID: s.ID, Text: &text, Precondition: verb.Precondition{IfMatch: "1"},
		})
		if domain.CodeOf(err) != domain.CodePreconditionFailed {
			k.T.Errorf("a stale change: %v", err)
		}
		_, err = k.Content.RefreshSource(k.Ctx(), verb.ID{ID: s.ID})
		if domain.CodeOf(err) != domain.CodeConflict {
			k.T.Errorf("a file is refreshed: %v", err)
		}
		for q, want := range map[string]int{"RETURNS our": 1, "%": 0, "nothing": 0, "": 1} {
			l, err := k.Content.Sources(k.Ctx(), content.ListSources{Text: q, Page: enginetest.FirstPage()})
			must(k, err)
			if l.Total != want {
				k.T.Errorf("%q finds %d", q, l.Total)
			}
		}
		must(k, search.New(k.Store).Index(k.Ctx()))
		found, err := k.Content.SearchPassages(k.Ctx(), content.SearchPassages{Query: "how long do refunds take"})
		must(k, err)
		if len(found) != 1 || found[0].Kind != "source" || found[0].Text != text {
			k.T.Errorf("found %+v", found)
		}
	})
}

package ghost_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/ghost"
	"vellocity/internal/extension/wire"
	"vellocity/internal/golden"
	"vellocity/internal/markdown"
)

// site is a Ghost: a real one where GHOST_TEST_URL and GHOST_TEST_KEY name one, which gets
// posts that stay there, else a double.
type site struct {
	url, key string
	run      string  // in slugs, since a real one keeps what earlier runs have left
	double   *double // nil: it is a real one
}

func start(t *testing.T) site {
	t.Helper()
	if at := os.Getenv("GHOST_TEST_URL"); at != "" {
		return site{at, os.Getenv("GHOST_TEST_KEY"), "-" + strings.ToLower(rand.Text()[:8]), nil}
	}
	d := &double{t: t, tags: []map[string]any{{"id": "6b0c0e471ff2bf6338253584", "name": "News"}}}
	s := httptest.NewServer(d)
	t.Cleanup(s.Close)
	d.url = s.URL
	return site{s.URL, doubleKey, "", d}
}

func (s site) peer(change func(*wire.Config)) wire.Peer {
	c := wire.Config{
		Settings: map[string]string{"url": s.url + "/", "status": "publish"},
		Secret:   domain.Secret(s.key),
		HTTP:     &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Now:      time.Now,
	}
	if change != nil {
		change(&c)
	}
	return ghost.Kind().Connect(c)
}

// post is a post as Ghost shows it.
type post struct {
	ID, Slug, Status, URL, Title, HTML string
	Excerpt                            string `json:"custom_excerpt"`
	MetaTitle                          string `json:"meta_title"`
	UpdatedAt                          string `json:"updated_at"`
	Email                              any
	Tags                               []struct{ Name string }
}

func (p post) tags() (names []string) {
	for _, t := range p.Tags {
		names = append(names, t.Name)
	}
	return names
}

// call asks Ghost itself, as a person does in its admin area.
func (s site) call(t *testing.T, method, route string, query url.Values, body string) []post {
	t.Helper()
	sign := ""
	spy := s.peer(func(c *wire.Config) {
		c.HTTP = &http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
			sign = r.Header.Get("Authorization")
			return nil, io.EOF
		})}
	})
	_, _ = spy.Check(t.Context())
	r, err := http.NewRequestWithContext(t.Context(), method, address(s.url, route, query), strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", sign)
	r.Header.Set("Accept-Version", "v5.0")
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, route, res.StatusCode, raw)
	}
	var list struct{ Posts []post }
	if len(raw) > 0 {
		must(t, json.Unmarshal(raw, &list))
	}
	return list.Posts
}

func (s site) byID(t *testing.T, id string) post {
	t.Helper()
	list := s.call(t, "GET", "posts/", url.Values{"filter": {"id:'" + id + "'"}, "formats": {"html"}}, "")
	if len(list) != 1 {
		t.Fatalf("%d posts %s", len(list), id)
	}
	return list[0]
}

// edit changes a post as a person would.
func (s site) edit(t *testing.T, p post, fields string) {
	t.Helper()
	s.call(t, "PUT", "posts/"+p.ID+"/", nil, `{"posts":[{"updated_at":"`+p.UpdatedAt+`",`+fields+`}]}`)
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// article is an item of its own.
func (s site) article(slug, body string) wire.Post {
	id := strings.ToLower(rand.Text())
	return wire.Post{
		Snapshot: domain.Snapshot{
			Title: `Salt & <b>pepper</b> “or” 'not'`, Slug: slug + s.run, Body: body, Summary: `One "way" & <another>`,
			MetaTitle: "Salt", MetaDescription: "And pepper", Keywords: []string{"news", "#coffee beans"},
		},
		UUID: "0a1b2c3d-0000-8000-8000-" + id[:12], Key: "k", ContentID: 7, Version: 1, Type: domain.ContentBlog,
		HTML: markdown.HTML(body),
	}
}

// rich has everything that gets lost somewhere.
const rich = "## Heads\n\nA [link](https://a.test/?a=1&b=2), `a < b`, [gallery] {{x}} and a note[^1].\n\n" +
	"- [x] done\n- [ ] open\n  - nested\n\n" +
	"![alt](https://a.test/x.png) [![in a link](https://a.test/y.png)](https://b.test)\n\n" +
	"```go\nif a < b {\n\n\treturn\n}\n```\n\n| l | r |\n|:--|--:|\n| 1 | 2 |\n\n3. three\n4. four\n\n" +
	"Zwölf Boxkämpfer 👩‍🚀 日本語 ~~gone~~ H<sub>2</sub>O **bold** *italic*\n\nPress <kbd>Esc</kbd>.\n\n" +
	"> one\n>\n> - two\n\n> three\n\n1. four\n\n   ```\n   five\n   ```\n\nline  \nbreak\n\n---\n\n" +
	"<details><summary>six</summary>seven</details>\n\n[^1]: The note.\n"

// TestPosts follows one life of a post: what it becomes there, in place, and taken back.
func TestPosts(t *testing.T) {
	s := start(t)
	peer := s.peer(nil)
	a := s.article("salt", rich)

	t.Run("created, whole and once", func(t *testing.T) {
		for range 2 {
			got, err := peer.Put(t.Context(), a, wire.Ref{})
			must(t, err)
			if len(got.Notes) > 0 {
				t.Errorf("Ghost changed it: %q", got.Notes)
			}
		}
		list := s.call(t, "GET", "posts/", url.Values{
			"filter": {"codeinjection_foot:~'" + a.Marker() + "'"}, "formats": {"html"},
		}, "")
		if len(list) != 1 {
			t.Fatalf("%d posts", len(list))
		}
		p := list[0]
		if p.Status != "published" || p.Slug != a.Slug || p.Title != a.Title || p.Excerpt != a.Summary || p.Email != nil ||
			p.MetaTitle != "Salt" || !slices.Equal(p.tags(), []string{"News", "coffee beans"}) {
			t.Errorf("%+v", p)
		}
		golden.Check(t, "testdata/rich.html", p.HTML)
	})

	t.Run("an answer that was lost makes no second post", func(t *testing.T) {
		b := s.article("lost", "Text.")
		_, err := s.peer(losing).Put(t.Context(), b, wire.Ref{})
		if f := fault(err); f == nil || f.Kind != wire.Again {
			t.Fatalf("%v", err)
		}
		got, err := peer.Put(t.Context(), b, wire.Ref{})
		must(t, err)
		if p := s.byID(t, got.ID); p.Slug != b.Slug {
			t.Errorf("a second post: %+v", p)
		}
	})

	t.Run("updated in place, and tags that a person gave it stay", func(t *testing.T) {
		c := s.article("place", "One.")
		first, err := peer.Put(t.Context(), c, wire.Ref{})
		must(t, err)
		s.edit(t, s.byID(t, first.ID), `"tags":[{"name":"By hand"}]`)
		c.Title, c.HTML, c.Summary = "Another title", "<p>Two.</p>", ""
		got, err := peer.Put(t.Context(), c, first.Ref)
		must(t, err)
		p := s.byID(t, first.ID)
		if got.Ref != first.Ref || p.Title != c.Title || !strings.Contains(p.HTML, "Two.") || p.Excerpt != "" ||
			!slices.Equal(p.tags(), []string{"By hand", "News", "coffee beans"}) {
			t.Errorf("%+v %+v", got, p)
		}
	})

	t.Run("a slug that is taken is said", func(t *testing.T) {
		got, err := peer.Put(t.Context(), s.article("salt", "Text."), wire.Ref{})
		must(t, err)
		if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], `-2"`) {
			t.Errorf("%q", got.Notes)
		}
	})

	t.Run("an excerpt is cut between words, and that is said", func(t *testing.T) {
		d := s.article("cut", "Text.")
		d.Summary = strings.Repeat("Wörter und mehr ", 40)
		got, err := peer.Put(t.Context(), d, wire.Ref{})
		must(t, err)
		p := s.byID(t, got.ID)
		n, words := len([]rune(p.Excerpt)), regexp.MustCompile(`^(Wörter |und |mehr )*(Wörter|und|mehr)…$`)
		if n > 300 || n < 280 || !words.MatchString(p.Excerpt) {
			t.Errorf("%d %q", n, p.Excerpt)
		}
		if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "300 characters") {
			t.Errorf("%q", got.Notes)
		}
	})

	t.Run("taken back, and published again", func(t *testing.T) {
		e := s.article("back", "Text.")
		first, err := peer.Put(t.Context(), e, wire.Ref{})
		must(t, err)
		for _, ref := range []wire.Ref{first.Ref, {}} {
			must(t, peer.Remove(t.Context(), e, ref))
		}
		if p := s.byID(t, first.ID); p.Status != "draft" || p.HTML == "" {
			t.Errorf("%+v", p)
		}
		got, err := peer.Put(t.Context(), e, wire.Ref{})
		must(t, err)
		if p := s.byID(t, first.ID); got.Ref != first.Ref || p.Status != "published" || p.Email != nil {
			t.Errorf("%+v %+v", got, p)
		}
		s.call(t, "DELETE", "posts/"+first.ID+"/", nil, "")
		must(t, peer.Remove(t.Context(), e, first.Ref))
		got, err = peer.Put(t.Context(), e, first.Ref)
		must(t, err)
		if got.ID == first.ID || s.byID(t, got.ID).Status != "published" {
			t.Errorf("a post that was deleted there: %+v", got)
		}
	})
}

// TestPostsOfPeopleStayTheirs holds that nothing that a person did in Ghost is undone.
func TestPostsOfPeopleStayTheirs(t *testing.T) {
	s := start(t)
	peer := s.peer(nil)

	t.Run("a post without the mark is never touched", func(t *testing.T) {
		mine := s.call(t, "POST", "posts/", url.Values{"source": {"html"}},
			`{"posts":[{"title":"Mine","html":"<p>Mine.</p>","slug":"mine`+s.run+`","status":"published"}]}`)[0]
		m := s.article("mine", "Text.")
		ref := wire.Ref{ID: mine.ID, URL: mine.URL}
		_, err := peer.Put(t.Context(), m, ref)
		if f := fault(err); f == nil || f.Kind != wire.Refused || !strings.Contains(f.Message, m.Marker()) {
			t.Errorf("put: %v", err)
		}
		if f := fault(peer.Remove(t.Context(), m, ref)); f == nil || f.Kind != wire.Refused {
			t.Error("it was removed")
		}
		if p := s.byID(t, mine.ID); !strings.Contains(p.HTML, "Mine.") || p.Status != "published" {
			t.Errorf("%+v", p)
		}
	})

	t.Run("a draft stays public once a person has published it", func(t *testing.T) {
		drafts := s.peer(func(c *wire.Config) { c.Settings["status"] = "draft" })
		d := s.article("draft", "Text.")
		got, err := drafts.Put(t.Context(), d, wire.Ref{})
		must(t, err)
		p := s.byID(t, got.ID)
		if p.Status != "draft" {
			t.Errorf("%+v", p)
		}
		s.edit(t, p, `"status":"published"`)
		if _, err = drafts.Put(t.Context(), d, got.Ref); err != nil || s.byID(t, got.ID).Status != "published" {
			t.Errorf("%v", err)
		}
	})

	t.Run("a post that a person has scheduled stays scheduled, and that is said", func(t *testing.T) {
		drafts := s.peer(func(c *wire.Config) { c.Settings["status"] = "draft" })
		d := s.article("later", "Text.")
		first, err := drafts.Put(t.Context(), d, wire.Ref{})
		must(t, err)
		at := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
		s.edit(t, s.byID(t, first.ID), `"status":"scheduled","published_at":"`+at+`"`)
		got, err := peer.Put(t.Context(), d, first.Ref)
		must(t, err)
		if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "scheduled") || s.byID(t, first.ID).Status != "scheduled" {
			t.Errorf("%q", got.Notes)
		}
		must(t, peer.Remove(t.Context(), d, first.Ref))
		if p := s.byID(t, first.ID); p.Status != "draft" {
			t.Errorf("taken back: %+v", p)
		}
	})

	t.Run("two changes at once", func(t *testing.T) {
		e := s.article("twice", "Text.")
		first, err := peer.Put(t.Context(), e, wire.Ref{})
		must(t, err)
		e.Title = "Another title"
		_, err = s.peer(stale).Put(t.Context(), e, first.Ref)
		if f := fault(err); f == nil || f.Kind != wire.Again || !strings.Contains(f.Message, "at the same moment") {
			t.Errorf("%v", err)
		}
	})
}

func fault(err error) *wire.Fault {
	var f *wire.Fault
	errors.As(err, &f)
	return f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

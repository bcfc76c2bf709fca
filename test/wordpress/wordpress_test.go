package wordpress_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/extension/wordpress"
	"vellocity/internal/markdown"
)

// post is a post as WordPress shows it for editing.
type post struct {
	ID                      int64
	Slug, Status, Link      string
	Title, Content, Excerpt struct{ Raw, Rendered string }
	Cover                   int64 `json:"featured_media"`
}

// call asks WordPress itself.
func (s site) call(t *testing.T, user, method, route string, query url.Values, body string, into any) {
	t.Helper()
	address := s.url + "/?rest_route=" + url.QueryEscape("/wp/v2/"+route) + "&" + query.Encode()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	must(t, err)
	r.SetBasicAuth(user, s.passwords[user])
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, route, res.StatusCode, raw)
	}
	must(t, json.Unmarshal(raw, into))
}

// posts returns all posts, trashed ones included.
func (s site) posts(t *testing.T) (list []post) {
	t.Helper()
	s.call(t, "admin", "GET", "posts", url.Values{
		"context": {"edit"}, "status": {"publish,future,draft,pending,private,trash"}, "per_page": {"100"}, "exclude": {"1"},
	}, "", &list)
	return list
}

// peer connects as a user.
func (s site) peer(user string, change func(*wire.Config)) wire.Peer {
	c := wire.Config{
		Settings: map[string]string{"url": s.url + "/", "user": user, "status": "publish"},
		Secret:   domain.Secret(s.passwords[user]),
		HTTP:     &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Now:      time.Now,
	}
	if change != nil {
		change(&c)
	}
	return wordpress.Kind().Connect(c)
}

// article is an item with everything in it that gets lost somewhere.
func article(uuid, slug, body string) wire.Post {
	return wire.Post{
		Snapshot: domain.Snapshot{Title: `Salt & <b>pepper</b> “or” 'not'`, Slug: slug, Body: body, Summary: `One "way" & <another>`},
		UUID:     uuid, Key: "k", ContentID: 7, Version: 1, Type: domain.ContentBlog, HTML: markdown.HTML(body),
	}
}

const rich = "## Heads\n\nA [link](https://a.test/?a=1&b=2), `a < b`, [gallery] and a note[^1].\n\n" +
	"- [x] done\n- [ ] open\n\n" +
	"![alt](https://a.test/x.png)\n\n```go\nif a < b {\n\n\treturn\n}\n```\n\n| l | r |\n|:--|--:|\n| 1 | 2 |\n\n" +
	"3. three\n4. four\n\nZwölf Boxkämpfer 👩‍🚀 日本語\n\n[^1]: The note.\n"

// TestPosts holds one life of a post against WordPress itself: what it becomes there, in
// place, and gone.
func TestPosts(t *testing.T) {
	s := start(t)
	ada := s.peer("ada", nil)
	a := article("0a1b2c3d-0000-8000-8000-000000000001", "salt", rich)

	t.Run("created, whole and once", func(t *testing.T) {
		got, err := ada.Put(t.Context(), a, wire.Ref{})
		must(t, err)
		if len(got.Notes) > 0 {
			t.Errorf("WordPress changed it: %q", got.Notes)
		}
		list := s.posts(t)
		if len(list) != 1 || got.URL != list[0].Link || list[0].Status != "publish" || list[0].Slug != "salt" {
			t.Fatalf("%+v %+v", got, list)
		}
		p := list[0]
		if want := "Salt &amp; &lt;b&gt;pepper&lt;/b&gt;"; !strings.HasPrefix(p.Title.Rendered, want) {
			t.Errorf("the title is shown as %q", p.Title.Rendered)
		}
		for _, want := range []string{
			"☑", "☐", `<ol start="3">`, `align="right"`, `class="language-go"`, `href="#fn-1"`, `id="fn-1"`,
			"if a &lt; b {\n\n\treturn\n}", "Boxkämpfer 👩‍🚀 日本語", `src="https://a.test/x.png"`, "&#091;gallery]",
		} {
			if !strings.Contains(strings.ReplaceAll(p.Content.Raw, "&#91;", "&#091;"), want) {
				t.Errorf("without %q:\n%s", want, p.Content.Raw)
			}
		}
		if strings.Contains(p.Content.Rendered, "<br />\n") || strings.Contains(p.Content.Rendered, "<p></p>") {
			t.Errorf("WordPress adds paragraphs of its own:\n%s", p.Content.Rendered)
		}
	})

	t.Run("an answer that was lost makes no second post", func(t *testing.T) {
		b := article("0a1b2c3d-0000-8000-8000-000000000002", "lost", "Text.")
		lossy := s.peer("ada", func(c *wire.Config) { c.HTTP = &http.Client{Transport: losing{}} })
		_, err := lossy.Put(t.Context(), b, wire.Ref{})
		if f := fault(err); f == nil || f.Kind != wire.Again {
			t.Fatalf("%v", err)
		}
		got, err := ada.Put(t.Context(), b, wire.Ref{})
		must(t, err)
		if n := len(s.posts(t)); n != 2 || got.ID == "" {
			t.Errorf("%d posts, %+v", n, got)
		}
	})

	t.Run("updated in place", func(t *testing.T) {
		before := s.find(t, "salt")
		a.Title, a.HTML, a.Slug = "Another title", "<p>Another text.</p>", "pepper"
		got, err := ada.Put(t.Context(), a, wire.Ref{ID: id(before), URL: before.Link})
		must(t, err)
		after := s.find(t, "pepper")
		if after.ID != before.ID || got.ID != id(before) || !strings.Contains(after.Content.Raw, "Another text.") ||
			strings.Contains(after.Content.Raw, "Boxkämpfer") || after.Title.Raw != "Another title" {
			t.Errorf("%+v", after)
		}
	})

	t.Run("a slug that is taken is said", func(t *testing.T) {
		got, err := ada.Put(t.Context(), article("0a1b2c3d-0000-8000-8000-000000000003", "pepper", "Text."), wire.Ref{})
		must(t, err)
		if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], `"pepper-2"`) {
			t.Errorf("%q", got.Notes)
		}
	})

	t.Run("what the user may not write is said", func(t *testing.T) {
		c := article("0a1b2c3d-0000-8000-8000-000000000004", "frame", "Text.")
		c.HTML = `<p>Text.</p><iframe src="https://a.test"></iframe>`
		got, err := ada.Put(t.Context(), c, wire.Ref{})
		must(t, err)
		if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "1 <iframe>") {
			t.Errorf("ada: %q", got.Notes)
		}
		got, err = s.peer("admin", nil).Put(t.Context(), c, got.Ref)
		must(t, err)
		if len(got.Notes) != 0 {
			t.Errorf("admin: %q", got.Notes)
		}
	})

	t.Run("a post of others is never touched", func(t *testing.T) {
		var other post
		s.call(t, "ada", "POST", "posts", nil, `{"title":"Mine","content":"Mine.","slug":"mine","status":"publish"}`, &other)
		m := article("0a1b2c3d-0000-8000-8000-000000000005", "mine", "Text.")
		ref := wire.Ref{ID: id(other), URL: other.Link}
		_, err := ada.Put(t.Context(), m, ref)
		if f := fault(err); f == nil || f.Kind != wire.Refused || !strings.Contains(f.Message, m.Marker()) {
			t.Errorf("put: %v", err)
		}
		if f := fault(ada.Remove(t.Context(), m, ref)); f == nil || f.Kind != wire.Refused {
			t.Error("it was removed")
		}
		if p := s.find(t, "mine"); p.Content.Raw != "Mine." || p.Status != "publish" {
			t.Errorf("%+v", p)
		}
	})

	t.Run("taken back, and published again", func(t *testing.T) {
		p := s.find(t, "pepper")
		ref := wire.Ref{ID: id(p), URL: p.Link}
		for range 2 {
			must(t, ada.Remove(t.Context(), a, ref))
		}
		if p := s.byID(t, p.ID); p.Status != "trash" {
			t.Errorf("%+v", p)
		}
		got, err := ada.Put(t.Context(), a, ref)
		must(t, err)
		if now := s.byID(t, p.ID); now.Status != "publish" || got.ID != ref.ID {
			t.Errorf("%+v %+v", got, now)
		}
		var gone struct{ Deleted bool }
		s.call(t, "admin", "DELETE", "posts/"+id(p), url.Values{"force": {"true"}}, "", &gone)
		must(t, ada.Remove(t.Context(), a, ref))
		got, err = ada.Put(t.Context(), a, ref)
		must(t, err)
		if got.ID == ref.ID || s.find(t, a.Slug).Status != "publish" {
			t.Errorf("a post that was deleted there: %+v", got)
		}
	})

	t.Run("a draft stays public once a person has published it", func(t *testing.T) {
		drafts := s.peer("ada", func(c *wire.Config) { c.Settings["status"] = "draft" })
		d := article("0a1b2c3d-0000-8000-8000-000000000006", "draft", "Text.")
		got, err := drafts.Put(t.Context(), d, wire.Ref{})
		must(t, err)
		if p := s.find(t, "draft"); p.Status != "draft" {
			t.Errorf("%+v", p)
		}
		var p post
		s.call(t, "ada", "POST", "posts/"+got.ID, nil, `{"status":"publish"}`, &p)
		if _, err = drafts.Put(t.Context(), d, got.Ref); err != nil || s.find(t, "draft").Status != "publish" {
			t.Errorf("%v", err)
		}
	})

	t.Run("images", func(t *testing.T) { pictures(t, s) })
	t.Run("checks", func(t *testing.T) { checks(t, s) })
}

// checks holds what a person reads about settings that are wrong.
func checks(t *testing.T, s site) {
	for _, c := range []struct {
		name, user string
		change     func(*wire.Config)
		says       string
		kind       wire.FaultKind
	}{
		{"author", "ada", nil, "", 0},
		{"contributor", "carl", nil, "may not publish posts", wire.Settings},
		{"contributor with drafts", "carl", func(c *wire.Config) { c.Settings["status"] = "draft" }, "", 0},
		{"wrong password", "ada", func(c *wire.Config) { c.Secret = "wrong" }, "did not accept the user name", wire.Settings},
		{"unknown user", "eve", nil, "did not accept the user name", wire.Settings},
		{"no WordPress", "ada", func(c *wire.Config) { c.Settings["url"] = s.url + "/readme.html?x=" }, "REST API does not answer", wire.Settings},
		{"nobody there", "ada", func(c *wire.Config) { c.Settings["url"] = "http://127.0.0.1:1" }, "cannot be reached", wire.Again},
	} {
		who, err := s.peer(c.user, c.change).Check(t.Context())
		f := fault(err)
		switch {
		case c.says == "" && (err != nil || !strings.Contains(who, "on "+s.url)):
			t.Errorf("%s: %q %v", c.name, who, err)
		case c.says != "" && (f == nil || f.Kind != c.kind || !strings.Contains(f.Message, c.says)):
			t.Errorf("%s: %v", c.name, err)
		}
		for _, secret := range []string{s.passwords["ada"], base64.StdEncoding.EncodeToString([]byte("ada:" + s.passwords["ada"]))} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the password is in %v", c.name, err)
			}
		}
	}
	no := article("0a1b2c3d-0000-8000-8000-000000000009", "no", "Text.")
	_, err := s.peer("carl", nil).Put(t.Context(), no, wire.Ref{})
	if f := fault(err); f == nil || f.Kind != wire.Settings || !strings.Contains(f.Message, "role Author") {
		t.Errorf("a contributor publishes: %v", err)
	}
}

func fault(err error) *wire.Fault {
	var f *wire.Fault
	errors.As(err, &f)
	return f
}

func id(p post) string { b, _ := json.Marshal(p.ID); return string(b) }

func (s site) find(t *testing.T, slug string) post {
	t.Helper()
	list := s.posts(t)
	i := slices.IndexFunc(list, func(p post) bool { return p.Slug == slug })
	if i < 0 {
		t.Fatalf("there is no post %q: %+v", slug, list)
	}
	return list[i]
}

func (s site) byID(t *testing.T, id int64) post {
	t.Helper()
	list := s.posts(t)
	i := slices.IndexFunc(list, func(p post) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("there is no post %d", id)
	}
	return list[i]
}

// losing carries out requests that change something, and loses their answers.
type losing struct{}

func (losing) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.Method == http.MethodGet {
		return res, err
	}
	_ = res.Body.Close()
	return nil, context.DeadlineExceeded
}

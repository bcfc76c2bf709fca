package mastodon_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/mastodon"
	"vellocity/internal/extension/wire"
	"vellocity/internal/markdown"
)

const token = "canary-token"

type status struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	Content string `json:"content"`
	ReplyTo string `json:"-"`
}

// instance answers as Mastodon's documentation says.
type instance struct {
	posts   []status
	made    int
	keys    map[string]string // what an Idempotency-Key has made
	lose    bool              // the answer of the next post gets lost
	max     int
	created []map[string]any
}

func (s *instance) at(id string) int {
	for i, p := range s.posts {
		if p.ID == id {
			return i
		}
	}
	return -1
}

func (s *instance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	say := func(code int, body any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(body)
	}
	if r.Header.Get("Authorization") != "Bearer "+token {
		say(401, map[string]string{"error": "The access token is invalid"})
		return
	}
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	text, _ := in["status"].(string)
	blocks := strings.NewReplacer("\n\n", "</p><p>", "\n", "<br />")
	content := "<p>" + blocks.Replace(html.EscapeString(text)) + "</p>"
	id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case r.URL.Path == "/api/v1/accounts/verify_credentials":
		say(200, map[string]string{"id": "9", "acct": "ada"})
	case r.URL.Path == "/api/v2/instance":
		say(200, map[string]any{"configuration": map[string]any{"statuses": map[string]int{
			"max_characters": s.max, "characters_reserved_per_url": 23,
		}}})
	case r.URL.Path == "/api/v1/accounts/9/statuses":
		list := []map[string]any{}
		for _, p := range s.posts {
			one := map[string]any{"id": p.ID, "url": p.URL, "content": p.Content, "in_reply_to_id": nil}
			if p.ReplyTo != "" {
				one["in_reply_to_id"] = p.ReplyTo
			}
			list = append([]map[string]any{one}, list...)
		}
		say(200, list)
	case r.Method == http.MethodPost:
		key := r.Header.Get("Idempotency-Key")
		if i := s.at(s.keys[key]); i >= 0 {
			say(200, s.posts[i])
			return
		}
		s.made++
		p := status{ID: strconv.Itoa(s.made), URL: fmt.Sprintf("https://m.test/@ada/%d", s.made), Content: content}
		p.ReplyTo, _ = in["in_reply_to_id"].(string)
		s.posts = append(s.posts, p)
		s.keys[key] = p.ID
		s.created = append(s.created, in)
		say(200, p)
	case s.at(id) < 0:
		say(404, map[string]string{"error": "Record not found"})
	case r.Method == http.MethodPut:
		s.posts[s.at(id)].Content = content
		say(200, s.posts[s.at(id)])
	case r.Method == http.MethodDelete:
		i := s.at(id)
		gone := s.posts[i]
		s.posts = append(s.posts[:i], s.posts[i+1:]...)
		say(200, gone)
	}
}

func start(t *testing.T) (*instance, wire.Peer) {
	t.Helper()
	double := &instance{keys: map[string]string{}, max: 500}
	s := httptest.NewServer(double)
	t.Cleanup(s.Close)
	return double, mastodon.Kind().Connect(wire.Config{
		Settings: map[string]string{"url": s.URL, "visibility": "unlisted"}, Secret: token,
		HTTP: &http.Client{Transport: losing{double}}, Now: time.Now,
	})
}

// losing loses the answer of a post that was carried out.
type losing struct{ *instance }

func (l losing) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.Method != http.MethodPost || !l.lose {
		return res, err
	}
	l.lose = false
	_ = res.Body.Close()
	return nil, context.DeadlineExceeded
}

func connect(address string, secret domain.Secret) wire.Peer {
	return mastodon.Kind().Connect(wire.Config{
		Settings: map[string]string{"url": address, "visibility": "unlisted"}, Secret: secret, HTTP: http.DefaultClient, Now: time.Now,
	})
}

func post(text string) wire.Post {
	return wire.Post{
		Snapshot: domain.Snapshot{Title: "T", Body: text, Language: "de-AT"}, UUID: "0a1b", Key: "0a1b-1-1",
		Type: domain.ContentSocial, HTML: markdown.HTML(text),
	}
}

// TestPosts follows a post: an answer that was lost, in place, longer, shorter, gone.
func TestPosts(t *testing.T) {
	double, peer := start(t)
	p := post("Erster Absatz & mehr.\n\nZweiter: [hier](https://a.test/" + strings.Repeat("x", 490) + ") #Tag")
	for name, forget := range map[string]bool{"within an hour": false, "later": true} {
		double.lose = true
		if _, err := peer.Put(t.Context(), p, wire.Ref{}); err == nil {
			t.Fatal("the answer is not lost")
		}
		if forget {
			double.keys = map[string]string{}
		}
		got, err := peer.Put(t.Context(), p, wire.Ref{})
		if err != nil || len(double.posts) != 1 || got.URL == "" {
			t.Fatalf("%s: %d posts, %+v %v", name, len(double.posts), got, err)
		}
		if err := peer.Remove(t.Context(), p, got.Ref); err != nil || len(double.posts) != 0 {
			t.Fatal(err, double.posts)
		}
		double.keys = map[string]string{}
	}
	if in := double.created[0]; in["visibility"] != "unlisted" || in["language"] != "de" {
		t.Errorf("%v", in)
	}
	got, err := peer.Put(t.Context(), p, wire.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	long, err := peer.Put(t.Context(), post(strings.Repeat("Ein Satz mit einigen Wörtern. ", 40)), got.Ref)
	if err != nil || len(strings.Fields(long.ID)) != 3 || !strings.HasPrefix(long.ID, got.ID+" ") ||
		len(double.posts) != 3 {
		t.Fatalf("a thread: %+v %v", long, err)
	}
	if double.posts[1].ReplyTo != double.posts[0].ID || double.posts[2].ReplyTo != double.posts[1].ID {
		t.Errorf("%+v", double.posts)
	}
	double.posts = double.posts[1:] // somebody has deleted the first one there
	short, err := peer.Put(t.Context(), p, long.Ref)
	if err != nil || len(double.posts) != 1 || len(strings.Fields(short.ID)) != 1 {
		t.Errorf("shorter: %+v %v %+v", short, err, double.posts)
	}
	for _, ref := range []wire.Ref{short.Ref, short.Ref, {}} {
		if err := peer.Remove(t.Context(), p, ref); err != nil || len(double.posts) != 0 {
			t.Errorf("%v %+v", err, double.posts)
		}
	}
}

// TestFaults says what is wrong, and never the token.
func TestFaults(t *testing.T) {
	double, peer := start(t)
	double.max = 5000
	said, err := peer.Check(t.Context())
	if err != nil || !strings.HasPrefix(said, "@ada on ") || !strings.Contains(said, "5000") {
		t.Errorf("%q %v", said, err)
	}
	s := httptest.NewServer(double)
	defer s.Close()
	for name, tc := range map[string]struct {
		peer wire.Peer
		kind wire.FaultKind
		says string
	}{
		"token":  {connect(s.URL, "canary-wrong"), wire.Settings, "did not accept the access token"},
		"nobody": {connect("http://127.0.0.1:1", token), wire.Again, "cannot be reached"},
	} {
		_, err := tc.peer.Check(t.Context())
		var f *wire.Fault
		if !errors.As(err, &f) || f.Kind != tc.kind || !strings.Contains(f.Message, tc.says) ||
			strings.Contains(f.Message, "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package bluesky_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"vellocity/internal/domain"
	"vellocity/internal/extension/bluesky"
	"vellocity/internal/extension/wire"
	"vellocity/internal/markdown"
)

const password = "abcd-canary-ijkl-mnop"

// pds answers as a Bluesky server does: what is here was recorded from one of version 0.5.35.
type pds struct {
	t       *testing.T
	records map[string]map[string]any
	writes  int
}

func (s *pds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	say := func(status int, body any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	procedure := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	if procedure == "com.atproto.server.createSession" {
		if in["password"] != password || in["identifier"] != "ada.test" {
			say(401, map[string]string{"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
			return
		}
		say(200, map[string]string{"accessJwt": "token", "refreshJwt": "r", "did": "did:plc:ada", "handle": "ada.test"})
		return
	}
	if r.Header.Get("Authorization") != "Bearer token" {
		say(401, map[string]string{"error": "AuthMissing", "message": "Authentication Required"})
		return
	}
	rkey, _ := in["rkey"].(string)
	if !regexp.MustCompile(`^[234567abcdefghij][234567a-z]{12}$`).MatchString(rkey) {
		s.t.Errorf("%q is no TID", rkey)
	}
	switch procedure {
	case "com.atproto.repo.putRecord":
		record := in["record"].(map[string]any)
		if n := uniseg.GraphemeClusterCount(record["text"].(string)); n > 300 {
			big := fmt.Sprintf("grapheme too big (maximum 300, got %d)", n)
			say(400, map[string]string{"error": "InvalidRequest", "message": big})
			return
		}
		text, _ := json.Marshal(record)
		if was, _ := json.Marshal(s.records[rkey]); string(was) != string(text) {
			s.writes++
		}
		s.records[rkey] = record
		say(200, map[string]string{"uri": "at://did:plc:ada/app.bsky.feed.post/" + rkey, "cid": "cid-" + rkey})
	case "com.atproto.repo.deleteRecord":
		delete(s.records, rkey)
		say(200, struct{}{})
	default:
		say(501, map[string]string{"error": "MethodNotImplemented", "message": procedure})
	}
}

func connect(address, handle string, secret domain.Secret) wire.Peer {
	return bluesky.Kind().Connect(wire.Config{
		Settings: map[string]string{"identifier": handle, "url": address}, Secret: secret, HTTP: http.DefaultClient, Now: time.Now,
	})
}

func post(uuid, text string) wire.Post {
	return wire.Post{
		Snapshot: domain.Snapshot{Title: "T", Body: text, Language: "de"}, UUID: uuid, Key: uuid + "-1-1", ContentID: 7, Version: 1,
		Type: domain.ContentSocial, HTML: markdown.HTML(text), At: time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC),
	}
}

// server returns the address, handle and password of a real server, where one is given, else a
// double.
func server(t *testing.T) (address string, handle string, secret domain.Secret, double *pds) {
	t.Helper()
	if address = os.Getenv("BLUESKY_TEST_URL"); address != "" {
		return address, os.Getenv("BLUESKY_TEST_HANDLE"), domain.Secret(os.Getenv("BLUESKY_TEST_PASSWORD")), nil
	}
	double = &pds{t: t, records: map[string]map[string]any{}}
	s := httptest.NewServer(double)
	t.Cleanup(s.Close)
	return s.URL, "ada.test", password, double
}

// shown returns what a server shows at an address of the form at://did/collection/key.
func shown(t *testing.T, address, uri string, double *pds) map[string]any {
	t.Helper()
	parts := strings.Split(strings.TrimPrefix(uri, "at://"), "/")
	if double != nil {
		return double.records[parts[2]]
	}
	query := "?repo=" + parts[0] + "&collection=" + parts[1] + "&rkey=" + parts[2]
	res, err := http.Get(address + "/xrpc/com.atproto.repo.getRecord" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	var got struct{ Value map[string]any }
	_ = json.Unmarshal(raw, &got)
	return got.Value
}

// TestPosts follows a post: its links and tags by bytes, sent twice, longer, shorter, gone.
func TestPosts(t *testing.T) {
	address, handle, secret, double := server(t)
	peer := connect(address, handle, secret)
	p := post("0a1b2c3d-0000-8000-8000-000000000001", "Größe 👩‍🚀 zählt: https://a.test/ä?x=1. #Über\n\nEnde.")
	var first wire.Receipt
	for i := range 2 {
		got, err := peer.Put(t.Context(), p, wire.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && got.Ref != first.Ref {
			t.Errorf("a second post: %+v, %+v", got, first)
		}
		first = got
	}
	uri, _, _ := strings.Cut(first.ID, " ")
	r := shown(t, address, uri, double)
	text, _ := r["text"].(string)
	if text != "Größe 👩‍🚀 zählt: https://a.test/ä?x=1. #Über\n\nEnde." || fmt.Sprint(r["langs"]) != "[de]" {
		t.Errorf("%+v", r)
	}
	var found []string
	list, _ := r["facets"].([]any)
	for _, f := range list {
		index := f.(map[string]any)["index"].(map[string]any)
		found = append(found, text[int(index["byteStart"].(float64)):int(index["byteEnd"].(float64))])
	}
	if strings.Join(found, " ") != "https://a.test/ä?x=1 #Über" {
		t.Errorf("facets %q", found)
	}
	if double != nil && double.writes != 1 {
		t.Errorf("%d writes", double.writes)
	}
	long := post(p.UUID, strings.Repeat("Ein Satz mit einigen Wörtern. ", 32))
	got, err := peer.Put(t.Context(), long, first.Ref)
	if err != nil || !strings.HasSuffix(got.ID, " 4") || len(got.Notes) != 1 {
		t.Errorf("a thread: %+v %v", got, err)
	}
	if double != nil && len(double.records) != 4 {
		t.Errorf("%d posts", len(double.records))
	}
	if got, err = peer.Put(t.Context(), p, got.Ref); err != nil || !strings.HasSuffix(got.ID, " 1") {
		t.Errorf("shorter: %+v %v", got, err)
	}
	for _, ref := range []wire.Ref{got.Ref, {}} {
		if err := peer.Remove(t.Context(), p, ref); err != nil {
			t.Error(err)
		}
	}
	if r := shown(t, address, uri, double); r != nil {
		t.Errorf("still there: %v", r)
	}
}

// TestFaults says what is wrong, and never the password.
func TestFaults(t *testing.T) {
	address, handle, secret, _ := server(t)
	said, err := connect(address, handle, secret).Check(t.Context())
	if err != nil || !strings.HasPrefix(said, "@"+handle) {
		t.Errorf("%q %v", said, err)
	}
	for name, tc := range map[string]struct {
		peer wire.Peer
		kind wire.FaultKind
		says string
	}{
		"password": {connect(address, handle, "canary-wrong"), wire.Settings, "did not accept"},
		"nobody":   {connect("http://127.0.0.1:1", handle, secret), wire.Again, "cannot be reached"},
	} {
		_, err := tc.peer.Check(t.Context())
		var f *wire.Fault
		if !errors.As(err, &f) || f.Kind != tc.kind || !strings.Contains(f.Message, tc.says) ||
			strings.Contains(f.Message, "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = connect(address, handle, secret).Put(t.Context(), post("0a1b", strings.Repeat("Wort ", 5000)), wire.Ref{})
	var f *wire.Fault
	if !errors.As(err, &f) || f.Kind != wire.Refused {
		t.Errorf("too long: %v", err)
	}
}

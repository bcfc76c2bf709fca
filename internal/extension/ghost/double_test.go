package ghost_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// doubleKey is the Admin API key of the double.
const doubleKey = "6b0c0e531ff2bf633825388d:cc780dc134a366e56c7a5dab2958cc04518c87b48f00fabd1317a9294be4621b"

// double answers as Ghost's Admin API does: what it says was recorded from version 6.65.0.
type double struct {
	t     *testing.T
	url   string
	posts []map[string]any
	tags  []map[string]any
	made  int

	uploads int
}

// failure writes an error as Ghost does.
func failure(w http.ResponseWriter, status int, kind, code, message, context string) {
	e := map[string]any{"message": message, "context": nil, "type": kind, "code": nil, "details": nil}
	if code != "" {
		e["code"] = code
	}
	if context != "" {
		e["context"] = context
	}
	answer(w, status, map[string]any{"errors": []any{e}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Version", "v6.65")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, ok := strings.CutPrefix(r.URL.Path, "/ghost/api/admin/")
	if !ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<!DOCTYPE html><title>404 — Page not found</title>"))
		return
	}
	if r.Header.Get("Accept-Version") == "" {
		d.t.Error("a request without Accept-Version")
	}
	query := r.URL.Query()
	if query.Has("newsletter") || query.Has("email_segment") {
		d.t.Errorf("%s would send a newsletter", r.URL)
	}
	if !d.signedIn(w, r) {
		return
	}
	id := strings.Trim(strings.TrimPrefix(route, "posts/"), "/")
	switch {
	case r.Method == http.MethodGet && route == "site/":
		answer(w, 200, map[string]any{"site": map[string]any{"title": "A test site", "url": d.url, "version": "6.65"}})
	case r.Method == http.MethodGet && route == "posts/":
		answer(w, 200, map[string]any{"posts": filter(d.posts, query.Get("filter"))})
	case r.Method == http.MethodGet && route == "tags/":
		answer(w, 200, map[string]any{"tags": filter(d.tags, query.Get("filter"))})
	case r.Method == http.MethodPost && route == "images/upload/":
		d.upload(w, r)
	case r.Method == http.MethodPost && route == "posts/":
		d.create(w, r)
	case r.Method == http.MethodPut && strings.HasPrefix(route, "posts/"):
		d.edit(w, r, id)
	case r.Method == http.MethodDelete && strings.HasPrefix(route, "posts/"):
		d.posts = slices.DeleteFunc(d.posts, func(p map[string]any) bool { return p["id"] == id })
		w.WriteHeader(http.StatusNoContent)
	default:
		failure(w, 404, "NotFoundError", "", "Resource not found", "")
	}
}

// upload takes an image, as Ghost does.
func (d *double) upload(w http.ResponseWriter, r *http.Request) {
	f, h, err := r.FormFile("file")
	if err != nil || r.FormValue("purpose") != "image" || h.Header.Get("Content-Type") != "image/png" {
		failure(w, 415, "UnsupportedMediaTypeError", "", "Please select a valid image.", "")
		return
	}
	_ = f.Close()
	d.uploads++
	answer(w, 201, map[string]any{"images": []any{map[string]any{
		"url": fmt.Sprintf("%s/content/images/2026/11/%d-%s", d.url, d.uploads, h.Filename), "ref": r.FormValue("ref"),
	}}})
}

// signedIn checks the token of a request, as Ghost does.
func (d *double) signedIn(w http.ResponseWriter, r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Ghost ")
	parts := strings.Split(token, ".")
	var head struct{ Alg, Typ, Kid string }
	var claims struct {
		Aud      string
		Iat, Exp int64
	}
	if len(parts) != 3 || part(parts[0], &head) != nil || part(parts[1], &claims) != nil || head.Alg != "HS256" ||
		claims.Aud != "/admin/" || claims.Exp > claims.Iat+300 {
		failure(w, 400, "BadRequestError", "INVALID_JWT", "Invalid token", "")
		return false
	}
	id, secret, _ := strings.Cut(doubleKey, ":")
	if head.Kid != id {
		failure(w, 401, "UnauthorizedError", "UNKNOWN_ADMIN_API_KEY", "Unknown Admin API Key", "")
		return false
	}
	key, _ := hex.DecodeString(secret)
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(parts[0] + "." + parts[1]))
	given, _ := base64.RawURLEncoding.DecodeString(parts[2])
	switch {
	case !hmac.Equal(given, mac.Sum(nil)):
		failure(w, 401, "UnauthorizedError", "INVALID_JWT", "Invalid token: invalid signature", "")
	case time.Now().Unix() >= claims.Exp:
		failure(w, 401, "UnauthorizedError", "INVALID_JWT", "Invalid token: jwt expired", "")
	default:
		return true
	}
	return false
}

func part(text string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

var term = regexp.MustCompile(`(\w+):(~?)'((?:[^'\\]|\\.)*)'`)

// filter returns what has one of the terms of a filter, in Ghost's language.
func filter(list []map[string]any, text string) []map[string]any {
	out := []map[string]any{}
	for _, x := range list {
		found := text == ""
		for _, t := range term.FindAllStringSubmatch(text, -1) {
			has, _ := x[t[1]].(string)
			want := strings.ReplaceAll(t[3], `\`, "")
			if t[2] == "~" {
				found = found || strings.Contains(strings.ToLower(has), strings.ToLower(want))
			} else {
				found = found || has == want
			}
		}
		if found {
			out = append(out, x)
		}
	}
	return out
}

func (d *double) id() string {
	d.made++
	return fmt.Sprintf("6b0c0e641ff2bf63382%05x", d.made)
}

func (d *double) create(w http.ResponseWriter, r *http.Request) {
	p := map[string]any{
		"id": d.id(), "status": "draft", "slug": "untitled", "html": nil, "custom_excerpt": nil, "meta_title": nil,
		"meta_description": nil, "codeinjection_foot": nil, "tags": []any{}, "email": nil,
	}
	if d.set(w, r, p, "save") {
		d.posts = append(d.posts, p)
		answer(w, 201, map[string]any{"posts": []any{p}})
	}
}

func (d *double) edit(w http.ResponseWriter, r *http.Request, id string) {
	i := slices.IndexFunc(d.posts, func(p map[string]any) bool { return p["id"] == id })
	if i < 0 {
		failure(w, 404, "NotFoundError", "", "Resource not found error, cannot edit post.", "Post not found.")
		return
	}
	if d.set(w, r, d.posts[i], "edit") {
		answer(w, 200, map[string]any{"posts": []any{d.posts[i]}})
	}
}

// set changes a post as a request says; what Ghost refuses it refuses.
func (d *double) set(w http.ResponseWriter, r *http.Request, p map[string]any, verb string) bool {
	var in struct{ Posts []map[string]any }
	_ = json.NewDecoder(r.Body).Decode(&in)
	send := in.Posts[0]
	invalid := func(why string) bool {
		failure(w, 422, "ValidationError", "", "Validation error, cannot "+verb+" post.", why)
		return false
	}
	text := func(name string) string { s, _ := send[name].(string); return s }
	was, _ := p["updated_at"].(time.Time)
	at, err := time.Parse(time.RFC3339, text("updated_at"))
	switch {
	case verb == "edit" && err != nil:
		return invalid("Validation failed for 0.")
	case verb == "edit" && !at.Equal(was):
		const said = "Saving failed! Someone else is editing this post."
		failure(w, 409, "UpdateCollisionError", "UPDATE_COLLISION", said, said)
		return false
	case len([]rune(text("title"))) > 255:
		return invalid("Value in [posts.title] exceeds maximum length of 255 characters. posts.title")
	case len([]rune(text("custom_excerpt"))) > 300:
		return invalid("Validation failed for custom_excerpt.")
	}
	for name, value := range send {
		switch {
		case name == "updated_at", name == "html" && r.URL.Query().Get("source") != "html": // ignored without a word
		case name == "tags":
			p["tags"] = d.tagged(value)
		case name == "html":
			p["html"] = d.edited(text("html"))
		case name == "slug":
			p["slug"] = d.free(text("slug"), p["id"])
		case value == "":
			p[name] = nil
		default:
			p[name] = value
		}
	}
	p["updated_at"] = was.Add(time.Second)
	if was.IsZero() {
		p["updated_at"] = time.Date(2026, 11, 29, 11, 37, 8, 0, time.UTC)
	}
	p["url"] = d.url + "/" + p["slug"].(string) + "/"
	if p["status"] == "draft" {
		p["url"] = d.url + "/p/1db5c599-1a86-4697-992f-8ff589b4e98d/"
	}
	return true
}

// tagged returns the tags that a post gets: Ghost compares names exactly, and creates the others.
func (d *double) tagged(value any) []any {
	var out []any
	for _, x := range value.([]any) {
		t := x.(map[string]any)
		i := slices.IndexFunc(d.tags, func(have map[string]any) bool { return have["name"] == t["name"] })
		if i < 0 {
			d.tags = append(d.tags, map[string]any{"id": d.id(), "name": t["name"]})
			i = len(d.tags) - 1
		}
		out = append(out, d.tags[i])
	}
	return out
}

// edited is what Ghost's editor makes of a text: of the article in the tests what it made of it.
func (d *double) edited(html string) string {
	if strings.Contains(html, "Boxkämpfer") {
		text, err := os.ReadFile("testdata/rich.html")
		if err != nil {
			d.t.Error(err)
		}
		return string(text)
	}
	return regexp.MustCompile(`<iframe.*?</iframe>`).ReplaceAllString(html, "")
}

func (d *double) free(slug string, id any) string {
	for n := 1; ; n++ {
		try := slug
		if n > 1 {
			try = fmt.Sprintf("%s-%d", slug, n)
		}
		if !slices.ContainsFunc(d.posts, func(p map[string]any) bool { return p["slug"] == try && p["id"] != id }) {
			return try
		}
	}
}

// address joins an address and a query.
func address(base, route string, query url.Values) string {
	return base + "/ghost/api/admin/" + route + "?" + query.Encode()
}

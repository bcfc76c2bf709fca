package ghost

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

type site struct{ wire.Config }

// post is a post as the Admin API shows it.
type post struct {
	ID              string    `json:"id"`
	Slug            string    `json:"slug"`
	Status          string    `json:"status"`
	URL             string    `json:"url"`
	Title           string    `json:"title"`
	HTML            string    `json:"html"`
	Excerpt         string    `json:"custom_excerpt"`
	MetaTitle       string    `json:"meta_title"`
	MetaDescription string    `json:"meta_description"`
	Foot            string    `json:"codeinjection_foot"`
	UpdatedAt       time.Time `json:"updated_at"`
	Tags            []tag     `json:"tags"`
	Cover           string    `json:"feature_image"`
	CoverAlt        string    `json:"feature_image_alt"`
}

// marked reports whether the post shows the item of p: the marker is in the code that Ghost
// adds to the end of the page, where neither readers nor those who edit the text see it.
func (g post) marked(p wire.Post) bool { return strings.Contains(g.Foot, p.Marker()) }

func (g post) ref() wire.Ref { return wire.Ref{ID: g.ID, URL: g.URL} }

type tag struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
}

// What Ghost calls the status of a post. Others are "scheduled", and "sent" for one that went
// out by e-mail alone.
const (
	isPublished = "published"
	isDraft     = "draft"
)

// version is the oldest version of the Admin API that everything here was written for; newer
// ones answer alike.
const version = "v5.0"

// call carries out a request and reads its JSON.
func (s *site) call(ctx context.Context, method, route string, query url.Values, body, into any) error {
	token, ok := sign(s.Secret, s.Now())
	if !ok {
		return wire.Faultf(wire.Settings, "The Admin API key is incomplete. Copy the whole key, with its colon.")
	}
	in := wire.Request{
		Method: method,
		URL:    base(s.Settings["url"]) + "/ghost/api/admin/" + route,
		Header: http.Header{"Authorization": {"Ghost " + token}, "Accept-Version": {version}},
		Body:   body,
	}
	if f, ok := body.(form); ok {
		in.Body = f.data
		in.Header.Set("Content-Type", f.mediaType)
	}
	if len(query) > 0 {
		in.URL += "?" + query.Encode()
	}
	res, err := wire.Do(ctx, s.HTTP, in)
	if err != nil {
		return err
	}
	if !res.OK() {
		return refusal(res)
	}
	if !strings.Contains(res.Header.Get("Content-Type"), "json") { // a page of whatever is there
		return noAPI()
	}
	return res.Decode(into)
}

// save creates or changes a post, and returns what became of it.
func (s *site) save(ctx context.Context, method, route string, send map[string]any) (post, error) {
	var now struct{ Posts []post }
	query := url.Values{"source": {"html"}, "formats": {"html"}}
	err := s.call(ctx, method, route, query, map[string]any{"posts": []any{send}}, &now)
	if err == nil && len(now.Posts) != 1 {
		err = noAPI()
	}
	if err != nil {
		return post{}, err
	}
	return now.Posts[0], nil
}

// posts lists posts of every status, without their texts.
func (s *site) posts(ctx context.Context, query url.Values) ([]post, error) {
	query.Set("fields", "id,slug,status,url,codeinjection_foot,updated_at,feature_image")
	query.Set("include", "tags")
	var list struct{ Posts *[]post }
	if err := s.call(ctx, http.MethodGet, "posts/", query, nil, &list); err != nil {
		return nil, err
	}
	if list.Posts == nil {
		return nil, noAPI()
	}
	return *list.Posts, nil
}

// quote writes a text in Ghost's filter language.
func quote(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }

// base returns the address of a site without what people copy along, such as /ghost/#/settings.
func base(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return address
	}
	u.RawQuery, u.Fragment, u.RawFragment = "", "", ""
	path, _, _ := strings.Cut(u.Path+"/", "/ghost/")
	u.Path, u.RawPath = strings.TrimRight(path, "/"), ""
	return u.String()
}

// parts returns the two parts of a key.
func parts(key domain.Secret) (id string, secret []byte, ok bool) {
	id, text, _ := strings.Cut(strings.TrimSpace(key.Reveal()), ":")
	_, err := hex.DecodeString(id)
	secret, err2 := hex.DecodeString(text)
	return id, secret, err == nil && err2 == nil && len(id) == 24 && len(secret) == 32
}

// validity is how long a token may be used, which is the most that Ghost allows.
const validity = 5 * time.Minute

// sign makes a token for one request: a JSON Web Token (RFC 7519) signed with HMAC SHA-256
// (RFC 7518, section 3.2), as Ghost's Admin API wants it.
func sign(key domain.Secret, now time.Time) (string, bool) {
	id, secret, ok := parts(key)
	if !ok {
		return "", false
	}
	part := func(claims map[string]any) string {
		text, _ := json.Marshal(claims) // strings and numbers
		return base64.RawURLEncoding.EncodeToString(text)
	}
	token := part(map[string]any{"alg": "HS256", "typ": "JWT", "kid": id}) + "." + part(map[string]any{
		"iat": now.Unix(), "exp": now.Add(validity).Unix(), "aud": "/admin/",
	})
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(token))
	return token + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), true
}

// noAPI is the fault of an address at which something else answers.
func noAPI() *wire.Fault {
	return wire.Faultf(wire.Settings, "Ghost's Admin API does not answer at this address. Enter the address of the "+
		"site, or the one that Ghost's admin area has where that is another.")
}

// failure is one of the errors of an answer.
type failure struct {
	Message, Type, Code string
	Context             any // a sentence with more; in some answers something else
}

// said returns what is worth showing.
func (f failure) said() string {
	if more, ok := f.Context.(string); ok && more != "" {
		return more
	}
	return f.Message
}

// refusal sorts Ghost's errors by their status and code.
func refusal(res wire.Response) *wire.Fault {
	var body struct{ Errors []failure }
	_ = json.Unmarshal(res.Body, &body) // a proxy's error has no JSON; its status says enough
	var f failure
	if len(body.Errors) > 0 {
		f = body.Errors[0]
	}
	switch {
	case f.Code == "UPDATE_COLLISION":
		return wire.Faultf(wire.Again, "Somebody changed the post in Ghost at the same moment.")
	case f.Code == "INVALID_JWT" && strings.Contains(f.Message+f.said(), "expired"),
		f.Code == "INVALID_JWT" && strings.Contains(f.Message+f.said(), "maxAge"):
		return wire.Faultf(wire.Settings, "Ghost says that the token has expired. The clocks of this server and of Ghost's "+
			"differ by more than 5 minutes: set them right.")
	case res.Status == http.StatusUnauthorized && f.Type != "":
		return wire.Faultf(wire.Settings, "Ghost did not accept the Admin API key. Copy it again under Settings > "+
			"Integrations. Ghost says: %s", f.said())
	case res.Status == http.StatusForbidden && f.Type == "NoPermissionError":
		return wire.Faultf(wire.Settings, "The key may not do that in Ghost. Use the Admin API key of a custom integration. "+
			"Ghost says: %s", f.said())
	case res.Status == http.StatusNotFound && f.Type == "", res.Status == http.StatusMethodNotAllowed:
		return noAPI()
	case res.Status == http.StatusNotAcceptable:
		return wire.Faultf(wire.Settings, "This version of Ghost has no Admin API %s. Update Ghost. It says: %s",
			version, f.said())
	}
	return wire.Refusal(res, f.said())
}

package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"vellocity/internal/extension/wire"
)

type account struct{ wire.Config }

// limits are those of a server.
type limits struct{ characters, link, images, imageBytes int }

// usual are Mastodon's own.
func usual() limits { return limits{mostCharacters, linkLength, mostImages, mostImageBytes} }

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// count counts characters as the server does, where every link is equally long.
func (l limits) count(text string) int {
	n := 0
	text = address.ReplaceAllStringFunc(text, func(string) string { n += l.link; return "" })
	return n + utf8.RuneCountInString(text)
}

// call carries out a request. status is that of the answer; 0: there was none.
func (a *account) call(
	ctx context.Context, method, path string, query url.Values, key string, body, into any,
) (status int, err error) {
	in := wire.Request{Method: method, URL: a.base() + path, Header: http.Header{}, Body: body}
	if len(query) > 0 {
		in.URL += "?" + query.Encode()
	}
	if key != "" {
		in.Header.Set("Idempotency-Key", key) // kept for an hour there
	}
	return a.send(ctx, in, into)
}

// base is the server's address.
func (a *account) base() string { return strings.TrimRight(a.Settings["url"], "/") }

// send signs a request and carries it out.
func (a *account) send(ctx context.Context, in wire.Request, into any) (status int, err error) {
	in.Header.Set("Authorization", "Bearer "+a.Secret.Reveal())
	res, err := wire.Do(ctx, a.HTTP, in)
	if err != nil {
		return 0, err
	}
	if res.OK() {
		return res.Status, res.Decode(into)
	}
	var failed struct{ Error string }
	_ = res.Decode(&failed) // a proxy's error has no JSON; its status says enough
	f := wire.Refusal(res, failed.Error)
	switch res.Status {
	case http.StatusUnauthorized:
		f = wire.Faultf(wire.Settings, "Mastodon did not accept the access token. Create a new one. It says: %s",
			failed.Error)
	case http.StatusForbidden:
		f = wire.Faultf(wire.Settings, "Mastodon refused it: %s. The application needs the scopes read:accounts, "+
			"read:statuses, write:statuses and write:media.", strings.TrimSuffix(failed.Error, "."))
	}
	return res.Status, f
}

type person struct{ ID, Acct string }

// status is one post.
type status struct {
	ID      string  `json:"id"`
	URL     string  `json:"url"`
	Content string  `json:"content"`
	ReplyTo *string `json:"in_reply_to_id"`

	Media []attachment `json:"media_attachments"`
}

// Package mastodon posts on Mastodon, and on what speaks its client API, with an access
// token. A text that is too long for the server becomes a thread.
package mastodon

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

const (
	name = "Mastodon"
	// mostCharacters and linkLength are Mastodon's own; a server may have others.
	mostCharacters = 500
	linkLength     = 23
)

// Kind returns the kind.
func Kind() wire.Kind {
	return wire.Kind{
		Slug: domain.ChannelMastodon,
		Name: name,
		Help: "Create an application on your server under Preferences > Development, with the scopes read:accounts, " +
			"read:statuses, write:statuses and write:media, and copy its access token.",
		Fields: []wire.Field{
			{Name: "url", Label: "Server", Help: "As https://mastodon.example", Required: true, Address: true},
			{Name: "visibility", Label: "Visibility", Default: "public", Choices: []string{"public", "unlisted", "private"}},
		},
		Secret: wire.Field{
			Name: "secret", Label: "Access token", Required: true, Help: "Your access token, of the application",
		},
		Types:   []domain.ContentType{domain.ContentSocial},
		Connect: func(c wire.Config) wire.Peer { return &account{c} },
		Preview: func(_ map[string]string, p wire.Post) wire.Preview {
			return wire.PreviewThread(p, name, mostCharacters, mostImages, usual().count)
		},
	}
}

func (a *account) me(ctx context.Context) (p person, err error) {
	_, err = a.call(ctx, http.MethodGet, "/api/v1/accounts/verify_credentials", nil, "", nil, &p)
	if err == nil && p.ID == "" {
		err = wire.Faultf(wire.Settings, "The server answers, but not as Mastodon does. Check its address.")
	}
	return p, err
}

// limits asks the server for its limits; one that does not say has Mastodon's own.
func (a *account) limits(ctx context.Context) (limits, error) {
	var instance struct {
		Configuration struct {
			Statuses struct {
				Max   int `json:"max_characters"`
				Link  int `json:"characters_reserved_per_url"`
				Media int `json:"max_media_attachments"`
			}
			Media struct {
				Size int `json:"image_size_limit"`
			} `json:"media_attachments"`
		}
	}
	l := usual()
	code, err := a.call(ctx, http.MethodGet, "/api/v2/instance", nil, "", nil, &instance)
	if code == http.StatusNotFound { // older than Mastodon 4
		return l, nil
	}
	if s := instance.Configuration.Statuses; s.Max > 0 && s.Link > 0 {
		l.characters, l.link = s.Max, s.Link
	}
	if n := instance.Configuration.Statuses.Media; n > 0 {
		l.images = n
	}
	if n := instance.Configuration.Media.Size; n > 0 {
		l.imageBytes = n
	}
	return l, err
}

// Check implements [wire.Peer].
func (a *account) Check(ctx context.Context) (string, error) {
	p, err := a.me(ctx)
	if err != nil {
		return "", err
	}
	l, err := a.limits(ctx)
	return fmt.Sprintf("@%s on %s, where a post may have %d characters", p.Acct, a.Settings["url"], l.characters), err
}

// Put implements [wire.Peer].
func (a *account) Put(ctx context.Context, p wire.Post, ref wire.Ref) (wire.Receipt, error) {
	l, err := a.limits(ctx)
	if err != nil {
		return wire.Receipt{}, err
	}
	parts, ok := p.Posts(l.characters, l.count)
	if !ok {
		return wire.Receipt{}, wire.TooLong(name)
	}
	there := strings.Fields(ref.ID)
	var mine []status
	if len(there) == 0 {
		if mine, err = a.newest(ctx); err != nil {
			return wire.Receipt{}, err
		}
	}
	out := wire.Receipt{}
	var ids []string
	for i, text := range parts {
		parent := ""
		if i > 0 {
			parent = ids[i-1]
		}
		s, found := left(mine, text, parent)
		if !found {
			known := ""
			if i < len(there) {
				known = there[i]
			}
			if s, err = a.post(ctx, p, l, part{i, text, parent, known}); err != nil {
				return out, err
			}
		}
		if ids = append(ids, s.ID); i == 0 {
			out.URL = s.URL
		}
	}
	out.ID = strings.Join(ids, " ")
	return out, a.remove(ctx, there, len(parts))
}

// part is one post of a thread.
type part struct {
	number              int    // from 0
	text, parent, known string // known: its id, where it is there already
}

// post posts one part, or changes the one that is known. The first has the images.
func (a *account) post(ctx context.Context, p wire.Post, l limits, in part) (s status, err error) {
	body := map[string]any{"status": in.text}
	if p.Language != "" {
		body["language"], _, _ = strings.Cut(p.Language, "-") // ISO 639
	}
	if in.number == 0 && len(p.Images) > 0 {
		if in.known, err = a.attach(ctx, p, l, in.known, body); err != nil {
			return s, err
		}
	}
	if in.known != "" {
		code, err := a.call(ctx, http.MethodPut, "/api/v1/statuses/"+url.PathEscape(in.known), nil, "", body, &s)
		if code != http.StatusNotFound { // else somebody has deleted it there
			return s, err
		}
	}
	body["visibility"] = a.Settings["visibility"]
	if in.parent != "" {
		body["in_reply_to_id"] = in.parent
	}
	_, err = a.call(ctx, http.MethodPost, "/api/v1/statuses", nil, fmt.Sprintf("%s-%d", p.Key, in.number), body, &s)
	return s, err
}

// newest returns the account's newest posts: one may be what an earlier try has left, whose
// answer got lost.
func (a *account) newest(ctx context.Context) (list []status, err error) {
	me, err := a.me(ctx)
	if err != nil {
		return nil, err
	}
	_, err = a.call(ctx, http.MethodGet, "/api/v1/accounts/"+url.PathEscape(me.ID)+"/statuses",
		url.Values{"limit": {"40"}, "exclude_reblogs": {"true"}}, "", nil, &list)
	return list, err
}

// left finds a part among the newest posts, by its words and what it replies to.
func left(list []status, text, parent string) (status, bool) {
	for _, s := range list {
		to := ""
		if s.ReplyTo != nil {
			to = *s.ReplyTo
		}
		if to == parent && letters(html.UnescapeString(tag.ReplaceAllString(s.Content, ""))) == letters(text) {
			return s, true
		}
	}
	return status{}, false
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// letters is a text without its spaces, which Mastodon turns into paragraphs and breaks.
func letters(s string) string { return space.ReplaceAllString(s, "") }

// remove deletes the posts of a thread from one on, the last one first.
func (a *account) remove(ctx context.Context, ids []string, from int) error {
	for i := len(ids) - 1; i >= from; i-- {
		var gone status
		code, err := a.call(ctx, http.MethodDelete, "/api/v1/statuses/"+url.PathEscape(ids[i]), nil, "", nil, &gone)
		if err != nil && code != http.StatusNotFound {
			return err
		}
	}
	return nil
}

// Remove implements [wire.Peer].
func (a *account) Remove(ctx context.Context, p wire.Post, ref wire.Ref) error {
	if ref.ID != "" {
		return a.remove(ctx, strings.Fields(ref.ID), 0)
	}
	l, err := a.limits(ctx)
	if err != nil {
		return err
	}
	mine, err := a.newest(ctx)
	if err != nil {
		return err
	}
	parts, _ := p.Posts(l.characters, l.count)
	var ids []string
	parent := ""
	for _, text := range parts {
		s, found := left(mine, text, parent)
		if !found {
			break
		}
		ids, parent = append(ids, s.ID), s.ID
	}
	return a.remove(ctx, ids, 0)
}

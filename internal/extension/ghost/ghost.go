// Package ghost publishes posts on Ghost sites through the Admin API, signed in with the key of
// a custom integration.
//
// The API has no idempotency key, ignores fields that it does not know, and turns HTML into the
// blocks of its own editor. So each post carries a marker, by which an earlier try is found
// again; what comes back is compared with what was sent; and a post without the marker is never
// written over. No request names a newsletter, so Ghost sends no e-mail.
package ghost

import (
	"context"
	"net/http"
	"net/url"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// Kind returns the kind.
func Kind() wire.Kind {
	return wire.Kind{
		Slug: domain.ChannelGhost,
		Name: "Ghost",
		Help: "Create a custom integration in Ghost under Settings > Integrations, and copy its Admin API key. " +
			"Posts become public on the site; no newsletter is sent.",
		Fields: []wire.Field{
			{Name: "url", Label: "Address of the site", Help: "As https://blog.example.com", Required: true, Address: true},
			{Name: "status", Label: "New posts are", Default: statusPublish, Choices: []string{statusPublish, statusDraft},
				Help: "publish: public at once; draft: a person publishes them in Ghost"},
		},
		Secret: wire.Field{
			Name: "secret", Label: "Admin API key", Required: true,
			Help: "24 characters, a colon, and 64 characters, each 0-9 or a-f; not the Content API key",
		},
		ValidSecret: func(s domain.Secret) bool { _, _, ok := parts(s); return ok },
		Types:       []domain.ContentType{domain.ContentBlog},
		Connect:     func(c wire.Config) wire.Peer { return &site{c} },
		Preview:     preview,
	}
}

// Check implements [wire.Peer].
func (s *site) Check(ctx context.Context) (string, error) {
	if _, err := s.posts(ctx, url.Values{"limit": {"1"}}); err != nil { // everyone may read the rest
		return "", err
	}
	var said struct {
		Site struct{ Title, Version string } `json:"site"`
	}
	if err := s.call(ctx, http.MethodGet, "site/", nil, nil, &said); err != nil {
		return "", err
	}
	return said.Site.Title + " (Ghost " + said.Site.Version + ") at " + s.Settings["url"], nil
}

// Put implements [wire.Peer].
func (s *site) Put(ctx context.Context, p wire.Post, ref wire.Ref) (wire.Receipt, error) {
	if n := len([]rune(p.Title)); n > mostTitle {
		return wire.Receipt{}, wire.Faultf(wire.Refused, "%s", longTitle(n))
	}
	there, err := s.find(ctx, p, ref)
	if err != nil {
		return wire.Receipt{}, err
	}
	pictures, err := s.pictures(ctx, p)
	if err != nil {
		return wire.Receipt{}, err
	}
	p.HTML = p.HTMLAt(pictures)
	send, notes := fields(p)
	notes = append(notes, cover(p, pictures, there.Cover, send)...)
	if send["tags"], err = s.tags(ctx, there.Tags, p.Keywords); err != nil {
		return wire.Receipt{}, err
	}
	method, route := http.MethodPost, "posts/"
	if there.ID == "" {
		send["status"] = s.status()
		send["codeinjection_foot"] = "<!-- " + p.Marker() + " -->"
	} else {
		method, route = http.MethodPut, "posts/"+there.ID+"/"
		send["updated_at"] = there.UpdatedAt
		if there.Status == isDraft { // what a person has published or scheduled stays so
			send["status"] = s.status()
		}
	}
	now, err := s.save(ctx, method, route, send)
	if err != nil {
		return wire.Receipt{}, err
	}
	if !now.marked(p) {
		return wire.Receipt{Ref: now.ref()}, wire.Faultf(wire.Refused, "Ghost did not keep the code that marks the post as "+
			"Vellocity's, so it cannot be found again. Allow code injection there. The post is at %s.", now.URL)
	}
	return wire.Receipt{Ref: now.ref(), Notes: append(notes, compare(send, now)...)}, nil
}

// status is the status of a new post, in Ghost's word.
func (s *site) status() string {
	if s.Settings["status"] == statusDraft {
		return isDraft
	}
	return isPublished
}

// find returns the post that shows the item: the one that is known, or one that an earlier try
// has left. An empty post: there is none.
func (s *site) find(ctx context.Context, p wire.Post, ref wire.Ref) (post, error) {
	if ref.ID != "" {
		list, err := s.posts(ctx, url.Values{"filter": {"id:" + quote(ref.ID)}})
		switch {
		case err != nil:
			return post{}, err
		case len(list) == 0: // deleted there
		case list[0].marked(p):
			return list[0], nil
		default:
			return post{}, wire.Faultf(wire.Refused, "The post %s at %s no longer has Vellocity's mark, so it was not "+
				"touched. Put <!-- %s --> into the footer of its code injection in Ghost, or delete the post; then try again.",
				ref.ID, ref.URL, p.Marker())
		}
	}
	list, err := s.posts(ctx, url.Values{"filter": {"codeinjection_foot:~" + quote(p.Marker())}})
	if err != nil {
		return post{}, err
	}
	for _, there := range list {
		if there.marked(p) {
			return there, nil
		}
	}
	return post{}, nil
}

// Remove implements [wire.Peer]: it makes the post a draft again. Ghost has no trash, and what
// is deleted there is gone for ever.
func (s *site) Remove(ctx context.Context, p wire.Post, ref wire.Ref) error {
	there, err := s.find(ctx, p, ref)
	if err != nil || there.ID == "" || there.Status == isDraft {
		return err
	}
	_, err = s.save(ctx, http.MethodPut, "posts/"+there.ID+"/", map[string]any{
		"status": isDraft, "updated_at": there.UpdatedAt,
	})
	return err
}

// Package wordpress publishes posts on WordPress sites through the REST API that comes with
// WordPress, signed in with an application password.
//
// The API drops what it does not know or allow without an error, has no idempotency key and
// no lock. So each post carries a marker, by which an earlier try is found again; what comes
// back is compared with what was sent; and a post without the marker is never written over.
package wordpress

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// The values of the setting status.
const (
	statusPublish = "publish"
	statusDraft   = "draft"
)

// Kind returns the kind.
func Kind() wire.Kind {
	return wire.Kind{
		Slug: domain.ChannelWordPress,
		Name: "WordPress",
		Help: "Create an application password in WordPress under Users > Profile > Application Passwords, as a user " +
			"with the role Author or more. Posts are created and updated as that user.",
		Fields: []wire.Field{
			{Name: "url", Label: "Address of the site", Help: "As https://blog.example.com", Required: true, Address: true},
			{Name: "user", Label: "User name", Help: "The name that the user signs in with", Required: true},
			{Name: "status", Label: "New posts are", Default: statusPublish, Choices: []string{statusPublish, statusDraft},
				Help: "publish: public at once; draft: a person publishes them in WordPress"},
		},
		Secret: wire.Field{
			Name: "secret", Label: "Application password", Required: true,
			Help: "24 characters, with or without spaces; not the password that the user signs in with",
		},
		Types:   []domain.ContentType{domain.ContentBlog},
		Connect: func(c wire.Config) wire.Peer { return &site{c} },
		Preview: preview,
	}
}

// Check implements [wire.Peer].
func (s *site) Check(ctx context.Context) (string, error) {
	var me struct {
		Name         string
		Roles        []string
		Capabilities map[string]any
	}
	// A wrong password on a route that everyone may read is no error: only this one tells.
	query := url.Values{"context": {"edit"}, "_fields": {"id,name,roles,capabilities"}}
	if _, err := s.call(ctx, http.MethodGet, "users/me", query, nil, &me); err != nil {
		return "", err
	}
	needs := "publish_posts"
	if s.Settings["status"] == statusDraft {
		needs = "edit_posts"
	}
	role := strings.Join(me.Roles, ", ")
	if me.Capabilities[needs] != true {
		return "", wire.Faultf(wire.Settings, "%s (%s) may not publish posts in WordPress. Give the user the role Author "+
			"or more, or let new posts be drafts.", me.Name, role)
	}
	return me.Name + " (" + role + ") on " + s.Settings["url"], nil
}

// Put implements [wire.Peer].
func (s *site) Put(ctx context.Context, p wire.Post, ref wire.Ref) (wire.Receipt, error) {
	there, err := s.find(ctx, p, ref)
	if err != nil {
		return wire.Receipt{}, err
	}
	pictures, err := s.pictures(ctx, p)
	if err != nil {
		return wire.Receipt{}, err
	}
	p.HTML = p.HTMLAt(addresses(pictures))
	send := map[string]any{
		"title":   html.EscapeString(p.Title),
		"slug":    p.Slug,
		"status":  s.Settings["status"],
		"content": content(p),
		"excerpt": html.EscapeString(p.Summary),
	}
	featured(p, pictures, there.Cover, send)
	route := "posts"
	if there.ID != 0 {
		route += "/" + strconv.FormatInt(there.ID, 10)
		if there.Status == statusPublish {
			delete(send, "status") // a person has published the draft; an update must not take it back
		}
	}
	var now post
	if _, err := s.call(ctx, http.MethodPost, route, nil, send, &now); err != nil {
		return wire.Receipt{}, err
	}
	return wire.Receipt{
		Ref:   wire.Ref{ID: strconv.FormatInt(now.ID, 10), URL: now.Link},
		Notes: compare(send, now),
	}, nil
}

// find returns the post that shows the item: the one that is known, or one that an earlier
// try has left. An empty post: there is none.
func (s *site) find(ctx context.Context, p wire.Post, ref wire.Ref) (post, error) {
	if ref.ID != "" {
		var there post
		code, err := s.call(ctx, http.MethodGet, "posts/"+url.PathEscape(ref.ID),
			url.Values{"context": {"edit"}}, nil, &there)
		switch {
		case code == "rest_post_invalid_id": // deleted there
		case err != nil:
			return post{}, err
		case strings.Contains(there.Content.Raw, p.Marker()):
			return there, nil
		default:
			return post{}, wire.Faultf(wire.Refused, "The post %s at %s no longer has Vellocity's mark in its text, so it "+
				"was not touched. Put <!-- %s --> into its text there, or delete the post for good; then try again.",
				ref.ID, ref.URL, p.Marker())
		}
	}
	var list []post
	_, err := s.call(ctx, http.MethodGet, "posts", url.Values{
		"context": {"edit"}, "search": {p.Marker()}, "status": {"publish,future,draft,pending,private"}, "orderby": {"id"},
	}, nil, &list)
	if err != nil {
		return post{}, err
	}
	for _, there := range list {
		if strings.Contains(there.Content.Raw, p.Marker()) {
			return there, nil
		}
	}
	return post{}, nil
}

// Remove implements [wire.Peer]: it puts the post into WordPress's trash, from which a person
// can take it back.
func (s *site) Remove(ctx context.Context, p wire.Post, ref wire.Ref) error {
	there, err := s.find(ctx, p, ref)
	if err != nil || there.ID == 0 || there.Status == "trash" {
		return err
	}
	var gone post
	_, err = s.call(ctx, http.MethodDelete, "posts/"+strconv.FormatInt(there.ID, 10), nil, nil, &gone)
	return err
}

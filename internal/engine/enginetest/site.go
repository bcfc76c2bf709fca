package enginetest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"vellocity/internal/domain"
	channels "vellocity/internal/extension/wire"
)

// Site is a place to publish on, in memory: the peer of the channels of the kind "site".
type Site struct {
	// Before is called before each request with its number, from 1, and what it asks for:
	// "put", "remove" or "check". An error is the site's answer. Nil: never.
	Before func(n int, what string, p channels.Post) error
	// After is called once a put was carried out; an error loses its answer.
	After func(n int, p channels.Post) error

	mu       sync.Mutex
	requests int
	created  int
	posts    map[string]channels.Post // by their ids there
	secrets  []string                 // that it was called with
}

// Kind returns the kind of channels that lead to the site.
func (s *Site) Kind() channels.Kind {
	return channels.Kind{
		Slug: "site", Name: "Site",
		Fields: []channels.Field{
			{Name: "url", Label: "Address", Required: true, Address: true},
			{Name: "mode", Label: "Mode", Default: "plain", Choices: []string{"plain", "fancy"}},
		},
		Secret:  channels.Field{Name: "secret", Label: "Password", Help: "a password", Required: true},
		Types:   []domain.ContentType{domain.ContentText, domain.ContentBlog},
		Connect: func(c channels.Config) channels.Peer { return &visit{s, c} },
		Preview: func(_ map[string]string, p channels.Post) channels.Preview {
			return channels.Preview{Parts: []string{p.HTML}, HTML: true, Lost: []string{"The mood."}}
		},
	}
}

// reach is the client for addresses: only those of the site are allowed.
func reach(_ context.Context, address string) (*http.Client, error) {
	if address == "" || address[0] != 'h' {
		return nil, domain.Errorf(domain.CodeValidation, "The address is not a URL")
	}
	return http.DefaultClient, nil
}

// Posts returns the titles that the site shows, in their order.
func (s *Site) Posts() (titles []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.posts)) {
		titles = append(titles, s.posts[id].Title)
	}
	return titles
}

// Requests returns how many requests the site got.
func (s *Site) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Secrets returns the secrets that it was called with.
func (s *Site) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.secrets)
}

type visit struct {
	*Site
	config channels.Config
}

func (v *visit) enter(what string, p channels.Post) (int, error) {
	v.mu.Lock()
	v.requests++
	n := v.requests
	v.secrets = append(v.secrets, v.config.Secret.Reveal())
	v.mu.Unlock()
	if v.Before != nil {
		return n, v.Before(n, what, p)
	}
	return n, nil
}

// Check implements [channels.Peer].
func (v *visit) Check(context.Context) (string, error) {
	_, err := v.enter("check", channels.Post{})
	return "Ada on the site", err
}

// Put implements [channels.Peer].
func (v *visit) Put(_ context.Context, p channels.Post, ref channels.Ref) (channels.Receipt, error) {
	n, err := v.enter("put", p)
	if err != nil {
		return channels.Receipt{}, err
	}
	id := v.put(p, ref)
	if v.After != nil {
		if err := v.After(n, p); err != nil {
			return channels.Receipt{}, err
		}
	}
	return channels.Receipt{Ref: channels.Ref{ID: id, URL: "https://site.test/" + id}, Notes: []string{"A note."}}, nil
}

func (v *visit) put(p channels.Post, ref channels.Ref) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	id := ref.ID
	for known, there := range v.posts {
		if id == "" && there.Marker() == p.Marker() {
			id = known
		}
	}
	if id == "" {
		v.created++
		id = fmt.Sprint(v.created)
	}
	if v.posts == nil {
		v.posts = map[string]channels.Post{}
	}
	v.posts[id] = p
	return id
}

// Remove implements [channels.Peer].
func (v *visit) Remove(_ context.Context, p channels.Post, ref channels.Ref) error {
	if _, err := v.enter("remove", p); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for id, there := range v.posts {
		if id == ref.ID || there.Marker() == p.Marker() {
			delete(v.posts, id)
		}
	}
	return nil
}

// Lost is the error of an answer that never came.
var Lost = channels.Faultf(channels.Again, "It did not answer in time.") //nolint:errname,gochecknoglobals // a sample

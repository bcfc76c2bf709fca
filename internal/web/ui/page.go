package ui

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// Page is what a page package gives to the site.
type Page struct {
	Name string // unique; the name of its folder
	// Files are the page's own: page.html, which defines "main" and may define
	// "live", the part that is refreshed; page.css and page.js where it has them,
	// and modules that page.js imports.
	Files  fs.FS
	Menu   Link // the zero Link: not in the menu
	Routes []Route
}

// Mount returns the page of a package. It is called once, when the site is built;
// until then the site can only be kept for the handlers.
type Mount func(*Site) Page

// Route binds an address to its handler.
type Route struct {
	Pattern string // of an http.ServeMux
	Handle  Handler
	Open    bool // needs no session
	// Secret says that the address itself is the permission: its {token} must not reach
	// logs, other sites, search engines or caches, and a post needs no proof of its origin,
	// since the browser sends no cookie that gives any right. It implies Open.
	Secret bool
	// Upload says that the form takes a file ([PostedFile]), so that its body may be large. Its
	// pattern has no variable.
	Upload bool
}

// Handler answers a request, or returns an error, which the site shows in the form
// that the caller can read.
type Handler func(http.ResponseWriter, *http.Request) error

// The groups of the menu, in their order.
const (
	Manage  = "Manage"
	Create  = "Create"
	Connect = "Connect"
)

// Unread is what the bell counts. On a phone it is the only number in the tab bar.
const Unread = "unread"

// IsBell reports whether the link counts what is unread.
func (l Link) IsBell() bool { return l.Counted == Unread }

// Link is a page's place in the menu.
type Link struct {
	Group string // Manage, Create or Connect
	Path  string
	Name  string
	Icon  string // of icons.svg
	Keys  string // the shortcut: "c", or "g b" for g and then b; empty for none
	Phone string // name in the tab bar of a phone; empty: not in the bar
	// Count returns the number beside the link, such as items that wait; nil: none.
	Count func(context.Context) (int, error)
	// Counted says what the number counts: "in review".
	Counted string
}

// Group is a titled part of the menu.
type Group struct {
	Name  string
	Links []CountedLink
}

// CountedLink is a link with its number as it is now; 0 is hidden until it changes.
type CountedLink struct {
	Link
	N int
}

// menuOf sorts the links of the pages into their groups, after checking that each
// leads somewhere.
func menuOf(pages []Page, a *assets) ([]Group, error) {
	groups := []Group{{Name: Manage}, {Name: Create}, {Name: Connect}}
	keys := map[string]string{}
	for _, p := range pages {
		l := p.Menu
		if l.Path == "" {
			continue
		}
		i := slices.IndexFunc(groups, func(g Group) bool { return g.Name == l.Group })
		switch {
		case i < 0:
			return nil, fmt.Errorf("page %s: the menu has no group %q", p.Name, l.Group)
		case !slices.ContainsFunc(p.Routes, func(rt Route) bool { return rt.Pattern == "GET "+l.Path }):
			return nil, fmt.Errorf("page %s: its menu link leads to %s, which it does not serve", p.Name, l.Path)
		case !a.hasIcon(l.Icon):
			return nil, fmt.Errorf("page %s: icons.svg has no icon %q", p.Name, l.Icon)
		case l.Keys != "" && keys[l.Keys] != "":
			return nil, fmt.Errorf("the pages %s and %s share the shortcut %q", keys[l.Keys], p.Name, l.Keys)
		}
		keys[l.Keys] = p.Name
		groups[i].Links = append(groups[i].Links, CountedLink{Link: l})
	}
	return slices.DeleteFunc(groups, func(g Group) bool { return len(g.Links) == 0 }), nil
}

// menuNow is the menu with its numbers.
func (s *Site) menuNow(ctx context.Context) ([]Group, error) {
	groups := slices.Clone(s.menu)
	for i := range groups {
		groups[i].Links = slices.Clone(groups[i].Links)
		for j := range groups[i].Links {
			l := &groups[i].Links[j]
			if l.Count == nil {
				continue
			}
			var err error
			if l.N, err = l.Count(ctx); err != nil {
				return nil, fmt.Errorf("count %s: %w", l.Counted, err)
			}
		}
	}
	return groups, nil
}

// counts sends the numbers of the menu by what they count, for pages that stay open.
func (s *Site) counts(w http.ResponseWriter, r *http.Request) error {
	groups, err := s.menuNow(r.Context())
	if err != nil {
		return err
	}
	numbers := map[string]int{}
	for _, g := range groups {
		for _, l := range g.Links {
			if l.Count != nil {
				numbers[l.Counted] = l.N
			}
		}
	}
	WriteJSON(w, http.StatusOK, numbers)
	return nil
}

// KeyList splits the shortcut into its keys.
func (l Link) KeyList() []string { return strings.Fields(l.Keys) }

package web

import (
	"fmt"
	"net/http"
	"slices"
)

// route binds an address to the page that answers it. Page names the folder
// under pages/; it is empty where the answer is no page.
type route struct {
	pattern string
	page    string
	handle  handler
	open    bool // needs no session
}

// handler answers a request or returns why it cannot.
type handler func(http.ResponseWriter, *http.Request) error

func (s *Site) routes() []route {
	return []route{
		{pattern: "GET /in", page: "signin", handle: s.signIn, open: true},
		{pattern: "POST /out", handle: s.signOut},
		{pattern: "GET /{$}", handle: s.home},
		{pattern: "GET /events", handle: s.events},
		{pattern: "GET /find", handle: s.find},

		{pattern: "GET /board", page: "board", handle: s.board},
		{pattern: "POST /board/move", handle: s.boardMove},

		{pattern: "GET /executions", page: "executions", handle: s.executions},
		{pattern: "GET /executions/{id}", page: "execution", handle: s.execution},
		{pattern: "GET /executions/{id}/stream", handle: s.executionStream},
		{pattern: "POST /executions/{id}/cancel", handle: s.executionCancel},
		{pattern: "POST /executions/{id}/retry", handle: s.executionRetry},
		{pattern: "POST /executions/{id}/archive", handle: s.executionArchive},

		{pattern: "GET /content/{id}", page: "content", handle: s.content},
		{pattern: "POST /content/{id}", handle: s.contentSave},
		{pattern: "POST /content/{id}/move", handle: s.contentMove},
		{pattern: "POST /content/{id}/approve", handle: s.contentApprove},
		{pattern: "POST /content/{id}/restore", handle: s.contentRestore},
		{pattern: "GET /content/{id}/export", handle: s.contentExport},
		{pattern: "POST /preview", handle: s.preview},

		{pattern: "GET /capabilities", page: "capabilities", handle: s.capabilities},
		{pattern: "GET /capabilities/{slug}", page: "capability", handle: s.capability},
		{pattern: "POST /capabilities/{slug}", page: "capability", handle: s.capabilityRun},
		{pattern: "POST /capabilities/{slug}/call", handle: s.capabilityCall},

		{pattern: "GET /brand-voices", page: "voices", handle: s.voices},
		{pattern: "GET /agents", page: "agents", handle: s.agents},

		{pattern: "GET /settings/api-keys", page: "keys", handle: s.keys},
		{pattern: "POST /settings/api-keys", page: "keys", handle: s.keyCreate},
		{pattern: "POST /settings/api-keys/{id}/rotate", page: "keys", handle: s.keyRotate},
		{pattern: "POST /settings/api-keys/{id}/revoke", page: "keys", handle: s.keyRevoke},

		{pattern: "/", page: "error", handle: s.nothing},
	}
}

// routed turns the table into a handler, after checking it against the folders.
func (s *Site) routed() (http.Handler, error) {
	table := s.routes()
	if err := s.pages.match(table); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, rt := range table {
		h := rt.handle
		if !rt.open {
			h = s.signedIn(h)
		}
		mux.Handle(rt.pattern, s.answer(h))
	}
	mux.Handle("GET /assets/", s.assets)
	return s.secured(mux), nil
}

// match fails unless every route's page has its folder and every folder a route.
func (p *pages) match(table []route) error {
	for _, rt := range table {
		if rt.page != "" && p.byName[rt.page] == nil {
			return fmt.Errorf("web: route %q wants the page %q, and pages/%s is not there", rt.pattern, rt.page, rt.page)
		}
	}
	for name := range p.byName {
		if !slices.ContainsFunc(table, func(rt route) bool { return rt.page == name }) {
			return fmt.Errorf("web: pages/%s has no route", name)
		}
	}
	return nil
}

// home opens the board.
func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/board", http.StatusSeeOther)
	return nil
}

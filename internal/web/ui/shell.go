package ui

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
)

// Shell is the frame around every page. A page's data embeds it.
type Shell struct {
	Title     string
	Refresh   int    // seconds after which a browser without scripts loads the page again; 0: never
	Icon      string // of the browser tab; empty for the usual one
	Here      string // path of the current page in the menu
	Signed    bool
	Person    string
	Me        string // names the person and the workspace to the browser's own storage
	Role      domain.Role
	Workspace domain.Workspace // zero where the request is [Partial]
	Writer    string           // what writes text now
	Composer  bool
	Exposed   bool // the session travels unencrypted
	Nav       []Group
	Flash     *flash
	Palette   []domain.Capability
}

// Current returns what aria-current says of the link to path.
func (s Shell) Current(path string) string {
	if s.Here == path {
		return "page"
	}
	return "false"
}

// Initials returns the initials of the person.
func (s Shell) Initials() string { return Initials(s.Person) }

// Shell gathers the frame of a page for the signed-in person. Here is the path of
// the menu link that is current. A request that is [Partial] gets only
// what a live part may show.
func (s *Site) Shell(w http.ResponseWriter, r *http.Request, here, title string) (Shell, error) {
	ctx := r.Context()
	actor, _ := domain.ActorFrom(ctx)
	sh := Shell{
		Title:   title,
		Here:    here,
		Signed:  true,
		Person:  actor.Name,
		Me:      fmt.Sprintf("%d.%d", actor.WorkspaceID, actor.ID),
		Role:    actor.Role,
		Exposed: s.exposed(r),
	}
	text := s.Engine.Studio.TextStatus()
	sh.Composer = text.Origin.Kind == domain.OriginComposer
	sh.Writer = text.Origin.Model
	if Partial(r) {
		return sh, nil
	}
	var err error
	if sh.Workspace, err = s.Engine.Account.Profile(ctx); err != nil {
		return sh, err
	}
	if sh.Palette, err = s.Engine.Work.Capabilities(ctx, work.ListCapabilities{IncludeBeta: true}); err != nil {
		return sh, err
	}
	if sh.Nav, err = s.menuNow(ctx); err != nil {
		return sh, err
	}
	sh.Flash = takeFlash(w, r)
	return sh, nil
}

// Zone returns the time zone of the person's workspace, also where the frame has none since
// the request is [Partial].
func (s *Site) Zone(ctx context.Context, sh Shell) (*time.Location, error) {
	if sh.Workspace.ID != 0 {
		return sh.Workspace.Location(), nil
	}
	w, err := s.Engine.Account.Profile(ctx)
	return w.Location(), err
}

// BareShell is the frame of a page for those who have no session.
func (s *Site) BareShell(r *http.Request, title string) Shell {
	return Shell{Title: title, Exposed: s.exposed(r)}
}

// errorShell keeps the frame on an error page where there is a session, or as much of
// it as can be read.
func (s *Site) errorShell(w http.ResponseWriter, r *http.Request, title string) Shell {
	if _, ok := domain.ActorFrom(r.Context()); ok {
		if sh, err := s.Shell(w, r, "", title); err == nil {
			return sh
		}
	}
	sh := s.BareShell(r, title)
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		sh.Signed, sh.Person, sh.Role, sh.Nav = true, actor.Name, actor.Role, s.menu
	}
	return sh
}

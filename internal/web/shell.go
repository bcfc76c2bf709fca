package web

import (
	"net/http"
	"net/url"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// Shell is what stands around every page.
type Shell struct {
	Title     string
	Icon      string // of the tab; empty for the usual one
	Here      string // path of the current page in the menu
	Signed    bool
	Person    string
	Role      domain.Role
	Workspace domain.Workspace
	Writer    string // what writes text now
	Composer  bool
	Exposed   bool // the session travels in the clear
	Nav       []navGroup
	Flash     *flash
	Palette   []domain.Capability
}

type navGroup struct {
	Name  string
	Links []navLink
}

type navLink struct {
	Path, Name, Icon, Keys string
	Count                  int
	CountIs                string // what the count counts, for screen readers
}

// Current returns "page" for the link that is open now, as aria-current says it.
func (s Shell) Current(path string) string {
	if s.Here == path {
		return "page"
	}
	return "false"
}

// Initials are what stands for the person.
func (s Shell) Initials() string { return initials(s.Person) }

// shell gathers what stands around a page for the signed-in person.
func (s *Site) shell(w http.ResponseWriter, r *http.Request, here, title string) (Shell, error) {
	ctx := r.Context()
	actor, _ := domain.ActorFrom(ctx)
	sh := Shell{Title: title, Here: here, Signed: true, Person: actor.Name, Role: actor.Role, Exposed: s.exposed(r)}
	text := s.engine.TextStatus()
	sh.Composer = text.Engine.Kind == domain.OriginComposer
	sh.Writer = text.Engine.Model
	if r.Header.Get("HX-Request") == "true" {
		return sh, nil // only the live part is asked for
	}
	var err error
	if sh.Workspace, err = s.engine.Profile(ctx); err != nil {
		return sh, err
	}
	if sh.Palette, err = s.engine.Capabilities(ctx, engine.ListCapabilities{IncludeBeta: true}); err != nil {
		return sh, err
	}
	review, failed, err := s.badges(r)
	if err != nil {
		return sh, err
	}
	sh.Nav = menu(review, failed)
	sh.Flash = takeFlash(w, r)
	return sh, nil
}

// badges counts what waits for a person: items in review and failed runs.
func (s *Site) badges(r *http.Request) (review, failed int, err error) {
	cols, err := s.engine.Board(r.Context(), engine.BoardFilter{PerColumn: 1})
	if err != nil {
		return 0, 0, err
	}
	for _, c := range cols {
		if c.Stage == domain.ItemReview {
			review = c.Count
		}
	}
	counts, err := s.engine.ExecutionCounts(r.Context())
	return review, counts[domain.ExecutionFailed], err
}

func menu(review, failed int) []navGroup {
	return []navGroup{
		{"Manage", []navLink{
			{Path: "/board", Name: "Board", Icon: "square-kanban", Keys: "g b", Count: review, CountIs: "in review"},
			{Path: "/executions", Name: "Executions", Icon: "activity", Keys: "g e", Count: failed, CountIs: "failed"},
			{Path: "/brand-voices", Name: "Brand voices", Icon: "megaphone", Keys: "g v"},
		}},
		{"Make", []navLink{
			{Path: "/capabilities", Name: "Capabilities", Icon: "sparkles", Keys: "c"},
			{Path: "/agents", Name: "Agents", Icon: "bot", Keys: "g a"},
		}},
		{"Connect", []navLink{
			{Path: "/settings/api-keys", Name: "API keys", Icon: "key-round", Keys: "g s"},
		}},
	}
}

// bareShell stands around pages that need no session.
func (s *Site) bareShell(r *http.Request, title string) Shell {
	return Shell{Title: title, Exposed: s.exposed(r)}
}

// errorShell keeps the menu on an error page where somebody is signed in.
func (s *Site) errorShell(r *http.Request) Shell {
	sh := s.bareShell(r, "Error")
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		sh.Signed, sh.Person, sh.Role, sh.Nav = true, actor.Name, actor.Role, menu(0, 0)
	}
	return sh
}

// flash is a sentence that is shown once, on the page after a form.
type flash struct {
	Text string
	Bad  bool
}

const flashCookie = "vellocity_flash"

// say keeps a sentence for the next page.
func (s *Site) say(w http.ResponseWriter, r *http.Request, f flash) {
	value := "+" + f.Text
	if f.Bad {
		value = "-" + f.Text
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Value: url.QueryEscape(value), Path: "/", MaxAge: 60, //nolint:gosec // Secure over TLS; a LAN may have none
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.opts.Secure(r)})
}

func takeFlash(w http.ResponseWriter, r *http.Request) *flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1}) //nolint:gosec // it removes a sentence
	value, err := url.QueryUnescape(c.Value)
	if err != nil || len(value) < 2 {
		return nil
	}
	return &flash{Text: value[1:], Bad: value[0] == '-'}
}

// back sends the browser to a page after a form, with a sentence.
func (s *Site) back(w http.ResponseWriter, r *http.Request, to, sentence string) error {
	if sentence != "" {
		s.say(w, r, flash{Text: sentence})
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to is a path of ours
	return nil
}

// refuse sends the browser back with the reason why a form was refused. Errors
// that are nobody's choice are left to the error page.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, to string, err error) error {
	e := domain.AsError(err)
	if wantsJSON(r) || e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return err
	}
	s.say(w, r, flash{Text: e.Message, Bad: true})
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to is a path of ours
	return nil
}

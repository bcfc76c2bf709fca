package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

var (
	errCrossOrigin = domain.Errorf(domain.CodeForbidden, "This came from another site, so nothing was done. Open the dashboard itself and try again.")
	errNoPage      = domain.Errorf(domain.CodeNotFound, "There is no page at this address.")
)

// errorPage says what happened and where to go.
type errorPage struct {
	Shell
	Status  int
	Heading string
	Message string
	Next    string
}

// problem is an error as the scripts of a page read it.
type problem struct {
	Message  string    `json:"message"`
	Code     string    `json:"code"`
	Blockers []blocker `json:"blockers,omitempty"`
	Link     string    `json:"link,omitempty"`
}

// blocker is one finding that keeps an item from being published.
type blocker struct {
	Guardrail string `json:"guardrail"`
	Message   string `json:"message"`
}

// answer runs a handler and shows its error as the caller can read it.
func (s *Site) answer(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the reader has gone
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer {
		s.log.ErrorContext(r.Context(), "page failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if wantsJSON(r) {
		writeJSON(w, e.Code.Status(), problemOf(e))
		return
	}
	page := errorPage{Shell: s.errorShell(r), Status: e.Code.Status(), Heading: headingOf(e.Code), Message: e.Message, Next: nextOf(e.Code)}
	page.Title = page.Heading
	if err := s.render(w, r, e.Code.Status(), "error", page); err != nil {
		s.log.ErrorContext(r.Context(), "error page failed", "path", r.URL.Path, "error", err)
		http.Error(w, e.Message, e.Code.Status())
	}
}

// nothing answers every address that no route knows.
func (s *Site) nothing(http.ResponseWriter, *http.Request) error { return errNoPage }

func headingOf(c domain.Code) string {
	switch c {
	case domain.CodeNotFound:
		return "Not here"
	case domain.CodeForbidden:
		return "Not allowed"
	case domain.CodeUnauthorized:
		return "Signed out"
	case domain.CodeConflict, domain.CodePreconditionFailed:
		return "That did not fit"
	case domain.CodeUnavailable, domain.CodeStorageFull:
		return "Not available right now"
	case domain.CodeServer:
		return "Something broke on the server"
	}
	return "That did not work"
}

func nextOf(c domain.Code) string {
	switch c {
	case domain.CodeNotFound:
		return "It may have been deleted, or the address has a slip in it."
	case domain.CodeUnavailable:
		return "Nothing was lost. Try again in a few seconds."
	case domain.CodeServer:
		return "Nothing was changed. The server's log has the details."
	case domain.CodeStorageFull:
		return "Free some disk space on the server, then try again. Reading still works."
	}
	return "Go back and try again."
}

func problemOf(e *domain.Error) problem {
	return problem{Message: e.Message, Code: string(e.Code), Blockers: blockersOf(e)}
}

// blockersOf reads the blockers that a refused publication names.
func blockersOf(e *domain.Error) []blocker {
	raw, err := json.Marshal(e.Details["blockers"])
	if err != nil {
		return nil
	}
	var found []blocker
	if json.Unmarshal(raw, &found) == nil {
		return found
	}
	var sentences []string
	if json.Unmarshal(raw, &sentences) != nil {
		return nil
	}
	for _, m := range sentences {
		found = append(found, blocker{Message: m})
	}
	return found
}

// wantsJSON reports whether a script of ours asks, which reads JSON.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		http.Error(w, "The answer could not be written.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader that went away is no fault of ours
}

// pathID reads the number in an address; anything else is not found.
func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, errNoPage
	}
	return id, nil
}

// readForm parses a posted form.
func readForm(r *http.Request) error {
	err := r.ParseForm()
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return domain.Errorf(domain.CodePayloadTooLarge, "That is more than %d KB of text in one go.", large.Limit>>10)
	}
	if err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The form could not be read.").Because(fmt.Errorf("parse form: %w", err))
	}
	return nil
}

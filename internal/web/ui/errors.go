package ui

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

var (
	errCrossOrigin = domain.Errorf(domain.CodeForbidden,
		"This request came from another site, so it was refused. Open the dashboard and try again.")
	errNoPage = domain.Errorf(domain.CodeNotFound, "There is no page at this address.")
)

// errorPage is the page that every failure is shown on.
func (s *Site) errorPage() Page {
	return Page{
		Name:   "error",
		Files:  partOf("error"),
		Routes: []Route{{Pattern: "/", Handle: func(http.ResponseWriter, *http.Request) error { return errNoPage }}},
	}
}

// errorView says what happened and what to do next.
type errorView struct {
	Shell
	Status  int
	Message string
	Next    string
	Kept    *kept // what was posted and not saved, to be copied; nil: nothing
}

// Problem is an error as the scripts of a page read it.
type Problem struct {
	Message  string           `json:"message"`
	Code     string           `json:"code"`
	Blockers []domain.Blocker `json:"blockers,omitempty"`
	Link     string           `json:"link,omitempty"` // where the reason can be seen
}

// ProblemOf returns an error as scripts read it, and its status.
func ProblemOf(err error) (p Problem, status int) {
	e := domain.AsError(err)
	return Problem{Message: e.Message, Code: string(e.Code), Blockers: domain.BlockersOf(e)}, e.Code.Status()
}

// handled runs a handler and shows its error in the form that the caller can read.
func (s *Site) handled(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client has gone away
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer {
		s.log.ErrorContext(r.Context(), "page failed", "method", r.Method, "path", loggedPath(r), "error", err)
	}
	if WantsJSON(r) {
		p, status := ProblemOf(e)
		WriteJSON(w, status, p)
		return
	}
	info := e.Code.Info()
	view := errorView{
		Shell:   s.errorShell(w, r, info.Title),
		Status:  info.Status,
		Message: e.Message,
		Next:    cmp.Or(info.Next, "Go back and try again."),
	}
	if !errors.Is(err, errCrossOrigin) { // what another site posted is nobody's text
		view.Kept = keptOf(r)
	}
	if err := s.Render(w, r, info.Status, "error", view); err != nil {
		s.log.ErrorContext(r.Context(), "error page failed", "path", loggedPath(r), "error", err)
		http.Error(w, e.Message, info.Status)
	}
}

// WantsJSON reports whether a script of ours asks, which reads JSON.
func WantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// WriteJSON writes v, uncached.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		http.Error(w, "The response could not be written.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has gone away is not our error
}

// PathID reads the number {id} of an address; anything else is NOT_FOUND.
func PathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, errNoPage
	}
	return id, nil
}

// ReadForm parses a posted form, and the files in it.
func ReadForm(r *http.Request) error {
	err := r.ParseForm()
	if err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(maxUpload) //nolint:gosec // the body is bounded: see secured
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return domain.Errorf(domain.CodePayloadTooLarge, "The form is larger than %d KB.", large.Limit>>10)
	}
	if err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The form could not be read.").
			Because(fmt.Errorf("parse form: %w", err))
	}
	return nil
}

// PostedFile returns the file that a form has in a field, and its name; nil: none was chosen. What
// [Once] compares then includes the file.
func PostedFile(r *http.Request, field string) (data []byte, name string, err error) {
	f, header, err := r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", domain.Errorf(domain.CodeBadRequest, "The file could not be read.").Because(err)
	}
	if data, err = io.ReadAll(f); err != nil {
		return nil, "", domain.Errorf(domain.CodeBadRequest, "The file could not be read.").Because(err)
	}
	if len(data) > 0 {
		r.PostForm.Set(field, fmt.Sprintf("%x", sha256.Sum256(data)))
	}
	return data, header.Filename, f.Close()
}

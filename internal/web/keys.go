package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// keysPage is Settings > API keys.
type keysPage struct {
	Shell
	Rows    []keyRow
	Form    keyForm
	Open    bool    // the form is open
	New     *newKey // shown this once
	Asking  int64   // the key whose revocation is being asked about
	Problem string
	Origin  string
	Graces  []choice
}

// keyRow is a key as the table shows it.
type keyRow struct {
	ID         int64
	Name       string
	Prefix     string
	Role       domain.Role
	Scopes     []domain.Scope
	By         string
	Created    time.Time
	LastUsed   time.Time
	LastIP     string
	Expires    time.Time
	Revoked    time.Time
	Live       bool
	EndingSoon bool // lives, and is already on its way out
}

// keyForm is the form for a new key.
type keyForm struct {
	Name    string
	Scopes  []scopeChoice
	Expires []choice
	Errors  []string
}

type scopeChoice struct {
	Scope domain.Scope
	Help  string
	On    bool
}

// newKey is a key that was made a moment ago, with its secret.
type newKey struct {
	Name, Secret, Curl string
	Rotated            bool
	Grace              string
}

var scopeHelp = map[domain.Scope]string{
	domain.ScopeRead:    "Read everything in the workspace",
	domain.ScopeContent: "Run capabilities, edit and move items",
	domain.ScopePublish: "Publish items",
	domain.ScopeWrite:   "All of content, and change voices, agents and partners",
	domain.ScopeAdmin:   "Everything, other keys included",
	domain.ScopeMCPFull: "Use the MCP endpoint",
}

func (s *Site) keys(w http.ResponseWriter, r *http.Request) error {
	page, err := s.keysPage(w, r)
	if err != nil {
		return err
	}
	page.Open = r.URL.Query().Get("new") != ""
	page.Asking, _ = strconv.ParseInt(r.URL.Query().Get("revoke"), 10, 64) // none: nothing is asked
	return s.render(w, r, http.StatusOK, "keys", page)
}

func (s *Site) keysPage(w http.ResponseWriter, r *http.Request) (keysPage, error) {
	sh, err := s.shell(w, r, "/settings/api-keys", "API keys")
	if err != nil {
		return keysPage{}, err
	}
	list, err := s.engine.Keys(r.Context(), engine.ListKeys{Page: domain.Page{Number: 1, Size: 100}})
	if err != nil {
		return keysPage{}, err
	}
	page := keysPage{Shell: sh, Origin: s.origin(r), Form: newKeyForm(nil), Graces: graceChoices()}
	for _, k := range list.Items {
		page.Rows = append(page.Rows, keyRowOf(k, s.now()))
	}
	return page, nil
}

func keyRowOf(k domain.Key, now time.Time) keyRow {
	return keyRow{ID: k.ID, Name: k.Name, Prefix: k.Prefix, Role: k.Role, Scopes: k.Scopes, By: k.CreatedBy, Created: k.CreatedAt,
		LastUsed: k.LastUsedAt, LastIP: k.LastUsedIP, Expires: k.ExpiresAt, Revoked: k.RevokedAt, Live: k.Live(now),
		EndingSoon: k.Live(now) && !k.RevokedAt.IsZero()}
}

var usualScopes = []domain.Scope{domain.ScopeRead, domain.ScopeContent, domain.ScopePublish, domain.ScopeWrite, domain.ScopeMCPFull}

func newKeyForm(chosen []string) keyForm {
	f := keyForm{Expires: []choice{{"", "Never", true}, {"7", "In 7 days", false}, {"30", "In 30 days", false}, {"90", "In 90 days", false}, {"365", "In a year", false}}}
	for _, sc := range domain.Scopes() {
		help, shown := scopeHelp[sc]
		if !shown {
			continue
		}
		on := slices.Contains(usualScopes, sc)
		if chosen != nil {
			on = slices.Contains(chosen, string(sc))
		}
		f.Scopes = append(f.Scopes, scopeChoice{sc, help, on})
	}
	return f
}

func graceChoices() []choice {
	return []choice{{"0s", "at once", false}, {"1h", "in 1 hour", false}, {"24h", "in 24 hours", true}, {"168h", "in 7 days", false}}
}

// keyCreate makes a key and shows it on the answer itself: its secret never
// stands in an address or a cookie.
func (s *Site) keyCreate(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	in := engine.CreateKey{Name: strings.TrimSpace(r.PostForm.Get("name"))}
	for _, sc := range r.PostForm["scopes"] {
		in.Scopes = append(in.Scopes, domain.Scope(sc))
	}
	if days, err := strconv.Atoi(r.PostForm.Get("expires")); err == nil {
		in.ExpiresAt = s.now().AddDate(0, 0, days)
	}
	var problems []string
	if in.Name == "" {
		problems = append(problems, "Give the key a name that says who uses it.")
	}
	if len(in.Scopes) == 0 {
		problems = append(problems, "Choose at least one thing that the key may do.")
	}
	if len(problems) > 0 {
		return s.keyFormAgain(w, r, http.StatusUnprocessableEntity, problems)
	}
	k, err := s.engine.CreateKey(r.Context(), in)
	if err != nil {
		e := domain.AsError(err)
		if e.Code == domain.CodeServer {
			return err
		}
		return s.keyFormAgain(w, r, e.Code.Status(), []string{e.Message})
	}
	return s.showKey(w, r, newKey{Name: k.Key.Name, Secret: k.Secret})
}

func (s *Site) keyFormAgain(w http.ResponseWriter, r *http.Request, status int, problems []string) error {
	page, err := s.keysPage(w, r)
	if err != nil {
		return err
	}
	chosen := r.PostForm["scopes"]
	if chosen == nil {
		chosen = []string{}
	}
	page.Form = newKeyForm(chosen)
	page.Form.Name, page.Form.Errors, page.Open = r.PostForm.Get("name"), problems, true
	return s.render(w, r, status, "keys", page)
}

func (s *Site) showKey(w http.ResponseWriter, r *http.Request, k newKey) error {
	page, err := s.keysPage(w, r)
	if err != nil {
		return err
	}
	k.Curl = "curl -s " + page.Origin + "/api/v1/partners/profile \\\n  -H \"Authorization: Bearer " + k.Secret + "\" \\\n  -H \"Accept: application/json\""
	page.New = &k
	return s.render(w, r, http.StatusOK, "keys", page)
}

func (s *Site) keyRotate(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := readForm(r); err != nil {
		return err
	}
	grace, err := time.ParseDuration(r.PostForm.Get("grace"))
	if err != nil {
		return domain.Errorf(domain.CodeBadRequest, "Choose how long the old key goes on working.")
	}
	k, err := s.engine.RotateKey(r.Context(), engine.RotateKey{ID: id, Grace: grace})
	if err != nil {
		return s.refuse(w, r, "/settings/api-keys", err)
	}
	ends := "The old key has stopped working."
	if grace > 0 {
		ends = "The old key goes on working for " + strings.TrimSuffix(strings.TrimSuffix(grace.String(), "0s"), "0m") + "."
	}
	return s.showKey(w, r, newKey{Name: k.Key.Name, Secret: k.Secret, Rotated: true, Grace: ends})
}

// keyRevoke ends a key. The person types its name first, since nothing brings a
// key back.
func (s *Site) keyRevoke(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := readForm(r); err != nil {
		return err
	}
	page, err := s.keysPage(w, r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Rows, func(k keyRow) bool { return k.ID == id })
	if i < 0 {
		return domain.NotFound("Key")
	}
	if strings.TrimSpace(r.PostForm.Get("confirm")) != page.Rows[i].Name {
		page.Asking, page.Problem = id, "That is not the key's name, so it still works."
		return s.render(w, r, http.StatusUnprocessableEntity, "keys", page)
	}
	if err := s.engine.RevokeKey(r.Context(), engine.ID{ID: id}); err != nil {
		return s.refuse(w, r, "/settings/api-keys", err)
	}
	return s.back(w, r, "/settings/api-keys", "“"+page.Rows[i].Name+"” no longer opens anything.")
}

// Package keys is Settings > API keys: creating, rotating and revoking keys.
package keys

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

const path = "/settings/api-keys"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "keys",
		Files: files,
		Menu: ui.Link{
			Group: ui.Connect,
			Path:  path,
			Name:  "API keys",
			Icon:  "key-round",
			Keys:  "g s",
		},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.create},
			{Pattern: "POST " + path + "/{id}/rotate", Handle: p.rotate},
			{Pattern: "POST " + path + "/{id}/revoke", Handle: p.revoke},
		},
	}
}

type view struct {
	ui.Shell
	Rows    []row
	Form    form
	Open    bool    // the form is open
	New     *newKey // shown this once
	Asking  int64   // the key whose revocation is being confirmed; 0: none
	Problem string  // with that confirmation
	Origin  string
	Graces  []ui.Choice
}

// row is a key as the table shows it.
type row struct {
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
	EndingSoon bool // it still works, and has been rotated or revoked
}

// form is the form for a new key.
type form struct {
	Name    string
	Scopes  []scopeChoice
	Expires []ui.Choice
	Errors  []string
}

type scopeChoice struct {
	Scope domain.Scope
	Help  string
	On    bool
}

// newKey is a key that has just been created, with its secret.
type newKey struct {
	Name, Secret, Curl string
	Rotated            bool
	Grace              string // how long the old key keeps working
}

var scopeHelp = map[domain.Scope]string{
	domain.ScopeRead:    "Read everything in the workspace",
	domain.ScopeContent: "Run capabilities; edit and move items",
	domain.ScopePublish: "Publish items",
	domain.ScopeWrite:   "Everything in content; change brand voices, agents and partners",
	domain.ScopeAdmin:   "Everything, including other keys",
	domain.ScopeMCPFull: "Use the MCP endpoint",
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	v.Open = r.URL.Query().Get("new") != ""
	v.Asking, _ = strconv.ParseInt(r.URL.Query().Get("revoke"), 10, 64) // none: nothing to confirm
	return p.Render(w, r, http.StatusOK, "keys", v)
}

func (p page) view(w http.ResponseWriter, r *http.Request) (view, error) {
	sh, err := p.Shell(w, r, path, "API keys")
	if err != nil {
		return view{}, err
	}
	list, err := p.Engine.Account.Keys(r.Context(), account.ListKeys{Page: domain.Page{Number: 1, Size: 100}})
	if err != nil {
		return view{}, err
	}
	v := view{Shell: sh, Origin: p.Origin(r), Form: newForm(nil), Graces: graceChoices()}
	for _, k := range list.Items {
		v.Rows = append(v.Rows, rowOf(k, p.Now()))
	}
	return v, nil
}

func rowOf(k domain.Key, now time.Time) row {
	return row{
		ID:         k.ID,
		Name:       k.Name,
		Prefix:     k.Prefix,
		Role:       k.Role,
		Scopes:     k.Scopes,
		By:         k.CreatedBy,
		Created:    k.CreatedAt,
		LastUsed:   k.LastUsedAt,
		LastIP:     k.LastUsedIP,
		Expires:    k.ExpiresAt,
		Revoked:    k.RevokedAt,
		Live:       k.Live(now),
		EndingSoon: k.Live(now) && !k.RevokedAt.IsZero(),
	}
}

// newForm returns the form with the scopes that were chosen; nil: the usual ones.
func newForm(chosen []string) form {
	f := form{Expires: []ui.Choice{
		{Value: "", Label: "Never", On: true},
		{Value: "7", Label: "In 7 days"},
		{Value: "30", Label: "In 30 days"},
		{Value: "90", Label: "In 90 days"},
		{Value: "365", Label: "In 1 year"},
	}}
	for _, sc := range domain.Scopes() {
		help, shown := scopeHelp[sc]
		if !shown {
			continue
		}
		on := slices.Contains(account.UsualScopes(), sc)
		if chosen != nil {
			on = slices.Contains(chosen, string(sc))
		}
		f.Scopes = append(f.Scopes, scopeChoice{sc, help, on})
	}
	return f
}

func graceChoices() []ui.Choice {
	return []ui.Choice{
		{Value: "0s", Label: "immediately"},
		{Value: "1h", Label: "in 1 hour"},
		{Value: "24h", Label: "in 24 hours", On: true},
		{Value: "168h", Label: "in 7 days"},
	}
}

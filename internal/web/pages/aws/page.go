// Package aws is Settings > AWS: how to connect the workspace's AWS account, and how the last sync with it went.
package aws

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const (
	path = "/settings/aws"
	// again is after how many seconds a browser without scripts looks whether a sync has ended.
	again = 5
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "aws",
		Files: files,
		Menu:  ui.Link{Group: ui.Connect, Path: path, Name: "AWS", Icon: "cloud", Keys: "g x"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.connect},
			{Pattern: "POST " + path + "/test", Handle: p.test},
			{Pattern: "POST " + path + "/sync", Handle: p.sync},
			{Pattern: "POST " + path + "/disconnect", Handle: p.disconnect},
		},
	}
}

type view struct {
	ui.Shell
	AWS     partner.AWS
	ETag    string   // of the connection; empty: there is none
	Role    string   // what is in the field
	Faults  []string // what is wrong with it
	Problem string   // what is wrong beside it
	Works   string   // the role that has just passed the test
	Asking  bool     // whether to disconnect
	Refused string   // why this person may not change the connection; empty: nothing forbids it
	CanSync bool
}

// Passed reports whether a role has passed the test that is not connected.
func (v view) Passed() bool { return v.Works != "" && v.Works != v.AWS.Connection.RoleARN }

// Deals says how the sync of opportunities went; empty where none has ended yet.
func (v view) Deals() string {
	switch d := v.AWS.Connection.Deals; d.State {
	case domain.DealsSynced:
		if n := len(d.Skipped); n > 0 {
			return "Synced, except " + domain.Plural(n, "record") + " at AWS: " + strings.Join(d.SkippedIDs(), ", ") + "."
		}
		return "Synced."
	case domain.DealsDenied:
		return "Not permitted. " + d.Note
	case domain.DealsFailed:
		return "Not synced. " + d.Note
	default:
		return ""
	}
}

// Open reports whether the steps are open that connect another role.
func (v view) Open() bool { return len(v.Faults) > 0 || v.Passed() }

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, view{Asking: r.URL.Query().Has("disconnect")})
}

func (p page) render(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	if v.Shell, err = p.Shell(w, r, path, "AWS"); err != nil {
		return err
	}
	if v.AWS, err = p.Engine.Partner.AWS(r.Context()); err != nil {
		return err
	}
	if v.AWS.Connected {
		v.ETag = ui.ETag(int64(v.AWS.Connection.Revision))
	}
	if v.AWS.Connection.Syncing() {
		v.Refresh = again
	}
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		v.CanSync = actor.Require(domain.ScopeWrite) == nil
		if err := actor.Require(domain.ScopeAdmin); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	return p.Render(w, r, status, "aws", v)
}

// connect connects by the role in the field, or only tests it where that button was pressed.
func (p page) connect(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	role := strings.TrimSpace(r.PostForm.Get("iam_role_arn"))
	if r.PostForm.Get("try") == "test" {
		return p.try(w, r, role)
	}
	out, err := ui.Once(r, func(ctx context.Context) (partner.AWS, error) {
		return p.Engine.Partner.ConnectAWS(ctx, partner.ConnectAWS{
			RoleARN: role, Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
		})
	}, func(partner.AWS) ui.Outcome {
		return ui.Outcome{Path: path, Message: "AWS is connected. The first sync has started."}
	})
	if err != nil {
		return p.refuse(w, r, role, err)
	}
	return p.Finish(w, r, out)
}

// try tests a role that a person wrote and shows what came of it.
func (p page) try(w http.ResponseWriter, r *http.Request, role string) error {
	if role == "" { // the verb would test the role of the connection
		return p.refuse(w, r, role, noRole())
	}
	if err := p.Engine.Partner.TestAWS(r.Context(), role); err != nil {
		return p.refuse(w, r, role, err)
	}
	return p.render(w, r, http.StatusOK, view{Role: role, Works: role})
}

func noRole() error {
	var p domain.Problems
	p.Required("iam_role_arn")
	return p.Err()
}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, role string, cause error) error {
	switch e := domain.AsError(cause); e.Code {
	case domain.CodeValidation:
		return p.render(w, r, e.Code.Status(), view{Role: role, Faults: ui.FaultsOf(e)})
	case domain.CodeConflict, domain.CodeUnavailable:
		return p.render(w, r, e.Code.Status(), view{Role: role, Problem: e.Message})
	default:
		return p.Refuse(w, r, path, cause)
	}
}

// test tests the role of the connection again.
func (p page) test(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	c, err := p.Engine.Partner.AWSConnection(r.Context())
	if err != nil {
		return err
	}
	switch err := p.Engine.Partner.TestAWS(r.Context(), c.RoleARN); domain.CodeOf(err) {
	case domain.CodeValidation:
		message := strings.Join(ui.FaultsOf(domain.AsError(err)), " ")
		return p.render(w, r, http.StatusUnprocessableEntity, view{Problem: message})
	case domain.CodeConflict, domain.CodeUnavailable:
		return p.refuse(w, r, "", err)
	default:
		if err != nil {
			return p.Refuse(w, r, path, err)
		}
	}
	return p.render(w, r, http.StatusOK, view{Works: c.RoleARN})
}

func (p page) sync(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, p.Engine.Partner.SyncListings, "A sync has started.")
}

func (p page) disconnect(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, func(ctx context.Context) error {
		return p.Engine.Partner.DisconnectAWS(ctx, verb.Precondition{IfMatch: r.PostForm.Get("etag")})
	}, "AWS was disconnected. The listings stay.")
}

func (p page) do(w http.ResponseWriter, r *http.Request, act func(context.Context) error, message string) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, act(ctx)
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: message} })
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Finish(w, r, out)
}

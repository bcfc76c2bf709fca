// Package notifications is the inbox of the person who is signed in, with the settings
// of what comes there and what comes by e-mail.
package notifications

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const (
	path    = "/notifications"
	perPage = 25
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "notifications",
		Files: files,
		Menu: ui.Link{
			Group:   ui.Manage,
			Path:    path,
			Name:    "Notifications",
			Icon:    "bell",
			Keys:    "g n",
			Phone:   "Inbox",
			Count:   func(ctx context.Context) (int, error) { return p.Engine.Account.UnreadNotifications(ctx) },
			Counted: ui.Unread,
		},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path + "/{id}/open", Handle: p.open},
			{Pattern: "POST " + path + "/{id}/read", Handle: p.read},
			{Pattern: "POST " + path + "/read-all", Handle: p.readAll},
			{Pattern: "POST " + path, Handle: p.save},
			{Pattern: "POST " + path + "/credits-low", Handle: p.saveCreditsLow},
		},
	}
}

type view struct {
	ui.Shell
	Tabs         []ui.Tab
	Rows         []row
	Unread       int
	Total        int
	Only         bool // only unread ones are shown
	From, Until  int  // positions of the rows shown, from 1
	Newer, Older string
	Settings     settings
	CreditsLow   ui.Fields // none: this person may not change it
}

// row is one notification.
type row struct {
	ID       int64
	Headline string
	Detail   string
	Glyph    string
	Leads    bool // to a page where its reader can act
	Created  time.Time
	Unread   bool
}

// query is what the address says about the list.
type query struct {
	Unread bool
	Page   int
}

func readQuery(v url.Values) query {
	q := query{Unread: v.Get("unread") != "", Page: 1}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 0 {
		q.Page = min(n, domain.LimitPage.Max)
	}
	return q
}

func (q query) href() string {
	v := url.Values{}
	if q.Unread {
		v.Set("unread", "1")
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "notifications", v)
}

func (p page) view(w http.ResponseWriter, r *http.Request) (v view, err error) {
	ctx, q := r.Context(), readQuery(r.URL.Query())
	if v.Shell, err = p.Shell(w, r, path, "Notifications"); err != nil {
		return v, err
	}
	list, err := p.Engine.Account.Notifications(ctx, account.ListNotifications{
		Unread: q.Unread,
		Sort:   domain.SortByTime,
		Page:   domain.Page{Number: q.Page, Size: perPage},
	})
	if err != nil {
		return v, err
	}
	if v.Unread, err = p.Engine.Account.UnreadNotifications(ctx); err != nil {
		return v, err
	}
	s, err := p.Engine.Account.NotificationSettings(ctx)
	if err != nil {
		return v, err
	}
	v.Settings, v.CreditsLow = settingsOf(s), creditsLow(ctx, v.Workspace)
	v.Tabs = []ui.Tab{
		{Label: "All", Href: path, On: !q.Unread},
		{Label: "Unread", Href: query{Unread: true}.href(), On: q.Unread, Count: v.Unread, Counted: true},
	}
	v.fill(q, list)
	return v, nil
}

func (v *view) fill(q query, list domain.List[domain.Notification]) {
	v.Total, v.Only = list.Total, q.Unread
	for _, n := range list.Items {
		v.Rows = append(v.Rows, row{
			ID:       n.ID,
			Headline: n.Headline(),
			Detail:   n.Detail,
			Glyph:    glyphs[n.Kind],
			Leads:    n.Path() != path,
			Created:  n.CreatedAt,
			Unread:   n.ReadAt.IsZero(),
		})
	}
	if len(v.Rows) == 0 {
		return
	}
	v.From = (q.Page-1)*perPage + 1
	v.Until = v.From + len(v.Rows) - 1
	if q.Page > 1 {
		v.Newer = query{q.Unread, q.Page - 1}.href()
	}
	if v.Until < v.Total {
		v.Older = query{q.Unread, q.Page + 1}.href()
	}
}

// glyphs are those that the rest of the dashboard shows for what happened.
var glyphs = map[domain.NotificationKind]string{
	domain.NotifyCompleted:   "completed",
	domain.NotifyFailed:      "failed",
	domain.NotifyWaiting:     "person",
	domain.NotifyCreditsLow:  "blocked",
	domain.NotifyPaused:      "failed",
	domain.NotifyUnpublished: "failed",
	domain.NotifyWebhook:     "failed",
	domain.NotifyWebhookOff:  "failed",
}

package calendar

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

const path = "/calendar"

// mostShown is how many entries a view shows.
const mostShown = 2_000

type page struct{ *ui.Site }

// view is what the page shows: the calendar, a form, or the addresses.
type view struct {
	ui.Shell
	Mode     string // month, week or list
	Heading  string
	Modes    []ui.Tab
	Prev     string
	Next     string
	Today    string
	Here     string // the address of this view
	Zone     string
	Weeks    []week
	Days     []day // of the list
	Total    int
	More     int // entries that are not shown
	Query    query
	Types    []ui.Choice
	Channels []ui.Choice
	Refused  string // why this person may not change the calendar; "" where nothing forbids it
	Form     *form
	Feeds    *feeds
}

type week struct{ Days []day }

// day is one day of the calendar with what stands on it.
type day struct {
	Date    string // 2026-03-10
	Label   string // Tuesday, 10 March
	Number  int
	Outside bool // of another month than the one that is shown
	Today   bool
	Entries []entry
	Hidden  int // entries that a month has no room for
	All     string
}

// entry is an entry on one day.
type entry struct {
	ID      string
	Href    string
	Title   string
	Time    string // of the clocks of the workspace; empty: the whole day
	Type    domain.CalendarType
	Label   string // of the type
	Channel string
	ETag    string // empty: it cannot be moved
	Item    bool
	Off     bool // cancelled
	State   domain.ActionState
	Slipped string // "2 days later than planned"
}

// query is what the address asks for.
type query struct {
	Mode     string
	Date     time.Time // a day that the view has
	Type     string
	Channel  string
	Campaign string
}

func (q query) href(mode string, at time.Time) string {
	v := url.Values{"view": {mode}, "date": {at.Format(time.DateOnly)}}
	for name, value := range map[string]string{"type": q.Type, "channel": q.Channel, "campaign": q.Campaign} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return path + "?" + v.Encode()
}

// Day is the day that the address asks for.
func (q query) Day() string { return q.Date.Format(time.DateOnly) }

func readQuery(r *http.Request, now time.Time) query {
	in := r.URL.Query()
	q := query{Mode: in.Get("view"), Type: in.Get("type"), Channel: in.Get("channel"), Campaign: in.Get("campaign")}
	if q.Mode != "week" && q.Mode != "list" {
		q.Mode = "month"
	}
	at, err := time.Parse(time.DateOnly, in.Get("date"))
	if err != nil || at.Year() < 1971 || at.Year() > 9000 {
		y, m, d := now.Date()
		at = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	q.Date = at
	return q
}

func refused(r *http.Request) string {
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeWrite); err != nil {
			return domain.AsError(err).Message
		}
	}
	return ""
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// boardPage is the board: four columns of cards.
type boardPage struct {
	Shell
	Filter  boardQuery
	Columns []boardColumn
	Types   []choice
	Ages    []choice
	Total   int
	Empty   bool // there is no item at all, not even behind the filter
	Example string
}

type boardColumn struct {
	Stage domain.ItemStatus
	Label string
	Count int
	Cards []card
	More  int // cards that the column has beyond those shown
	Hint  string
	Here  string // address of the board with longer columns
}

// card is one item as the board shows it.
type card struct {
	ID       int64
	ETag     string
	Title    string
	Stage    domain.ItemStatus
	Type     string
	Channel  string
	Words    int
	AI       bool
	Assignee string
	Initials string
	Updated  time.Time
	Findings int
	Blocking bool
	Needs    int
}

// choice is one option of a select or a set of tabs.
type choice struct {
	Value, Label string
	On           bool
}

// boardQuery is what the address says about the board.
type boardQuery struct {
	Type      string
	Since     string // days
	Text      string
	Execution int64
	Long      bool // up to 200 cards a column
}

// Any reports whether something narrows the board.
func (q boardQuery) Any() bool {
	return q.Type != "" || q.Since != "" || q.Text != "" || q.Execution != 0
}

func readBoardQuery(v url.Values) boardQuery {
	q := boardQuery{Text: strings.TrimSpace(v.Get("q")), Long: v.Get("long") != ""}
	if t := v.Get("type"); domain.ContentType(t).Valid() {
		q.Type = t
	}
	if _, err := strconv.Atoi(v.Get("since")); err == nil {
		q.Since = v.Get("since")
	}
	q.Execution, _ = strconv.ParseInt(v.Get("execution"), 10, 64) // no number: no filter
	return q
}

func (q boardQuery) filter(now time.Time) engine.BoardFilter {
	f := engine.BoardFilter{ContentType: domain.ContentType(q.Type), ExecutionID: q.Execution, PerColumn: 50}
	if q.Long {
		f.PerColumn = 200
	}
	if days, err := strconv.Atoi(q.Since); err == nil && days > 0 {
		f.Created.From = now.AddDate(0, 0, -days)
	}
	return f
}

func (s *Site) board(w http.ResponseWriter, r *http.Request) error {
	sh, err := s.shell(w, r, "/board", "Board")
	if err != nil {
		return err
	}
	q := readBoardQuery(r.URL.Query())
	cols, err := s.engine.Board(r.Context(), q.filter(s.now()))
	if err != nil {
		return err
	}
	page := boardPage{Shell: sh, Filter: q, Types: typeChoices(q.Type), Ages: ageChoices(q.Since), Example: exampleCall(s.origin(r))}
	long := r.URL.Query()
	long.Set("long", "1")
	for _, c := range cols {
		col := columnOf(c, q.Text)
		col.Here = "/board?" + long.Encode()
		page.Columns = append(page.Columns, col)
		page.Total += c.Count
	}
	page.Empty = page.Total == 0 && !q.Any()
	return s.render(w, r, http.StatusOK, "board", page)
}

var columnHints = map[domain.ItemStatus]string{
	domain.ItemGenerated: "New texts land here when a run has finished.",
	domain.ItemReview:    "Texts that a person reads before they go on.",
	domain.ItemReady:     "Approved texts, waiting for their day.",
	domain.ItemPublished: "What the world can read, in the feed.",
}

func columnOf(c engine.Column, text string) boardColumn {
	col := boardColumn{Stage: c.Stage, Label: c.Stage.Label(), Count: c.Count, Hint: columnHints[c.Stage]}
	for _, item := range c.Items {
		if text == "" || strings.Contains(strings.ToLower(item.Title+" "+item.Preview), strings.ToLower(text)) {
			col.Cards = append(col.Cards, cardOf(item))
		}
	}
	col.More = c.Count - len(c.Items)
	return col
}

func cardOf(i domain.ContentItem) card {
	return card{
		ID: i.ID, ETag: etag(i.Revision), Title: titleOf(i.Title, i.ID), Stage: i.Status, Type: human(string(i.Type)),
		Channel: human(i.Channel), Words: i.WordCount, AI: i.Origin.AI, Assignee: i.Assignee, Initials: initials(i.Assignee),
		Updated: i.UpdatedAt, Findings: len(i.Findings), Blocking: domain.Blocking(i.Findings), Needs: len(i.NeedsInput),
	}
}

func titleOf(title string, id int64) string {
	if strings.TrimSpace(title) == "" {
		return "Untitled " + strconv.FormatInt(id, 10)
	}
	return title
}

func initials(name string) string {
	out := ""
	for _, word := range strings.Fields(name) {
		if r := []rune(word); len([]rune(out)) < 2 {
			out += strings.ToUpper(string(r[0]))
		}
	}
	return out
}

func typeChoices(on string) []choice {
	list := []choice{{Value: "", Label: "All types", On: on == ""}}
	for _, t := range domain.ContentTypes() {
		list = append(list, choice{string(t), human(string(t)), on == string(t)})
	}
	return list
}

func ageChoices(on string) []choice {
	return []choice{
		{"", "Any time", on == ""}, {"1", "Last day", on == "1"},
		{"7", "Last 7 days", on == "7"}, {"30", "Last 30 days", on == "30"},
	}
}

// moved is the answer to a move, for the script of the board.
type moved struct {
	Message string      `json:"message"`
	Items   []movedItem `json:"items"`
}

type movedItem struct {
	ID    int64  `json:"id"`
	ETag  string `json:"etag"`
	Stage string `json:"stage"`
}

// boardMove moves one card or many.
func (s *Site) boardMove(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	ids, err := readIDs(r.PostForm["ids"])
	if err != nil {
		return s.refuse(w, r, "/board", err)
	}
	to := domain.ItemStatus(r.PostForm.Get("to"))
	if !to.Valid() {
		return domain.Errorf(domain.CodeBadRequest, "The board has no column %q.", to)
	}
	items, err := s.move(r, ids, to)
	if err != nil {
		return s.refuseMove(w, r, ids, err)
	}
	done := moved{Message: plural(len(items), "item", "items") + " moved to " + to.Label() + "."}
	for _, i := range items {
		done.Items = append(done.Items, movedItem{i.ID, etag(i.Revision), string(i.Status)})
	}
	if wantsJSON(r) {
		writeJSON(w, http.StatusOK, done)
		return nil
	}
	return s.back(w, r, "/board", done.Message)
}

func (s *Site) move(r *http.Request, ids []int64, to domain.ItemStatus) ([]domain.ContentItem, error) {
	if len(ids) == 1 {
		before, _ := strconv.ParseInt(r.PostForm.Get("before"), 10, 64) // none: on top
		item, err := s.engine.Move(r.Context(), engine.Move{ID: ids[0], To: to, Before: before, Precondition: engine.Precondition{IfMatch: r.PostForm.Get("etag")}})
		return []domain.ContentItem{item}, err
	}
	results, err := s.engine.BulkMove(r.Context(), engine.BulkMove{IDs: ids, To: to, Mode: "atomic"})
	if err != nil {
		return nil, err
	}
	var items []domain.ContentItem
	for _, res := range results {
		if res.Err != nil {
			return nil, res.Err
		}
		items = append(items, *res.Item)
	}
	return items, nil
}

// refuseMove tells why a card stays where it was, and where the reason can be seen.
func (s *Site) refuseMove(w http.ResponseWriter, r *http.Request, ids []int64, err error) error {
	e := domain.AsError(err)
	if !wantsJSON(r) || e.Code == domain.CodeServer {
		return s.refuse(w, r, "/board", err)
	}
	p := problemOf(e)
	if e.Code == domain.CodePreconditionFailed {
		p.Message = "Somebody else changed this item a moment ago, so it was put back. Look at it again, then move it."
	}
	if len(ids) == 1 && len(p.Blockers) > 0 {
		p.Link = "/content/" + strconv.FormatInt(ids[0], 10) + "#findings"
	}
	writeJSON(w, e.Code.Status(), p)
	return nil
}

func readIDs(values []string) ([]int64, error) {
	var ids []int64
	for _, v := range values {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil, domain.Errorf(domain.CodeBadRequest, "%q is no item.", v)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, domain.Errorf(domain.CodeBadRequest, "Choose at least one item first.")
	}
	return ids, nil
}

// origin is the address that this browser reached the server at.
func (s *Site) origin(r *http.Request) string {
	if s.opts.Secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func exampleCall(origin string) string {
	return "curl -X POST " + origin + "/api/v1/content-workflow/capabilities/generate-blog-post/execute \\\n" +
		"  -H \"Authorization: Bearer YOUR_API_KEY\" -H \"Content-Type: application/json\" \\\n" +
		"  -d '{\"settings\":{\"topic\":\"Cloud cost optimization\"}}'"
}

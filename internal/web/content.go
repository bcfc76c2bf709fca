package web

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// contentPage is one item: its text to read, to change and to compare.
type contentPage struct {
	Shell
	Item     itemFacts
	View     string
	Views    []tab
	Body     template.HTML
	Findings []findingView
	Needs    []domain.Need
	Next     nextStep
	Stages   []stageChoice
	Scores   []score
	Sources  sources
	History  []domain.ItemMove
	Channels []domain.Publication

	Form     editForm
	Versions []versionRow
	Compare  comparison
}

// itemFacts is what stands around the text.
type itemFacts struct {
	card
	Slug, Language           string
	MetaTitle, MetaDesc      string
	Keywords                 []string
	Version, Approved        int
	Published                int
	PublishedAt, CreatedAt   time.Time
	Engine                   string
	Execution                int64
	Capability, Agent, Voice string
	Reading                  string
	Feed                     string // address in the feed; empty until published
}

// nextStep is the one thing to do now.
type nextStep struct {
	Heading, Text        string
	Button, Action, Path string // Action posts, Path opens
	To                   domain.ItemStatus
}

type stageChoice struct {
	Stage domain.ItemStatus
	Label string
	On    bool
}

type score struct {
	Name  string
	Value string
}

// editForm is the form that makes a version.
type editForm struct {
	ETag                                             string
	Title, Body, MetaTitle, MetaDesc, Slug, Keywords string
	Reason                                           string
	Problem                                          string
	Errors                                           map[string][]string
	Theirs                                           []diffPart // what somebody else changed meanwhile
}

type versionRow struct {
	N         int
	Author    string
	Machine   bool
	Reason    string
	At        time.Time
	Approved  bool
	Published bool
	Present   bool
	Words     int
}

// comparison is the word diff of two versions.
type comparison struct {
	From, To   int
	Parts      []diffPart
	Title      []diffPart
	In, Out    int
	Machine    bool // the later version is a machine's
	Author     string
	Reason     string
	Restorable bool
}

func (s *Site) content(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	d, err := s.engine.Item(r.Context(), id)
	if err != nil {
		return err
	}
	page, err := s.contentPage(w, r, d)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "content", page)
}

var contentViews = []string{"read", "edit", "versions", "history"}

func (s *Site) contentPage(w http.ResponseWriter, r *http.Request, d engine.ItemDetails) (contentPage, error) {
	sh, err := s.shell(w, r, "/board", titleOf(d.Title, d.ID))
	if err != nil {
		return contentPage{}, err
	}
	ws, err := s.engine.Profile(r.Context())
	if err != nil {
		return contentPage{}, err
	}
	page := contentPage{Shell: sh, Item: itemFactsOf(d, ws), View: readView(r), Findings: findingViews(d.Findings), Needs: d.NeedsInput,
		Scores: scoresOf(d.Scores), Sources: sourcesOf(d.Provenance), History: d.Moves, Channels: d.Publications}
	page.Body = marked(d.Body, d.Findings, s.engine.RenderMarkdown)
	page.Next = nextFor(page.Item, page.Findings, ws.RequireApproval)
	for _, st := range domain.ItemStatuses() {
		page.Stages = append(page.Stages, stageChoice{st, st.Label(), st == d.Status})
	}
	page.Form = editFormOf(d.ContentItem)
	if page.View == "versions" || page.View == "history" {
		err = s.fillVersions(r, &page, d)
	}
	page.Views = page.views()
	return page, err
}

func readView(r *http.Request) string {
	for _, v := range contentViews {
		if r.URL.Query().Get("view") == v {
			return v
		}
	}
	return "read"
}

func (p contentPage) views() []tab {
	var tabs []tab
	for _, v := range contentViews {
		t := tab{Label: human(v), Href: "/content/" + strconv.FormatInt(p.Item.ID, 10), On: v == p.View}
		if v != "read" {
			t.Href += "?view=" + v
		}
		if v == "versions" {
			t.Count, t.Counted = p.Item.Version, true
		}
		tabs = append(tabs, t)
	}
	return tabs
}

func itemFactsOf(d engine.ItemDetails, ws domain.Workspace) itemFacts {
	f := itemFacts{card: cardOf(d.ContentItem), Slug: d.Slug, Language: d.Language, MetaTitle: d.MetaTitle, MetaDesc: d.MetaDescription,
		Keywords: d.Keywords, Version: d.Version, Approved: d.ApprovedVersion, Published: d.PublishedVersion, PublishedAt: d.PublishedAt,
		CreatedAt: d.CreatedAt, Engine: engineLabel(d.Origin), Execution: d.ExecutionID, Reading: readingTime(d.WordCount)}
	if d.Agent != nil {
		f.Agent = d.Agent.Name
	}
	if d.Voice != nil {
		f.Voice = d.Voice.Name
	}
	if d.Execution != nil {
		f.Capability = d.Execution.Capability
	}
	if d.PublishedVersion > 0 && d.Status == domain.ItemPublished && ws.FeedEnabled {
		f.Feed = "/feeds/" + ws.Slug + "/items/" + d.Slug
	}
	return f
}

// readingTime takes 220 words a minute, a usual pace for prose on a screen.
func readingTime(words int) string { return strconv.Itoa(max(1, (words+110)/220)) + " min read" }

// nextFor says the one thing to do now: mend, approve, publish, look.
func nextFor(i itemFacts, findings []findingView, strict bool) nextStep {
	path := "/content/" + strconv.FormatInt(i.ID, 10)
	undecided := i.Approved != i.Version || i.Stage == domain.ItemReview // back in review, somebody asks again
	switch {
	case i.Stage == domain.ItemPublished && i.Published != i.Version && !i.Blocking && strict && i.Approved != i.Version:
		return nextStep{Heading: "Approve the newer version", Text: "Version " + strconv.Itoa(i.Published) + " stays in the feed until version " + strconv.Itoa(i.Version) + " is approved and published.", Button: "Approve", Action: path + "/approve"}
	case i.Stage == domain.ItemPublished && i.Published != i.Version && !i.Blocking:
		return nextStep{Heading: "A newer version is not out yet", Text: "Version " + strconv.Itoa(i.Published) + " stands in the feed, and version " + strconv.Itoa(i.Version) + " here.", Button: "Publish version " + strconv.Itoa(i.Version), Action: path + "/move", To: domain.ItemPublished}
	case i.Stage == domain.ItemPublished && i.Feed != "":
		return nextStep{Heading: "It is out", Text: "Version " + strconv.Itoa(i.Published) + " stands in the public feed.", Button: "See it in the feed", Path: i.Feed}
	case i.Stage == domain.ItemPublished:
		return nextStep{Heading: "It is published", Text: "The feed of this workspace is switched off, so no public page shows it."}
	case i.Blocking:
		return nextStep{Heading: "Mend what blocks it", Text: "A blocking finding keeps this text from being published. It is marked in the text.", Button: "Mend it", Path: path + "?view=edit&mend=1"}
	case len(findings) > 0 && undecided:
		return nextStep{Heading: "Look at what was found", Text: plural(len(findings), "place", "places") + " in the text may need a better word. Mend, or approve as it is.", Button: "Mend it", Path: path + "?view=edit&mend=1"}
	case undecided:
		return nextStep{Heading: "Read it, then approve", Text: "Approving moves version " + strconv.Itoa(i.Version) + " to Ready.", Button: "Approve", Action: path + "/approve"}
	}
	return nextStep{Heading: "Ready to go out", Text: "Version " + strconv.Itoa(i.Version) + " is approved. Publishing puts it into the public feed.", Button: "Publish", Action: path + "/move", To: domain.ItemPublished}
}

func scoresOf(m map[string]float64) []score {
	var list []score
	for _, name := range sortedKeys(m) {
		list = append(list, score{human(name), strconv.FormatFloat(m[name], 'f', -1, 64)})
	}
	return list
}

func editFormOf(i domain.ContentItem) editForm {
	return editForm{ETag: etag(i.Revision), Title: i.Title, Body: i.Body, MetaTitle: i.MetaTitle, MetaDesc: i.MetaDescription,
		Slug: i.Slug, Keywords: strings.Join(i.Keywords, ", ")}
}

// fillVersions lists the versions and compares the two that the address names,
// the last two by default.
func (s *Site) fillVersions(r *http.Request, page *contentPage, d engine.ItemDetails) error {
	list, err := s.engine.Versions(r.Context(), engine.ListVersions{ID: d.ID, Page: domain.Page{Number: 1, Size: 100}})
	if err != nil {
		return err
	}
	byN := map[int]domain.ContentVersion{}
	for _, v := range list.Items {
		byN[v.N] = v
		page.Versions = append(page.Versions, versionRow{N: v.N, Author: v.Author, Machine: v.AuthorKind == domain.ActorSystem, Reason: v.Reason,
			At: v.CreatedAt, Approved: v.N == d.ApprovedVersion, Published: v.N == d.PublishedVersion, Present: v.N == d.Version,
			Words: len(strings.Fields(v.Body))})
	}
	from, to := d.Version-1, d.Version
	if n, err := strconv.Atoi(r.URL.Query().Get("to")); err == nil && n > 0 {
		from, to = n-1, n
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("from")); err == nil {
		from = n
	}
	if newer, ok := byN[to]; ok {
		page.Compare = compareVersions(byN[from], newer)
		page.Compare.Restorable = to != d.Version
	}
	return nil
}

func compareVersions(a, b domain.ContentVersion) comparison {
	c := comparison{From: a.N, To: b.N, Machine: b.AuthorKind == domain.ActorSystem, Author: b.Author, Reason: b.Reason}
	if a.N == 0 {
		c.Parts = []diffPart{{"same", b.Body}}
		c.Title = []diffPart{{"same", b.Title}}
		return c
	}
	c.Parts, c.Title = wordDiff(a.Body, b.Body), wordDiff(a.Title, b.Title)
	c.In, c.Out = changed(c.Parts)
	c.Parts = folded(c.Parts)
	return c
}

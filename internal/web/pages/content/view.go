package content

import (
	"html/template"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

type page struct{ *ui.Site }

// view is what the page shows.
type view struct {
	ui.Shell
	Item     facts
	View     string // one of views
	Views    []ui.Tab
	Body     template.HTML
	Findings []ui.FindingView
	Open     int // how many of the findings somebody still has to look at
	Needs    []domain.Need
	Next     nextStep
	Statuses []statusChoice
	Plan     plan
	Scores   []score
	Sources  sources
	History  []happening
	Channels channelsView
	SentBack *domain.ItemMove // why a reviewer sent the item back; nil: nobody did, or has moved it since
	Waiting  int64            // the execution that waits for a decision about the item; 0: none

	Lineage  lineageView
	Comments commentsView // where the text is read
	Links    linksView    // where the text is read
	Images   imagesView   // where they are looked at
	Shown    []imageRow   // the images of the item
	Form     form
	Versions versions
	Compare  comparison
}

// facts are shown around the text.
type facts struct {
	ui.Card
	Slug, Language                string
	MetaTitle, MetaDesc           string
	Keywords                      []string
	Version, Approved             int
	Published                     int
	PublishedAt, CreatedAt        time.Time
	Origin                        string
	Execution                     int64
	Listing                       string // the listing that it was written for: lst_7; "": none
	Capability, Agent, BrandVoice string
	Reading                       string
	Feed                          string // address in the feed; empty until published
}

type statusChoice struct {
	Status domain.ItemStatus
	Label  string
	On     bool
}

type score struct {
	Name  string
	Value string
}

// versions is a page of the item's versions, newest first.
type versions struct {
	Rows         []versionRow
	Newer, Older string // addresses of the neighbouring pages; empty: none
}

// happening is one line of the history: a move or a new version.
type happening struct {
	At      time.Time
	Move    *domain.ItemMove
	Version *versionRow
}

type versionRow struct {
	N         int
	Author    string
	Machine   bool
	Reason    string
	At        time.Time
	Approved  bool
	Published bool
	Current   bool
	Words     int
	Href      string // the comparison with the version before
}

// comparison is the word diff of two versions.
type comparison struct {
	From, To   int
	Parts      []ui.DiffPart
	Title      []ui.DiffPart
	In, Out    int  // words added and removed
	Machine    bool // the later version is a machine's
	Author     string
	Reason     string
	Restorable bool
}

// nextStep is the one thing to do now. Action is posted to, Path is opened.
type nextStep struct {
	Heading, Text        string
	Button, Action, Path string
	To                   domain.ItemStatus // the column that Action moves to; empty: none
}

// form is the form that creates a version.
type form struct {
	ETag                                             string
	Version                                          int // that is edited
	Title, Body, MetaTitle, MetaDesc, Slug, Keywords string
	Reason                                           string
	Problem                                          string
	Errors                                           map[string][]string
	Theirs                                           []ui.DiffPart // how it differs from what someone else saved
}

var views = []string{"read", "edit", "images", "versions", "history"}

// Rewrites are what can be done with a passage: without a model, it can only be shortened.
func (v view) Rewrites() []domain.RewriteAction {
	if v.Composer {
		return []domain.RewriteAction{domain.RewriteShorten}
	}
	return domain.RewriteActions()
}

func (v view) tabs() []ui.Tab {
	var tabs []ui.Tab
	for _, name := range views {
		t := ui.Tab{Label: ui.Human(name), Href: ui.ItemPath(v.Item.ID), On: name == v.View}
		if name != views[0] {
			t.Href += "?view=" + name
		}
		if name == "images" {
			t.Count, t.Counted = len(v.Shown), len(v.Shown) > 0
		}
		if name == "versions" {
			t.Count, t.Counted = v.Item.Version, true
		}
		tabs = append(tabs, t)
	}
	return tabs
}

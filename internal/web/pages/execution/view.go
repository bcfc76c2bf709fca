package execution

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
	Execution facts
	Tab       string // one of tabs
	Tabs      []ui.Tab
	Timeline  timeline
	Output    []outputText
	Results   []result
	Writes    bool // it generates text; else it looks at an item or a text
	Cards     []ui.Card
	Needs     []domain.Need
	Findings  []ui.FindingView
	Input     string
	Context   string
	Events    []eventRow
	Curl      string
	Changes   []changedStep // the open tab is the comparison
	Same      int           // how many steps are the same

	outputs outputs // how the capability wants its results shown
}

// facts are shown at the top of the page.
type facts struct {
	ui.ExecutionRow
	Origin   string
	AI       bool
	Held     int  // credits
	Price    int  // credits of the whole plan
	Limit    *int // the most credits that its caller allows; nil: none
	Cost     string
	Started  time.Time
	Waiting  string
	TabTitle string
	TabIcon  string
	RetryOf  int64
	Redo     domain.Redo // of which execution and which step; zero for none
	RedoName string      // the step, as people read it
	Redone   []int64     // the executions that redo one of its steps
	MayRedo  bool        // its steps can be run again
	Ended    bool
	// Unfinished means that it ended before its text was recorded.
	Unfinished bool
	Cancel     bool
	Archive    bool
	ItemID     int64  // the first item; 0 while there is none
	Step       string // the step under way
	Completed  time.Time
}

// outputText is one text: an item, or what a step has written so far.
type outputText struct {
	Key, Name string
	ItemID    int64
	HTML      template.HTML // of the version of an item that the execution wrote
	Language  string        // of the item
	Now       int           // the item's present version
	Version   int           // the one that the execution wrote
	Text      string        // of a step
	Live      bool          // more may come
	Stopped   bool          // it is not finished, and no more comes
}

// eventRow is one line of the event log.
type eventRow struct {
	At      time.Time
	Name    string
	By      string
	Payload string
}

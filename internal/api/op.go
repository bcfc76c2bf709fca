package api

import (
	"context"
	"net/http"
	"reflect"

	"vellocity/internal/domain"
)

// Op is one operation: a row of the table. From it come the REST route, the
// checks of its input, its place in the OpenAPI document, its MCP tool and its
// command.
type Op struct {
	// Name is the operation's name everywhere: the tool, the operationId.
	Name string
	// Noun and Verb name the command: vellocity executions list.
	Noun, Verb string
	Method     string
	Path       string // under /api/v1, or from the root for the few outside of it
	Tag        string // its chapter in the OpenAPI document
	Summary    string
	// Description says what a caller, human or model, must know beyond the summary.
	Description string
	Scope       domain.Scope // empty: open to anybody
	// Says what a caller may expect of a call; all four become MCP hints.
	ReadOnly, Destructive, Repeatable, OpenWorld bool
	// Status is the answer's status where all went well; 200 by default.
	Status int
	// Claims means that the call takes an Idempotency-Key.
	Claims bool
	// Tags means that the answer carries an ETag.
	Tags bool
	// Bare means that the answer has no envelope.
	Bare bool
	// Root means that the path is not under /api/v1.
	Root bool
	// Streams is the name of what the operation streams, for the document: text, events.
	Streams string
	// Media is the media type of an answer that is a file.
	Media []string
	// Meta is an example of the meta object's type; nil where there is none.
	Meta any
	// Errors are the codes beyond those that every operation of its kind has.
	Errors []domain.Code
	// Toolset groups the tool; Default puts it into the list that every client gets.
	Toolset string
	Default bool
	// NoTool and NoCommand say why the operation lacks that door.
	NoTool, NoCommand string
	// Columns are the attributes that the command's table shows.
	Columns []string
	// Example is an input, and Result what comes of it, for document and help.
	Example any
	Result  any

	in     *input
	out    reflect.Type
	do     func(ctx context.Context, in any) (any, error)
	view   func(r *Reply, result any) any
	hide   func(result any) any                                      // without secrets that are shown once
	open   func(ctx context.Context, in, result any) (player, error) // begins to stream the answer
	settle func(ctx context.Context, result any) (any, error)        // waits for the whole of what it streams
	raw    http.HandlerFunc                                          // outside of everything above
}

// Reply is what a row's view says about an answer beside its data.
type Reply struct {
	Meta     any
	Total    int    // of a paged list
	Revision string // of a single resource, for its ETag and If-Match
	Location string
	Headers  map[string]string
}

// op makes a row: the verb turns an input into a result, the view a result into
// the data that callers see. The view must be pure, since the answer of a
// claimed call is made inside the verb's transaction.
func op[I, R, O any](row Op, verb func(context.Context, I) (R, error), view func(*Reply, R) O) Op {
	if row.Status == 0 {
		row.Status = http.StatusOK
	}
	row.in = inputOf(reflect.TypeFor[I](), row.Method)
	row.out = reflect.TypeFor[O]()
	row.do = func(ctx context.Context, in any) (any, error) { return verb(ctx, *in.(*I)) }
	row.view = func(r *Reply, result any) any { return view(r, result.(R)) }
	return row
}

// player sends a stream's events until their end or the reader's.
type player func(s *stream) error

// none is the data of an answer without a body.
type none struct{}

func noView(*Reply, struct{}) none { return none{} }

// File is the data of an answer that is a file.
type File struct {
	Name      string `json:"name" doc:"File name"`
	MediaType string `json:"media_type" doc:"Media type"`
	Text      string `json:"text" doc:"The file's text"`
}

// Public reports whether the operation needs no key.
func (o *Op) Public() bool { return o.Scope == "" }

// Paged reports whether the answer is one page of a list.
func (o *Op) Paged() bool { return o.in != nil && o.in.paged }

// URL returns the operation's full path.
func (o *Op) URL() string {
	if o.Root {
		return o.Path
	}
	return Base + o.Path
}

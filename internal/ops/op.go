// Package ops is the machinery of the operation table. One row ([Op]) gives a REST
// route, the checks of its path, query and body, its envelope, paging, idempotency
// and ETags, an entry in the OpenAPI document, an MCP tool and a command. A row is
// made from typed functions by [New], [NewEmpty], [NewFile], [NewStream] or
// [NewHandler]; from then on its types stay inside closures, so that every door can
// serve every row without knowing what it is about.
//
// The package knows no noun: rows stand in internal/api, doors in internal/rest,
// internal/mcp, internal/openapi and internal/cli.
package ops

import (
	"encoding/json"
	"net/http"
	"reflect"

	"vellocity/internal/domain"
)

// Base is the path that every operation of the API lies under, save those with
// [Route.Root].
const Base = "/api/v1"

// Op is one operation: a row of the table.
type Op struct {
	// Name is the operation's name everywhere: tool, operationId. Lower case with
	// underscores, unique in the table.
	Name string
	Route
	Hints
	Docs
	// Scope is what a caller needs. Only rows made by [NewHandler] may have none,
	// which opens them to everyone.
	Scope domain.Scope
	// IdempotencyKey means that the call accepts an Idempotency-Key header.
	IdempotencyKey bool
	// ETag means that the response carries an ETag.
	ETag bool
	// Forms means that the body may be a form, too: multipart/form-data or application/x-www-form-urlencoded.
	Forms bool
	// NoEnvelope means that the response is the data itself.
	NoEnvelope bool
	// Further notes what is wrong with the parts of an input that the row's own schema
	// leaves open, such as the settings of a capability. It is asked only when the call is
	// refused anyway, so that its caller reads all faults at once; else the verb checks
	// them. It gets the arguments by name, as [ParseJSON] returns them. Nil: no such part.
	Further func(args map[string]any, p *domain.Problems)
	// Tool and Command describe two of the doors.
	Tool    Tool
	Command Command
	// Stream describes the events of a row made by [NewStream]; nil for others.
	Stream *StreamDocs

	in      *input
	out     reflect.Type // of the data; nil where there is none
	bind    func(read func(reflect.Value) error) (*Call, error)
	sample  func() (Answer, error)
	whole   bool // a streaming row that can also return JSON
	handler http.HandlerFunc
	query   *input // what the handler reads itself; nil: nothing
}

// Route is where the operation is found over HTTP.
type Route struct {
	Method string
	// Path is under [Base], or from the root with Root.
	Path string
	Root bool
	// Status is the status of success; 0 means 200.
	Status int
}

// Hints say what a caller may expect of a call. They become MCP's tool hints.
type Hints struct {
	ReadOnly    bool // changes nothing
	Destructive bool // removes or ends something
	Idempotent  bool // a second equal call has no further effect
	OpenWorld   bool // reaches systems outside the server
}

// Docs is what documents and help say about the operation.
type Docs struct {
	Chapter Chapter
	// Summary is a short title, Description what a caller, human or model, must know
	// beyond it.
	Summary, Description string
	// Example is a complete input by field name, with the ids of the path.
	Example map[string]any
	// Errors are the codes beyond those that every operation of its kind has.
	Errors []domain.Code
	// Meta is an example of the meta object's type; nil where there is none.
	Meta any
	// Links is an example of the type of the links beside the data; nil where there are none.
	Links any
	// Media are the media types of a response that is a file.
	Media []string
}

// Chapter is a section of the documents, and the title of a group of commands.
type Chapter struct{ Name, Description string }

// Tool describes the operation as an MCP tool.
type Tool struct {
	// Set is the toolset that the tool belongs to.
	Set string
	// Listed puts the tool into the list that every client gets.
	Listed bool
	// None says why the operation is no tool.
	None string
	// Description is what a model must know; empty: the Description of [Docs].
	Description string
	// Defaults are arguments that the tool sets where the caller gives none: a model
	// pays for every word that it reads.
	Defaults map[string]any
	// Brief are the attributes that the tool keeps of each resource in a list; nil: all.
	Brief []string
	// Whole marks a tool that is called for a long text: its answer may be longer than
	// that of others before it is shortened.
	Whole bool
	// Resources are the MCP resources that are read by calling this operation.
	Resources []Resource
	// Variants are further tools that call this operation with some arguments fixed.
	Variants []Variant
}

// Resource is an MCP resource that is read by calling an operation.
type Resource struct {
	// URI may end in one variable: vellocity://executions/{id}. It is the argument of
	// that name, unless Member is set.
	URI, Name, Description string
	// Member names an object in the data whose member the variable selects.
	Member string
	// Changed returns the URIs of this resource that an event has changed; nil: those
	// who subscribe are never notified.
	Changed func(domain.Event) []string
}

// Variant is a tool that calls an operation with some arguments fixed.
type Variant struct {
	Name, Title, Description string
	Set                      string
	Listed                   bool
	// Fixed are the arguments that the variant sets itself.
	Fixed map[string]any
	// Schema is the JSON Schema of the object that goes into the argument Into. Its
	// properties become the variant's own arguments.
	Schema json.RawMessage
	Into   string
	// Beside are arguments of the operation that the variant takes too.
	Beside []string
	// Scopes are what a caller needs, where that is more than the operation's own.
	Scopes []domain.Scope
}

// Command describes the operation as a command: vellocity <noun> <verb>.
type Command struct {
	Noun, Verb string
	// Columns are the attributes that the command's table shows, for lists.
	Columns []string
	// None says why the operation is no command.
	None string
}

// Public reports whether the operation needs no key.
func (o *Op) Public() bool { return o.Scope == "" }

// Paged reports whether the response is one page of a list.
func (o *Op) Paged() bool { return o.in != nil && o.in.paged }

// URL returns the operation's full path.
func (o *Op) URL() string {
	if o.Root {
		return o.Path
	}
	return Base + o.Path
}

// Handler returns the HTTP handler of a row made by [NewHandler], else nil.
func (o *Op) Handler() http.HandlerFunc { return o.handler }

// Parameters lists what documents name beside a body: the fields of the input, or what the
// row's handler reads itself.
func (o *Op) Parameters() []Field {
	if o.query != nil {
		return o.query.fields
	}
	return o.Fields()
}

// HasBody reports whether the operation reads a JSON body over REST.
func (o *Op) HasBody() bool { return o.in != nil && o.in.body != nil }

// MaxBody returns how long the body of a request may be, in bytes.
func (o *Op) MaxBody() int64 {
	if o.in != nil && o.in.upload {
		return MaxUpload
	}
	return MaxBody
}

// WholeToo reports whether a row that streams can also return its result as JSON.
func (o *Op) WholeToo() bool { return o.whole }

// Kind says what the operation responds with: json, nothing, file or stream.
func (o *Op) Kind() string {
	switch {
	case o.Stream != nil:
		return "stream"
	case len(o.Media) > 0:
		return "file"
	case o.Status == http.StatusNoContent:
		return "nothing"
	}
	return "json"
}

// Data returns the type of the response's data; nil where there is none.
func (o *Op) Data() reflect.Type { return o.out }

// MetaType returns the type of the response's meta object; nil where there is none.
func (o *Op) MetaType() reflect.Type {
	if o.Paged() {
		return reflect.TypeFor[PageMeta]()
	}
	return reflect.TypeOf(o.Meta)
}

// StreamDocs is what documents say about the events of a row that streams.
type StreamDocs struct {
	Description, Example string
	// Events are the kinds of event, by name. The name of unnamed events is "message".
	Events []EventDoc
	// Headers are the headers that the stream has beside those of every response.
	Headers []HeaderDoc
}

// EventDoc describes the data of one kind of event.
type EventDoc struct {
	Name string
	Data reflect.Type
}

// EventOf describes an event whose data is the JSON of a T.
func EventOf[T any](name string) EventDoc { return EventDoc{name, reflect.TypeFor[T]()} }

// HeaderDoc describes a header of a response.
type HeaderDoc struct{ Name, Description, Example string }

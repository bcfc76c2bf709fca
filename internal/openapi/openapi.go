// Package openapi writes the operation table as an OpenAPI 3.1 document and serves it.
// Everything in the document comes from the rows; it knows no noun.
package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// Options say what the document is about.
type Options struct {
	Description string
	// PublicURL is the server's address, without a slash at the end. Empty: the one that
	// each request was sent to.
	PublicURL string
	// Secure reports whether the caller's connection is encrypted, for an address that is
	// taken from the request. Nil: it is not.
	Secure func(*http.Request) bool
	// Messages are the requests that the server sends.
	Messages []ops.Message
}

// version is that of the API, not of the program.
const version = "1.0.0"

// localAddress stands in the document where no address was configured, until it is
// replaced by that of the request.
const localAddress = "http://127.0.0.1:8080"

// Document is the OpenAPI document of a table. It is written when it is first asked for.
type Document struct {
	Options
	body func() ([]byte, error)
	// latest is the document as it was sent last: most requests name the same host.
	latest atomic.Pointer[sent]
}

// sent is the document with the address of a server.
type sent struct {
	address string
	*gate.Kept
}

// Row returns the row that serves the document, which is written later, when the whole
// table is known.
func (d *Document) Row(chapter ops.Chapter) ops.Op {
	return ops.NewHandler[struct{}](ops.Op{
		Name:       "get_openapi",
		Route:      ops.Route{Method: http.MethodGet, Path: "/openapi.json"},
		Hints:      ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:       true,
		NoEnvelope: true,
		Docs: ops.Docs{
			Chapter:     chapter,
			Summary:     "This document",
			Description: "The API in OpenAPI 3.1, true to the running server.",
			Media:       []string{"application/json"},
		},
		Tool:    ops.Tool{None: "a client that speaks MCP has tools/list"},
		Command: ops.Command{Noun: "server", Verb: "openapi", None: "it is a file: curl it"},
	}, d.serve, nil)
}

func (d *Document) serve(w http.ResponseWriter, r *http.Request) {
	s, err := d.at(r)
	if err != nil {
		panic(err) // a fault of the program, which a test finds; answered as such
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	s.Send(w, r)
}

// at returns the document with the address of the server: a client that is generated from
// it calls this server and no other.
func (d *Document) at(r *http.Request) (*sent, error) {
	address := localAddress
	if d.PublicURL == "" && r.Host != "" {
		u := url.URL{Scheme: "http", Host: r.Host}
		if d.Secure != nil && d.Secure(r) {
			u.Scheme = "https"
		}
		address = u.String()
	}
	if s := d.latest.Load(); s != nil && s.address == address {
		return s, nil
	}
	body, err := d.body()
	if err != nil {
		return nil, err
	}
	if address != localAddress {
		text := ops.MustEncode(address)
		body = bytes.ReplaceAll(body, []byte(`"`+localAddress), bytes.TrimSuffix(text, []byte(`"`)))
	}
	s := &sent{address, gate.Keep("application/json; charset=utf-8", body)}
	d.latest.Store(s)
	return s, nil
}

// Describe makes the document that of a table.
func (d *Document) Describe(table []ops.Op, o Options) {
	d.Options = o
	d.body = sync.OnceValues(func() ([]byte, error) { return write(table, o) })
}

func write(table []ops.Op, o Options) ([]byte, error) {
	w := writer{schemas: ops.NewSchemas()}
	address := cmp.Or(o.PublicURL, localAddress)
	w.doc = document{
		OpenAPI: "3.1.0",
		Info: info{
			Title:       "Vellocity API",
			Version:     version,
			Description: o.Description,
			Contact:     contact{Name: "The operator of this server", URL: address + ops.Base + "/openapi.json"},
			License:     license{Name: "Apache-2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"},
		},
		Servers:  []server{{URL: address, Description: "This server"}},
		Paths:    map[string]map[string]operation{},
		Security: []map[string][]string{{"key": {}}},
		Components: components{
			Schemas:   w.schemas.Map(),
			Responses: w.failures(),
			Headers:   headers(),
			SecuritySchemes: map[string]securityScheme{"key": { //nolint:gosec // it only says where the key goes
				Type:         "http",
				Scheme:       "bearer",
				BearerFormat: "vell_pk_…",
				Description:  "An API key of the workspace",
			}},
		},
	}
	for i := range table {
		if err := w.add(&table[i]); err != nil {
			return nil, fmt.Errorf("document %s: %w", table[i].Name, err)
		}
	}
	w.messages(o.Messages)
	for _, s := range w.schemas.Map() {
		admitNull(s)
	}
	var compact, b bytes.Buffer
	if err := ops.Encode(&compact, w.doc); err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	if err := json.Indent(&b, compact.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return b.Bytes(), nil
}

// admitNull adds null to the values of a property that may be null.
func admitNull(s *ops.Schema) {
	for _, p := range s.Properties {
		if p.Nullable && len(p.Enum) > 0 && p.Enum[len(p.Enum)-1] != nil {
			p.Enum = append(p.Enum, nil)
		}
	}
}

type writer struct {
	doc     document
	schemas *ops.Schemas
}

func (w *writer) add(o *ops.Op) error {
	w.chapter(o.Chapter)
	out := operation{
		Tags:        []string{o.Chapter.Name},
		Summary:     o.Summary,
		Description: Explained(o),
		OperationID: o.Name,
		Parameters:  parameters(o),
		RequestBody: w.requestBody(o),
		Responses:   map[string]response{},
	}
	if o.Public() {
		out.Security = &[]string{}
	}
	ok, err := w.success(o)
	if err != nil {
		return err
	}
	out.Responses[strconv.Itoa(o.Status)] = ok
	for _, status := range failing(o) {
		out.Responses[strconv.Itoa(status)] = response{Ref: "#/components/responses/" + responseName(status)}
	}
	if o.ETag && o.ReadOnly {
		out.Responses["304"] = response{Description: "You have it already: its ETag is the one in If-None-Match"}
	}
	for _, h := range streamHeaders(o) {
		w.doc.Components.Headers[h.Name] = textHeader(h.Description, h.Example)
	}
	if w.doc.Paths[o.URL()] == nil {
		w.doc.Paths[o.URL()] = map[string]operation{}
	}
	w.doc.Paths[o.URL()][strings.ToLower(o.Method)] = out
	return nil
}

// chapter adds a row's chapter, unless it is there.
func (w *writer) chapter(c ops.Chapter) {
	t := tag{Name: c.Name, Description: c.Description}
	if !slices.Contains(w.doc.Tags, t) {
		w.doc.Tags = append(w.doc.Tags, t)
	}
}

// Explained returns the row's description with the scope that a key needs.
func Explained(o *ops.Op) string {
	if o.Public() {
		return o.Description
	}
	if o.Scope == domain.ScopeReview && strings.Contains(o.Description, " the scope ") {
		return o.Description // it depends on the call
	}
	if o.Scope == domain.ScopeReview { // no scope that a key can be given
		return o.Description + " Takes the `content` or the `publish` scope."
	}
	if o.Scope == domain.ScopeWebhooks {
		return o.Description + " Takes the `write` scope, and the role admin or owner."
	}
	return o.Description + " Takes the `" + string(o.Scope) + "` scope."
}

func parameters(o *ops.Op) []param {
	var params []param
	for _, f := range o.Parameters() {
		if f.In != ops.InBody {
			params = append(params, parameter(f))
		}
	}
	if o.Handler() != nil {
		for _, name := range pathNames(o.Path) {
			params = append(params, param{Name: name, In: "path", Required: true, Description: "The " + name, Schema: text()})
		}
	}
	if o.IdempotencyKey {
		most := 255
		params = append(params, param{
			Name:        "Idempotency-Key",
			In:          "header",
			Description: "The same key with the same body within 24 hours returns the stored response",
			Schema:      &ops.Schema{Type: "string", MaxLength: &most},
		})
	}
	if o.ETag && o.ReadOnly {
		const help = "ETag of what you have; 304 if it is still that"
		params = append(params, param{Name: "If-None-Match", In: "header", Description: help, Schema: text()})
	}
	return params
}

func text() *ops.Schema { return &ops.Schema{Type: "string"} }

func parameter(f ops.Field) param {
	plain := *f.Schema
	plain.Description = ""
	p := param{Name: f.Name, In: f.In, Required: f.Required, Description: f.Help, Schema: &plain}
	switch f.In {
	case ops.InPath:
		p.Required = true
	case ops.InHeader:
		p.Name = f.Header
	case ops.InPrefer:
		p.Name, p.In, p.Schema, p.Example = "Prefer", "header", text(), "wait=30"
		p.Description = "wait=N: " + f.Help
	}
	return p
}

func pathNames(path string) []string {
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func (w *writer) requestBody(o *ops.Op) *requestBody {
	if !o.HasBody() {
		return nil
	}
	name := camel(o.Name) + "Body"
	w.schemas.Map()[name] = o.BodySchema()
	media := mediaType{Schema: ops.Ref(name), Example: o.BodyExample()}
	content := map[string]mediaType{"application/json": media}
	if o.Forms {
		content[ops.MultipartForm], content[ops.URLEncodedForm] = media, media
	}
	return &requestBody{Required: len(o.BodySchema().Required) > 0, Content: content}
}

// success describes the response where all went well.
func (w *writer) success(o *ops.Op) (response, error) {
	r := response{Description: o.Summary, Headers: successHeaders(o), Content: map[string]mediaType{}}
	for _, media := range o.Media {
		r.Content[media] = mediaType{Schema: text(), Example: "…"}
		if strings.HasSuffix(media, "json") {
			object := ops.Schema{Type: "object", AdditionalProperties: true}
			r.Content[media] = mediaType{Schema: &object, Example: map[string]any{}}
		}
	}
	if o.Stream != nil {
		r.Content["text/event-stream"] = w.stream(o.Stream)
	}
	if o.Kind() == "nothing" || o.Kind() == "file" || o.Kind() == "stream" && !o.WholeToo() {
		return r, nil
	}
	example, err := o.ExampleAnswer()
	if err != nil {
		return r, err
	}
	r.Content["application/json"] = mediaType{Schema: w.body(o), Example: example}
	return r, nil
}

func (w *writer) stream(d *ops.StreamDocs) mediaType {
	events := map[string]*ops.Schema{"error": w.schemas.Of(reflect.TypeFor[ops.ErrorBody](), "")}
	for _, e := range d.Events {
		events[e.Name] = w.schemas.Of(e.Data, "")
	}
	description := ops.Schema{Type: "string", Description: d.Description}
	return mediaType{Schema: &description, Example: d.Example, EventData: events}
}

// body is the schema of a JSON response.
func (w *writer) body(o *ops.Op) *ops.Schema {
	data := w.schemas.Of(o.Data(), o.Name)
	if o.NoEnvelope {
		return data
	}
	s := &ops.Schema{
		Type:                 "object",
		Required:             []string{"success", "data"},
		AdditionalProperties: false,
		Properties: map[string]*ops.Schema{
			"success": {Type: "boolean", Enum: []any{true}},
			"data":    data,
		},
	}
	if o.Docs.Links != nil {
		s.Properties["links"] = w.schemas.Of(reflect.TypeOf(o.Docs.Links), "")
	}
	if meta := o.MetaType(); meta != nil {
		s.Properties["meta"] = w.schemas.Of(meta, "")
		s.Required = append(s.Required, "meta")
	}
	return s
}

// failing lists the statuses other than success, ascending.
func failing(o *ops.Op) []int {
	// Every operation reads a body, if only to refuse what it does not take.
	set := map[int]bool{400: true, 413: true, 415: true, 422: true, 500: true, 503: true}
	for _, c := range o.Errors {
		set[c.Status()] = true
	}
	if !o.Public() {
		set[401], set[403], set[429] = true, true, true
	}
	if o.IdempotencyKey {
		set[409], set[507] = true, true
	}
	for _, f := range o.Fields() {
		set[404] = set[404] || f.In == ops.InPath
		set[412] = set[412] || f.Name == "if_match"
	}
	maps.DeleteFunc(set, func(_ int, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(set))
}

// failures are the responses where something went wrong, one for each status. Its
// example is the first code's that has one, with details if there is one.
func (w *writer) failures() map[string]response {
	w.schemas.Of(reflect.TypeFor[ops.ErrorBody](), "")
	var codes []any
	byStatus := map[int][]domain.CodeInfo{}
	for _, c := range domain.CodeInfos() {
		codes = append(codes, string(c.Code))
		byStatus[c.Status] = append(byStatus[c.Status], c)
	}
	w.schemas.Map()["ErrorBody"].Properties["code"].Enum = codes
	w.schemas.Map()["Failure"] = &ops.Schema{
		Type:                 "object",
		Required:             []string{"success", "error"},
		AdditionalProperties: false,
		Properties: map[string]*ops.Schema{
			"success": {Type: "boolean", Enum: []any{false}},
			"error":   ops.Ref("ErrorBody"),
		},
	}
	out := map[string]response{}
	delete(byStatus, http.StatusMethodNotAllowed) // no operation of the document has it
	for status, infos := range byStatus {
		i := slices.IndexFunc(infos, func(c domain.CodeInfo) bool { return c.Example != "" && c.Details != nil })
		if i < 0 {
			i = slices.IndexFunc(infos, func(c domain.CodeInfo) bool { return c.Example != "" })
		}
		if i >= 0 {
			out[responseName(status)] = failure(infos, infos[i])
		}
	}
	return out
}

// failure describes the response of one status.
func failure(codes []domain.CodeInfo, example domain.CodeInfo) response {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = "`" + string(c.Code) + "`"
	}
	e := ops.ErrorBody{
		Code:      example.Code,
		Message:   example.Example,
		Details:   example.Details,
		RequestID: "OYXQ3BK2K4TPSQKZXJH7N2WJ5M",
	}
	r := response{
		Description: strings.Join(names, " or "),
		Headers:     map[string]param{"X-Request-Id": headerRef("X-Request-Id")},
		Content: map[string]mediaType{"application/json": {
			Schema:  ops.Ref("Failure"),
			Example: map[string]any{"success": false, "error": e},
		}},
	}
	if example.Status == http.StatusTooManyRequests || example.Status == http.StatusServiceUnavailable {
		r.Headers["Retry-After"] = headerRef("Retry-After")
	}
	return r
}

func responseName(status int) string {
	return strings.ReplaceAll(strings.ReplaceAll(http.StatusText(status), " ", ""), "-", "")
}

// camel turns list_executions into ListExecutions.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(ops.Capitalize(word))
	}
	return b.String()
}

package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"vellocity/internal/domain"
)

const apiDescription = `Vellocity is a self-hosted engine for AI content work. Ask for a capability, follow the durable execution, take its content items across the board, and publish them.

Every JSON answer has the same envelope: ` + "`success`, `data` and `meta`, or `success: false` and `error`" + `. Send your key as ` + "`Authorization: Bearer <key>`" + `. A field or parameter that does not exist is refused with 422 and named.`

var chapters = []huma.Tag{
	{Name: "Profile", Description: "The workspace."}, {Name: "Credits", Description: "What work costs."}, {Name: "API keys", Description: "Who may call."},
	{Name: "Capabilities", Description: "What Vellocity can be asked to do."}, {Name: "Executions", Description: "Durable runs of capabilities."},
	{Name: "Kanban board", Description: "Where content moves from generated to published."}, {Name: "Content", Description: "The texts."},
	{Name: "Brand voices and agents", Description: "How texts sound, and who writes them."}, {Name: "AI Writer", Description: "Texts from a free prompt."},
	{Name: "MCP", Description: "For AI clients, which call POST /api/v1/mcp."}, {Name: tagFeeds, Description: "What was published, for anybody."}, {Name: tagOperations, Description: "For whoever runs the server."},
}

// document writes the OpenAPI document, once: from then on it is bytes.
func (a *API) document() error {
	d := &document{schemas: newSchemas(), doc: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Vellocity API", Version: serverVersion, Description: apiDescription,
			Contact: &huma.Contact{Name: "The operator of this server", URL: a.address() + Base + "/openapi.json"},
			License: &huma.License{Name: "Apache-2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"},
		},
		Servers:  []*huma.Server{{URL: a.address(), Description: "This server"}},
		Security: []map[string][]string{{"key": {}}},
	}}
	d.doc.Components = &huma.Components{
		Schemas: d.schemas, Responses: d.failures(), Headers: headerDocs(),
		SecuritySchemes: map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", BearerFormat: "vell_pk_…", Description: "An API key of the workspace"}}, //nolint:gosec // it only says where the key goes
	}
	for i := range chapters {
		d.doc.Tags = append(d.doc.Tags, &chapters[i])
	}
	for i := range a.ops {
		if err := d.add(&a.ops[i]); err != nil {
			return fmt.Errorf("document %s: %w", a.ops[i].Name, err)
		}
	}
	for _, s := range d.schemas.Map() {
		admitNull(s)
	}
	var compact, b bytes.Buffer
	if err := encode(&compact, d.doc); err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	if err := json.Indent(&b, compact.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	a.doc = b.Bytes()
	return nil
}

// admitNull adds null to the values of a property that may be null.
func admitNull(s *huma.Schema) {
	for _, p := range s.Properties {
		if p.Nullable && len(p.Enum) > 0 && p.Enum[len(p.Enum)-1] != nil {
			p.Enum = append(p.Enum, nil)
		}
	}
}

func (a *API) address() string {
	if a.opts.PublicURL != "" {
		return a.opts.PublicURL
	}
	return "http://127.0.0.1:8080"
}

type document struct {
	doc     *huma.OpenAPI
	schemas huma.Registry
}

func (d *document) add(o *Op) error {
	out := &huma.Operation{
		OperationID: o.Name, Method: o.Method, Path: o.URL(), Tags: []string{o.Tag}, Summary: o.Summary, Description: o.explained(),
		Parameters: o.parameters(), RequestBody: d.requestBody(o), Responses: map[string]*huma.Response{},
	}
	if o.Public() {
		out.Security = []map[string][]string{}
	}
	ok, err := d.success(o)
	if err != nil {
		return err
	}
	out.Responses[strconv.Itoa(o.Status)] = ok
	for _, status := range o.failing() {
		out.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + responseName(status)}
	}
	if o.Tags && o.ReadOnly {
		out.Responses["304"] = &huma.Response{Description: "You have it already: its ETag is the one in If-None-Match"}
	}
	d.doc.AddOperation(out)
	return nil
}

// explained adds to the description what the key must be allowed to do.
func (o *Op) explained() string {
	if o.Public() {
		return o.Description
	}
	return o.Description + " Takes the `" + string(o.Scope) + "` scope."
}

func (o *Op) parameters() []*huma.Param {
	var params []*huma.Param
	if o.in != nil {
		for i := range o.in.fields {
			if p := o.in.fields[i].parameter(); p != nil {
				params = append(params, p)
			}
		}
	} else {
		for _, name := range pathNames(o.Path) {
			params = append(params, &huma.Param{Name: name, In: "path", Required: true, Description: "The " + name, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	if o.Claims {
		most := 255
		params = append(params, &huma.Param{Name: "Idempotency-Key", In: "header", Description: "The same key with the same body within 24 hours gives the stored answer", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most}})
	}
	if o.Tags && o.ReadOnly {
		params = append(params, &huma.Param{Name: "If-None-Match", In: "header", Description: "ETag of what you have; 304 if it is still that", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	return params
}

func (f *field) parameter() *huma.Param {
	plain := *f.schema
	plain.Description = ""
	p := &huma.Param{Name: f.name, In: f.in, Required: f.needed, Description: f.schema.Description, Schema: &plain}
	switch f.in {
	case inBody:
		return nil
	case inPath:
		p.Required = true
	case inHeader:
		p.Name = f.header
	case inPrefer:
		p.Name, p.In, p.Schema, p.Example = "Prefer", "header", &huma.Schema{Type: huma.TypeString}, "wait=30"
		p.Description = "wait=N: " + f.schema.Description
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

func (d *document) requestBody(o *Op) *huma.RequestBody {
	if o.in == nil || o.in.body == nil {
		return nil
	}
	name := camel(o.Name) + "Body"
	d.schemas.Map()[name] = o.in.body
	media := &huma.MediaType{Schema: &huma.Schema{Ref: schemaPrefix + name}}
	media.Example = o.bodyExample()
	return &huma.RequestBody{Required: len(o.in.body.Required) > 0, Content: map[string]*huma.MediaType{"application/json": media}}
}

// success describes the answer where all went well.
func (d *document) success(o *Op) (*huma.Response, error) {
	r := &huma.Response{Description: o.Summary, Headers: o.answerHeaders(), Content: map[string]*huma.MediaType{}}
	for _, media := range o.Media {
		r.Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}, Example: "…"}
		if strings.HasSuffix(media, "json") {
			r.Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}, Example: map[string]any{}}
		}
	}
	if o.Streams != "" {
		r.Content["text/event-stream"] = &huma.MediaType{
			Schema: &huma.Schema{Type: huma.TypeString, Description: streamDocs[o.Streams]}, Example: streamExamples[o.Streams], Extensions: d.eventSchemas(o),
		}
	}
	if o.Status == http.StatusNoContent || len(o.Media) > 0 || o.Streams != "" && o.settle == nil {
		return r, nil
	}
	example, err := o.example()
	if err != nil {
		return nil, err
	}
	r.Content["application/json"] = &huma.MediaType{Schema: d.answerSchema(o), Example: example}
	return r, nil
}

// eventSchemas says what the data of each event is; OpenAPI 3.1 has no word for it.
func (d *document) eventSchemas(o *Op) map[string]any {
	failed := d.schemas.Schema(reflect.TypeFor[ErrorBody](), true, "")
	if o.Streams != "events" {
		return map[string]any{"x-event-data": map[string]any{"message": &huma.Schema{Type: huma.TypeString}, "error": failed}}
	}
	event := d.schemas.Schema(reflect.TypeFor[WatchedEvent](), true, "")
	return map[string]any{"x-event-data": map[string]any{
		"status": event, "step": event, "guardrail": event, "item": event, "error": failed,
		"text": d.schemas.Schema(reflect.TypeFor[WatchedText](), true, ""), "end": d.schemas.Schema(reflect.TypeFor[WatchEnd](), true, ""),
	}}
}

func (d *document) answerSchema(o *Op) *huma.Schema {
	data := d.schemas.Schema(typeOr(o), true, camel(o.Name))
	if o.Bare {
		return data
	}
	s := &huma.Schema{Type: huma.TypeObject, Required: []string{"success", "data"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"success": {Type: huma.TypeBoolean, Enum: []any{true}}, "data": data,
	}}
	if meta := metaType(o); meta != nil {
		s.Properties["meta"] = d.schemas.Schema(meta, true, "")
		s.Required = append(s.Required, "meta")
	}
	return s
}

// typeOr is the type of the answer's data.
func typeOr(o *Op) reflect.Type {
	if o.out != nil {
		return o.out
	}
	return reflect.TypeOf(o.Result)
}

// metaType is the type of the answer's meta object, nil where there is none.
func metaType(o *Op) reflect.Type {
	if o.Paged() {
		return reflect.TypeFor[PageMeta]()
	}
	return reflect.TypeOf(o.Meta)
}

// example sends the row's sample through its own view.
func (o *Op) example() (json.RawMessage, error) {
	var b bytes.Buffer
	if o.view == nil {
		err := encode(&b, o.Result)
		return b.Bytes(), err
	}
	var reply Reply
	data := o.view(&reply, o.Result)
	err := o.envelope(&b, data, o.metaOf(o.in.fresh().Interface(), &reply))
	return b.Bytes(), err
}

func (o *Op) answerHeaders() map[string]*huma.Param {
	names := []string{"X-Request-Id"}
	if !o.Public() {
		names = append(names, "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy")
	}
	if o.Tags {
		names = append(names, "ETag")
	}
	if o.Paged() {
		names = append(names, "Link")
	}
	if o.Status == http.StatusCreated {
		names = append(names, "Location")
	}
	if o.Claims {
		names = append(names, "Idempotent-Replayed")
	}
	if o.Streams == "text" {
		names = append(names, "X-Message-Id")
	}
	out := map[string]*huma.Param{}
	for _, n := range names {
		out[n] = &huma.Param{Ref: "#/components/headers/" + n}
	}
	return out
}

// failing lists the statuses other than success, ascending.
func (o *Op) failing() []int {
	set := map[int]bool{500: true, 503: true}
	for _, c := range o.Errors {
		set[c.Status()] = true
	}
	if !o.Public() {
		set[401], set[403], set[422], set[429], set[400] = true, true, true, true, true
	}
	if o.in != nil && o.in.body != nil {
		set[413], set[415] = true, true
	}
	if o.Claims {
		set[409], set[507] = true, true
	}
	if o.in != nil && o.in.has(inPath) {
		set[404] = true
	}
	if o.in != nil && o.in.byName["if_match"] != nil {
		set[412] = true
	}
	return slices.Sorted(maps.Keys(set))
}

var failureExamples = map[domain.Code]ErrorBody{
	domain.CodeBadRequest:           {Message: "The body is not valid JSON: it ends too early"},
	domain.CodeUnauthorized:         {Message: "Send a valid API key as Authorization: Bearer <key>"},
	domain.CodeInsufficientCredits:  {Message: "This needs 5 credits and 2 are available", Details: map[string]any{"required": 5, "available": 2}},
	domain.CodeForbidden:            {Message: `This key lacks the "content" scope`, Details: map[string]any{"scope": "content"}},
	domain.CodeNotFound:             {Message: "Execution not found"},
	domain.CodeConflict:             {Message: "A completed execution cannot be cancelled"},
	domain.CodePreconditionFailed:   {Message: "It has changed since you read it; read it again"},
	domain.CodePayloadTooLarge:      {Message: "The body is larger than 1048576 bytes", Details: map[string]any{"limit": 1048576}},
	domain.CodeUnsupportedMediaType: {Message: "Send the body as Content-Type: application/json"},
	domain.CodeValidation:           {Message: "The prompt field is required", Details: map[string]any{"prompt": []string{"The prompt field is required"}}},
	domain.CodeRateLimited:          {Message: "Too many requests per minute for this workspace's plan; try again in 12 seconds"},
	domain.CodeServer:               {Message: "Something went wrong on the server"},
	domain.CodeProvider:             {Message: "The model provider failed", Details: map[string]any{"provider": "openai", "status": 500}},
	domain.CodeUnavailable:          {Message: "The server is busy; try again in a second"},
	domain.CodeStorageFull:          {Message: "The disk is full; reading still works"},
}

// failures are the answers where something went wrong, one for each status.
func (d *document) failures() map[string]*huma.Response {
	d.schemas.Schema(reflect.TypeFor[ErrorBody](), true, "")
	var codes []any
	byStatus := map[int][]string{}
	for _, c := range domain.Codes() {
		codes = append(codes, string(c))
		byStatus[c.Status()] = append(byStatus[c.Status()], "`"+string(c)+"`")
	}
	d.schemas.Map()["ErrorBody"].Properties["code"].Enum = codes
	schema := &huma.Schema{Type: huma.TypeObject, Required: []string{"success", "error"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"success": {Type: huma.TypeBoolean, Enum: []any{false}}, "error": {Ref: schemaPrefix + "ErrorBody"},
	}}
	d.schemas.Map()["Failure"] = schema
	out := map[string]*huma.Response{}
	for code, e := range failureExamples {
		e.Code, e.RequestID = code, "OYXQ3BK2K4TPSQKZXJH7N2WJ5M"
		status := code.Status()
		slices.Sort(byStatus[status])
		r := &huma.Response{
			Description: strings.Join(byStatus[status], " or "),
			Headers:     map[string]*huma.Param{"X-Request-Id": {Ref: "#/components/headers/X-Request-Id"}},
			Content: map[string]*huma.MediaType{"application/json": {
				Schema: &huma.Schema{Ref: schemaPrefix + "Failure"}, Example: map[string]any{"success": false, "error": e},
			}},
		}
		if status == 429 || status == 503 {
			r.Headers["Retry-After"] = &huma.Param{Ref: "#/components/headers/Retry-After"}
		}
		out[responseName(status)] = r
	}
	return out
}

func responseName(status int) string {
	return strings.ReplaceAll(strings.ReplaceAll(http.StatusText(status), " ", ""), "-", "")
}

func headerDocs() map[string]*huma.Param {
	text := func(description, example string) *huma.Param {
		return &huma.Param{Description: description, Schema: &huma.Schema{Type: huma.TypeString}, Example: example}
	}
	number := func(description string, example int) *huma.Param {
		return &huma.Param{Description: description, Schema: &huma.Schema{Type: huma.TypeInteger}, Example: example}
	}
	return map[string]*huma.Param{
		"X-Request-Id":          text("Names this request in the server's log; yours is echoed", "OYXQ3BK2K4TPSQKZXJH7N2WJ5M"),
		"X-RateLimit-Limit":     number("Calls in the window that is nearest to its end", 1000),
		"X-RateLimit-Remaining": number("Calls left in it", 998),
		"X-RateLimit-Reset":     number("When it starts again, in Unix seconds", 1772100060),
		"RateLimit":             text("The same by the IETF draft", `"minute";r=998;t=42`),
		"RateLimit-Policy":      text("All windows by the IETF draft", `"minute";q=1000;w=60, "day";q=100000;w=86400`),
		"Retry-After":           number("Seconds to wait", 12),
		"ETag":                  text("Strong tag, for If-None-Match and If-Match", `"3-1b9kz"`),
		"Link":                  text("Addresses of the first, previous, next and last page (RFC 8288)", `</api/v1/credits/ledger?page=2&per_page=20>; rel="next"`),
		"Location":              text("Address of what was made", "/api/v1/content-workflow/executions/789"),
		"Idempotent-Replayed":   text("true where this answer was stored earlier under the same Idempotency-Key", "true"),
		"X-Message-Id":          text("Id of the text, to read or resume it later", "42"),
	}
}

var streamDocs = map[string]string{
	"text":   "Server-Sent Events. Each event's data is a piece of the text itself, its id <message_id>-<seq>. A failure is told as event: error. Ends with exactly one data: [DONE].",
	"events": "Server-Sent Events: status, step, guardrail and item carry a WatchedEvent and an id to resume after; text carries a WatchedText; end carries a WatchEnd. Ends with exactly one data: [DONE].",
}

var streamExamples = map[string]string{
	"text":   "id: 42-1\ndata: # Cloud cost\n\nid: 42-2\ndata:  optimization\n\ndata: [DONE]\n\n",
	"events": "event: text\ndata: {\"step\":\"outline\",\"offset\":0,\"text\":\"Start with\"}\n\nevent: end\ndata: {\"execution_id\":789,\"status\":\"completed\"}\n\ndata: [DONE]\n\n",
}

// camel turns list_executions into ListExecutions.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(sentence(word))
	}
	return b.String()
}

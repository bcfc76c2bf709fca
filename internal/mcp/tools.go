package mcp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// How deep the schemas go.
const (
	inputDepth  = 4
	outputDepth = 9
)

// toolbox holds every tool, in the table's order, variants last.
type toolbox struct {
	all     []*tool
	byName  map[string]*tool
	schemas *ops.Schemas
	lock    sync.Mutex // of schemas, once the program runs
}

// tool is one MCP tool.
type tool struct {
	name, title, description string
	toolset                  string
	listed                   bool // in the default list
	op                       *ops.Op
	variant                  *ops.Variant // nil: the row's own tool
	input                    map[string]any
	output                   func() map[string]any // complete, for discovery
	waits                    bool                  // it takes the argument wait
}

func newToolbox(table []ops.Op) (*toolbox, error) {
	b := &toolbox{byName: map[string]*tool{}, schemas: ops.NewSchemas()}
	var variants []*tool
	for i := range table {
		o := &table[i]
		if o.Tool.None != "" {
			continue
		}
		t := b.fromRow(o)
		b.all = append(b.all, t)
		for j := range o.Tool.Variants {
			v, err := fromVariant(&o.Tool.Variants[j], t)
			if err != nil {
				return nil, err
			}
			variants = append(variants, v)
		}
	}
	b.all = append(b.all, variants...)
	for _, t := range b.all {
		if b.byName[t.name] != nil {
			return nil, errors.New("mcp: two tools named " + t.name)
		}
		b.byName[t.name] = t
	}
	return b, nil
}

func (b *toolbox) fromRow(o *ops.Op) *tool {
	t := &tool{
		name:        o.Name,
		title:       o.Summary,
		description: cmp.Or(o.Tool.Description, o.Description),
		toolset:     o.Tool.Set,
		listed:      o.Tool.Listed,
		op:          o,
		input:       b.schemas.Portable(o.InputSchema(), inputDepth, false),
	}
	t.input["additionalProperties"] = false
	if _, ok := t.input["properties"]; !ok {
		t.input["properties"] = map[string]any{}
	}
	props, _ := t.input["properties"].(map[string]any)
	if wait, ok := props[waitArgument].(map[string]any); ok {
		t.waits, wait["maximum"] = true, LongestWait
	}
	for name, value := range o.Tool.Defaults {
		if p, ok := props[name].(map[string]any); ok {
			p["default"] = value
		}
	}
	t.output = sync.OnceValue(func() map[string]any { return b.result(o) })
	return t
}

// LongestWait is how many seconds a tool waits for the end of an execution at most:
// official SDKs give up after 60.
const LongestWait = 50

// waitArgument is the argument that says how long to wait.
const waitArgument = "wait"

func checkWait(args map[string]any) error {
	var p domain.Problems
	n, _ := args[waitArgument].(json.Number)
	if seconds, err := n.Float64(); err == nil && seconds > LongestWait {
		p.Large(waitArgument, LongestWait)
	}
	return p.Err()
}

// result is the complete schema of a result: {data, meta, note}.
func (b *toolbox) result(o *ops.Op) map[string]any {
	b.lock.Lock()
	defer b.lock.Unlock()
	props := map[string]any{
		"data": map[string]any{"type": "object"},
		"note": map[string]any{"type": "string", "description": "What was left out, where the result had to be shortened"},
	}
	if data := o.Data(); data != nil {
		props["data"] = b.schemas.Portable(b.schemas.Of(data, o.Name), outputDepth, false)
		if keep := o.Tool.Brief; len(keep) > 0 {
			props["data"] = briefSchema(props["data"], keep, false)
		}
	}
	required := []string{"data"}
	if o.Docs.Links != nil {
		props["links"] = b.schemas.Portable(b.schemas.Of(reflect.TypeOf(o.Docs.Links), ""), 1, false)
	}
	if meta := o.MetaType(); meta != nil {
		props["meta"] = b.schemas.Portable(b.schemas.Of(meta, ""), 1, false)
		required = append(required, "meta")
	}
	return map[string]any{"type": "object", "properties": props, "required": required}
}

// listedOutput is the schema of a result in tools/list, which every client pays for in
// tokens: discovery has the complete ones.
func listedOutput() map[string]any {
	return map[string]any{"type": "object", "required": []string{"data"}}
}

// fromVariant makes the tool of a variant: the properties of its own schema, and beside
// them some arguments of the row.
func fromVariant(v *ops.Variant, row *tool) (*tool, error) {
	t := &tool{
		name:        v.Name,
		title:       v.Title,
		description: v.Description,
		toolset:     v.Set,
		listed:      v.Listed,
		op:          row.op,
		variant:     v,
		output:      row.output,
		waits:       slices.Contains(v.Beside, waitArgument),
	}
	var schema struct {
		Properties map[string]any  `json:"properties"`
		Required   json.RawMessage `json:"required"`
		Defs       json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(v.Schema, &schema); err != nil {
		return nil, fmt.Errorf("mcp: the schema of %s: %w", v.Name, err)
	}
	props := schema.Properties
	if props == nil {
		props = map[string]any{}
	}
	own, _ := row.input["properties"].(map[string]any)
	for _, name := range v.Beside {
		if _, taken := props[name]; !taken {
			props[name] = own[name]
		}
	}
	t.input = map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	if schema.Required != nil {
		t.input["required"] = schema.Required
	}
	if schema.Defs != nil {
		t.input["$defs"] = schema.Defs
	}
	return t, nil
}

func (t *tool) described() *sdk.Tool {
	h := t.hints()
	return &sdk.Tool{
		Name:         t.name,
		Title:        t.title,
		Description:  t.description,
		InputSchema:  t.input,
		OutputSchema: listedOutput(),
		Annotations: &sdk.ToolAnnotations{
			Title:           h.Title,
			ReadOnlyHint:    h.ReadOnly,
			DestructiveHint: &h.Destructive,
			IdempotentHint:  h.Idempotent,
			OpenWorldHint:   &h.OpenWorld,
		},
	}
}

// scopes are what a caller of the tool needs.
func (t *tool) scopes() []domain.Scope {
	if t.variant == nil {
		return []domain.Scope{t.op.Scope}
	}
	return append([]domain.Scope{t.op.Scope}, t.variant.Scopes...)
}

func (t *tool) hints() ToolHints {
	h := t.op.Hints
	return ToolHints{t.title, h.ReadOnly, h.Destructive, h.Idempotent, h.OpenWorld}
}

// call runs the tool for the caller in ctx and returns {data, meta} as JSON, with a note
// if it had to be shortened.
func (t *tool) call(ctx context.Context, args json.RawMessage) (json.RawMessage, error) {
	actor, _ := domain.ActorFrom(ctx)
	if err := actor.RequireAll(t.scopes()); err != nil {
		return nil, err
	}
	args, err := t.arguments(args)
	if err != nil {
		return nil, t.ownNames(err)
	}
	answer, err := t.run(ctx, args)
	if err != nil {
		return nil, t.ownNames(err)
	}
	var b bytes.Buffer
	err = ops.Encode(&b, struct {
		Data any `json:"data"`
		Meta any `json:"meta,omitempty"`
	}{answer.Data, answer.Meta})
	if err != nil {
		return nil, err
	}
	return t.fit(bytes.TrimSpace(b.Bytes()))
}

func (t *tool) run(ctx context.Context, args json.RawMessage) (ops.Answer, error) {
	call, err := t.op.DecodeArguments(args)
	if err != nil {
		return ops.Answer{}, err
	}
	result, err := call.Do(ctx)
	if err != nil {
		return ops.Answer{}, err
	}
	if result.Redacted != nil { // a secret must not pass through a model
		return result.Redacted(ctx)
	}
	return result.Answer(ctx)
}

// arguments turns the arguments of a variant into those of its row.
func (t *tool) arguments(raw json.RawMessage) (json.RawMessage, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		raw = []byte("{}")
	}
	if raw[0] != '{' {
		return nil, domain.Errorf(domain.CodeValidation, "The arguments must be one JSON object, by name")
	}
	if t.variant == nil && len(t.op.Tool.Defaults) == 0 && !t.waits {
		return raw, nil
	}
	tree, err := ops.ParseJSON(raw)
	own, ok := tree.(map[string]any)
	if err != nil || !ok {
		return nil, domain.Errorf(domain.CodeBadRequest, "The arguments must be one JSON object")
	}
	if err := checkWait(own); t.waits && err != nil {
		return nil, err
	}
	for name, value := range t.op.Tool.Defaults {
		if own[name] == nil {
			own[name] = value
		}
	}
	if t.variant == nil {
		return json.Marshal(own)
	}
	out := maps.Clone(t.variant.Fixed)
	out[t.variant.Into] = own
	for _, name := range t.variant.Beside {
		if v, given := own[name]; given {
			out[name] = v
			delete(own, name)
		}
	}
	return json.Marshal(out)
}

// ownNames removes the name of the argument that a variant's own go into from the
// paths of faults.
func (t *tool) ownNames(err error) error {
	var e *domain.Error
	if t.variant == nil || !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = map[string][]string{}
	known, _ := t.input["properties"].(map[string]any)
	for path, faults := range e.Fields {
		name := strings.TrimPrefix(path, t.variant.Into+".")
		if _, ok := known[name]; !ok && len(faults) == 1 && !strings.ContainsAny(name, ".[") {
			better := domain.UnknownName("field", name, slices.Sorted(maps.Keys(known)))
			if c.Message == faults[0] {
				c.Message = better
			}
			faults = []string{better}
		}
		c.Fields[name] = faults
	}
	return &c
}

// explain is a failure in words that a model can act on.
func explain(err error) string {
	e := domain.AsError(err)
	var b strings.Builder
	b.WriteString(string(e.Code) + ": " + e.Message)
	for _, path := range slices.Sorted(maps.Keys(e.Fields)) {
		b.WriteString("\n- " + path + ": " + strings.Join(e.Fields[path], "; "))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		if v, err := json.Marshal(e.Details[name]); err == nil {
			b.WriteString("\n- " + name + ": " + string(v))
		}
	}
	if advice := e.Code.Info().Advice; advice != "" {
		b.WriteString("\n" + advice)
	}
	return b.String()
}

// toolsets lists the names that tools can be asked for by.
func (b *toolbox) toolsets() []string {
	set := map[string]bool{"default": true, "all": true}
	for _, t := range b.all {
		set[t.toolset] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// chosen returns the tools of the named sets that the caller may use. No names mean
// the default set.
func (b *toolbox) chosen(names string, actor domain.Actor) (map[string]bool, error) {
	want := map[string]bool{}
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			want[name] = true
		}
	}
	if len(want) == 0 {
		want["default"] = true
	}
	known := b.toolsets()
	for name := range want {
		if !slices.Contains(known, name) {
			return nil, domain.Errorf(domain.CodeValidation, "There is no toolset named %q; there are %s",
				ops.Clip(name), strings.Join(known, ", "))
		}
	}
	out := map[string]bool{}
	for _, t := range b.all {
		in := want["all"] || want[t.toolset] || want["default"] && t.listed
		if in && actor.MayAll(t.scopes()) {
			out[t.name] = true
		}
	}
	return out, nil
}

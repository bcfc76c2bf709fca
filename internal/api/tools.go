package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"vellocity/internal/domain"
)

// toolbox holds every tool: one per row that has this door, and one per
// capability, typed by the capability's own settings.
type toolbox struct {
	all     []*tool
	byName  map[string]*tool
	schemas huma.Registry
}

// tool is one MCP tool.
type tool struct {
	name, title, description string
	toolset                  string
	listed                   bool // in the default list
	op                       *Op
	capability               string // of a typed tool: its slug
	input                    map[string]any
	output                   map[string]any // complete, for discovery
	brief                    map[string]any // the same in few words, for tools/list
}

// capabilityTools is the toolset of the typed tools.
const capabilityTools = "generate"

func newToolbox(a *API) *toolbox {
	b := &toolbox{byName: map[string]*tool{}, schemas: newSchemas()}
	for i := range a.ops {
		if o := &a.ops[i]; o.NoTool == "" {
			b.add(b.fromRow(o))
		}
	}
	if execute := b.byName["execute_capability"]; execute != nil {
		for _, c := range a.opts.Engine.AllCapabilities() {
			b.add(fromCapability(c, execute))
		}
	}
	return b
}

func (b *toolbox) add(t *tool) {
	b.all = append(b.all, t)
	b.byName[t.name] = t
}

func (b *toolbox) fromRow(o *Op) *tool {
	t := &tool{name: o.Name, title: o.Summary, description: o.Description, toolset: o.Toolset, listed: o.Default, op: o}
	t.input = portable(b.schemas, o.in.flat, 4, false)
	t.input["additionalProperties"] = false
	if _, ok := t.input["properties"]; !ok {
		t.input["properties"] = map[string]any{}
	}
	t.output, t.brief = b.outputs(o, 9, false), b.outputs(o, 1, true)
	return t
}

// outputs is the schema of {data, meta}.
func (b *toolbox) outputs(o *Op, depth int, short bool) map[string]any {
	props := map[string]any{"data": portable(b.schemas, b.schemas.Schema(typeOr(o), true, camel(o.Name)), depth, short)}
	required := []string{"data"}
	if o.Status == http.StatusNoContent {
		props["data"] = map[string]any{"type": "object"}
	}
	if meta := metaType(o); meta != nil {
		props["meta"] = portable(b.schemas, b.schemas.Schema(meta, true, ""), min(depth, 2)-1, short)
		required = append(required, "meta")
	}
	return map[string]any{"type": "object", "properties": props, "required": required}
}

// fromCapability makes the typed tool of a capability: its settings, and beside
// them what execute_capability takes.
func fromCapability(c domain.Capability, execute *tool) *tool {
	t := &tool{
		name: strings.ReplaceAll(c.Slug, "-", "_"), title: c.Name, toolset: capabilityTools, listed: !c.IsBeta, op: execute.op, capability: c.Slug,
		description: strings.TrimSuffix(c.Description, ".") + ". Starts a run; with wait, answers when it has ended. Then get_execution_assets.",
		output:      execute.output, brief: execute.brief,
	}
	var schema map[string]any
	if err := json.Unmarshal(c.SettingsSchema, &schema); err != nil || schema == nil {
		schema = map[string]any{}
	}
	props, _ := schema["properties"].(map[string]any)
	props = maps.Clone(props)
	if props == nil {
		props = map[string]any{}
	}
	own := execute.input["properties"].(map[string]any)
	for _, name := range besideSettings {
		if _, taken := props[name]; !taken {
			props[name] = own[name]
		}
	}
	t.input = map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	for _, keyword := range []string{"required", "$defs"} {
		if v, ok := schema[keyword]; ok {
			t.input[keyword] = v
		}
	}
	return t
}

// besideSettings are the arguments of a typed tool that are no settings.
var besideSettings = []string{"agent_id", "priority", "wait"}

// form is the tool as discovery shows it.
func (t *tool) form() ToolForm {
	return ToolForm{t.name, t.title, t.description, object(t.input), object(t.output), t.hints()}
}

func (t *tool) hints() ToolHints {
	o := t.op
	return ToolHints{t.title, o.ReadOnly, o.Destructive, o.Repeatable, o.OpenWorld}
}

// called is what a tool answers: {data, meta}.
type called struct {
	Data any `json:"data"`
	Meta any `json:"meta,omitempty"`
}

// call runs the tool for the caller in ctx and returns its answer as JSON.
func (t *tool) call(ctx context.Context, args json.RawMessage, progress func(percent int, step string)) (json.RawMessage, error) {
	actor, _ := domain.ActorFrom(ctx)
	if err := actor.Require(t.op.Scope); err != nil {
		return nil, err
	}
	args, err := t.arguments(args)
	if err != nil {
		return nil, err
	}
	in, err := t.op.decodeFlat(args)
	if err != nil {
		return nil, t.ownNames(err)
	}
	if progress != nil {
		ctx = context.WithValue(ctx, progressKey{}, progress)
	}
	result, err := t.op.do(ctx, in)
	if err == nil && t.op.settle != nil {
		result, err = t.op.settle(ctx, result)
	}
	if err != nil {
		return nil, t.ownNames(err)
	}
	var reply Reply
	answer := called{Data: t.op.view(&reply, result), Meta: t.op.metaOf(in, &reply)}
	if _, ok := answer.Data.(none); ok {
		answer.Data = struct{}{}
	}
	var b bytes.Buffer
	if err := encode(&b, answer); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// arguments turns the arguments of a typed tool into those of execute_capability.
func (t *tool) arguments(raw json.RawMessage) (json.RawMessage, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		raw = []byte("{}")
	}
	if raw[0] != '{' {
		return nil, domain.Errorf(domain.CodeValidation, "The arguments must be one JSON object, with the arguments by their names")
	}
	if t.capability == "" {
		return raw, nil
	}
	tree, err := parseJSON(raw)
	settings, ok := tree.(map[string]any)
	if err != nil || !ok {
		return nil, domain.Errorf(domain.CodeBadRequest, "The arguments must be one JSON object")
	}
	out := map[string]any{"slug": t.capability, "settings": settings}
	for _, name := range besideSettings {
		if v, given := settings[name]; given {
			out[name] = v
			delete(settings, name)
		}
	}
	return json.Marshal(out)
}

// ownNames takes "settings." off the paths of a typed tool's faults: there the
// settings are the arguments.
func (t *tool) ownNames(err error) error {
	var e *domain.Error
	if t.capability == "" || !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = map[string][]string{}
	known := t.input["properties"].(map[string]any)
	for path, faults := range e.Fields {
		name := strings.TrimPrefix(path, "settings.")
		if _, ok := known[name]; !ok && len(faults) == 1 && !strings.ContainsAny(name, ".[") {
			better := unknown("field", name, slices.Sorted(maps.Keys(known)))
			if c.Message == faults[0] {
				c.Message = better
			}
			faults = []string{better}
		}
		c.Fields[name] = faults
	}
	return &c
}

// advice says what a model can do about a failure.
var advice = map[domain.Code]string{
	domain.CodeNotFound:            "Look the id up with the matching list tool.",
	domain.CodeValidation:          "Correct these arguments and call again.",
	domain.CodeForbidden:           "This key cannot do it; ask the user for another key or leave it.",
	domain.CodeInsufficientCredits: "Tell the user; get_credits shows the balance.",
	domain.CodeConflict:            "Read the present state first, then decide.",
	domain.CodeRateLimited:         "Wait, then call again.",
	domain.CodeUnavailable:         "Wait a few seconds, then call again.",
	domain.CodeProvider:            "Try again later, or tell the user that the model provider failed.",
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
	if a := advice[e.Code]; a != "" {
		b.WriteString("\n" + a)
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

// chosen returns the tools of the named sets that the caller may use, in the
// table's order. No names mean the default set.
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
			return nil, domain.Errorf(domain.CodeValidation, "There is no toolset named %q; there are %s", clip(name), strings.Join(known, ", "))
		}
	}
	out := map[string]bool{}
	for _, t := range b.all {
		in := want["all"] || want[t.toolset] || want["default"] && t.listed
		if in && actor.May(t.op.Scope) {
			out[t.name] = true
		}
	}
	return out, nil
}

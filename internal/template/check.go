package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/expression"
	"vellocity/internal/schema"
)

// keyForm is the form of a step's key.
var keyForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// reserved are slugs that stand in addresses where a template's would.
var reserved = []string{"grouped", "suggest"}

// Read checks a template whole and reads it. What is wrong comes back as one
// VALIDATION_ERROR with all faults, at paths such as steps.2.when.
func Read(t domain.Template, find Find) (*Program, error) {
	r := reading{Program: &Program{Template: t}, find: find}
	r.head()
	r.schema()
	if domain.LimitTemplateSteps.Count(&r.problems, "steps", len(t.Steps)) {
		r.keys()
		r.graph()
		for i, s := range t.Steps {
			r.steps = append(r.steps, r.read(i, s))
		}
	}
	return r.Program, r.problems.Err()
}

// reading is a template that is being read.
type reading struct {
	*Program
	find     Find
	problems domain.Problems
	scope    expression.Scope
}

func (r *reading) head() {
	t := r.Template
	domain.LimitSlug.Text(&r.problems, "slug", t.Slug)
	if t.Slug != "" && !keyForm.MatchString(t.Slug) {
		r.problems.Format("slug", "lower-case letters and digits with single hyphens between them, such as weekly-social")
	}
	if t.Slug != "" && strings.Trim(t.Slug, "0123456789") == "" {
		r.problems.Format("slug", "more than a number: a number names a template by its id")
	}
	if slices.Contains(reserved, t.Slug) {
		r.problems.Add("slug", "The slug field must be another word than %s, which the address of a list has", t.Slug)
	}
	domain.LimitTemplateName.Text(&r.problems, "name", t.Name)
	domain.LimitTemplateDescription.Text(&r.problems, "description", t.Description)
	if t.Category == "" {
		r.problems.Required("category")
	}
	domain.CheckEnum(&r.problems, "category", t.Category)
}

func (r *reading) schema() {
	const path = "input_schema"
	if !r.object(path, r.Template.InputSchema) {
		return
	}
	var whole any
	if err := json.Unmarshal(r.Template.InputSchema, &whole); err != nil || refers(whole) {
		r.problems.Add(path, "The input_schema field must not refer to other schemas ($ref): write them out")
		return
	}
	s, err := schema.Compile(r.Template.InputSchema)
	if err != nil {
		cause := err
		for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
			cause = next
		}
		r.problems.Add(path, "The input_schema field is not a JSON Schema (2020-12): %s",
			strings.ReplaceAll(cause.Error(), "memory:///schema.json", "it"))
		return
	}
	var root struct {
		Type any `json:"type"`
	}
	if err := json.Unmarshal(r.Template.InputSchema, &root); err != nil || root.Type != "object" {
		r.problems.Add(path+".type", "The type field must be \"object\": inputs are given by name")
		return
	}
	r.Inputs, r.scope.Inputs = s, names(s)
}

// refers reports whether a schema refers to another one. A few references to references can
// stand for more checks than a machine can do, and no form follows them.
func refers(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, e := range v {
			if _, text := e.(string); text && (name == "$ref" || name == "$dynamicRef" || name == "$recursiveRef") {
				return true
			}
			if refers(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, refers)
	}
	return false
}

// object notes a fault, and reports false, unless raw is a JSON object within the bounds of
// size and depth.
func (r *reading) object(path string, raw json.RawMessage) bool {
	var value map[string]any
	switch {
	case len(raw) == 0:
		r.problems.Required(path)
	case len(raw) > domain.MaxTemplateObject:
		r.problems.Add(path, "The %s field has %d bytes; %d are the most",
			domain.Leaf(path), len(raw), domain.MaxTemplateObject)
	case json.Unmarshal(raw, &value) != nil || value == nil:
		r.problems.Type(path, "an object")
	case depth(value) > domain.MaxTemplateDepth:
		r.problems.Add(path, "The %s field is nested deeper than %d levels", domain.Leaf(path), domain.MaxTemplateDepth)
	default:
		return r.problems.CheckTexts(path, value)
	}
	return false
}

func depth(value any) (most int) {
	switch v := value.(type) {
	case map[string]any:
		for _, e := range v {
			most = max(most, depth(e))
		}
	case []any:
		for _, e := range v {
			most = max(most, depth(e))
		}
	default:
		return 0
	}
	return most + 1
}

// keys checks the keys, which the scope of all expressions needs first.
func (r *reading) keys() {
	for i, s := range r.Template.Steps {
		at := stepPath(i) + ".key"
		domain.LimitStepKey.Text(&r.problems, at, s.Key)
		switch {
		case s.Key == "":
			continue
		case slices.Contains(r.scope.Steps, s.Key):
			r.problems.Twice(at, s.Key)
			continue
		case !keyForm.MatchString(s.Key):
			r.problems.Format(at, "lower-case letters and digits with single hyphens between them, such as blog-post")
		}
		r.scope.Steps = append(r.scope.Steps, s.Key)
	}
}

func stepPath(i int) string { return "steps." + strconv.Itoa(i) }

func (r *reading) read(i int, t domain.TemplateStep) step {
	s := step{TemplateStep: t, path: stepPath(i)}
	if len(t.Settings) == 0 {
		s.Settings = json.RawMessage(`{}`)
	}
	whole := r.object(s.path+".settings", s.Settings)
	if whole {
		s.settings = r.settings(s)
	}
	if t.When != "" {
		s.when = r.condition(s)
	}
	var ok bool
	switch s.capability, ok = r.find(t.Capability); {
	case t.Capability == "":
		r.problems.Required(s.path + ".capability")
	case !ok:
		r.problems.Add(s.path+".capability", "%s", domain.UnknownName("capability", t.Capability, nil))
	case whole:
		r.constants(s)
	}
	return s
}

func (r *reading) settings(s step) *expression.Settings {
	at := s.path + ".settings"
	broken := false
	settings, err := expression.ParseSettings(s.Settings, r.scope, func(path string, fault error) {
		broken = true
		r.fault(at+"."+path, fault)
	})
	if err != nil {
		r.problems.Type(at, "an object")
		return nil
	}
	if broken {
		return settings
	}
	for _, path := range settings.Paths() {
		r.uses(s, at+"."+path, settings.UsesAt(path))
	}
	return settings
}

func (r *reading) condition(s step) *expression.Expression {
	at := s.path + ".when"
	domain.LimitExpression.Text(&r.problems, at, s.When)
	x, faults := expression.Condition(s.When, r.scope)
	for _, f := range faults {
		r.fault(at, f)
	}
	if x == nil {
		return nil
	}
	if x.Never() {
		r.fault(at, errors.New("is never true, so the step cannot be reached"))
	}
	r.uses(s, at, x.Uses())
	return x
}

func (r *reading) fault(path string, fault error) {
	r.problems.Add(path, "The %s field %s", domain.Leaf(path), fault)
}

// uses notes the steps that a field refers to and that the step does not wait for.
func (r *reading) uses(s step, path string, keys []string) {
	for _, key := range keys {
		switch {
		case key == s.Key:
			r.fault(path, errors.New("refers to its own step, which has no result before it runs"))
		case !slices.Contains(s.DependsOn, key):
			r.fault(path, fmt.Errorf("refers to the step %q; add it to depends_on", key))
		}
	}
}

// constants checks the settings that are known before any value is.
func (r *reading) constants(s step) {
	if s.settings == nil {
		return
	}
	checkKnown(&r.problems, s.capability, s.Settings, s.settings.Paths(), func(path string) string {
		return s.path + "." + path
	})
}

// checkKnown checks settings in which the fields at the open paths have no values yet. at
// turns the path of a fault into that for the caller.
func checkKnown(
	p *domain.Problems, c capability.Capability, settings json.RawMessage, open []string, at func(path string) string,
) {
	var err error
	if len(open) == 0 {
		_, err = c.Prepare(settings)
	} else {
		_, err = c.Schema.Check(settings, "settings")
	}
	var e *domain.Error
	if !errors.As(err, &e) {
		return
	}
	for _, path := range slices.Sorted(maps.Keys(e.Fields)) {
		if belongs(strings.TrimPrefix(path, "settings."), open, c.Schema) {
			continue
		}
		for _, message := range e.Fields[path] {
			p.Add(at(path), "%s", message)
		}
	}
}

// belongs reports whether a fault is about a value that is not known yet. That a field
// does not exist is known.
func belongs(path string, open []string, s *schema.Schema) bool {
	field, _, _ := strings.Cut(path, ".")
	if _, exists := s.Field(field); !exists && s.Closed() {
		return false
	}
	return slices.ContainsFunc(open, func(o string) bool {
		return path == o || strings.HasPrefix(path, o+".") || strings.HasPrefix(o, path+".")
	})
}

package expression

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"vellocity/internal/domain"
)

// MaxResult is the size of a result, in bytes of JSON.
const MaxResult = 64_000

// Given are the values that expressions see, as JSON. What is empty is undefined.
type Given struct {
	Inputs    json.RawMessage // an object
	Event     json.RawMessage // the payload of the event that started the execution
	Workspace domain.Workspace
	StartedAt time.Time       // of the execution
	Steps     map[string]Step // by key; a step that was skipped is not there
}

// Step is what expressions see of a step that is recorded.
type Step struct {
	Output json.RawMessage
	Items  []domain.ItemRef // that the step created
}

// Values are decoded values.
type Values struct{ names map[string]any }

// NewValues decodes values. It fails on what is not JSON.
func NewValues(g Given) (*Values, error) {
	names := map[string]any{
		"inputs": map[string]any{},
		"event":  nil,
		"workspace": map[string]any{
			"name": g.Workspace.Name, "slug": g.Workspace.Slug, "timezone": g.Workspace.Timezone,
		},
		"run": map[string]any{"started_at": g.StartedAt.UTC().Format(time.RFC3339)},
	}
	for name, raw := range map[string]json.RawMessage{"inputs": g.Inputs, "event": g.Event} {
		value, err := decode(raw)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if value != nil {
			names[name] = value
		}
	}
	steps := map[string]any{}
	for key, s := range g.Steps {
		output, err := decode(s.Output)
		if err != nil {
			return nil, fmt.Errorf("read the output of %s: %w", key, err)
		}
		items := make([]any, len(s.Items))
		for i, item := range s.Items {
			items[i] = map[string]any{"id": int(item.ID), "title": item.Title}
		}
		steps[key] = map[string]any{"output": output, "items": items}
	}
	names["steps"] = steps
	return &Values{names}, nil
}

// env returns the names of one evaluation.
func (v *Values) env(left *budget) map[string]any {
	env := make(map[string]any, len(v.names)+1)
	for name, value := range v.names {
		env[name] = value
	}
	env[budgetName] = left
	return env
}

// decode reads JSON; whole numbers that fit become int, others float64.
func decode(raw json.RawMessage) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	return numbers(value)
}

func numbers(value any) (_ any, err error) {
	switch v := value.(type) {
	case json.Number:
		if digits, whole := domain.WholeNumber(v); whole {
			if n, err := digits.Int64(); err == nil {
				return int(n), nil
			}
		}
		return v.Float64()
	case []any:
		for i := range v {
			if v[i], err = numbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name := range v {
			if v[name], err = numbers(v[name]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// finished returns a result in the types of JSON, within its size.
func finished(result any) (any, error) {
	value, err := plain(result)
	if err != nil {
		return nil, err
	}
	text, err := encode(value)
	if err != nil {
		return nil, fmt.Errorf("write the result: %w", err)
	}
	if len(text) > MaxResult {
		return nil, fmt.Errorf("the result has %d bytes; %d are the most", len(text), MaxResult)
	}
	return value, nil
}

func encode(value any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

// kind names the type of a value for people.
func kind(value any) string {
	switch v := value.(type) {
	case nil:
		return "undefined"
	case string:
		return "text"
	case bool:
		return "true or false"
	case int, float64:
		return "a number"
	case map[string]any:
		return "an object"
	default:
		if reflect.ValueOf(v).Kind() == reflect.Slice {
			return "a list"
		}
		return fmt.Sprintf("of the type %T", v)
	}
}

// plain returns a result in the types of JSON. It refuses numbers that JSON does not have.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case nil, bool, int, string:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("the result is not a number, such as after a division by zero")
		}
		return v, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, e := range v {
			var err error
			if out[name], err = plain(e); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	r := reflect.ValueOf(value)
	if r.Kind() != reflect.Slice {
		return nil, fmt.Errorf("the result is %s, which no setting can hold", kind(value))
	}
	out := make([]any, r.Len())
	for i := range out {
		var err error
		if out[i], err = plain(r.Index(i).Interface()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

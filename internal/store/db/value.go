package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Millis returns a time as the integer that is stored, milliseconds since 1970; 0
// for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Value is what a driver stores: an int64, bool, string or nil.
type Value = driver.Value

// Field stores a Go value in a column that does not have its type. It is a
// [database/sql.Scanner] and a [driver.Valuer].
type Field interface {
	Scan(v any) error
	Value() (Value, error)
}

type timeField struct{ to *time.Time }

// Time stores a time as milliseconds since 1970, and the zero time as 0.
func Time(t *time.Time) Field { return timeField{t} }

func (f timeField) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", v)
	}
	*f.to = time.Time{}
	if ms != 0 {
		*f.to = time.UnixMilli(ms).UTC()
	}
	return nil
}

func (f timeField) Value() (Value, error) { return Millis(*f.to), nil }

type textField[S ~string] struct{ to *S }

// Text stores a string type of its own, such as a status.
func Text[S ~string](s *S) Field { return textField[S]{s} }

func (f textField[S]) Scan(v any) error {
	text, err := textOf(v)
	*f.to = S(text)
	return err
}

func (f textField[S]) Value() (Value, error) { return string(*f.to), nil }

func textOf(v any) (string, error) {
	switch text := v.(type) {
	case string:
		return text, nil
	case []byte:
		return string(text), nil
	case nil:
		return "", nil
	}
	return "", fmt.Errorf("a text is stored as %T", v)
}

type rawField[B ~[]byte] struct {
	to    *B
	empty string
}

// Raw stores bytes, such as JSON that nobody here reads, as text; empty is the text
// that is stored when there are none.
func Raw[B ~[]byte](b *B, empty string) Field { return rawField[B]{b, empty} }

func (f rawField[B]) Scan(v any) error {
	text, err := textOf(v)
	*f.to = B(text)
	return err
}

func (f rawField[B]) Value() (Value, error) {
	if len(*f.to) == 0 {
		return f.empty, nil
	}
	return string(*f.to), nil
}

type jsonField[T any] struct {
	to    *T
	empty string
}

// JSON stores a value as JSON text. Scanning the empty text leaves the value alone.
func JSON[T any](v *T) Field { return jsonField[T]{v, "null"} }

// JSONOr is like JSON and stores empty instead of null: "[]" for a nil list.
func JSONOr[T any](v *T, empty string) Field { return jsonField[T]{v, empty} }

func (f jsonField[T]) Scan(v any) error {
	switch text := v.(type) {
	case string:
		if text == "" {
			return nil
		}
		return json.Unmarshal([]byte(text), f.to)
	case []byte:
		if len(text) == 0 {
			return nil
		}
		return json.Unmarshal(text, f.to)
	case nil:
		return nil
	}
	return fmt.Errorf("JSON is stored as %T", v)
}

func (f jsonField[T]) Value() (Value, error) {
	text, err := json.Marshal(*f.to)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if string(text) == "null" {
		return f.empty, nil
	}
	return string(text), nil
}

// JSONView is like JSON for several fields that are stored as one text: view returns
// a struct of pointers to them.
func JSONView[V any](view func() *V) Field { return viewField[V]{view} }

type viewField[V any] struct{ view func() *V }

func (f viewField[V]) Scan(v any) error { return JSON(f.view()).Scan(v) }

func (f viewField[V]) Value() (Value, error) { return JSON(f.view()).Value() }

type repeatedField[T any] struct {
	jsonField[T]
	text  string
	value T
}

// RepeatedJSON is like JSON for a value that most rows of a list have in common,
// such as what wrote a text: it is decoded only when it differs from the row
// before. T must hold no list or map, since rows would share it.
func RepeatedJSON[T any](v *T) Field {
	return &repeatedField[T]{jsonField: jsonField[T]{to: v, empty: "null"}}
}

func (f *repeatedField[T]) Scan(v any) error {
	text, ok := v.(string)
	if ok && text != "" && text == f.text {
		*f.to = f.value
		return nil
	}
	if err := f.jsonField.Scan(v); err != nil {
		return err
	}
	f.text, f.value = text, *f.to
	return nil
}

// Computed stores what f returns and is never read back.
func Computed[T any](f func() T) Field { return computedField[T]{f} }

type computedField[T any] struct{ get func() T }

func (computedField[T]) Scan(any) error { return nil }

func (f computedField[T]) Value() (Value, error) { return f.get(), nil }

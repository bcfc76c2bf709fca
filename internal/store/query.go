package store

import (
	"errors"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// where collects the terms of a condition with numbered placeholders.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, arg any) { w.terms = append(w.terms, w.bind(term, arg)) }

// bind notes an argument and returns the text with its placeholder in place of the ?.
func (w *where) bind(text string, arg any) string {
	w.args = append(w.args, arg)
	return strings.Replace(text, "?", fmt.Sprintf("$%d", len(w.args)), 1)
}

func (w *where) span(column string, s domain.DateRange) {
	if !s.From.IsZero() {
		w.add(column+" >= ?", db.Millis(s.From))
	}
	if !s.Until.IsZero() {
		w.add(column+" < ?", db.Millis(s.Until))
	}
}

// String returns the condition.
func (w *where) String() string { return strings.Join(w.terms, " and ") }

// placeholders returns "$from, $from+1, …" for n values.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// anyIDs returns ids as the arguments of a statement.
func anyIDs(ids []int64) []any {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return args
}

// noRow turns "no row" into no error.
func noRow(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	return err
}

// quote returns one of a type's fixed values as a literal of SQL: for conditions
// that a partial index states too, which a parameter would hide from the planner.
func quote[S ~string](value S) string { return "'" + string(value) + "'" }

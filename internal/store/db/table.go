package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// Table names the columns of a table and the fields of T that they store: once, for
// reading and for writing. Its texts are put together when the program starts, so
// that each statement has one text.
type Table[T any] struct {
	name    string
	columns func(*T) []Column
	names   []string
	sets    []Set
}

// Column is a column and the field of a row that it stores.
type Column struct {
	Name string
	// Field is a pointer to a string, int, int64 or bool, or a [Field].
	Field any
	// In says which of the table's sets the column belongs to.
	In Set
}

// Set is a set of columns that are read or written together. A table defines its
// own, as bits: 1 << iota.
type Set uint16

// NewTable describes a table. columns returns the columns of one row, always the
// same ones in the same order. It panics when a field cannot be stored.
func NewTable[T any](name string, columns func(*T) []Column) *Table[T] {
	t := &Table[T]{name: name, columns: columns}
	for _, c := range columns(new(T)) {
		if _, err := value(c.Field); err != nil {
			panic(fmt.Sprintf("column %s.%s: %v", name, c.Name, err))
		}
		t.names = append(t.names, c.Name)
		t.sets = append(t.sets, c.In)
	}
	return t
}

// Columns returns the names of a set, separated by commas.
func (t *Table[T]) Columns(in Set) string { return t.join(in, "") }

// QualifiedColumns is like Columns and puts the table's name before each, for joins.
func (t *Table[T]) QualifiedColumns(in Set) string { return t.join(in, t.name+".") }

func (t *Table[T]) join(in Set, prefix string) string {
	var list []string
	for _, i := range t.in(in) {
		list = append(list, prefix+t.names[i])
	}
	return strings.Join(list, ", ")
}

// in returns the indexes of a set's columns.
func (t *Table[T]) in(set Set) (list []int) {
	for i, s := range t.sets {
		if s&set != 0 {
			list = append(list, i)
		}
	}
	return list
}

// Dest returns where a row with the columns of a set is scanned into.
func (t *Table[T]) Dest(row *T, in Set) []any {
	dest := []any{}
	for _, c := range t.columns(row) {
		if c.In&in != 0 {
			dest = append(dest, c.Field)
		}
	}
	return dest
}

// Scan returns a function that scans rows with the columns of a set. It is for one
// query: it goes through one row of its own, so it must not be shared.
func (t *Table[T]) Scan(in Set) func(Row) (T, error) {
	row := new(T)
	dest := t.Dest(row, in)
	return func(from Row) (T, error) {
		var empty T
		*row = empty // a list of the row before must not be written over
		err := from.Scan(dest...)
		return *row, err
	}
}

// Write is a statement that stores a row.
type Write[T any] struct {
	table *Table[T]
	text  string
	args  []int // which column $1, $2, … take their value from
}

// Write returns a statement that stores the columns of a set. In its text
//
//	{columns}  are the columns' names       title, body
//	{values}   are their values             $1, $2
//	{set}      gives each its value         title = $1, body = $2
//	{excluded} for "on conflict do update"  title = excluded.title, body = excluded.body
//	{name}     is the value of that column of the table, in the set or not
func (t *Table[T]) Write(in Set, text string) Write[T] {
	w := Write[T]{table: t}
	var names, values, sets, excluded []string
	arg := func(column int) string {
		at := slices.Index(w.args, column)
		if at < 0 {
			at = len(w.args)
			w.args = append(w.args, column)
		}
		return fmt.Sprintf("$%d", at+1)
	}
	for _, i := range t.in(in) {
		value, name := arg(i), t.names[i]
		names, values = append(names, name), append(values, value)
		sets, excluded = append(sets, name+" = "+value), append(excluded, name+" = excluded."+name)
	}
	text = strings.NewReplacer(
		"{columns}", strings.Join(names, ", "), "{values}", strings.Join(values, ", "),
		"{set}", strings.Join(sets, ", "), "{excluded}", strings.Join(excluded, ", ")).Replace(text)
	for i, name := range t.names {
		if mark := "{" + name + "}"; strings.Contains(text, mark) {
			text = strings.ReplaceAll(text, mark, arg(i))
		}
	}
	if strings.Contains(text, "{") {
		panic("no such column of " + t.name + ": " + text)
	}
	w.text = text
	return w
}

// Exec runs the statement for a row and returns how many rows were affected.
func (w Write[T]) Exec(ctx context.Context, r Runner, row *T) (int64, error) {
	args, err := w.values(row)
	if err != nil {
		return 0, err
	}
	return r.ExecCount(ctx, w.text, args...)
}

// One runs a statement with a "returning" clause and scans the first row into dest.
// Without one it returns [ErrNoRow].
func (w Write[T]) One(ctx context.Context, r Runner, row *T, dest ...any) error {
	args, err := w.values(row)
	if err != nil {
		return err
	}
	return r.One(ctx, dest, w.text, args...)
}

func (w Write[T]) values(row *T) ([]any, error) {
	columns := w.table.columns(row)
	args := make([]any, len(w.args))
	for i, column := range w.args {
		var err error
		if args[i], err = value(columns[column].Field); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", w.table.name, columns[column].Name, err)
		}
	}
	return args, nil
}

// value returns what a column's field has to store.
func value(field any) (any, error) {
	switch p := field.(type) {
	case *string:
		return *p, nil
	case *int:
		return *p, nil
	case *int64:
		return *p, nil
	case *bool:
		return *p, nil
	case driver.Valuer:
		return p.Value()
	}
	return nil, fmt.Errorf("a %T is neither a plain type nor a Field", field)
}

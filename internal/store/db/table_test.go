package db

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

type status string

type row struct {
	ID    int64
	Title string
	State status
	Tags  []string
	Made  time.Time
}

const (
	read Set = 1 << iota
	write
)

func rows() *Table[row] {
	return NewTable("item", func(r *row) []Column {
		return []Column{
			{Name: "id", Field: &r.ID, In: read},
			{Name: "title", Field: &r.Title, In: read | write},
			{Name: "state", Field: Text(&r.State), In: read | write},
			{Name: "tags", Field: JSONOr(&r.Tags, "[]"), In: read | write},
			{Name: "made", Field: Time(&r.Made), In: read},
		}
	})
}

func TestATableWritesItsStatements(t *testing.T) {
	table := rows()
	if got := table.QualifiedColumns(read); got != "item.id, item.title, item.state, item.tags, item.made" {
		t.Error(got)
	}
	for template, want := range map[string]string{
		"insert into item ({columns}) values ({values})":             "insert into item (title, state, tags) values ($1, $2, $3)",
		"update item set {set} where id = {id} and title <> {title}": "update item set title = $1, state = $2, tags = $3 where id = $4 and title <> $1",
		"({values}) do update set {excluded}":                        "($1, $2, $3) do update set title = excluded.title, state = excluded.state, tags = excluded.tags",
	} {
		if got := table.Write(write, template).text; got != want {
			t.Errorf("%s\nis %s\nnot %s", template, got, want)
		}
	}
	w := table.Write(write, "update item set {set} where id = {id}")
	args, err := w.values(&row{ID: 7, Title: "t", State: "open"})
	if want := []any{"t", "open", "[]", int64(7)}; err != nil || !reflect.DeepEqual(args, want) {
		t.Errorf("%#v, %v", args, err)
	}
}

// fake is a row of a database.
type fake []any

func (f fake) Scan(dest ...any) error {
	for i, d := range dest {
		switch d := d.(type) {
		case *int64:
			*d = f[i].(int64)
		case *string:
			*d = f[i].(string)
		case Field:
			if err := d.Scan(f[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestRowsOfAListShareNothing(t *testing.T) {
	scan := rows().Scan(read)
	a, err1 := scan(fake{int64(1), "a", "open", `["x","y"]`, int64(1000)})
	b, err2 := scan(fake{int64(2), "b", "shut", `["z"]`, int64(0)})
	c, err3 := scan(fake{int64(3), "c", "shut", ``, int64(0)})
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	if !reflect.DeepEqual(a, row{1, "a", "open", []string{"x", "y"}, time.UnixMilli(1000).UTC()}) ||
		!reflect.DeepEqual(b, row{2, "b", "shut", []string{"z"}, time.Time{}}) || c.Tags != nil {
		t.Errorf("%+v\n%+v\n%+v", a, b, c)
	}
}

func TestATableRefusesWhatItCannotStore(t *testing.T) {
	for what, f := range map[string]func(){
		"neither a plain type nor a Field": func() {
			NewTable("item", func(r *row) []Column { return []Column{{Name: "state", Field: &r.State}} })
		},
		"no such column": func() { rows().Write(write, "where nothing = {nothing}") },
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.Contains(p, what) {
					t.Errorf("%q was not refused: %v", what, p)
				}
			}()
			f()
		}()
	}
}

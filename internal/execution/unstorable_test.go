package execution_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
)

// unstorable makes the database refuse a value: rows of the table where the column has the
// text. PostgreSQL has a class of errors for that; SQLite says so of a key that is no number.
func unstorable(k *enginetest.Kit, table, column, text string) {
	k.T.Helper()
	if !k.Store.Postgres() {
		k.Exec("create table number (id integer primary key)")
		k.Exec("create trigger refused before insert on " + table + " when new." + column + " = '" + text +
			"' begin insert into number (id) values ('no number'); end")
		return
	}
	k.Exec("create function refuse() returns trigger language plpgsql as " +
		"$$ begin raise exception 'no' using errcode = '22P05'; end $$")
	k.Exec("create trigger refused before insert on " + table + " for each row when (new." + column + " = '" + text +
		"') execute function refuse()")
}

// TestAStepThatNoDatabaseCanStore: the execution fails at once, in words for a person, with
// what it had kept and charged, and others go on. That is so even where nothing of the step
// can be stored.
func TestAStepThatNoDatabaseCanStore(t *testing.T) {
	for _, c := range []struct {
		name, table, column, text, do, says string
		steps                               int // recorded
	}{
		{"an item", "content", "title", "The same title", "item", `"Step b" wrote something that the database cannot store`, 2},
		{"a NUL", "", "", "", "nul", `"Step b" wrote something that the database cannot store`, 2},
		{"the step itself", "step", "key", "b", "", "This execution failed for a reason inside Vellocity", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Each(t, enginetest.Config{Provider: server(t, answers())}, func(k *enginetest.Kit) {
				switch {
				case c.table != "":
					unstorable(k, c.table, c.column, c.text)
				case !k.Store.Postgres():
					return // SQLite stores a NUL
				}
				x := k.Run(step{Key: "a", Credits: 1, Do: "text"}, step{Key: "b", Credits: 2, After: []string{"a"}, Do: c.do})
				other := k.Run(step{Key: "a", Credits: 1, Do: "text"}, step{Key: "c", After: []string{"a"}})
				got := k.Ended(x.ID, domain.ExecutionFailed)
				if !strings.Contains(got.Error, c.says) || !strings.Contains(got.Error, "Retry it") || got.CreditsUsed != 1 {
					t.Errorf("used %d: %q", got.CreditsUsed, got.Error)
				}
				steps, err := k.Store.Read().ExecutionSteps(t.Context(), x.ID)
				if err != nil || len(steps) != c.steps || steps[0].Status != domain.StepDone || steps[0].Credits != 1 {
					t.Errorf("steps %+v, %v", steps, err)
				}
				if last := steps[len(steps)-1]; c.steps == 2 && (last.Status != domain.StepFailed || last.Error != got.Error) {
					t.Errorf("the step is %s: %q", last.Status, last.Error)
				}
				checkSettled(k, got)
				k.Ended(other.ID, domain.ExecutionCompleted)
				if n := k.Count("select count(*) from content"); n != 0 {
					t.Errorf("%d items", n)
				}
			})
		})
	}
}

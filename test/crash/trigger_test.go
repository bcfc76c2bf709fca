package crash_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/test/product"
)

// threeSteps is a template that writes a post, measures how it reads, and publishes it.
var threeSteps = map[string]any{ //nolint:gochecknoglobals // constant
	"slug": "write-and-publish", "name": "Write and publish", "category": "blog",
	"input_schema": map[string]any{
		"type": "object", "required": []string{"topic"},
		"properties": map[string]any{"topic": map[string]any{"type": "string"}},
	},
	"steps": []any{
		map[string]any{
			"key": "post", "capability": "generate-blog-post", "settings": map[string]any{"topic": "{{ inputs.topic }}"},
		},
		map[string]any{
			"key": "measure", "capability": "analyze-readability", "depends_on": []string{"post"},
			"settings": map[string]any{"content_id": "{{ steps.post.items[0].id }}"},
		},
		map[string]any{
			"key": "publish", "capability": "publish-content", "depends_on": []string{"post", "measure"},
			"settings": map[string]any{"content_id": "{{ steps.post.items[0].id }}"},
		},
	},
}

// trigger creates a trigger of the template.
func (s *server) trigger(t *testing.T, body map[string]any) {
	t.Helper()
	body["template"], body["overlap"] = "write-and-publish", "queue"
	c := call{}
	answer := s.ask(t, &c, http.MethodPost, "/content-workflow/workflow-triggers", body)
	if c.Status != http.StatusCreated {
		t.Fatalf("create a trigger: %d %s", c.Status, answer)
	}
}

// A schedule and an event trigger run a template to published items on two nodes, and on one
// with SQLite, while nodes are killed: each instant and each event is in the history once,
// and each that fired has one execution, whose item is published.
func TestTriggersFireOnceWhileNodesAreKilled(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		a, b, _, _ := twoNodes(t, 20*time.Millisecond)
		fireWhileKilled(t, []*server{a, b})
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fireWhileKilled(t, []*server{start(t, install(t, "", model(t, 20*time.Millisecond)))})
	})
}

func fireWhileKilled(t *testing.T, nodes []*server) {
	t.Helper()
	db := open(t, nodes[0].Installation)
	c := call{}
	answer := nodes[0].ask(t, &c, http.MethodPost, "/content-workflow/workflow-templates", threeSteps)
	if c.Status != http.StatusCreated {
		t.Fatalf("create the template: %d %s", c.Status, answer)
	}
	nodes[0].trigger(t, map[string]any{
		"name": "Nightly", "type": "schedule", "schedule": map[string]any{"cron": "0 3 * * *", "timezone": "Europe/Berlin"},
		"inputs": map[string]any{"topic": "The night of {{ event.at }}"},
	})
	nodes[0].trigger(t, map[string]any{
		"name": "Deals", "type": "event", "event": map[string]any{"name": "crm.deal_won", "filter": "event.n % 2 == 0"},
		"inputs": map[string]any{"topic": "Deal {{ event.n }}"},
	})
	const rounds, perRound = 3, 6
	nights := map[int64]bool{}
	sent := 0
	for round := range rounds {
		night := time.Now().Add(-time.Duration(rounds-round) * time.Minute).Truncate(time.Minute).UnixMilli()
		nights[night] = true
		change(t, nodes[0].Installation, `update workflow_trigger set next_at = $1 where type = 'schedule'`, night)
		victim := nodes[round%len(nodes)]
		time.AfterFunc(time.Duration(150+100*round)*time.Millisecond, victim.Kill)
		for range perRound {
			sent += nodes[(round+1)%len(nodes)].event(t, sent)
		}
		await.True(t, "the kill", func() bool { return victim.Status(t.Context(), "/healthz") == 0 })
		nodes[round%len(nodes)] = start(t, victim.Installation)
		await.True(t, "the firing of the night", func() bool {
			return count(t, db, `select count(*) from firing where due_at = $1 and missed = 0`, night) == 1
		})
		await.True(t, "the end of what was fired", func() bool {
			return count(t, db, `select count(*) from firing where outcome in ('pending', 'waiting')`) == 0 &&
				count(t, db, unfinished) == 0
		})
	}
	checkFirings(t, db, len(nights), sent)
}

// event sends an event with the number n, and reports 1 where it was accepted.
func (s *server) event(t *testing.T, n int) int {
	t.Helper()
	c := call{}
	s.ask(t, &c, http.MethodPost, "/content-workflow/events", map[string]any{
		"name": "crm.deal_won", "payload": map[string]any{"n": n},
	})
	if c.Status == http.StatusOK {
		return 1
	}
	return 0
}

// change writes to the database beside the server.
func change(t *testing.T, in *product.Installation, query string, args ...any) {
	t.Helper()
	db, err := in.Open()
	if in.Database == "" {
		db, err = sql.Open("sqlite", "file:"+in.File()+"?_pragma=busy_timeout(10000)")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func checkFirings(t *testing.T, db *sql.DB, nights, sent int) {
	t.Helper()
	received := count(t, db, `select count(*) from event where name = 'event.received'`)
	noted := count(t, db, `select coalesce(sum(count), 0) from firing f join workflow_trigger t on t.id = f.trigger_id
		where t.type = 'event'`)
	fired := count(t, db, `select count(*) from firing where outcome = 'fired'`)
	t.Logf("%d nights, %d events (%d acknowledged), %d noted, %d fired", nights, received, sent, noted, fired)
	for what, query := range map[string]string{
		"a firing without an execution": `select count(*) from firing f where outcome = 'fired'
			and not exists (select 1 from execution x where x.id = f.execution_id and x.trigger_id = f.trigger_id)`,
		"an execution that no firing has":      `select count(*) from execution x where trigger_id > 0 and not exists (select 1 from firing f where f.execution_id = x.id and f.outcome = 'fired')`,
		"an execution of two firings":          `select count(*) from (select execution_id from firing where outcome = 'fired' group by execution_id having count(*) > 1) x`,
		"an instant twice":                     `select count(*) from (select 1 as one from firing f join workflow_trigger t on t.id = f.trigger_id where t.type = 'schedule' group by due_at having count(*) > 1) x`,
		"an execution that did not complete":   `select count(*) from execution where trigger_id > 0 and status <> 'completed'`,
		"a firing without a reason":            `select count(*) from firing where reason = ''`,
		"a firing that is neither yes nor no":  `select count(*) from firing where outcome not in ('fired', 'filtered', 'replaced')`,
		"an execution without its publication": `select count(*) from execution x where trigger_id > 0 and not exists (select 1 from content c join publication p on p.content_id = c.id where c.execution_id = x.id)`,
	} {
		if n := count(t, db, query); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if noted != received || received < int64(sent) {
		t.Errorf("%d events were received, %d acknowledged, and %d noted", received, sent, noted)
	}
	if n := count(t, db, fmt.Sprintf(`select count(*) from firing f join workflow_trigger t on t.id = f.trigger_id
		where t.type = 'schedule' and outcome = 'fired' and %d > 0`, nights)); n != int64(nights) {
		t.Errorf("%d of %d nights fired", n, nights)
	}
}

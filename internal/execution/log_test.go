package execution_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// lines collects what the log writes.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Each execution that ends is one line in the log of one node.
func TestTheEndOfAnExecutionIsLoggedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var out lines
		r := execution.New(execution.Options{Store: s, Log: slog.New(slog.NewTextHandler(&out, nil))})
		for range 2 {
			h := live.New(s, slog.New(slog.DiscardHandler))
			go h.Run(t.Context())
			go func() {
				_ = h.Consume(t.Context(), live.Consumer{
					Name: "log", FromStart: true, Events: execution.EndEvents(), Handle: r.LogEnded,
				}) // always nil
			}()
			if !s.Postgres() {
				break // SQLite has one node
			}
		}
		first, second := ended(t, s, "first"), ended(t, s, "second")
		await.True(t, "the last line", func() bool {
			return strings.Contains(out.all(), "execution="+second+" ")
		})
		want := regexp.MustCompile(`^.* msg="execution ended" workspace=\d+ execution=` + first +
			` capability=generate-blog-post status=completed seconds=1.5 credits=5\n.* execution=` + second + ` .*\n$`)
		if got := out.all(); !want.MatchString(got) {
			t.Errorf("logged:\n%s", got)
		}
	})
}

// ended stores an execution that is completed and archived, and returns its id.
func ended(t *testing.T, s *store.Store, slug string) (id string) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		w, err := tx.CreateWorkspace(t.Context(), domain.Workspace{Slug: slug, Name: slug, Plan: domain.PlanBusiness})
		if err != nil {
			return err
		}
		x, err := tx.CreateExecution(t.Context(), domain.Execution{
			WorkspaceID: w.ID, Capability: "generate-blog-post", Priority: domain.PriorityNormal, CreatedBy: "a test",
		}, 0)
		if err != nil {
			return err
		}
		id = strconv.FormatInt(x.ID, 10)
		x.Status, x.StartedAt, x.CompletedAt = domain.ExecutionCompleted, tx.Now(), tx.Now().Add(1500*time.Millisecond)
		if err := tx.SaveExecution(t.Context(), x, domain.ExecutionExecuting); err != nil {
			return err
		}
		for _, status := range []domain.ExecutionStatus{domain.ExecutionCompleted, domain.ExecutionArchived} {
			err := tx.AppendEvent(t.Context(), x.Subject(), domain.ExecutionEnded{Status: status, CreditsUsed: 5})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

package execution_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.text.String()), "\n")
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
		var id int64
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			w, err := tx.CreateWorkspace(t.Context(), domain.Workspace{Slug: "a", Name: "A", Plan: domain.PlanBusiness})
			if err != nil {
				return err
			}
			x, err := tx.CreateExecution(t.Context(), domain.Execution{
				WorkspaceID: w.ID, Capability: "generate-blog-post", Priority: domain.PriorityNormal, CreatedBy: "a test",
			}, 0)
			if err != nil {
				return err
			}
			id = x.ID
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
		for deadline := time.Now().Add(10 * time.Second); out.all()[0] == "" && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond) // a second line would come now
		want := regexp.MustCompile(`msg="execution ended" workspace=\d+ execution=\d+ capability=generate-blog-post ` +
			`status=completed seconds=1.5 credits=5$`)
		if got := out.all(); len(got) != 1 || !want.MatchString(got[0]) || id == 0 {
			t.Errorf("logged %v", slices.Clone(got))
		}
	})
}

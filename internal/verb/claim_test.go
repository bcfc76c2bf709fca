package verb_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
)

type step = enginetest.Step

func config(t *testing.T) enginetest.Config {
	t.Helper()
	m := aitest.NewServer(aitest.Always(aitest.Text("Some ", "words.")))
	t.Cleanup(m.Close)
	return enginetest.Config{Idle: true, Slots: 1000, Provider: m}
}

func claim(fingerprint string) domain.ClaimOf[any] {
	render := func(v any) (domain.StoredAnswer, error) {
		if k, ok := v.(account.NewKey); ok {
			v = map[string]any{"id": k.Key.ID, "secret": nil}
		}
		body, err := json.Marshal(v)
		return domain.StoredAnswer{Status: 201, Body: body}, err
	}
	c := domain.Claim{Scope: "POST /x", Key: "once", Fingerprint: fingerprint}
	return domain.ClaimOf[any]{Claim: c, Render: render}
}

func TestFiftyCallsWithOneKeyHaveOneEffect(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		var done, replayed atomic.Int64
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				_, err := k.Execute(domain.WithClaim(k.Ctx(), claim("f")), step{Key: "a", Credits: 7})
				var again *domain.Replayed
				switch {
				case err == nil:
					done.Add(1)
				case errors.As(err, &again) && again.Answer.Status == 201 &&
					len(again.Answer.Body) > 10, domain.CodeOf(err) == domain.CodeIdempotencyInProgress:
					replayed.Add(1)
				default:
					t.Errorf("it returned %v", err)
				}
			})
		}
		wg.Wait()
		if done.Load() != 1 || replayed.Load() != 49 {
			t.Errorf("%d done, %d replayed", done.Load(), replayed.Load())
		}
		if n := k.Count("select count(*) from execution"); n != 1 {
			t.Errorf("%d executions", n)
		}
		if b := k.Credits(); b.Held != 7 {
			t.Errorf("balance %+v", b)
		}
		if _, err := k.Execute(domain.WithClaim(k.Ctx(), claim("other")),
			step{Key: "a"}); domain.CodeOf(err) != domain.CodeIdempotencyMismatch {
			t.Errorf("another body gets %v", err)
		}
		if _, err := k.Execute(domain.WithClaim(enginetest.As(k.Theirs.ID, domain.RoleOwner), claim("f")),
			step{Key: "a"}); err != nil {
			t.Errorf("another workspace's same key gets %v", err)
		}
	})
}

func TestARefusedCallLeavesItsKeyFree(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		if _, err := k.Execute(domain.WithClaim(k.Ctx(), claim("f")), step{Key: "a",
			Credits: 1_000_000}); domain.CodeOf(err) != domain.CodeInsufficientCredits {
			t.Fatal(err)
		}
		if _, err := k.Execute(domain.WithClaim(k.Ctx(), claim("g")), step{Key: "a"}); err != nil {
			t.Error(err)
		}
	})
}

func TestASecretIsNotInTheStoredAnswer(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		create := func() (account.NewKey, error) {
			return k.Account.CreateKey(domain.WithClaim(k.Ctx(), claim("f")), account.CreateKey{Name: "ci"})
		}
		first, err := create()
		if err != nil || first.Secret == "" {
			t.Fatal(err)
		}
		_, err = create()
		var again *domain.Replayed
		if !errors.As(err, &again) {
			t.Fatalf("the second call got %v", err)
		}
		if n := k.Count("select count(*) from api_key"); n != 1 {
			t.Errorf("%d keys", n)
		}
		if n := k.Count("select count(*) from idempotency where body like '%' || $1 || '%'", first.Secret); n != 0 {
			t.Error("the secret is kept")
		}
	})
}

// A row that claims one type of answer and a verb that returns another disagree
// loudly, before anything is done.
func TestAClaimForAnotherResultIsRefused(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := domain.ClaimOf[int]{Claim: claim("f").Claim, Render: func(int) (domain.StoredAnswer, error) {
			return domain.StoredAnswer{}, errors.New("rendered")
		}}
		_, err := k.Execute(domain.WithClaim(k.Ctx(), c), step{Key: "a"})
		if domain.CodeOf(err) != domain.CodeServer || !strings.Contains(err.Error(), "must agree") {
			t.Errorf("it returned %v", err)
		}
		if n := k.Count("select count(*) from execution"); n != 0 {
			t.Errorf("%d executions", n)
		}
	})
}

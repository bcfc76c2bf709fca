package await_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/await"
)

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, calls := time.Now(), 0
		err := await.Until(t.Context(), time.Second, 10*time.Millisecond, "the third look",
			func() bool { calls++; return calls == 3 })
		if took := time.Since(began); err != nil || took != 20*time.Millisecond {
			t.Errorf("%v after %s", err, took)
		}
	})
}

func TestUntilGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := await.Until(t.Context(), time.Second, 10*time.Millisecond, "the impossible", func() bool { return false })
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took < time.Second ||
			took > 1100*time.Millisecond {
			t.Errorf("%v after %s", err, took)
		}
		if err == nil || !strings.Contains(err.Error(), "the impossible: not within 1s") {
			t.Errorf("the error reads %v", err)
		}
	})
}

func TestUntilEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the server has ended")
	cancel(why)
	if err := await.Until(ctx, time.Minute, time.Millisecond, "a start", func() bool { return false }); !errors.Is(err,
		why) {
		t.Errorf("got %v", err)
	}
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := await.Pause(t.Context(), time.Hour); err != nil || time.Since(began) != time.Hour {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := await.Pause(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

package wire_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
)

func TestDateRanges(t *testing.T) {
	for _, c := range []struct {
		zone, from, to, first, after, says string
	}{
		{"Africa/Cairo", "2026-04-24", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z", ""},
		{"Africa/Cairo", "2026-04-25", "2026-04-25", "2026-04-24T21:00:00Z", "2026-04-25T21:00:00Z", ""},
		{"America/Havana", "2026-03-07", "2026-03-07", "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z", ""},
		{"America/Havana", "2026-03-08", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", ""},
		{"Pacific/Apia", "2011-12-30", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", ""},
		{"UTC", "2026-02-28T10:00:00+01:00", "2026-02-28", "2026-02-28T09:00:00Z", "2026-03-01T00:00:00Z", ""},
		{"UTC", "2026-03-02", "2026-03-01", "", "", "must not be before from"},
		{"UTC", "2026-02-30", "", "", "", "must be a day such as"},
		{"UTC", "2026-02-26T10:00:00 01:00", "", "", "", "is written as %2B"},
	} {
		profile := func(context.Context) (domain.Workspace, error) { return domain.Workspace{Timezone: c.zone}, nil }
		span, err := wire.DateRange{From: c.from, To: c.to}.Read(t.Context(), profile)
		if c.says != "" {
			if domain.CodeOf(err) != domain.CodeValidation || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if err != nil || !span.From.Equal(at(t, c.first)) || !span.Until.Equal(at(t, c.after)) {
			t.Errorf("%+v: %v to %v, %v", c, span.From.UTC(), span.Until.UTC(), err)
		}
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

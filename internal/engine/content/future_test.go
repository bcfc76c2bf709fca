package content_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
)

// TestAPublicationIsPlannedInTheFuture: scheduled_at may be late by what clocks differ, may be
// sent back as it is once it has passed, and null clears it. planned_at may be past.
func TestAPublicationIsPlannedInTheFuture(t *testing.T) {
	now := time.Date(2130, 1, 2, 3, 4, 5, 0, time.UTC)
	cfg := config(t)
	cfg.Now = func() time.Time { return now }
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		edit := func(in domain.ItemEdit) error {
			_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: in})
			return err
		}
		for ago, fine := range map[time.Duration]bool{
			-24 * time.Hour: true, -time.Second: true, 0: true, 59 * time.Second: true,
			time.Minute: false, time.Hour: false, 100 * 365 * 24 * time.Hour: false,
		} {
			at := now.Add(-ago)
			must(k, edit(domain.ItemEdit{ScheduledAt: &time.Time{}}))
			err := edit(domain.ItemEdit{ScheduledAt: &at})
			var e *domain.Error
			refused := errors.As(err, &e) && e.Code == domain.CodeValidation && len(e.Fields["scheduled_at"]) == 1 &&
				strings.Contains(e.Message, "must be in the future")
			if fine != (err == nil) || !fine && !refused {
				t.Errorf("%s ago: %v", ago, err)
			}
			must(k, edit(domain.ItemEdit{PlannedAt: &at}))
		}
		soon, title := now.Add(time.Hour).Add(123456*time.Nanosecond), "Another title"
		must(k, edit(domain.ItemEdit{ScheduledAt: &soon}))
		later := now.Add(2 * time.Hour)
		d, err := k.Content.Item(k.Ctx(), c.ID)
		must(k, err)
		now = later
		for _, at := range []time.Time{soon, d.ScheduledAt} {
			must(k, edit(domain.ItemEdit{ScheduledAt: &at, Title: &title}))
		}
		must(k, edit(domain.ItemEdit{ScheduledAt: &time.Time{}}))
	})
}

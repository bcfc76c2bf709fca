package domain_test

import (
	"testing"

	"vellocity/internal/domain"
)

// What has ended can only be archived, and every status leads to the archive.
func TestEveryExecutionEnds(t *testing.T) {
	reached := map[domain.ExecutionStatus]bool{}
	var follow func(s domain.ExecutionStatus)
	follow = func(s domain.ExecutionStatus) {
		if reached[s] {
			return
		}
		reached[s] = true
		for _, to := range domain.ExecutionStatuses() {
			if s.MayBecome(to) {
				if s.Ended() && to != domain.ExecutionArchived {
					t.Errorf("%s has ended and may become %s", s, to)
				}
				follow(to)
			}
		}
	}
	follow(domain.ExecutionPending)
	for _, s := range domain.ExecutionStatuses() {
		if !reached[s] || !s.Valid() {
			t.Errorf("%s: reached %t, valid %t", s, reached[s], s.Valid())
		}
	}
}

func TestPriorityRank(t *testing.T) {
	for p, want := range map[domain.Priority]int{
		domain.PriorityUrgent: 1,
		domain.PriorityHigh:   2,
		domain.PriorityNormal: 3,
		domain.PriorityLow:    4,
		"soon":                0,
		"":                    0,
	} {
		if got := p.Rank(); got != want || p.Valid() != (want > 0) {
			t.Errorf("%q: rank %d, want %d; valid %t", p, got, want, p.Valid())
		}
	}
}

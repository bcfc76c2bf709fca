package domain_test

import (
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
)

// Every kind has a headline of its own in one line, and a page to act on.
func TestEveryKindOfNotificationSaysWhatHappened(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range domain.NotificationKinds() {
		n := domain.Notification{Kind: k, ExecutionID: 7, Title: "Cold\r\nbrew " + strings.Repeat("x", 500)}
		line := n.Headline()
		if strings.ContainsAny(line, "\r\n") || len([]rune(line)) > 240 ||
			!strings.Contains(line, "Cold brew") || seen[line] {
			t.Errorf("%s: %q", k, line)
		}
		seen[line] = true
		if n.Path() != "/executions/7" {
			t.Errorf("%s leads to %s", k, n.Path())
		}
		c := domain.NotificationSettings{}.Choice(k)
		if !c.App || c.Email == "" {
			t.Errorf("%s: the default is %+v", k, c)
		}
	}
	if n := len(domain.NotificationKinds()); domain.LimitNotifyKinds.Max != n {
		t.Errorf("a change may name %d kinds of %d", domain.LimitNotifyKinds.Max, n)
	}
	off := domain.NotificationSettings{}.WithoutEmail()
	for _, k := range domain.NotificationKinds() {
		if c := off.Choice(k); !c.App || c.Email != domain.EmailOff {
			t.Errorf("%s without e-mail: %+v", k, c)
		}
	}
}

// The digest is due at 08:00 by the workspace's clock, in every zone and on the days on
// which clocks change.
func TestTheDigestIsDueAtEight(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"} {
		w := domain.Workspace{Timezone: zone}
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		last, days := time.Time{}, 0
		for range 24 * 365 {
			now = now.Add(time.Hour)
			due := w.LastDigest(now)
			if due.After(now) || now.Sub(due) > 25*time.Hour || due.Hour() != 8 || due.Before(last) {
				t.Fatalf("%s at %v: %v", zone, now, due)
			}
			if !due.Equal(last) {
				days++
			}
			last = due
		}
		if days < 365 || days > 367 {
			t.Errorf("%s: %d digests in a year", zone, days)
		}
	}
}

// Credits that went below the level count as risen only well above it, or by a grant.
func TestCreditsRise(t *testing.T) {
	for _, c := range []struct {
		available, level int
		granted, want    bool
	}{
		{1000, 1000, true, true}, {999, 1000, true, false}, {1000, 1000, false, false}, {1249, 1000, false, false},
		{1250, 1000, false, true}, {1, 1, false, false}, {2, 1, false, true}, {0, 0, false, true},
	} {
		if got := domain.CreditsRisen(c.available, c.level, c.granted); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
	if domain.CreditsLowLevel(0, 10_000) != 1000 || domain.CreditsLowLevel(7, 10_000) != 7 ||
		domain.CreditsLowLevel(0, 9) != 0 {
		t.Error("the level is wrong")
	}
}

// An address that no e-mail can reach gets none.
func TestWhereEmailsGo(t *testing.T) {
	for own, want := range map[string]string{
		"owner@localhost": "", "": "", "ada@example.com": "ada@example.com", "not an address": "",
	} {
		if got := (domain.NotificationSettings{}).AddressOf(domain.User{Email: own}); got != want {
			t.Errorf("%q: %q", own, got)
		}
	}
	s := domain.NotificationSettings{Email: "desk@example.com"}
	if got := s.AddressOf(domain.User{Email: "owner@localhost"}); got != "desk@example.com" {
		t.Errorf("a chosen address: %q", got)
	}
}

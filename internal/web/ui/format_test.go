package ui_test

import (
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

func TestFormats(t *testing.T) {
	for got, want := range map[string]string{
		ui.Span(-1):                                      "0 ms",
		ui.Span(640 * time.Millisecond):                  "640 ms",
		ui.Span(12400 * time.Millisecond):                "12.4 s",
		ui.Span(200 * time.Second):                       "3 min 20 s",
		ui.Span(2*time.Hour + 5*time.Minute):             "2 h 5 min",
		ui.Digits(1234567):                               "1,234,567",
		ui.Digits(12):                                    "12",
		ui.Plural(1, "word", "words"):                    "1 word",
		ui.Human("brand_voice-id"):                       "Brand voice ID",
		ui.Human(""):                                     "",
		ui.Money(domain.Cost{}, domain.ComposerOrigin()): "$0",
		ui.Money(domain.Cost{}, domain.Origin{Kind: domain.OriginModel, AI: true}):                        "unknown",
		ui.Money(domain.Cost{MicroUSD: 1234, Known: true}, domain.Origin{AI: true}):                       "$0.0012",
		ui.Money(domain.Cost{MicroUSD: 2_340_000, Known: true, Estimated: true}, domain.Origin{AI: true}): "about $2.34",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-3 * time.Second: "just now",
		-5 * time.Minute: "5 min ago",
		-3 * time.Hour:   "3 h ago",
		-72 * time.Hour:  "3 days ago",
		24 * time.Hour:   "in 24 h",
	} {
		if got := ui.Ago(now.Add(d), now); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// TestOneCountOfWords counts what Markdown adds as no word.
func TestOneCountOfWords(t *testing.T) {
	if n := ui.Words("## A heading\n\n- one\n- two\n\n> don't *stop*"); n != 6 {
		t.Errorf("%d words", n)
	}
}

// TestACardShowsWhenItIsPlanned gives an item a date: it is on the card until the item is
// published.
func TestACardShowsWhenItIsPlanned(t *testing.T) {
	at := time.Date(2026, 12, 24, 9, 0, 0, 0, time.UTC)
	for _, status := range domain.ItemStatuses() {
		card := ui.CardOf(domain.ContentItem{Status: status, PlannedAt: at}, time.UTC)
		if shown := card.Planned.Equal(at); shown == (status == domain.ItemPublished) {
			t.Errorf("%s: planned for %s", status, card.Planned)
		}
	}
}

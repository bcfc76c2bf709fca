package domain_test

import (
	"slices"
	"testing"
	"time"

	"vellocity/internal/domain"
)

// Each field is merged by what is here, what AWS has, and what both were last.
func TestMergingByField(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ base, ours, theirs, sent, want, pending, conflict string }{
		{base: "a", ours: "a", theirs: "a", want: "a"},
		{base: "a", ours: "a", theirs: "b", want: "b"},
		{base: "a", ours: "b", theirs: "a", want: "b", pending: "next_step"},
		{base: "a", ours: "b", theirs: "b", want: "b"},
		{base: "a", ours: "b", theirs: "c", want: "b", conflict: "next_step"},
		{base: "a", ours: "", theirs: "c", want: "", conflict: "next_step"},
		{base: "a", ours: "b", theirs: "b", sent: "b", want: "b"},
		{base: "a", ours: "c", theirs: "b", sent: "b", want: "c", pending: "next_step"}, // our own write, edited since
		{base: "a", ours: "c", theirs: "d", sent: "b", want: "c", conflict: "next_step"},
	} {
		o := domain.Opportunity{NextStep: tc.base, Title: "T"}
		o.RemoteID, o.Base = "O1", o.Deal()
		o.NextStep = tc.ours
		if tc.sent != "" {
			o.Sent = domain.DealFields{"next_step": tc.sent}
		}
		theirs := o.Deal()
		theirs["next_step"] = tc.theirs
		o.Merge(theirs, now)
		names := func(name string) []string {
			return slices.DeleteFunc([]string{name}, func(s string) bool { return s == "" })
		}
		if o.NextStep != tc.want || !slices.Equal(o.Pending(), names(tc.pending)) ||
			!slices.Equal(o.ConflictFields(), names(tc.conflict)) || (o.Sending != "") != (tc.pending != "") ||
			o.SyncedAt.Equal(now) != (tc.pending == "" && tc.conflict == "") {
			t.Errorf("%+v: %q, pending %v, conflict %v, sending %q", tc, o.NextStep, o.Pending(), o.Conflict, o.Sending)
		}
	}
}

// What is read of an opportunity is what is set, whatever its fields.
func TestDealFieldsAreReadAsTheyAreSet(t *testing.T) {
	f := domain.DealFields{
		"title": "T", "customer": "C", "customer_website": "https://example.com", "customer_country": "DE",
		"customer_aws_account_id": "123456789012", "business_problem": "P", "opportunity_type": "Expansion",
		"value": "12000.50 USD", "next_step": "N", "target_close_date": "2026-06-30", "stage": "Closed Lost: Lost to Competitor - Other",
	}
	var o domain.Opportunity
	for name, text := range f {
		o.SetDeal(name, text)
	}
	for name, text := range o.Deal() {
		if f[name] != text {
			t.Errorf("%s: %q; want %q", name, text, f[name])
		}
	}
	for value, decimals := range map[string]int{"500 JPY": 0, "1.234 KWD": 3, "": 0} {
		o.SetDeal("value", value)
		if got := o.Deal()["value"]; got != value || o.Value.Decimals != decimals {
			t.Errorf("%q is %q with %d decimals", value, got, o.Value.Decimals)
		}
	}
}

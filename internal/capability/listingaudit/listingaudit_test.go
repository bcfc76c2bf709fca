package listingaudit_test

import (
	"encoding/json"
	"testing"

	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/listingaudit"
	"vellocity/internal/domain"
	"vellocity/internal/listing"
)

func run(t *testing.T, r captest.Run) (a listingaudit.Audit) {
	t.Helper()
	out := captest.Do(t, listingaudit.New(), r)
	if out.Err != nil || len(out.Effects) != 0 || len(out.Written) != 0 {
		t.Fatalf("%v, effects %v, written %v", out.Err, out.Effects, out.Written)
	}
	if err := json.Unmarshal(out.Outputs["audit"], &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// A listing and its fields are judged alike, as the listing's own score is.
func TestAListingAndItsFieldsAreJudgedAlike(t *testing.T) {
	l := domain.Listing{
		ID: 7, CatalogType: domain.CatalogAMI, Revision: 3, ListingFields: domain.ListingFields{
			Title: "Acme mail appliance", Keywords: []string{"mail"}, LongDescription: "It runs on Ubuntu.",
		},
	}
	a := run(t, captest.Run{Settings: map[string]any{"listing_id": "lst_7"}, Listing: &l})
	b := run(t, captest.Run{Settings: map[string]any{
		"title": l.Title, "catalog_type": "AMI", "keywords": l.Keywords, "long_description": l.LongDescription,
	}})
	if want := listing.Score(l.CatalogType, l.ListingFields); a.Score != want.Overall || b.Score != want.Overall ||
		a.Grade != want.Grade || a.ListingID != "lst_7" || a.Revision != 3 || b.ListingID != "" || len(a.Checks) < 15 {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestSettings(t *testing.T) {
	c := listingaudit.New()
	for raw, want := range map[string]string{
		`{}`:                                 "Name a listing_id or give the title of a listing to audit",
		`{"listing_id":"lst_1","title":"x"}`: "Give a listing_id or a title, not both",
	} {
		if _, err := c.Prepare(json.RawMessage(raw)); err == nil || domain.AsError(err).Message != want {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if _, err := c.Prepare(json.RawMessage(`{"listing_id":"7"}`)); err == nil {
		t.Error("a number is no listing")
	}
	if r, err := c.Prepare(json.RawMessage(`{"listing_id":"lst_12"}`)); err != nil || r.Listing() != 12 {
		t.Errorf("%v, %v", r.Listing(), err)
	}
}

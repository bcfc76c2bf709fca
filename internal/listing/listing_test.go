package listing_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/listing"
)

// good is a listing with nothing to improve.
func good(kind domain.CatalogType) domain.ListingFields {
	return domain.ListingFields{
		Title: "Acme shared inbox for support teams",
		ShortDescription: "A shared inbox that sorts the questions of customers, and shows who answers which. " +
			"Teams of five to fifty people use it.",
		LongDescription: strings.Repeat("Our shared inbox sorts mail by customer. The team inbox, help desk and ticketing "+
			"fit the way that people work. A trial in the browser, an EC2 instance, a Kubernetes cluster or a workshop.\n\n", 6),
		Highlights: []string{
			"See at a glance who answers which question", "Answer in half the time with saved replies",
			"Connect the mailboxes that you have already",
		},
		Keywords:   []string{"shared inbox", "team inbox", "help desk", "ticketing", "customer"},
		Categories: []string{"Customer support"},
		LogoURL:    "https://example.com/logo.png",
		VideoURL:   "https://example.com/video",
		Support:    "Write to support@example.com, and we answer within a day.",
	}
}

// The weights sum to 100 for each kind, an empty listing has nothing, and a good one everything.
func TestTheScaleIsWhole(t *testing.T) {
	for _, kind := range domain.CatalogSaaS.Values() {
		kind := domain.CatalogType(kind)
		for name, tc := range map[string]struct {
			fields domain.ListingFields
			want   int
		}{"good": {good(kind), 100}, "empty": {domain.ListingFields{}, 0}} {
			s := listing.Score(kind, tc.fields)
			sum, points := 0, 0
			for i, p := range s.Parts {
				if p.Name != listing.Parts()[i] {
					t.Errorf("part %d is %s", i, p.Name)
				}
				sum, points = sum+p.Weight, points+p.Points
				for _, c := range p.Checks {
					if c.Why == "" || c.Passed != (c.Fix == "") || c.Passed && c.Points != c.Weight || c.Points > c.Weight {
						t.Errorf("%s %s: %+v", kind, name, c)
					}
				}
			}
			if sum != 100 || points != s.Overall || s.Overall != tc.want {
				t.Errorf("%s %s: %d of %d points, score %d, want %d", kind, name, points, sum, s.Overall, tc.want)
			}
		}
	}
}

func TestScoresAreDeterministicAndChangeNothing(t *testing.T) {
	f := good(domain.CatalogSaaS)
	before, _ := json.Marshal(f)
	first := listing.Score(domain.CatalogSaaS, f)
	for range 20 {
		if again := listing.Score(domain.CatalogSaaS, f); !reflect.DeepEqual(again, first) {
			t.Fatalf("%+v, then %+v", first, again)
		}
	}
	if after, _ := json.Marshal(f); string(after) != string(before) {
		t.Errorf("the listing became %s", after)
	}
}

// Each fault costs the points of its own check, and says what to do.
func TestFaultsCostPoints(t *testing.T) {
	for check, spoil := range map[string]func(*domain.ListingFields){
		"title-length":        func(f *domain.ListingFields) { f.Title = "Inbox" },
		"title-keyword":       func(f *domain.ListingFields) { f.Title = "Acme for people who answer mail" },
		"title-tone":          func(f *domain.ListingFields) { f.Title = "The best shared inbox for teams" },
		"short-length":        func(f *domain.ListingFields) { f.ShortDescription = "A shared inbox." },
		"short-keyword":       func(f *domain.ListingFields) { f.ShortDescription = strings.Repeat("It sorts mail well. ", 6) },
		"long-length":         func(f *domain.ListingFields) { f.LongDescription = f.LongDescription[:300] },
		"long-structure":      func(f *domain.ListingFields) { f.LongDescription = strings.ReplaceAll(f.LongDescription, "\n", " ") },
		"highlights-count":    func(f *domain.ListingFields) { f.Highlights = f.Highlights[:2] },
		"highlights-length":   func(f *domain.ListingFields) { f.Highlights[0] = "Fast" },
		"highlights-distinct": func(f *domain.ListingFields) { f.Highlights[0] = f.Highlights[1] },
		"keywords-count":      func(f *domain.ListingFields) { f.Keywords = f.Keywords[:3] },
		"keywords-used":       func(f *domain.ListingFields) { f.Keywords[4] = "telephony" },
		"keywords-room":       func(f *domain.ListingFields) { f.Keywords[4] = strings.Repeat("customer ", 40) },
		"logo":                func(f *domain.ListingFields) { f.LogoURL = "" },
		"video":               func(f *domain.ListingFields) { f.VideoURL = "" },
		"categories-count":    func(f *domain.ListingFields) { f.Categories = nil },
		"support-contact":     func(f *domain.ListingFields) { f.Support = "Ask us whenever you like; we are glad to help." },
	} {
		f := good(domain.CatalogSaaS)
		spoil(&f)
		s := listing.Score(domain.CatalogSaaS, f)
		found := false
		for _, p := range s.Parts {
			for _, c := range p.Checks {
				found = found || c.Name == check && !c.Passed && c.Points < c.Weight && c.Fix != ""
			}
		}
		if !found || s.Overall >= 100 {
			t.Errorf("%s: it is not among what is lost: %+v", check, s)
		}
	}
}

// What buyers must know differs by what is sold.
func TestTheKindDecidesWhatDeliveryMeans(t *testing.T) {
	for kind, text := range map[domain.CatalogType]string{
		domain.CatalogSaaS: "Start with a trial.", domain.CatalogAMI: "It runs on Ubuntu.",
		domain.CatalogContainer: "Install it on Kubernetes.", domain.CatalogServices: "It takes three weeks.",
	} {
		for other := range map[domain.CatalogType]bool{
			domain.CatalogSaaS: true, domain.CatalogAMI: true, domain.CatalogContainer: true, domain.CatalogServices: true,
		} {
			s := listing.Score(other, domain.ListingFields{LongDescription: text})
			for _, c := range s.Parts[1].Checks {
				if c.Name == "delivery" && c.Passed != (kind == other) {
					t.Errorf("%q as %s: %+v", text, other, c)
				}
			}
		}
	}
}

func TestGrades(t *testing.T) {
	for score, want := range map[int]domain.Grade{
		100: "A", 85: "A", 84: "B", 70: "B", 69: "C", 55: "C", 54: "D", 40: "D", 39: "F", 0: "F",
	} {
		if got := domain.GradeOf(score); got != want {
			t.Errorf("%d is %s, want %s", score, got, want)
		}
	}
}

func FuzzScore(f *testing.F) {
	f.Add("SAAS", "Title", "short", "long\n\ntext", "keyword")
	f.Fuzz(func(t *testing.T, kind, title, short, long, keyword string) {
		s := listing.Score(domain.CatalogType(kind), domain.ListingFields{
			Title: title, ShortDescription: short, LongDescription: long, Keywords: []string{keyword}, Highlights: []string{long},
		})
		if s.Overall < 0 || s.Overall > 100 {
			t.Errorf("score %d", s.Overall)
		}
	})
}

package content_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
)

var somewhere = netip.MustParseAddr("203.0.113.9")

// linked creates a review link to the present version of an item.
func linked(k K, id int64) content.NewReviewLink {
	k.T.Helper()
	l, err := k.Content.CreateReviewLink(k.Ctx(), content.CreateReviewLink{ID: id, Days: 7, Note: "Please look"})
	must(k, err)
	return l
}

func call(l content.NewReviewLink) content.ReviewCall {
	return content.ReviewCall{Secret: l.Secret, Address: somewhere}
}

func decision(l content.NewReviewLink, d domain.ReviewDecision, name, reason string) content.DecideReview {
	return content.DecideReview{ReviewCall: call(l), Decision: d, Name: name, Reason: reason}
}

// decide decides as a reviewer does, whose context has no actor.
func decide(k K, in content.DecideReview) error {
	return second(k.Content.DecideReview(k.T.Context(), in))
}

func TestAReviewerWithoutAnAccountDecides(t *testing.T) {
	cases := []struct {
		at       domain.ItemStatus
		decision domain.ReviewDecision
		to       domain.ItemStatus
		kind     domain.HistoryKind
	}{
		{domain.ItemGenerated, domain.ReviewApproved, domain.ItemReady, domain.HistoryMoved},
		{domain.ItemReview, domain.ReviewApproved, domain.ItemReady, domain.HistoryMoved},
		{domain.ItemReady, domain.ReviewApproved, domain.ItemReady, domain.HistoryApproved},
		{domain.ItemPublished, domain.ReviewApproved, domain.ItemPublished, domain.HistoryApproved},
		{domain.ItemGenerated, domain.ReviewRejected, domain.ItemGenerated, domain.HistoryRejected},
		{domain.ItemReview, domain.ReviewRejected, domain.ItemGenerated, domain.HistoryMoved},
		{domain.ItemReady, domain.ReviewRejected, domain.ItemGenerated, domain.HistoryMoved},
		{domain.ItemPublished, domain.ReviewRejected, domain.ItemPublished, domain.HistoryRejected},
	}
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for _, x := range cases {
			k.T.Run(fmt.Sprint(x.at, " ", x.decision), func(t *testing.T) {
				c := k.Item(k.Ctx(), "An item", "Text.")
				if x.at != domain.ItemGenerated {
					moved(k, c.ID, x.at)
				}
				l := linked(k, c.ID)
				for range 2 { // a double click
					r, err := k.Content.DecideReview(t.Context(), decision(l, x.decision, " Jane ", "The price is old"))
					must(k, err)
					if r.Link.Decision != x.decision || r.Link.DecidedBy != "Jane" || r.Link.Reason != "The price is old" {
						t.Errorf("decided as %+v", r.Link)
					}
				}
				d, err := k.Content.Item(k.Ctx(), c.ID)
				must(k, err)
				last := d.Moves[len(d.Moves)-1]
				if d.Status != x.to || last.Kind != x.kind || last.By != "Reviewer (Jane)" ||
					last.ByKind != domain.ActorReviewer || last.Reason != "The price is old" {
					t.Errorf("the item is %s; the history says %+v", d.Status, last)
				}
				if x.decision == domain.ReviewApproved && d.ApprovedVersion != d.Version {
					t.Error("the version is not approved")
				}
				other := map[domain.ReviewDecision]domain.ReviewDecision{
					domain.ReviewApproved: domain.ReviewRejected, domain.ReviewRejected: domain.ReviewApproved,
				}[x.decision]
				err = decide(k, decision(l, other, "Jane", "No"))
				if domain.CodeOf(err) != domain.CodeConflict {
					t.Errorf("a second decision: %v", err)
				}
				if n := k.Count("select count(*) from event where name = 'content.reviewed' and content_id = $1", c.ID); n != 1 {
					t.Errorf("%d events", n)
				}
			})
		}
	})
}

func TestALinkDecidesAboutItsVersionAlone(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Mail jane@acme.io.")
		must(
			k,
			second(
				k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: new("Mail joe@acme.io.")}}),
			),
		)
		l := linked(k, c.ID)
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{
			Title: new("A secret plan"), Body: new("A secret text."),
		}})))
		r, err := k.Content.Review(t.Context(), call(l))
		must(k, err)
		if !r.Newer || r.Body != "Mail joe@acme.io." || len(r.Findings) == 0 || r.Workspace != "ours" || r.Link.Version != 2 {
			t.Errorf("it shows %+v", r)
		}
		if whole, _ := json.Marshal(r); strings.Contains(string(whole), "ecret") {
			t.Errorf("it shows the newer version: %s", whole)
		}
		for _, d := range domain.ReviewDecision("").Values() {
			err := decide(k, decision(l, domain.ReviewDecision(d), "Jane", "Why"))
			if domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("%s an old version: %v", d, err)
			}
		}
		r, err = k.Content.CommentReview(t.Context(), content.CommentReview{ReviewCall: call(l), Name: "Jane", Body: "Nice"})
		must(k, err)
		if len(r.Comments) != 1 || r.Comments[0].Version != 2 || r.Comments[0].Author != "Reviewer (Jane)" {
			t.Errorf("commented as %+v", r.Comments)
		}
		other, err := k.Content.Review(t.Context(), call(linked(k, c.ID)))
		must(k, err)
		if len(other.Comments) != 0 {
			t.Error("another link shows the comment")
		}
	})
}

// A link that does not work says the same whatever the reason, and does nothing.
func TestALinkThatDoesNotWork(t *testing.T) {
	now := time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := config(t)
	clock.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	enginetest.Each(t, clock, func(k *enginetest.Kit) {
		mu.Lock()
		now = time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC)
		mu.Unlock()
		c := k.Item(k.Ctx(), "An item", "Text.")
		good := linked(k, c.ID)
		revoked := linked(k, c.ID)
		must(k, k.Content.RevokeReviewLink(k.Ctx(), revoked.Link.ID))
		orphan, err := k.Content.CreateReviewLink(
			enginetest.As(k.Ours.ID, domain.RoleEditor),
			content.CreateReviewLink{ID: c.ID, Days: 1},
		)
		must(k, err)
		k.Exec("update member set role = 'viewer' where workspace_id = $1 and role = 'editor'", k.Ours.ID)
		never := content.NewReviewLink{Secret: strings.Repeat("A", 43)}
		short := content.NewReviewLink{Secret: ""}
		must(k, second(k.Content.Review(t.Context(), call(good))))
		said := ""
		for name, l := range map[string]content.NewReviewLink{
			"revoked": revoked, "of one who may no longer review": orphan, "unknown": never, "empty": short,
		} {
			for _, err := range []error{
				second(k.Content.Review(t.Context(), call(l))),
				decide(k, decision(l, domain.ReviewApproved, "Jane", "")),
				second(k.Content.CommentReview(t.Context(), content.CommentReview{ReviewCall: call(l), Name: "J", Body: "b"})),
			} {
				if said == "" {
					said = fmt.Sprint(err)
				}
				if domain.CodeOf(err) != domain.CodeNotFound || err.Error() != said {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		mu.Lock()
		now = now.Add(7 * 24 * time.Hour)
		mu.Unlock()
		if err := second(k.Content.Review(t.Context(), call(good))); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("after its time: %v", err)
		}
		if d, err := k.Content.Item(k.Ctx(), c.ID); err != nil || d.Status != domain.ItemGenerated || len(d.Moves) != 0 {
			t.Errorf("the item is %s, %v", d.Status, err)
		}
	})
}

func TestReviewersAreCountedByAddress(t *testing.T) {
	now := time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC)
	clock := config(t)
	clock.Now = func() time.Time { return now }
	enginetest.Each(t, clock, func(k *enginetest.Kit) {
		l := linked(k, k.Item(k.Ctx(), "An item", "Text.").ID)
		wrong := content.ReviewCall{Secret: "x", Address: netip.MustParseAddr("2001:db8::1")}
		var last error
		for range 31 {
			last = second(k.Content.Review(t.Context(), wrong))
		}
		var e *domain.Error
		if !errors.As(last, &e) || e.Code != domain.CodeRateLimited || e.RetryAfter <= 0 {
			t.Errorf("the 31st wrong link gets %v", last)
		}
		near := content.ReviewCall{Secret: l.Secret, Address: netip.MustParseAddr("2001:db8::2")}
		if err := second(k.Content.Review(t.Context(), near)); domain.CodeOf(err) != domain.CodeRateLimited {
			t.Errorf("another address of the same network: %v", err)
		}
		must(k, second(k.Content.Review(t.Context(), call(l)))) // from elsewhere
		for range 100 {
			must(k, second(k.Content.Review(t.Context(), call(l)))) // reading is free
		}
	})
}

func TestABadReviewNamesItsFields(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		l := linked(k, c.ID)
		long := strings.Repeat("x", 5001)
		for field, err := range map[string]error{
			"name":             decide(k, decision(l, domain.ReviewApproved, " ", "")),
			"name ":            decide(k, decision(l, domain.ReviewApproved, long, "")),
			"decision":         decide(k, decision(l, "", "Jane", "")),
			"decision ":        decide(k, decision(l, "maybe", "Jane", "")),
			"reason":           decide(k, decision(l, domain.ReviewRejected, "Jane", " \n")),
			"reason ":          decide(k, decision(l, domain.ReviewApproved, "Jane", long)),
			"comment":          second(k.Content.CommentReview(t.Context(), content.CommentReview{ReviewCall: call(l), Name: "Jane"})),
			"expires_in_days":  second(k.Content.CreateReviewLink(k.Ctx(), content.CreateReviewLink{ID: c.ID, Days: 31})),
			"expires_in_days ": second(k.Content.CreateReviewLink(k.Ctx(), content.CreateReviewLink{ID: c.ID})),
			"note":             second(k.Content.CreateReviewLink(k.Ctx(), content.CreateReviewLink{ID: c.ID, Days: 1, Note: long})),
		} {
			var e *domain.Error
			if !errors.As(err, &e) || e.Code != domain.CodeValidation || len(e.Fields[strings.TrimSpace(field)]) == 0 {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestALinksSecretIsStoredNowhere(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		l := linked(k, k.Item(k.Ctx(), "An item", "Text.").ID)
		if l.URL != enginetest.PublicURL+"/review/"+l.Secret || len(l.Secret) < 40 {
			t.Errorf("its address is %s", l.URL)
		}
		for _, q := range []string{
			"select count(*) from review_link where hash like '%' || $1 || '%' or note like '%' || $1 || '%'",
			"select count(*) from event where payload like '%' || $1 || '%'",
		} {
			if n := k.Count(q, l.Secret); n != 0 {
				t.Errorf("%s finds %d", q, n)
			}
		}
	})
}

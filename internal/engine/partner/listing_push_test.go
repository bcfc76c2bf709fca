package partner_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
	"vellocity/internal/queue"
	"vellocity/internal/verb"
)

const ourTitle = "Acme Shared Inbox"

// edited is a listing of ours that a sync has found, and whose title was changed here since.
func edited(k K) int64 {
	k.T.Helper()
	if l := byRemote(k, "prod-1"); l.ID != 0 {
		return l.ID
	}
	k.AWS.Put(product("prod-1", "SaaSProduct", "Acme"))
	connected(k)
	sync(k)
	l := byRemote(k, "prod-1")
	retitle(k, l.ID, ourTitle)
	return l.ID
}

func retitle(k K, id int64, title string) {
	k.T.Helper()
	must(k, second(k.Partner.EditListing(k.Ctx(), partner.EditListing{ID: id, Title: &title})))
}

func push(k K, id int64, intent domain.PushIntent) domain.ListingPush {
	k.T.Helper()
	p, err := k.Partner.PushListing(k.Ctx(), partner.PushListing{ID: id, Intent: intent})
	must(k, err)
	return p
}

// round does what the queue would do once.
func round(k K, p domain.ListingPush) error {
	return k.Syncer.WorkPush(k.T.Context(), queue.Job{Ref: p.ID})
}

// last is the last push of a listing, as callers see it.
func last(k K, id int64) domain.ListingPush {
	k.T.Helper()
	l, err := k.Partner.Listing(k.Ctx(), id)
	must(k, err)
	return *l.Push
}

// settle lets a push go on until nothing is left to do, and returns it.
func settle(k K, p domain.ListingPush) domain.ListingPush {
	k.T.Helper()
	for range 10 {
		if err := round(k, p); err == nil {
			return last(k, p.ListingID)
		} else if !strings.HasPrefix(err.Error(), "again in") {
			k.T.Fatal(err)
		}
	}
	k.T.Fatalf("the push does not end: %+v", last(k, p.ListingID))
	return p
}

func TestAListingIsCheckedThenSent(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		checked := settle(k, push(k, id, ""))
		l := byRemote(k, "prod-1")
		if checked.Status != domain.PushSucceeded || checked.Intent != domain.PushValidate || checked.EndedAt.IsZero() ||
			!slices.Equal(checked.Fields, []string{"title"}) || checked.Error != "" || checked.RequestedBy == "" {
			t.Errorf("%+v", checked)
		}
		if p, n := k.AWS.Product("prod-1"); p.Title != "Acme" || n != 1 || l.Remote.Title != "Acme" ||
			count(k, domain.EventListingPushed) != 0 || count(k, domain.EventListingPushRequested) != 1 {
			t.Errorf("a check changed something: %+v %+v", p, l)
		}
		before := l.SyncedAt
		sent := settle(k, push(k, id, domain.PushApply))
		l = byRemote(k, "prod-1")
		p, n := k.AWS.Product("prod-1")
		if sent.Status != domain.PushSucceeded || p.Title != ourTitle || p.Long != "It sorts what customers ask." || n != 2 ||
			k.AWS.ChangeSets("VALIDATE") != 2 || k.AWS.ChangeSets("APPLY") != 1 {
			t.Errorf("revision %d: %+v, %+v", n, p, sent)
		}
		if l.Remote.Title != ourTitle || l.SyncedAt.Before(before) || l.Revision != 2 ||
			count(k, domain.EventListingPushed) != 1 || count(k, domain.EventListingPushFailed) != 0 {
			t.Errorf("%+v", l)
		}
		must(k, round(k, sent)) // it has ended: nothing is left to do
		if n := len(k.AWS.Calls()); n == 0 || count(k, domain.EventListingPushed) != 1 {
			t.Errorf("it was sent again")
		}
		must(k, k.Partner.SyncListings(k.Ctx()))
		sync(k)
		if now := byRemote(k, "prod-1"); now.Revision != l.Revision || len(now.Conflict) != 0 || now.Title != ourTitle {
			t.Errorf("the sync afterwards: %+v", now)
		}
	})
}

func TestWhatAWSRefusesIsSaidAtItsField(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		must(k, second(k.Partner.EditListing(k.Ctx(), partner.EditListing{
			ID: id, ListingEdit: domain.ListingEdit{Support: to("")},
		})))
		p := settle(k, push(k, id, domain.PushApply))
		if p.Status != domain.PushFailed || !strings.Contains(p.Error, "AWS refused the change") || len(p.Faults) != 1 ||
			!strings.Contains(p.Faults["support_description"], "SupportDescription must have 1 to 2000") {
			t.Errorf("%+v", p)
		}
		if now, _ := k.AWS.Product("prod-1"); now.Title != "Acme" || k.AWS.ChangeSets("APPLY") != 0 ||
			count(k, domain.EventListingPushFailed) != 1 {
			t.Errorf("%+v", now)
		}
		must(k, second(k.Partner.EditListing(k.Ctx(), partner.EditListing{
			ID: id, ListingEdit: domain.ListingEdit{Support: to("By telephone")},
		})))
		if p := settle(k, push(k, id, domain.PushApply)); p.Status != domain.PushSucceeded || len(p.Faults) != 0 {
			t.Errorf("%+v", p)
		}
	})
}

func TestWhatCannotBeSentIsRefusedBeforeAnythingIs(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		refused := func(id int64, want string) {
			t.Helper()
			_, err := k.Partner.PushListing(k.Ctx(), partner.PushListing{ID: id})
			if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), want) {
				t.Errorf("%v; want %q", err, want)
			}
		}
		services, err := k.Partner.CreateListing(k.Ctx(), partner.CreateListing{
			Title: "W", CatalogType: domain.CatalogServices,
		})
		must(k, err)
		refused(services.ID, "professional services")
		refused(inbox(k), "not at AWS")
		id := edited(k)
		must(k, k.Partner.DisconnectAWS(k.Ctx(), verb.Precondition{}))
		refused(id, "no AWS connection")
		connected(k)
		k.AWS.Put(product("prod-1", "SaaSProduct", "Theirs"))
		sync(k)
		refused(id, "Changed here and at AWS: title.")
		retitle(k, id, "Theirs")
		must(k, k.Partner.SyncListings(k.Ctx()))
		sync(k)
		refused(id, "Nothing differs")
		retitle(k, id, ourTitle)
		p := push(k, id, domain.PushValidate)
		refused(id, "Push 1 of this listing is under way")
		if slices.Contains(k.AWS.Calls(), "StartChangeSet") {
			t.Error("something was sent")
		}
		settle(k, p)
		_, err = k.Partner.PushListing(k.Ctx(), partner.PushListing{ID: id, Intent: "publish"})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("an intent that does not exist: %v", err)
		}
		old := verb.Precondition{IfMatch: `"1"`}
		_, err = k.Partner.PushListing(k.Ctx(), partner.PushListing{ID: id, Precondition: old})
		if domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("another revision than the caller saw: %v", err)
		}
	})
}

// To check takes write; to change what the public sees takes publish.
func TestSendingAListingTakesPublish(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		for _, r := range domain.Roles() {
			for _, s := range domain.Scopes() {
				a := domain.Actor{
					Kind: domain.ActorKey, ID: 1, Name: "key", WorkspaceID: k.Ours.ID, Role: r, Scopes: []domain.Scope{s},
				}
				ctx := domain.WithActor(context.Background(), a)
				for intent, takes := range map[domain.PushIntent]domain.Scope{
					"": domain.ScopeWrite, domain.PushValidate: domain.ScopeWrite, domain.PushApply: domain.ScopePublish,
				} {
					p, err := k.Partner.PushListing(ctx, partner.PushListing{ID: id, Intent: intent})
					if a.May(takes) != (err == nil) || err != nil && domain.CodeOf(err) != domain.CodeForbidden {
						t.Errorf("%s %q with %s: %v", r, intent, s, err)
					}
					if err == nil {
						k.Exec("delete from listing_push where id = $1", p.ID)
					}
				}
			}
		}
	})
}

func TestALockedProductIsWaitedForWithAnEnd(t *testing.T) {
	now := time.Now().Truncate(time.Millisecond)
	start := now
	enginetest.Each(t, enginetest.Config{Idle: true, Now: func() time.Time { return now }}, func(k *enginetest.Kit) {
		now = start
		k.AWS.Now = time.Now
		id := edited(k)
		k.AWS.Lock("prod-1", "cs-other")
		p := push(k, id, domain.PushValidate)
		for i, want := range []string{"1s", "2s", "4s", "8s", "16s", "32s", "1m4s", "2m0s", "2m0s"} {
			if err := round(k, p); err == nil || err.Error() != "again in "+want {
				t.Fatalf("%d: %v; want %s", i, err, want)
			}
		}
		if p := last(k, id); p.Status != domain.PushValidating ||
			!strings.Contains(p.Error, "locked by change set cs-other") || strings.Contains(p.Error, "Try again") {
			t.Errorf("%+v", p)
		}
		k.AWS.Lock("prod-1", "")
		if p := settle(k, p); p.Status != domain.PushSucceeded || p.Error != "" {
			t.Errorf("unlocked: %+v", p)
		}
		k.AWS.Lock("prod-1", "cs-other")
		p = push(k, id, domain.PushValidate)
		now = start.Add(24 * time.Hour)
		must(k, round(k, p))
		if p := last(k, id); p.Status != domain.PushFailed || !strings.Contains(p.Error, "within a day") ||
			!strings.Contains(p.Error, "cs-other") || count(k, domain.EventListingPushFailed) != 1 {
			t.Errorf("after a day: %+v", p)
		}
	})
}

func TestAThrottledPushGoesOn(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		p := push(k, id, domain.PushApply)
		for range 3 { // as often as the SDK tries
			k.AWS.Fail("StartChangeSet", "ThrottlingException", "Rate exceeded")
		}
		if err := round(k, p); err == nil || !strings.Contains(last(k, id).Error, "Rate exceeded") {
			t.Errorf("%v: %+v", err, last(k, id))
		}
		if p := settle(k, p); p.Status != domain.PushSucceeded {
			t.Errorf("%+v", p)
		}
	})
}

// A product that somebody changes at AWS is not overwritten, whenever that happens.
func TestAChangeAtAWSStopsAPush(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		for when, change := range map[string]func(p domain.ListingPush){
			"before the check": func(domain.ListingPush) {
				k.AWS.Put(product("prod-1", "SaaSProduct", "Changed"))
			},
			"between check and start": func(p domain.ListingPush) {
				k.AWS.Lock("prod-1", "cs-other")
				_ = round(k, p) // it waits, with the old revision
				k.AWS.Lock("prod-1", "")
				k.AWS.Put(product("prod-1", "SaaSProduct", "Changed again"))
			},
			"after the check": func(p domain.ListingPush) {
				k.AWS.Hold(true)
				_ = round(k, p)
				k.AWS.Hold(false)
				k.AWS.Put(product("prod-1", "SaaSProduct", "Changed, too"))
			},
		} {
			k.AWS.Put(product("prod-1", "SaaSProduct", "Acme"))
			k.Exec("update listing set conflict = '[]' where id = $1", id)
			p := push(k, id, domain.PushApply)
			change(p)
			p = settle(k, p)
			if p.Status != domain.PushFailed || !strings.Contains(p.Error, "Sync the listings first") {
				t.Errorf("%s: %+v", when, p)
			}
		}
		if n := k.AWS.ChangeSets("APPLY"); n != 0 {
			t.Errorf("%d changes were applied", n)
		}
	})
}

// A node may die at any moment: the next one goes on with the same change sets.
func TestAPushThatWasCutOffIsNotSentTwice(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		p := push(k, id, domain.PushApply)
		k.AWS.Hold(true)
		_ = round(k, p)
		k.Exec("update listing_push set check_set = '' where id = $1", p.ID) // it died before it noted the change set
		_ = round(k, p)
		k.AWS.Hold(false)
		_ = round(k, p)
		if s := last(k, id).Status; s != domain.PushApplying {
			t.Fatalf("it is %s", s)
		}
		k.Exec("update listing_push set apply_set = '' where id = $1", p.ID)
		k.AWS.Finish() // and AWS has applied it since
		if p := settle(k, p); p.Status != domain.PushSucceeded {
			t.Errorf("%+v", p)
		}
		if v, a := k.AWS.ChangeSets("VALIDATE"), k.AWS.ChangeSets("APPLY"); v != 1 || a != 1 {
			t.Errorf("%d checks, %d applied", v, a)
		}
		if _, n := k.AWS.Product("prod-1"); n != 2 || count(k, domain.EventListingPushed) != 1 {
			t.Errorf("revision %d", n)
		}
	})
}

func TestTwoNodesSendAListingOnce(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		p := push(k, edited(k), domain.PushApply)
		done := make(chan error)
		for range 2 {
			go func() { done <- round(k, p) }()
		}
		for range 2 {
			<-done // one of them may have to look again
		}
		if p := settle(k, p); p.Status != domain.PushSucceeded {
			t.Errorf("%+v", p)
		}
		if v, a := k.AWS.ChangeSets("VALIDATE"), k.AWS.ChangeSets("APPLY"); v != 1 || a != 1 ||
			count(k, domain.EventListingPushed) != 1 {
			t.Errorf("%d checks, %d applied", v, a)
		}
	})
}

// A sync that sees our own change before the push has noted it calls it no conflict.
func TestOurOwnChangeIsNoConflict(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		p := push(k, id, domain.PushApply)
		_ = round(k, p)
		k.AWS.Finish()
		retitle(k, id, "Acme Inbox for Teams") // while AWS applies
		must(k, k.Partner.SyncListings(k.Ctx()))
		sync(k)
		if l := byRemote(k, "prod-1"); len(l.Conflict) != 0 || l.Title != "Acme Inbox for Teams" {
			t.Errorf("%+v", l)
		}
		settle(k, p)
		if l := byRemote(k, "prod-1"); l.Remote.Title != ourTitle || l.Title != "Acme Inbox for Teams" {
			t.Errorf("%+v", l)
		}
	})
}

// What a sync has read before a push ended does not undo the push.
func TestASyncThatIsOvertakenChangesNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		p := push(k, id, domain.PushApply)
		must(k, k.Partner.SyncListings(k.Ctx()))
		k.AWS.Carried = func(operation string) {
			if operation == "DescribeEntity" {
				k.AWS.Carried = nil
				settle(k, p)
			}
		}
		sync(k)
		if l := byRemote(k, "prod-1"); l.Title != ourTitle || l.Revision != 2 || len(l.Conflict) != 0 {
			t.Errorf("%+v", l)
		}
	})
}

func TestARoleThatMayNotSendIsToldWhatItNeeds(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := edited(k)
		k.AWS.Fail("StartChangeSet", "AccessDeniedException", "User is not authorized to perform this")
		p := settle(k, push(k, id, domain.PushValidate))
		if p.Status != domain.PushFailed || !strings.Contains(p.Error, "aws-marketplace:StartChangeSet") {
			t.Errorf("%+v", p)
		}
		p = push(k, id, domain.PushValidate)
		must(k, k.Partner.DisconnectAWS(k.Ctx(), verb.Precondition{}))
		if p = settle(k, p); p.Status != domain.PushFailed || !strings.Contains(p.Error, "no longer connected") {
			t.Errorf("%+v", p)
		}
		connected(k)
		p = push(k, id, domain.PushValidate)
		must(k, k.Partner.DeleteListing(k.Ctx(), verb.ID{ID: id}))
		must(k, round(k, p)) // it is gone with its listing
		if n := k.AWS.ChangeSets("VALIDATE"); n != 0 {
			t.Errorf("%d change sets of a deleted listing", n)
		}
	})
}

// A sync that AWS throttles is tried again more and more rarely, and ends at the next regular one.
func TestASyncThatKeepsFailingEnds(t *testing.T) {
	start := time.Now().Truncate(time.Millisecond)
	now := start
	enginetest.Each(t, enginetest.Config{Idle: true, Now: func() time.Time { return now }}, func(k *enginetest.Kit) {
		now = start
		k.AWS.Now = time.Now
		connected(k)
		try := func() (pause time.Duration) {
			t.Helper()
			k.AWS.Fail("ListEntities", "ResourceInUseException", "It is busy") // which the SDK does not try again
			err := k.Syncer.Work(t.Context(), queue.Job{Ref: k.Ours.ID})
			if err == nil {
				return 0
			}
			pause, unread := time.ParseDuration(strings.TrimPrefix(err.Error(), "again in "))
			must(k, unread)
			return pause
		}
		pauses := []time.Duration{}
		for len(pauses) < 30 {
			pause := try()
			pauses = append(pauses, pause/time.Minute)
			now = now.Add(pause)
			if pause == 0 {
				break
			}
		}
		if !slices.Equal(pauses[:6], []time.Duration{1, 2, 4, 8, 16, 30}) ||
			!slices.Equal(pauses[13:], []time.Duration{30, 30, 0}) {
			t.Errorf("pauses of %d minutes", pauses)
		}
		if n := count(k, domain.EventAWSSyncFailed); n != 0 {
			t.Errorf("%d syncs have ended already", n)
		}
		now = start.Add(6 * time.Hour)
		must(k, k.Syncer.Due(t.Context()))
		must(k, k.Syncer.Due(t.Context()))
		c, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		if count(k, domain.EventAWSSyncFailed) != 1 || !c.Connection.Syncing() || c.Connection.Done != 1 ||
			k.Count("select count(*) from river_job where kind = 'aws_sync'") != 2 {
			t.Errorf("%+v", c.Connection)
		}
		if pause := try(); pause != time.Minute {
			t.Errorf("the next sync is tried again in %s", pause)
		}
		sync(k)
		if c, _ = k.Partner.AWS(k.Ctx()); c.Connection.Syncing() || c.Connection.Error != "" ||
			count(k, domain.EventAWSSynced) != 1 {
			t.Errorf("%+v", c.Connection)
		}
	})
}

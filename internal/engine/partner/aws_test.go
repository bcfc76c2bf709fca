package partner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
	"vellocity/internal/extension/aws/awstest"
	"vellocity/internal/queue"
)

func product(id, kind, title string) awstest.Product {
	return awstest.Product{
		ID: id, Type: kind, Title: title, Short: "One inbox for the team.", Long: "It sorts what customers ask.",
		Highlights: []string{"Who answers which question"}, Keywords: []string{"inbox"}, Categories: []string{"Support"},
		LogoURL: "https://example.com/logo.png", Support: "By e-mail",
	}
}

// sync runs what the queue would run.
func sync(k K) {
	k.T.Helper()
	must(k, k.Syncer.Work(k.T.Context(), queue.Job{Ref: k.Ours.ID}))
}

func byRemote(k K, id string) domain.Listing {
	k.T.Helper()
	l, _, err := k.Store.Read().RemoteListing(k.T.Context(), k.Ours.ID, id)
	must(k, err)
	return l
}

func count(k K, event domain.EventName) int {
	return k.Count("select count(*) from event where name = $1", string(event))
}

func TestARoleThatFailsTheTestIsRefused(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		const open = "arn:aws:iam::" + awstest.Partner + ":role/open"
		k.AWS.Trust(awstest.Role{ARN: open}) // it demands no external id
		for role, want := range map[string]string{
			"": "required", "vellocity": "arn:aws:iam::", open: "without the external id",
			enginetest.RoleARN + "x": "not authorized",
		} {
			_, err := k.Partner.ConnectAWS(k.Ctx(), partner.ConnectAWS{RoleARN: role})
			said := strings.Join(domain.AsError(err).Fields["iam_role_arn"], " ")
			if domain.CodeOf(err) != domain.CodeValidation || !strings.Contains(said, want) {
				t.Errorf("%q: %v: %s; want %q", role, err, said, want)
			}
		}
		stranger := enginetest.As(k.Theirs.ID, domain.RoleOwner) // the same role for another workspace
		_, err := k.Partner.ConnectAWS(stranger, partner.ConnectAWS{RoleARN: enginetest.RoleARN})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("another workspace connected by our role: %v", err)
		}
		if n := k.Count("select count(*) from aws_connection"); n != 0 {
			t.Errorf("%d connections were stored", n)
		}
	})
}

func TestAConnectionShowsWhatItsRoleNeeds(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		before, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		if before.Connected || before.ExternalID == "" || !strings.Contains(before.TrustPolicy, before.ExternalID) ||
			!strings.Contains(before.TrustPolicy, ":role/vellocity-server") {
			t.Errorf("%+v", before)
		}
		theirs, err := k.Partner.AWS(enginetest.As(k.Theirs.ID, domain.RoleOwner))
		must(k, err)
		if theirs.ExternalID == before.ExternalID {
			t.Error("two workspaces have one external id")
		}
		connected(k)
		now, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		w, err := k.Store.Read().Workspace(t.Context(), k.Ours.ID)
		must(k, err)
		if !now.Connected || now.ExternalID != before.ExternalID || !now.Connection.Syncing() || !w.AWSConnected {
			t.Errorf("%+v", now)
		}
	})
}

func TestASyncImportsOnceAndThenFollows(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.AWS.PageSize = 2
		for i := range 3 {
			k.AWS.Put(product(fmt.Sprintf("prod-s%d", i), "SaaSProduct", fmt.Sprintf("Acme %d", i)))
		}
		k.AWS.Put(product("prod-a", "AmiProduct", "Acme image"))
		k.AWS.Put(product("prod-c", "ContainerProduct", ""))
		connected(k)
		sync(k)
		sync(k) // nothing was asked for
		must(k, k.Partner.SyncListings(k.Ctx()))
		sync(k) // nothing has changed
		l := byRemote(k, "prod-s1")
		if k.Count("select count(*) from listing") != 5 || count(k, domain.EventListingCreated) != 5 ||
			count(k, domain.EventListingUpdated) != 0 || count(k, domain.EventAWSSynced) != 2 ||
			l.Title != "Acme 1" || l.Origin != domain.RecordAWS || l.Score.Overall == 0 || l.Revision != 1 {
			t.Errorf("%+v", l)
		}
		if l := byRemote(k, "prod-c"); l.Title != "Untitled prod-c" || l.CatalogType != domain.CatalogContainer {
			t.Errorf("a draft: %+v", l)
		}
		k.AWS.Put(product("prod-s1", "SaaSProduct", "Acme Shared Inbox"))
		must(k, k.Partner.SyncListings(k.Ctx()))
		sync(k)
		l = byRemote(k, "prod-s1")
		if l.Title != "Acme Shared Inbox" || l.Revision != 2 || count(k, domain.EventListingUpdated) != 1 {
			t.Errorf("%+v", l)
		}
		versions, err := k.Partner.ListingVersions(k.Ctx(), partner.ListingVersions{ID: l.ID, Page: enginetest.FirstPage()})
		must(k, err)
		if versions.Total != 2 || !slices.Equal(versions.Items[0].Changed, []string{"title"}) {
			t.Errorf("%+v", versions.Items)
		}
	})
}

func TestLocalEditsAreNotOverwritten(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.AWS.Put(product("prod-1", "SaaSProduct", "Acme"))
		connected(k)
		sync(k)
		again := func() domain.Listing {
			t.Helper()
			must(k, k.Partner.SyncListings(k.Ctx()))
			sync(k)
			return byRemote(k, "prod-1")
		}
		edit := func(title string) {
			t.Helper()
			must(k, second(k.Partner.EditListing(k.Ctx(), partner.EditListing{ID: byRemote(k, "prod-1").ID, Title: &title})))
		}
		edit("Ours")
		if l := again(); l.Title != "Ours" || len(l.Conflict) != 0 {
			t.Errorf("an edit that was not sent: %+v", l)
		}
		k.AWS.Put(product("prod-1", "SaaSProduct", "Theirs"))
		for range 2 {
			if l := again(); l.Title != "Ours" || !slices.Equal(l.Conflict, []string{"title"}) || l.Theirs.Title != "Theirs" {
				t.Errorf("a conflict: %+v", l)
			}
		}
		edit("Theirs")
		if l := again(); len(l.Conflict) != 0 || l.Remote.Title != "Theirs" {
			t.Errorf("resolved: %+v", l)
		}
	})
}

// Two syncs at once and a sync that was cut off leave each product once.
func TestASyncThatIsDoneTwiceDoesNothingTwice(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for i := range 6 {
			k.AWS.Put(product(fmt.Sprintf("prod-%d", i), "SaaSProduct", fmt.Sprintf("Acme %d", i)))
		}
		connected(k)
		for range 3 { // as often as the SDK tries: the sync breaks off before its second product
			k.AWS.Fail("ListEntities", "ThrottlingException", "Rate exceeded")
		}
		err := k.Syncer.Work(t.Context(), queue.Job{Ref: k.Ours.ID})
		if err == nil {
			t.Error("a sync that was throttled ended")
		}
		c, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		if !c.Connection.Syncing() || !strings.Contains(c.Connection.Error, "Rate exceeded") {
			t.Errorf("%+v", c.Connection)
		}
		done := make(chan error)
		for range 2 {
			go func() { done <- k.Syncer.Work(t.Context(), queue.Job{Ref: k.Ours.ID}) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Log(err) // the queue does it again
			}
		}
		sync(k)
		if n, m := k.Count("select count(*) from listing"), count(k, domain.EventListingCreated); n != 6 || m != 6 {
			t.Errorf("%d listings, %d events", n, m)
		}
		if n := count(k, domain.EventAWSSynced); n != 1 {
			t.Errorf("%d syncs ended", n)
		}
	})
}

func TestASyncThatIsDeniedSaysWhatToDo(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		connected(k)
		k.AWS.Trust(awstest.Role{ARN: enginetest.RoleARN, ExternalID: "another"})
		sync(k)
		c, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		if c.Connection.Syncing() || !strings.Contains(c.Connection.Error, "Check the trust policy") ||
			count(k, domain.EventAWSSyncFailed) != 1 {
			t.Errorf("%+v", c.Connection)
		}
	})
}

func TestASyncIsDueEverySixHours(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	enginetest.Each(t, enginetest.Config{Idle: true, Now: func() time.Time { return now }}, func(k *enginetest.Kit) {
		k.AWS.Now = time.Now
		connected(k)
		for i, c := range []struct {
			after time.Duration
			jobs  int
		}{{0, 1}, {6*time.Hour - time.Minute, 1}, {6 * time.Hour, 2}, {6 * time.Hour, 2}, {12 * time.Hour, 3}} {
			now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(c.after)
			must(k, k.Syncer.Due(t.Context()))
			if n := k.Count("select count(*) from river_job where kind = 'aws_sync'"); n != c.jobs {
				t.Errorf("%d: %d jobs; want %d", i, n, c.jobs)
			}
		}
		now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	})
}

func TestDisconnectingKeepsTheListings(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.AWS.Put(product("prod-1", "SaaSProduct", "Acme"))
		connected(k)
		sync(k)
		must(k, k.Partner.DisconnectAWS(k.Ctx(), verbID(0).Precondition))
		sync(k)
		if err := k.Partner.SyncListings(k.Ctx()); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("a sync without a connection: %v", err)
		}
		connected(k)
		sync(k)
		if n := k.Count("select count(*) from listing"); n != 1 || count(k, domain.EventListingCreated) != 1 {
			t.Errorf("%d listings", n)
		}
	})
}

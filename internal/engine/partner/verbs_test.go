package partner_test

import (
	"context"
	"os"
	"reflect"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

// verbs has a method for each noun of the area.
type verbs struct{}

func second[T any](_ T, err error) error { return err }

func must(k K, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}

func to[T any](v T) *T { return &v }

// inbox is a listing of ours.
func inbox(k K) int64 {
	k.T.Helper()
	l, err := k.Partner.CreateListing(k.Ctx(), partner.CreateListing{
		Title: "Acme shared inbox", CatalogType: domain.CatalogSaaS,
		ListingEdit: domain.ListingEdit{Keywords: &[]string{"shared inbox"}},
	})
	must(k, err)
	return l.ID
}

// deal is an opportunity of ours.
func deal(k K) int64 {
	k.T.Helper()
	o, err := k.Partner.CreateOpportunity(k.Ctx(), partner.CreateOpportunity{
		Title: "Shared inbox for 40 agents", Customer: "Norwick GmbH",
		OpportunityEdit: domain.OpportunityEdit{Value: to("12000.50"), Currency: to("EUR")},
	})
	must(k, err)
	return o.ID
}

// approved is an item that may be applied.
func approved(k K, text string) int64 {
	k.T.Helper()
	c := k.Item(k.Ctx(), "A description", text)
	for _, to := range []domain.ItemStatus{domain.ItemReview, domain.ItemReady} {
		must(k, second(k.Content.Move(k.Ctx(), content.Move{ID: c.ID, To: to})))
	}
	return c.ID
}

// noConnection drops the error of a server without a connection to AWS.
func noConnection(err error) error {
	if domain.CodeOf(err) == domain.CodeConflict {
		return nil
	}
	return err
}

func (verbs) Listings() enginetest.Verbs {
	return enginetest.Verbs{
		"Listings": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Partner.Listings(ctx, partner.ListListings{Page: enginetest.FirstPage()}))
		}),
		"Listing": {Scope: domain.ScopeRead, ByID: true, Make: inbox, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.Listing(ctx, x.Made))
		}},
		"ListingVersions": {Scope: domain.ScopeRead, ByID: true, Make: inbox, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.ListingVersions(ctx, partner.ListingVersions{ID: x.Made, Page: enginetest.FirstPage()}))
		}},
		"ListingVersion": {Scope: domain.ScopeRead, ByID: true, Make: inbox, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.ListingVersion(ctx, partner.ListingVersion{ID: x.Made, N: 1}))
		}},
		"CreateListing": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Partner.CreateListing(ctx, partner.CreateListing{Title: "New", CatalogType: domain.CatalogAMI}))
		}},
		"EditListing": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: inbox, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.EditListing(ctx, partner.EditListing{ID: x.Made, Title: to("Another title")}))
		}},
		"DeleteListing": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: inbox, Call: func(k K, ctx C, x X) error {
			return k.Partner.DeleteListing(ctx, verb.ID{ID: x.Made})
		}},
		"ApplyToListing": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: inboxAndItem, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.ApplyToListing(ctx, partner.ApplyToListing{ID: x.Made, ContentID: ready(k)}))
		}},
		"PushListing": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: edited, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.PushListing(ctx, partner.PushListing{ID: x.Made}))
		}},
		"SyncListings": {Scope: domain.ScopeWrite, Call: func(k K, ctx C, _ X) error {
			return noConnection(k.Partner.SyncListings(ctx))
		}},
	}
}

// ready is an approved item, one for each kit.
func ready(k K) int64 {
	n := k.Count("select coalesce(max(id), 0) from content where title = 'A description' and workspace_id = $1", k.Ours.ID)
	if n > 0 {
		return int64(n)
	}
	return approved(k, "A shared inbox for teams.")
}

// inboxAndItem is a listing of ours, beside an item that may be applied.
func inboxAndItem(k K) int64 {
	ready(k)
	return inbox(k)
}

func (verbs) Opportunities() enginetest.Verbs {
	return enginetest.Verbs{
		"Opportunities": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Partner.Opportunities(ctx, partner.ListOpportunities{Page: enginetest.FirstPage()}))
		}),
		"StageSums": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Partner.StageSums(ctx)) }),
		"Opportunity": {Scope: domain.ScopeRead, ByID: true, Make: deal, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.Opportunity(ctx, x.Made))
		}},
		"CreateOpportunity": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Partner.CreateOpportunity(ctx, partner.CreateOpportunity{Title: "New", Customer: "Norwick"}))
		}},
		"EditOpportunity": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: deal, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.EditOpportunity(ctx, partner.EditOpportunity{ID: x.Made, Title: to("Another")}))
		}},
		"MoveOpportunity": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: deal, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.MoveOpportunity(ctx, partner.MoveOpportunity{ID: x.Made, Stage: domain.StageQualified}))
		}},
		"ResolveOpportunity": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: disputed, Call: func(k K, ctx C, x X) error {
			return second(k.Partner.ResolveOpportunity(ctx, partner.ResolveOpportunity{ID: x.Made, Keep: domain.KeepLocal}))
		}},
		"DeleteOpportunity": {Scope: domain.ScopeWrite, Event: true, ByID: true, Make: deal, Call: func(k K, ctx C, x X) error {
			return k.Partner.DeleteOpportunity(ctx, verb.ID{ID: x.Made})
		}},
	}
}

// connected connects our workspace to AWS.
func connected(k K) int64 {
	k.T.Helper()
	must(k, second(k.Partner.ConnectAWS(k.Ctx(), partner.ConnectAWS{RoleARN: enginetest.RoleARN})))
	return 1
}

func (verbs) Connections() enginetest.Verbs {
	return enginetest.Verbs{
		"UseSyncer": {Open: true},
		"AWS":       enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Partner.AWS(ctx)) }),
		"AWSConnection": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Partner.AWSConnection(ctx))
		}),
		"ConnectAWS": {Scope: domain.ScopeAdmin, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Partner.ConnectAWS(ctx, partner.ConnectAWS{RoleARN: enginetest.RoleARN}))
		}},
		"TestAWS": {Scope: domain.ScopeAdmin, Call: func(k K, ctx C, _ X) error {
			return k.Partner.TestAWS(ctx, enginetest.RoleARN)
		}},
		"DisconnectAWS": {Scope: domain.ScopeAdmin, Event: true, Make: connected, Call: func(k K, ctx C, _ X) error {
			return k.Partner.DisconnectAWS(ctx, verb.Precondition{})
		}},
	}
}

func (verbs) Analytics() enginetest.Verbs {
	return enginetest.Verbs{
		"Analyze": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Partner.Analyze(ctx, partner.Analyze{}))
		}),
		"AnalyzeCSV": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Partner.AnalyzeCSV(ctx, partner.Analyze{}))
		}),
	}
}

func TestVerbs(t *testing.T) {
	enginetest.CheckVerbs(t, reflect.TypeFor[*partner.Verbs](), verbs{})
}

func verbID(id int64) verb.ID { return verb.ID{ID: id} }

package partner_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

type record = map[string]any

// partnerDeal is an opportunity in Partner Central, with what is not known here.
func partnerDeal(id, stage, review string) record {
	return record{
		"Id": id, "Origin": "Partner Referral", "OpportunityType": "Expansion",
		"SomethingNew": record{"Kept": 12345678901},
		"Customer": record{
			"Account": record{
				"CompanyName": "Norwick GmbH", "WebsiteUrl": "norwick.example", "Industry": "Telecommunications",
				"Address": record{"CountryCode": "DE", "City": "Bremen"}, "AwsAccountId": "123456789012",
			},
			"Contacts": []any{record{"Email": "ada@norwick.example"}},
		},
		"Project": record{
			"Title": "Shared inbox " + id, "CustomerBusinessProblem": "Tickets get lost between two teams.",
			"ExpectedCustomerSpend": []any{
				record{"Amount": "12000.5", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"},
				record{"Amount": "7", "CurrencyCode": "EUR", "Frequency": "None", "TargetCompany": "Self"},
			},
			"DeliveryModels": []any{"SaaS or PaaS"},
		},
		"LifeCycle": record{
			"Stage": stage, "ReviewStatus": review, "NextSteps": "Demo", "TargetCloseDate": "2999-01-31",
			"NextStepsHistory": []any{record{"Value": "Call", "Time": "2026-01-01T00:00:00Z"}},
		},
		"OpportunityTeam": []any{record{"Email": "seller@amazon.example"}},
	}
}

// syncAll asks for a sync and runs it.
func syncAll(k K) {
	k.T.Helper()
	must(k, k.Partner.SyncListings(k.Ctx()))
	sync(k)
}

// deliver runs the job that sends changes to AWS.
func deliver(k K) {
	k.T.Helper()
	must(k, k.Syncer.WorkDeals(k.T.Context(), queue.Job{Ref: k.Ours.ID}))
}

func remoteDeal(k K, id string) domain.Opportunity {
	k.T.Helper()
	o, _, err := k.Store.Read().RemoteOpportunity(k.T.Context(), k.Ours.ID, id)
	must(k, err)
	return o
}

// imported is a workspace that has an opportunity of AWS.
func imported(k K, review string) domain.Opportunity {
	k.T.Helper()
	k.AWS.PutOpportunity(partnerDeal("O1", "Qualified", review))
	connected(k)
	sync(k)
	return remoteDeal(k, "O1")
}

func editDeal(k K, id int64, e domain.OpportunityEdit) error {
	return second(k.Partner.EditOpportunity(k.Ctx(), partner.EditOpportunity{ID: id, OpportunityEdit: e}))
}

// change changes a deal at AWS, as a person does there.
func change(k K, id string, f func(r record)) {
	r := k.AWS.Opportunity(id)
	f(r)
	k.AWS.PutOpportunity(r)
}

func at(r record, path ...string) any {
	for _, name := range path[:len(path)-1] {
		r, _ = r[name].(record)
	}
	return r[path[len(path)-1]]
}

func TestOpportunitiesAreImportedOnceAndThenFollow(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.AWS.PageSize = 2
		for i := range 3 {
			k.AWS.PutOpportunity(partnerDeal(fmt.Sprintf("O%d", i+1), "Qualified", "Approved"))
		}
		lost := partnerDeal("O4", "Closed Lost", "Approved")
		lost["LifeCycle"].(record)["ClosedLostReason"] = "Price"
		k.AWS.PutOpportunity(lost)
		connected(k)
		sync(k)
		syncAll(k) // AWS lists the last one again
		o := remoteDeal(k, "O1")
		if o.Title != "Shared inbox O1" || o.Customer != "Norwick GmbH" || o.Website != "https://norwick.example" ||
			o.Country != "DE" || o.AWSAccount != "123456789012" || o.Type != "Expansion" ||
			o.Value.String() != "12000.50" ||
			o.Value.Currency != "USD" || o.NextStep != "Demo" || o.CloseOn != "2999-01-31" || o.Stage != "Qualified" ||
			o.Origin != domain.RecordAWS || o.ReviewStatus != "Approved" || o.SyncedAt.IsZero() || o.Sending != "" {
			t.Errorf("%+v", o)
		}
		if l := remoteDeal(k, "O4"); l.LostReason != "Price" {
			t.Errorf("%+v", l)
		}
		if n := count(k, domain.EventCosellCreated); n != 4 || k.Count("select count(*) from opportunity") != 4 {
			t.Errorf("%d were created", n)
		}
		change(k, "O1", func(r record) {
			r["Project"].(record)["Title"] = "Inbox for all"
			r["LifeCycle"].(record)["Stage"] = "Committed"
		})
		syncAll(k)
		d, err := k.Partner.Opportunity(k.Ctx(), o.ID)
		must(k, err)
		last := d.History[len(d.History)-1]
		if d.Title != "Inbox for all" || d.Stage != "Committed" || d.Revision != 3 || len(d.History) != 2 ||
			last.From != "Qualified" || last.Actor != "AWS Partner Central" {
			t.Errorf("%+v", d)
		}
		if u, s := count(k, domain.EventCosellUpdated), count(k, domain.EventCosellStaged); u != 1 || s != 1 {
			t.Errorf("%d updates, %d stages", u, s)
		}
	})
}

// What is not known here breaks no sync: a stage or a currency skips its record, anything else is left out.
func TestUnknownValuesOfAWSBreakNoSync(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.AWS.PutOpportunity(partnerDeal("O1", "Signed in blood", "Approved"))
		odd := partnerDeal("O2", "Qualified", "Approved")
		odd["Project"].(record)["ExpectedCustomerSpend"].([]any)[0].(record)["CurrencyCode"] = "ZZZ"
		k.AWS.PutOpportunity(odd)
		mild := partnerDeal("O3", "Qualified", "Being pondered")
		mild["OpportunityType"] = "A type of next year"
		mild["Project"].(record)["Title"] = strings.Repeat("x", 300) + "\u0000"
		mild["Project"].(record)["ExpectedCustomerSpend"].([]any)[0].(record)["Amount"] = "a lot"
		k.AWS.PutOpportunity(mild)
		connected(k)
		sync(k)
		a, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		c := a.Connection
		if k.Count("select count(*) from opportunity") != 1 || c.Syncing() || c.Error != "" ||
			!strings.Contains(c.Deals.Skipped["O1"], "“Signed in blood”") ||
			!strings.Contains(c.Deals.Skipped["O2"], "“ZZZ”") {
			t.Errorf("%+v", c)
		}
		o := remoteDeal(k, "O3")
		if o.Type != "" || o.ReviewStatus != "Being pondered" || len(o.Title) != 255 || o.Value.Currency != "" {
			t.Errorf("%+v", o)
		}
		must(k, editDeal(k, o.ID,
			domain.OpportunityEdit{NextStep: to("Call")})) // what AWS has of the rest is in no way
		deliver(k)
		r := k.AWS.Opportunity("O3")
		if r["OpportunityType"] == "A type of next year" && at(r, "LifeCycle", "NextSteps") != "Demo" {
			t.Errorf("AWS took an unknown type: %v", r)
		}
		change(k, "O1", func(r record) { r["LifeCycle"].(record)["Stage"] = "Committed" })
		syncAll(k)
		a, err = k.Partner.AWS(k.Ctx())
		must(k, err)
		if _, still := a.Connection.Deals.Skipped["O1"]; still || remoteDeal(k, "O1").Stage != "Committed" {
			t.Errorf("%+v", a.Connection.Deals)
		}
	})
}

func TestARoleWithoutPartnerCentralStillSyncsListings(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.AWS.Put(product("prod-1", "SaaSProduct", "Acme"))
		k.AWS.Fail("ListOpportunities", "AccessDeniedException", "Not authorized")
		o := imported(k, "Approved")
		a, err := k.Partner.AWS(k.Ctx())
		must(k, err)
		c := a.Connection
		if o.ID != 0 || c.Error != "" || c.SyncedAt.IsZero() || c.Deals.State != domain.DealsDenied ||
			!strings.Contains(c.Deals.Note, "partnercentral:ListOpportunities") || byRemote(k, "prod-1").ID == 0 ||
			count(k, domain.EventAWSSynced) != 1 {
			t.Errorf("%+v", c)
		}
		syncAll(k)
		a, err = k.Partner.AWS(k.Ctx())
		must(k, err)
		if a.Connection.Deals.State != domain.DealsSynced || a.Connection.Deals.Note != "" ||
			remoteDeal(k, "O1").ID == 0 {
			t.Errorf("with the rights: %+v", a.Connection.Deals)
		}
	})
}

// An edit and a move are written back, and all that is not known here stays as it was.
func TestChangesAreWrittenBackAndLoseNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		o := imported(k, "Approved")
		was := k.AWS.Opportunity("O1")
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("Send the offer"), Value: to("99"),
			Currency: to("EUR")}))
		must(k, second(k.Partner.MoveOpportunity(k.Ctx(), partner.MoveOpportunity{ID: o.ID,
			Stage: domain.StageClosedLost, LostReason: "Price"})))
		if o = remoteDeal(k, "O1"); o.Sending != domain.SendingWaits ||
			k.Count("select count(*) from river_job where kind = 'aws_deals'") != 2 {
			t.Errorf("nothing waits: %+v", o)
		}
		deliver(k)
		cycle := was["LifeCycle"].(record)
		cycle["NextSteps"], cycle["Stage"], cycle["ClosedLostReason"] = "Send the offer", "Closed Lost", "Price"
		spend := was["Project"].(record)["ExpectedCustomerSpend"].([]any)[0].(record)
		spend["Amount"], spend["CurrencyCode"] = "99.00", "EUR"
		now := k.AWS.Opportunity("O1")
		at := now["LastModifiedDate"]
		delete(was, "LastModifiedDate")
		delete(now, "LastModifiedDate")
		if !reflect.DeepEqual(was, now) {
			t.Errorf("AWS has %v\nwant %v", now, was)
		}
		o = remoteDeal(k, "O1")
		if o.Sending != "" || o.SyncError != "" || len(o.Pending()) != 0 || o.RemoteAt != at {
			t.Errorf("%+v", o)
		}
		calls := len(k.AWS.Calls())
		deliver(k)
		if len(k.AWS.Calls()) != calls {
			t.Error("nothing was to be sent, and AWS was called")
		}
		updates := count(k, domain.EventCosellUpdated)
		syncAll(k) // our own write comes back
		if n := count(k, domain.EventCosellUpdated); n != updates || remoteDeal(k, "O1").Revision != o.Revision {
			t.Errorf("our own write is a change at AWS: %d events", n)
		}
	})
}

// A record that was changed at AWS since is read again, and both changes stay.
func TestAStaleWriteIsMergedAgain(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		o := imported(k, "Approved")
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("Ours")}))
		change(k, "O1", func(r record) { r["Project"].(record)["Title"] = "Theirs" })
		k.AWS.Fail("UpdateOpportunity", "ConflictException", "LastModifiedDate is not that of the latest version")
		deliver(k)
		r := k.AWS.Opportunity("O1")
		if o = remoteDeal(k, "O1"); at(r, "LifeCycle", "NextSteps") != "Ours" ||
			at(r, "Project", "Title") != "Theirs" ||
			o.Title != "Theirs" || o.NextStep != "Ours" || o.Sending != "" {
			t.Errorf("%v\n%+v", r, o)
		}
	})
}

func conflicting(k K) domain.Opportunity {
	k.T.Helper()
	o := imported(k, "Approved")
	must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("Ours"),
		Problem: to("Tickets get lost, every day.")}))
	change(k, "O1", func(r record) { r["LifeCycle"].(record)["NextSteps"] = "Theirs" })
	deliver(k)
	return remoteDeal(k, "O1")
}

// disputed is an opportunity of ours that was changed here and at AWS.
func disputed(k K) int64 {
	k.T.Helper()
	id := deal(k)
	must(k, k.Store.InTx(k.T.Context(), func(tx *store.Tx) error {
		return tx.DB().Exec(k.T.Context(), `update opportunity set remote_id = $2, conflict = $3 where id = $1`,
			id, fmt.Sprintf("O%d", id), `[{"field":"next_step","aws":"Call"}]`)
	}))
	return id
}

func TestAFieldThatWasChangedInBothPlacesIsResolvedByAPerson(t *testing.T) {
	for keep, want := range map[domain.DealSides]string{domain.KeepLocal: "Ours", domain.KeepAWS: "Theirs",
		"": "By hand"} {
		enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
			o := conflicting(k)
			r := k.AWS.Opportunity("O1")
			if !slices.Equal(o.Conflict, []domain.DealConflict{{Field: "next_step", AWS: "Theirs"}}) ||
				o.NextStep != "Ours" ||
				at(r, "LifeCycle", "NextSteps") != "Theirs" ||
				at(r, "Project", "CustomerBusinessProblem") != o.Problem {
				t.Fatalf("%+v\n%v", o, r) // what is in no conflict was sent
			}
			if keep == "" {
				must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("By hand")}))
			} else {
				must(k, second(k.Partner.ResolveOpportunity(k.Ctx(), partner.ResolveOpportunity{ID: o.ID, Keep: keep})))
			}
			deliver(k)
			o = remoteDeal(k, "O1")
			if got := at(k.AWS.Opportunity("O1"), "LifeCycle", "NextSteps"); got != want || o.NextStep != want ||
				len(o.Conflict) != 0 || o.Sending != "" {
				t.Errorf("keep %q: AWS has %q, %+v", keep, got, o)
			}
			err := second(k.Partner.ResolveOpportunity(k.Ctx(), partner.ResolveOpportunity{ID: o.ID,
				Keep: domain.KeepAWS}))
			if domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("without a conflict: %v", err)
			}
		})
	}
}

// While AWS reviews a deal, nothing that it has is changed here either; what is local stays free.
func TestAReviewLetsNothingChange(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		o := imported(k, "In Review")
		next := domain.OpportunityEdit{NextStep: to("Call")}
		if err := editDeal(k, o.ID, next); domain.CodeOf(err) != domain.CodeConflict ||
			!strings.Contains(err.Error(), "In Review") {
			t.Errorf("%v", err)
		}
		err := second(k.Partner.MoveOpportunity(k.Ctx(), partner.MoveOpportunity{ID: o.ID,
			Stage: domain.StageCommitted}))
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("%v", err)
		}
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStepOn: to("2026-03-01")}))
		change(k, "O1", func(r record) { r["LifeCycle"].(record)["ReviewStatus"] = "Action Required" })
		syncAll(k)
		if err := editDeal(k, o.ID, next); !slices.Equal(fields(err), []string{"next_step"}) ||
			!strings.Contains(err.Error(), "Action Required") {
			t.Errorf("%v", err)
		}
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{Country: to("AT")}))
		deliver(k)
		if got := at(k.AWS.Opportunity("O1"), "Customer", "Account", "Address", "CountryCode"); got != "AT" ||
			remoteDeal(k, "O1").NextStep != "Demo" {
			t.Errorf("%v", got)
		}
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{Country: to("CH")}))
		change(k, "O1", func(r record) { r["LifeCycle"].(record)["ReviewStatus"] = "Submitted" })
		deliver(k) // the review began before it was sent
		if calls := k.AWS.Calls(); calls[len(calls)-1] != "GetOpportunity" {
			t.Errorf("AWS was asked all the same: %v", calls)
		}
		if o = remoteDeal(k, "O1"); o.Sending != domain.SendingRefused ||
			!strings.Contains(o.SyncError, "Submitted") || o.Country != "CH" {
			t.Errorf("%+v", o)
		}
	})
}

// What AWS refuses stays here, with its reasons by our names. The next sync tries again, and so does an edit.
func TestARefusalNamesOurFields(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		o := imported(k, "Approved")
		change(k, "O1",
			func(r record) { r["Customer"].(record)["Account"].(record)["CompanyName"] = strings.Repeat("x", 130) })
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("Ours")}))
		deliver(k)
		if o = remoteDeal(k, "O1"); o.Sending != domain.SendingRefused ||
			!strings.Contains(o.SyncError, "customer: The value is too") ||
			o.NextStep != "Ours" {
			t.Errorf("%+v", o)
		}
		deliver(k)
		syncAll(k)
		if o = remoteDeal(k, "O1"); o.Sending != domain.SendingWaits || o.SyncError == "" {
			t.Errorf("after a sync: %+v", o)
		}
		change(k, "O1", func(r record) { r["Customer"].(record)["Account"].(record)["CompanyName"] = "Norwick" })
		deliver(k)
		if o = remoteDeal(k, "O1"); o.Sending != "" || o.SyncError != "" ||
			at(k.AWS.Opportunity("O1"), "LifeCycle", "NextSteps") != "Ours" {
			t.Errorf("%+v", o)
		}
	})
}

func TestWhatPassesIsTriedAgainAndWhatDoesNotIsSaid(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		o := imported(k, "Approved")
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("Ours")}))
		for code, again := range map[string]string{
			"ThrottlingException": "again in 5s", "InternalServerException": "again in 1m",
			"ServiceQuotaExceededException": "again in 1h",
		} {
			k.AWS.Fail("UpdateOpportunity", code, "So it is")
			err := k.Syncer.WorkDeals(t.Context(), queue.Job{Ref: k.Ours.ID})
			if err == nil || !strings.HasPrefix(err.Error(), again) ||
				remoteDeal(k, "O1").Sending != domain.SendingWaits {
				t.Errorf("%s: %v", code, err)
			}
		}
		k.AWS.Fail("UpdateOpportunity", "AccessDeniedException", "Not authorized")
		deliver(k)
		if o = remoteDeal(k, "O1"); !strings.Contains(o.SyncError, "partnercentral:UpdateOpportunity") {
			t.Errorf("%+v", o)
		}
	})
}

// A node that ended between the write and its note does it again: AWS has one change, and nobody a conflict, even where
// the deal was edited meanwhile.
func TestAWriteThatWasCutOffIsNoConflict(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		o := imported(k, "Approved")
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("First")}))
		o = remoteDeal(k, "O1")
		o.Sent = domain.DealFields{"next_step": "First"}
		must(k, k.Store.InTx(t.Context(), func(tx *store.Tx) error { return tx.SaveOpportunityRemote(t.Context(), o) }))
		change(k, "O1", func(r record) { r["LifeCycle"].(record)["NextSteps"] = "First" }) // it got there
		must(k, editDeal(k, o.ID, domain.OpportunityEdit{NextStep: to("Second")}))
		deliver(k)
		if o = remoteDeal(k, "O1"); len(o.Conflict) != 0 || o.Sending != "" ||
			at(k.AWS.Opportunity("O1"), "LifeCycle", "NextSteps") != "Second" {
			t.Errorf("%+v", o)
		}
	})
}

// Two nodes that send at once change AWS once for each deal, within one write per second.
func TestTwoNodesSendEachChangeOnce(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for i := range 2 {
			k.AWS.PutOpportunity(partnerDeal(fmt.Sprintf("O%d", i+1), "Qualified", "Approved"))
		}
		connected(k)
		sync(k)
		for i := range 2 {
			must(k, editDeal(k, remoteDeal(k, fmt.Sprintf("O%d", i+1)).ID,
				domain.OpportunityEdit{NextStep: to("Ours")}))
		}
		done := make(chan error)
		for range 2 {
			go func() { done <- k.Syncer.WorkDeals(t.Context(), queue.Job{Ref: k.Ours.ID}) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Log(err) // the queue does it again
			}
		}
		deliver(k)
		for i := range 2 {
			id := fmt.Sprintf("O%d", i+1)
			o := remoteDeal(k, id)
			if at(k.AWS.Opportunity(id), "LifeCycle", "NextSteps") != "Ours" || o.Sending != "" ||
				len(o.Conflict) != 0 {
				t.Errorf("%s: %+v", id, o)
			}
		}
	})
}

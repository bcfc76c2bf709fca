package partner_test

import (
	"slices"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
)

// Each move is taken or refused by the rules of AWS, with the field that is wrong.
func TestStages(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		full := domain.OpportunityEdit{AWSAccount: to("123456789012"), CloseOn: to("2999-01-31")}
		for name, tc := range map[string]struct {
			edit  domain.OpportunityEdit
			from  []partner.MoveOpportunity
			to    partner.MoveOpportunity
			wrong []string // nil: it is allowed
		}{
			"forwards":           {to: partner.MoveOpportunity{Stage: domain.StageBusinessValidation}},
			"no stage":           {to: partner.MoveOpportunity{}, wrong: []string{"stage"}},
			"an unknown stage":   {to: partner.MoveOpportunity{Stage: "Won"}, wrong: []string{"stage"}},
			"lost, no reason":    {to: partner.MoveOpportunity{Stage: domain.StageClosedLost}, wrong: []string{"closed_lost_reason"}},
			"lost":               {to: partner.MoveOpportunity{Stage: domain.StageClosedLost, LostReason: "Price"}},
			"lost, unknown":      {to: partner.MoveOpportunity{Stage: domain.StageClosedLost, LostReason: "Luck"}, wrong: []string{"closed_lost_reason"}},
			"lost, other":        {to: partner.MoveOpportunity{Stage: domain.StageClosedLost, LostReason: "Other"}, wrong: []string{"reason"}},
			"a reason, not lost": {to: partner.MoveOpportunity{Stage: domain.StageQualified, LostReason: "Price"}, wrong: []string{"closed_lost_reason"}},
			"launched at once":   {edit: full, to: partner.MoveOpportunity{Stage: domain.StageLaunched}, wrong: []string{"stage"}},
			"launched, nothing known": {
				from:  []partner.MoveOpportunity{{Stage: domain.StageCommitted}},
				to:    partner.MoveOpportunity{Stage: domain.StageLaunched},
				wrong: []string{"customer_aws_account_id", "target_close_date"},
			},
			"launched": {
				edit: full, from: []partner.MoveOpportunity{{Stage: domain.StageCommitted}},
				to: partner.MoveOpportunity{Stage: domain.StageLaunched},
			},
			"opened again, no reason": {
				from:  []partner.MoveOpportunity{{Stage: domain.StageClosedLost, LostReason: "Price"}},
				to:    partner.MoveOpportunity{Stage: domain.StageProspect},
				wrong: []string{"reason"},
			},
			"opened again": {
				from: []partner.MoveOpportunity{{Stage: domain.StageClosedLost, LostReason: "Price"}},
				to:   partner.MoveOpportunity{Stage: domain.StageProspect, Reason: "They called back"},
			},
			"lost, then won": {
				edit: full, from: []partner.MoveOpportunity{{Stage: domain.StageClosedLost, LostReason: "Price"}},
				to: partner.MoveOpportunity{Stage: domain.StageLaunched, Reason: "x"}, wrong: []string{"stage"},
			},
		} {
			o, err := k.Partner.CreateOpportunity(k.Ctx(), partner.CreateOpportunity{
				Title: name, Customer: "Norwick", OpportunityEdit: tc.edit,
			})
			must(k, err)
			for _, m := range tc.from {
				m.ID = o.ID
				must(k, second(k.Partner.MoveOpportunity(k.Ctx(), m)))
			}
			tc.to.ID = o.ID
			got, err := k.Partner.MoveOpportunity(k.Ctx(), tc.to)
			if wrong := fields(err); err != nil && !slices.Equal(wrong, tc.wrong) || (err == nil) != (tc.wrong == nil) {
				t.Errorf("%s: %v, want %v (%v)", name, wrong, tc.wrong, err)
			}
			if err == nil {
				last := got.History[len(got.History)-1]
				if got.Stage != tc.to.Stage || last.To != tc.to.Stage || last.Reason != tc.to.Reason || last.Actor == "" ||
					len(got.History) != 2+len(tc.from) {
					t.Errorf("%s: %+v", name, got)
				}
			}
		}
	})
}

// Values are exact, in the decimals that their currency has.
func TestValues(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for _, tc := range []struct{ value, currency, want, wrong string }{
			{"12000.50", "usd", "12000.50", ""}, {"0.1", "EUR", "0.10", ""}, {"500000", "JPY", "500000", ""},
			{"1.234", "KWD", "1.234", ""}, {"10000000000", "USD", "10000000000.00", ""}, {"007", "USD", "7.00", ""},
			{"10000000000.01", "USD", "", "value"}, {"1.5", "JPY", "", "value"}, {"1.234", "USD", "", "value"},
			{"-1", "USD", "", "value"}, {"1e3", "USD", "", "value"}, {"1,000", "USD", "", "value"}, {"1.", "USD", "", "value"},
			{".5", "USD", "", "value"}, {"١", "USD", "", "value"}, {"5", "ABCD", "", "currency"}, {"5", "QQQ", "", "currency"},
			{"5", "", "", "currency"}, {"", "USD", "", "value"},
		} {
			o, err := k.Partner.CreateOpportunity(k.Ctx(), partner.CreateOpportunity{
				Title: "T", Customer: "C", OpportunityEdit: domain.OpportunityEdit{Value: &tc.value, Currency: &tc.currency},
			})
			switch {
			case tc.wrong != "" && !slices.Equal(fields(err), []string{tc.wrong}):
				t.Errorf("%s %s: %v", tc.value, tc.currency, err)
			case tc.wrong == "" && (err != nil || o.Value.String() != tc.want):
				t.Errorf("%s %s: %s, %v", tc.value, tc.currency, o.Value, err)
			}
		}
	})
}

func TestOpportunityFaultsComeAtOnce(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		_, err := k.Partner.CreateOpportunity(k.Ctx(), partner.CreateOpportunity{
			Stage: domain.StageLaunched,
			OpportunityEdit: domain.OpportunityEdit{
				Website: to("norwick"), Country: to("Germany"), AWSAccount: to("12345"), Problem: to("Too short"),
				Type: to(domain.OpportunityType("Gift")), Value: to("5"), NextStepOn: to("soon"), CloseOn: to("2026-02-30"),
				ListingID: to("7"),
			},
		})
		want := []string{
			"business_problem", "currency", "customer", "customer_aws_account_id", "customer_country", "customer_website",
			"listing_id", "next_step_on", "opportunity_type", "stage", "target_close_date", "title",
		}
		if got := fields(err); !slices.Equal(got, want) {
			t.Errorf("%v are named", got)
		}
		_, err = k.Partner.CreateOpportunity(k.Ctx(), partner.CreateOpportunity{
			Title: "T", Customer: "C", OpportunityEdit: domain.OpportunityEdit{CloseOn: to("2020-01-01"), ListingID: to("lst_999")},
		})
		if got := fields(err); !slices.Equal(got, []string{"target_close_date"}) {
			t.Errorf("a day in the past: %v", err)
		}
		_, err = k.Partner.CreateOpportunity(k.Ctx(), partner.CreateOpportunity{
			Title: "T", Customer: "C", OpportunityEdit: domain.OpportunityEdit{ListingID: to("lst_999")},
		})
		if got := fields(err); !slices.Equal(got, []string{"listing_id"}) {
			t.Errorf("a listing that is not there: %v", err)
		}
	})
}

// What a deal names goes when it is deleted, and the deal stays.
func TestADealOutlivesItsListing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		listing, id := inbox(k), deal(k)
		ref := domain.ListingRef(listing)
		edit := partner.EditOpportunity{ID: id, OpportunityEdit: domain.OpportunityEdit{ListingID: &ref}}
		must(k, second(k.Partner.EditOpportunity(k.Ctx(), edit)))
		l, err := k.Partner.Opportunities(k.Ctx(), partner.ListOpportunities{Listing: ref, Page: enginetest.FirstPage()})
		if err != nil || l.Total != 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		must(k, k.Partner.DeleteListing(k.Ctx(), verbID(listing)))
		o, err := k.Partner.Opportunity(k.Ctx(), id)
		if err != nil || o.ListingID != 0 || o.Value.String() != "12000.50" {
			t.Errorf("%+v, %v", o, err)
		}
		sums, err := k.Partner.StageSums(k.Ctx())
		if err != nil || len(sums) != 1 || sums[0].Deals != 1 || sums[0].Value.String() != "12000.50" {
			t.Errorf("%+v, %v", sums, err)
		}
	})
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"1", "12000.50", "-1", "1.", "99999999999", "0.0001"} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, text string, decimals int) {
		decimals = min(max(decimals, 0), 4)
		amount, ok := domain.ParseAmount(text, decimals)
		if !ok {
			return
		}
		m := domain.Money{Amount: amount, Currency: "USD", Decimals: decimals}
		if again, ok := domain.ParseAmount(m.String(), decimals); !ok || again != amount {
			t.Errorf("%q is %s, which is %d", text, m, again)
		}
	})
}

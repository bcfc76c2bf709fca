package partner

import (
	"context"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListOpportunities asks for a page of the workspace's opportunities. A zero field does not filter.
type ListOpportunities struct {
	Text    string // words that the title, the customer or the next step has
	Stage   domain.Stage
	Listing string                 // what is sold: lst_7
	Sort    domain.OpportunitySort // by default changed last first
	Page    domain.Page
}

// Opportunities returns opportunities.
func (v *Verbs) Opportunities(
	ctx context.Context, in ListOpportunities,
) (domain.List[domain.Opportunity], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Opportunity]{}, err
	}
	var p domain.Problems
	domain.LimitSearch.Text(&p, "q", in.Text)
	domain.CheckEnum(&p, "stage", in.Stage)
	domain.CheckEnum(&p, "sort", in.Sort)
	listingID := readListing(&p, in.Listing)
	if err := p.Err(); err != nil {
		return domain.List[domain.Opportunity]{}, err
	}
	return v.store.Read().Opportunities(ctx, a.WorkspaceID, store.OpportunityFilter{
		Stage: in.Stage, ListingID: listingID, Words: strings.Fields(prose.Same(in.Text)), Sort: in.Sort,
	}, in.Page)
}

// readListing reads the id of a listing; 0 for an empty one.
func readListing(p *domain.Problems, ref string) int64 {
	id, ok := domain.ListingID(ref)
	if ref != "" && !ok {
		p.Format("listing_id", "the id of a listing, such as lst_7")
	}
	return id
}

// StageSums returns how many opportunities each stage has and what they are worth, by currency.
func (v *Verbs) StageSums(ctx context.Context) ([]domain.StageSum, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	return v.store.Read().StageSums(ctx, a.WorkspaceID)
}

// OpportunityDetails is an opportunity with its history, oldest first.
type OpportunityDetails struct {
	domain.Opportunity
	History []domain.StageChange
}

// Opportunity returns an opportunity.
func (v *Verbs) Opportunity(ctx context.Context, id int64) (d OpportunityDetails, err error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return d, err
	}
	if d.Opportunity, err = v.store.Read().Opportunity(ctx, a.WorkspaceID, id); err != nil {
		return d, err
	}
	d.History, err = v.store.Read().StageChanges(ctx, a.WorkspaceID, id)
	return d, err
}

// withHistory adds the history to an opportunity that a change has returned.
func withHistory(ctx context.Context, tx *store.Tx, o domain.Opportunity, err error) (OpportunityDetails, error) {
	if err != nil {
		return OpportunityDetails{}, err
	}
	history, err := tx.StageChanges(ctx, o.WorkspaceID, o.ID)
	return OpportunityDetails{o, history}, err
}

// shape applies an edit to an opportunity and checks all of it. was is the opportunity before; the zero one for a new
// one. today is the day in the workspace's time zone: AWS takes no day of closing that is past.
func shape(p *domain.Problems, o *domain.Opportunity, was domain.Opportunity, in domain.OpportunityEdit, today string) {
	in.Apply(o)
	trimAll(&o.Title, &o.Customer, &o.Website, &o.Country, &o.AWSAccount, &o.Problem)
	trimAll(&o.NextStep, &o.NextStepOn, &o.CloseOn)
	domain.LimitDealTitle.Text(p, "title", o.Title)
	domain.LimitCustomer.Text(p, "customer", o.Customer)
	checkAddress(p, "customer_website", o.Website, "https", "http")
	o.Country = strings.ToUpper(o.Country)
	if o.Country != "" && !isCountry(o.Country) {
		p.Format("customer_country", "a country code of ISO 3166-1 such as DE")
	}
	if o.AWSAccount != "" && (len(o.AWSAccount) != 12 || strings.Trim(o.AWSAccount, "0123456789") != "") {
		p.Format("customer_aws_account_id", "an AWS account id: 12 digits")
	}
	domain.LimitDealProblem.Text(p, "business_problem", o.Problem)
	if n := len([]rune(o.Problem)); n > 0 && n < leastProblem && o.Problem != was.Problem {
		p.Short("business_problem", leastProblem, n)
	}
	domain.CheckEnum(p, "opportunity_type", o.Type)
	value(p, o, in)
	domain.LimitNextStep.Text(p, "next_step", o.NextStep)
	checkDay(p, "next_step_on", o.NextStepOn)
	checkDay(p, "target_close_date", o.CloseOn)
	if o.CloseOn != was.CloseOn && o.CloseOn != "" && o.CloseOn < today && !o.Stage.Ended() {
		p.Add("target_close_date", "The target_close_date field must be today or later")
	}
	if in.ListingID != nil {
		o.ListingID = readListing(p, strings.TrimSpace(*in.ListingID))
	}
	o.Search = searchText(*o)
}

// searchText is what a list finds an opportunity by.
func searchText(o domain.Opportunity) string {
	return prose.Same(strings.Join([]string{o.Title, o.Customer, o.NextStep}, " "))
}

// leastProblem is how many characters AWS wants in a customer's business problem.
const leastProblem = 20

func isCountry(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && len(code) == 2 && r.IsCountry() && r.String() == code
}

// value reads the value and its currency: both or neither, with no more decimals than the currency has.
func value(p *domain.Problems, o *domain.Opportunity, in domain.OpportunityEdit) {
	money := o.Value
	text := ""
	if money.Currency != "" {
		text = money.String()
	}
	verb.Set(&text, in.Value)
	verb.Set(&money.Currency, in.Currency)
	text, money.Currency = strings.TrimSpace(text), strings.ToUpper(strings.TrimSpace(money.Currency))
	o.Value = domain.Money{}
	switch {
	case text == "" && (money.Currency == "" || in.Currency == nil): // the value was cleared
		return
	case text == "":
		p.Add("value", "The value field is required with a currency")
		return
	case money.Currency == "":
		p.Add("currency", "The currency field is required with a value")
		return
	}
	unit, err := currency.ParseISO(money.Currency)
	if err != nil {
		p.Format("currency", "a currency code of ISO 4217 such as USD")
		return
	}
	money.Decimals, _ = currency.Standard.Rounding(unit)
	amount, ok := domain.ParseAmount(text, money.Decimals)
	if !ok {
		p.Format("value", wantAmount(money.Decimals))
		return
	}
	money.Amount = amount
	o.Value = money
}

// wantAmount says what a value must be.
func wantAmount(decimals int) string {
	if decimals == 0 {
		return "a whole number up to 10000000000 as text, such as 12000"
	}
	return "a number up to 10000000000 with at most " + domain.Plural(decimals, "decimal") + " as text, such as 12000.50"
}

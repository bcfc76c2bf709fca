package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Stage says how far a co-sell opportunity has come. Names and order are those of AWS Partner Central (Selling API,
// LifeCycle.Stage).
type Stage string

// The stages.
const (
	StageProspect            Stage = "Prospect"
	StageQualified           Stage = "Qualified"
	StageTechnicalValidation Stage = "Technical Validation"
	StageBusinessValidation  Stage = "Business Validation"
	StageCommitted           Stage = "Committed"
	StageLaunched            Stage = "Launched"
	StageClosedLost          Stage = "Closed Lost"
)

// Stages lists the stages in the order of a deal.
func Stages() []Stage {
	return []Stage{
		StageProspect, StageQualified, StageTechnicalValidation, StageBusinessValidation, StageCommitted, StageLaunched,
		StageClosedLost,
	}
}

// Values lists the stages in the order of a deal.
func (Stage) Values() []string { return names(Stages()) }

// Ended reports whether a deal in this stage is over: won or lost.
func (s Stage) Ended() bool { return s == StageLaunched || s == StageClosedLost }

// LostReason says why a deal was lost. The values are those of AWS (LifeCycle.ClosedLostReason).
type LostReason string

// LostOther is the reason that needs words of its own.
const LostOther LostReason = "Other"

// Values lists the reasons.
func (LostReason) Values() []string {
	return []string{
		"Customer Deficiency", "Delay / Cancellation of Project", "Legal / Tax / Regulatory",
		"Lost to Competitor - Google", "Lost to Competitor - Microsoft", "Lost to Competitor - SoftLayer",
		"Lost to Competitor - VMWare", "Lost to Competitor - Other", "No Opportunity", "On Premises Deployment",
		"Partner Gap", "Price", "Security / Compliance", "Technical Limitations", "Customer Experience", "Other",
		"People/Relationship/Governance", "Product/Technology", "Financial/Commercial",
	}
}

// OpportunityType says what a deal is to the customer. The values are those of AWS.
type OpportunityType string

// Values lists the types.
func (OpportunityType) Values() []string {
	return []string{"Net New Business", "Flat Renewal", "Expansion"}
}

// AmountUnit is how many units of [Money] are one of a currency's main unit. No currency has more than four decimals
// (ISO 4217).
const AmountUnit = 10_000

// MaxAmount is the greatest value of a deal, in the currency's main unit.
const MaxAmount = 10_000_000_000

// Money is an amount of a currency.
type Money struct {
	Amount   int64  // in [AmountUnit]ths of the main unit; it is exact
	Currency string // ISO 4217; empty: not known
	Decimals int    // that the currency has, 0 to 4
}

// String writes the amount as a decimal number with the currency's decimals: 12000.50.
func (m Money) String() string {
	whole, rest := m.Amount/AmountUnit, m.Amount%AmountUnit
	if m.Decimals == 0 && rest == 0 {
		return strconv.FormatInt(whole, 10)
	}
	digits := fmt.Sprintf("%04d", rest)
	for len(digits) > m.Decimals && strings.HasSuffix(digits, "0") {
		digits = digits[:len(digits)-1]
	}
	return strconv.FormatInt(whole, 10) + "." + digits
}

// ParseAmount reads a decimal number such as 12000.50, without a sign, an exponent or separators, in [AmountUnit]ths.
// ok is false where it is none, has more decimals than allowed, or is above [MaxAmount].
func ParseAmount(text string, decimals int) (amount int64, ok bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if whole == "" || point && fraction == "" || len(fraction) > decimals || len(whole) > 11 {
		return 0, false
	}
	digits := whole + fraction + strings.Repeat("0", 4-len(fraction))
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	amount, err := strconv.ParseInt(digits, 10, 64)
	return amount, err == nil && amount <= MaxAmount*AmountUnit
}

// Opportunity is a deal that is sold together with AWS.
type Opportunity struct {
	ID          int64
	WorkspaceID int64
	Title       string
	Customer    string // the company
	Website     string // the customer's
	Country     string // the customer's, ISO 3166-1 alpha-2
	AWSAccount  string // the customer's account at AWS, 12 digits
	Problem     string // of the customer, that the deal solves
	Type        OpportunityType
	Value       Money // of the whole deal
	NextStep    string
	NextStepOn  string // the day of the next step, 2026-03-01; empty: none
	CloseOn     string // the day when it should close
	ListingID   int64  // what is sold; 0: not known
	Stage       Stage
	LostReason  LostReason // of a deal that was lost
	Synced
	DealRemote
	Search    string // what a list finds it by, in the form for comparison; only on the way to the store
	Revision  int    // from 1, raised with each change
	StagedAt  time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

// StageChange is an entry of an opportunity's history.
type StageChange struct {
	ID            int64
	OpportunityID int64
	From          Stage // empty: it was created
	To            Stage
	Reason        string
	LostReason    LostReason
	ActorKind     ActorKind
	Actor         string
	At            time.Time
}

// OpportunityEdit is what a person may change about an opportunity beside its stage. A nil field stays as it is. Name,
// limit and help are those of the operations that create and edit one.
type OpportunityEdit struct {
	Website    *string          `json:"customer_website,omitempty"        limit:"url"          null:"clears" doc:"The customer's https or http address"`
	Country    *string          `json:"customer_country,omitempty"        limit:"country"      null:"clears" doc:"ISO 3166-1 alpha-2, such as DE"`
	AWSAccount *string          `json:"customer_aws_account_id,omitempty" limit:"aws_account"  null:"clears" doc:"The customer's AWS account, 12 digits; Launched needs it"`
	Problem    *string          `json:"business_problem,omitempty"        limit:"deal_problem" null:"clears" doc:"What the customer needs, in 20 to 2,000 characters"`
	Type       *OpportunityType `json:"opportunity_type,omitempty"                             null:"clears"`
	Value      *string          `json:"value,omitempty"                   limit:"amount"       null:"clears" doc:"What the whole deal is worth: a decimal number as text, such as 12000.50"`
	Currency   *string          `json:"currency,omitempty"                limit:"currency"     null:"clears" doc:"ISO 4217, such as USD; with a value"`
	NextStep   *string          `json:"next_step,omitempty"               limit:"next_step"    null:"clears" doc:"AWS allows 255 characters"`
	NextStepOn *string          `json:"next_step_on,omitempty"            limit:"moment"       null:"clears" doc:"The day of the next step, 2026-03-01"`
	CloseOn    *string          `json:"target_close_date,omitempty"       limit:"moment"       null:"clears" doc:"The day when it should close, today or later"`
	ListingID  *string          `json:"listing_id,omitempty"              limit:"record_id"    null:"clears" doc:"What is sold: lst_7"`
}

// Apply changes an opportunity, except for its value and its listing, which have to be looked up.
func (e OpportunityEdit) Apply(o *Opportunity) {
	set(&o.Website, e.Website)
	set(&o.Country, e.Country)
	set(&o.AWSAccount, e.AWSAccount)
	set(&o.Problem, e.Problem)
	set(&o.Type, e.Type)
	set(&o.NextStep, e.NextStep)
	set(&o.NextStepOn, e.NextStepOn)
	set(&o.CloseOn, e.CloseOn)
}

// Changed returns the names of the fields that differ from those of another state, in the order of a form.
func (o Opportunity) Changed(from Opportunity) []string {
	pairs := []struct{ name, now, was string }{
		{"title", o.Title, from.Title}, {"customer", o.Customer, from.Customer},
		{"customer_website", o.Website, from.Website}, {"customer_country", o.Country, from.Country},
		{"customer_aws_account_id", o.AWSAccount, from.AWSAccount}, {"business_problem", o.Problem, from.Problem},
		{"opportunity_type", string(o.Type), string(from.Type)}, {"value", o.Value.String(), from.Value.String()},
		{"currency", o.Value.Currency, from.Value.Currency}, {"next_step", o.NextStep, from.NextStep},
		{"next_step_on", o.NextStepOn, from.NextStepOn}, {"target_close_date", o.CloseOn, from.CloseOn},
		{"listing_id", ListingRef(o.ListingID), ListingRef(from.ListingID)},
	}
	list := []string{}
	for _, p := range pairs {
		if p.now != p.was {
			list = append(list, p.name)
		}
	}
	return list
}

// CheckStage notes what keeps an opportunity from moving to a stage. Open stages may follow each other in any order.
// Launched follows Committed and needs the customer's account at AWS and a day of closing; Closed Lost needs a reason
// (both as AWS has it). What has ended is opened again only with a reason, so that a mistake can be undone and the
// history says why.
func (o Opportunity) CheckStage(p *Problems, to Stage, lost LostReason, reason string) {
	CheckEnum(p, "closed_lost_reason", lost)
	switch {
	case to == StageClosedLost && lost == "":
		p.Required("closed_lost_reason")
	case to == StageClosedLost && lost == LostOther && reason == "":
		p.Add("reason", "Say in the reason field why the deal was lost, or choose another closed_lost_reason")
	case to != StageClosedLost && lost != "":
		p.Add("closed_lost_reason", "The closed_lost_reason field is for the stage Closed Lost only")
	}
	if o.Stage.Ended() && to != o.Stage && reason == "" {
		p.Add("reason", "This deal is %s. Say in the reason field why it is opened again", o.Stage)
	}
	if o.Stage.Ended() && to.Ended() && to != o.Stage {
		p.Add("stage", "A deal that is %s can’t become %s. Move it to an open stage first", o.Stage, to)
	}
	if to != StageLaunched || o.Stage == StageLaunched {
		return
	}
	if o.Stage != StageCommitted {
		p.Add("stage", "Only a deal that is Committed can become Launched. Move it to Committed first")
	}
	if o.AWSAccount == "" {
		p.Add("customer_aws_account_id", "A deal becomes Launched with the customer’s AWS account. "+
			"Set customer_aws_account_id first")
	}
	if o.CloseOn == "" {
		p.Add("target_close_date", "A deal becomes Launched with a day of closing. Set target_close_date first")
	}
}

// OpportunitySort is the order of a list of opportunities.
type OpportunitySort string

// The orders; the minus sign turns the order around.
const (
	DealsChanged   OpportunitySort = "-updated_at" // changed last, the default
	DealsChangedUp OpportunitySort = "updated_at"
	DealsCreated   OpportunitySort = "-created_at"
	DealsCreatedUp OpportunitySort = "created_at"
	DealsByTitle   OpportunitySort = "title"
	DealsByClose   OpportunitySort = "target_close_date" // those without a day last
	DealsGreatest  OpportunitySort = "-value"            // by the number, whatever the currency
	DealsLeast     OpportunitySort = "value"
)

// Values lists the orders.
func (OpportunitySort) Values() []string {
	return names([]OpportunitySort{
		DealsChanged, DealsChangedUp, DealsCreated, DealsCreatedUp, DealsByTitle, DealsByClose, DealsGreatest, DealsLeast,
	})
}

// MaxOpportunities is how many opportunities a workspace may have.
const MaxOpportunities = 10_000

// OpportunityRef is the id of an opportunity as callers see it: opp_9. It is empty for 0.
func OpportunityRef(id int64) string { return ref(opportunityPrefix, id) }

// OpportunityID reads an [OpportunityRef]; ok is false where it is none.
func OpportunityID(ref string) (id int64, ok bool) { return idOf(opportunityPrefix, ref) }

// StageSum is the deals of one stage and currency.
type StageSum struct {
	Stage Stage
	Value Money // their sum; its Currency is empty for deals without a value
	Deals int
}

// SumsOf returns those of a stage.
func SumsOf(all []StageSum, s Stage) []StageSum {
	return slices.DeleteFunc(slices.Clone(all), func(x StageSum) bool { return x.Stage != s })
}

// OpportunityFacts is what every event about an opportunity says.
type OpportunityFacts struct {
	OpportunityID string `json:"opportunity_id"`
	Title         string `json:"title"`
	Customer      string `json:"customer"`
	Stage         Stage  `json:"stage"`
	Value         string `json:"value,omitempty"`
	Currency      string `json:"currency,omitempty"`
	Revision      int    `json:"revision"`
}

// Facts returns the opportunity's facts for an event.
func (o Opportunity) Facts() OpportunityFacts {
	f := OpportunityFacts{
		OpportunityID: OpportunityRef(o.ID), Title: o.Title, Customer: o.Customer, Stage: o.Stage, Revision: o.Revision,
	}
	if o.Value.Currency != "" {
		f.Value, f.Currency = o.Value.String(), o.Value.Currency
	}
	return f
}

// OpportunityCreated says that an opportunity was created.
type OpportunityCreated struct{ OpportunityFacts }

// EventName returns cosell.created.
func (OpportunityCreated) EventName() EventName { return EventCosellCreated }

// OpportunityUpdated says that an opportunity was changed, and which of its fields.
type OpportunityUpdated struct {
	OpportunityFacts
	Changed []string `json:"changed"`
}

// EventName returns cosell.updated.
func (OpportunityUpdated) EventName() EventName { return EventCosellUpdated }

// OpportunityStaged says that an opportunity is in another stage.
type OpportunityStaged struct {
	OpportunityFacts
	From       Stage      `json:"from"`
	LostReason LostReason `json:"closed_lost_reason,omitempty"`
	Reason     string     `json:"reason,omitempty"`
}

// EventName returns cosell.stage_changed.
func (OpportunityStaged) EventName() EventName { return EventCosellStaged }

// OpportunityDeleted says that an opportunity was deleted.
type OpportunityDeleted struct{ OpportunityFacts }

// EventName returns cosell.deleted.
func (OpportunityDeleted) EventName() EventName { return EventCosellDeleted }

// opportunityEventTypes is the part of the catalogue that is about opportunities.
func opportunityEventTypes() []EventType {
	facts := OpportunityFacts{"opp_9", "Shared inbox for 40 agents", "Norwick GmbH", StageQualified, "12000.50", "EUR", 2}
	return []EventType{
		{"", "An opportunity was created.", OpportunityCreated{facts}},
		{"", "An opportunity was changed.", OpportunityUpdated{facts, []string{"value", "next_step"}}},
		{"", "An opportunity is in another stage.",
			OpportunityStaged{OpportunityFacts: facts, From: StageProspect, Reason: "Budget confirmed"}},
		{"", "An opportunity was deleted.", OpportunityDeleted{facts}},
	}
}

package domain

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// DealFields is what an opportunity here and its record in AWS Partner Central both say, by the names of our fields, as
// texts. Value and currency are one field, value ("12000.50 EUR"), and so are the stage and why a deal was lost
// ("Closed Lost: Price"): a half of either means nothing.
type DealFields map[string]string

// dealFields are the names in [DealFields], in the order of a form.
var dealFields = []string{
	"title", "customer", "customer_website", "customer_country", "customer_aws_account_id", "business_problem",
	"opportunity_type", "value", "next_step", "target_close_date", "stage",
}

// actionFields are those that AWS lets change while it waits for the partner's answer (Action Required).
var actionFields = []string{"customer_website", "customer_country", "business_problem", "value", "target_close_date"}

// DealConflict is a field that was changed here and at AWS.
type DealConflict struct {
	Field string `json:"field"`
	AWS   string `json:"aws"` // what AWS has
}

// Sending says how a change that was made here gets to AWS.
type Sending string

// The states; empty: AWS has all of it.
const (
	SendingWaits   Sending = "waiting" // it is written soon
	SendingRefused Sending = "refused" // AWS refused it; the next sync tries again
)

// DealRemote is what an opportunity knows of its record in Partner Central.
type DealRemote struct {
	ReviewStatus string     // in AWS's words, such as Submitted; empty: none
	RemoteAt     string     // when AWS last changed the record that is known, as AWS wrote it
	Base         DealFields // what both said when they were last the same
	Sent         DealFields // what was sent, and perhaps got there
	Conflict     []DealConflict
	Sending      Sending
	SyncError    string // why AWS did not take a change, with what to do
}

// ConflictFields returns the names of the fields in conflict.
func (r DealRemote) ConflictFields() []string {
	list := []string{}
	for _, c := range r.Conflict {
		list = append(list, c.Field)
	}
	return list
}

// DealSides are the two sides of a conflict that a person may keep.
type DealSides string

// The sides.
const (
	KeepLocal DealSides = "local"
	KeepAWS   DealSides = "aws"
)

// Values lists the sides.
func (DealSides) Values() []string { return names([]DealSides{KeepLocal, KeepAWS}) }

// Deal returns the opportunity's side of what it shares with AWS.
func (o Opportunity) Deal() DealFields {
	f := DealFields{
		"title": o.Title, "customer": o.Customer, "customer_website": o.Website, "customer_country": o.Country,
		"customer_aws_account_id": o.AWSAccount, "business_problem": o.Problem, "opportunity_type": string(o.Type),
		"value": "", "next_step": o.NextStep, "target_close_date": o.CloseOn, "stage": StageText(o.Stage, o.LostReason),
	}
	if o.Value.Currency != "" {
		f["value"] = o.Value.String() + " " + o.Value.Currency
	}
	return f
}

// StageText is a stage with why a deal was lost, as [DealFields] has it.
func StageText(s Stage, lost LostReason) string {
	if lost == "" {
		return string(s)
	}
	return string(s) + ": " + string(lost)
}

// SplitStage reads a [StageText].
func SplitStage(text string) (Stage, LostReason) {
	s, lost, _ := strings.Cut(text, ": ")
	return Stage(s), LostReason(lost)
}

// SetDeal sets a field of what an opportunity shares with AWS.
func (o *Opportunity) SetDeal(name, text string) {
	switch name {
	case "title":
		o.Title = text
	case "customer":
		o.Customer = text
	case "customer_website":
		o.Website = text
	case "customer_country":
		o.Country = text
	case "customer_aws_account_id":
		o.AWSAccount = text
	case "business_problem":
		o.Problem = text
	case "opportunity_type":
		o.Type = OpportunityType(text)
	case "value":
		o.Value = moneyOf(text)
	case "next_step":
		o.NextStep = text
	case "target_close_date":
		o.CloseOn = text
	case "stage":
		o.Stage, o.LostReason = SplitStage(text)
	}
}

// moneyOf reads what [Opportunity.Deal] wrote, which has as many decimals as the currency.
func moneyOf(text string) Money {
	amount, currency, _ := strings.Cut(text, " ")
	_, fraction, _ := strings.Cut(amount, ".")
	n, ok := ParseAmount(amount, min(len(fraction), 4))
	if !ok || currency == "" {
		return Money{}
	}
	return Money{Amount: n, Currency: currency, Decimals: len(fraction)}
}

// Merge brings an opportunity and what AWS has together, field by field, by comparing what is here, what AWS has, and
// what both were last. What AWS alone has changed is taken. What was changed here alone waits to be sent. What was
// changed in both places is a conflict, and stays as it is here.
func (o *Opportunity) Merge(theirs DealFields, now time.Time) {
	ours, base := o.Deal(), DealFields{}
	o.Conflict = nil
	for _, f := range dealFields {
		l, b, t := ours[f], o.Base[f], theirs[f]
		if sent, ok := o.Sent[f]; ok && sent == t {
			b = t // our own write got there, even if we never heard of it
			o.Sent = maps.Clone(o.Sent)
			delete(o.Sent, f)
		}
		switch {
		case l == t, t == b:
			b = t
		case l == b:
			o.SetDeal(f, t)
			b = t
		default:
			o.Conflict = append(o.Conflict, DealConflict{f, t})
		}
		base[f] = b
	}
	o.Base = base
	o.settle(now)
}

// Pending returns the names of the fields that were changed here and that AWS does not have, save those in conflict.
func (o Opportunity) Pending() []string {
	if o.RemoteID == "" {
		return nil
	}
	ours, conflict := o.Deal(), o.ConflictFields()
	return slices.DeleteFunc(slices.Clone(dealFields), func(f string) bool {
		return ours[f] == o.Base[f] || slices.Contains(conflict, f)
	})
}

// settle sets what follows from the fields: whether a write waits, and since when both are the same.
func (o *Opportunity) settle(now time.Time) {
	o.Sending, o.SyncError = "", ""
	if len(o.Pending()) > 0 {
		o.Sending = SendingWaits
		return
	}
	if len(o.Conflict) == 0 {
		o.SyncedAt = now
	}
}

// Edited notes that a person changed some of the fields here. One of them that was in conflict is resolved: what was
// entered is sent, over what AWS has.
func (o *Opportunity) Edited(fields []string, now time.Time) {
	o.Base = maps.Clone(o.Base)
	o.Conflict = slices.DeleteFunc(slices.Clone(o.Conflict), func(c DealConflict) bool {
		if slices.Contains(fields, c.Field) {
			o.Base[c.Field] = c.AWS
			return true
		}
		return false
	})
	o.settle(now)
}

// Landed notes that AWS has taken what was sent, and that its record is of a time.
func (o *Opportunity) Landed(sent DealFields, at string, now time.Time) {
	o.Base = maps.Clone(o.Base)
	maps.Copy(o.Base, sent)
	o.Sent, o.RemoteAt = nil, at
	o.settle(now)
}

// Refuse notes why AWS did not take what was sent.
func (o *Opportunity) Refuse(why string) {
	o.Sent, o.Sending, o.SyncError = nil, SendingRefused, why
}

// DealChanges returns the names of the fields, of those shared with AWS, that differ from another state.
func (o Opportunity) DealChanges(from Opportunity) []string {
	now, was := o.Deal(), from.Deal()
	return slices.DeleteFunc(slices.Clone(dealFields), func(f string) bool { return now[f] == was[f] })
}

// CheckReview notes which of some fields AWS does not let change in the review status that the opportunity has, and
// returns a CONFLICT where it lets none change. Statuses are compared without case: AWS writes In review in its values
// and In Review in its documentation.
func (o Opportunity) CheckReview(p *Problems, fields []string) error {
	if o.RemoteID == "" || len(fields) == 0 {
		return nil
	}
	switch strings.ToLower(o.ReviewStatus) {
	case "submitted", "in review", "rejected":
		return Errorf(CodeConflict, "AWS does not let this deal change while its review status is %s. Change it once "+
			"AWS has reviewed it.", o.ReviewStatus)
	case "action required":
		for _, f := range fields {
			if !slices.Contains(actionFields, f) {
				p.Add(f, "The %s field can’t change while AWS’s review status is %s. These can: %s", f, o.ReviewStatus,
					strings.Join(actionFields, ", "))
			}
		}
	}
	return nil
}

// DealSyncState says how the sync of opportunities with Partner Central went.
type DealSyncState string

// The states.
const (
	DealsNotSynced DealSyncState = "not_synced" // no sync has ended yet
	DealsSynced    DealSyncState = "synced"
	DealsDenied    DealSyncState = "not_permitted" // the role may not read Partner Central, which is no fault of the rest
	DealsFailed    DealSyncState = "failed"
)

// Values lists the states.
func (DealSyncState) Values() []string {
	return names([]DealSyncState{DealsNotSynced, DealsSynced, DealsDenied, DealsFailed})
}

// DealSync is what a connection knows of the opportunities at AWS.
type DealSync struct {
	State   DealSyncState     // empty: as [DealsNotSynced]
	Note    string            // why they are not synced, with what to do
	After   string            // the greatest LastModifiedDate that was taken in, as AWS wrote it
	Skipped map[string]string // opportunities at AWS that cannot be taken in, by their ids, and why
	WriteAt time.Time         // when the next write may be sent
}

// SkippedIDs returns the ids of the opportunities that were skipped, in order.
func (d DealSync) SkippedIDs() []string { return slices.Sorted(maps.Keys(d.Skipped)) }

package awssync

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
)

// mostRecord bounds an opportunity's record, in bytes of JSON.
const mostRecord = 256 << 10

// deal is a record of Partner Central as an opportunity's fields.
type deal struct {
	id     string
	at     string // when AWS last changed it, as AWS wrote it
	review string
	fields domain.DealFields
	record string            // whole, as JSON
	why    string            // why it can't be taken in; empty: it can
	found  map[string]string // texts that it may be found by, and their form for comparison
}

// where says in which place of a record a field is. Value and stage have two, and are read and written by hand.
var where = map[string][]string{
	"title":                   {"Project", "Title"},
	"customer":                {"Customer", "Account", "CompanyName"},
	"customer_website":        {"Customer", "Account", "WebsiteUrl"},
	"customer_country":        {"Customer", "Account", "Address", "CountryCode"},
	"customer_aws_account_id": {"Customer", "Account", "AwsAccountId"},
	"business_problem":        {"Project", "CustomerBusinessProblem"},
	"opportunity_type":        {"OpportunityType"},
	"next_step":               {"LifeCycle", "NextSteps"},
	"target_close_date":       {"LifeCycle", "TargetCloseDate"},
}

// ours are our names of AWS's fields in its refusals, those that where does not have.
var ours = map[string]string{
	"LifeCycle.Stage": "stage", "LifeCycle.ClosedLostReason": "closed_lost_reason",
	"LifeCycle.ReviewStatus": "review_status",
}

// readDeal reads a record. What is not known here is left out of the fields and stays in the record. Without a stage
// and a currency that are known, the deal can't be shown and is not taken in.
func readDeal(r aws.Record) deal {
	d := deal{id: r.ID(), at: r.ChangedAt(), review: textAt(r, "LifeCycle", "ReviewStatus"), fields: domain.DealFields{}}
	text, err := json.Marshal(r)
	if err != nil || len(text) > mostRecord {
		d.why = "The record is too large."
		return d
	}
	d.record = string(text)
	for name, path := range where {
		d.fields[name] = textAt(r, path...)
	}
	tidy(d.fields, d.id)
	d.fields["value"], d.why = valueOf(r)
	stage, lost := domain.Stage(textAt(r, "LifeCycle", "Stage")), textAt(r, "LifeCycle", "ClosedLostReason")
	if !slices.Contains(domain.Stages(), stage) {
		d.why = fmt.Sprintf("Its stage “%s” is not known here.", clip(string(stage), 60))
		return d
	}
	if stage != domain.StageClosedLost || !slices.Contains(domain.LostReason("").Values(), lost) {
		lost = ""
	}
	d.fields["stage"] = domain.StageText(stage, domain.LostReason(lost))
	return d
}

// tidy brings texts of AWS into the form that they have here. What has none here is empty, and so is never sent.
func tidy(f domain.DealFields, id string) {
	for name, limit := range map[string]domain.Limit{
		"title": domain.LimitDealTitle, "customer": domain.LimitCustomer, "next_step": domain.LimitNextStep,
	} {
		f[name] = clip(strings.Join(strings.Fields(printable(f[name])), " "), limit.Max)
	}
	if f["title"] == "" {
		f["title"] = strings.TrimSpace("Untitled " + id)
	}
	if f["customer"] == "" {
		f["customer"] = "Not named"
	}
	f["business_problem"] = clip(strings.TrimSpace(printable(f["business_problem"])), domain.LimitDealProblem.Max)
	f["customer_website"] = address(f["customer_website"])
	country := f["customer_country"]
	if r, err := language.ParseRegion(country); err != nil || !r.IsCountry() || r.String() != country {
		f["customer_country"] = ""
	}
	if n := f["customer_aws_account_id"]; len(n) != 12 || strings.Trim(n, "0123456789") != "" {
		f["customer_aws_account_id"] = ""
	}
	if !slices.Contains(domain.OpportunityType("").Values(), f["opportunity_type"]) {
		f["opportunity_type"] = ""
	}
	if _, err := time.Parse(time.DateOnly, f["target_close_date"]); err != nil {
		f["target_close_date"] = ""
	}
}

// address adds the scheme that AWS does not ask for. What is no address even so is empty.
func address(text string) string {
	text = strings.TrimSpace(text)
	if text != "" && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" ||
		utf8.RuneCountInString(text) > domain.LimitURL.Max || printable(text) != text {
		return ""
	}
	return text
}

// printable drops what neither a page nor a database shows.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return text
}

// valueOf reads the first spend that is expected. One that is no number is left out; why says that its currency is not
// known.
func valueOf(r aws.Record) (value, why string) {
	spend, ok := firstSpend(r)
	if !ok {
		return "", ""
	}
	code, amount := textAt(spend, "CurrencyCode"), textAt(spend, "Amount")
	unit, err := currency.ParseISO(code)
	if err != nil || unit.String() != code {
		return "", fmt.Sprintf("The currency “%s” of its expected spend is not known here.", clip(code, 20))
	}
	m := domain.Money{Currency: code}
	m.Decimals, _ = currency.Standard.Rounding(unit)
	if whole, fraction, point := strings.Cut(amount, "."); point && len(fraction) > m.Decimals {
		amount = strings.TrimSuffix(whole+"."+strings.TrimRight(fraction, "0"), ".")
	}
	if m.Amount, ok = domain.ParseAmount(amount, m.Decimals); !ok {
		return "", ""
	}
	return m.String() + " " + code, ""
}

func firstSpend(r aws.Record) (map[string]any, bool) {
	project, _ := r["Project"].(map[string]any)
	list, _ := project["ExpectedCustomerSpend"].([]any)
	if len(list) == 0 {
		return nil, false
	}
	spend, ok := list[0].(map[string]any)
	return spend, ok
}

// textAt returns the text at a place; empty where there is none.
func textAt(m map[string]any, path ...string) string {
	for _, name := range path[:len(path)-1] {
		m, _ = m[name].(map[string]any)
	}
	s, _ := m[path[len(path)-1]].(string)
	return s
}

// putText sets the text at a place, with what it stands in; an empty one removes it, because AWS knows no empty texts.
func putText(m map[string]any, text string, path ...string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := m[name].(map[string]any)
		if !ok {
			if text == "" {
				return
			}
			inner = map[string]any{}
			m[name] = inner
		}
		m = inner
	}
	if text == "" {
		delete(m, path[len(path)-1])
		return
	}
	m[path[len(path)-1]] = text
}

// writeDeal sets fields in a record, and touches nothing else of it.
func writeDeal(r aws.Record, fields domain.DealFields) {
	for name, text := range fields {
		switch name {
		case "value":
			putValue(r, text)
		case "stage":
			stage, lost := domain.SplitStage(text)
			putText(r, string(stage), "LifeCycle", "Stage")
			putText(r, string(lost), "LifeCycle", "ClosedLostReason")
		default:
			putText(r, text, where[name]...)
		}
	}
}

// putValue sets the first spend that is expected. A new one is what AWS asks for: a month of what AWS earns.
func putValue(r aws.Record, text string) {
	amount, code, _ := strings.Cut(text, " ")
	if spend, ok := firstSpend(r); ok && text != "" {
		spend["Amount"], spend["CurrencyCode"] = amount, code
		return
	}
	project, ok := r["Project"].(map[string]any)
	if !ok {
		project = map[string]any{}
		r["Project"] = project
	}
	list, _ := project["ExpectedCustomerSpend"].([]any)
	switch {
	case text == "" && len(list) > 0:
		project["ExpectedCustomerSpend"] = list[1:]
	case text != "":
		project["ExpectedCustomerSpend"] = append([]any{map[string]any{
			"Amount": amount, "CurrencyCode": code, "Frequency": "Monthly", "TargetCompany": "AWS",
		}}, list...)
	}
}

// ourName is our name of a field of AWS's; its own where it is none of ours.
func ourName(field string) string {
	if name, ok := ours[field]; ok {
		return name
	}
	if strings.Contains(field, "ExpectedCustomerSpend") {
		if strings.Contains(field, "CurrencyCode") {
			return "currency"
		}
		return "value"
	}
	for name, path := range where {
		if strings.EqualFold(strings.Join(path, "."), field) {
			return name
		}
	}
	return field
}

// refusal says why AWS refused a change, by our names of the fields.
func refusal(f *aws.Fault) string {
	if len(f.Fields) == 0 {
		return f.Message
	}
	words := []string{}
	for field, said := range f.Fields {
		words = append(words, ourName(field)+": "+strings.TrimSuffix(said, ".")+".")
	}
	slices.Sort(words)
	return "AWS refused the change. " + clip(strings.Join(words, " "), 900) + " Change the deal, and it is sent again."
}

// later reports whether a time of AWS's is after another. Times are compared as times: AWS writes fractions of seconds
// of several lengths.
func later(at, than string) bool {
	a, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return false
	}
	b, err := time.Parse(time.RFC3339Nano, than)
	return err != nil || a.After(b)
}

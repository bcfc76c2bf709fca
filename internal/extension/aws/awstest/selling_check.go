package awstest

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// lostReasons are those of LifeCycle.ClosedLostReason.
var lostReasons = []string{
	"Customer Deficiency", "Customer Experience", "Delay / Cancellation of Project", "Financial/Commercial",
	"Legal / Tax / Regulatory", "Lost to Competitor - Google", "Lost to Competitor - Microsoft",
	"Lost to Competitor - Other", "Lost to Competitor - SoftLayer", "Lost to Competitor - VMWare", "No Opportunity",
	"On Premises Deployment", "Other", "Partner Gap", "People/Relationship/Governance", "Price", "Product/Technology",
	"Security / Compliance", "Technical Limitations",
}

// forms are what texts must look like, and lengths how many characters they have.
var (
	forms = map[string]*regexp.Regexp{
		"Customer.Account.AwsAccountId":        regexp.MustCompile(`^[0-9]{12}$`),
		"Customer.Account.Address.CountryCode": regexp.MustCompile(`^[A-Z]{2}$`),
		"LifeCycle.TargetCloseDate":            regexp.MustCompile(`^[1-9]\d{3}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$`),
	}
	lengths = map[string][2]int{
		"Project.Title": {1, 255}, "Project.CustomerBusinessProblem": {20, 2000}, "LifeCycle.NextSteps": {0, 255},
		"Customer.Account.CompanyName": {1, 120}, "Customer.Account.WebsiteUrl": {4, 255},
	}
	enums = map[string][]string{
		"LifeCycle.Stage": stages, "LifeCycle.ClosedLostReason": lostReasons,
		"OpportunityType": {"Net New Business", "Flat Renewal", "Expansion"},
	}
	// fixed are those that Action Required does not let change.
	fixed = []string{
		"Project.Title", "Customer.Account.CompanyName", "Customer.Account.AwsAccountId", "OpportunityType",
		"LifeCycle.Stage", "LifeCycle.NextSteps",
	}
)

// at returns the text of a field such as Project.Title; ok is false where there is none.
func at(o map[string]any, field string) (text string, ok bool) {
	path := strings.Split(field, ".")
	for _, name := range path[:len(path)-1] {
		o, _ = o[name].(map[string]any)
	}
	text, ok = o[path[len(path)-1]].(string)
	return text, ok
}

// check returns what AWS says against an update, by field.
func check(in, was map[string]any, today string) *problem {
	p := invalid("The request failed validation")
	note := func(field, code, message string) { p.fields = append(p.fields, fieldError{field, message, code}) }
	readOnly(in, was, note)
	for field, allowed := range enums {
		if text, ok := at(in, field); ok && !slices.Contains(allowed, text) {
			note(field, "INVALID_ENUM_VALUE", "The value is not one of those that are allowed")
		}
	}
	for field, form := range forms {
		if text, ok := at(in, field); ok && !form.MatchString(text) {
			note(field, "INVALID_STRING_FORMAT", "The value has another form")
		}
	}
	for field, n := range lengths {
		if text, ok := at(in, field); ok && (utf8.RuneCountInString(text) < n[0] ||
			utf8.RuneCountInString(text) > n[1]) {
			note(field, "VALUE_OUT_OF_RANGE", "The value is too short or too long")
		}
	}
	for _, field := range []string{"Project.Title", "LifeCycle.Stage"} {
		if _, ok := at(in, field); !ok {
			note(field, "REQUIRED_FIELD_MISSING", "A value is required")
		}
	}
	reason, lost := at(in, "LifeCycle.ClosedLostReason")
	if stage, _ := at(in, "LifeCycle.Stage"); (stage == "Closed Lost") != (lost && reason != "") {
		note("LifeCycle.ClosedLostReason", "REQUIRED_FIELD_MISSING",
			"A reason is required for Closed Lost, and for it only")
	}
	day, _ := at(in, "LifeCycle.TargetCloseDate")
	if before, _ := at(was, "LifeCycle.TargetCloseDate"); day != "" && day != before && day < today {
		note("LifeCycle.TargetCloseDate", "INVALID_VALUE", "The day is past")
	}
	spend(in, note)
	if len(p.fields) == 0 {
		return nil
	}
	return p
}

// readOnly notes what the review, or AWS at all, does not let change.
func readOnly(in, was map[string]any, note func(field, code, message string)) {
	for _, name := range kept {
		if in[name] != nil {
			note(name, "ACTION_NOT_PERMITTED", "The field is read-only")
		}
	}
	if cycle, ok := in["LifeCycle"].(map[string]any); ok && cycle["NextStepsHistory"] != nil {
		note("LifeCycle.NextStepsHistory", "ACTION_NOT_PERMITTED", "The field is read-only")
	}
	status, _ := at(was, "LifeCycle.ReviewStatus")
	switch strings.ToLower(status) {
	case "submitted", "in review", "rejected":
		note("LifeCycle.ReviewStatus", "INVALID_RESOURCE_STATE", "An opportunity that is "+status+" cannot be changed")
	case "action required":
		for _, field := range fixed {
			now, _ := at(in, field)
			if before, _ := at(was, field); now != before {
				note(field, "ACTION_NOT_PERMITTED", "The field cannot be changed while action is required")
			}
		}
	}
}

// spend notes what is wrong with Project.ExpectedCustomerSpend.
func spend(in map[string]any, note func(field, code, message string)) {
	project, _ := in["Project"].(map[string]any)
	list, _ := project["ExpectedCustomerSpend"].([]any)
	if len(list) > 10 {
		note("Project.ExpectedCustomerSpend", "TOO_MANY_VALUES", "At most 10 values")
	}
	for _, v := range list {
		one, _ := v.(map[string]any)
		for _, name := range []string{"CurrencyCode", "Frequency", "TargetCompany"} {
			if text, _ := one[name].(string); text == "" {
				note("Project.ExpectedCustomerSpend."+name, "REQUIRED_FIELD_MISSING", "A value is required")
			}
		}
		if amount, ok := one["Amount"].(string); ok && !amounts.MatchString(amount) {
			note("Project.ExpectedCustomerSpend.Amount", "INVALID_STRING_FORMAT", "The amount is not a number")
		}
	}
}

var amounts = regexp.MustCompile(`^(0|[1-9][0-9]{0,30})(\.[0-9]{1,2})?$`)

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

package aws_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/extension/aws/awstest"
)

const (
	role     = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"
	external = "vellocity-7-abcdef"
)

func start(t *testing.T) (*awstest.Server, *aws.Client) {
	t.Helper()
	double := awstest.New().Start(t)
	double.Trust(awstest.Role{ARN: role, ExternalID: external})
	return double, aws.New(aws.Options{Endpoint: double.URL, AccessKey: awstest.AccessKey, SecretKey: awstest.SecretKey})
}

func session(t *testing.T, c *aws.Client) *aws.Session {
	t.Helper()
	s, err := c.Assume(t.Context(), aws.Role{ARN: role, ExternalID: external, Session: "vellocity-7"})
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func faultKind(err error) (kind aws.FaultKind) {
	var f *aws.Fault
	if !errors.As(err, &f) {
		return -1
	}
	return f.Kind
}

func TestARoleNeedsTheExternalID(t *testing.T) {
	_, c := start(t)
	who, err := c.Identity(t.Context())
	must(t, err)
	if want := "arn:aws:iam::" + awstest.Account + ":role/vellocity-server"; who != want {
		t.Errorf("the policy would trust %q; want %q", who, want)
	}
	for _, c2 := range []struct{ name, arn, id string }{
		{"none", role, ""}, {"another", role, external + "x"}, {"another role", role + "x", external},
	} {
		_, err := c.Assume(t.Context(), aws.Role{ARN: c2.arn, ExternalID: c2.id, Session: "vellocity-7"})
		if faultKind(err) != aws.Denied || !strings.Contains(err.Error(), "external id") {
			t.Errorf("%s: %v", c2.name, err)
		}
	}
	session(t, c)
}

func TestWrongKeysAreDenied(t *testing.T) {
	double, _ := start(t)
	c := aws.New(aws.Options{
		Endpoint: double.URL, AccessKey: awstest.AccessKey, SecretKey: "another",
	})
	if _, err := c.Identity(t.Context()); faultKind(err) != aws.Denied {
		t.Error(err)
	}
	c = aws.New(aws.Options{
		Endpoint: "http://127.0.0.1:1", AccessKey: awstest.AccessKey, SecretKey: awstest.SecretKey,
		HTTP: &http.Client{Timeout: time.Second},
	})
	if _, err := c.Identity(t.Context()); faultKind(err) != aws.Broken {
		t.Error(err)
	}
}

func sample(id, kind string) awstest.Product {
	return awstest.Product{
		ID: id, Type: kind, Title: "Acme " + id, Short: "Short", Long: "Long text", Highlights: []string{"One"},
		Keywords: []string{"inbox"}, Categories: []string{"Support"}, LogoURL: "https://example.com/logo.png",
		VideoURL: "https://example.com/video", Support: "By e-mail",
	}
}

func TestProductsComePageByPage(t *testing.T) {
	double, c := start(t)
	for i := range 7 {
		double.Put(sample(fmt.Sprintf("prod-%d", i), "SaaSProduct"))
	}
	double.Put(sample("prod-ami", "AmiProduct"))
	double.PageSize = 3
	s := session(t, c)
	list, err := s.Products(t.Context(), domain.CatalogSaaS)
	must(t, err)
	if len(list) != 7 || list[6].ID != "prod-6" {
		t.Errorf("%+v", list)
	}
	amis, err := s.Products(t.Context(), domain.CatalogAMI)
	must(t, err)
	services, err := s.Products(t.Context(), domain.CatalogServices)
	must(t, err)
	if len(amis) != 1 || len(services) != 0 {
		t.Errorf("%v %v", amis, services)
	}
	e, err := s.Entity(t.Context(), "prod-3")
	must(t, err)
	if e.Type != "SaaSProduct@1.0" || e.Revision != "1" || e.Fields.Title != "Acme prod-3" ||
		e.Fields.VideoURL != "https://example.com/video" || e.Fields.Support != "By e-mail" {
		t.Errorf("%+v", e)
	}
	if _, err := s.Entity(t.Context(), "prod-none"); faultKind(err) != aws.Missing {
		t.Error(err)
	}
}

// change carries a change out and returns its outcome.
func change(t *testing.T, s *aws.Session, c aws.Change) error {
	t.Helper()
	id, err := s.StartChange(t.Context(), c)
	if err != nil {
		return err
	}
	for range 10 {
		if done, err := s.ChangeSet(t.Context(), id); done || err != nil {
			return err
		}
	}
	t.Fatal("the change does not end")
	return nil
}

func TestAChangeIsCheckedThenApplied(t *testing.T) {
	double, c := start(t)
	double.Put(sample("prod-1", "SaaSProduct"))
	s := session(t, c)
	e, err := s.Entity(t.Context(), "prod-1")
	must(t, err)
	f := e.Fields
	f.Title, f.Keywords, f.VideoURL = "Acme Shared Inbox", []string{"inbox", "support"}, ""
	in := aws.Change{Entity: e, Fields: f, Only: f.Changed(e.Fields), Token: "check"}
	apply := in
	apply.Apply, apply.Token = true, "apply"
	if err := change(t, s, apply); faultKind(err) != aws.Invalid {
		t.Errorf("applied unchecked: %v", err)
	}
	must(t, change(t, s, in))
	if p, n := double.Product("prod-1"); n != 1 || p.Title != "Acme prod-1" {
		t.Error("a check changed the product")
	}
	must(t, change(t, s, apply))
	must(t, change(t, s, apply)) // the same token: the same change set, not another change
	p, n := double.Product("prod-1")
	if n != 2 || p.Title != "Acme Shared Inbox" || !slices.Equal(p.Keywords, f.Keywords) ||
		p.VideoURL != "" || p.Long != "Long text" {
		t.Errorf("revision %d: %+v", n, p)
	}
	in.Token = "stale"
	if err := change(t, s, in); faultKind(err) != aws.Invalid {
		t.Errorf("a change of an old revision: %v", err)
	}
}

func TestWhatAWSRefusesNamesTheField(t *testing.T) {
	double, c := start(t)
	double.Put(sample("prod-1", "ContainerProduct"))
	s := session(t, c)
	e, err := s.Entity(t.Context(), "prod-1")
	must(t, err)
	f := e.Fields
	f.Title = strings.Repeat("x", 73)
	err = change(t, s, aws.Change{Entity: e, Fields: f, Only: []string{"title"}, Token: "t"})
	if faultKind(err) != aws.Invalid || !strings.Contains(err.Error(), "ProductTitle must have 1 to 72 characters") {
		t.Error(err)
	}
	if said := aws.FaultOf(err).Fields; len(said) != 1 || !strings.Contains(said["title"], "72 characters") {
		t.Errorf("at the fields: %v", said)
	}
	double.Fail("StartChangeSet", "ValidationException", "LongDescription has a link")
	_, err = s.StartChange(t.Context(), aws.Change{Entity: e, Fields: f, Only: []string{"title"}, Token: "u"})
	if said := aws.FaultOf(err).Fields; faultKind(err) != aws.Invalid || said["long_description"] == "" {
		t.Errorf("refused at the start: %v: %v", err, said)
	}
}

// Every error of AWS's has a kind and says what to do.
func TestErrorsSayTheNextStep(t *testing.T) {
	for code, want := range map[string]aws.FaultKind{
		"AccessDeniedException": aws.Denied, "ThrottlingException": aws.Busy, "ResourceInUseException": aws.Busy,
		"ResourceNotFoundException": aws.Missing, "InternalServiceException": aws.Broken, "ValidationException": aws.Invalid,
		"ServiceQuotaExceededException": aws.Invalid,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			double, c := start(t)
			double.Put(sample("prod-1", "SaaSProduct"))
			s := session(t, c)
			for range 3 { // as often as the SDK tries
				double.Fail("DescribeEntity", code, "It is so")
				double.Fail("GetOpportunity", code, "It is so")
			}
			_, catalog := s.Entity(t.Context(), "prod-1")
			_, selling := s.Opportunity(t.Context(), "O1")
			for _, err := range []error{catalog, selling} {
				if faultKind(err) != want || !strings.Contains(err.Error(), "It is so ("+code+"). ") {
					t.Errorf("%v", err)
				}
			}
		})
	}
}

func deal(id string) map[string]any {
	return map[string]any{
		"Id": id, "Project": map[string]any{"Title": "Shared inbox", "CustomerUseCase": "A value of next year"},
		"LifeCycle": map[string]any{
			"Stage": "Qualified", "ReviewStatus": "Approved", "NextStepsHistory": []any{map[string]any{"Value": "Call"}},
		},
		"SomethingNew": map[string]any{"Kept": true}, "OpportunityTeam": []any{},
	}
}

func TestAnUpdateLosesNothing(t *testing.T) {
	double, c := start(t)
	double.PutOpportunity(deal("O1"))
	s := session(t, c)
	r, err := s.Opportunity(t.Context(), "O1")
	must(t, err)
	stale := r.ChangedAt()
	r["LifeCycle"].(map[string]any)["NextSteps"] = "Send the offer"
	at, err := s.UpdateOpportunity(t.Context(), r)
	must(t, err)
	now := double.Opportunity("O1")
	cycle := now["LifeCycle"].(map[string]any)
	if now["SomethingNew"] == nil || cycle["NextSteps"] != "Send the offer" || cycle["NextStepsHistory"] == nil ||
		at == stale || now["LastModifiedDate"] != at {
		t.Errorf("%v", now)
	}
	if _, err := s.UpdateOpportunity(t.Context(), r); !aws.IsStale(err) { // and a second later, by the session's own pause
		t.Errorf("a stale update: %v", err)
	}
}

func TestARefusedDealNamesItsFields(t *testing.T) {
	double, c := start(t)
	double.PutOpportunity(deal("O1"))
	s := session(t, c)
	r, err := s.Opportunity(t.Context(), "O1")
	must(t, err)
	r["LifeCycle"].(map[string]any)["Stage"] = "Closed Lost"
	_, err = s.UpdateOpportunity(t.Context(), r)
	if f := aws.FaultOf(err); f.Kind != aws.Invalid || f.Fields["LifeCycle.ClosedLostReason"] == "" {
		t.Errorf("%v", err)
	}
}

func TestOpportunitiesSinceATime(t *testing.T) {
	double, c := start(t)
	for i := range 5 {
		double.PutOpportunity(deal(fmt.Sprintf("O%d", i+1)))
	}
	double.PageSize = 2
	s := session(t, c)
	all, err := s.Opportunities(t.Context(), "")
	must(t, err)
	if len(all) != 5 {
		t.Fatalf("%v", all)
	}
	since, err := s.Opportunities(t.Context(), all[3].ChangedAt)
	must(t, err)
	if len(since) != 2 || since[0].ID != "O4" {
		t.Errorf("%v", since)
	}
}

// A server that has all from the environment, and no certificates of its own there, reads Partner Central as well: the
// SDK has an HTTP client of its own for its services only.
func TestPartnerCentralWithTheEnvironmentAlone(t *testing.T) {
	double, _ := start(t)
	double.PutOpportunity(deal("O1"))
	for _, pair := range awstest.Keys() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	t.Setenv("AWS_CA_BUNDLE", "")
	list, err := session(t, aws.New(aws.Options{Endpoint: double.URL})).Opportunities(t.Context(), "")
	if err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

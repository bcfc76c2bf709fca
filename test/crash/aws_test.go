package crash_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"vellocity/internal/extension/aws/awstest"
	"vellocity/test/product"
)

// A listing that changes on AWS Marketplace becomes one published item, on two nodes of which each is killed once:
// while it syncs, and while it writes.
func TestAChangeAtAWSIsPublishedOnceWhileNodesAreKilled(t *testing.T) {
	t.Parallel()
	double := awstest.New().Start(t)
	m := model(t, 100*time.Millisecond)
	in := install(t, product.PostgreSQL(t), m)
	in.Env = append(append(in.Env, awstest.Keys()...), "VELLOCITY_AWS_ENDPOINT="+double.URL)
	a := start(t, in)
	inB, err := a.Node(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b, db := start(t, inB), open(t, in)

	acme := awstest.Product{ID: "prod-1", Type: "SaaSProduct", Title: "Acme Shared Inbox", Short: "One inbox.",
		Long: "It sorts."}
	double.Put(acme)
	const role = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"
	a.connect(t, double, role)
	product.Eventually(t, 30*time.Second, "the import", func() bool { return count(t, db, `select count(*) from listing`) == 1 })
	c := call{}
	a.ask(t, &c, http.MethodPost, "/content-workflow/workflow-templates", threeSteps)
	a.trigger(t, map[string]any{
		"name": "Listings", "type": "event", "event": map[string]any{"name": "listing.updated"},
		"inputs": map[string]any{"topic": "What is new in {{ event.title }}"},
	})

	acme.Title = "Acme Inbox for Teams"
	double.Put(acme)
	a.ask(t, &c, http.MethodPost, "/partners/listings/sync", map[string]any{})
	if c.Status != http.StatusNoContent {
		t.Fatalf("ask for a sync: %d", c.Status)
	}
	a.Kill()
	product.Eventually(t, time.Minute, "the execution", func() bool { return count(t, db, `select count(*) from execution`) == 1 })
	start(t, a.Installation)
	b.Kill()
	start(t, b.Installation)
	product.Eventually(t, time.Minute, "the publication", func() bool {
		return count(t, db, `select count(*) from publication`) == 1 && count(t, db, unfinished) == 0
	})
	for what, query := range map[string]string{
		"changes of the listing": `select count(*) from event where name = 'listing.updated'`,
		"firings":                `select count(*) from firing where outcome = 'fired'`,
		"executions":             `select count(*) from execution where status = 'completed'`,
		"items":                  `select count(*) from content`,
		"holds":                  `select count(*) from movement where kind = 'hold'`,
	} {
		if n := count(t, db, query); n != 1 {
			t.Errorf("%s: %d; want 1", what, n)
		}
	}
}

// Deals that are edited while their node is killed again and again, also between a write to AWS and its note, all get to
// AWS, are in no conflict, and keep what only AWS knows.
func TestEditsOfDealsReachAWSWhileTheNodeIsKilled(t *testing.T) {
	t.Parallel()
	double := awstest.New().Start(t)
	in := install(t, "", model(t, 100*time.Millisecond))
	in.Env = append(append(in.Env, awstest.Keys()...), "VELLOCITY_AWS_ENDPOINT="+double.URL)
	a := start(t, in)
	db := open(t, in)
	const deals = 4
	for i := range deals {
		double.PutOpportunity(map[string]any{
			"Id": fmt.Sprintf("O%d", i+1), "OnlyAWS": map[string]any{"Knows": true},
			"LifeCycle": map[string]any{"Stage": "Qualified", "ReviewStatus": "Approved"},
			"Project":   map[string]any{"Title": "Shared inbox"},
			"Customer":  map[string]any{"Account": map[string]any{"CompanyName": "Norwick"}},
		})
	}
	const role = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"
	a.connect(t, double, role)
	product.Eventually(t, 30*time.Second, "the import", func() bool {
		return count(t, db, `select count(*) from opportunity`) == deals
	})
	c := call{}
	for i := range deals {
		path := fmt.Sprintf("/partners/opportunities/opp_%d", i+1)
		a.ask(t, &c, http.MethodPatch, path, map[string]any{"next_step": fmt.Sprintf("Step %d", i)})
		if c.Status != http.StatusOK {
			t.Fatalf("edit: %d", c.Status)
		}
	}
	writes := func() (n int) {
		for _, name := range double.Calls() {
			if name == "UpdateOpportunity" {
				n++
			}
		}
		return n
	}
	for i := range 3 { // as soon as AWS has another write, which the node may not have noted
		product.Eventually(t, time.Minute, "a write", func() bool { return writes() > i })
		a.Kill()
		a = start(t, in)
	}
	product.Eventually(t, time.Minute, "all writes", func() bool {
		return count(t, db, `select count(*) from opportunity where sending <> ''`) == 0
	})
	for i := range deals {
		o := double.Opportunity(fmt.Sprintf("O%d", i+1))
		steps := o["LifeCycle"].(map[string]any)["NextSteps"]
		if steps != fmt.Sprintf("Step %d", i) || o["OnlyAWS"] == nil {
			t.Errorf("AWS has %v", o)
		}
	}
	if n := count(t, db, `select count(*) from opportunity where conflict <> '[]' or sync_error <> ''`); n != 0 {
		t.Errorf("%d deals are in conflict or were refused", n)
	}
	if n := count(t, db, `select count(*) from event where name = 'cosell.updated'`); n != deals {
		t.Errorf("%d changes; want %d", n, deals)
	}
}

// connect connects the workspace to AWS, once its role trusts the external id that the server shows.
func (s *server) connect(t *testing.T, double *awstest.Server, role string) {
	t.Helper()
	c := call{}
	var shown struct {
		Data struct {
			ExternalID string `json:"external_id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(s.ask(t, &c, http.MethodGet, "/partners/aws", nil), &shown); err != nil {
		t.Fatal(err)
	}
	s.ask(t, &c, http.MethodPut, "/partners/aws", map[string]any{"iam_role_arn": role})
	if c.Status != http.StatusUnprocessableEntity {
		t.Errorf("a role that does not trust us was accepted: %d", c.Status)
	}
	double.Trust(awstest.Role{ARN: role, ExternalID: shown.Data.ExternalID})
	answer := s.ask(t, &c, http.MethodPut, "/partners/aws", map[string]any{"iam_role_arn": role})
	if c.Status != http.StatusOK {
		t.Fatalf("connect: %d %s", c.Status, answer)
	}
}

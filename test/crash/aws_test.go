package crash_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/extension/aws/awstest"
	"vellocity/test/product"
)

// A listing that changes on AWS Marketplace becomes one published item at one charge, on two nodes of which each is
// killed once: while it syncs, and while it writes. A webhook hears of every step of it.
func TestAChangeAtAWSIsPublishedOnceWhileNodesAreKilled(t *testing.T) {
	t.Parallel()
	double := awstest.New().Start(t)
	m := model(t, 100*time.Millisecond)
	in := install(t, product.PostgreSQL(t), m)
	in.Env = append(append(in.Env, awstest.Keys()...), "VELLOCITY_AWS_ENDPOINT="+double.URL,
		"VELLOCITY_CHANNEL_NETWORKS=127.0.0.0/8")
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
	hook := listen(t, a)
	a.connect(t, double, role)
	await.True(t, "the import", func() bool {
		return count(t, db,
			`select count(*) from listing`) == 1
	})
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
	await.True(t, "the execution", func() bool {
		return count(t, db,
			`select count(*) from execution`) == 1
	})
	start(t, a.Installation)
	b.Kill()
	start(t, b.Installation)
	await.True(t, "the publication", func() bool {
		return count(t, db, `select count(*) from publication`) == 1 && count(t, db, unfinished) == 0
	})
	for what, query := range map[string]string{
		"changes of the listing": `select count(*) from event where name = 'listing.updated'`,
		"firings":                `select count(*) from firing where outcome = 'fired'`,
		"executions":             `select count(*) from execution where status = 'completed'`,
		"items":                  `select count(*) from content`,
		"published items":        `select count(*) from content where stage = 'published'`,
		"holds":                  `select count(*) from movement where kind = 'hold'`,
	} {
		if n := count(t, db, query); n != 1 {
			t.Errorf("%s: %d; want 1", what, n)
		}
	}
	const postCosts = 5 // one charge: each step of the post once, and nothing for measuring and publishing
	if n := count(t, db, `select sum(amount) from movement where kind = 'capture'`); n != postCosts {
		t.Errorf("%d credits were charged; want %d", n, postCosts)
	}
	for what, query := range faults {
		if n := count(t, db, query); n != 0 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	hook.check(t, db)
}

// story are the events that a webhook hears of on the way from a change at AWS to a publication.
var story = []string{ //nolint:gochecknoglobals // constant
	"aws.synced", "listing.created", "listing.updated", "execution.completed", "content.generated", "content.published",
}

// hook is a program that gets webhooks.
type hook struct {
	mu     sync.Mutex
	secret string
	ids    map[string]map[string]bool // the webhook-ids of each event of the log
	forged int                        // requests whose signature is not the secret's
}

// listen starts a receiver, and creates a webhook that leads to it.
func listen(t *testing.T, s *server) *hook {
	t.Helper()
	h := &hook{ids: map[string]map[string]bool{}}
	receiver := httptest.NewServer(h)
	t.Cleanup(receiver.Close)
	c := call{}
	answer := s.ask(t, &c, http.MethodPost, "/partners/webhooks", map[string]any{"url": receiver.URL, "events": story})
	var made struct {
		Meta struct {
			Secret string `json:"secret"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(answer, &made); err != nil || made.Meta.Secret == "" {
		t.Fatalf("create a webhook: %d %v %s", c.Status, err, answer)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secret = made.Meta.Secret
	return h
}

// ServeHTTP notes a request.
func (h *hook) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var event struct {
		ID string `json:"event_id"`
	}
	id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	h.mu.Lock()
	defer h.mu.Unlock()
	key, bad := base64.StdEncoding.DecodeString(h.secret)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "." + string(body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if err = errors.Join(err, bad, json.Unmarshal(body, &event)); err != nil || event.ID == "" ||
		!slices.Contains(strings.Fields(r.Header.Get("webhook-signature")), want) {
		h.forged++
		return
	}
	if h.ids[event.ID] == nil {
		h.ids[event.ID] = map[string]bool{}
	}
	h.ids[event.ID][id] = true
}

// check waits until the webhook has heard of every event of the story, each under one webhook-id.
func (h *hook) check(t *testing.T, db *sql.DB) {
	t.Helper()
	const noted = `select count(*) from event where name in
		('aws.synced', 'listing.created', 'listing.updated', 'execution.completed', 'content.generated',
			'content.published')`
	heard := func() int64 {
		h.mu.Lock()
		defer h.mu.Unlock()
		return int64(len(h.ids))
	}
	await.True(t, "the webhook", func() bool { return heard() == count(t, db, noted) })
	for _, name := range story {
		if count(t, db, `select count(*) from event where name = $1`, name) == 0 {
			t.Errorf("there is no event %s", name)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.forged != 0 {
		t.Errorf("%d requests could not be verified", h.forged)
	}
	for event, ids := range h.ids {
		if len(ids) != 1 {
			t.Errorf("the event %s was sent under %d ids", event, len(ids))
		}
	}
}

// Deals that are edited while their node is killed again and again, also between a write to AWS and its note, all get
// to AWS, are in no conflict, and keep what only AWS knows.
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
	await.True(t, "the import", func() bool {
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
		await.True(t, "a write", func() bool { return writes() > i })
		a.Kill()
		a = start(t, in)
	}
	await.True(t, "all writes", func() bool {
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

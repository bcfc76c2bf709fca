package crash_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/extension/aws/awstest"
	"vellocity/test/product"
)

// A listing is sent to AWS once, although the server is killed each time that AWS has started a change set and has not
// answered yet, which is the moment when nobody but AWS knows of it.
func TestAListingIsSentOnceAlthoughTheServerIsKilled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, 0, func(t *testing.T, in *product.Installation, _ *wire) {
		double, started := awstest.New(), make(chan func())
		double.Carried = whenStarted(double, started)
		double.Start(t)
		in.Env = append(append(in.Env, awstest.Keys()...), "VELLOCITY_AWS_ENDPOINT="+double.URL)
		s, db := start(t, in), open(t, in)
		double.Put(awstest.Product{ID: "prod-1", Type: "SaaSProduct", Title: "Acme", Short: "One inbox.", Long: "It sorts."})
		s.connect(t, double, "arn:aws:iam::"+awstest.Partner+":role/vellocity")
		await.True(t, "the import", func() bool { return count(t, db, `select count(*) from listing`) == 1 })
		c := call{}
		s.ask(t, &c, http.MethodPatch, "/partners/listings/lst_1", map[string]any{"title": "Acme Shared Inbox"})
		s.ask(t, &c, http.MethodPost, "/partners/listings/lst_1/push", map[string]any{"intent": "apply"})
		if c.Status != http.StatusAccepted {
			t.Fatalf("push: %d", c.Status)
		}
		for _, what := range []string{"the check", "the change"} {
			select {
			case answer := <-started:
				s.Kill()
				answer()
			case <-time.After(time.Minute):
				t.Fatalf("%s does not start", what)
			}
			s = start(t, s.Installation)
		}
		await.True(t, "the end of the push", func() bool {
			return count(t, db, `select count(*) from listing_push where status = 'succeeded'`) == 1
		})
		if v, a := double.ChangeSets("VALIDATE"), double.ChangeSets("APPLY"); v != 1 || a != 1 {
			t.Errorf("%d checks, %d applied; want 1 of each", v, a)
		}
		p, revision := double.Product("prod-1")
		events := count(t, db, `select count(*) from event where name = 'listing.pushed'`)
		if p.Title != "Acme Shared Inbox" || revision != 2 || events != 1 {
			t.Errorf("AWS has %q in revision %d; %d events", p.Title, revision, events)
		}
	})
}

// whenStarted reports the first start of a change set of each intent, and withholds the answer until the receiver lets
// it go.
func whenStarted(double *awstest.Server, started chan func()) func(operation string) {
	seen := map[string]*sync.Once{"VALIDATE": {}, "APPLY": {}}
	return func(operation string) {
		for intent, once := range seen {
			if operation == "StartChangeSet" && double.ChangeSets(intent) > 0 {
				once.Do(func() {
					killed := make(chan struct{})
					started <- sync.OnceFunc(func() { close(killed) })
					<-killed
				})
			}
		}
	}
}

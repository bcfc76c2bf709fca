package aws_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/extension/aws/awstest"
	"vellocity/internal/web/webtest"
)

const (
	path = "/settings/aws"
	role = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"
)

// start starts a server that has AWS keys, and what answers in AWS's place.
func start(t *testing.T) (*webtest.Person, *awstest.Server) {
	t.Helper()
	for _, pair := range awstest.Keys() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	double := awstest.New().Start(t)
	return webtest.StartWith(t, map[string]string{"aws-endpoint": double.URL}), double
}

// page returns a page as it is read, after the checks of every page.
func page(p *webtest.Person) string {
	p.T.Helper()
	body := p.Get(path).Body
	webtest.Parse(p.T, path, body)
	return html.UnescapeString(body)
}

func says(t *testing.T, body string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(body, want) {
			_, main, _ := strings.Cut(body, "<main")
			main, _, _ = strings.Cut(main, "</main>")
			t.Errorf("the page does not say %q:\n%s", want, main)
		}
	}
}

func TestAPersonConnectsAWS(t *testing.T) {
	p, double := start(t)
	double.Put(awstest.Product{ID: "prod-1", Type: "SaaSProduct", Title: "Acme Shared Inbox", Short: "One inbox.",
		Long: "It sorts."})
	before := page(p)
	says(t, before, "Create a role", "Give it permissions", `"sts:ExternalId": "`, "aws-marketplace:DescribeEntity")
	says(t, p.Get("/listings").Body, "Connect AWS")
	says(t, p.Get("/deals").Body, "Connect AWS")

	for value, want := range map[string]string{
		"": "The iam_role_arn field is required", "vellocity": "arn:aws:iam::",
		role: "is not authorized to perform: sts:AssumeRole",
	} {
		for _, try := range []string{"", "test"} {
			refused := p.Post(path, url.Values{"iam_role_arn": {value}, "try": {try}})
			webtest.Parse(t, path, refused.Body)
			if refused.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", value, refused.Status)
			}
			says(t, html.UnescapeString(refused.Body), want, `id="role-error"`, `value="`+value+`"`)
		}
	}
	id := regexp.MustCompile(`"sts:ExternalId": "([^"]+)"`).FindStringSubmatch(before)[1]
	double.Trust(awstest.Role{ARN: role, ExternalID: id})
	tested := p.Post(path, url.Values{"iam_role_arn": {role}, "try": {"test"}})
	webtest.Parse(t, path, tested.Body)
	says(t, tested.Body, "The role works. Nothing is stored yet", `value="`+role+`"`)
	says(t, page(p), "Create a role")

	if r := p.Post(path, url.Values{"iam_role_arn": {role}}); r.Location != path {
		t.Fatalf("connect: %d %s", r.Status, r.Body)
	}
	enginetest.Eventually(t, func() string {
		if body := page(p); strings.Contains(body, "1 new listing, 0 changed, 0 conflicts") {
			return ""
		}
		return "no sync has ended"
	})
	says(t, page(p), role, "Sync now", "Test again", "Disconnect…", "Next sync")
	says(t, p.Get("/listings").Body, "Acme Shared Inbox", "AWS synced <time")
	if part := p.Get(path, "HX-Request", "true").Body; !strings.Contains(part, "1 new listing") ||
		strings.Contains(part, "<main") {
		t.Errorf("the live part is %s", part)
	}

	again := p.Post(path+"/test", nil)
	webtest.Parse(t, path, again.Body)
	says(t, again.Body, "The role works.</span>")
	double.Trust(awstest.Role{ARN: role, ExternalID: "another"})
	again = p.Post(path+"/test", nil)
	webtest.Parse(t, path, again.Body)
	says(t, html.UnescapeString(again.Body), "is not authorized to perform", "Check the trust policy")
	if r := p.Post(path+"/sync", nil); r.Location != path {
		t.Errorf("sync: %d %s", r.Status, r.Body)
	}
	enginetest.Eventually(t, func() string {
		if strings.Contains(page(p), "The last sync failed. AWS says: ") {
			return ""
		}
		return "no sync has failed"
	})
	says(t, p.Get("/deals").Body, "AWS sync failed")

	asked := p.Get(path + "?disconnect=1").Body
	webtest.Parse(t, path, asked)
	says(t, asked, "Listings, their versions, items and deals stay here", "Disconnect AWS</button>")
	if r := p.Post(path+"/disconnect", url.Values{"etag": {`"0-old"`}}); !strings.Contains(page(p), "Sync now") {
		t.Errorf("a stale page disconnected: %d", r.Status)
	}
	if r := p.Post(path+"/disconnect", nil); r.Location != path {
		t.Errorf("disconnect: %d %s", r.Status, r.Body)
	}
	says(t, page(p), "Create a role")
	says(t, p.Get("/listings").Body, "Acme Shared Inbox")
}

// A person without the scope admin reads the page, and gets no buttons.
func TestAnEditorSeesHowAWSIsConnected(t *testing.T) {
	p, double := start(t)
	id := regexp.MustCompile(`"sts:ExternalId": "([^"]+)"`).FindStringSubmatch(page(p))[1]
	double.Trust(awstest.Role{ARN: role, ExternalID: id})
	if r := p.Post(path, url.Values{"iam_role_arn": {role}}); r.Location != path {
		t.Fatalf("connect: %d %s", r.Status, r.Body)
	}
	p.Become(domain.RoleViewer)
	body := page(p)
	says(t, body, role, "Last sync")
	for _, button := range []string{"Sync now", "Test again", "Disconnect", `action="` + path} {
		if main := body[strings.Index(body, "<main"):]; strings.Contains(main, button) {
			t.Errorf("a viewer sees %q", button)
		}
	}
}

// A server without AWS keys says so, and what its operator does.
func TestAServerWithoutKeysOfAWS(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true", "HOME": t.TempDir(),
	} {
		t.Setenv(name, value)
	}
	p := webtest.Start(t)
	body := page(p)
	says(t, body, "This server has no AWS keys of its own. The operator sets AWS_ACCESS_KEY_ID", "sts:AssumeRole",
		"listings, deals and reports work on what you enter")
	if strings.Contains(body, `name="iam_role_arn"`) {
		t.Error("the page asks for a role that cannot be connected")
	}
	if r := p.Get("/listings"); r.Status != http.StatusOK {
		t.Errorf("listings: %d", r.Status)
	}
}

package aws_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/extension/aws/awstest"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

const (
	role     = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"
	external = "vellocity-7-abcdef"
)

// seen is what client.mjs prints.
type seen struct {
	Identity, Title, SameTitle, TooLong, Validated, Stage string
	Entities                                              []string
	Opportunities                                         [][]any
	BadStageFields, SubmittedFields, ActionTitleFields    []string
	EnumAndLengthFields                                   []string
	Ascending, ByID, Since, NextPage                      string
	CustomerGone                                          bool
	Errors                                                map[string]string
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Amazon's own clients understand the double, answers and errors, and it accepts their signatures: so what our client
// is tested with has the shape of AWS.
func TestAmazonsClientsUnderstandTheDouble(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules/@aws-sdk/client-sts/package.json")
	}
	if err != nil {
		product.Missing(t, "Amazon's clients are not there; install Node 20 and run npm ci --prefix test/aws")
	}
	double := awstest.New().Start(t)
	double.Trust(awstest.Role{ARN: role, ExternalID: external})
	double.Put(awstest.Product{ID: "prod-1", Type: "SaaSProduct", Title: "Acme Shared Inbox"})
	double.Put(awstest.Product{ID: "prod-2", Type: "SaaSProduct", Title: "Acme Bots"})
	double.PutOpportunity(map[string]any{
		"Id": "O1", "LifeCycle": map[string]any{"Stage": "Qualified", "ReviewStatus": "Approved"},
		"Project": map[string]any{"Title": "Shared inbox"}, "Customer": map[string]any{"Account": map[string]any{"CompanyName": "Norwick"}},
	})
	for id, status := range map[string]string{"O2": "Submitted", "O3": "Action Required"} {
		double.PutOpportunity(map[string]any{
			"Id": id, "LifeCycle": map[string]any{"Stage": "Qualified", "ReviewStatus": status},
			"Project": map[string]any{"Title": "Bots"},
		})
	}
	cmd := exec.CommandContext(t.Context(), node, "client.mjs", double.URL, role, external)
	cmd.Env = append(os.Environ(), awstest.Keys()...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var got seen
	must(t, json.Unmarshal(out, &got))
	if got.Identity != awstest.Account || got.Title != "Acme Shared Inbox" || got.SameTitle != got.Title ||
		!slices.Equal(got.Entities, []string{"Acme Shared Inbox", "Acme Bots"}) || got.Validated != "SUCCEEDED" ||
		!strings.Contains(got.TooLong, "72") || got.Stage != "Committed" || !got.CustomerGone ||
		!slices.Equal(got.BadStageFields, []string{"LifeCycle.ClosedLostReason"}) || len(got.Opportunities) != 3 ||
		got.Opportunities[0][1] != true {
		t.Errorf("%s", out)
	}
	slices.Sort(got.EnumAndLengthFields)
	got.EnumAndLengthFields = slices.Compact(got.EnumAndLengthFields) // the review refuses the type, too
	if got.Ascending != "O2 O3 O1" && got.Ascending != "O3 O2 O1" || got.ByID != "O3 O2 O1" || got.Since != "O1" ||
		got.NextPage != strings.Fields(got.Ascending)[1] ||
		!slices.Equal(got.SubmittedFields, []string{"LifeCycle.ReviewStatus"}) ||
		!slices.Equal(got.ActionTitleFields, []string{"Project.Title"}) || !slices.Equal(got.EnumAndLengthFields, []string{
		"OpportunityType", "Project.CustomerBusinessProblem", "Project.ExpectedCustomerSpend.Amount",
	}) {
		t.Errorf("%s", out)
	}
	for name, want := range map[string]string{
		"noExternalId": "AccessDenied", "wrongToken": "ValidationException", "noEntity": "ResourceNotFoundException",
		"applyUnchecked": "ValidationException", "locked": "ResourceInUseException", "badStage": "ValidationException",
		"tooFast": "ThrottlingException", "stale": "ConflictException",
		"submitted": "ValidationException", "actionTitle": "ValidationException", "enumAndLength": "ValidationException",
		"badSort": "ValidationException",
	} {
		if got.Errors[name] != want {
			t.Errorf("%s: %q; want %q", name, got.Errors[name], want)
		}
	}
}

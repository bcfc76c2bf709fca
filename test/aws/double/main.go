// Command double lets a test in another language use the double of AWS. It prints a line of JSON with its address and
// the environment of a server that uses it. Each line of JSON on its standard input changes what it has, and is
// answered with {}: {"trust": "external id"} lets the role be assumed, {"product": {"ID": "prod-1", "Type":
// "SaaSProduct", "Title": "…"}} adds a product or changes one, {"opportunity": {"Id": "O1", …}} an opportunity. It ends
// with its input.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"

	"vellocity/internal/extension/aws/awstest"
)

// role is the one that a workspace may connect by.
const role = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"

// handle is how to reach the double.
type handle struct {
	URL  string   `json:"url"`
	Role string   `json:"role"`
	Env  []string `json:"env"`
}

type order struct {
	Trust   *string          `json:"trust"`
	Product *awstest.Product `json:"product"`
	Deal    map[string]any   `json:"opportunity"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "double:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	double := awstest.New()
	server := httptest.NewServer(double)
	defer server.Close()
	answers, orders := json.NewEncoder(out), json.NewDecoder(in)
	env := append(awstest.Keys(), "VELLOCITY_AWS_ENDPOINT="+server.URL)
	if err := answers.Encode(handle{server.URL, role, env}); err != nil {
		return fmt.Errorf("print the handle: %w", err)
	}
	for {
		var o order
		switch err := orders.Decode(&o); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read an order: %w", err)
		}
		if o.Trust != nil {
			double.Trust(awstest.Role{ARN: role, ExternalID: *o.Trust})
		}
		if o.Product != nil {
			double.Put(*o.Product)
		}
		if o.Deal != nil {
			double.PutOpportunity(o.Deal)
		}
		if err := answers.Encode(struct{}{}); err != nil {
			return fmt.Errorf("answer an order: %w", err)
		}
	}
}

package quickstart

import "testing"

// The snippets of the document about selling with AWS run as they are printed there, save the one that sends a listing:
// this server is not connected, and test/crash sends one.
func TestPartnersDocument(t *testing.T) {
	document(t, "../../docs/partners.md", "lst_1", "", "Qualified", "2026-02-23")
}

// So does the one that creates a webhook. What a request looks like is not run, and package webhook runs the examples
// that check a signature.
func TestWebhooksDocument(t *testing.T) {
	document(t, "../../docs/webhooks.md", `"secret":`, "", "", "", "")
}

package quickstart

import "testing"

// The snippets of the document about chats run as they are printed there; the last block is a part of a response.
func TestChatDocument(t *testing.T) {
	document(t, "../../docs/chat.md",
		"data: [DONE]", "[S1] Frost: Garden fleece keeps beds two degrees warmer.", "Fleece", "")
}

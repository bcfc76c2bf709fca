package quickstart

import "testing"

// The snippets of the document about images run as they are printed there.
func TestImagesDocument(t *testing.T) {
	document(t, "../../docs/images.md", `"outcome":"ok"`, "completed ", "Our shop on a rainy evening")
}

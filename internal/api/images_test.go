package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The file of an image is served whole, in parts, and not twice to a caller that has it; as what it
// is and as nothing else; and to nobody without a key.
func TestTheFileOfAnImage(t *testing.T) {
	w := start(t)
	key := w.first.Key.Secret
	status, _, raw := w.call(t, key, http.MethodPost, "/api/v1/aiimage/generate-image", `{"image_generator":"dall-e",
		"image_number_of_images":1,"description":"A lighthouse","size":"256x256","quality":"standard"}`, "Prefer: wait=30")
	var made struct {
		Data struct {
			Status string
			Images []struct {
				Output string
				Bytes  int
			}
		}
	}
	if err := json.Unmarshal(raw, &made); err != nil || status != http.StatusCreated || made.Data.Status != "completed" {
		t.Fatalf("%d %s", status, raw)
	}
	path := made.Data.Images[0].Output
	status, header, file := w.call(t, key, http.MethodGet, path, "")
	if status != http.StatusOK || len(file) != made.Data.Images[0].Bytes || !strings.HasPrefix(string(file), "\x89PNG") {
		t.Fatalf("%d, %d bytes", status, len(file))
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Cache-Control": "private, max-age=31536000, immutable",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	tag := header.Get("Etag")
	if status, _, _ = w.call(t, key, http.MethodGet, path, "", "If-None-Match: "+tag); status != http.StatusNotModified {
		t.Errorf("a caller that has it gets %d", status)
	}
	status, header, part := w.call(t, key, http.MethodGet, path, "", "Range: bytes=8-15")
	if status != http.StatusPartialContent || string(part) != string(file[8:16]) ||
		header.Get("Content-Range") != fmt.Sprintf("bytes 8-15/%d", len(file)) {
		t.Errorf("a part: %d %q %q", status, part, header.Get("Content-Range"))
	}
	if status, _, _ = w.call(t, key, http.MethodGet, path, "", "Range: bytes=999999999-"); status !=
		http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a part that it does not have: %d", status)
	}
	if status, _, _ = w.call(t, "", http.MethodGet, path, ""); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}
	if status, _, _ = w.call(t, key, http.MethodGet, path+"9", ""); status != http.StatusNotFound {
		t.Errorf("another image: %d", status)
	}
}

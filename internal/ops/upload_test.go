package ops

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vellocity/internal/domain"
)

type uploaded struct {
	Title string `json:"title,omitempty" limit:"title"`
	File  *struct {
		Name string `json:"name"`
		Data []byte `json:"data"`
	} `json:"file,omitempty"`
}

// fileForm is a form with files in a field.
func fileForm(t *testing.T, field string, contents ...string) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, c := range contents {
		part, err := w.CreateFormFile(field, "a.bin")
		if err == nil {
			_, err = part.Write([]byte(c))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteField("title", "T"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// A file of a form is an object with its name and bytes, whatever they are, within the bound of uploads.
func TestFilesAreUploaded(t *testing.T) {
	row := New(Op{
		Name: "upload", Route: Route{Method: http.MethodPost, Path: "/upload"}, Scope: domain.ScopeRead, Upload: true,
	}, func(_ context.Context, in uploaded) (uploaded, error) { return in, nil },
		func(_ *Reply, in uploaded) int { return len(in.File.Data) }, uploaded{File: &struct {
			Name string `json:"name"`
			Data []byte `json:"data"`
		}{}})
	large := strings.Repeat("\x00\xff", 1<<20)
	for name, c := range map[string]struct {
		field string
		files []string
		code  domain.Code // of the refusal; empty: none
		says  string
	}{
		"bytes":     {field: "file", files: []string{"\x00\xff"}},
		"large":     {field: "file", files: []string{large}},
		"too large": {field: "file", files: []string{strings.Repeat("x", MaxUpload)}, code: domain.CodePayloadTooLarge, says: "larger"},
		"two":       {field: "file", files: []string{"a", "b"}, code: domain.CodeBadRequest, says: "more than one file"},
		"elsewhere": {field: "title", files: []string{"a"}, code: domain.CodeBadRequest, says: "is a file"},
		"unknown":   {field: "other", files: []string{"a"}, code: domain.CodeBadRequest, says: "is a file"},
	} {
		body, contentType := fileForm(t, c.field, c.files...)
		r := httptest.NewRequest(http.MethodPost, "/upload", bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		_, _, err := row.DecodeRequest(httptest.NewRecorder(), r)
		if c.code == "" && err == nil {
			continue
		}
		if domain.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/upload", strings.NewReader(`{"title":"`+strings.Repeat("x", MaxBody)+`"}`))
	r.Header.Set("Content-Type", "application/json")
	if _, _, err := row.DecodeRequest(httptest.NewRecorder(), r); domain.CodeOf(err) != domain.CodePayloadTooLarge {
		t.Errorf("JSON of more than its bound: %v", err)
	}
}

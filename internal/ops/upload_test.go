package ops

import (
	"bytes"
	"context"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
)

type carried struct {
	Kind string `json:"kind" limit:"slug"`
	File Upload `json:"file,omitempty"`
}

func uploadRow(seen *carried) Op {
	return New(Op{
		Name: "carry", Route: Route{Method: http.MethodPost, Path: "/carry"}, Scope: domain.ScopeRead, Forms: true,
	}, func(_ context.Context, in carried) (int, error) { *seen = in; return 0, nil },
		func(_ *Reply, n int) int { return n }, 0)
}

// withFile is a form with a file in a field.
func withFile(field string, data []byte) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("kind", "faq")           // a buffer takes everything, here and below
	part, _ := w.CreateFormFile(field, "a.b") // see above
	_, _ = part.Write(data)
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

// Whatever is in a file, it arrives as it was: from a form, and in base64 in JSON.
func TestAFileArrivesAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "data")
		form, formType := withFile("file", data)
		text := `{"kind":"faq","file":"` + base64.StdEncoding.EncodeToString(data) + `"}`
		for contentType, body := range map[string]string{formType: form, "application/json": text} {
			var got carried
			o := uploadRow(&got)
			r := httptest.NewRequest(http.MethodPost, "/api/v1/carry", strings.NewReader(body))
			r.Header.Set("Content-Type", contentType)
			call, _, err := o.DecodeRequest(httptest.NewRecorder(), r)
			if err == nil {
				_, err = call.Do(context.Background())
			}
			if err != nil || !bytes.Equal(got.File, data) || got.Kind != "faq" {
				t.Fatalf("%s: %+v, %v", contentType, got, err)
			}
		}
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	elsewhere, elsewhereType := withFile("kind", []byte("x"))
	unknown, unknownType := withFile("other", []byte("x"))
	large, largeType := withFile("file", make([]byte, MaxUpload))
	for name, c := range map[string]struct {
		body, contentType string
		code              domain.Code
		says              string
	}{
		"no base64":                {`{"kind":"faq","file":"%%%"}`, "application/json", domain.CodeValidation, "base64"},
		"no text":                  {`{"kind":"faq","file":[1]}`, "application/json", domain.CodeValidation, "file"},
		"in a field for text":      {elsewhere, elsewhereType, domain.CodeBadRequest, "is a file"},
		"in a field that is not":   {unknown, unknownType, domain.CodeBadRequest, "is a file"},
		"larger than it may be":    {large, largeType, domain.CodePayloadTooLarge, "larger"},
		"with another thing wrong": {`{"kind":"","file":"%"}`, "application/json", domain.CodeValidation, "file"},
	} {
		t.Run(name, func(t *testing.T) {
			var got carried
			o := uploadRow(&got)
			r := httptest.NewRequest(http.MethodPost, "/api/v1/carry", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.contentType)
			_, _, err := o.DecodeRequest(httptest.NewRecorder(), r)
			if domain.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	var got filled
	if o := formRow(true, &got); o.MaxBody() != MaxBody {
		t.Errorf("a row without a file reads %d bytes", o.MaxBody())
	}
}

type named struct {
	Title string `json:"title,omitempty" limit:"title"`
	File  *struct {
		Name string `json:"name"`
		Data Upload `json:"data"`
	} `json:"file,omitempty"`
}

// A field may take the name of a file beside its data. Two files are refused.
func TestAFileWithItsName(t *testing.T) {
	var got named
	o := New(Op{
		Name: "name", Route: Route{Method: http.MethodPost, Path: "/name"}, Scope: domain.ScopeRead, Forms: true,
	}, func(_ context.Context, in named) (int, error) { got = in; return 0, nil },
		func(_ *Reply, n int) int { return n }, 0)
	if o.MaxBody() != MaxUpload {
		t.Errorf("a row with a file reads %d bytes", o.MaxBody())
	}
	for files, says := range map[int]string{1: "", 2: "more than one file"} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for range files {
			part, _ := w.CreateFormFile("file", "a.docx") // a buffer takes everything
			_, _ = part.Write([]byte("\x00\xff"))
		}
		_ = w.Close()
		r := httptest.NewRequest(http.MethodPost, "/api/v1/name", &b)
		r.Header.Set("Content-Type", w.FormDataContentType())
		call, _, err := o.DecodeRequest(httptest.NewRecorder(), r)
		if err == nil {
			_, err = call.Do(context.Background())
		}
		switch {
		case says != "" && (err == nil || !strings.Contains(err.Error(), says)):
			t.Errorf("%d files: %v", files, err)
		case says == "" && (err != nil || got.File.Name != "a.docx" || string(got.File.Data) != "\x00\xff"):
			t.Errorf("%d files: %+v, %v", files, got.File, err)
		}
	}
}

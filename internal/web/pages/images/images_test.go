package images_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/web/webtest"
)

// form is a posted form with a file; nil: none.
func form(t *testing.T, file []byte, fields ...string) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		webtest.No(t, w.WriteField(fields[i], fields[i+1]))
	}
	if file != nil {
		part, err := w.CreateFormFile("image_src", "a.png")
		webtest.No(t, err)
		_, err = part.Write(file)
		webtest.No(t, err)
	}
	webtest.No(t, w.Close())
	return b.Bytes(), w.FormDataContentType()
}

// A person without scripts sends a form with a file, sees the image, describes it and deletes it.
func TestAnImageIsGeneratedWithoutAScript(t *testing.T) {
	p := webtest.Start(t)
	var picture bytes.Buffer
	webtest.No(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
	body, contentType := form(t, picture.Bytes(),
		"image_generator", "stablediffusion", "stable_description", "A lighthouse",
		"type", "image-to-image", "image_resolution", "256x256", "image_number_of_images", "1")
	r := p.PostBody("/images", body, contentType)
	if r.Status != http.StatusSeeOther || r.Location != "/images?engine=stablediffusion" {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
	}
	page := ""
	await.True(t, "the image is there", func() bool {
		page = p.Get(r.Location).Body
		return strings.Contains(page, `href="/images/1"`)
	})
	webtest.Parse(t, r.Location, page)
	one := p.Get("/images/1")
	webtest.Parse(t, "/images/1", one.Body)
	if file := p.Get("/images/1/file"); file.Status != http.StatusOK || !strings.HasPrefix(file.Body, "\x89PNG") {
		t.Errorf("the file: %d", file.Status)
	}
	change := url.Values{"alt_text": {"A lighthouse at night"}, "version": {"1"}}
	if r := p.Post("/images/1", change); r.Status != http.StatusSeeOther {
		t.Errorf("the alt text: %d", r.Status)
	}
	p.Post("/images/1", url.Values{"alt_text": {"Somebody was faster"}, "version": {"1"}})
	if page := p.Get("/images/1").Body; !strings.Contains(page, `alt="A lighthouse at night"`) {
		t.Error("the image has no alt text, or lost it")
	}
	p.Post("/images/1/delete", nil)
	for _, path := range []string{"/images/1", "/images/1/file"} {
		if r := p.Get(path); r.Status != http.StatusNotFound {
			t.Errorf("%s of a deleted image: %d", path, r.Status)
		}
	}
}

func TestARefusedFormKeepsWhatWasWritten(t *testing.T) {
	p := webtest.Start(t)
	body, contentType := form(t, []byte("<svg/>"),
		"image_generator", "stablediffusion", "stable_description", "A lighthouse",
		"type", "upscale", "image_resolution", "big", "image_number_of_images", "two")
	r := p.PostBody("/images", body, contentType)
	webtest.Parse(t, "/images", r.Body)
	for _, want := range []string{
		"A lighthouse", `value="big"`, "such as 1024x768", "a PNG, JPEG or WebP picture", "at least 1", `href="#f-image_src"`,
	} {
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, want) {
			t.Errorf("%d lacks %q", r.Status, want)
		}
	}
}

func TestAFileIsTakenWhereItMayBe(t *testing.T) {
	p := webtest.Start(t)
	large := bytes.Repeat([]byte("x"), 3<<20)
	body, contentType := form(t, large,
		"image_generator", "flux-pro-kontext", "description", "x", "image_number_of_images", "1")
	if r := p.PostBody("/images", body, contentType); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a large file that is no picture: %d", r.Status)
	}
	if r := p.PostBody("/check", body, contentType); r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large form elsewhere: %d", r.Status)
	}
}

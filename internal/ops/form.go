package ops

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
)

// mostParts bounds the fields of a form.
const mostParts = 200

// The media types of forms, which a row with [Op.Forms] takes beside JSON.
const (
	MultipartForm  = "multipart/form-data"
	URLEncodedForm = "application/x-www-form-urlencoded"
)

// formDocument reads the body of a request as a form and makes the JSON document of it that says the same: a field of a
// form is a text, which becomes what the schema says it is; one that is given several times is a list. ok is false
// where the body is no form.
func (o *Op) formDocument(r *http.Request, raw []byte) (d document, ok bool, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !o.Forms || err != nil || media != MultipartForm && media != URLEncodedForm {
		return d, false, nil //nolint:nilerr // a type that cannot be read is refused with those that are not JSON
	}
	var values url.Values
	if media == MultipartForm {
		values, err = o.multipartValues(raw, params["boundary"])
	} else if values, err = url.ParseQuery(string(raw)); err != nil {
		err = errors.New("the form is malformed: write % as %25 and ; as %3B")
	}
	if err != nil {
		return d, true, domain.Errorf(domain.CodeBadRequest, "%s", Capitalize(err.Error()))
	}
	tree := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(values[name], "")) {
			return d, true, domain.Errorf(domain.CodeBadRequest, "The body is not valid UTF-8")
		}
		tree[name] = formValue(o.in.body.Properties[name], values[name])
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return d, true, fmt.Errorf("write a form as JSON: %w", err)
	}
	d, err = parseDocument(text)
	return d, true, err
}

// formValue is what the texts of a form's field say. An empty text of a field that is no text is one that was left out.
func formValue(s *Schema, texts []string) any {
	var known Schema
	if s != nil {
		known = *s
	}
	if known.Type == typeArray || len(texts) > 1 {
		return texts
	}
	switch v := typed(&known, texts[0]); {
	case texts[0] == "" && known.Type != "" && known.Type != typeString:
		return nil
	case known.Type == typeObject && json.Valid([]byte(texts[0])):
		return json.RawMessage(texts[0])
	default:
		return v
	}
}

// multipartValues reads the fields of a form (RFC 7578). A file becomes a text in base64 where its field
// takes one, and is refused elsewhere.
func (o *Op) multipartValues(raw []byte, boundary string) (url.Values, error) {
	if boundary == "" {
		return nil, errors.New("the Content-Type header has no boundary")
	}
	values := url.Values{}
	r := multipart.NewReader(bytes.NewReader(raw), boundary)
	for n := 0; ; n++ {
		part, err := r.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return values, nil
		case err != nil:
			return nil, errors.New("the form is malformed, or it ended too early")
		case n == mostParts:
			return nil, fmt.Errorf("the form has more than %d fields", mostParts)
		case part.FileName() != "" && !o.takesFile(part.FormName()):
			return nil, fmt.Errorf("the field %q is a file; send its text", Clip(part.FormName()))
		case part.FormName() == "":
			return nil, errors.New("a part of the form has no name")
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, errors.New("the form is malformed, or it ended too early")
		}
		value := string(text)
		if part.FileName() != "" {
			if values.Has(part.FormName()) {
				return nil, fmt.Errorf("the field %q has more than one file; send them one by one", Clip(part.FormName()))
			}
			if value, err = o.fileValue(part.FormName(), part.FileName(), text); err != nil {
				return nil, err
			}
		}
		values.Add(part.FormName(), value)
	}
}

// takesFile reports whether a field is an [Upload], or an object with its name and its data.
func (o *Op) takesFile(name string) bool {
	f := o.in.byName[name]
	return f != nil && (isFile(f.Schema) || isNamedFile(f.Schema))
}

func isFile(s *Schema) bool { return s.ContentEncoding == fileEncoding }

// isNamedFile reports whether a field is an object with the name and the data of a file.
func isNamedFile(s *Schema) bool {
	data := s.Properties["data"]
	return s.Properties["name"] != nil && data != nil && isFile(data)
}

// fileValue is a file of a form as the text that its field takes.
func (o *Op) fileValue(field, name string, data []byte) (string, error) {
	if isFile(o.in.byName[field].Schema) {
		return base64.StdEncoding.EncodeToString(data), nil
	}
	text, err := json.Marshal(struct {
		Name string `json:"name"`
		Data []byte `json:"data"` // base64
	}{strings.ToValidUTF8(name, "\ufffd"), data})
	if err != nil {
		return "", fmt.Errorf("write a file as JSON: %w", err)
	}
	return string(text), nil
}

// gather moves what stands beside the fields that a row knows into the one that takes any: a caller may write
// {"post_type":"faq_generator","title":"Returns"} for {"post_type":"faq_generator","fields":{"title":"Returns"}}.
func (d *document) gather(in *input, p *domain.Problems) {
	top, ok := d.tree.(map[string]any)
	if !ok || in.open == "" {
		return
	}
	inner, ok := top[in.open].(map[string]any)
	if top[in.open] == nil {
		inner, ok = map[string]any{}, true
	}
	if !ok {
		return // what is wrong with it is said elsewhere
	}
	for name, value := range top {
		if in.byName[name] != nil {
			continue
		}
		if _, twice := inner[name]; twice {
			p.Add(Clip(name), "The %s field is given twice: beside %s and in it", Clip(name), in.open)
		}
		inner[name] = value
		delete(top, name)
		d.changed = true
	}
	if d.changed && len(inner) > 0 {
		top[in.open] = inner
	}
}

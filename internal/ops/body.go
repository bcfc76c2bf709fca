package ops

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// MaxBody bounds the body of a request, in bytes: 1 MiB. MaxUpload bounds that of a request to an
// operation that takes a file ([Upload]): 20 MiB for the file, and as much as any other for the rest.
const (
	MaxBody   = 1 << 20
	MaxUpload = 20<<20 + MaxBody
)

// noFields is the body of an operation that takes none: nothing, or {}.
var noFields = &Schema{Type: typeObject, AdditionalProperties: false}

// RefuseBody returns a fault for what the body of a request says to an operation that
// takes no body: nothing that a caller says is ignored. An empty body and {} say nothing.
func RefuseBody(w http.ResponseWriter, r *http.Request) error {
	raw, err := ReadBody(w, r, MaxBody)
	if err != nil {
		return err
	}
	d, err := bodyDocument(r, raw)
	if err != nil {
		return err
	}
	var p domain.Problems
	check(noFields, d.tree, "", &p)
	return p.Err()
}

// RefuseQuery returns a fault that names the parameters of a request to an operation that
// takes none.
func RefuseQuery(r *http.Request) error {
	none := Op{in: &input{}}
	var p domain.Problems
	if err := none.decodeQuery(r, reflect.Value{}, &p); err != nil {
		return err
	}
	return p.Err()
}

// CheckQuery returns the faults of the query of a row whose handler reads it itself; see
// [TakesQuery]. Any other row's handler takes none.
func (o *Op) CheckQuery(r *http.Request) error {
	if o.query == nil {
		return RefuseQuery(r)
	}
	of, v := Op{in: o.query}, reflect.New(o.query.typ)
	var p domain.Problems
	if err := of.decodeQuery(r, v, &p); err != nil {
		return err
	}
	return p.Err()
}

func (o *Op) decodeBody(r *http.Request, d document, v reflect.Value, p *domain.Problems) error {
	path := map[string]any{}
	for i := range o.in.fields {
		if f := &o.in.fields[i]; f.In == InPath {
			path[f.Name] = r.PathValue(f.Name)
		}
	}
	schema := o.in.body
	if schema == nil {
		schema = noFields
	}
	return o.decode(schema, d, path, v, p)
}

// bodyDocument reads a body as JSON. An empty one is an empty object.
func bodyDocument(r *http.Request, raw []byte) (document, error) {
	if len(raw) == 0 {
		return document{tree: map[string]any{}, raw: []byte("{}")}, nil
	}
	if err := RequireJSON(r); err != nil {
		return document{}, err
	}
	return parseDocument(raw)
}

// leaveOutNulls removes the fields that are null and need not be given: null means that
// a field was left out. It returns the names of those that null clears instead.
func (d *document) leaveOutNulls(s *Schema) (cleared []string) {
	m, ok := d.tree.(map[string]any)
	if !ok {
		return nil
	}
	for name, known := range s.Properties {
		v, given := m[name]
		switch {
		case given && v == nil && !slices.Contains(s.Required, name):
			delete(m, name)
			d.changed = true
			if known.Nullable {
				cleared = append(cleared, name)
			}
		case known.Type == typeObject && known.Properties != nil:
			inner := document{tree: v}
			inner.leaveOutNulls(known)
			d.changed = d.changed || inner.changed
		}
	}
	return cleared
}

// clear writes the empty value into the fields that null clears: pointers, so that a verb
// can tell it from a field that was left out.
func (o *Op) clear(names []string, v reflect.Value) {
	for _, name := range names {
		at := v.Elem().FieldByIndex(o.in.byName[name].index)
		at.Set(reflect.New(at.Type().Elem()))
	}
}

// ReadBody reads the body of a request. The error is PAYLOAD_TOO_LARGE above
// the limit in bytes, UNSUPPORTED_MEDIA_TYPE for a compressed body, else BAD_REQUEST.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		e := domain.Errorf(domain.CodePayloadTooLarge, "The body is larger than %d bytes", tooLarge.Limit)
		return nil, e.With("limit", tooLarge.Limit)
	case err != nil:
		var known *domain.Error
		if errors.As(err, &known) {
			return nil, known
		}
		return nil, domain.Errorf(domain.CodeBadRequest, "The body ended before it was complete").Because(err)
	}
	if e := r.Header.Get("Content-Encoding"); len(raw) > 0 && e != "" && !strings.EqualFold(e, "identity") {
		return nil, domain.Errorf(domain.CodeUnsupportedMediaType, "The body must not be compressed")
	}
	return raw, nil
}

// RequireJSON returns UNSUPPORTED_MEDIA_TYPE unless the request says that its body is
// JSON in UTF-8.
func RequireJSON(r *http.Request) error {
	header := r.Header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(header)
	isJSON := media == "application/json" ||
		strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
	if err != nil || !isJSON {
		return domain.Errorf(domain.CodeUnsupportedMediaType, "Send the body as Content-Type: application/json")
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") && !strings.EqualFold(c, "utf8") {
		return domain.Errorf(domain.CodeUnsupportedMediaType, "Send the body in UTF-8")
	}
	return nil
}

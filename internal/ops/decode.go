package ops

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// MaxBody bounds the body of a request, in bytes: 1 MiB.
const MaxBody = 1 << 20

// DecodeRequest reads a request into a call. All faults of path, query, headers and
// body are collected into one VALIDATION_ERROR. The raw body is returned too.
func (o *Op) DecodeRequest(w http.ResponseWriter, r *http.Request) (c *Call, raw []byte, err error) {
	c, err = o.bind(func(v reflect.Value) (err error) {
		var p domain.Problems
		if err := o.decodePath(r, v); err != nil {
			return err
		}
		if err := o.decodeQuery(r, v, &p); err != nil {
			return err
		}
		o.decodeHeaders(r, v)
		if raw, err = o.decodeBody(w, r, v, &p); err != nil {
			return err
		}
		return p.Err()
	})
	return c, raw, err
}

// DecodeArguments reads the arguments of a tool into a call: every field in one
// object.
func (o *Op) DecodeArguments(raw []byte) (*Call, error) {
	return o.bind(func(v reflect.Value) error {
		if len(raw) == 0 {
			raw = []byte("{}")
		}
		tree, err := ParseJSON(raw)
		if err != nil {
			return err
		}
		var p domain.Problems
		check(o.in.flat, tree, "", &p)
		if err := p.Err(); err != nil {
			return err
		}
		return fill(v, raw)
	})
}

// decodePath reads the path. A value that no resource can have is not found, just
// like one that no resource has.
func (o *Op) decodePath(r *http.Request, v reflect.Value) error {
	for i := range o.in.fields {
		f := &o.in.fields[i]
		if f.In != InPath {
			continue
		}
		var p domain.Problems
		text := r.PathValue(f.Name)
		check(f.Schema, typed(f.Schema, text), f.Name, &p)
		if p.Err() != nil {
			return domain.NotFound(title(o.Command.Noun))
		}
		f.set(v, text)
	}
	return nil
}

func (o *Op) decodeQuery(r *http.Request, v reflect.Value, p *domain.Problems) error {
	if r.URL.RawQuery == "" {
		o.missing(nil, p)
		return nil
	}
	if strings.Contains(r.URL.RawQuery, "vell_") {
		return domain.Errorf(domain.CodeUnauthorized, "Don't put API keys in the URL: it is logged. "+
			"Use the Authorization header and rotate this key")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The query string is malformed")
	}
	for _, name := range sortedKeys(query) {
		f := o.in.byName[name]
		if f == nil || f.In != InQuery {
			p.Unknown(Clip(name), "parameter", name, o.in.names(InQuery))
			continue
		}
		f.decode(query[name], v, p)
	}
	o.missing(query, p)
	return nil
}

// decode reads a query parameter. An empty one that is not required counts as absent.
func (f *Field) decode(values []string, v reflect.Value, p *domain.Problems) {
	if len(values) > 1 {
		p.Add(f.Name, "The %s field is given %d times", f.Name, len(values))
		return
	}
	if values[0] == "" && !f.Required {
		return
	}
	if check(f.Schema, typed(f.Schema, values[0]), f.Name, p) {
		f.set(v, values[0])
	}
}

func (o *Op) missing(given url.Values, p *domain.Problems) {
	for i := range o.in.fields {
		if f := &o.in.fields[i]; f.In == InQuery && f.Required && !given.Has(f.Name) {
			p.Required(f.Name)
		}
	}
}

func (o *Op) decodeHeaders(r *http.Request, v reflect.Value) {
	for i := range o.in.fields {
		f := &o.in.fields[i]
		switch f.In {
		case InHeader:
			if text := strings.Join(r.Header.Values(f.Header), ", "); text != "" {
				f.set(v, text)
			}
		case InPrefer:
			if n, ok := preferredWait(r.Header.Values("Prefer")); ok {
				f.set(v, strconv.Itoa(n))
			}
		}
	}
}

// PreferenceApplied returns the value of the Preference-Applied header, if the
// operation honours a preference of the request.
func (o *Op) PreferenceApplied(r *http.Request) (string, bool) {
	if o.in == nil || !o.in.waits {
		return "", false
	}
	n, ok := preferredWait(r.Header.Values("Prefer"))
	return "wait=" + strconv.Itoa(n), ok
}

// preferredWait finds wait=N among the preferences (RFC 7240). A longer wait than
// allowed becomes the longest; a value that is no number is ignored.
func preferredWait(headers []string) (seconds int, ok bool) {
	for _, h := range headers {
		for pref := range strings.SplitSeq(h, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(pref), "=")
			value, _, _ = strings.Cut(value, ";")
			n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
			if strings.EqualFold(strings.TrimSpace(name), "wait") && err == nil && n >= 0 {
				return min(n, domain.LimitWait.Max), true
			}
		}
	}
	return 0, false
}

func (o *Op) decodeBody(w http.ResponseWriter, r *http.Request, v reflect.Value, p *domain.Problems) ([]byte, error) {
	if o.in.body == nil {
		return nil, nil
	}
	raw, err := ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		check(o.in.body, map[string]any{}, "", p)
		return raw, nil
	}
	if err := RequireJSON(r); err != nil {
		return nil, err
	}
	tree, err := ParseJSON(raw)
	if err != nil {
		return nil, err
	}
	check(o.in.body, tree, "", p)
	if p.Err() == nil { // otherwise the caller reports all faults together
		err = fill(v, raw)
	}
	return raw, err
}

// fill writes checked JSON into the input.
func fill(v reflect.Value, raw []byte) error {
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The input could not be read").Because(err)
	}
	return nil
}

// ReadBody reads the body of a request. The error is PAYLOAD_TOO_LARGE above
// [MaxBody], UNSUPPORTED_MEDIA_TYPE for a compressed body, else BAD_REQUEST.
func ReadBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, domain.Errorf(domain.CodeUnsupportedMediaType, "The body must not be compressed")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
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
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return domain.Errorf(domain.CodeUnsupportedMediaType, "Send the body in UTF-8")
	}
	return nil
}

// typed gives the text of a parameter the form that its schema is checked in.
func typed(s *Schema, text string) any {
	switch s.Type {
	case typeInteger, typeNumber:
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text)
		}
	case typeBoolean:
		if text == "true" || text == "1" {
			return true
		}
		if text == "false" || text == "0" {
			return false
		}
	}
	return text
}

// set gives the field the checked text of a parameter.
func (f *Field) set(v reflect.Value, text string) {
	at := v.Elem().FieldByIndex(f.index)
	switch at.Kind() {
	case reflect.String:
		at.SetString(text)
	case reflect.Bool:
		at.SetBool(text == "true" || text == "1")
	case reflect.Int, reflect.Int64:
		n, _ := strconv.ParseInt(text, 10, 64) // checked before
		at.SetInt(n)
	default:
		panic("ops: a parameter cannot be a " + at.Kind().String())
	}
}

func sortedKeys(v url.Values) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// title turns a command's noun into the word of a message: brand-voices is
// "Brand voice".
func title(noun string) string {
	return Capitalize(strings.ReplaceAll(strings.TrimSuffix(noun, "s"), "-", " "))
}

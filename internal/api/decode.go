package api

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
	"time"

	"github.com/danielgtaylor/huma/v2"

	"vellocity/internal/domain"
)

// maxBody bounds the body of a request: 1 MiB.
const maxBody = 1 << 20

// decode reads a request into the operation's input. All that is wrong with
// path, query, headers and body is told at once. It returns the raw body too.
func (o *Op) decode(w http.ResponseWriter, r *http.Request) (any, []byte, error) {
	v := o.in.fresh()
	var p domain.Problems
	if err := o.decodePath(r, v); err != nil {
		return nil, nil, err
	}
	if err := o.decodeQuery(r, v, &p); err != nil {
		return nil, nil, err
	}
	o.decodeHeaders(r, v)
	raw, err := o.decodeBody(w, r, v, &p)
	if err != nil {
		return nil, nil, err
	}
	if err := p.Err(); err != nil {
		return nil, nil, err
	}
	return v.Interface(), raw, nil
}

// decodePath reads what the path names. A path that names nothing possible is
// not found, like one that names nothing that is there.
func (o *Op) decodePath(r *http.Request, v reflect.Value) error {
	for i := range o.in.fields {
		f := &o.in.fields[i]
		if f.in != inPath {
			continue
		}
		var p domain.Problems
		text := r.PathValue(f.name)
		check(f.schema, typed(f.schema, text), f.name, &p)
		if p.Err() != nil {
			return domain.NotFound(title(o.Noun))
		}
		f.set(v, text)
	}
	return nil
}

func (o *Op) decodeQuery(r *http.Request, v reflect.Value, p *domain.Problems) error {
	if r.URL.RawQuery == "" {
		o.missing(nil, inQuery, p)
		return nil
	}
	if strings.Contains(r.URL.RawQuery, "vell_") {
		return domain.Errorf(domain.CodeUnauthorized, "A key does not belong into an address, where logs keep it: send it in the Authorization header, and replace this one")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The query is not well formed")
	}
	for _, name := range sortedKeys(query) {
		f := o.in.byName[name]
		if f == nil || f.in != inQuery {
			p.Add(clip(name), "%s", unknown("parameter", name, o.in.names(inQuery)))
			continue
		}
		o.decodeParameter(f, query[name], v, p)
	}
	o.missing(query, inQuery, p)
	return nil
}

func (o *Op) decodeParameter(f *field, values []string, v reflect.Value, p *domain.Problems) {
	if len(values) > 1 {
		p.Add(f.name, "The %s parameter is there %d times", f.name, len(values))
		return
	}
	if values[0] == "" && !f.needed {
		return
	}
	var faults domain.Problems
	check(f.schema, typed(f.schema, values[0]), f.name, &faults)
	var bad *domain.Error
	if errors.As(faults.Err(), &bad) {
		for _, msg := range bad.Fields[f.name] {
			p.Add(f.name, "%s", strings.Replace(msg, " field ", " parameter ", 1))
		}
		return
	}
	f.set(v, values[0])
}

func (o *Op) missing(given url.Values, where string, p *domain.Problems) {
	for i := range o.in.fields {
		if f := &o.in.fields[i]; f.in == where && f.needed && !given.Has(f.name) {
			p.Required(f.name)
		}
	}
}

func (o *Op) decodeHeaders(r *http.Request, v reflect.Value) {
	for i := range o.in.fields {
		f := &o.in.fields[i]
		switch f.in {
		case inHeader:
			if text := strings.Join(r.Header.Values(f.header), ", "); text != "" {
				f.set(v, text)
			}
		case inPrefer:
			if n, ok := preferredWait(r.Header.Values("Prefer")); ok {
				f.set(v, strconv.Itoa(n))
			}
		}
	}
}

// preferredWait finds wait=N among the preferences (RFC 7240). More than the
// longest wait is the longest wait; what is not a number is no preference.
func preferredWait(headers []string) (seconds int, ok bool) {
	for _, h := range headers {
		for pref := range strings.SplitSeq(h, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(pref), "=")
			value, _, _ = strings.Cut(value, ";")
			n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
			if strings.EqualFold(strings.TrimSpace(name), "wait") && err == nil && n >= 0 {
				return min(n, longestWait), true
			}
		}
	}
	return 0, false
}

const longestWait = 60

func (o *Op) decodeBody(w http.ResponseWriter, r *http.Request, v reflect.Value, p *domain.Problems) ([]byte, error) {
	if o.in.body == nil {
		return nil, nil
	}
	raw, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		check(o.in.body, map[string]any{}, "", p)
		return raw, nil
	}
	if err := wantJSON(r); err != nil {
		return nil, err
	}
	tree, err := parseJSON(raw)
	if err != nil {
		return nil, domain.Errorf(domain.CodeBadRequest, "%s", sentence(err.Error()))
	}
	check(o.in.body, tree, "", p)
	if p.Err() == nil { // else the caller tells all faults together
		err = fill(v, raw)
	}
	return raw, err
}

// fill writes checked JSON into the input.
func fill(v reflect.Value, raw []byte) error {
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The input does not fit").Because(err)
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, domain.Errorf(domain.CodeUnsupportedMediaType, "The body must not be compressed")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, domain.Errorf(domain.CodePayloadTooLarge, "The body is larger than %d bytes", tooLarge.Limit).With("limit", tooLarge.Limit)
	case err != nil:
		return nil, domain.Errorf(domain.CodeBadRequest, "The body could not be read to its end").Because(err)
	}
	return raw, nil
}

func wantJSON(r *http.Request) error {
	header := r.Header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(header)
	isJSON := media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
	if err != nil || !isJSON {
		return domain.Errorf(domain.CodeUnsupportedMediaType, "Send the body as Content-Type: application/json")
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return domain.Errorf(domain.CodeUnsupportedMediaType, "Send the body in UTF-8")
	}
	return nil
}

// decodeFlat reads the arguments of a tool: every field in one object.
func (o *Op) decodeFlat(raw []byte) (any, error) {
	v := o.in.fresh()
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	tree, err := parseJSON(raw)
	if err != nil {
		return nil, domain.Errorf(domain.CodeBadRequest, "%s", sentence(err.Error()))
	}
	var p domain.Problems
	check(o.in.flat, tree, "", &p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := fill(v, raw); err != nil {
		return nil, err
	}
	return v.Interface(), nil
}

// typed gives the text of a parameter the form that its schema is checked in.
func typed(s *huma.Schema, text string) any {
	switch s.Type {
	case huma.TypeInteger, huma.TypeNumber:
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text)
		}
	case huma.TypeBoolean:
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
func (f *field) set(v reflect.Value, text string) {
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
		panic("api: a parameter cannot be a " + at.Kind().String())
	}
}

func (in *input) names(where string) []string {
	var names []string
	for _, f := range in.fields {
		if f.in == where {
			names = append(names, f.name)
		}
	}
	return names
}

func sortedKeys(v url.Values) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// title turns a command's noun into the word of a message: brand-voices is
// "Brand voice".
func title(noun string) string {
	return sentence(strings.ReplaceAll(strings.TrimSuffix(noun, "s"), "-", " "))
}

// day reads one end of a stretch of time: a whole day in the workspace's time
// zone, or an instant.
func day(text string, zone *time.Location) (start time.Time, whole bool, err error) {
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t, true, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, false, err
}

package ops

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

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
		o.decodeHeaders(r, v, &p)
		if raw, err = ReadBody(w, r, o.MaxBody()); err != nil {
			return err
		}
		d, form, err := o.formDocument(r, raw)
		switch {
		case err != nil:
			return err
		case form:
			raw = d.raw // the JSON that says the same: the boundary of a form is another one each time
		default:
			if d, err = bodyDocument(r, raw); err != nil {
				return err
			}
		}
		return o.decodeBody(r, d, v, &p)
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
		d, err := parseDocument(raw)
		if err != nil {
			return err
		}
		var p domain.Problems
		return o.decode(o.in.flat, d, nil, v, &p)
	})
}

// decode checks a document and writes it into the input, unless there is a fault. path
// has the arguments that came beside it.
func (o *Op) decode(s *Schema, d document, path map[string]any, v reflect.Value, p *domain.Problems) error {
	cleared := d.leaveOutNulls(s)
	d.gather(o.in, p)
	check(s, d.tree, "", p)
	if p.Err() == nil {
		if err := d.fill(v); err != nil {
			return err
		}
		o.clear(cleared, v)
		return nil
	}
	if args, ok := d.tree.(map[string]any); ok && o.Further != nil {
		args = maps.Clone(args)
		maps.Copy(args, path)
		o.Further(args, p)
	}
	return p.Err()
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
		if f.Type == typeInteger && strings.Trim(text, "0123456789") != "" {
			p.Type(f.Name, "a whole number") // one resource has one address: 5.0 is none
		}
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
		return domain.Errorf(domain.CodeBadRequest, "The query string is malformed: write %% as %%25 and ; as %%3B")
	}
	o.in.joinLists(query)
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

// joinLists writes the values of each list under its one name: types[]=a&types[]=b, as some
// clients write it, and types=a,b are types=a&types=b. An empty list is none.
func (in *input) joinLists(query url.Values) {
	for _, f := range in.fields {
		if f.In != InQuery || f.Type != typeArray {
			continue
		}
		given := slices.Concat(query[f.Name], query[f.Name+"[]"])
		if given == nil {
			continue
		}
		var list []string
		for _, v := range given {
			if v != "" {
				list = append(list, strings.Split(v, ",")...)
			}
		}
		delete(query, f.Name+"[]")
		delete(query, f.Name)
		if list != nil {
			query[f.Name] = list
		}
	}
}

// decode reads a query parameter.
func (f *Field) decode(values []string, v reflect.Value, p *domain.Problems) {
	if f.Type == typeArray {
		list := make([]any, len(values))
		for i, text := range values {
			list[i] = text
		}
		if check(f.Schema, list, f.Name, p) {
			f.setList(v, values)
		}
		return
	}
	if len(values) > 1 {
		p.Add(f.Name, "The %s field is given %d times", f.Name, len(values))
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

func (o *Op) decodeHeaders(r *http.Request, v reflect.Value, p *domain.Problems) {
	for i := range o.in.fields {
		f := &o.in.fields[i]
		switch f.In {
		case InHeader:
			text := strings.Join(r.Header.Values(f.Header), ", ")
			if text != "" && p.Characters(f.Header, text) {
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

// typed gives the text of a parameter the form that its schema is checked in.
func typed(s *Schema, text string) any {
	switch s.Type {
	case typeInteger, typeNumber:
		if n := json.Number(text); json.Valid([]byte(text)) && strings.Trim(text, "+-.eE0123456789") == "" {
			return n
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
		digits, _ := domain.WholeNumber(json.Number(text))
		n, _ := strconv.ParseInt(digits.String(), 10, 64) // checked before
		at.SetInt(n)
	default:
		panic("ops: a parameter cannot be a " + at.Kind().String())
	}
}

// setList gives the field the checked texts of a list.
func (f *Field) setList(v reflect.Value, texts []string) {
	at := v.Elem().FieldByIndex(f.index)
	for _, text := range texts {
		at.Set(reflect.Append(at, reflect.ValueOf(text).Convert(at.Type().Elem())))
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
	one := strings.TrimSuffix(noun, "s")
	if stem, plural := strings.CutSuffix(noun, "ies"); plural {
		one = stem + "y"
	}
	return Capitalize(strings.ReplaceAll(one, "-", " "))
}

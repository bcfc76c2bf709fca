package ops

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// pageMeta returns the meta object of a reply: that of the page, for a paged list.
func pageMeta[I any](in I, reply Reply) any {
	list, ok := any(in).(paged)
	if !ok {
		return reply.Meta
	}
	p := list.paging()
	pages := (reply.Total + p.PerPage - 1) / p.PerPage
	return PageMeta{Page: p.Page, PerPage: p.PerPage, Total: reply.Total, TotalPages: pages}
}

// ErrorBody is what every failure looks like.
type ErrorBody struct {
	Code      domain.Code    `json:"code" doc:"Stable name of the kind of failure"`
	Message   string         `json:"message" doc:"What happened and what to do"`
	Details   map[string]any `json:"details,omitempty" doc:"For VALIDATION_ERROR, each field's path with all its faults; for others, further facts"`
	RequestID string         `json:"request_id,omitempty" doc:"Quote it when you ask for help"`
}

// ErrorOf returns the error as callers see it. The details hold the faults by field.
func ErrorOf(e *domain.Error, requestID string) ErrorBody {
	details := e.Details
	if len(e.Fields) > 0 {
		details = make(map[string]any, len(e.Fields)+len(e.Details))
		maps.Copy(details, e.Details)
		for path, faults := range e.Fields {
			details[path] = faults
		}
	}
	return ErrorBody{e.Code, e.Message, details, requestID}
}

// Envelope appends the response's body: the data alone with [Op.NoEnvelope], else
// success, data and meta.
func (o *Op) Envelope(b *bytes.Buffer, a Answer) error {
	if o.NoEnvelope {
		return Encode(b, a.Data)
	}
	b.WriteString(`{"success":true,"data":`)
	if err := Encode(b, a.Data); err != nil {
		return err
	}
	if a.Meta != nil {
		b.WriteString(`,"meta":`)
		if err := Encode(b, a.Meta); err != nil {
			return err
		}
	}
	if a.Links != nil {
		b.WriteString(`,"links":`)
		if err := Encode(b, a.Links); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// Sample returns the row's sample as a call would show it; ok is false where the row
// has none.
func (o *Op) Sample() (a Answer, ok bool, err error) {
	if o.sample == nil {
		return a, false, nil
	}
	a, err = o.sample()
	return a, true, err
}

// ExampleAnswer returns the body of the row's sample; nil where it has none.
func (o *Op) ExampleAnswer() (json.RawMessage, error) {
	a, ok, err := o.Sample()
	if !ok || err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if o.handler != nil {
		err = Encode(&b, a.Data)
	} else {
		err = o.Envelope(&b, a)
	}
	return b.Bytes(), err
}

// Tag makes the strong ETag of a body. Where the resource has a revision the tag
// starts with it, so that If-Match can be compared in the transaction of the change;
// the hash keeps the tag strong for parts that the revision does not count.
func Tag(revision string, body []byte) string {
	h := fnv.New64a()
	h.Write(body)
	sum := strconv.FormatUint(h.Sum64(), 36)
	if revision == "" {
		return `"` + sum + `"`
	}
	return `"` + revision + "-" + sum + `"`
}

// Revisions turns an If-Match header into what a verb compares: the quoted revisions.
// Empty means no condition. A tag that can match nothing stays one that matches nothing.
func Revisions(ifMatch string) string {
	ifMatch = strings.TrimSpace(ifMatch)
	if ifMatch == "" || ifMatch == "*" {
		return ""
	}
	var tags []string
	for tag := range strings.SplitSeq(ifMatch, ",") {
		tag = strings.TrimSpace(tag)
		if strings.HasPrefix(tag, "W/") {
			continue // If-Match compares strongly (RFC 9110, section 13.1.1)
		}
		revision, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
		tags = append(tags, strconv.Quote(revision))
	}
	if tags == nil {
		return `"none"`
	}
	return strings.Join(tags, ", ")
}

// Fresh reports whether a caller that sent this If-None-Match has the tag already.
func Fresh(ifNoneMatch, tag string) bool {
	if ifNoneMatch == "*" {
		return true
	}
	for t := range strings.SplitSeq(ifNoneMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(t), "W/") == tag {
			return true
		}
	}
	return false
}

// PageLinks makes the Link header of a page (RFC 8288).
func PageLinks(u *url.URL, m PageMeta) string {
	query := u.Query()
	var b strings.Builder
	add := func(rel string, page int) {
		query.Set("page", strconv.Itoa(page))
		query.Set("per_page", strconv.Itoa(m.PerPage))
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString("<" + u.EscapedPath() + "?" + query.Encode() + `>; rel="` + rel + `"`)
	}
	last := max(m.TotalPages, 1)
	add("first", 1)
	if m.Page > 1 {
		add("prev", min(m.Page-1, last))
	}
	if m.Page < last {
		add("next", m.Page+1)
	}
	add("last", last)
	return b.String()
}

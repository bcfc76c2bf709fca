package api

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"vellocity/internal/domain"
)

var jsonType = []string{"application/json; charset=utf-8"}

// PageMeta is the meta object of a paged list.
type PageMeta struct {
	Page       int `json:"page" doc:"Page number, from 1"`
	PerPage    int `json:"per_page" doc:"Items per page"`
	Total      int `json:"total" doc:"Items in all"`
	TotalPages int `json:"total_pages" doc:"Pages in all"`
}

// ErrorBody is what every failure looks like.
type ErrorBody struct {
	Code      domain.Code    `json:"code" doc:"Stable name of the kind of failure"`
	Message   string         `json:"message" doc:"What happened and what to do"`
	Details   map[string]any `json:"details,omitempty" doc:"For VALIDATION_ERROR, each field's path with all that is wrong with it; for others, further facts"`
	RequestID string         `json:"request_id,omitempty" doc:"Quote it when you ask for help"`
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode appends v's JSON to b, without escaping for HTML.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the newline
	return nil
}

// envelope appends the answer's body: bare, or success, data and meta.
func (o *Op) envelope(b *bytes.Buffer, data, meta any) error {
	if o.Bare {
		return encode(b, data)
	}
	b.WriteString(`{"success":true,"data":`)
	if err := encode(b, data); err != nil {
		return err
	}
	if meta != nil {
		b.WriteString(`,"meta":`)
		if err := encode(b, meta); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// metaOf completes the meta object of a paged list.
func (o *Op) metaOf(in any, reply *Reply) any {
	if !o.Paged() {
		return reply.Meta
	}
	p := in.(interface{ paging() Paging }).paging()
	pages := (reply.Total + p.PerPage - 1) / p.PerPage
	return PageMeta{Page: p.Page, PerPage: p.PerPage, Total: reply.Total, TotalPages: pages}
}

func (p Paging) paging() Paging    { return p }
func (p Paging) page() domain.Page { return domain.Page{Number: p.Page, Size: p.PerPage} }

// etag makes the strong tag of a body. Where the resource has a revision the tag
// starts with it, so that If-Match can be compared in the transaction of the
// change; the hash keeps the tag strong for parts that the revision does not count.
func etag(revision string, body []byte) string {
	h := fnv.New64a()
	h.Write(body)
	sum := strconv.FormatUint(h.Sum64(), 36)
	if revision == "" {
		return `"` + sum + `"`
	}
	return `"` + revision + "-" + sum + `"`
}

// conditions turns an If-Match header into what the engine compares: the
// quoted revisions. A tag that can match nothing stays one that matches nothing.
func conditions(header string) string {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return ""
	}
	var tags []string
	for tag := range strings.SplitSeq(header, ",") {
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

// fresh reports whether the caller has this tag already (If-None-Match).
func fresh(header, tag string) bool {
	if header == "*" {
		return true
	}
	for t := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(t), "W/") == tag {
			return true
		}
	}
	return false
}

// links makes the Link header of a page (RFC 8288).
func links(u *url.URL, m PageMeta) string {
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

// details returns what an error says beyond its message.
func details(e *domain.Error) map[string]any {
	if len(e.Fields) == 0 {
		return e.Details
	}
	all := maps.Clone(e.Details)
	if all == nil {
		all = make(map[string]any, len(e.Fields))
	}
	for path, faults := range e.Fields {
		all[path] = faults
	}
	return all
}

// writeError answers with the error's envelope.
func writeError(w http.ResponseWriter, requestID string, e *domain.Error) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Cache-Control"] = noStore
	h.Del("ETag")
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(wholeSeconds(e.RetryAfter)))
	} else if e.Code == domain.CodeUnavailable || e.Code == domain.CodeIdempotencyInProgress {
		h.Set("Retry-After", "1")
	}
	if e.Code == domain.CodeUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="vellocity"`)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	b.WriteString(`{"success":false,"error":`)
	if err := encode(b, ErrorBody{e.Code, e.Message, details(e), requestID}); err != nil {
		b.Reset()
		b.WriteString(`{"success":false,"error":{"code":"SERVER_ERROR","message":"Something went wrong on the server"`)
	}
	b.WriteByte('}')
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(e.Code.Status())
	_, _ = w.Write(b.Bytes()) // the reader is gone if it fails
}

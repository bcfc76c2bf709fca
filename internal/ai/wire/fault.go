package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/tidy"
)

// ReadFault reads the body of an error response or the data of an error event, in
// the shapes that are in use: {"error":{…}}, {"error":"…"}, {"errors":[…]},
// {"detail":…}, the bare object, a list of any of these, and plain text. The status is
// the one that the error has of its own; 0 where it has none.
func ReadFault(body []byte) ai.Fault {
	var outer json.RawMessage
	if json.Unmarshal(body, &outer) != nil {
		return plainFault(body)
	}
	var r faultReader
	r.read(outer, 0)
	f := ai.Fault{
		Status:     r.status,
		Code:       strings.Join(r.codes, " "),
		Message:    strings.Join(r.messages, "; "),
		Param:      r.param,
		Quota:      strings.Join(r.quotas, " "),
		RetryAfter: r.wait,
	}
	if f.RetryAfter == 0 {
		f.RetryAfter = waitInText(f.Message)
	}
	return f
}

// plainFault reads a body that is not JSON. A web page says nothing.
func plainFault(body []byte) ai.Fault {
	text := tidy.Clean(string(body))
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return ai.Fault{Page: true}
	}
	text = tidy.Line(text, maxPlain)
	return ai.Fault{Message: text, RetryAfter: waitInText(text)}
}

// The bounds of what is read of an error.
const (
	maxPlain    = 500 // characters of text
	maxMessages = 5
	maxNested   = 6
)

// faultReader collects what an error says, wherever that is in it.
type faultReader struct {
	status   int
	codes    []string
	messages []string
	param    string
	quotas   []string
	wait     time.Duration
}

// read takes a value in which an error is expected: text is its message.
func (r *faultReader) read(raw json.RawMessage, depth int) {
	if depth > maxNested {
		return
	}
	switch first(raw) {
	case '"':
		r.say(unquote(raw))
	case '[':
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list) // it is a list
		for _, one := range list[:min(len(list), maxMessages)] {
			r.read(one, depth+1)
		}
	case '{':
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(raw, &fields) // it is an object
		r.object(fields, depth)
	}
}

func (r *faultReader) object(fields map[string]json.RawMessage, depth int) {
	for _, name := range []string{"error", "errors", "detail"} {
		if raw := fields[name]; Present(raw) {
			r.read(raw, depth+1)
			if name != "detail" && len(r.messages)+len(r.codes) > 0 {
				return // what stands around it is the envelope
			}
		}
	}
	for _, name := range []string{"code", "status", "type", "reason"} {
		r.label(fields[name])
	}
	for _, name := range []string{"message", "msg", "error_message", "error_msg"} {
		if raw := fields[name]; Present(raw) {
			r.place(fields["loc"])
			r.read(raw, depth+1)
			break
		}
	}
	r.param = cmp.Or(r.param, plain(fields["param"]))
	r.details(fields)
	var inner map[string]json.RawMessage // a gateway passes on what its provider said
	if json.Unmarshal(fields["metadata"], &inner) == nil {
		r.say(plain(inner["raw"]))
		r.label(inner["reason"])
	}
}

// label takes a code, type or status. A number from 400 to 599 is a status.
func (r *faultReader) label(raw json.RawMessage) {
	text := plain(raw)
	if text == "" || first(raw) == '{' || first(raw) == '[' {
		return
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 400 && n <= 599 && r.status == 0 {
		r.status = n
	}
	r.codes = append(r.codes, text)
}

func (r *faultReader) say(text string) {
	text = tidy.Line(text, maxPlain)
	if text != "" && len(r.messages) < maxMessages {
		r.messages = append(r.messages, text)
	}
}

// place notes where in the request a validator found a fault: ["body","temperature"].
func (r *faultReader) place(raw json.RawMessage) {
	var parts []String
	if json.Unmarshal(raw, &parts) == nil && len(parts) > 0 {
		r.param = cmp.Or(r.param, string(parts[len(parts)-1]))
	}
}

// details reads what Google's errors have, and waits that are fields of their own.
func (r *faultReader) details(fields map[string]json.RawMessage) {
	for _, name := range []string{"retry_after", "retryAfter", "retry_after_seconds"} {
		r.wait = cmp.Or(r.wait, waitIn(plain(fields[name]), time.Second))
	}
	var list []struct {
		Reason     String
		RetryDelay String
		Violations []struct{ QuotaID, QuotaMetric String }
	}
	if err := json.Unmarshal(fields["details"], &list); err != nil && len(list) == 0 {
		return
	}
	for _, d := range list {
		r.wait = cmp.Or(r.wait, waitIn(string(d.RetryDelay), time.Second))
		if d.Reason != "" {
			r.codes = append(r.codes, tidy.Line(string(d.Reason), maxPlain))
		}
		for _, v := range d.Violations {
			r.quotas = append(r.quotas, tidy.Line(string(v.QuotaID), maxPlain))
		}
	}
}

// plain returns a JSON string's text, and any other value but null as it is written.
func plain(raw json.RawMessage) string {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case raw[0] == '"':
		return tidy.Line(unquote(raw), maxPlain)
	}
	return tidy.Line(string(raw), maxPlain)
}

// failure returns the data of an event that reports a failure in place of text. Text
// beside an empty error is text.
func failure(name string, data []byte) (f ai.Fault, failed bool) {
	named := strings.EqualFold(name, "error")
	if !named && !bytes.Contains(data, []byte(`"error`)) && !bytes.Contains(data, []byte(`"message"`)) {
		return ai.Fault{}, false
	}
	if list := bytes.TrimSpace(data); first(list) == '[' {
		return ReadFault(data), true
	}
	var e struct {
		Error, Errors, Choices, Message, Response json.RawMessage
		Type, Object, Code, Status                String
	}
	if json.Unmarshal(data, &e) != nil && first(bytes.TrimSpace(data)) != '{' {
		return ReadFault(data), named
	}
	var inner struct{ Error json.RawMessage } // of OpenAI's response.failed
	if json.Unmarshal(e.Response, &inner) == nil && Present(inner.Error) {
		return ReadFault(e.Response), true
	}
	bare := !Present(e.Choices) && first(e.Message) == '"' && (e.Code != "" || e.Type != "" || e.Status != "")
	if named || Present(e.Error) || Present(e.Errors) || e.Type == "error" || e.Object == "error" || bare {
		return ReadFault(data), true
	}
	return ai.Fault{}, false
}

package ai

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"vellocity/internal/schema"
)

// checkAnswer returns the JSON value within text, and what is wrong with it.
func checkAnswer(s *schema.Schema, text string) (value string, problem error) {
	value = extractJSON(text)
	faults, err := s.CheckText(value)
	if err != nil || len(faults) == 0 {
		return value, err
	}
	var lines []string
	for _, f := range faults[:min(len(faults), maxFaults)] {
		lines = append(lines, "- at /"+strings.Join(f.Path, "/")+": "+f.Message())
	}
	return value, errors.New(strings.Join(lines, "\n"))
}

// maxFaults is how many faults are sent back to the model.
const maxFaults = 10

// extractJSON removes what models often put around a JSON value: a code fence, or a
// sentence before and after.
func extractJSON(text string) string {
	text = strings.TrimSpace(text)
	if json.Valid([]byte(text)) {
		return text
	}
	if _, fenced, ok := strings.Cut(text, "```"); ok {
		fenced = strings.TrimPrefix(fenced, "json")
		if inner, _, ok := strings.Cut(fenced, "```"); ok && json.Valid([]byte(inner)) {
			return strings.TrimSpace(inner)
		}
	}
	for i, r := range text {
		if r != '{' && r != '[' {
			continue
		}
		var value json.RawMessage
		if json.NewDecoder(strings.NewReader(text[i:])).Decode(&value) == nil {
			return string(value)
		}
	}
	return text
}

// judgeAnswer looks at a finished answer. A fault that comes with a request may be
// fixed by making that request, once. Where the answer meets the schema, resp.Text
// becomes the bare JSON value; a nil schema asks for prose.
func judgeAnswer(provider string, req *Request, resp *Response, form *schema.Schema) (again *Request, fault *Error) {
	unusable := &Error{Provider: provider, Status: resp.Status, Kind: KindAnswer}
	cut := resp.Stop == StopLength && req.MaxTokens > 0
	switch {
	case resp.Stop == StopRefusal:
		return nil, Judge(Fault{Provider: provider, Status: 200, Code: "content_filter"})
	case strings.TrimSpace(resp.Text) == "":
		unusable.Message = provider + " returned an empty response. Try again, or allow a longer one."
		return retryWith(*req, cut, ""), unusable
	case form == nil:
		return nil, nil
	}
	value, problem := checkAnswer(form, resp.Text)
	if problem == nil {
		resp.Text = value
		return nil, nil
	}
	unusable.Message = provider + " returned a response that does not match the schema. " +
		"Try again, or choose a model with better structured output."
	unusable.cause = problem
	return retryWith(*req, cut, correction(resp.Text, problem)), unusable
}

// retryWith returns the request for one more try: with more room where the
// answer was cut, else with what was wrong.
func retryWith(req Request, cut bool, correction string) *Request {
	if cut {
		req.MaxTokens *= 4 // a model that thinks counts its thoughts too
	} else {
		req = req.Append(correction)
	}
	return &req
}

// maxQuote is how much of a wrong response is sent back to the model, in bytes.
const maxQuote = 4000

func correction(text string, problem error) string {
	if len(text) > maxQuote {
		text = strings.ToValidUTF8(text[:maxQuote], "") + " …"
	}
	return fmt.Sprintf(
		"\n\nYour last answer could not be used:\n%s\n\nWhat was wrong with it:\n%v\n\n"+
			"Answer again with one JSON value that meets the schema, and nothing around it.",
		text,
		problem,
	)
}

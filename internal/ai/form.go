package ai

import (
	"errors"
	"fmt"
	"strings"

	"vellocity/internal/schema"
)

// checkAnswer returns the JSON value within text that meets the schema, and what is
// wrong where none does. A value that only has more properties than the schema allows
// is returned without them.
func checkAnswer(s *schema.Schema, text string) (value string, problem error) {
	all := candidates(text)
	if len(all) == 0 {
		return text, errors.New("it is not one JSON value")
	}
	for _, c := range all {
		if faults, err := s.CheckText(c); err == nil && len(faults) == 0 {
			return c, nil
		}
	}
	for _, c := range all {
		less, ok := prune(s.JSON(), c)
		if !ok {
			continue
		}
		if faults, err := s.CheckText(less); err == nil && len(faults) == 0 {
			return less, nil
		}
	}
	value = longest(all)
	faults, err := s.CheckText(value)
	if err != nil {
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

// judgeAnswer looks at a finished answer. A fault that comes with a request may be
// fixed by making that request, once; so may a text that was cut, which is no fault.
// Where the answer meets the schema, resp.Text becomes the bare JSON value; a nil
// schema asks for prose.
func judgeAnswer(provider string, req *Request, resp *Response, form *schema.Schema) (again *Request, fault *Error) {
	unusable := &Error{Provider: provider, Status: resp.Status, Kind: KindAnswer}
	cut := resp.Stop == StopLength
	switch {
	case resp.Stop == StopRefusal:
		return nil, Judge(Fault{Provider: provider, Status: 200, Code: "content_filter"})
	case strings.TrimSpace(resp.Text) == "":
		unusable.Message = provider + " returned an empty response. Try again, or allow a longer one."
		return retryWith(req, resp, cut, ""), unusable
	case form == nil && cut:
		return roomier(req, resp), nil
	case form == nil:
		return nil, nil
	}
	value, problem := checkAnswer(form, resp.Text)
	if problem == nil {
		resp.Text = value
		return nil, nil
	}
	unusable.Message = provider + " returned a response that does not match the schema. " +
		otherModel
	unusable.cause = problem
	return retryWith(req, resp, cut, correction(resp.Text, problem)), unusable
}

// otherModel is what to do about a model whose answers do not match their schema.
const otherModel = "Try again, or choose a model with better structured output."

// retryWith returns the request for one more try: with more room where the
// answer was cut, else with what was wrong.
func retryWith(req *Request, resp *Response, cut bool, correction string) *Request {
	if cut {
		if more := roomier(req, resp); more != nil {
			return more
		}
	}
	again := req.Append(correction)
	return &again
}

// The limits that are set for an answer that was cut at one: at least and at most.
const (
	leastRoom = 4096
	mostRoom  = 64_000
)

// roomier returns the request with a higher limit of the answer; nil where it has
// been given all there is. A model that thinks counts its thoughts too. A server that
// was sent no limit has one of its own, which may be low.
func roomier(req *Request, resp *Response) *Request {
	used := max(req.MaxTokens, int(min(resp.Usage.OutputTokens, mostRoom)))
	if used >= mostRoom {
		return nil
	}
	more := *req
	more.MaxTokens = min(4*used, mostRoom)
	if req.MaxTokens == 0 {
		more.MaxTokens = max(more.MaxTokens, leastRoom)
	}
	return &more
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

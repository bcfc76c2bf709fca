package ai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// form is what an answer must look like; nil means prose. It does not change, so
// calls may share one.
type form struct{ schema *jsonschema.Schema }

func compileSchema(raw json.RawMessage) (*form, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // loads nothing: a schema may not reach out
	if err := c.AddResource(schemaName, doc); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	schema, err := c.Compile(schemaName)
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return &form{schema}, nil
}

// schemaName is what the schema is called inside the compiler.
const schemaName = "memory:///answer.json"

// check returns the JSON value within text, and what is wrong with it.
func (f *form) check(text string) (value string, problem error) {
	value = extractJSON(text)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
	if err != nil {
		return value, errors.New("it is not one JSON value")
	}
	err = f.schema.Validate(doc)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return value, errors.New(faults(invalid))
	}
	return value, err
}

// faults lists what is wrong, one fault per line, ten at most.
func faults(e *jsonschema.ValidationError) string {
	var lines []string
	english := message.NewPrinter(language.English)
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 && len(lines) < 10 {
			lines = append(lines, "- at /"+strings.Join(e.InstanceLocation, "/")+": "+e.ErrorKind.LocalizedString(english))
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(e)
	return strings.Join(lines, "\n")
}

// extractJSON takes away what models like to put around a JSON value: a code
// fence, or a sentence before and after.
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

// judgeAnswer looks at a finished answer. A fault with a request beside it can be
// mended by making that request, once; one without cannot. Where the answer is
// of the form asked for, resp.Text becomes the bare JSON value.
func judgeAnswer(provider string, req *Request, resp *Response, form *form) (again *Request, fault *Error) {
	unusable := &Error{Provider: provider, Status: resp.Status, Kind: KindAnswer}
	cut := resp.Stop == StopLength && req.MaxTokens > 0
	switch {
	case resp.Stop == StopRefusal:
		return nil, Judge(Fault{Provider: provider, Status: 200, Code: "content_filter"})
	case strings.TrimSpace(resp.Text) == "":
		unusable.Message = provider + " gave an empty answer. Try again, or allow the model a longer answer."
		return retryWith(*req, cut, ""), unusable
	case form == nil:
		return nil, nil
	}
	value, problem := form.check(resp.Text)
	if problem == nil {
		resp.Text = value
		return nil, nil
	}
	unusable.Message = provider + " did not answer in the form asked for. Try again, or choose a model that is better at structured answers."
	unusable.cause = problem
	return retryWith(*req, cut, correction(resp.Text, problem)), unusable
}

// retryWith returns the request for one more try: with more room where the
// answer was cut, else with what was wrong.
func retryWith(req Request, cut bool, correction string) *Request {
	if cut {
		req.MaxTokens *= 4 // a model that thinks counts its thoughts too
	} else {
		req.Prompt += correction
	}
	return &req
}

// maxQuote is how much of a wrong answer is shown to the model again.
const maxQuote = 4000

func correction(text string, problem error) string {
	if len(text) > maxQuote {
		text = strings.ToValidUTF8(text[:maxQuote], "") + " …"
	}
	return fmt.Sprintf("\n\nYour last answer could not be used:\n%s\n\nWhat was wrong with it:\n%v\n\nAnswer again with one JSON value that meets the schema, and nothing around it.", text, problem)
}

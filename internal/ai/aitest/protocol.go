package aitest

import (
	"encoding/json"
	"slices"
	"strings"
)

// Protocol is the server's side of a wire: all that the double and the suite need
// to know about it. The test of a provider with a wire of its own brings one along.
type Protocol struct {
	Wire Wire
	Path string // how the path of a call ends: "/chat/completions"
	Base string // what a client's base URL has after the server's root: "/v1"
	// Format is the optional parameter that asks for structured output.
	Format string
	// Whole is a stream that says "Yes." and breaks off after its last needed event.
	Whole string
	// Key returns the one header that carries a key.
	Key func(key string) (name, value string)
	// Read fills in what a call asks for, and returns what a real server would refuse
	// about it; "" where it would not.
	Read func(c *Call) (problem string)
	// Error returns the body of an error answer.
	Error func(code, message, param string) any
	// Events returns the events of one answer.
	Events func(c Call, r Reply) Events
}

// Events writes the events of one answer, each as it is sent.
type Events interface {
	Begin() string
	Think() string // a sign that the model thinks
	Piece(text string) string
	Failure(code, message string) string // in the middle of a stream
	KeepAlive() string
	End() string
}

// protocols are those that every server speaks.
func protocols() []Protocol { return []Protocol{ChatCompletions(), Messages()} }

// find returns the protocol of a call by its path.
func (s *Server) find(path string) (Protocol, bool) {
	i := slices.IndexFunc(s.protocols, func(p Protocol) bool { return strings.HasSuffix(path, p.Path) })
	if i < 0 {
		return Protocol{}, false
	}
	return s.protocols[i], true
}

// Event formats one event with a JSON payload; name may be empty.
func Event(name string, payload any) string {
	data, err := json.Marshal(payload)
	if err != nil {
		panic("aitest: " + err.Error())
	}
	if name != "" {
		return "event: " + name + "\ndata: " + string(data) + "\n\n"
	}
	return "data: " + string(data) + "\n\n"
}

// model is what an answer calls its model.
func (r Reply) model(c Call) string {
	if r.Model != "" {
		return r.Model
	}
	return c.Model
}

// usage is what the reply reports, counted from the words where the script gives none.
func (r Reply) usage(c Call) Usage {
	if r.Usage != (Usage{}) {
		return r.Usage
	}
	count := func(text string) int { return len(strings.Fields(text))*4/3 + 1 }
	return Usage{Input: count(c.System + " " + c.Prompt), Output: count(strings.Join(r.Pieces, ""))}
}

package aitest

import (
	"encoding/json"
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

// obj keeps the payloads below readable.
type obj = map[string]any

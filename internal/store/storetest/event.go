package storetest

import (
	"encoding/json"

	"vellocity/internal/domain"
)

// Event is an event of any name with any payload, for tests of the log itself.
type Event struct {
	Name domain.EventName
	Data any
}

// EventName returns the name that the test chose.
func (e Event) EventName() domain.EventName { return e.Name }

// MarshalJSON returns the data alone.
func (e Event) MarshalJSON() ([]byte, error) { return json.Marshal(e.Data) }

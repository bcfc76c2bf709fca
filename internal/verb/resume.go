package verb

import "vellocity/internal/domain"

// UnknownEvent is the VALIDATION_ERROR for a Last-Event-ID that the stream has not sent:
// one of another form or another stream, or one past its end.
func UnknownEvent() error {
	var p domain.Problems
	p.Add("Last-Event-ID", "The Last-Event-ID header must be the id of an event of this stream")
	return p.Err()
}

package domain

import "errors"

// ErrInterrupted ends a stream of events although what it watches goes on, since the
// server shuts down. Its door breaks the connection off, without the stream's end, so
// that the client resumes after the last id it got.
var ErrInterrupted = errors.New("the server shuts down while this is watched")

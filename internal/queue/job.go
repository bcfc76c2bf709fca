package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Handler does a job. nil ends the job, [Later] runs it again after a while
// without counting an attempt, and any other error runs it again after 1 s, 2 s,
// 4 s … at most 5 minutes, forever: a handler that wants to give up records that in
// its own table and returns nil.
//
// When ctx ends early, [context.Cause] says why: [ErrCancelled], [ErrStopping] or
// [ErrLost]. The handler must return soon; its error is ignored then. A handler may
// run more than once for a job, for a moment even on two nodes, so each of its
// commits must check a fence of its own.
type Handler func(ctx context.Context, job Job) error

// Job is what a handler gets.
type Job struct {
	ID      int64
	Kind    string
	Ref     int64 // the row that the job is about
	Attempt int   // from 1; waiting, stopping and taking over do not count
	holder  string
}

// Why a handler's context ended early.
var (
	// ErrCancelled says that [Queue.Cancel] was called for the job.
	ErrCancelled = errors.New("the job was cancelled")
	// ErrStopping says that the queue stops; the job will run again.
	ErrStopping = errors.New("the queue is stopping")
	// ErrLost says that another node has taken the job over: the handler must not
	// commit anything more. Complete returns it too.
	ErrLost = errors.New("the job is no longer this node's")
)

type later struct{ after time.Duration }

// Error implements error.
func (l later) Error() string { return fmt.Sprintf("again in %s", l.after) }

// Later makes a handler's job run again after d: up to 1 s late where d is within
// 5 s, up to 5 s late beyond.
func Later(d time.Duration) error { return later{max(d, 0)} }

// Insert says what to enqueue.
type Insert struct {
	Kind     string
	Ref      int64
	Priority int       // 1 urgent, 2 high, 3 normal (also 0), 4 low; a more urgent job always goes first
	At       time.Time // the earliest start, up to 5 s late; zero means now
}

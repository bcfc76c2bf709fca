package domain

import "context"

type waitingKey struct{}

// WithWaiting returns a context in which [Waiting] calls f. It is for the door that
// the call came through, which bounds calls that work and calls that wait apart.
func WithWaiting(ctx context.Context, f func()) context.Context {
	return context.WithValue(ctx, waitingKey{}, f)
}

// Waiting says that the call has done its work and now waits for something that may
// take long, such as the end of an execution.
func Waiting(ctx context.Context) {
	if f, ok := ctx.Value(waitingKey{}).(func()); ok {
		f()
	}
}

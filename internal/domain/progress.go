package domain

import "context"

// Progress is called with how far a call has come, in percent, and with the step that
// is under way.
type Progress func(percent int, step string)

type progressKey struct{}

// WithProgress returns a context whose calls report their progress to f.
func WithProgress(ctx context.Context, f Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, f)
}

// ProgressFrom returns where to report progress; nil where nobody asked.
func ProgressFrom(ctx context.Context) Progress {
	f, _ := ctx.Value(progressKey{}).(Progress)
	return f
}

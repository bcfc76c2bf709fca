//go:build !linux

package markdowntest

import "time"

//nolint:gochecknoglobals // where the clock starts
var begin = time.Now()

// threadTime returns the time of the clock: other systems do not say what a thread has used.
func threadTime() time.Duration { return time.Since(begin) }

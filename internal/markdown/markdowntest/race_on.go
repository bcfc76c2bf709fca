//go:build race

package markdowntest

// racing says that the race detector is on: it slows code down many times, so that
// a bound on time would measure the detector.
const racing = true

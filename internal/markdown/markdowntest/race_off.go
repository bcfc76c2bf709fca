//go:build !race

package markdowntest

// racing says that the race detector is on.
const racing = false

//go:build unix

package app

import "syscall"

// maxConnections returns how many connections the public address may have: half of the
// files that the process may open, since an execution that waits for its model takes
// one, too; at most 10,000.
func maxConnections() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return mostConnections
	}
	half := uint64(files.Cur) / 2 //nolint:unconvert // signed on some systems
	return int(min(mostConnections, max(16, half)))
}

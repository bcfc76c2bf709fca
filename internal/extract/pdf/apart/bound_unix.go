//go:build unix

package apart

import "syscall"

// bound has the system end the process at its bounds, whatever the program does. GOMEMLIMIT makes the collector work
// harder before.
func bound() {
	seconds := uint64(longest.Seconds())
	_ = syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: seconds, Max: seconds})
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: memory, Max: memory})
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}

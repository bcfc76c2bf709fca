//go:build !linux

package product

import "os/exec"

// dieWithParent does nothing: only Linux can tie one process to another.
func dieWithParent(*exec.Cmd) {}

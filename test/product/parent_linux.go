package product

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the program when this process dies, whatever
// the reason: a test that times out cannot clean up.
func dieWithParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

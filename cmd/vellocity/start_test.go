package main

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestTheProgramStartsAtOnce holds what every command pays before it does anything: the
// variables of all packages. A set of expressions once took a second of it.
func TestTheProgramStartsAtOnce(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	best := time.Hour
	for range 5 { // the fastest, since the machine may be busy
		began := time.Now()
		if out, err := exec.Command(self, "-test.run", "^$").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		best = min(best, time.Since(began))
	}
	t.Logf("%s", best)
	if best > 500*time.Millisecond {
		t.Errorf("the program needs %s to start", best)
	}
}

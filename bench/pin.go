package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// apart gives the programs that launch starts one half of the processors, and this one,
// with what it starts later, the other: a load on the processors of the server would take
// from it what it is to be measured with. It returns how many the server has; 0 where
// there is one processor only. The returned function gives all of them back.
func apart(launch func() error) (cpus int, together func(), err error) {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return 0, nil, fmt.Errorf("read the processors: %w", err)
	}
	var ours, theirs unix.CPUSet
	for cpu, n := 0, 0; n < all.Count(); cpu++ {
		if !all.IsSet(cpu) {
			continue
		}
		if n < all.Count()/2 {
			ours.Set(cpu)
		} else {
			theirs.Set(cpu)
		}
		n++
	}
	if ours.Count() == 0 {
		return 0, func() {}, launch()
	}
	runtime.LockOSThread() // a process inherits the processors of the thread that starts it
	if err = unix.SchedSetaffinity(0, &theirs); err == nil {
		err = launch()
	}
	err = errors.Join(err, unix.SchedSetaffinity(0, &all))
	runtime.UnlockOSThread()
	if err != nil {
		return 0, func() {}, err
	}
	before := runtime.GOMAXPROCS(ours.Count())
	stay(&ours)
	return theirs.Count(), func() {
		stay(&all)
		runtime.GOMAXPROCS(before)
	}, nil
}

// stay lets every thread of this process run on some processors. Threads that start later
// inherit them.
func stay(to *unix.CPUSet) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		id, _ := strconv.Atoi(t.Name())   // the kernel writes numbers
		_ = unix.SchedSetaffinity(id, to) // a thread that has ended needs no processor
	}
}

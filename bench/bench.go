package main

import (
	"os"
	"time"
)

// bench is shared by all rows.
type bench struct {
	root    string // of the repository
	dir     string // temporary
	program string // the binary
	short   bool
	runs    int
	doc     bool // the table in Markdown
	row     string
	found   []figure
}

// fresh returns the name of a new directory within the temporary one.
func (b *bench) fresh() (string, error) { return os.MkdirTemp(b.dir, b.row+"-") }

// count returns n, or short in a short run.
func (b *bench) count(n, short int) int {
	if b.short {
		return short
	}
	return n
}

// span returns d, or a moment in a short run.
func (b *bench) span(d time.Duration) time.Duration {
	if b.short {
		return min(d, 500*time.Millisecond)
	}
	return d
}

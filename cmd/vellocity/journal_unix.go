//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// inJournal reports whether what is written to out is kept in the system's journal, which
// others may read. stream is JOURNAL_STREAM, the device and inode of the journal's
// connection (systemd.exec(5)); children inherit it, so that it alone says nothing.
func inJournal(out io.Writer, stream string) bool {
	f, ok := out.(*os.File)
	if !ok || stream == "" {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && stream == fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}

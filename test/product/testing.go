package product

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/store/storetest"
)

// Install prepares an empty installation of the program under test for the length
// of a test. env is what the server finds in its environment.
func Install(t testing.TB, env ...string) *Installation {
	t.Helper()
	program, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	in, err := New(program, t.TempDir(), env...)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// PostgreSQL starts a PostgreSQL for the length of a test and returns the address
// of its empty database. It is skipped, or fails, as package storetest says.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	return storetest.NewCluster(t).URL()
}

// Launch starts a server for the length of a test and does not wait for it.
func Launch(t testing.TB, in *Installation) *Server {
	t.Helper()
	s, err := in.Launch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			dump(t, s)
			t.Logf("log of the server at %s:\n%s", in.Listen, tail(s.Log.String(), 4000))
		}
		s.Kill()
		if strings.Contains(s.Log.String(), aitest.Secret) {
			t.Error("the provider's key is in the server's log")
		}
	})
	return s
}

// Start starts a server for the length of a test and waits until it is ready and
// has greeted.
func Start(t testing.TB, in *Installation) *Server {
	t.Helper()
	s := Launch(t, in)
	if err := s.Greeted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context(), startup); err != nil {
		t.Fatal(err)
	}
	return s
}

// Missing skips the test because something that it needs is not installed, or
// fails it where VELLOCITY_REQUIRE_ALL=1 says that nothing may be skipped.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("VELLOCITY_REQUIRE_ALL") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// dump has a server print the stacks of its goroutines, and keeps its log, where a
// directory is named for that.
func dump(t testing.TB, s *Server) {
	t.Helper()
	dir := os.Getenv("VELLOCITY_CRASH_DUMPS")
	if dir == "" {
		return
	}
	if err := s.Signal(syscall.SIGQUIT); err != nil {
		t.Log(err)
	}
	_ = s.Wait(10 * time.Second) // it ends with the stacks, which is a failure
	file := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+s.Listen+".log")
	if err := os.WriteFile(file, []byte(s.Log.String()), 0o600); err != nil {
		t.Log(err)
	}
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

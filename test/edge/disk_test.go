package edge_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/test/product"
)

// A disk that does not write a commit through ends the server, and the next start has
// everything that was acknowledged.
func TestAFailingDiskEndsTheServer(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		product.Missing(t, "strace is not installed")
	}
	in := install(t, nil, "")
	s := &server{product.Start(t, in)}
	acknowledged := []json.RawMessage{s.started(t), s.started(t)}
	disk := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-p", strconv.Itoa(s.PID()),
		"-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO")
	if err := disk.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = disk.Process.Kill() // it ends with the server
		_ = disk.Wait()
	})
	client := &http.Client{Timeout: 5 * time.Second}
	eventually(t, "a write fails", func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+posts, strings.NewReader(post))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.Key)
		req.Header.Set("Content-Type", "application/json")
		res, err := client.Do(req)
		if err != nil {
			return true // it has ended
		}
		defer res.Body.Close()
		if res.StatusCode >= http.StatusInternalServerError && res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a write that failed: %d", res.StatusCode)
		}
		return res.StatusCode >= http.StatusInternalServerError
	})
	if err := s.Wait(30 * time.Second); err == nil || !strings.Contains(s.Log.String(), "the disk did not write") {
		t.Fatalf("the server ended with %v: %s", err, s.Log)
	}
	next := &server{product.Start(t, in)}
	next.Key = s.Key
	for _, id := range acknowledged {
		next.fetch(t, s.Key, http.MethodGet, workflow+"/executions/"+string(id), "", http.StatusOK, nil)
	}
}

// A damaged file, such as a copy that was made while the server wrote to it, is refused
// by serve, and doctor says what is wrong.
func TestADamagedFileIsRefused(t *testing.T) {
	in := install(t, nil, "")
	s := &server{product.Start(t, in)}
	for range 20 {
		s.started(t)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	const page = 4096
	raw, err := os.ReadFile(in.File())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(raw) / 3, len(raw) / 2} {
		at -= at % page
		copy(raw[at:], strings.Repeat("torn", 10*page/4))
	}
	if err := os.WriteFile(in.File(), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	again := product.Launch(t, in)
	if err := again.Wait(time.Minute); err == nil || !strings.Contains(again.Log.String(), "is damaged") {
		t.Errorf("serve: %v %s", err, again.Log)
	}
	if out, err := in.Command(t.Context(), "", "doctor"); err == nil || !strings.Contains(out, "is damaged") {
		t.Errorf("doctor: %v %s", err, out)
	}
}

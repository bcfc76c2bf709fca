// Package s3test is a small S3 server in the test's process: objects in memory, conditions, lists in pages, and faults
// as the protocol names them. It does not verify signatures; tests against a real server do.
package s3test

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // ETags are made by it
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Key is the access key that the server accepts.
const Key = "access"

// Server is the server, with one bucket.
type Server struct {
	URL    string
	Bucket string

	mu      sync.Mutex
	objects map[string]object
	fault   func(r *http.Request) string
	puts    int
}

type object struct {
	data []byte
	at   time.Time
}

// pageSize is how many objects a page of a list has: few, so that tests read several.
const pageSize = 2

// New starts a server with an empty bucket. It ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{Bucket: "vellocity", objects: map[string]object{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Fail has requests fail for which f returns a status and a code of S3, such as "403 AccessDenied".
func (s *Server) Fail(f func(r *http.Request) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Names returns the names of all objects, sorted.
func (s *Server) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// Writes returns how many objects were written.
func (s *Server) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

// Set stores an object as if it had been written at a moment.
func (s *Server) Set(name string, data []byte, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name] = object{data, at}
}

// ServeHTTP answers as S3 does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		if code := s.fault(r); code != "" {
			refuse(w, r, code)
			return
		}
	}
	bucket, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+Key+"/"):
		refuse(w, r, "403 InvalidAccessKeyId")
	case bucket != s.Bucket:
		refuse(w, r, "404 NoSuchBucket")
	case name == "":
		s.list(w, r)
	case r.Method == http.MethodPut:
		s.put(w, r, name)
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	default:
		o, ok := s.objects[name]
		if !ok {
			refuse(w, r, "404 NoSuchKey")
			return
		}
		w.Header().Set("Etag", tag(o.data))
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", o.at, bytes.NewReader(o.data))
	}
}

func tag(data []byte) string {
	sum := md5.Sum(data) //nolint:gosec // as the protocol has it
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func refuse(w http.ResponseWriter, r *http.Request, code string) {
	status, name, _ := strings.Cut(code, " ")
	n, err := strconv.Atoi(status)
	if err != nil {
		n, name = http.StatusBadRequest, code
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(n)
	if r.Method != http.MethodHead {
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", name)
	}
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, name string) {
	if _, there := s.objects[name]; there && r.Header.Get("If-None-Match") == "*" {
		refuse(w, r, "412 PreconditionFailed")
		return
	}
	data, err := body(r)
	if err != nil {
		refuse(w, r, "400 IncompleteBody")
		return
	}
	s.objects[name] = object{data, time.Now()}
	s.puts++
	w.Header().Set("Etag", tag(data))
}

// body reads what is stored, which clients without TLS send in signed pieces.
func body(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	in, out := bufio.NewReader(r.Body), []byte{}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || n == 0 {
			return out, err
		}
		piece := make([]byte, n+2) // with the end of its line
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, err
		}
		out = append(out, piece[:n]...)
	}
}

type listed struct {
	XMLName  xml.Name `xml:"ListBucketResult"`
	Cut      bool     `xml:"IsTruncated"`
	Next     string   `xml:"NextContinuationToken,omitempty"`
	Contents []struct {
		Key          string
		LastModified string
		ETag         string
		Size         int
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q, out := r.URL.Query(), listed{}
	for _, name := range slices.Sorted(maps.Keys(s.objects)) {
		if !strings.HasPrefix(name, q.Get("prefix")) || name <= q.Get("continuation-token") {
			continue
		}
		if len(out.Contents) == pageSize {
			out.Cut, out.Next = true, out.Contents[pageSize-1].Key
			break
		}
		o := s.objects[name]
		out.Contents = append(out.Contents, struct {
			Key          string
			LastModified string
			ETag         string
			Size         int
		}{name, o.at.UTC().Format("2006-01-02T15:04:05.000Z"), tag(o.data), len(o.data)})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(out)
}

// Package awstest is a server that answers as AWS does, as far as Vellocity talks to AWS: AssumeRole and
// GetCallerIdentity, Marketplace Catalog, and Partner Central Selling, all at one address. It holds callers to AWS's
// rules (a right signature, the external id, pages, locks, revisions, whole records, one write per second), so that
// what works here works there. Amazon's own clients for Node prove it: test/aws.
package awstest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The keys of the installation, and its account.
const (
	AccessKey = "AKIAEXAMPLEDOUBLE001"
	SecretKey = "exampleSecretOfTheDouble/1234567890abcde"
	Account   = "111122223333"
	Partner   = "444455556666" // the account of the partner
)

// Role is a role in the partner's account. One whose ExternalID is empty trusts everybody who is in its policy: what a
// person forgets to restrict.
type Role struct{ ARN, ExternalID string }

// Server is the double. Its fields may be changed before the first call.
type Server struct {
	URL   string
	Roles []Role
	// EveryWrite is how much time must be between two writes to Partner Central; by default a second.
	EveryWrite time.Duration
	// PageSize is the most that a list returns at once; by default what AWS allows.
	PageSize int
	// Now is the clock; by default the machine's.
	Now func() time.Time
	// Carried is called after each operation of the catalog is carried out and before it is answered; nil: nothing is.
	Carried func(operation string)

	mu            sync.Mutex
	sessions      map[string]aws.Credentials // by access key
	calls         []string
	fail          []failing
	products      []*product
	changes       map[string]*changeSet
	changeOrder   []string
	checked       map[string]bool // what VALIDATE has let through
	held          bool            // change sets do not go on
	opportunities []map[string]any
	wrote         time.Time
	next          int
}

type failing struct{ operation, code, message string }

// New returns a double.
func New() *Server {
	return &Server{
		EveryWrite: time.Second, Now: time.Now, sessions: map[string]aws.Credentials{},
		changes: map[string]*changeSet{}, checked: map[string]bool{},
	}
}

// Start serves until the test ends.
func (s *Server) Start(t testing.TB) *Server {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Keys returns the environment of a program that is the installation.
func Keys() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + AccessKey, "AWS_SECRET_ACCESS_KEY=" + SecretKey, "AWS_EC2_METADATA_DISABLED=true",
	}
}

// Trust adds a role, or changes the external id of one.
func (s *Server) Trust(r Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.Roles {
		if s.Roles[i].ARN == r.ARN {
			s.Roles[i] = r
			return
		}
	}
	s.Roles = append(s.Roles, r)
}

// Fail lets the next call of an operation fail with an error of AWS's.
func (s *Server) Fail(operation, code, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = append(s.fail, failing{operation, code, message})
}

// Calls returns the operations that were carried out or refused, in their order.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// problem is an error as AWS names it.
type problem struct {
	status  int
	code    string
	message string
	fields  []fieldError
}

type fieldError struct{ FieldName, Message, Code string }

func invalid(format string, args ...any) *problem {
	return problemOf("ValidationException", fmt.Sprintf(format, args...))
}

var statuses = map[string]int{
	"AccessDenied": 403, "AccessDeniedException": 403, "ThrottlingException": 429, "ResourceInUseException": 423,
	"ResourceNotFoundException": 404, "ValidationException": 422, "ConflictException": 409,
	"InternalServiceException": 500, "InternalServerException": 500, "ServiceQuotaExceededException": 402,
}

func problemOf(code, message string) *problem {
	return &problem{status: statuses[code], code: code, message: message}
}

// ServeHTTP answers a call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	if s.Carried != nil {
		defer s.Carried(strings.Trim(r.URL.Path, "/")) // an answer leaves when this function has returned
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch target, selling := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AWSPartnerCentralSelling."); {
	case selling:
		do := func() (any, *problem) { return s.selling(target, body) }
		out, p := s.carry(r, body, "partnercentral-selling", target, do)
		writeSelling(w, out, p)
	case r.Method == http.MethodPost && r.URL.Path == "/":
		form, _ := url.ParseQuery(string(body)) // what is no form has no Action, which is refused
		action := form.Get("Action")
		out, p := s.carry(r, body, "sts", action, func() (any, *problem) { return s.sts(action, form) })
		writeSTS(w, out, p)
	default:
		operation := strings.Trim(r.URL.Path, "/")
		do := func() (any, *problem) { return s.catalog(r, operation, body) }
		out, p := s.carry(r, body, "aws-marketplace", operation, do)
		writeCatalog(w, out, p)
	}
}

// carry checks what every call needs, then carries it out.
func (s *Server) carry(
	r *http.Request, body []byte, service, operation string, do func() (any, *problem),
) (any, *problem) {
	s.calls = append(s.calls, operation)
	key, p := s.signed(r, body, service)
	if p != nil {
		return nil, p
	}
	if _, session := s.sessions[key]; !session && service != "sts" {
		return nil, problemOf("AccessDeniedException", "User: arn:aws:iam::"+Account+":user/installation is not authorized")
	}
	for i, f := range s.fail {
		if f.operation == operation {
			s.fail = append(s.fail[:i], s.fail[i+1:]...)
			return nil, problemOf(f.code, f.message)
		}
	}
	return do()
}

func writeJSON(w http.ResponseWriter, kind string, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000")
	w.WriteHeader(status)
	_, _ = w.Write(text) // fails where the caller is gone
}

// writeSelling writes awsJson1_0.
func writeSelling(w http.ResponseWriter, out any, p *problem) {
	const kind = "application/x-amz-json-1.0"
	if p == nil {
		writeJSON(w, kind, http.StatusOK, out)
		return
	}
	answer := map[string]any{"__type": "com.amazonaws.partnercentral.selling#" + p.code, "Message": p.message}
	status := p.status
	if p.code == "ValidationException" {
		status = http.StatusBadRequest
		answer["Reason"] = "REQUEST_VALIDATION_FAILED"
		answer["ErrorList"] = append([]fieldError{}, p.fields...)
	}
	writeJSON(w, kind, status, answer)
}

// writeCatalog writes REST-JSON.
func writeCatalog(w http.ResponseWriter, out any, p *problem) {
	if p == nil {
		writeJSON(w, "application/json", http.StatusOK, out)
		return
	}
	w.Header().Set("X-Amzn-Errortype", p.code)
	writeJSON(w, "application/json", p.status, map[string]any{"Message": p.message})
}

// writeSTS writes the XML of the query protocol.
func writeSTS(w http.ResponseWriter, out any, p *problem) {
	status := http.StatusOK
	if p != nil {
		status = p.status
		out = errorResponse{Error: errorDetail{"Sender", p.code, p.message}, RequestID: "1"}
	}
	var b bytes.Buffer
	if err := xml.NewEncoder(&b).Encode(out); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // fails where the caller is gone
}

func (s *Server) number() int {
	s.next++
	return s.next
}

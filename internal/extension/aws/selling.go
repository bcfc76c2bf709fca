package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The Go SDK has no client of Partner Central Selling, so this file is one: awsJson1_0, signed by the SDK's signer.

const (
	sellingCatalog = "AWS"
	sellingService = "partnercentral-selling"
	sellingTarget  = "AWSPartnerCentralSelling."
	sellingPage    = 100
	// mostOpportunities bounds what is read in one go.
	mostOpportunities = 10_000
	// betweenReads is AWS's limit of ten reads per second.
	betweenReads = 100 * time.Millisecond
	// betweenWrites is AWS's limit of one write per second, with a margin.
	betweenWrites = 1100 * time.Millisecond
	mostAnswer    = 8 << 20
)

// QuotaExceeded is AWS's name of the error that says that a day's calls are used up: 100,000 reads or 10,000 writes.
const QuotaExceeded = "ServiceQuotaExceededException"

// OpportunityRef names an opportunity in a list.
type OpportunityRef struct {
	ID        string `json:"Id"`
	ChangedAt string `json:"LastModifiedDate"` // as AWS wrote it, RFC 3339
}

// Record is an opportunity whole, as AWS wrote it. Fields and values that are not known here stay in it, because a
// change replaces all of it: what is left out becomes empty.
type Record map[string]any

// ID returns the opportunity's id, such as O1234567.
func (r Record) ID() string { return r.text("Id") }

// ChangedAt returns when it was last changed, as AWS wrote it.
func (r Record) ChangedAt() string { return r.text("LastModifiedDate") }

func (r Record) text(name string) string {
	s, _ := r[name].(string)
	return s
}

// Opportunities returns the opportunities that were changed at a time or later (as AWS wrote it; empty: all), those
// changed first first.
func (s *Session) Opportunities(ctx context.Context, after string) ([]OpportunityRef, error) {
	in := map[string]any{
		"MaxResults": sellingPage, "Sort": map[string]string{"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"},
	}
	if after != "" {
		in["LastModifiedDate"] = map[string]string{"AfterLastModifiedDate": after}
	}
	var list []OpportunityRef
	for len(list) < mostOpportunities {
		if err := s.readable(ctx); err != nil {
			return nil, err
		}
		var out struct {
			OpportunitySummaries []OpportunityRef
			NextToken            string
		}
		if err := s.call(ctx, "ListOpportunities", in, &out); err != nil {
			return nil, err
		}
		list = append(list, out.OpportunitySummaries...)
		if out.NextToken == "" {
			break
		}
		in["NextToken"] = out.NextToken
	}
	return list, nil
}

// Opportunity returns an opportunity whole.
func (s *Session) Opportunity(ctx context.Context, id string) (r Record, err error) {
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	return r, s.call(ctx, "GetOpportunity", map[string]any{"Identifier": id}, &r)
}

// readOnly are the parts of a record that a change must not name.
var readOnly = []string{
	"Id", "Arn", "CreatedDate", "RelatedEntityIdentifiers", "OpportunityTeam", "ResultMetadata", "Catalog",
}

// UpdateOpportunity replaces an opportunity by a record that was read and changed, and returns when AWS noted it. One
// that was changed at AWS since it was read is a [*Fault] of the kind [Stale], and stays as it is.
func (s *Session) UpdateOpportunity(ctx context.Context, r Record) (changedAt string, err error) {
	in := map[string]any{"Identifier": r.ID()}
	for name, value := range r {
		in[name] = value
	}
	for _, name := range readOnly {
		delete(in, name)
	}
	if cycle, ok := in["LifeCycle"].(map[string]any); ok {
		writable := map[string]any{}
		for name, value := range cycle {
			if name != "NextStepsHistory" && name != "ReviewStatusReason" && name != "ReviewComments" {
				writable[name] = value
			}
		}
		in["LifeCycle"] = writable
	}
	s.writes.Lock()
	defer s.writes.Unlock()
	if err := pause(ctx, betweenWrites-time.Since(s.wrote)); err != nil {
		return "", err
	}
	defer func() { s.wrote = time.Now() }()
	var out OpportunityRef
	if err := s.call(ctx, "UpdateOpportunity", in, &out); err != nil {
		return "", err
	}
	return out.ChangedAt, nil
}

// readable waits until Partner Central may be read again.
func (s *Session) readable(ctx context.Context) error {
	s.reads.Lock()
	defer s.reads.Unlock()
	err := pause(ctx, betweenReads-time.Since(s.read))
	s.read = time.Now()
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// call carries out one operation.
func (s *Session) call(ctx context.Context, operation string, in map[string]any, out any) error {
	in["Catalog"] = sellingCatalog
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write a call of AWS: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return faultf(Broken, "The address of AWS is not a URL. The operator checks aws-endpoint.")
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", sellingTarget+operation)
	sum := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(ctx, s.keys, r, hex.EncodeToString(sum[:]), sellingService, Region, time.Now())
	if err != nil {
		return fmt.Errorf("sign a call of AWS: %w", err)
	}
	res, err := s.http.Do(r)
	if err != nil {
		return faultOf(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return faultOf(err)
	}
	if res.StatusCode != http.StatusOK {
		return sellingFault(res.StatusCode, text)
	}
	numbers := json.NewDecoder(bytes.NewReader(text))
	numbers.UseNumber() // a record goes back as it came, with numbers of any size
	if err := numbers.Decode(out); err != nil {
		return faultf(Broken, "Partner Central answered in a form that is not known. Try again later.")
	}
	return nil
}

// sellingFault makes the fault of an answer that is no success. Its type decides, not the status.
func sellingFault(status int, body []byte) error {
	var said struct {
		Type      string `json:"__type"`
		Message   string
		ErrorList []struct{ FieldName, Message, Code string }
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Type == "" {
		return faultf(Broken, "Partner Central failed (HTTP %d). Try again later.", status)
	}
	code := said.Type[strings.LastIndexByte(said.Type, '#')+1:]
	f := refused(code, said.Message)
	if len(said.ErrorList) == 0 {
		return f
	}
	f.Fields = map[string]string{}
	words := []string{}
	for _, e := range said.ErrorList {
		f.Fields[e.FieldName] = e.Message
		words = append(words, e.FieldName+": "+strings.TrimSuffix(e.Message, ".")+".")
	}
	f.Message = fmt.Sprintf("AWS refused it. %s %s", clip(strings.Join(words, " "), 900), steps[f.Kind])
	return f
}

// IsStale reports whether an error says that a record was changed at AWS meanwhile.
func IsStale(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == Stale
}

package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/signature"
)

// mostRead is how much of an answer is read, in bytes: what is longer costs the connection.
const mostRead = 64 << 10

// target is where the deliveries of a webhook go, and what signs them.
type target struct {
	url    string
	keys   [][]byte // the newest first
	client *http.Client
	broken string // why nothing can be sent, in words; empty: it can
}

// target prepares what sends to a webhook.
func (s *Sender) target(ctx context.Context, w domain.Webhook, sealed, old string) target {
	t := target{url: w.URL}
	if !s.Store.Now().Before(w.OldSecretUntil) {
		old = ""
	}
	for _, text := range []string{sealed, old} {
		if text == "" {
			continue
		}
		secret, err := s.Vault.Open(secretPlace(w), text)
		if key, ok := signature.Key(secret); err == nil && ok {
			t.keys = append(t.keys, key)
		}
	}
	if len(t.keys) == 0 {
		t.broken = "The stored secret cannot be read. Rotate it."
		return t
	}
	var err error
	if t.client, err = s.clientFor(ctx, w); err != nil {
		t.broken = domain.AsError(err).Message
	}
	return t
}

// send makes one attempt of a delivery.
func (s *Sender) send(ctx context.Context, to target, d domain.Delivery) (r result) {
	r = result{delivery: d, attempt: domain.DeliveryAttempt{At: s.Store.Now()}}
	if to.broken != "" {
		r.attempt.Error = to.broken
		return r
	}
	began := time.Now()
	defer func() { r.attempt.Millis = time.Since(began).Milliseconds() }()
	limited, done := context.WithTimeout(ctx, s.Timeout)
	defer done()
	a, err := post(limited, to, d, r.attempt.At)
	switch {
	case err != nil && ctx.Err() != nil: // this node stops
		r.unsent = true
	case err != nil:
		r.attempt.Error = words(wire.Unreachable(err).Error())
	default:
		r.attempt.Code, r.attempt.Answer = a.status, words(a.body)
		if r.attempt.Error = a.refused(); r.attempt.Error != "" {
			r.after = retryAfter(a.header.Get("Retry-After"), r.attempt.At)
		}
	}
	return r
}

// answer is what a receiver said, with the beginning of its body.
type answer struct {
	status int
	header http.Header
	body   string
}

// post sends the request. An answer that stops in the middle is an answer: its status has come.
func post(ctx context.Context, to target, d domain.Delivery, at time.Time) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader(d.Body))
	if err != nil {
		return answer{}, errors.New("the address is not a URL")
	}
	var signatures []string
	for _, key := range to.keys {
		signatures = append(signatures, signature.Sign(key, d.MessageID, at, d.Body))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Vellocity")
	req.Header.Set(signature.HeaderID, d.MessageID)
	req.Header.Set(signature.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(signature.HeaderSignature, strings.Join(signatures, " "))
	res, err := to.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, mostRead))
	return answer{res.StatusCode, res.Header, string(body)}, nil
}

// refused says in words why an answer is no success; empty where it is one.
func (a answer) refused() string {
	if a.status >= 200 && a.status < 300 {
		return ""
	}
	said := strings.TrimSpace(strconv.Itoa(a.status) + " " + http.StatusText(a.status))
	if a.status < 400 {
		to := words(a.header.Get("Location"))
		if to == "" {
			return fmt.Sprintf("It answered %s. Redirects are not followed.", said)
		}
		return fmt.Sprintf("It answered %s: the address redirects to %s. Enter that address; redirects are not followed.",
			said, to)
	}
	return fmt.Sprintf("It answered %s.", said)
}

// words cuts what a receiver says to what the log keeps, in characters that can be stored.
func words(text string) string {
	text = domain.CleanText(strings.ToValidUTF8(text, "�"))
	for n, i := 0, 0; i < len(text); n++ {
		if n == domain.DeliveryAnswer {
			return text[:i]
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return text
}

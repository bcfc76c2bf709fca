// Package signature signs requests by the rules of Standard Webhooks (standardwebhooks.com,
// "Signature scheme"), so that any of its libraries verifies them.
package signature

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// The headers of a signed request.
const (
	HeaderID        = "Webhook-Id"        // the same on each try of one request
	HeaderTimestamp = "Webhook-Timestamp" // seconds since 1970; receivers refuse what is older than 5 minutes
	HeaderSignature = "Webhook-Signature"
)

// The length of a secret, in bytes before base64.
const (
	leastBytes = 24
	mostBytes  = 64
)

// NewSecret returns a secret of 64 characters: the base64 of 48 random bytes.
func NewSecret() domain.Secret {
	var b [48]byte
	rand.Read(b[:])
	return domain.Secret(base64.StdEncoding.EncodeToString(b[:]))
}

// Key returns the bytes of a signing secret, which is base64 with or without "whsec_"; ok is
// false where it is not that, or is shorter than 24 bytes or longer than 64.
func Key(secret domain.Secret) (key []byte, ok bool) {
	text := strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(secret.Reveal()), "whsec_"), "=")
	key, err := base64.RawStdEncoding.DecodeString(text)
	return key, err == nil && len(key) >= leastBytes && len(key) <= mostBytes
}

// Sign returns the value of [HeaderSignature].
func Sign(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Headers returns the three headers of a request that is sent at a moment.
func Headers(key []byte, id string, at time.Time, body []byte) map[string]string {
	return map[string]string{
		HeaderID:        id,
		HeaderTimestamp: strconv.FormatInt(at.Unix(), 10),
		HeaderSignature: Sign(key, id, at, body),
	}
}

// Package webhook sends what is published to an address of the workspace's own. Requests are
// signed by the rules of Standard Webhooks (standardwebhooks.com), so that any of its
// libraries verifies them.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// Kind returns the kind.
func Kind() wire.Kind {
	return wire.Kind{
		Slug: domain.ChannelWebhook,
		Name: "Webhook",
		Help: "Vellocity sends a POST request with the whole item as JSON, signed as Standard Webhooks describes. " +
			"Answer with 2xx; an answer {\"id\": \"…\", \"url\": \"https://…\"} says where the item is now.",
		Fields: []wire.Field{
			{Name: "url", Label: "Address", Help: "As https://example.com/hooks/vellocity", Required: true, Address: true},
		},
		Secret: wire.Field{
			Name: "secret", Label: "Signing secret",
			Help: "24 to 64 bytes in base64, with or without whsec_; left out, one is generated and shown once",
		},
		NewSecret:   NewSecret,
		ValidSecret: func(s domain.Secret) bool { _, ok := Key(s); return ok },
		Types:       domain.ContentTypes(),
		Connect:     func(c wire.Config) wire.Peer { return &hook{c} },
		Preview:     preview,
	}
}

// NewSecret returns a secret of 64 characters: the base64 of 48 random bytes.
func NewSecret() domain.Secret {
	var b [48]byte
	rand.Read(b[:])
	return domain.Secret(base64.StdEncoding.EncodeToString(b[:]))
}

type hook struct{ wire.Config }

// The types of requests.
const (
	typeCheck       = "channel.check"
	typePublished   = "content.published"
	typeUnpublished = "content.unpublished"
)

// envelope is the body of a request.
type envelope struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// item is what of an item a request says.
type item struct {
	ID              string             `json:"id"` // the item's UUID, for ever
	ContentID       int64              `json:"content_id"`
	ExternalID      string             `json:"external_id,omitempty"` // as the receiver has called it
	Version         int                `json:"version,omitempty"`
	ContentType     domain.ContentType `json:"content_type,omitempty"`
	Title           string             `json:"title,omitempty"`
	Slug            string             `json:"slug,omitempty"`
	Summary         string             `json:"summary,omitempty"`
	MetaTitle       string             `json:"meta_title,omitempty"`
	MetaDescription string             `json:"meta_description,omitempty"`
	Language        string             `json:"language,omitempty"`
	Keywords        []string           `json:"keywords,omitempty"`
	Markdown        string             `json:"markdown,omitempty"`
	HTML            string             `json:"html,omitempty"`
}

// Check implements [wire.Peer].
func (h *hook) Check(ctx context.Context) (string, error) {
	if _, err := h.send(ctx, "check-"+strconv.FormatInt(h.Now().UnixMilli(), 10), typeCheck, struct{}{}); err != nil {
		return "", err
	}
	return "The address answered a signed request", nil
}

// Put implements [wire.Peer].
func (h *hook) Put(ctx context.Context, p wire.Post, ref wire.Ref) (wire.Receipt, error) {
	res, err := h.send(ctx, p.Key, typePublished, item{
		ID:              p.UUID,
		ContentID:       p.ContentID,
		ExternalID:      ref.ID,
		Version:         p.Version,
		ContentType:     p.Type,
		Title:           p.Title,
		Slug:            p.Slug,
		Summary:         p.Summary,
		MetaTitle:       p.MetaTitle,
		MetaDescription: p.MetaDescription,
		Language:        p.Language,
		Keywords:        p.Keywords,
		Markdown:        p.Body,
		HTML:            p.HTML,
	})
	if err != nil {
		return wire.Receipt{}, err
	}
	var said struct{ ID, URL string }
	// Most receivers answer with no JSON at all, and whatever they call it, it has arrived.
	if json.Unmarshal(res.Body, &said) == nil {
		if said.ID != "" && len(said.ID) <= mostID {
			ref.ID = said.ID
		}
		if web(said.URL) {
			ref.URL = said.URL
		}
	}
	return wire.Receipt{Ref: ref}, nil
}

// mostID is how long what a receiver calls an item may be, in bytes.
const mostID = 200

// web reports whether an address may become a link.
func web(address string) bool {
	return (strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")) && len(address) <= 2048
}

// Remove implements [wire.Peer].
func (h *hook) Remove(ctx context.Context, p wire.Post, ref wire.Ref) error {
	_, err := h.send(ctx, p.Key, typeUnpublished, item{ID: p.UUID, ContentID: p.ContentID, ExternalID: ref.ID})
	return err
}

func (h *hook) send(ctx context.Context, id, event string, data any) (wire.Response, error) {
	now := h.Now()
	body, err := json.Marshal(envelope{event, now.UTC(), data})
	if err != nil {
		return wire.Response{}, wire.Faultf(wire.Refused, "The item cannot be written as JSON: %v.", err)
	}
	key, ok := Key(h.Secret)
	if !ok {
		return wire.Response{}, wire.Faultf(wire.Settings, "The signing secret is not base64. Enter another one.")
	}
	res, err := wire.Do(ctx, h.HTTP, wire.Request{
		Method: http.MethodPost,
		URL:    h.Settings["url"],
		Header: http.Header{
			"Content-Type":      {"application/json"},
			"Webhook-Id":        {id},
			"Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)},
			"Webhook-Signature": {Sign(key, id, now, body)},
		},
		Body: body,
	})
	if err == nil && !res.OK() {
		err = wire.Refusal(res, "")
	}
	return res, err
}

// Key returns the bytes of a signing secret, which is base64 with or without "whsec_"; ok is
// false where it is not that, or is shorter than 24 bytes or longer than 64.
func Key(secret domain.Secret) (key []byte, ok bool) {
	text := strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(secret.Reveal()), "whsec_"), "=")
	key, err := base64.RawStdEncoding.DecodeString(text)
	return key, err == nil && len(key) >= 24 && len(key) <= 64
}

// Sign returns the signature of a request (Standard Webhooks, "Signature scheme").
func Sign(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// preview implements [wire.Kind].Preview: nothing is lost, since everything is sent.
func preview(_ map[string]string, p wire.Post) wire.Preview {
	return wire.Preview{Parts: []string{p.HTML}, HTML: true, Lost: wire.ContentsOf(p.HTML).OfArticle()}
}

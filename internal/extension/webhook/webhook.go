// Package webhook sends what is published to an address of the workspace's own. Requests are
// signed by the rules of Standard Webhooks (standardwebhooks.com), so that any of its
// libraries verifies them.
package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/signature"
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
		NewSecret:   signature.NewSecret,
		ValidSecret: func(s domain.Secret) bool { _, ok := signature.Key(s); return ok },
		Types:       domain.ContentTypes(),
		Connect:     func(c wire.Config) wire.Peer { return &hook{c} },
		Preview:     preview,
	}
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
	Images          []picture          `json:"images,omitempty"`
}

// picture is an image of the item.
type picture struct {
	ImageID   int64            `json:"image_id"`
	Role      domain.ImageRole `json:"role"`
	URL       *string          `json:"url"` // where the public feed shows it; null: nowhere
	AltText   string           `json:"alt_text"`
	Caption   string           `json:"caption,omitempty"`
	MediaType string           `json:"media_type"`
	Width     int              `json:"width"`
	Height    int              `json:"height"`
	Bytes     int              `json:"bytes"`
	SHA256    string           `json:"sha256"`
}

func pictures(p wire.Post) (list []picture) {
	for _, i := range p.Images {
		out := picture{
			ImageID: i.ImageID, Role: i.Role, AltText: i.AltText, Caption: i.Caption, MediaType: i.Format.MediaType(),
			Width: i.Width, Height: i.Height, Bytes: i.Bytes, SHA256: i.Sum,
		}
		if i.URL != "" {
			out.URL = &i.URL
		}
		list = append(list, out)
	}
	return list
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
		Images:          pictures(p),
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
	key, ok := signature.Key(h.Secret)
	if !ok {
		return wire.Response{}, wire.Faultf(wire.Settings, "The signing secret is not base64. Enter another one.")
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range signature.Headers(key, id, now, body) {
		header.Set(name, value)
	}
	res, err := wire.Do(ctx, h.HTTP, wire.Request{
		Method: http.MethodPost,
		URL:    h.Settings["url"],
		Header: header,
		Body:   body,
	})
	if err == nil && !res.OK() {
		err = wire.Refusal(res, "")
	}
	return res, err
}

// preview implements [wire.Kind].Preview: nothing is lost, since everything is sent.
func preview(_ map[string]string, p wire.Post) wire.Preview {
	lost := append(p.Foreign().OfArticle(), wire.WithoutAlt(p)...)
	for _, i := range p.Images {
		if i.URL == "" {
			lost = append(lost, "The addresses of the images: the workspace's feed is off, or the server does not know its "+
				"own address (base-url).")
			break
		}
	}
	return wire.Preview{Parts: []string{p.HTML}, HTML: true, Lost: lost}
}

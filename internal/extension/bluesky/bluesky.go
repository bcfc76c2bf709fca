// Package bluesky posts on Bluesky, through the XRPC interface of the account's server (a
// PDS), signed in with an app password. A text that is too long for a post becomes a thread.
//
// The keys of an item's posts are made of the item's id, so a post that is sent again takes
// the place of itself, and none appears twice.
package bluesky

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// The limits of a post (lexicon app.bsky.feed.post).
const (
	mostGraphemes = 300
	mostBytes     = 3000
)

const (
	name       = "Bluesky"
	collection = "app.bsky.feed.post"
)

// Kind returns the kind.
func Kind() wire.Kind {
	return wire.Kind{
		Slug: domain.ChannelBluesky,
		Name: name,
		Help: "Create an app password in Bluesky under Settings > Privacy and security > App passwords. Bluesky shows no " +
			"edits of posts: what was changed after the first publication may stay unseen there.",
		Fields: []wire.Field{
			{Name: "identifier", Label: "Handle", Help: "As ada.bsky.social", Required: true},
			{Name: "url", Label: "Server", Help: "The account's server", Default: "https://bsky.social", Address: true},
		},
		Secret: wire.Field{
			Name: "secret", Label: "App password", Required: true, Help: "As abcd-efgh-ijkl-mnop; not the account's password",
		},
		Types:   []domain.ContentType{domain.ContentSocial},
		Connect: func(c wire.Config) wire.Peer { return &account{Config: c} },
		Preview: func(_ map[string]string, p wire.Post) wire.Preview {
			return preview(p)
		},
	}
}

func preview(p wire.Post) wire.Preview {
	out := wire.PreviewThread(p, name, mostGraphemes, mostImages, count)
	for _, i := range p.Images {
		if i.Bytes > mostImageBytes || max(i.Width, i.Height) > mostEdge {
			out.Lost = append(out.Lost, "Large images are made smaller: at most 1 MB and 2,000 pixels a side.")
			break
		}
	}
	return out
}

// count counts graphemes, and what a text has of the bytes that it may have.
func count(text string) int {
	return max(uniseg.GraphemeClusterCount(text), (len(text)*mostGraphemes+mostBytes-1)/mostBytes)
}

type account struct {
	wire.Config
	did, token, handle string // of the session
}

// call carries out a procedure.
func (a *account) call(ctx context.Context, procedure string, body, into any) error {
	return a.send(ctx, procedure, wire.Request{Body: body, Header: http.Header{}}, into)
}

// send signs the request of a procedure and carries it out.
func (a *account) send(ctx context.Context, procedure string, in wire.Request, into any) error {
	in.Method, in.URL = http.MethodPost, strings.TrimRight(a.Settings["url"], "/")+"/xrpc/"+procedure
	if a.token != "" {
		in.Header.Set("Authorization", "Bearer "+a.token)
	}
	res, err := wire.Do(ctx, a.HTTP, in)
	if err != nil {
		return err
	}
	if res.OK() {
		return res.Decode(into)
	}
	var failed struct{ Error, Message string }
	_ = res.Decode(&failed) // a proxy's error has no JSON; its status says enough
	f := wire.Refusal(res, failed.Message)
	switch failed.Error {
	case "AuthenticationRequired":
		f = wire.Faultf(wire.Settings, "Bluesky did not accept the handle and app password. Create a new app password.")
	case "AccountTakedown", "AccountDeactivated", "AuthFactorTokenRequired":
		f = wire.Faultf(wire.Settings, "Bluesky refused the account: %s.", strings.TrimSuffix(failed.Message, "."))
	case "ExpiredToken", "InvalidToken":
		f.Kind = wire.Again
	}
	return f
}

// signIn begins a session.
func (a *account) signIn(ctx context.Context) error {
	var session struct{ AccessJwt, Did, Handle string }
	err := a.call(ctx, "com.atproto.server.createSession", map[string]string{
		"identifier": strings.TrimPrefix(a.Settings["identifier"], "@"), "password": a.Secret.Reveal(),
	}, &session)
	if err == nil && (session.Did == "" || session.AccessJwt == "") {
		err = wire.Faultf(wire.Settings, "The server answers, but not as Bluesky does. Check its address.")
	}
	a.did, a.token, a.handle = session.Did, session.AccessJwt, session.Handle
	return err
}

// Check implements [wire.Peer].
func (a *account) Check(ctx context.Context) (string, error) {
	if err := a.signIn(ctx); err != nil {
		return "", err
	}
	return "@" + a.handle + " on " + a.Settings["url"], nil
}

// record is a post.
type record struct {
	Type      string    `json:"$type"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"createdAt"`
	Langs     []string  `json:"langs,omitempty"`
	Facets    []facet   `json:"facets,omitempty"`
	Reply     *reply    `json:"reply,omitempty"`
	Embed     *embed    `json:"embed,omitempty"` // of the first post alone
}

type reply struct {
	Root   strong `json:"root"`
	Parent strong `json:"parent"`
}

// strong names a post in exactly one form.
type strong struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

// facet makes a part of the text a link or a tag. Its places count bytes of UTF-8.
type facet struct {
	Index struct {
		ByteStart int `json:"byteStart"`
		ByteEnd   int `json:"byteEnd"`
	} `json:"index"`
	Features []map[string]string `json:"features"`
}

var (
	address = regexp.MustCompile(`https?://[^\s<>"]+`)
	hashtag = regexp.MustCompile(`(?:^|\s)(#[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)`)
)

// facets finds the links and tags of a text.
func facets(text string) (list []facet) {
	add := func(from, to int, kind, field, value string) {
		f := facet{Features: []map[string]string{{"$type": "app.bsky.richtext.facet#" + kind, field: value}}}
		f.Index.ByteStart, f.Index.ByteEnd = from, to
		list = append(list, f)
	}
	for _, at := range address.FindAllStringIndex(text, -1) {
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]")
		add(at[0], at[0]+len(link), "link", "uri", link)
	}
	for _, at := range hashtag.FindAllStringSubmatchIndex(text, -1) {
		if tag := text[at[2]+1 : at[3]]; len(tag) <= 64 {
			add(at[2], at[3], "tag", "tag", tag)
		}
	}
	return list
}

// key returns the key of one post of an item's thread: a TID (atproto.com/specs/tid) that is
// made of the item's id.
func key(uuid string, part int) string {
	const letters = "234567abcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(uuid))
	// A moment within two years from 2023, as if it had been taken from a clock.
	micros := uint64(1_672_531_200_000_000) + binary.BigEndian.Uint64(sum[:])%63_072_000_000_000 + uint64(part)
	n := micros<<10 | uint64(sum[31])
	var out [13]byte
	for i := range out {
		out[12-i] = letters[n&31]
		n >>= 5
	}
	return string(out[:])
}

// Put implements [wire.Peer].
func (a *account) Put(ctx context.Context, p wire.Post, ref wire.Ref) (wire.Receipt, error) {
	parts, ok := p.Posts(mostGraphemes, count)
	if !ok {
		return wire.Receipt{}, wire.TooLong(name)
	}
	if err := a.signIn(ctx); err != nil {
		return wire.Receipt{}, err
	}
	pictures, err := a.pictures(ctx, p)
	if err != nil {
		return wire.Receipt{}, err
	}
	var root, parent strong
	for i, text := range parts {
		r := record{
			Type: collection, Text: text, Facets: facets(text),
			CreatedAt: p.At.UTC().Add(time.Duration(i) * time.Millisecond),
		}
		if p.Language != "" {
			r.Langs = []string{p.Language}
		}
		if i > 0 {
			r.Reply = &reply{root, parent}
		} else {
			r.Embed = pictures
		}
		var made strong
		err := a.call(ctx, "com.atproto.repo.putRecord", map[string]any{
			"repo": a.did, "collection": collection, "rkey": key(p.UUID, i), "record": r,
		}, &made)
		if err != nil {
			return wire.Receipt{}, err
		}
		if parent = made; i == 0 {
			root = made
		}
	}
	if err := a.trim(ctx, p, len(parts), known(ref)); err != nil {
		return wire.Receipt{}, err
	}
	out := wire.Receipt{Ref: wire.Ref{
		ID:  root.URI + " " + strconv.Itoa(len(parts)),
		URL: "https://bsky.app/profile/" + a.did + "/post/" + key(p.UUID, 0),
	}}
	if ref.ID != "" {
		out.Notes = []string{"Bluesky shows no edits: readers may still see the first version."}
	}
	return out, nil
}

// known returns how many posts a reference says that there are.
func known(ref wire.Ref) int {
	_, count, _ := strings.Cut(ref.ID, " ")
	n, _ := strconv.Atoi(count) // none is known
	return n
}

// trim deletes the posts of a thread from one on. It is no error when they are gone.
func (a *account) trim(ctx context.Context, p wire.Post, from, to int) error {
	for i := to - 1; i >= from; i-- { // the last one first, so that no reply is left without its parent
		var gone struct{}
		err := a.call(ctx, "com.atproto.repo.deleteRecord", map[string]any{
			"repo": a.did, "collection": collection, "rkey": key(p.UUID, i),
		}, &gone)
		if err != nil {
			return err
		}
	}
	return nil
}

// Remove implements [wire.Peer].
func (a *account) Remove(ctx context.Context, p wire.Post, ref wire.Ref) error {
	if err := a.signIn(ctx); err != nil {
		return err
	}
	n := known(ref)
	if n == 0 {
		n = 10 // what an earlier try may have left
	}
	return a.trim(ctx, p, 0, n)
}

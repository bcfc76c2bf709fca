package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// session is that of the era with sessions: how it was opened, so that it can be opened
// again, and what it is now.
type session struct {
	mu    sync.Mutex
	hello message // the client's initialize; no raw: there was none
	known opened
	renew sync.Mutex // held while another session is opened

	watched   map[string]message // subscriptions of the client, by address
	listening bool
}

// opened is an open session; the zero value is none.
type opened struct {
	id, version string
	changing    []string // what the server may announce changes of: tools, prompts, resources
}

func (s *session) opens(m message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hello, s.known = m, opened{}
}

func (s *session) is(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known.id = id
}

// agreed reads the version of the protocol in the response to initialize.
func (s *session) agreed(raw []byte) {
	var r struct {
		Result struct {
			ProtocolVersion string                     `json:"protocolVersion"`
			Capabilities    map[string]json.RawMessage `json:"capabilities"`
		} `json:"result"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known.version = r.Result.ProtocolVersion
	for _, name := range []string{"tools", "prompts", "resources"} {
		var c struct {
			ListChanged bool `json:"listChanged"`
		}
		if json.Unmarshal(r.Result.Capabilities[name], &c) == nil && c.ListChanged {
			s.known.changing = append(s.known.changing, name)
		}
	}
}

func (s *session) current() opened {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

// follow notes what the client subscribes to.
func (s *session) follow(m message) {
	var p struct {
		URI string `json:"uri"`
	}
	if m.Method != "resources/subscribe" && m.Method != "resources/unsubscribe" || json.Unmarshal(m.Params, &p) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watched == nil {
		s.watched = map[string]message{}
	}
	if s.watched[p.URI] = m; m.Method == "resources/unsubscribe" {
		delete(s.watched, p.URI)
	}
}

// renew opens another session in place of one that the server has ended, as after a
// restart: the client knows nothing of it. Its subscriptions go along.
func (b *bridge) renew(ctx context.Context, gone string) error {
	s := &b.session
	s.renew.Lock()
	defer s.renew.Unlock()
	s.mu.Lock()
	hello, now := s.hello, s.known.id
	watched := make([]message, 0, len(s.watched))
	for _, m := range s.watched {
		watched = append(watched, m)
	}
	s.mu.Unlock()
	if now != gone {
		return nil // somebody was faster
	}
	if hello.raw == nil {
		return errors.New("send initialize first")
	}
	resp, err := b.send(ctx, http.MethodPost, hello, "", "")
	if err != nil {
		return b.unreachable(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server has ended the session and opens no other (HTTP %d)", resp.StatusCode)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, mostBody)) // the client has the answer to its own
	s.is(resp.Header.Get("Mcp-Session-Id"))
	known := s.current()
	for _, m := range append([]message{{raw: []byte(initialized), Method: "notifications/initialized"}}, watched...) {
		resp, err := b.send(ctx, http.MethodPost, m, known.id, known.version)
		if err != nil {
			return b.unreachable(ctx, err)
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, mostBody)) // it was answered before
		_ = resp.Body.Close()
	}
	for _, list := range known.changing { // it may be another version of the server
		if err := b.write([]byte(`{"jsonrpc":"2.0","method":"notifications/` + list + `/list_changed"}`)); err != nil {
			return err
		}
	}
	for _, m := range watched { // and what the client follows may have changed meanwhile
		if err := b.write(updated(m)); err != nil {
			return err
		}
	}
	b.o.Log("the server has opened another session")
	select {
	case b.opened <- struct{}{}:
	default:
	}
	return nil
}

// updated says that the resource of a subscription has changed.
func updated(subscription message) []byte {
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":%s}`,
		subscription.Params)
}

const initialized = `{"jsonrpc":"2.0","method":"notifications/initialized"}`

// The waits before the stream of the server's own messages is opened again.
const (
	firstWait = 500 * time.Millisecond
	lastWait  = 15 * time.Second
)

// listen passes on the messages that belong to no call, until the bridge ends. A server
// that offers none says so once.
func (b *bridge) listen() {
	s := &b.session
	s.mu.Lock()
	begun := s.listening
	s.listening = true
	s.mu.Unlock()
	if begun {
		return
	}
	go func() {
		for wait := firstWait; b.ctx.Err() == nil; wait = min(2*wait, lastWait) {
			began := time.Now()
			if offered := b.stream(); !offered {
				return
			}
			if time.Since(began) > lastWait {
				wait = firstWait
			}
			select {
			case <-time.After(wait):
			case <-b.opened:
			case <-b.ctx.Done():
			}
		}
	}()
}

// stream reads the server's own messages once. It reports false where there are none to be
// had.
func (b *bridge) stream() (offered bool) {
	known := b.session.current()
	resp, err := b.send(b.ctx, http.MethodGet, message{}, known.id, known.version)
	if err != nil {
		return true
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		_ = b.pass(b.ctx, resp.Body, message{}) // it is opened again
		return true
	case http.StatusNotFound:
		if err := b.renew(b.ctx, known.id); err != nil && b.ctx.Err() == nil {
			b.o.Log(err.Error())
		}
		return true
	case http.StatusMethodNotAllowed, http.StatusUnauthorized, http.StatusForbidden:
		return false
	}
	return true
}

// end closes the session, which the server would keep for an hour.
func (b *bridge) end() {
	known := b.session.current()
	if known.id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), 2*time.Second)
	defer cancel()
	if resp, err := b.send(ctx, http.MethodDelete, message{}, known.id, known.version); err == nil {
		_ = resp.Body.Close() // it was asked for
	}
}

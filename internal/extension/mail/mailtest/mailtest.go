// Package mailtest is a mail server within the test: it speaks SMTP on the wire, does
// what its script says, and keeps what it accepted.
package mailtest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say what the server is like. The zero value takes everything from everybody,
// unencrypted.
type Options struct {
	TLS      *tls.Config // offered by STARTTLS; nil: not offered
	Implicit bool        // with TLS: encrypted from the start
	User     string      // who must sign in; empty: nobody
	Password string
	// Rcpt and Data return an error of the server, such as *smtp.SMTPError, or nil.
	// They are called with how many times they have been called before.
	Rcpt func(n int, to string) error
	Data func(n int) error
}

// Mail is a message as the server got it.
type Mail struct {
	From, To string
	Raw      string // header and body, with \r\n
}

// Header returns the first header of that name, unfolded; empty where there is none.
func (m Mail) Header(name string) string {
	head, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
	head = strings.ReplaceAll(strings.ReplaceAll(head, "\r\n ", " "), "\r\n\t", " ")
	for line := range strings.SplitSeq(head, "\r\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Server is a running mail server.
type Server struct {
	Host string
	Port int

	opts  Options
	mu    sync.Mutex
	mails []Mail
	rcpts int
	datas int
}

// Start starts a server on this machine, which ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{opts: o}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	server.Domain, server.TLSConfig, server.AllowInsecureAuth = "mail.test", o.TLS, true
	server.ErrorLog = quiet{}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("it listens on %v", l.Addr())
	}
	s.Host, s.Port = "127.0.0.1", address.Port
	if o.Implicit {
		l = tls.NewListener(l, o.TLS)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) }) // it ends with an error of its own, when it is closed
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // the server does not know it where the test ends before Serve has begun
		serving.Wait()
	})
	return s
}

// Mails returns what was accepted, in order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// quiet drops what the server logs about clients that break off.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// session is one conversation.
type session struct {
	server *Server
	signed bool
	mail   Mail
}

// AuthMechanisms implements [smtp.AuthSession].
func (s *session) AuthMechanisms() []string {
	if s.server.opts.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements [smtp.AuthSession].
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.opts.User || password != s.server.opts.Password {
			return &smtp.SMTPError{Code: 535, Message: "Wrong user or password"}
		}
		s.signed = true
		return nil
	}), nil
}

// Mail implements [smtp.Session].
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.opts.User != "" && !s.signed {
		return errors.New("sign in first")
	}
	s.mail = Mail{From: from}
	return nil
}

// Rcpt implements [smtp.Session].
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = to
	n := s.server.count(&s.server.rcpts)
	if s.server.opts.Rcpt == nil {
		return nil
	}
	return s.server.opts.Rcpt(n, to)
}

// Data implements [smtp.Session].
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	n := s.server.count(&s.server.datas)
	if s.server.opts.Data != nil {
		if err := s.server.opts.Data(n); err != nil {
			return err
		}
	}
	s.mail.Raw = string(raw)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

// Reset implements [smtp.Session].
func (s *session) Reset() { s.mail = Mail{} }

// Logout implements [smtp.Session].
func (s *session) Logout() error { return nil }

func (s *Server) count(of *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	*of++
	return *of - 1
}

package mail_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vellocity/internal/domain"
	"vellocity/internal/extension/mail"
	"vellocity/internal/extension/mail/mailtest"
)

// certificate is one of net/http's for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}, pool
}

func sender(t *testing.T, s *mailtest.Server, change func(*mail.Config)) *mail.Sender {
	t.Helper()
	c := mail.Config{Host: s.Host, Port: s.Port, From: "Vellocity <news@example.com>", Encryption: mail.None}
	if change != nil {
		change(&c)
	}
	m, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func message() mail.Message {
	return mail.Message{
		ID:          "notification-7.abc@example.com",
		To:          "ada@example.com",
		Subject:     "“Cold brew” is complete",
		Text:        "Text with ünïcode and a line that is longer than seventy-six characters, as lines of e-mails must not be.\n",
		HTML:        "<p>Text</p>",
		Unsubscribe: "https://vellocity.example.com/unsubscribe?t=x.y",
	}
}

// What a reader's program gets: one subject, both parts, our Message-ID, and the
// headers of RFC 8058.
func TestAMessageAsItArrives(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	if err := sender(t, server, nil).Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	got := server.Mails()
	if len(got) != 1 || got[0].From != "news@example.com" || got[0].To != "ada@example.com" {
		t.Fatalf("%+v", got)
	}
	parsed, err := netmail.ReadMessage(strings.NewReader(got[0].Raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil || subject != message().Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	for name, want := range map[string]string{
		"Message-ID":            "<notification-7.abc@example.com>",
		"List-Unsubscribe":      "<https://vellocity.example.com/unsubscribe?t=x.y>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Auto-Submitted":        "auto-generated",
	} {
		if got := parsed.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	want := map[string]string{"text/plain": message().Text, "text/html": message().HTML}
	for parts := multipart.NewReader(parsed.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")) != strings.TrimSpace(want[kind]) || err != nil {
			t.Errorf("%s: %q %v", kind, body, err)
		}
		delete(want, kind)
	}
	if len(want) != 0 {
		t.Errorf("without %v", want)
	}
}

// Nothing in a subject or an address becomes a header or a command of its own.
func TestNothingIsInjected(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	s := sender(t, server, nil)
	for _, subject := range []string{"a\r\nBcc: eve@example.com", "a\nBcc: eve@example.com", "a\r\n\r\nBody", "a\rBcc: x", "\t a "} {
		m := message()
		m.Subject = subject
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		got := server.Mails()[len(server.Mails())-1]
		if got.Header("Bcc") != "" || strings.ContainsAny(got.Header("Subject"), "\r\n") ||
			got.Header("Subject") != strings.Join(strings.Fields(subject), " ") {
			t.Errorf("%q arrives as %q", subject, got.Raw)
		}
	}
	before := len(server.Mails())
	for _, to := range []string{"", "ada", "ada@example.com\r\nRCPT TO:<eve@example.com>", "ada@example.com, eve@example.com"} {
		m := message()
		m.To = to
		var refused *mail.Refused
		if err := s.Send(t.Context(), m); !errors.As(err, &refused) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n := len(server.Mails()); n != before {
		t.Errorf("%d were sent", n-before)
	}
}

// Each failure is one that may pass or one that will not, in the server's words, and
// none shows the password.
func TestWhatFailures(t *testing.T) {
	const password = "canary-5c1e"
	trusted, pool := certificate(t)
	refuse := func(code int, text string) func(int) error {
		return func(int) error { return &smtp.SMTPError{Code: code, Message: text} }
	}
	to := func(f func(int) error) func(int, string) error { return func(n int, _ string) error { return f(n) } }
	for _, c := range []struct {
		name   string
		server mailtest.Options
		change func(*mail.Config)
		final  bool
		says   string // empty: it is sent
	}{
		{"plain", mailtest.Options{}, nil, false, ""},
		{"starttls", mailtest.Options{TLS: trusted}, func(c *mail.Config) { c.Encryption, c.Roots = mail.StartTLS, pool }, false, ""},
		{"tls", mailtest.Options{TLS: trusted, Implicit: true}, func(c *mail.Config) { c.Encryption, c.Roots = mail.TLS, pool }, false, ""},
		{
			"sign in over tls",
			mailtest.Options{TLS: trusted, Implicit: true, User: "u", Password: password},
			func(c *mail.Config) { c.Encryption, c.Roots, c.User, c.Password = mail.TLS, pool, "u", password },
			false, "",
		},
		{
			"sign in",
			mailtest.Options{TLS: trusted, User: "u", Password: password},
			func(c *mail.Config) { c.Encryption, c.Roots, c.User, c.Password = mail.StartTLS, pool, "u", password },
			false, "",
		},
		{
			"wrong password",
			mailtest.Options{TLS: trusted, User: "u", Password: "other"},
			func(c *mail.Config) { c.Encryption, c.Roots, c.User, c.Password = mail.StartTLS, pool, "u", password },
			false, "Wrong user or password",
		},
		{"no starttls", mailtest.Options{}, func(c *mail.Config) { c.Encryption = mail.StartTLS }, false, "does not support STARTTLS"},
		{"unknown authority", mailtest.Options{TLS: trusted}, func(c *mail.Config) { c.Encryption = mail.StartTLS }, false, "certificate"},
		{"no server", mailtest.Options{}, func(c *mail.Config) { c.Port = 1 }, false, "refused"},
		{"no such address", mailtest.Options{Rcpt: to(refuse(550, "No such user here"))}, nil, true, "No such user here"},
		{"busy address", mailtest.Options{Rcpt: to(refuse(451, "Try again later"))}, nil, false, "Try again later"},
		{"refused text", mailtest.Options{Data: refuse(554, "Looks like spam")}, nil, true, "Looks like spam"},
		{"full", mailtest.Options{Data: refuse(452, "Mailbox full")}, nil, false, "Mailbox full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := mailtest.Start(t, c.server)
			err := sender(t, server, c.change).Send(t.Context(), message())
			var refused *mail.Refused
			switch {
			case c.says == "":
				if err != nil || len(server.Mails()) != 1 {
					t.Errorf("%d sent, %v", len(server.Mails()), err)
				}
			case err == nil || !strings.Contains(err.Error(), c.says) || errors.As(err, &refused) != c.final:
				t.Errorf("got %v", err)
			case strings.Contains(err.Error(), password) || strings.ContainsAny(err.Error(), "\r\n"):
				t.Errorf("it says %q", err)
			}
		})
	}
}

// A message that the server has accepted is not sent again because of what comes after.
func TestAcceptedIsSent(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 hello\r\n"))
		buf := make([]byte, 64<<10)
		for _, answer := range []string{"250 mail.test", "250 ok", "250 ok", "354 go on"} {
			if _, err := conn.Read(buf); err != nil {
				return
			}
			_, _ = conn.Write([]byte(answer + "\r\n"))
		}
		for text := ""; !strings.HasSuffix(text, "\r\n.\r\n"); {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			text += string(buf[:n])
		}
		_, _ = conn.Write([]byte("250 accepted\r\n")) // and it breaks off
	}()
	address, _ := l.Addr().(*net.TCPAddr)
	s := sender(t, &mailtest.Server{Host: "127.0.0.1", Port: address.Port}, nil)
	if err := s.Send(t.Context(), message()); err != nil {
		t.Errorf("it was accepted, and: %v", err)
	}
}

// A server that is silent holds nobody longer than the context.
func TestASilentServer(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address, _ := l.Addr().(*net.TCPAddr)
	ctx, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer done()
	began := time.Now()
	err = sender(t, &mailtest.Server{Host: "127.0.0.1", Port: address.Port}, nil).Send(ctx, message())
	if took := time.Since(began); err == nil || took > 10*time.Second {
		t.Errorf("%v after %v", err, took)
	}
}

func TestCheckSendsNothing(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{User: "u", Password: "p"})
	good := sender(t, server, func(c *mail.Config) { c.User, c.Password = "u", "p" })
	if err := good.Check(t.Context()); err != nil {
		t.Error(err)
	}
	bad := sender(t, server, func(c *mail.Config) { c.User, c.Password = "u", domain.Secret("other") })
	if err := bad.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "Wrong user or password") {
		t.Errorf("got %v", err)
	}
	if n := len(server.Mails()); n != 0 {
		t.Errorf("%d were sent", n)
	}
	if _, err := mail.New(mail.Config{From: "nobody"}); err == nil {
		t.Error("a sender without an address was accepted")
	}
}

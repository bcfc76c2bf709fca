// Package mail hands e-mails to a mail server over SMTP (RFC 5321). It knows nothing of
// what they say, and keeps nothing: whether and when to try again is its caller's
// decision, for which [Sender.Send] says what kind of failure it was.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"vellocity/internal/domain"
)

// The kinds of encryption.
const (
	StartTLS = "starttls" // an unencrypted connection that must become encrypted; port 587
	TLS      = "tls"      // encrypted from the start; port 465
	None     = "none"     // for a mail server on the same machine
)

// timeout bounds the connection, and then each part of the conversation.
const timeout = 15 * time.Second

// Config is how to reach the mail server.
type Config struct {
	Host       string
	Port       int
	User       string // empty: no sign-in
	Password   domain.Secret
	From       string // an address, or a name and an address: Vellocity <news@example.com>
	Encryption string // StartTLS, TLS or None
	// Roots are the certificates to trust; nil means those of the system.
	Roots *x509.CertPool
}

// Message is one e-mail to one address.
type Message struct {
	// ID is its Message-ID without brackets. A message that is sent again has the same
	// one, by which many mail programs show it once.
	ID      string
	To      string
	Subject string
	Text    string
	HTML    string
	// Unsubscribe is the address of the page that stops further e-mails: a GET shows it,
	// and a POST does it at once (RFC 8058). Empty: there is none.
	Unsubscribe string
}

// Sender sends e-mails. It is safe for use by several goroutines.
type Sender struct {
	config Config
	from   *netmail.Address
}

// New returns a sender. It connects to nothing.
func New(c Config) (*Sender, error) {
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is no e-mail address: %w", c.From, err)
	}
	return &Sender{c, from}, nil
}

// Domain returns the domain of the sender's address, for Message-IDs.
func (s *Sender) Domain() string { return s.from.Address[strings.LastIndex(s.from.Address, "@")+1:] }

// Refused is the error of a message that the mail server will not take however often it
// is sent, such as one to an address that does not exist.
type Refused struct{ Reason string }

// Error returns the mail server's words.
func (r *Refused) Error() string { return r.Reason }

// Send hands a message to the mail server. It returns nil once the server has accepted
// it, a [*Refused] where trying again is useless, and any other error where it may
// help. It returns soon after ctx ends.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return &Refused{err.Error()}
	}
	err = s.talk(ctx, func(c *gomail.Client, open *smtp.Client) error { return c.SendWithSMTPClient(open, msg) })
	if err == nil || msg.IsDelivered() { // what fails after the server has taken it is no failure
		return nil
	}
	var failed *gomail.SendError
	if errors.As(err, &failed) && failed.ErrorCode() >= 500 && ofTheMessage(failed.Reason) {
		return &Refused{words(err)}
	}
	return errors.New(words(err))
}

// ofTheMessage reports whether a refusal is about this message. One of the sender's
// address or its password is a mistake in the configuration, which can be fixed.
func ofTheMessage(r gomail.SendErrReason) bool {
	return r == gomail.ErrSMTPRcptTo || r == gomail.ErrSMTPData || r == gomail.ErrSMTPDataClose
}

// Check connects and signs in, and sends nothing. The error says what is wrong.
func (s *Sender) Check(ctx context.Context) error {
	if err := s.talk(ctx, func(*gomail.Client, *smtp.Client) error { return nil }); err != nil {
		return errors.New(words(err))
	}
	return nil
}

// words returns what the mail server said, in one line.
func words(err error) string {
	text, _, _ := strings.Cut(err.Error(), ", affected ")
	return strings.Join(strings.Fields(text), " ")
}

func (s *Sender) compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("the address %q cannot be sent to: %w", m.To, err)
	}
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDate()
	// The library would encode a line break, and show it: a subject is one line.
	msg.Subject(strings.Join(strings.Fields(m.Subject), " "))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	if m.Unsubscribe != "" {
		msg.SetListUnsubscribe(m.Unsubscribe)
		msg.SetListUnsubscribePost()
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// talk connects, signs in, runs f and disconnects. The library leaves a connection open
// whose beginning failed, and looks at no context after that, so the connection is ours.
func (s *Sender) talk(ctx context.Context, f func(*gomail.Client, *smtp.Client) error) error {
	ctx, done := context.WithCancel(ctx)
	defer done() // which closes the connection
	options := append(s.options(), gomail.WithDialContextFunc(
		func(dialing context.Context, network, address string) (net.Conn, error) {
			conn, err := s.dial(dialing, network, address)
			if err == nil {
				context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		}))
	c, err := gomail.NewClient(s.config.Host, options...)
	if err != nil {
		return fmt.Errorf("set up SMTP: %w", err)
	}
	client, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	err = f(c, client)
	if ctx.Err() == nil {
		_ = c.CloseWithSMTPClient(client) // the message is sent, whatever the server says to QUIT
	}
	return err
}

// dial opens the connection. It ends with ctx, which also bounds the greeting.
func (s *Sender) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if s.config.Encryption != TLS {
		return d.DialContext(ctx, network, address)
	}
	return (&tls.Dialer{NetDialer: &d, Config: s.tls()}).DialContext(ctx, network, address)
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Host, MinVersion: tls.VersionTLS12, RootCAs: s.config.Roots}
}

func (s *Sender) options() []gomail.Option {
	list := []gomail.Option{
		gomail.WithPort(s.config.Port),
		gomail.WithTimeout(timeout),
		gomail.WithTLSConfig(s.tls()),
		gomail.WithoutNoop(),
	}
	switch s.config.Encryption {
	case TLS:
		list = append(list, gomail.WithSSL())
	case None:
		list = append(list, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		list = append(list, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.config.User != "" {
		// PLAIN and LOGIN send the password as it is, and refuse to on a connection that
		// is not encrypted, unless it stays on this machine.
		list = append(list,
			gomail.WithUsername(s.config.User),
			gomail.WithPassword(s.config.Password.Reveal()),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
		)
	}
	return list
}

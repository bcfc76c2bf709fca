package notify

import (
	"bytes"
	"embed"
	html "html/template"
	"strconv"
	"strings"
	"sync"
	text "text/template"

	"vellocity/internal/domain"
	"vellocity/internal/extension/mail"
)

// mostInDigest is how many notifications an e-mail lists.
const mostInDigest = 50

// content is what an e-mail says.
type content struct {
	Workspace   string
	Person      string // empty: an address of the workspace's list
	Listed      bool   // the recipient is such an address
	Digest      bool
	Lines       []line
	More        int    // notifications that are not listed
	PublicURL   string // empty: no links
	Unsubscribe string // the link; empty: none
}

// line is one notification.
type line struct {
	Headline, Detail, Link string
}

func (c *content) add(n domain.Notification) {
	l := line{Headline: n.Headline(), Detail: strings.Join(strings.Fields(n.Detail), " ")}
	if c.PublicURL != "" {
		l.Link = c.PublicURL + n.Path()
	}
	c.Lines = append(c.Lines, l)
}

// Subject is the subject of the e-mail.
func (c content) Subject() string {
	if c.Digest {
		n := len(c.Lines) + c.More
		if n == 1 {
			return "1 notification from " + c.Workspace
		}
		return strconv.Itoa(n) + " notifications from " + c.Workspace
	}
	return c.Lines[0].Headline
}

//go:embed email.html email.txt
var files embed.FS

// templates returns the parsed templates of e-mails.
var templates = sync.OnceValues(func() (*text.Template, *html.Template) { //nolint:gochecknoglobals // parsed once
	return text.Must(text.ParseFS(files, "email.txt")), html.Must(html.ParseFS(files, "email.html"))
})

// message writes the e-mail as text and as HTML.
func (c content) message() (m mail.Message, err error) {
	plain, page := templates()
	var t, h bytes.Buffer
	if err := plain.Execute(&t, c); err != nil {
		return m, err
	}
	if err := page.Execute(&h, c); err != nil {
		return m, err
	}
	return mail.Message{Subject: c.Subject(), Text: t.String(), HTML: h.String(), Unsubscribe: c.Unsubscribe}, nil
}

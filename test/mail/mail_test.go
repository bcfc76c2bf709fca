package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

const (
	user     = "vellocity"
	password = "canary-5c1e-password"
	public   = "https://vellocity.example.com"
)

// message is an e-mail as the reader shows it.
type message struct {
	To                            []string
	From, Subject, Text, HTML, ID string
	Unsubscribe                   string
	OneClick                      bool
}

// certificate writes a key and a certificate for 127.0.0.1, which nobody else trusts.
func certificate(t *testing.T) (keyFile, certFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	form := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "mail.test"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	dir := t.TempDir()
	keyFile, certFile = filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600))
	return keyFile, certFile
}

// mailServer is the running mail server.
type mailServer struct {
	*product.Process
	port int
}

func startMailServer(t *testing.T, keyFile, certFile string) *mailServer {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules/smtp-server/package.json")
	}
	if err != nil {
		product.Missing(t, "the mail server is not there; install Node 20 and run npm ci --prefix test/mail")
	}
	// What it prints goes to the log, where the lines are read.
	cmd := exec.Command(node, "server.mjs", keyFile, certFile, user, password)
	p, err := product.Run(cmd)
	must(t, err)
	t.Cleanup(p.Kill)
	s := &mailServer{Process: p}
	await.True(t, "the mail server's start", func() bool {
		line, _, ok := strings.Cut(p.Log.String(), "\n")
		var said struct{ Port int }
		if ok && json.Unmarshal([]byte(line), &said) == nil {
			s.port = said.Port
		}
		return s.port != 0
	})
	return s
}

// mails returns what it has taken.
func (s *mailServer) mails(t *testing.T) (list []message) {
	t.Helper()
	text := s.Log.String()
	lines := strings.Split(text[:strings.LastIndex(text, "\n")+1], "\n")
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var m message
		must(t, json.Unmarshal([]byte(line), &m))
		list = append(list, m)
	}
	return list
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// call makes a call of the API.
func call(t *testing.T, s *product.Server, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/api/v1"+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+s.Key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
	}
	return string(raw)
}

// TestAMailServerThatOthersWrote sends a notification through it, over STARTTLS and
// signed in; the reader finds both parts, the link and the headers; the link of the
// e-mail stops the next one.
func TestAMailServerThatOthersWrote(t *testing.T) {
	keyFile, certFile := certificate(t)
	server := startMailServer(t, keyFile, certFile)
	in := product.Install(t,
		"VELLOCITY_SMTP_HOST=127.0.0.1", fmt.Sprintf("VELLOCITY_SMTP_PORT=%d", server.port),
		"VELLOCITY_SMTP_USER="+user, "VELLOCITY_SMTP_PASSWORD="+password,
		"VELLOCITY_SMTP_FROM=Vellocity <news@example.com>", "VELLOCITY_BASE_URL="+public, "SSL_CERT_FILE="+certFile)
	s := product.Start(t, in)
	out, err := s.Command(t.Context(), "", "doctor")
	if err != nil || !strings.Contains(out, "E-mail     is sent through 127.0.0.1:") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	call(t, s, "PATCH", "/notification-settings", `{"email":"ada@example.com"}`)
	run := func(topic string) {
		t.Helper()
		call(t, s, "POST", "/content-workflow/capabilities/generate-blog-post/execute",
			`{"notify_on_complete":true,"settings":{"topic":"`+topic+`"}}`)
	}
	run("Käse & Brot")
	await.True(t, "the e-mail", func() bool { return len(server.mails(t)) > 0 })
	m := server.mails(t)[0]
	link := public + "/executions/1"
	if len(m.To) != 1 || m.To[0] != "ada@example.com" || m.From != `"Vellocity" <news@example.com>` ||
		!strings.Contains(m.Subject, "Käse & Brot") || !strings.Contains(m.Text, link) ||
		!strings.Contains(m.HTML, `href="`+link+`"`) || !strings.Contains(m.HTML, "Käse &amp; Brot") ||
		!strings.HasSuffix(m.ID, "@example.com>") || !m.OneClick ||
		!strings.HasPrefix(m.Unsubscribe, public+"/unsubscribe?t=") {
		t.Errorf("the reader shows %+v", m)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		s.URL()+strings.TrimPrefix(m.Unsubscribe, public), strings.NewReader("List-Unsubscribe=One-Click"))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusOK {
		t.Errorf("the link: %d", resp.StatusCode)
	}
	run("Brot")
	await.True(t, "the second notification", func() bool {
		return strings.Contains(call(t, s, "GET", "/notifications", ""), `"total":2`)
	})
	if n := len(server.mails(t)); n != 1 {
		t.Errorf("%d e-mails after they were stopped", n)
	}
	if strings.Contains(s.Log.String(), password) {
		t.Error("the log shows the password")
	}
}

// TestAMailServerThatIsAway holds up nothing: executions end, the inbox fills, and the
// doctor says what is wrong.
func TestAMailServerThatIsAway(t *testing.T) {
	in := product.Install(t,
		"VELLOCITY_SMTP_HOST=127.0.0.1", "VELLOCITY_SMTP_PORT=1", "VELLOCITY_SMTP_FROM=news@example.com")
	s := product.Start(t, in)
	call(t, s, "PATCH", "/notification-settings", `{"email":"ada@example.com"}`)
	for range 10 {
		call(t, s, "POST", "/content-workflow/capabilities/generate-blog-post/execute",
			`{"notify_on_complete":true,"settings":{"topic":"Bread"}}`)
	}
	await.True(t, "the notifications", func() bool {
		return strings.Contains(call(t, s, "GET", "/notifications", ""), `"total":10`)
	})
	out, err := s.Command(t.Context(), "", "doctor")
	if err == nil || !strings.Contains(out, "cannot be sent through 127.0.0.1:1") || !strings.Contains(out, "refused") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	db, err := in.Open()
	must(t, err)
	defer db.Close()
	await.True(t, "the reason in the table", func() bool {
		var n int
		must(t, db.QueryRowContext(t.Context(),
			"select count(*) from email where status = 'waiting' and error like '%refused%'").Scan(&n))
		return n == 10
	})
}

package product

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver registers itself
	_ "modernc.org/sqlite"             // the driver registers itself

	"vellocity/internal/ai/aitest"
)

// startup is how long a server may take to start on a busy machine.
const startup = 60 * time.Second

// Installation is what survives the death of a server.
type Installation struct {
	Program  string    // the binary
	Dir      string    // the data directory
	Listen   string    // host:port
	Database string    // URL of a PostgreSQL database; empty: SQLite in Dir
	Env      []string  // NAME=value, besides PATH and HOME; nothing else is inherited
	Args     []string  // further flags of serve
	Sample   bool      // the first start makes the sample
	Copy     io.Writer // gets a copy of the server's log, unless nil

	// What the server printed when it started.
	Key  string // the first API key, from the first start
	Link string // the path of the latest sign-in link
}

// New returns an empty installation in an existing directory, on a free port of
// the loopback interface.
func New(program, dir string, env ...string) (*Installation, error) {
	listen, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	return &Installation{Program: program, Dir: dir, Listen: listen, Env: env}, nil
}

// Node returns another node of the same installation: the same database, key and
// environment on another port, with a data directory of its own. The database must
// be PostgreSQL.
func (in *Installation) Node(dir string) (*Installation, error) {
	listen, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	node := *in
	node.Dir, node.Listen = dir, listen
	return &node, nil
}

// FreeAddress returns a loopback address that nothing listens on at the moment.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// OpenAI returns the environment that has a model at base write, over the OpenAI
// wire; base is the root of a double, without /v1.
func OpenAI(base string) []string {
	return []string{"OPENAI_BASE_URL=" + base + "/v1", "OPENAI_API_KEY=" + aitest.Secret}
}

// Anthropic is [OpenAI] over the Anthropic wire.
func Anthropic(base string) []string {
	return []string{"ANTHROPIC_BASE_URL=" + base, "ANTHROPIC_API_KEY=" + aitest.Secret}
}

// URL is the root of the server's addresses, without a slash at its end.
func (in *Installation) URL() string { return "http://" + in.Listen }

// File is the SQLite database.
func (in *Installation) File() string { return filepath.Join(in.Dir, "vellocity.db") }

// Open opens the database for reading, beside the server.
func (in *Installation) Open() (*sql.DB, error) {
	if in.Database != "" {
		return sql.Open("pgx", in.Database)
	}
	return sql.Open("sqlite", "file:"+in.File()+"?mode=ro&_pragma=busy_timeout(5000)")
}

func (in *Installation) environment() []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + in.Dir}
	if in.Database != "" {
		env = append(env, "VELLOCITY_DATABASE_URL="+in.Database)
	}
	return append(env, in.Env...)
}

// Command runs a command of the program on the same data, beside a server or
// without one, and returns what it prints on both outputs.
func (in *Installation) Command(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, in.Program, append(args, "--data", in.Dir)...)
	cmd.Env, cmd.Stdin = in.environment(), strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("vellocity %s: %w", strings.Join(args, " "), err)
	}
	return string(out), err
}

// Server is one process of an installation.
type Server struct {
	*Installation
	*Process
}

// Launch starts a server and does not wait for it.
func (in *Installation) Launch() (*Server, error) {
	args := []string{"serve", "--data", in.Dir, "--listen", in.Listen, "--rate-limits", "off"}
	if !in.Sample {
		args = append(args, "--no-demo")
	}
	cmd := exec.Command(in.Program, append(args, in.Args...)...)
	cmd.Env, cmd.Stderr = in.environment(), in.Copy
	p, err := Run(cmd)
	if err != nil {
		return nil, err
	}
	return &Server{in, p}, nil
}

// Start starts a server and waits until it is ready and has greeted.
func (in *Installation) Start(ctx context.Context) (*Server, error) {
	s, err := in.Launch()
	if err != nil {
		return nil, err
	}
	if err = errors.Join(s.Greeted(ctx), s.Ready(ctx, startup)); err != nil {
		s.Kill()
		return nil, fmt.Errorf("the server did not start: %w\n%s", err, s.Log)
	}
	return s, nil
}

var (
	openLine = regexp.MustCompile(`(?m)^Open .*\n`)
	keyLine  = regexp.MustCompile(`(?m)^Key +vell_pk_\w+ .*\n`)
	keyForm  = regexp.MustCompile(`vell_pk_\w{20,}`)
	linkForm = regexp.MustCompile(`/in\?t=\S+`)
)

// Greeted waits until the server has printed how to reach it, and takes the link and the
// key from there. A server that printed none is asked for them by command.
func (s *Server) Greeted(ctx context.Context) error {
	err := s.Until(ctx, startup, "the greeting", func() bool { return openLine.MatchString(s.Log.String()) })
	if err != nil {
		return err
	}
	if s.Key == "" {
		// The key is printed right after the link, where there is one.
		printed := func() bool { return keyLine.MatchString(s.Log.String()) }
		if s.Until(ctx, 2*time.Second, "a key", printed) == nil {
			s.Key = keyForm.FindString(s.Log.String())
		}
	}
	if s.Key == "" {
		s.Key, err = s.created(ctx, keyForm, "keys", "create", "--name", "Test", "--scopes", "admin,mcp:full", "--json")
		if err != nil {
			return err
		}
	}
	if s.Link = linkForm.FindString(openLine.FindString(s.Log.String())); s.Link != "" {
		return nil
	}
	s.Link, err = s.created(ctx, linkForm, "sign-in-link")
	return err
}

// created runs a command and returns what it has created, by its form.
func (s *Server) created(ctx context.Context, form *regexp.Regexp, args ...string) (string, error) {
	out, err := s.Command(ctx, "", args...)
	found := form.FindString(out)
	if err == nil && found == "" {
		err = errors.New("it creates nothing")
	}
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return found, nil
}

// Ready waits until the server says that it is ready.
func (s *Server) Ready(ctx context.Context, within time.Duration) error {
	return s.Until(ctx, within, "ready", func() bool { return s.Status(ctx, "/readyz") == http.StatusOK })
}

// Status returns the status of a GET with the first key; 0 if there is no response
// within 5 seconds.
func (s *Server) Status(ctx context.Context, path string) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+path, nil)
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

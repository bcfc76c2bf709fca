package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"vellocity/internal/await"
	"vellocity/test/product"
)

// workersEach is how many executions a node of the scale-out row runs at once: few enough
// that the model's latency is the limit and not this machine.
const workersEach = 16

// nodes compares one node with four, and with four of which one after the other is killed
// and restarted, each on a fresh PostgreSQL.
func nodes(ctx context.Context, b *bench) error {
	one, err := b.cluster(ctx, 1, false)
	if err != nil {
		return err
	}
	four, err := b.cluster(ctx, 4, false)
	if err != nil {
		return err
	}
	b.atLeast(fmt.Sprintf("four nodes against one, %d workers each, a model of 2 s", workersEach), 3.5, four/one, " ×",
		fmt.Sprintf(" (%.1f and %.1f runs/s)", four, one))
	killed, err := b.cluster(ctx, 4, true)
	if err != nil {
		return err
	}
	b.atLeast("the same while one after the other is killed and started again", 3.5, killed/one, " ×",
		fmt.Sprintf(" (%.1f runs/s)", killed))
	return nil
}

// cluster returns the executions a second that n nodes complete.
func (b *bench) cluster(ctx context.Context, n int, kill bool) (rate float64, err error) {
	pg, err := b.postgres(ctx)
	if err != nil {
		return 0, err
	}
	defer pg.stop()
	m, err := startModel(ctx, pace{First: 2 * time.Second})
	if err != nil {
		return 0, err
	}
	defer m.stop()
	h := how{
		model:    m.url,
		database: pg.url,
		args: []string{
			"--workers",
			strconv.Itoa(workersEach),
			"--max-tickets-per-workspace",
			"10000",
			"--provider-concurrency",
			"200",
		},
	}
	var all []*server
	defer func() {
		for _, s := range all {
			s.Kill()
		}
	}()
	for range n {
		s, err := b.serve(ctx, h)
		if err != nil {
			return 0, err
		}
		h.key = s.Key
		all = append(all, s)
	}
	if err := b.grant(ctx, all[0], 1_000_000); err != nil {
		return 0, err
	}
	c := patient()
	span := 40 * time.Second
	if b.short {
		span = 6 * time.Second
	}
	// Enough that no worker waits for work: workers × time / latency, and half more.
	for range max(20, int(1.5*float64(n*workersEach)*(span.Seconds()+8)/2)) {
		if _, err := all[0].execute(ctx, c, "generate-social-posts", onePost); err != nil {
			return 0, err
		}
	}
	if err := await.Pause(ctx, b.span(4*time.Second)); err != nil {
		return 0, err
	}
	before, err := all[0].total(ctx, c, "completed")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	for victim := 1; kill && time.Since(began)+span/5 < span; victim = victim%3 + 1 { // the first is asked for the count
		if err := await.Pause(ctx, span/5); err != nil {
			return 0, err
		}
		all[victim].Kill()
		again := h
		again.dir = all[victim].Dir
		if all[victim], err = b.serve(ctx, again); err != nil {
			return 0, err
		}
	}
	if err := await.Pause(ctx, span-time.Since(began)); err != nil {
		return 0, err
	}
	after, err := all[0].total(ctx, c, "completed")
	took := time.Since(began)
	if err == nil && after == before {
		err = errors.New("no run was completed")
	}
	return float64(after-before) / took.Seconds(), err
}

// postgres is a throw-away PostgreSQL with its default durability.
type postgres struct {
	*product.Process
	url, dir string
}

func (b *bench) postgres(ctx context.Context) (*postgres, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vellocity-bench-pg-")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	p := &postgres{dir: dir}
	attr := &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, fmt.Errorf("give PostgreSQL its directory: %w", err)
		}
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-A", "trust", "-U",
		"postgres", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	addr, err := product.FreeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("read the port: %w", err)
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"),
		"-k", dir, "-h", "", "-p", port, "-c", "max_connections=300")
	cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: as}, dir
	if p.Process, err = product.Run(cmd); err != nil {
		return nil, err
	}
	p.url = "postgres:///postgres?" + url.Values{
		"host":    {dir},
		"port":    {port},
		"user":    {"postgres"},
		"sslmode": {"disable"},
	}.Encode()
	return p, p.ready(ctx)
}

// ready waits until the server accepts connections.
func (p *postgres) ready(ctx context.Context) error {
	db, err := sql.Open("pgx", p.url)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer db.Close()
	err = p.Until(ctx, 20*time.Second, "PostgreSQL's start", func() bool { return db.PingContext(ctx) == nil })
	if err != nil {
		p.stop()
	}
	return err
}

func (p *postgres) stop() {
	_ = p.Signal(syscall.SIGQUIT) // it may have ended
	_ = p.Wait(20 * time.Second)  // how it ended does not matter
	_ = os.RemoveAll(p.dir)       // a temporary directory
}

func postgresPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged returns an account for PostgreSQL, which refuses root; nil means the
// current one.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
	}
	return nil, errors.New("running as root, and there is no account postgres or nobody to run PostgreSQL as")
}

// connections counts the connections that a process has to an address.
func connections(pid int, address string) (int, error) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, fmt.Errorf("read the address: %w", err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return 0, fmt.Errorf("read the port: %w", err)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", pid))
	if err != nil {
		return 0, fmt.Errorf("read the connections: %w", err)
	}
	n, remote := 0, fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) > 3 && strings.HasSuffix(f[2], remote) && f[3] == "01" { // established
			n++
		}
	}
	return n, nil
}

// binary is the size of the program.
func binary(_ context.Context, b *bench) error {
	info, err := os.Stat(b.program)
	if err != nil {
		return fmt.Errorf("look at the binary: %w", err)
	}
	b.atMost("stripped, static", 70, float64(info.Size())/1e6, " MB", "")
	return nil
}

// clone clones the repository, and runs the server from source with no module
// and nothing built beforehand, until it has made the sample.
func clone(ctx context.Context, b *bench) error {
	dir, err := b.fresh()
	if err != nil {
		return err
	}
	began := time.Now()
	source := filepath.Join(dir, "source")
	if out, err := exec.CommandContext(ctx, "git", "clone", "-q", b.root, source).CombinedOutput(); err != nil {
		return fmt.Errorf("clone: %w: %s", err, out)
	}
	addr, err := product.FreeAddress()
	if err != nil {
		return err
	}
	env := append(os.Environ(), "GOMODCACHE="+filepath.Join(dir, "modules"), "GOCACHE="+filepath.Join(dir, "cache"),
		"GOFLAGS=-modcacherw")
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/vellocity", "serve",
		"--data", filepath.Join(dir, "data"), "--listen", addr)
	cmd.Dir, cmd.Env = source, env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run and what it runs
	p, err := product.Run(cmd)
	if err != nil {
		return err
	}
	err = p.Until(ctx, 10*time.Minute, "the sample", func() bool { return strings.Contains(p.Log.String(), "\nSample") })
	took := time.Since(began)
	_ = syscall.Kill(-p.PID(), syscall.SIGTERM) // the group that was made for it
	_ = p.Wait(30 * time.Second)                // how it ended does not matter
	if err != nil {
		return fmt.Errorf("no sample: %w\n%s", err, p.Log)
	}
	b.atMost("git clone, go run, to the sample; no module and nothing built before", 180, took.Seconds(), " s", "")
	return nil
}

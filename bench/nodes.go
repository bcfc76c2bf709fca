package main

import (
	"context"
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
)

// workersEach is how many runs a node of the scale-out row works on at once: few
// enough that the model's latency is the limit and not this machine.
const workersEach = 16

// nodes compares one node with four, and with four of which one after the other
// is killed and started again, each on a fresh PostgreSQL.
func nodes(ctx context.Context, b *bench) error {
	one, err := b.cluster(ctx, 1, false)
	if err != nil {
		return err
	}
	four, err := b.cluster(ctx, 4, false)
	if err != nil {
		return err
	}
	b.atLeast(fmt.Sprintf("four nodes against one, %d workers each, a model of 2 s", workersEach), 3.5, four/one, " ×", fmt.Sprintf(" (%.1f and %.1f runs/s)", four, one))
	killed, err := b.cluster(ctx, 4, true)
	if err != nil {
		return err
	}
	b.atLeast("the same while one after the other is killed and started again", 3.5, killed/one, " ×", fmt.Sprintf(" (%.1f runs/s)", killed))
	return nil
}

// cluster returns the runs a second that n nodes complete.
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
	h := how{model: m.url, database: pg.url, args: []string{"--workers", strconv.Itoa(workersEach), "--max-tickets-per-workspace", "10000", "--provider-concurrency", "200"}}
	var all []*server
	defer func() {
		for _, s := range all {
			s.kill()
		}
	}()
	for range n {
		s, err := b.serve(ctx, h)
		if err != nil {
			return 0, err
		}
		h.key = s.key
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
	// Enough that none ever waits for work: workers × time / latency, and half more.
	for range max(20, int(1.5*float64(n*workersEach)*(span.Seconds()+8)/2)) {
		if _, err := all[0].execute(ctx, c, "generate-social-posts", onePost); err != nil {
			return 0, err
		}
	}
	time.Sleep(b.span(4 * time.Second))
	before, err := all[0].total(ctx, c, "completed")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	for victim := 1; kill && time.Since(began)+span/5 < span; victim = victim%3 + 1 { // the first is asked for the count
		time.Sleep(span / 5)
		all[victim].kill()
		again := h
		again.dir = all[victim].dir
		if all[victim], err = b.serve(ctx, again); err != nil {
			return 0, err
		}
	}
	time.Sleep(span - time.Since(began))
	after, err := all[0].total(ctx, c, "completed")
	took := time.Since(began)
	if err == nil && after == before {
		err = errors.New("no run was completed")
	}
	return float64(after-before) / took.Seconds(), err
}

// postgres is a throw-away PostgreSQL with its default durability.
type postgres struct {
	url, dir string
	cmd      *exec.Cmd
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
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("read the port: %w", err)
	}
	p.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"), "-k", dir, "-h", "", "-p", port, "-c", "max_connections=300")
	p.cmd.SysProcAttr, p.cmd.Dir = attr, dir
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	p.url = "postgres:///postgres?" + url.Values{"host": {dir}, "port": {port}, "user": {"postgres"}, "sslmode": {"disable"}}.Encode()
	return p, p.ready(filepath.Join(dir, ".s.PGSQL."+port))
}

func (p *postgres) ready(socket string) error {
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("unix", socket); err == nil {
			time.Sleep(300 * time.Millisecond) // it listens a moment before it lets anybody in
			return c.Close()
		}
	}
	p.stop()
	return errors.New("PostgreSQL did not start")
}

func (p *postgres) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // it may have ended
	_ = p.cmd.Wait()                          // how is of no account
	_ = os.RemoveAll(p.dir)                   // a temporary directory
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

// unprivileged names an account for PostgreSQL, which refuses root; nil means the
// present one.
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

// binary tells the size of the program, and clone how long a newcomer waits.
func binary(_ context.Context, b *bench) error {
	info, err := os.Stat(b.program)
	if err != nil {
		return fmt.Errorf("look at the binary: %w", err)
	}
	b.atMost("stripped, static", 70, float64(info.Size())/1e6, " MB", "")
	return nil
}

// clone clones the repository, and runs the server from source with no module
// and nothing built beforehand, until the sample is told.
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
	addr, err := freePort()
	if err != nil {
		return err
	}
	env := append(os.Environ(), "GOMODCACHE="+filepath.Join(dir, "modules"), "GOCACHE="+filepath.Join(dir, "cache"), "GOFLAGS=-modcacherw")
	s := &server{out: &buffer{}, ended: make(chan struct{}), addr: addr, cmd: exec.CommandContext(ctx, "go", "run", "./cmd/vellocity", "serve", "--data", filepath.Join(dir, "data"), "--listen", addr)}
	s.cmd.Dir, s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = source, env, s.out, s.out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run and what it runs
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is of no account
		close(s.ended)
	}()
	err = s.until(ctx, 10*time.Minute, func() bool { return strings.Contains(s.out.String(), "\nSample") })
	took := time.Since(began)
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGTERM) // the group that was made for it
	<-s.ended
	if err != nil {
		return fmt.Errorf("no sample: %w\n%s", err, s.out)
	}
	b.atMost("git clone, go run, to the sample; no module and nothing built before", 180, took.Seconds(), " s", "")
	return nil
}

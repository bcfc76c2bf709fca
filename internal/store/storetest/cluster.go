package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a throw-away PostgreSQL that a test may stop, start and kill. It
// listens on a Unix socket only and never syncs its files: it survives the death
// of its processes, not of the machine.
type Cluster struct {
	dir    string
	mu     sync.Mutex
	keeper *exec.Cmd
	orders io.WriteCloser
	answer *bufio.Scanner
}

// keeper is the shell that owns PostgreSQL. It obeys orders on its standard input
// and ends with it: when the test process dies, however that happens, the pipe
// closes, PostgreSQL is stopped and its files are removed.
const keeper = `
bin=$1 dir=$2 pid=
trap '' HUP INT TERM
while read -r order; do
  case $order in
    start) "$bin/postgres" -D "$dir/data" -k "$dir" >>"$dir/log" 2>&1 </dev/null & pid=$! ;;
    stop) kill -INT "$pid"; wait "$pid" ;;
    kill) kill -KILL "$pid"; wait "$pid" ;;
  esac 2>/dev/null
  echo "$order $pid"
done
if [ -n "$pid" ]; then kill -CONT "$pid"; kill -QUIT "$pid"; wait "$pid"; fi 2>/dev/null
rm -rf "$dir"
`

const settings = `
listen_addresses = ''
max_connections = 300
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
jit = off
shared_buffers = 64MB
max_wal_size = 256MB
autovacuum_naptime = 10s
log_min_messages = warning
`

// NewCluster starts a PostgreSQL of its own for a test of faults. It is skipped,
// or fails, like the rest where PostgreSQL is missing.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	c, err := startCluster()
	if err != nil {
		unusable(t, err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Errorf("remove PostgreSQL: %v", err)
		}
	})
	return c
}

// URL is the address of the cluster's first, empty database.
func (c *Cluster) URL() string {
	q := url.Values{"host": {c.dir}, "user": {"postgres"}, "sslmode": {"disable"}}
	return "postgres:///postgres?" + q.Encode()
}

// Start starts the server and waits until it answers.
func (c *Cluster) Start() error {
	deadline := time.Now().Add(20 * time.Second)
	for {
		if err := c.order("start"); err != nil {
			return err
		}
		// Right after a kill the dead server's children may still hold its memory,
		// and a start is refused.
		err := c.reach(3 * time.Second)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, log)
		}
	}
}

// Stop shuts the server down in order, breaking every session, and waits for its end.
func (c *Cluster) Stop() error { return c.order("stop") }

// Kill kills the server's main process with SIGKILL; the sessions break with it.
func (c *Cluster) Kill() error { return c.order("kill") }

func (c *Cluster) order(what string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.orders, what+"\n"); err != nil {
		return fmt.Errorf("%s PostgreSQL: %w", what, err)
	}
	if !c.answer.Scan() {
		return fmt.Errorf("%s PostgreSQL: its keeper is gone", what)
	}
	return nil
}

func (c *Cluster) reach(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *Cluster) close() error {
	return errors.Join(c.orders.Close(), c.keeper.Wait())
}

func startCluster() (*Cluster, error) {
	bin, err := serverPrograms()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vpg-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for PostgreSQL: %w", err)
	}
	c := &Cluster{dir: dir}
	if err := c.create(bin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *Cluster) create(bin string) error {
	as, err := unprivileged()
	if err != nil {
		return err
	}
	if as != nil {
		if err := os.Chown(c.dir, int(as.Uid), int(as.Gid)); err != nil {
			return fmt.Errorf("give PostgreSQL its directory: %w", err)
		}
	}
	attr := &syscall.SysProcAttr{Credential: as, Setpgid: true}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(c.dir, "data"),
		"-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, c.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	conf, err := os.OpenFile(filepath.Join(c.dir, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("configure PostgreSQL: %w", err)
	}
	_, err = conf.WriteString(settings)
	if err := errors.Join(err, conf.Close()); err != nil {
		return fmt.Errorf("configure PostgreSQL: %w", err)
	}
	return c.keep(bin, attr)
}

func (c *Cluster) keep(bin string, attr *syscall.SysProcAttr) error {
	c.keeper = exec.Command("/bin/sh", "-c", keeper, "keeper", bin, c.dir)
	c.keeper.SysProcAttr, c.keeper.Dir = attr, "/"
	var err error
	if c.orders, err = c.keeper.StdinPipe(); err != nil {
		return fmt.Errorf("start PostgreSQL's keeper: %w", err)
	}
	answers, err := c.keeper.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start PostgreSQL's keeper: %w", err)
	}
	c.answer = bufio.NewScanner(answers)
	if err := c.keeper.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL's keeper: %w", err)
	}
	return nil
}

// unprivileged names the account to run the server as: PostgreSQL refuses root.
// nil means the present one.
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
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is no account postgres or nobody to run the server as")
}

// serverPrograms finds the directory of initdb and postgres: the newest of the
// usual places, else that of the search path.
func serverPrograms() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(dirs, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", errMissing
}

func version(dir string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	if err != nil {
		return 0
	}
	return n
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

package wordpress_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// site is a running WordPress.
type site struct {
	url       string
	passwords map[string]string // application passwords by user: admin, ada (author), carl (contributor)
}

const config = `<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%[1]s/db.sock'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $k) { define($k . '_KEY', $k); define($k . '_SALT', $k); }
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without TLS
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HOME', '%[2]s'); define('WP_SITEURL', '%[2]s');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`

// files returns where WordPress's files are.
func files(t *testing.T) string {
	t.Helper()
	root, err := product.Root(t.Context())
	must(t, err)
	for _, dir := range []string{filepath.Join(root, ".tools/wordpress/usr/share/wordpress"), "/usr/share/wordpress"} {
		if _, err := os.Stat(filepath.Join(dir, "wp-load.php")); err == nil {
			return dir
		}
	}
	product.Missing(t, "WordPress (make wordpress)")
	return ""
}

// start starts a WordPress with a database of its own.
func start(t *testing.T) site {
	t.Helper()
	from := files(t)
	for _, program := range []string{"php", "mariadbd", "mariadb-install-db", "mariadb"} {
		if _, err := exec.LookPath(program); err != nil {
			product.Missing(t, program)
		}
	}
	// A socket's path must be short, and t.TempDir's may not be.
	dir, err := os.MkdirTemp("", "wp") //nolint:usetesting // see above
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, copyTree(filepath.Join(dir, "site"), from))
	address, err := product.FreeAddress()
	must(t, err)
	s := site{url: "http://" + address}
	must(t, os.WriteFile(filepath.Join(dir, "site/wp-config.php"), fmt.Appendf(nil, config, dir, s.url), 0o600))
	database(t, dir)
	setup, err := filepath.Abs("setup.php")
	must(t, err)
	install := exec.Command("php", setup)
	install.Dir = filepath.Join(dir, "site")
	out, err := install.Output()
	must(t, err)
	must(t, json.Unmarshal(out, &s.passwords))
	server := exec.Command("php", "-S", address)
	server.Dir = filepath.Join(dir, "site")
	run(t, server, "WordPress", func() bool {
		res, err := http.Get(s.url + "/?rest_route=/")
		if err == nil {
			_ = res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusOK
	})
	return s
}

// database starts a MariaDB whose socket is in dir.
func database(t *testing.T, dir string) {
	t.Helper()
	common := []string{"--no-defaults", "--datadir=" + filepath.Join(dir, "db")}
	if os.Getuid() == 0 {
		common = append(common, "--user=root")
	}
	command(t, "mariadb-install-db", append(common, "--auth-root-authentication-method=normal", "--skip-test-db")...)
	socket := filepath.Join(dir, "db.sock")
	server := exec.Command("mariadbd", append(common, "--socket="+socket, "--skip-networking", "--skip-log-bin",
		"--innodb-flush-log-at-trx-commit=0", "--pid-file="+filepath.Join(dir, "db.pid"))...)
	ask := func(sql string) error {
		return exec.Command("mariadb", "--no-defaults", "-uroot", "-S", socket, "-e", sql).Run()
	}
	run(t, server, "MariaDB", func() bool { return ask("select 1") == nil })
	must(t, ask("create database wordpress"))
}

// run starts a server, waits until it answers, and stops it at the end of the test.
func run(t *testing.T, cmd *exec.Cmd, name string, answers func() bool) {
	t.Helper()
	p, err := product.Run(cmd)
	must(t, err)
	t.Cleanup(p.Kill)
	must(t, p.Until(t.Context(), 30*time.Second, name, answers))
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// copyTree copies files, and what links lead to; Debian links to packages that are not here.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil //nolint:nilerr // a link that leads nowhere
		case info.IsDir() && d.Type()&fs.ModeSymlink != 0:
			return os.CopyFS(target, os.DirFS(path))
		case info.IsDir():
			return os.MkdirAll(target, 0o700)
		case d.Name() == "wp-config.php": // Debian's own
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o600)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package config_test

import (
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"strings"
	"testing"

	"vellocity/internal/app"
	"vellocity/internal/config"
	"vellocity/internal/golden"
)

// files is what ReadFile finds.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

var kinds = app.ProviderKinds()

// parse loads the sources with the kinds of provider that there are.
func parse(s config.Sources) (*config.Config, error) {
	s.Kinds = kinds
	return config.Load(s)
}

func load(t *testing.T, s config.Sources) *config.Config {
	t.Helper()
	c, err := parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := load(t, config.Sources{})
	if c.Data != "./vellocity-data" || c.Listen != "127.0.0.1:8080" || !c.RateLimits || !c.Demo || c.Database != "" ||
		c.InsecurePublic || c.LogLevel != slog.LevelInfo || c.LogFormat != "text" || c.Workers < 1 || c.Provider != "" ||
		len(c.Origin) != 0 {
		t.Errorf("defaults %+v", c)
	}
}

func TestAFlagWinsOverTheEnvironmentOverTheFile(t *testing.T) {
	file := files{"v.conf": "# where\nlisten = 127.0.0.1:1\nlog-format = \"json\"\n\nworkers=3\n"}
	s := config.Sources{
		ReadFile: file.read,
		Env: []string{
			"VELLOCITY_CONFIG=v.conf",
			"VELLOCITY_LISTEN=127.0.0.1:2",
			"VELLOCITY_WORKERS=4",
			"VELLOCITY_DATA=",
		},
		Flags: map[string]string{"listen": "127.0.0.1:3"},
	}
	c := load(t, s)
	if c.Listen != "127.0.0.1:3" || c.Workers != 4 || c.LogFormat != "json" || c.Data != "./vellocity-data" {
		t.Errorf("got %+v", c)
	}
	for name, want := range map[string]string{"listen": "--listen", "workers": "VELLOCITY_WORKERS", "log-format": "v.conf line 3", "data": ""} {
		if c.Origin[name] != want {
			t.Errorf("%s comes from %q, want %q", name, c.Origin[name], want)
		}
	}
}

func TestOwnVariableWinsOverTheCommonOne(t *testing.T) {
	c := load(t, config.Sources{Env: []string{"OPENAI_API_KEY=common", "VELLOCITY_OPENAI_API_KEY=own"}})
	if c.Providers[0].Key.Reveal() != "own" {
		t.Errorf("got %s", c.Providers[0].Key.Reveal())
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	file := files{"v.conf": "listne = 1\nworkers = 0\nnonsense\nmodel = a\nmodel = b\n"}
	_, err := parse(
		config.Sources{
			ReadFile: file.read,
			Flags:    map[string]string{"config": "v.conf", "log-level": "loud", "openai-api-key": "x", "rate-limts": "off"},
			Env: []string{
				"VELLOCITY_BASE_URL=vellocity.example.com",
				"VELLOCITY_TRUSTED_PROXIES=10.0.0.0/8, proxy",
				"VELLOCITY_MASTER_KEY_FILE=missing",
				"VELLOCITY_PROVIDER=openai",
			},
		},
	)
	if err == nil {
		t.Fatal("no fault was seen")
	}
	for _, want := range []string{
		`v.conf line 1: unknown option "listne"; did you mean listen?`,
		`v.conf line 2: workers must be a whole number from 1 to 10000, not "0"`,
		`v.conf line 3: want name = value`,
		`v.conf line 5: model is already set in v.conf line 4`,
		`--log-level: log-level must be debug, info, warn or error, not "loud"`,
		`--openai-api-key cannot be a flag: set VELLOCITY_OPENAI_API_KEY`,
		`unknown flag --rate-limts; did you mean rate-limits?`,
		`VELLOCITY_BASE_URL: base-url must be a URL that starts with http:// or https://`,
		`contains "proxy", which is neither an address nor a CIDR block`,
		`VELLOCITY_MASTER_KEY_FILE: cannot read the file`,
		`provider is openai: set OPENAI_API_KEY`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestPublicAddressNeedsTLSOrAWord(t *testing.T) {
	for _, c := range []struct {
		name string
		set  map[string]string
		ok   bool
	}{
		{"loopback", map[string]string{"listen": "127.0.0.1:80"}, true},
		{"loopback, version 6", map[string]string{"listen": "[::1]:80"}, true},
		{"localhost", map[string]string{"listen": "localhost:80"}, true},
		{"everywhere", map[string]string{"listen": ":80"}, false},
		{"everywhere, written out", map[string]string{"listen": "0.0.0.0:80"}, false},
		{"the network", map[string]string{"listen": "192.168.1.5:80"}, false},
		{"a name", map[string]string{"listen": "host.example.com:80"}, false},
		{"the risk accepted", map[string]string{"listen": ":80", "insecure-public": "on"}, true},
		{"behind a proxy", map[string]string{"listen": ":80", "base-url": "https://v.example.com", "trusted-proxies": "10.0.0.1"}, true},
		{"a proxy that is not trusted", map[string]string{"listen": ":80", "base-url": "https://v.example.com"}, false},
		{"a proxy without TLS", map[string]string{"listen": ":80", "base-url": "http://v.example.com", "trusted-proxies": "10.0.0.1"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parse(config.Sources{Flags: c.set}); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSecretsComeFromFilesAndAreNeverShown(t *testing.T) {
	const canary = "canary-5c1e-0123456789-0123456789-0123456789"
	file := files{"key": canary + "\n"}
	c := load(
		t,
		config.Sources{
			ReadFile: file.read,
			Env: []string{
				"VELLOCITY_MASTER_KEY_FILE=key",
				"ANTHROPIC_API_KEY_FILE=key",
				"VELLOCITY_DATABASE_URL=postgres://u:" + canary + "@h/d",
			},
		},
	)
	if c.MasterKey.Reveal() != canary || c.Providers[1].Key.Reveal() != canary {
		t.Error("the files were not read")
	}
	if shown := fmt.Sprintf("%v %+v %#v", c, c, *c); strings.Contains(shown, "canary") {
		t.Errorf("a secret shows in %s", shown)
	}
	for _, s := range []config.Sources{
		{ReadFile: file.read, Env: []string{"VELLOCITY_MASTER_KEY=" + canary, "VELLOCITY_MASTER_KEY_FILE=key"}},
		{Env: []string{"OPENAI_BASE_URL=https://u:" + canary + "@h"}},
		{Env: []string{"VELLOCITY_DATABASE_URL=mysql://u:" + canary + "@h"}},
		{Env: []string{"OPENAI_API_KEY=" + canary + "\nx"}},
	} {
		if _, err := parse(s); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%v gave %v", s.Env, err)
		}
	}
}

// The options of the mail server are checked together, and the password is never shown.
func TestMailServer(t *testing.T) {
	const canary = "canary-5c1e"
	full := map[string]string{"smtp-host": "smtp.example.com", "smtp-from": "Vellocity <v@example.com>", "smtp-user": "u"}
	with := func(more ...string) map[string]string {
		all := maps.Clone(full)
		for i := 0; i < len(more); i += 2 {
			if all[more[i]] = more[i+1]; more[i+1] == "" {
				delete(all, more[i])
			}
		}
		return all
	}
	password := []string{"VELLOCITY_SMTP_PASSWORD=" + canary}
	for _, c := range []struct {
		name  string
		flags map[string]string
		env   []string
		says  string // empty: it is accepted
	}{
		{"all", with(), password, ""},
		{"nothing", nil, nil, ""},
		{"no sign-in", with("smtp-user", ""), nil, ""},
		{"no sender", with("smtp-from", ""), password, "smtp-from is not set"},
		{"no server", with("smtp-host", ""), password, "smtp-host is not set"},
		{"a password alone", nil, password, "smtp-host is not set"},
		{"no password", with(), nil, "VELLOCITY_SMTP_PASSWORD_FILE"},
		{"no user", with("smtp-user", ""), password, "set smtp-user"},
		{"unencrypted", with("smtp-tls", "none"), password, "unencrypted to smtp.example.com"},
		{"unencrypted on this machine", with("smtp-tls", "none", "smtp-host", "127.0.0.1"), password, ""},
		{"encryption", with("smtp-tls", "ssl"), password, `must be starttls, tls or none, not "ssl"`},
		{"port", with("smtp-port", "0"), password, "smtp-port must be a whole number from 1 to 65535"},
		{"host with a port", with("smtp-host", "smtp.example.com:25"), password, "without a port"},
		{"host as a URL", with("smtp-host", "smtp://smtp.example.com"), password, "smtp-host must be a host name"},
		{"sender", with("smtp-from", "Vellocity"), password, "smtp-from must be an e-mail address"},
		{"password as a flag", with("smtp-password", canary), nil, "cannot be a flag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := parse(config.Sources{Flags: c.flags, Env: c.env})
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("got %v", err)
			case strings.Contains(fmt.Sprintf("%v %+v %v", cfg, cfg, err), canary):
				t.Error("the password is shown")
			}
		})
	}
}

func TestUnknownVariablesAreWarnings(t *testing.T) {
	c := load(
		t,
		config.Sources{
			Env: []string{
				"VELLOCITY_LISTN=x",
				"VELLOCITY_SERVICE_HOST=10.0.0.1",
				"VELLOCITY_PORT_8080_TCP=tcp://10.0.0.1",
				"VELLOCITY_TEST_DATABASE_URL=x",
				"PATH=/bin",
			},
		},
	)
	if len(c.Warnings) != 1 || c.Warnings[0] != "unknown variable VELLOCITY_LISTN; did you mean VELLOCITY_LISTEN?" {
		t.Errorf("warnings %q", c.Warnings)
	}
}

func TestPublicURL(t *testing.T) {
	for listening, want := range map[string]string{"127.0.0.1:8080": "http://127.0.0.1:8080", "0.0.0.0:80": "http://localhost:80", "[::]:80": "http://localhost:80", "[::1]:9": "http://[::1]:9"} {
		addr, err := net.ResolveTCPAddr("tcp", listening)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&config.Config{}).PublicURL(addr); got != want {
			t.Errorf("%s gives %s", listening, got)
		}
		if got := (&config.Config{Listen: listening}).PlannedURL(); got != want {
			t.Errorf("before it listens, %s gives %s", listening, got)
		}
	}
	c := load(t, config.Sources{Flags: map[string]string{"base-url": "https://v.example.com/"}})
	if got := c.PublicURL(&net.TCPAddr{}); got != "https://v.example.com" {
		t.Errorf("base-url gives %s", got)
	}
	for listening, want := range map[string]string{"127.0.0.1:0": "", ":8080": "http://localhost:8080"} {
		if got := (&config.Config{Listen: listening}).PlannedURL(); got != want {
			t.Errorf("before it listens, %s gives %s", listening, got)
		}
	}
}

func TestEveryOptionIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range config.Options(kinds) {
		for _, name := range append([]string{o.Name}, o.Env...) {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if o.Help == "" || o.Value == "" || o.Group == "" || !strings.HasSuffix(o.Help, ".") {
			t.Errorf("%s is not described", o.Name)
		}
		if o.Default == "" {
			continue
		}
		if _, err := parse(config.Sources{Env: []string{o.Env[0] + "=" + o.Default}}); err != nil {
			t.Errorf("the default of %s is refused: %v", o.Name, err)
		}
	}
}

// docs/config.md is what the table of options says.
func TestDocs(t *testing.T) {
	golden.Check(t, "../../docs/config.md", markdown())
}

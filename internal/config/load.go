package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
)

// Sources are where options come from. The zero value yields the defaults.
type Sources struct {
	// Kinds are the kinds of provider that can be configured.
	Kinds []ProviderKind
	// Flags are the flags that were set, by option name.
	Flags map[string]string
	// Env holds NAME=value pairs, as [os.Environ] returns them.
	Env []string
	// ReadFile reads the configuration file and secrets' files; nil means os.ReadFile.
	ReadFile func(name string) ([]byte, error)
}

// Load reads all sources and checks the result. The error lists every fault at once,
// one per line, and contains no secret.
func Load(s Sources) (*Config, error) {
	if s.ReadFile == nil {
		s.ReadFile = os.ReadFile
	}
	l := loader{Sources: s, env: environment(s.Env), set: map[string]setting{}}
	l.readFile()
	l.readEnv()
	l.readFlags()
	c := l.build()
	l.faults = append(l.faults, c.together(s.Kinds)...)
	if len(l.faults) > 0 {
		return nil, errors.New("the configuration is invalid:\n  " + strings.Join(l.faults, "\n  "))
	}
	return c, nil
}

// setting is a value and where it was set.
type setting struct{ value, origin string }

type loader struct {
	Sources
	env      map[string]string
	set      map[string]setting // by option name
	faults   []string
	warnings []string
}

func environment(pairs []string) map[string]string {
	env := map[string]string{}
	for _, pair := range pairs {
		// An empty variable counts as not set: compose files cannot leave one out.
		if name, value, ok := strings.Cut(pair, "="); ok && value != "" {
			env[name] = value
		}
	}
	return env
}

func (l *loader) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// readFile reads lines of "name = value"; # starts a comment line.
func (l *loader) readFile() {
	file := l.env[fileEnv]
	if f, ok := l.Flags[fileFlag]; ok {
		file = f
	}
	if file == "" {
		return
	}
	text, err := l.ReadFile(file)
	if err != nil {
		l.fault("cannot read the file %s: %v", file, err)
		return
	}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		l.readLine(line, fmt.Sprintf("%s line %d", file, i+1))
	}
}

func (l *loader) readLine(line, origin string) {
	name, value, ok := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), unquote(strings.TrimSpace(value))
	if !ok {
		l.fault("%s: want name = value", origin)
		return
	}
	o, known := l.lookUp(name)
	if !known {
		l.fault("%s: unknown option %q%s", origin, name, suggestion(name, l.names()))
		return
	}
	if before, twice := l.set[o.Name]; twice {
		l.fault("%s: %s is already set in %s", origin, o.Name, before.origin)
		return
	}
	l.set[o.Name] = setting{value, origin}
}

func unquote(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

func (l *loader) readEnv() {
	known := map[string]bool{fileEnv: true}
	for _, o := range Options(l.Kinds) {
		for _, name := range slices.Backward(o.Env) { // the first wins
			known[name], known[name+fileSuffix] = true, true
			l.readVariable(o, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if strings.HasPrefix(name, envPrefix) && !known[name] && !foreign(name) {
			near := suggestion(name, slices.Collect(maps.Keys(known)))
			l.warnings = append(l.warnings, fmt.Sprintf("unknown variable %s%s", name, near))
		}
	}
}

func (l *loader) readVariable(o Option, name string) {
	value, ok := l.env[name]
	if ok {
		l.set[o.Name] = setting{value, name}
	}
	file, fromFile := l.env[name+fileSuffix]
	if !fromFile || !o.Secret {
		return
	}
	if ok {
		l.fault("%s and %s%s are both set: remove one", name, name, fileSuffix)
		return
	}
	text, err := l.ReadFile(file)
	if err != nil {
		l.fault("%s%s: cannot read the file: %v", name, fileSuffix, err)
		return
	}
	l.set[o.Name] = setting{strings.TrimSpace(string(text)), name + fileSuffix}
}

// foreign reports whether a variable belongs to something else: the tests, the
// command line as a client, or Kubernetes, which sets some for a service named
// vellocity.
func foreign(name string) bool {
	rest := strings.TrimPrefix(name, envPrefix)
	return strings.HasPrefix(rest, "TEST_") || rest == "REQUIRE_ALL" || rest == "SERVER" || rest == "KEY" ||
		strings.HasPrefix(rest, "SERVICE_") || rest == "PORT" || strings.HasPrefix(rest, "PORT_")
}

func (l *loader) readFlags() {
	for _, name := range slices.Sorted(maps.Keys(l.Flags)) {
		if name == fileFlag {
			continue
		}
		o, ok := l.lookUp(name)
		switch {
		case !ok:
			l.fault("unknown flag --%s%s", name, suggestion(name, l.names()))
			continue
		case o.NoFlag:
			l.fault("--%s cannot be a flag: set %s, or a line in the file", name, o.Env[0])
			continue
		}
		l.set[name] = setting{l.Flags[name], "--" + name}
	}
}

func (l *loader) build() *Config {
	c := &Config{Origin: map[string]string{}, Warnings: l.warnings}
	for _, o := range Options(l.Kinds) {
		value := o.Default
		if s, ok := l.set[o.Name]; ok {
			value, c.Origin[o.Name] = s.value, s.origin
		}
		if err := o.apply(c, value); err != nil {
			l.fault("%s: %s %v", c.Origin[o.Name], o.Name, err)
		}
	}
	return c
}

// together checks rules that involve several options.
func (c *Config) together(kinds []ProviderKind) (faults []string) {
	if !c.InsecurePublic && !Loopback(c.Listen) && !c.behindTLS() {
		faults = append(faults, fmt.Sprintf("listen is %s, a public address without TLS: put a proxy with TLS in front "+
			"and set base-url (https://…) and trusted-proxies, or accept the risk with --insecure-public", c.Listen))
	}
	faults = append(faults, c.Files.faults()...)
	faults = append(faults, c.SMTP.faults()...)
	for _, k := range kinds {
		if fault := k.fault(c); fault != "" {
			faults = append(faults, fault)
		}
	}
	return faults
}

// faults are the rules that involve several of the mail server's options.
func (s SMTP) faults() (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	switch {
	case s.Host == "" && (s.From != "" || s.User != "" || s.Password != ""):
		add("smtp-host is not set: set it, or remove the other smtp options")
	case s.Host != "" && s.From == "":
		add("smtp-from is not set: set it to the address that e-mails come from")
	}
	switch {
	case s.User != "" && s.Password == "":
		add("smtp-user is set, and no password: set VELLOCITY_SMTP_PASSWORD or VELLOCITY_SMTP_PASSWORD_FILE")
	case s.User == "" && s.Password != "":
		add("smtp-password is set, and no user: set smtp-user")
	case s.User != "" && s.TLS == "none" && !Loopback(net.JoinHostPort(s.Host, "25")):
		add("smtp-tls is none, so the password would be sent unencrypted to %s: use starttls or tls", s.Host)
	}
	return list
}

func (l *loader) lookUp(name string) (Option, bool) {
	all := Options(l.Kinds)
	i := slices.IndexFunc(all, func(o Option) bool { return o.Name == name })
	if i < 0 {
		return Option{}, false
	}
	return all[i], true
}

func (l *loader) names() (list []string) {
	for _, o := range Options(l.Kinds) {
		list = append(list, o.Name)
	}
	return list
}

package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

const (
	envPrefix  = "VELLOCITY_"
	fileSuffix = "_FILE"
	fileFlag   = "config"
	fileEnv    = envPrefix + "CONFIG"
)

// Option is one setting of an operator.
type Option struct {
	// Name is the flag (--name) and the name in the file.
	Name string
	// Env are the environment variables; the first overrides the others.
	Env     []string
	Default string
	// Value describes the value in help: HOST:PORT, DIR, N, on|off.
	Value string
	Help  string
	// Switch allows the flag without a value, which means on.
	Switch bool
	// Secret adds a variable NAME_FILE for each variable: it names a file that holds
	// the value.
	Secret bool
	// NoFlag keeps an option off the command line, where others could read it.
	NoFlag bool
	// Group is its heading in the documentation.
	Group string

	apply func(c *Config, value string) error
}

// The groups of options.
const (
	groupServer   = "Server"
	groupStore    = "Data and nodes"
	groupFiles    = "Files"
	groupText     = "Text providers"
	groupImages   = "Image providers"
	groupMail     = "E-mail"
	groupChannels = "Channels"
	groupAWS      = "AWS"
)

// Options lists every option, in the order of the documentation. Each kind of
// provider has two: a key and an address.
func Options(kinds []ProviderKind) []Option {
	return slices.Concat(serverOptions(), storeOptions(), fileOptions(), textOptions(kinds), imageOptions(), mailOptions(),
		channelOptions(), awsOptions())
}

func serverOptions() []Option {
	return group(groupServer, []Option{
		{Name: "listen", Value: "HOST:PORT", Default: "127.0.0.1:8080",
			apply: address(func(c *Config) *string { return &c.Listen }),
			Help: "The address that the server listens on. A public address needs a proxy with TLS in front of it, " +
				"or insecure-public."},
		{Name: "insecure-public", Value: "on|off", Default: "off", Switch: true,
			apply: onOff(func(c *Config) *bool { return &c.InsecurePublic }),
			Help:  "Allow plain HTTP on a public address. Keys and sessions are sent unencrypted."},
		{Name: "base-url", Value: "URL", apply: webAddress(func(c *Config) *string { return &c.BaseURL }),
			Help: "The public address of the server, such as https://vellocity.example.com. " +
				"By default it is derived from listen."},
		{Name: "trusted-proxies", Value: "LIST", apply: networks(func(c *Config) *[]string { return &c.TrustedProxies }),
			Help: "Addresses or CIDR blocks of the proxies in front of the server, separated by commas. X-Forwarded-For and " +
				"X-Forwarded-Proto are ignored from anyone else."},
		{Name: "metrics-listen", Value: "HOST:PORT",
			apply: optional(address(func(c *Config) *string { return &c.MetricsListen })),
			Help:  "Serve /metrics on this address instead of listen."},
		{Name: "rate-limits", Value: "on|off", Default: "on", apply: onOff(func(c *Config) *bool { return &c.RateLimits }),
			Help: "Enforce the plan's request limits per minute and day."},
		{Name: "log-level", Value: "debug|info|warn|error", Default: "info", apply: level,
			Help: "The minimum level of messages that are logged."},
		{Name: "log-format", Value: "text|json", Default: "text",
			apply: oneOf(func(c *Config) *string { return &c.LogFormat }, "text", "json"),
			Help:  "The format of log lines."},
		{Name: "no-demo", Value: "on|off", Default: "off", Switch: true,
			apply: notOnOff(func(c *Config) *bool { return &c.Demo }),
			Help:  "Do not create a sample item on the first start."},
	})
}

func storeOptions() []Option {
	return group(groupStore, []Option{
		{
			Name:    "data",
			Value:   "DIR",
			Default: "./vellocity-data",
			apply:   text(func(c *Config) *string { return &c.Data }, 4096),
			Help:    "The directory for the database, the generated master key and the node's id. Only its owner can read it.",
		},
		{Name: "database-url", Value: "URL", Secret: true, apply: databaseURL,
			Help: "A PostgreSQL database (postgres://…), which several nodes can share. " +
				"By default the database is SQLite in data."},
		{Name: "node-id", Value: "NAME", apply: nodeID,
			Help: "The name of this node among those that share a database. " +
				"By default an id is generated once and stored in data."},
		{Name: "workers", Value: "N", Default: "64", apply: number(func(c *Config) *int { return &c.Workers }, 10_000),
			Help: "How many executions this node runs at once."},
		{Name: "max-tickets-per-workspace", Value: "N", Default: "100",
			apply: number(func(c *Config) *int { return &c.MaxTickets }, 100_000),
			Help: "How many executions of one workspace can be queued or running at once. " +
				"More than that wait for a slot, so that " +
				"one workspace cannot block the others."},
		{Name: "master-key", Value: "TEXT", Secret: true, NoFlag: true,
			apply: secret(func(c *Config) *domain.Secret { return &c.MasterKey }),
			Help: "The key that encrypts stored secrets: at least 32 characters, the same on every node. " +
				"By default one is generated " +
				"on the first start and stored in data. Keep a copy elsewhere."},
	})
}

func textOptions(kinds []ProviderKind) []Option {
	names := []string{""}
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	names = append(names, Composer)
	options := []Option{
		{
			Name:  "provider",
			Value: strings.Join(names[1:], "|"),
			apply: oneOf(func(c *Config) *string { return &c.Provider }, names...),
			Help: "What writes text. By default the first that has a key or an address, in this order; without either, the " +
				"composer, which needs no model.",
		},
		{
			Name:  "model",
			Value: "NAME",
			apply: text(func(c *Config) *string { return &c.Model }, 200),
			Help:  "The provider's name of the model. By default a suitable one.",
		},
	}
	for _, k := range kinds {
		options = append(options, k.options()...)
	}
	return group(groupText, append(options,
		Option{
			Name:  "prices-file",
			Value: "FILE",
			apply: text(func(c *Config) *string { return &c.PricesFile }, 4096),
			Help:  "A JSON file of model prices that replaces the built-in ones.",
		},
		Option{
			Name:    "provider-concurrency",
			Value:   "N",
			Default: "32",
			apply:   number(func(c *Config) *int { return &c.ProviderConcurrency }, 10_000),
			Help:    "How many calls this node makes to one provider at once.",
		},
	))
}

// channelOptions say where a workspace's channels may lead.
func channelOptions() []Option {
	return group(groupChannels, []Option{
		{Name: "channel-networks", Value: "LIST", apply: networks(func(c *Config) *[]string { return &c.ChannelNetworks }),
			Help: "Networks that are not public and that channels and external agents may lead to, such as 10.0.0.0/8: there " +
				"over http, too, and to any port. By default both lead to public addresses only, over https."},
	})
}

// awsOptions say where AWS is. Keys are found by AWS's own rules, in its variables, files and instances.
func awsOptions() []Option {
	return group(groupAWS, []Option{
		{Name: "aws-endpoint", Value: "URL", apply: webAddress(func(c *Config) *string { return &c.AWSEndpoint }),
			Help: "The address of a test server in AWS's place. By default AWS itself. The server's own keys are " +
				"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, those in AWS's shared files, or those of the role that it " +
				"runs with."},
	})
}

// mailOptions name the mail server.
func mailOptions() []Option {
	return group(groupMail, []Option{
		{Name: "smtp-host", Value: "HOST", apply: hostName(func(c *Config) *string { return &c.SMTP.Host }),
			Help: "The mail server that notifications are sent through, over SMTP. Without it, no e-mails are sent. " +
				"Links in e-mails need base-url."},
		{Name: "smtp-port", Value: "N", Default: "587",
			apply: number(func(c *Config) *int { return &c.SMTP.Port }, 65535),
			Help:  "The mail server's port: 587 for starttls, 465 for tls."},
		{Name: "smtp-tls", Value: "starttls|tls|none", Default: "starttls",
			apply: oneOf(func(c *Config) *string { return &c.SMTP.TLS }, "starttls", "tls", "none"),
			Help: "How the connection to the mail server is encrypted. With starttls it must become encrypted; none sends " +
				"everything as plain text."},
		{Name: "smtp-user", Value: "NAME", apply: text(func(c *Config) *string { return &c.SMTP.User }, 320),
			Help: "The user name at the mail server. By default there is no sign-in."},
		{Name: "smtp-password", Value: "TEXT", Secret: true, NoFlag: true,
			apply: secret(func(c *Config) *domain.Secret { return &c.SMTP.Password }),
			Help:  "The password at the mail server."},
		{Name: "smtp-from", Value: "ADDRESS", apply: optional(sender),
			Help: "The sender of e-mails, such as Vellocity <vellocity@example.com>."},
	})
}

// group sets the heading of options, and the default variable of those without one.
func group(heading string, list []Option) []Option {
	for i := range list {
		list[i].Group = heading
		if list[i].Env == nil {
			list[i].Env = []string{envPrefix + strings.ToUpper(strings.ReplaceAll(list[i].Name, "-", "_"))}
		}
	}
	return list
}

// The functions below parse a value into a field, or say what is wrong with it. An
// error continues the option's name: `workers must be a whole number`.

func text(to func(*Config) *string, longest int) func(*Config, string) error {
	return func(c *Config, v string) error {
		if len(v) > longest {
			return fmt.Errorf("must have at most %d bytes", longest)
		}
		*to(c) = v
		return nil
	}
}

func secret(to func(*Config) *domain.Secret) func(*Config, string) error {
	return func(c *Config, v string) error {
		if strings.ContainsAny(v, "\r\n") {
			return fmt.Errorf("must be one line")
		}
		*to(c) = domain.Secret(v)
		return nil
	}
}

func oneOf(to func(*Config) *string, values ...string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if !slices.Contains(values, v) {
			return fmt.Errorf("must be %s, not %q", either(values), v)
		}
		*to(c) = v
		return nil
	}
}

func either(values []string) string {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

func parseSwitch(v string) (on bool, err error) {
	switch strings.ToLower(v) {
	case "on", "true", "yes", "1":
		return true, nil
	case "off", "false", "no", "0":
		return false, nil
	}
	return false, fmt.Errorf("must be on or off, not %q", v)
}

func onOff(to func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) (err error) {
		*to(c), err = parseSwitch(v)
		return err
	}
}

func notOnOff(to func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		on, err := parseSwitch(v)
		*to(c) = !on
		return err
	}
}

func number(to func(*Config) *int, most int) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("must be a whole number from 1 to %d, not %q", most, v)
		}
		*to(c) = n
		return nil
	}
}

func hostName(to func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if len(v) > 253 || strings.ContainsAny(v, "/@ \t\r\n") || strings.Contains(v, ":") && net.ParseIP(v) == nil {
			return fmt.Errorf("must be a host name such as smtp.example.com, without a port")
		}
		*to(c) = v
		return nil
	}
}

func sender(c *Config, v string) error {
	if _, err := mail.ParseAddress(v); err != nil {
		return fmt.Errorf("must be an e-mail address, such as Vellocity <vellocity@example.com>, not %q", v)
	}
	c.SMTP.From = v
	return nil
}

func optional(f func(*Config, string) error) func(*Config, string) error {
	return func(c *Config, v string) error {
		if v == "" {
			return nil
		}
		return f(c, v)
	}
}

func address(to func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		_, port, err := net.SplitHostPort(v)
		if n, numErr := strconv.ParseUint(port, 10, 16); err != nil || numErr != nil || n > 65535 {
			return fmt.Errorf("must be HOST:PORT, such as 127.0.0.1:8080, not %q", v)
		}
		*to(c) = v
		return nil
	}
}

func webAddress(to func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if v == "" {
			return nil
		}
		u, err := url.Parse(v)
		// The value may hold a password by mistake, so it is not repeated.
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
			u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("must be a URL that starts with http:// or https://, without user, query or fragment")
		}
		*to(c) = strings.TrimRight(v, "/")
		return nil
	}
}

func networks(to func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, v string) error {
		for _, part := range strings.Split(v, ",") {
			part = strings.TrimSpace(part)
			if part == "" {
				continue
			}
			_, blockErr := netip.ParsePrefix(part)
			if _, err := netip.ParseAddr(part); err != nil && blockErr != nil {
				return fmt.Errorf("contains %q, which is neither an address nor a CIDR block", part)
			}
			*to(c) = append(*to(c), part)
		}
		return nil
	}
}

func level(c *Config, v string) error {
	if c.LogLevel.UnmarshalText([]byte(v)) != nil {
		return fmt.Errorf("must be debug, info, warn or error, not %q", v)
	}
	c.LogLevel = max(slog.LevelDebug, c.LogLevel)
	return nil
}

func databaseURL(c *Config, v string) error {
	if v != "" && !strings.HasPrefix(v, "postgres://") && !strings.HasPrefix(v, "postgresql://") {
		return fmt.Errorf("must start with postgres://")
	}
	c.Database = domain.Secret(v)
	return nil
}

func nodeID(c *Config, v string) error {
	if len(v) > 80 || strings.ContainsAny(v, "/ \t\r\n") {
		return fmt.Errorf("must have at most 80 characters, without spaces or slashes")
	}
	c.NodeID = v
	return nil
}

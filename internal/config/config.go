// Package config reads the operator's settings. There is one table of options
// (options.go); the flags, the environment, the file, their checks, the help and
// docs/config.md all come from it. A flag overrides the environment, which
// overrides the file, which overrides the default.
//
// Only cmd and app use this package: every other part takes plain fields.
package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"vellocity/internal/domain"
)

// Config holds the values of the options. See options.go for the meaning, unit and
// default of each.
type Config struct {
	Data           string
	Listen         string
	InsecurePublic bool
	BaseURL        string // without a trailing slash; empty: derived from Listen
	TrustedProxies []string
	// ChannelNetworks are networks that are not public and that channels may lead to.
	ChannelNetworks []string
	AWSEndpoint     string // of a test server; empty: AWS itself
	MetricsListen   string
	Database        domain.Secret // postgres://…; empty: SQLite in Data
	NodeID          string
	Workers         int
	MaxTickets      int
	RateLimits      bool
	Demo            bool
	LogLevel        slog.Level
	LogFormat       string // "text" or "json"

	Provider            string // a kind of provider, "composer", or empty: the first that is configured
	Model               string
	Providers           []Provider      // of each kind, in the order of the kinds
	Images              []ImageProvider // those that an option names
	PricesFile          string
	ProviderConcurrency int
	MasterKey           domain.Secret

	Files Files // where files are kept
	SMTP  SMTP  // how e-mails are sent

	// Origin says where each option was set, by its name: "--listen",
	// "VELLOCITY_LISTEN", "vellocity.conf line 3". Options at their default are absent.
	Origin map[string]string
	// Warnings are messages for the operator about settings that were ignored.
	Warnings []string
}

// SMTP is the mail server that takes e-mails. Without a host, none are sent.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password domain.Secret
	From     string // an address, or a name and an address
	TLS      string // starttls, tls or none
}

func (c *Config) behindTLS() bool {
	return strings.HasPrefix(c.BaseURL, "https://") && len(c.TrustedProxies) > 0
}

// Loopback reports whether only this machine can reach the address host:port.
func Loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// PublicURL returns the address that people and programs use, without a trailing
// slash: base-url if set, else one derived from the address that the server listens
// on.
func (c *Config) PublicURL(listening net.Addr) string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	return LocalURL(listening)
}

// LocalURL returns the address at which the server's own machine reaches what listens,
// past any proxy, without a trailing slash.
func LocalURL(listening net.Addr) string {
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String()
	}
	return localURL(host, port)
}

// PlannedURL is [Config.PublicURL] before the server listens. It is empty where the
// system chooses the port.
func (c *Config) PlannedURL() string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || port == "" || port == "0" {
		return ""
	}
	return localURL(host, port)
}

func localURL(host, port string) string {
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String()
}

package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"vellocity/internal/app"
	"vellocity/internal/config"
)

// settings are the flags that commands share.
type settings struct {
	flags  *pflag.FlagSet
	server string
	key    string
	// workspace is the slug of the workspace that the operator acts in; empty: the first.
	workspace string
}

// addCommon adds what every command needs to find the server.
func (s *settings) addCommon() {
	s.flags.StringVar(&s.server, "server", "", "call the server at this URL, with --key or VELLOCITY_KEY")
	s.flags.StringVar(&s.key, "key", "", "the API key for --server (prefer the variable VELLOCITY_KEY)")
	s.flags.StringVar(&s.workspace, "workspace", "",
		"act in the workspace with this slug, as the server's operator (default: the first)")
	s.addOption("data")
	s.addOption("database-url")
}

func (s *settings) addOption(names ...string) {
	for _, o := range config.Options(app.ProviderKinds()) {
		for _, n := range names {
			if o.Name == n {
				addFlag(s.flags, o)
			}
		}
	}
}

// addFlag adds an option as a flag. [settings.load] reads its value.
func addFlag(flags *pflag.FlagSet, o config.Option) {
	help := o.Help
	if o.Default != "" {
		help += fmt.Sprintf(" (default %s)", o.Default)
	}
	if len(o.Env) > 0 {
		help += " [" + strings.Join(o.Env, ", ") + "]"
	}
	flags.String(o.Name, "", help)
	if o.Switch {
		flags.Lookup(o.Name).NoOptDefVal = "on"
	}
}

// load reads the configuration: the flags that were given, then the environment,
// then the file.
func (s *settings) load(c *cobra.Command) (*config.Config, error) {
	given := map[string]string{}
	options := map[string]bool{}
	for _, o := range config.Options(app.ProviderKinds()) {
		options[o.Name] = true
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if options[f.Name] || f.Name == "config" {
			given[f.Name] = f.Value.String()
		}
	})
	cfg, err := config.Load(config.Sources{Kinds: app.ProviderKinds(), Flags: given, Env: os.Environ()})
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

// logger writes to standard error as the configuration says.
func logger(cfg *config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

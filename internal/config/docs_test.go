package config_test

import (
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/config"
)

// markdown returns the reference of all options: docs/config.md.
func markdown() string {
	var b strings.Builder
	b.WriteString(docsHead)
	heading := ""
	for _, o := range config.Options() {
		if o.Group != heading {
			heading = o.Group
			fmt.Fprintf(&b, "\n## %s\n", heading)
		}
		writeOption(&b, o)
	}
	return b.String()
}

const docsHead = `# Options

<!-- Made from internal/config/options.go by: go test ./internal/config -update -->

Every option is a flag, an environment variable and a line of a file. A flag wins over the environment, that over the
file, and that over the default. An empty variable counts as not set. All faults are told at once, and an option that
does not exist is one.

The file is named by ` + "`--config FILE` or `VELLOCITY_CONFIG`" + `. It has a line for each option; # starts a comment:

` + "```" + `
listen = 127.0.0.1:9000
log-format = json
` + "```" + `

A secret is best kept in a file of its own: each variable that holds one has a twin that ends in ` + "`_FILE`" + ` and names
that file. Models' keys and the master key are no flags, since every user of a machine can read those.
`

func writeOption(b *strings.Builder, o config.Option) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n", o.Name, o.Help)
	if !o.NoFlag {
		fmt.Fprintf(b, "- Flag: `--%s %s`\n", o.Name, o.Value)
	}
	variables := slices.Clone(o.Env)
	if o.Secret {
		for _, name := range o.Env {
			variables = append(variables, name+"_FILE")
		}
	}
	fmt.Fprintf(b, "- Environment: `%s`\n", strings.Join(variables, "`, `"))
	if o.Default != "" {
		fmt.Fprintf(b, "- Default: `%s`\n", o.Default)
	}
}

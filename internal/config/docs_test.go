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
	for _, o := range config.Options(kinds) {
		if o.Group != heading {
			heading = o.Group
			fmt.Fprintf(&b, "\n## %s\n", heading)
		}
		writeOption(&b, o)
	}
	return b.String()
}

const docsHead = `# Options

<!-- Generated from internal/config/options.go by: go test ./internal/config -update -->

Every option is a flag, an environment variable and a line of a file. A flag overrides the environment, which overrides the
file, which overrides the default. An empty variable counts as not set. All errors are reported at once; an unknown option
is one.

The file is named by ` + "`--config FILE` or `VELLOCITY_CONFIG`" + `. It has one line per option; # starts a comment:

` + "```" + `
listen = 127.0.0.1:9000
log-format = json
` + "```" + `

Keep each secret in a file of its own: for each variable that holds one there is another that ends in ` + "`_FILE`" + ` and
names that file. Provider keys, the mail server's password and the master key are not flags, since every user of the machine can read those.

Calls to model providers use the proxy that ` + "`HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`" + ` name.
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

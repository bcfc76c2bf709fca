package config

import (
	"fmt"
	"slices"
	"strings"
)

// Markdown returns the reference of all options: docs/config.md.
func Markdown(kinds []ProviderKind) string {
	var b strings.Builder
	b.WriteString(docsHead)
	heading := ""
	for _, o := range Options(kinds) {
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

Calls to model providers use the proxy that ` + "`HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`" + ` name, as other programs do.
`

func writeOption(b *strings.Builder, o Option) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n", o.Name, o.Help)
	if !o.NoFlag {
		fmt.Fprintf(b, "- Flag: `--%s %s`\n", o.Name, o.Value)
	}
	variables := slices.Clone(o.Env)
	if o.Secret {
		for _, name := range o.Env {
			variables = append(variables, name+fileSuffix)
		}
	}
	fmt.Fprintf(b, "- Environment: `%s`\n", strings.Join(variables, "`, `"))
	if o.Default != "" {
		fmt.Fprintf(b, "- Default: `%s`\n", o.Default)
	}
}

package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"vellocity/internal/ops"
)

// Usage is a mistake in how a command was called; the program exits with 2 for it.
type Usage struct{ Err error }

// Error implements error.
func (u Usage) Error() string { return u.Err.Error() }

// Unwrap returns the mistake.
func (u Usage) Unwrap() error { return u.Err }

// Commands returns a command for each row of the table, grouped by noun. Connect is
// called when a command runs, with that command, so that it can read the flags that
// name the server.
func Commands(table []ops.Op, connect func(*cobra.Command) (*Client, error)) []*cobra.Command {
	nouns := map[string]*cobra.Command{}
	var order []*cobra.Command
	for i := range table {
		o := &table[i]
		if o.Command.None != "" {
			continue
		}
		noun := o.Command.Noun
		parent := nouns[noun]
		if parent == nil {
			parent = &cobra.Command{
				Use:   noun,
				Short: o.Chapter.Name,
				Args:  usage(cobra.NoArgs),
				RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
			}
			nouns[noun] = parent
			order = append(order, parent)
		}
		parent.AddCommand(newCommand(o, connect))
	}
	return order
}

// command is the command of one row.
type command struct {
	op     *ops.Op
	fields []ops.Field
	flags  *pflag.FlagSet
	asJSON bool
}

func newCommand(o *ops.Op, connect func(*cobra.Command) (*Client, error)) *cobra.Command {
	k := &command{op: o, fields: o.Fields()}
	use := o.Command.Verb
	var positions int
	for _, f := range k.fields {
		if f.In == ops.InPath {
			use += " " + strings.ToUpper(f.Name)
			positions++
		}
	}
	c := &cobra.Command{
		Use:               use,
		Short:             strings.TrimSuffix(o.Summary, "."),
		Long:              o.Description + "\n\n" + o.Method + " " + o.URL(),
		Example:           k.example(),
		Args:              usage(cobra.ExactArgs(positions)),
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	k.flags = c.Flags()
	k.flags.BoolVar(&k.asJSON, "json", false, "print the whole response as JSON")
	for _, f := range k.fields {
		k.addFlag(c, f)
	}
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		r, err := k.request(args)
		if err != nil {
			return Usage{err}
		}
		client, err := connect(c)
		if err != nil {
			return err
		}
		if client.Close != nil {
			defer func() { err = errors.Join(err, client.Close()) }()
		}
		resp, err := client.send(c.Context(), r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return k.show(c, resp)
	}
	return c
}

func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return Usage{fmt.Errorf("%w\nUsage: %s", err, c.UseLine())}
		}
		return nil
	}
}

// flagName is how a field is written on the command line.
func flagName(field string) string { return strings.ReplaceAll(field, "_", "-") }

// Kinds of flags beside the types of fields.
const (
	sentences = "sentences" // a list of texts that may have commas: a flag for each
	objects   = "objects"   // a list of objects, as JSON
)

// word is how many characters an entry of a list has at most that is written between commas.
const word = 100

// flagKind is the type of the field, or the kind of its list.
func flagKind(f ops.Field) string {
	switch {
	case f.Type == "array" && f.Items == "object":
		return objects
	case f.Type == "array" && f.Schema.Items.MaxLength != nil && *f.Schema.Items.MaxLength > word:
		return sentences
	}
	return f.Type
}

func (k *command) addFlag(c *cobra.Command, f ops.Field) {
	if f.In == ops.InPath {
		return
	}
	name, help := flagName(f.Name), k.help(f)
	switch flagKind(f) {
	case "boolean":
		k.flags.Bool(name, f.Default == "true", help)
	case "integer":
		n, _ := strconv.ParseInt(f.Default, 10, 64) // none is 0
		k.flags.Int64(name, n, help)
	case "number":
		k.flags.Float64(name, 0, help)
	case "array":
		k.flags.StringSlice(name, nil, help)
	case sentences:
		k.flags.StringArray(name, nil, help+" (repeat it for more)")
	case "object", objects:
		k.flags.String(name, "", help+" (JSON, or @FILE)")
	default:
		k.flags.String(name, f.Default, help)
	}
	complete := cobra.NoFileCompletions
	if len(f.Enum) > 0 {
		complete = cobra.FixedCompletions(f.Enum, cobra.ShellCompDirectiveNoFileComp)
	}
	if err := c.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic("cli: " + err.Error()) // only for a flag that is not there
	}
}

func (k *command) help(f ops.Field) string {
	help := f.Help
	if help == "" {
		help = strings.ReplaceAll(f.Name, "_", " ")
	}
	if len(f.Enum) > 0 {
		help += ": " + strings.Join(f.Enum, ", ")
	}
	if f.Required {
		help += " (required)"
	}
	return help
}

// request builds the row's request from arguments and flags. Only flags that were
// given are sent, so that defaults stay the server's.
func (k *command) request(args []string) (request, error) {
	r := request{method: k.op.Method, path: k.op.URL(), header: http.Header{}}
	query := url.Values{}
	for _, f := range k.fields {
		if f.In == ops.InPath {
			r.path = strings.Replace(r.path, "{"+f.Name+"}", url.PathEscape(args[0]), 1)
			args = args[1:]
			continue
		}
		flag := k.flags.Lookup(flagName(f.Name))
		if !flag.Changed {
			if f.Required {
				return r, fmt.Errorf("the flag --%s is required", flag.Name)
			}
			continue
		}
		if err := k.place(&r, query, f, flag); err != nil {
			return r, err
		}
	}
	if len(query) > 0 {
		r.path += "?" + query.Encode()
	}
	if r.body == nil && k.takesBody() {
		r.body = map[string]any{}
	}
	return r, nil
}

func (k *command) takesBody() bool {
	return slices.ContainsFunc(k.fields, func(f ops.Field) bool { return f.In == ops.InBody })
}

func (k *command) place(r *request, query url.Values, f ops.Field, flag *pflag.Flag) error {
	switch f.In {
	case ops.InQuery:
		query.Set(f.Name, flag.Value.String())
		if f.Type == "array" {
			list, err := k.flags.GetStringSlice(flag.Name)
			if err != nil {
				return fmt.Errorf("--%s: %w", flag.Name, err)
			}
			query[f.Name] = list
		}
	case ops.InHeader:
		r.header.Set(f.Header, flag.Value.String())
	case ops.InPrefer:
		r.header.Set("Prefer", "wait="+flag.Value.String())
	default:
		v, err := k.value(f, flag)
		if err != nil {
			return fmt.Errorf("--%s: %w", flag.Name, err)
		}
		if r.body == nil {
			r.body = map[string]any{}
		}
		r.body[f.Name] = v
	}
	return nil
}

// value is a flag of the body as JSON.
func (k *command) value(f ops.Field, flag *pflag.Flag) (any, error) {
	if f.Schema.Nullable && flag.Value.String() == "" {
		return nil, nil // null clears: --planned-at ""
	}
	switch flagKind(f) {
	case "boolean", "integer", "number":
		return json.RawMessage(flag.Value.String()), nil
	case sentences:
		return k.flags.GetStringArray(flag.Name)
	case "array":
		parts, err := k.flags.GetStringSlice(flag.Name)
		if err != nil || f.Items == "string" {
			return parts, err
		}
		out := make([]json.RawMessage, len(parts))
		for i, p := range parts {
			if !json.Valid([]byte(p)) {
				return nil, fmt.Errorf("%q is not a number", p)
			}
			out[i] = json.RawMessage(p)
		}
		return out, nil
	case "object":
		return document[map[string]any](flag.Value.String(), `a JSON object, like {"topic":"Cloud costs"}`)
	case objects:
		return document[[]map[string]any](flag.Value.String(), `a JSON list of objects, like [{"name":"value"}]`)
	}
	return text(f, flag.Value.String())
}

// text reads @FILE for long texts, which nobody types, and for files, which are sent in base64.
func text(f ops.Field, value string) (any, error) {
	file, isFile := strings.CutPrefix(value, "@")
	inBase64 := f.Schema.ContentEncoding != ""
	if !isFile || !inBase64 && f.Name != "body" && f.Name != "prompt" {
		return value, nil
	}
	raw, err := os.ReadFile(file)
	if inBase64 {
		return raw, err // JSON has bytes in base64
	}
	return string(raw), err
}

// document reads JSON, or @FILE with it, that has the form of T.
func document[T any](value, want string) (any, error) {
	raw := []byte(value)
	if file, isFile := strings.CutPrefix(value, "@"); isFile {
		var err error
		if raw, err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	var form T
	if err := json.Unmarshal(raw, &form); err != nil {
		return nil, errors.New("give " + want)
	}
	return json.RawMessage(raw), nil
}

// example is the row's example as a command line.
func (k *command) example() string {
	given := k.op.ExampleInput()
	line := "  vellocity " + k.op.Command.Noun + " " + k.op.Command.Verb
	for _, f := range k.fields {
		if v, ok := given[f.Name]; ok && f.In == ops.InPath {
			line += fmt.Sprintf(" %v", v)
			delete(given, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		line += k.flag(name, given[name])
	}
	if k.op.Kind() == "json" {
		line += "\n" + line + " --json"
	}
	return line
}

// flag is a value of the example as a flag, or as one for each entry.
func (k *command) flag(name string, v any) string {
	f, _ := k.op.Field(name)
	dashed := " --" + flagName(name) + " "
	switch flagKind(f) {
	case objects:
		return dashed + "'" + compact(v) + "'"
	case sentences:
		line := ""
		if list, ok := v.([]string); ok {
			for _, s := range list {
				line += dashed + quoted(s)
			}
			return line
		}
	}
	return dashed + quoted(v)
}

func quoted(v any) string {
	s, isText := v.(string)
	if !isText {
		s = compact(v)
		if strings.HasPrefix(s, "[") {
			s = strings.NewReplacer("[", "", "]", "", `"`, "").Replace(s)
		}
	}
	if strings.ContainsAny(s, " {}\"'$") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

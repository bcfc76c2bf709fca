package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/ai"
	"vellocity/internal/api/account"
	"vellocity/internal/app"
	"vellocity/internal/config"
	"vellocity/internal/domain"
)

// reach runs f with a client for the server, and stops a server that it had to start.
func reach(c *cobra.Command, s *settings, work bool, f func(*client) error) error {
	cl, err := s.connectTo(c, work)
	if err != nil {
		return err
	}
	return errors.Join(f(cl), cl.stop())
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func workspaceCommand(s *settings) *cobra.Command {
	group := &cobra.Command{
		Use:   "workspace",
		Short: "Create and change workspaces, as the server's operator",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var asJSON bool
	set := &cobra.Command{Use: "set", Short: "Change the workspace's plan, name, feed address or time zone",
		Example: "  vellocity workspace set --plan business --name \"Acme Corp\" --timezone Europe/Berlin",
		Args:    usageArgs(cobra.NoArgs)}
	flags := map[string]*string{}
	for _, f := range []struct{ name, help string }{
		{"plan", "starter, business or enterprise"},
		{"name", "the company's name"},
		{"slug", "the name in the feed's address"},
		{"timezone", "an IANA time zone such as Europe/Berlin"},
	} {
		flags[f.name] = set.Flags().String(f.name, "", f.help)
	}
	set.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	set.RunE = func(c *cobra.Command, _ []string) error {
		in := map[string]string{}
		for flag, field := range map[string]string{
			"plan": "plan", "name": "company_name", "slug": "slug", "timezone": "timezone",
		} {
			if set.Flags().Changed(flag) {
				in[field] = *flags[flag]
			}
		}
		return reach(c, s, false, func(cl *client) error {
			var w account.Workspace
			if err := cl.call(c.Context(), "POST", "/operator/workspace", in, &w); err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), w)
			}
			printWorkspace(c.OutOrStdout(), w)
			return nil
		})
	}
	group.AddCommand(set, createWorkspaceCommand(s))
	return group
}

func createWorkspaceCommand(s *settings) *cobra.Command {
	var in struct {
		Slug     string `json:"slug"`
		Name     string `json:"company_name"`
		Plan     string `json:"plan,omitempty"`
		Timezone string `json:"timezone,omitempty"`
	}
	var asJSON bool
	c := &cobra.Command{
		Use:   "create SLUG",
		Short: "Create a further workspace, and print the key of its owner",
		Long: `Creates a workspace with brand voices, agents and credits of its own. It shares
nothing with the other workspaces. SLUG names it in the address of its feed, and
in --workspace, which other commands take. The owner's key is printed once.`,
		Example: "  vellocity workspace create acme --name \"Acme Corp\"\n" +
			"  vellocity sign-in-link --workspace acme",
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			in.Slug = args[0]
			if in.Name == "" {
				in.Name = in.Slug
			}
			return reach(c, s, false, func(cl *client) error {
				var w account.NewWorkspace
				if err := cl.call(c.Context(), "POST", "/operator/workspaces", in, &w); err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.OutOrStdout(), w)
				}
				printWorkspace(c.OutOrStdout(), w.Workspace)
				fmt.Fprintf(c.OutOrStdout(), "Key       %s      shown once\n", w.Key)
				return nil
			})
		},
	}
	c.Flags().StringVar(&in.Name, "name", "", "the company's name (default SLUG)")
	c.Flags().StringVar(&in.Plan, "plan", "", "starter, business or enterprise (default enterprise)")
	c.Flags().StringVar(&in.Timezone, "timezone", "", "an IANA time zone such as Europe/Berlin (default UTC)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printWorkspace(out io.Writer, w account.Workspace) {
	fmt.Fprintf(out, "Name      %s\nPlan      %s\nFeed      /feeds/%s/rss.xml\nTimezone  %s\n",
		w.CompanyName, w.Plan, w.Slug, w.Timezone)
}

func creditsGrantCommand(s *settings) *cobra.Command {
	group := &cobra.Command{
		Use:   "credits",
		Short: "Credits: balance, ledger, grants",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var note string
	var asJSON bool
	grant := &cobra.Command{
		Use:     "grant AMOUNT",
		Short:   "Grant the workspace credits, as its operator",
		Example: "  vellocity credits grant 5000 --note \"November\"",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			amount, err := strconv.Atoi(args[0])
			if err != nil {
				return usageError{fmt.Errorf("AMOUNT must be a whole number, not %q", args[0])}
			}
			return reach(c, s, false, func(cl *client) error {
				var b account.Credits
				in := map[string]any{"amount": amount, "note": note}
				if err := cl.call(c.Context(), "POST", "/operator/credits", in, &b); err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.OutOrStdout(), b)
				}
				fmt.Fprintf(c.OutOrStdout(), "Balance    %d\nHeld       %d\nAvailable  %d\n", b.Balance, b.Held, b.Available)
				return nil
			})
		},
	}
	grant.Flags().StringVar(&note, "note", "", "a note for the ledger")
	grant.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	group.AddCommand(grant)
	return group
}

func signInLinkCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "sign-in-link",
		Short: "Print a link that signs you in to the dashboard once",
		Long: `Prints a link that signs the workspace's owner in to the dashboard. It works
once, within 15 minutes, in a browser on the server's own machine.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return reach(c, s, false, func(cl *client) error {
				var link app.Link
				in := map[string]string{"target": "/board"}
				if err := cl.call(c.Context(), "POST", "/operator/sign-in-link", in, &link); err != nil {
					return err
				}
				if strings.HasPrefix(link.URL, "/") {
					fmt.Fprintln(c.ErrOrStderr(), "No server is running on this data directory. Open this path once one is:")
				}
				fmt.Fprintln(c.OutOrStdout(), link.URL)
				return nil
			})
		},
	}
}

// ollama stands for any model server on this machine.
const ollama = "ollama"

func connectCommand(s *settings) *cobra.Command {
	var base, model, protocol string
	var unchecked bool
	kinds := app.ProviderKinds()
	var names, variables []string
	for _, k := range kinds {
		names = append(names, k.Name)
		variables = append(variables, k.KeyVariable())
	}
	names = append(names, ollama)
	c := &cobra.Command{
		Use:   "connect " + strings.Join(names, "|"),
		Short: "Connect a text model",
		Long: fmt.Sprintf(`Connects a model provider for the whole installation. The key is read from
%s, or else from standard input; it is checked
with one cheap call and stored encrypted. "ollama" is any model server on
this machine that speaks OpenAI's Chat Completions and needs no key.

OpenAI itself is called over its Responses, and every other server of "openai"
over Chat Completions, unless --wire says otherwise.`, domain.Alternatives(variables)),
		Example: `  vellocity connect openai
  vellocity connect anthropic --model claude-sonnet-5-5 < key.txt
  vellocity connect ollama --model llama3.3
  vellocity connect openai --base-url https://openrouter.ai/api/v1 --model openai/gpt-6-luna
  vellocity connect openai --wire chat`,
		Args:      usageArgs(cobra.ExactArgs(1)),
		ValidArgs: names,
	}
	c.Flags().StringVar(&base, "base-url", "", "the address of the provider's API, if it is not the default one")
	c.Flags().StringVar(&model, "model", "", "the provider's name of the model")
	for _, k := range kinds {
		if len(k.Wires) > 0 {
			c.Flags().StringVar(&protocol, "wire", "", "for "+k.Name+": "+domain.Alternatives(k.WireNames()))
		}
	}
	c.Flags().BoolVar(&unchecked, "no-check", false, "do not check it with a call")
	c.RunE = func(c *cobra.Command, args []string) error {
		in := app.Connect{Name: args[0], Kind: args[0], BaseURL: base, Model: model, Wire: protocol}
		i := slices.IndexFunc(kinds, func(k config.ProviderKind) bool { return k.Name == args[0] })
		switch {
		case i >= 0:
			key, err := readKey(c, kinds[i])
			if err != nil {
				return err
			}
			in.Key = key
		case args[0] == ollama:
			in.Kind = "openai"
		default:
			return usageError{fmt.Errorf("want %s, not %q", domain.Alternatives(names), args[0])}
		}
		return reach(c, s, false, func(cl *client) error { return connect(c, cl, in, !unchecked) })
	}
	return c
}

// readKey reads a provider's key from its variable, or from standard input.
func readKey(c *cobra.Command, kind config.ProviderKind) (string, error) {
	name := kind.KeyVariable()
	if key := os.Getenv(name); key != "" {
		return key, nil
	}
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintf(c.ErrOrStderr(), "Paste the key for %s and press Enter: ", kind.Label)
	}
	line, err := bufio.NewReader(c.InOrStdin()).ReadString('\n')
	key := strings.TrimSpace(line)
	if key == "" {
		return "", usageError{errors.Join(fmt.Errorf("no key: set %s, or write it to standard input", name), notEOF(err))}
	}
	return key, nil
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func connect(c *cobra.Command, cl *client, in app.Connect, check bool) error {
	ctx := c.Context()
	if in.Name == ollama {
		if err := findLocal(c, &in); err != nil {
			return err
		}
	}
	if err := cl.call(ctx, "POST", "/operator/connect", in, nil); err != nil {
		return err
	}
	if !check {
		fmt.Fprintf(c.ErrOrStderr(), "Connected %s without a check.\n", in.Name)
		return nil
	}
	var st app.Status
	if err := cl.call(ctx, "POST", "/operator/status", map[string]bool{"live": true}, &st); err != nil {
		return err
	}
	if l := st.Live[in.Name]; l.Error != "" {
		err := fmt.Errorf("the check of %s failed: %s", in.Name, l.Error)
		return errors.Join(err, cl.call(ctx, "POST", "/operator/disconnect", map[string]string{"name": in.Name}, nil))
	}
	printLive(c.OutOrStdout(), in.Name, st.Live[in.Name])
	return nil
}

// findLocal looks for a model server on this machine.
func findLocal(c *cobra.Command, in *app.Connect) error {
	found := ai.Detect(c.Context(), ai.LocalEndpoints())
	for _, f := range found {
		if in.BaseURL != "" && in.BaseURL != f.BaseURL || len(f.Models) == 0 {
			continue
		}
		in.BaseURL = f.BaseURL
		if in.Model == "" {
			in.Model = f.Models[0]
		}
		fmt.Fprintf(c.ErrOrStderr(), "Found %s at %s with %s.\n", f.Name, f.BaseURL, strings.Join(f.Models, ", "))
		return nil
	}
	if in.BaseURL != "" && in.Model != "" {
		return nil
	}
	return errors.New("no model server was found on this machine; " +
		"start Ollama, LM Studio or llama.cpp, or set --base-url and --model")
}

func disconnectCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "disconnect NAME",
		Short: "Remove a connected text model and its key",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return reach(c, s, false, func(cl *client) error {
				return cl.call(c.Context(), "POST", "/operator/disconnect", map[string]string{"name": args[0]}, nil)
			})
		},
	}
}

func doctorCommand(s *settings) *cobra.Command {
	var live, asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check the installation and report what is wrong",
		Long: `Checks the database, the queue, the ledger, the files, the mail server and what writes text. With --live it
makes one cheap call to each configured provider and lists the parameters that the
model refuses. It exits with 1 if something is wrong.`,
		Example: "  vellocity doctor\n  vellocity doctor --live",
		Args:    usageArgs(cobra.NoArgs),
	}
	c.Flags().BoolVar(&live, "live", false, "make one cheap call to each configured provider")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return reach(c, s, false, func(cl *client) error {
			var st app.Status
			if err := cl.call(c.Context(), "POST", "/operator/status", map[string]bool{"live": live}, &st); err != nil {
				return err
			}
			if asJSON {
				if err := printJSON(c.OutOrStdout(), st); err != nil {
					return err
				}
			} else {
				printStatus(c.OutOrStdout(), st)
			}
			return wrong(st)
		})
	}
	return c
}

func printStatus(w io.Writer, st app.Status) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%-10s %s\n", label, fmt.Sprintf(format, args...))
	}
	line("Version", "%s", st.Version)
	line("Database", "%s", st.Database)
	line("Queue", "%s", st.Queue)
	line("Data", "%s", st.Integrity)
	line("Ledger", "sums to %d", st.LedgerSum)
	if st.Text.Origin.AI {
		line("Text by", "%s (%s). %s", st.Text.Origin.Model, st.Text.Origin.Provider, st.Text.Why)
	} else {
		line("Text by", "composer. %s", st.Text.Why)
	}
	for _, p := range st.Text.Providers {
		line("Provider", "%s: %s %s (%s)", p.Name, p.Model, p.BaseURL, p.Source)
	}
	line("Files", "%s", fileText(st.Files))
	line("E-mail", "%s", emailText(st.Email))
	for _, r := range st.Retiring {
		line("Warning", "%s", r)
	}
	for _, f := range st.Detected {
		line("Found", "%s at %s with %d models. Use it: vellocity connect ollama --base-url %s",
			f.Name, f.BaseURL, len(f.Models), f.BaseURL)
	}
	names := make([]string, 0, len(st.Live))
	for n := range st.Live {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		printLive(w, n, st.Live[n])
	}
}

// fileText says in a line where files are kept.
func fileText(f app.FileStatus) string {
	if f.Error != "" {
		return "cannot be stored in " + f.Where + ": " + f.Error
	}
	return "are stored in " + f.Where
}

// emailText says in a line whether e-mails can be sent.
func emailText(e app.EmailStatus) string {
	switch {
	case e.Server == "":
		return "is not sent: set --smtp-host and --smtp-from to send notifications"
	case e.Error != "":
		return "cannot be sent through " + e.Server + ": " + e.Error
	case !e.Links:
		return "is sent through " + e.Server + ", without links: set --base-url"
	}
	return "is sent through " + e.Server
}

func printLive(w io.Writer, name string, l app.LiveCheck) {
	if l.Error != "" {
		fmt.Fprintf(w, "%-10s %s: %s\n", "Failed", name, l.Error)
		return
	}
	fmt.Fprintf(w, "%-10s %s responds as %s in %s\n", "Works", name, l.OK.Model, l.OK.Latency.Round(1_000_000))
	if len(l.OK.Refused) > 0 {
		fmt.Fprintf(w, "%-10s %s refuses %s; calls leave them out\n", "", l.OK.Model, strings.Join(l.OK.Refused, ", "))
	}
}

func wrong(st app.Status) error {
	var all []error
	if st.Integrity != app.Whole {
		all = append(all, errors.New(st.Integrity))
	}
	if st.LedgerSum != 0 {
		all = append(all, fmt.Errorf("the ledger sums to %d instead of zero", st.LedgerSum))
	}
	if st.Files.Error != "" {
		all = append(all, errors.New("files cannot be stored"))
	}
	if st.Email.Error != "" {
		all = append(all, errors.New("the mail server cannot be used"))
	}
	for name, l := range st.Live {
		if l.Error != "" {
			all = append(all, fmt.Errorf("the provider %s failed", name))
		}
	}
	return errors.Join(all...)
}

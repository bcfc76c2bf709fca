package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/cli"
	"vellocity/internal/domain"
	"vellocity/internal/template/file"
)

const templatesPath = "/api/v1/content-workflow/workflow-templates"

func templatesCommand(s *settings) *cobra.Command {
	group := &cobra.Command{
		Use:   "templates",
		Short: "Workflow templates",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	group.AddCommand(exportTemplatesCommand(s), applyTemplatesCommand(s))
	return group
}

// storedTemplate is a template as the API shows it.
type storedTemplate struct {
	Slug        string                  `json:"slug"`
	Name        string                  `json:"name"`
	Description string                  `json:"description"`
	Category    domain.TemplateCategory `json:"category"`
	IsBuiltin   bool                    `json:"is_builtin"`
	Version     int                     `json:"version"`
	InputSchema json.RawMessage         `json:"input_schema"`
	Steps       []domain.TemplateStep   `json:"steps"`
}

func (t storedTemplate) template() domain.Template {
	return domain.Template{
		Slug: t.Slug, Name: t.Name, Description: t.Description, Category: t.Category, InputSchema: t.InputSchema,
		Steps: t.Steps,
	}
}

// storedAt reads a template by its slug; false where there is none.
func storedAt(ctx context.Context, client *cli.Client, slug string) (t storedTemplate, ok bool, err error) {
	var answer struct {
		Data struct {
			Attributes storedTemplate `json:"attributes"`
		} `json:"data"`
	}
	err = client.Call(ctx, http.MethodGet, templatesPath+"/"+url.PathEscape(slug), "", nil, &answer)
	var failure *cli.Failure
	if errors.As(err, &failure) && failure.Status == http.StatusNotFound {
		return t, false, nil
	}
	return answer.Data.Attributes, err == nil, err
}

func exportTemplatesCommand(s *settings) *cobra.Command {
	var all bool
	var dir string
	c := &cobra.Command{
		Use:   "export [SLUG…]",
		Short: "Write workflow templates as YAML",
		Long: `Writes workflow templates as YAML, in an order that does not change: to standard
output, a document for each, or with -o to SLUG.yaml in a directory. --all writes
the workspace's own templates; name one that ships with Vellocity to start one of
your own from it. "vellocity templates apply" reads what this writes.`,
		Example: `  vellocity templates export --all -o templates
  vellocity templates export blog-and-social > ours.yaml`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(c *cobra.Command, slugs []string) (err error) {
			if all == (len(slugs) > 0) {
				return usageError{errors.New("name the templates to export, or give --all for the workspace's own")}
			}
			client, err := s.connect(c)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, client.Close()) }()
			if all {
				if slugs, err = ownTemplates(c.Context(), client); err != nil {
					return err
				}
			}
			return exportTemplates(c, client, slugs, dir)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "all templates of the workspace's own")
	c.Flags().StringVarP(&dir, "output", "o", "", "the `directory` to write SLUG.yaml files to")
	return c
}

func ownTemplates(ctx context.Context, client *cli.Client) (slugs []string, err error) {
	var answer struct {
		Data []struct {
			Attributes storedTemplate `json:"attributes"`
		} `json:"data"`
	}
	if err := client.Call(ctx, http.MethodGet, templatesPath, "", nil, &answer); err != nil {
		return nil, err
	}
	for _, d := range answer.Data {
		if !d.Attributes.IsBuiltin {
			slugs = append(slugs, d.Attributes.Slug)
		}
	}
	slices.Sort(slugs)
	return slugs, nil
}

func exportTemplates(c *cobra.Command, client *cli.Client, slugs []string, dir string) error {
	var whole bytes.Buffer
	files := map[string][]byte{}
	for i, slug := range slugs {
		t, ok, err := storedAt(c.Context(), client, slug)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("there is no template %q", slug)
		}
		text, err := file.Write(t.template())
		if err != nil {
			return err
		}
		if i > 0 {
			whole.WriteString("---\n")
		}
		whole.Write(text)
		files[t.Slug] = text
	}
	if dir == "" {
		_, err := c.OutOrStdout().Write(whole.Bytes())
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // files for a repository
		return err
	}
	for slug, text := range files {
		if err := os.WriteFile(filepath.Join(dir, slug+".yaml"), text, 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s written to %s\n", domain.Plural(len(files), "template"), dir)
	return nil
}

func applyTemplatesCommand(s *settings) *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:   "apply FILE…",
		Short: "Create or change workflow templates from YAML",
		Long: `Creates the workspace's own templates from YAML files, or changes those that have
the same slug. A directory stands for its *.yaml and *.yml files, - for standard
input. All files are checked first: where one has a fault, nothing is stored.
Templates that no file has stay as they are. Applying the same files again
changes nothing.

The exit status is 0 where everything was applied or is unchanged, 1 where a file
has faults or the server refuses, and 2 where the command could not run.`,
		Example: `  vellocity templates apply templates --dry-run
  vellocity templates apply weekly-social.yaml`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, names []string) (err error) {
			a := applying{c: c, dryRun: dryRun, slugs: map[string]string{}}
			if err := a.read(names); err != nil {
				return usageError{err}
			}
			if a.client, err = s.connect(c); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.client.Close()) }()
			return a.apply()
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would change, and store nothing")
	return c
}

// applying is a run of the command apply.
type applying struct {
	c      *cobra.Command
	client *cli.Client
	dryRun bool
	list   []applied
	slugs  map[string]string // where each slug stands
	faults int
}

// applied is a document with what becomes of it.
type applied struct {
	file.Document
	name    string // of the file
	verdict string // created, changed, unchanged
	version int    // that it had; 0: new
	fields  []string
}

// read reads the files, and those of the directories.
func (a *applying) read(names []string) error {
	for _, name := range names {
		files := []string{name}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			files = nil
			for _, pattern := range []string{"*.yaml", "*.yml"} {
				found, err := filepath.Glob(filepath.Join(name, pattern))
				if err != nil {
					return err
				}
				files = append(files, found...)
			}
			if slices.Sort(files); len(files) == 0 {
				return fmt.Errorf("the directory %s has no YAML files", name)
			}
		}
		for _, f := range files {
			if err := a.readFile(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *applying) readFile(name string) error {
	raw, err := readInput(a.c, name)
	if err != nil {
		return err
	}
	list, err := file.Read(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, d := range list {
		a.list = append(a.list, applied{Document: d, name: name})
	}
	return nil
}

// fault prints a fault as file:line: field: message.
func (a *applying) fault(d applied, f file.Fault) {
	a.faults++
	field := f.Field
	if field != "" {
		field += ": "
	}
	fmt.Fprintf(a.c.OutOrStdout(), "%s:%d: %s%s\n", d.name, f.Line, field, f.Message)
}

func (a *applying) apply() error {
	for i := range a.list {
		if err := a.check(&a.list[i]); err != nil {
			return err
		}
	}
	if a.faults > 0 {
		return fmt.Errorf("%s; nothing was stored", domain.Plural(a.faults, "fault"))
	}
	counts := map[string]int{}
	for _, d := range a.list {
		if !a.dryRun {
			if err := a.store(d); err != nil {
				return fmt.Errorf("%s: %s: %w", d.name, d.Template.Slug, err)
			}
		}
		counts[d.verdict]++
		line := fmt.Sprintf("%-9s  %s", d.verdict, d.Template.Slug)
		if len(d.fields) > 0 {
			line += "  (" + strings.Join(d.fields, ", ") + ")"
		}
		fmt.Fprintln(a.c.OutOrStdout(), line)
	}
	summary := fmt.Sprintf(
		"%d created, %d changed, %d unchanged",
		counts["created"],
		counts["changed"],
		counts["unchanged"],
	)
	if a.dryRun {
		summary += "; nothing was stored (--dry-run)"
	}
	fmt.Fprintln(a.c.ErrOrStderr(), summary)
	return nil
}

// check decides what becomes of a document, and prints what is wrong with it.
func (a *applying) check(d *applied) error {
	for _, f := range d.Faults {
		a.fault(*d, f)
	}
	if len(d.Faults) > 0 {
		return nil
	}
	slug := d.Template.Slug
	if before, twice := a.slugs[slug]; twice {
		a.fault(*d, file.Fault{
			Line: d.Line("slug"), Field: "slug", Message: fmt.Sprintf("The slug %q is also at %s", slug, before),
		})
		return nil
	}
	a.slugs[slug] = fmt.Sprintf("%s:%d", d.name, d.Line("slug"))
	stored, exists, err := storedAt(a.c.Context(), a.client, slug)
	if err != nil {
		return err
	}
	d.verdict = "created"
	if exists {
		if d.fields, err = file.Changes(stored.template(), d.Template); err != nil {
			return err
		}
		if d.verdict, d.version = "changed", stored.Version; len(d.fields) == 0 {
			d.verdict = "unchanged"
			return nil
		}
		if stored.IsBuiltin {
			a.fault(*d, file.Fault{Line: d.Line("slug"), Field: "slug", Message: fmt.Sprintf(
				"The template %q ships with Vellocity and cannot be changed: give yours another slug", slug)})
			return nil
		}
	}
	return a.ask(d)
}

// ask has the server check a document.
func (a *applying) ask(d *applied) error {
	var answer struct {
		Data struct {
			Errors []struct{ Field, Message string } `json:"errors"`
		} `json:"data"`
	}
	body := bodyOf(d.Template)
	body["slug"] = d.Template.Slug
	err := a.client.Call(a.c.Context(), http.MethodPost, templatesPath+"/check", "", body, &answer)
	var failure *cli.Failure
	if errors.As(err, &failure) && failure.Code == string(domain.CodeValidation) {
		for field, list := range failure.Details {
			messages, _ := list.([]any)
			for _, m := range messages {
				answer.Data.Errors = append(answer.Data.Errors, struct{ Field, Message string }{field, fmt.Sprint(m)})
			}
		}
		slices.SortFunc(answer.Data.Errors, func(x, y struct{ Field, Message string }) int {
			return d.Line(x.Field) - d.Line(y.Field)
		})
		err = nil
	}
	for _, e := range answer.Data.Errors {
		a.fault(*d, file.Fault{Line: d.Line(e.Field), Field: e.Field, Message: e.Message})
	}
	return err
}

func (a *applying) store(d applied) error {
	body := bodyOf(d.Template)
	var answer any
	switch d.verdict {
	case "created":
		body["slug"] = d.Template.Slug
		return a.client.Call(a.c.Context(), http.MethodPost, templatesPath, "", body, &answer)
	case "changed":
		match := fmt.Sprintf("%q", fmt.Sprint(d.version))
		return a.client.Call(
			a.c.Context(), http.MethodPut, templatesPath+"/"+url.PathEscape(d.Template.Slug), match, body, &answer)
	}
	return nil
}

// bodyOf is what the API takes to store a template. What a file does not have is left out, so
// that the server says what is missing.
func bodyOf(t domain.Template) map[string]any {
	body := map[string]any{"description": t.Description, "category": t.Category}
	if t.Name != "" {
		body["name"] = t.Name
	}
	if t.InputSchema != nil {
		body["input_schema"] = t.InputSchema
	}
	if t.Steps != nil {
		steps := make([]map[string]any, len(t.Steps))
		for i, s := range t.Steps {
			steps[i] = map[string]any{"key": s.Key, "capability": s.Capability, "depends_on": s.DependsOn}
			if s.DependsOn == nil {
				delete(steps[i], "depends_on")
			}
			if s.Settings != nil {
				steps[i]["settings"] = s.Settings
			}
			if s.When != "" {
				steps[i]["when"] = s.When
			}
		}
		body["steps"] = steps
	}
	return body
}

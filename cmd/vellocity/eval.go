package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/ai"
	"vellocity/internal/app"
	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/eval"
)

// evalFlags are the flags of the command eval.
type evalFlags struct {
	only   []string
	out    string
	asJSON bool
}

func evalCommand(s *settings) *cobra.Command {
	var f evalFlags
	c := &cobra.Command{
		Use:   "eval",
		Short: "Compare the product's texts with those of one prompt",
		Long: `Has a model write a set of 20 briefs twice: with generate-blog-post, and with one
good prompt. Then it measures both: facts used and invented, repetition, stock
phrases, length, brand voice, findings, tokens, cost and time. Without a model it
measures the composer.

It needs no server and stores nothing. It uses the provider that "vellocity serve"
would use with the same settings, and calls it about 130 times for all briefs.`,
		Example: `  vellocity eval --only launch,job-ad
  OPENAI_API_KEY=sk-… vellocity eval --out texts
  vellocity eval --provider composer --json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evaluate(c, s, f) },
	}
	c.Flags().
		StringSliceVar(&f.only, "only", nil, "write only the brief with this `name`; repeat it or use commas for several")
	c.Flags().StringVar(&f.out, "out", "", "keep the texts in this `directory`, as <brief>-<way>.md")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	for _, o := range config.Options(app.ProviderKinds()) {
		if !o.NoFlag && writes(o.Name) {
			addFlag(c.Flags(), o)
		}
	}
	return c
}

// writes reports whether an option is about what writes the texts.
func writes(option string) bool {
	return slices.Contains([]string{"provider", "model", "prices-file", "provider-concurrency"}, option) ||
		slices.ContainsFunc(app.ProviderKinds(), func(k config.ProviderKind) bool {
			return strings.HasPrefix(option, k.Name+"-")
		})
}

func evaluate(c *cobra.Command, s *settings, f evalFlags) error {
	if s.server != "" {
		return usageError{errors.New("eval calls the provider itself: leave out --server")}
	}
	briefs, err := eval.Briefs(f.only...)
	if err != nil {
		return usageError{fmt.Errorf("--only: %w", err)}
	}
	cfg, err := s.load(c)
	if err != nil {
		return err
	}
	writer, err := app.Writer(c.Context(), cfg, logger(cfg))
	if err != nil {
		return err
	}
	if f.out != "" { // before anything is paid for
		if err := os.MkdirAll(f.out, 0o750); err != nil {
			return fmt.Errorf("create the directory of --out: %w", err)
		}
	}
	report, stopped := eval.Run(c.Context(), eval.Options{
		Writer: writer,
		Briefs: briefs,
		Each: func(b eval.Brief, t eval.Text) error {
			return each(c, f.out, t, writer)
		},
	})
	if f.asJSON {
		err = printJSON(c.OutOrStdout(), report)
	} else {
		err = report.Table(c.OutOrStdout())
	}
	if errors.Is(stopped, context.Canceled) {
		stopped = fmt.Errorf("stopped after %d texts", len(report.Texts))
	}
	if err := errors.Join(err, stopped); err != nil {
		return err
	}
	if report.Failed > 0 {
		return fmt.Errorf("%d of %d texts failed", report.Failed, len(report.Texts))
	}
	return nil
}

// each shows that a text is done, and keeps it.
func each(c *cobra.Command, dir string, t eval.Text, writer ai.Connection) error {
	mark := "✓"
	if t.Error != "" {
		mark = "✗"
	}
	if writer.Origin.Kind == domain.OriginModel { // the composer is done at once
		fmt.Fprintf(c.ErrOrStderr(), "%s %s, %s, %.0f s\n", mark, t.Brief, t.Way, t.Seconds)
	}
	if dir == "" || t.Error != "" {
		return nil
	}
	text := t.Body + "\n"
	if t.Title != "" {
		text = "# " + t.Title + "\n\n" + text
	}
	name := filepath.Join(dir, fmt.Sprintf("%s-%s.md", t.Brief, t.Way))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return fmt.Errorf("keep the text: %w", err)
	}
	return nil
}

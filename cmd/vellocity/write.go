package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

const writerPath = "/api/v1/aiwriter"

func writeCommand(s *settings) *cobra.Command {
	group := &cobra.Command{
		Use:   "write",
		Short: "Write texts from templates",
		Long: `Writes one text from a writer template: a form of a few fields. Without a model, some
templates compose the text from your own sentences; the others need a model.`,
		Example: `  vellocity write templates
  vellocity write show faq_generator
  vellocity write run faq_generator title=Returns description=@notes.txt --save`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	group.AddCommand(writeTemplatesCommand(s), writeShowCommand(s), writeRunCommand(s))
	return group
}

// writerTemplate is a writer template as the API shows it.
type writerTemplate struct {
	Slug        string `json:"slug"`
	Title       string `json:"title"`
	Description string `json:"description"`
	NeedsModel  bool   `json:"needs_model"`
	Fields      []struct {
		Name     string   `json:"name"`
		Type     string   `json:"type"`
		Title    string   `json:"title"`
		Help     string   `json:"help"`
		Required bool     `json:"required"`
		Options  []string `json:"options"`
	} `json:"fields"`
}

func writeTemplatesCommand(s *settings) *cobra.Command {
	var search string
	c := &cobra.Command{
		Use:     "templates",
		Short:   "List the writer templates",
		Example: `  vellocity write templates --search email`,
		Args:    usageArgs(cobra.NoArgs),
	}
	c.Flags().StringVar(&search, "search", "", "only those that have these words")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return reach(c, s, false, func(cl *client) error {
			var list []writerTemplate
			path := writerPath + "/openai-list?" + url.Values{"search": {search}}.Encode()
			if err := cl.call(c.Context(), http.MethodGet, path, nil, &list); err != nil {
				return err
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, t := range list {
				model := "works without a model"
				if t.NeedsModel {
					model = "needs a model"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", t.Slug, t.Title, model)
			}
			return w.Flush()
		})
	}
	return c
}

func writeShowCommand(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:     "show SLUG",
		Short:   "Show what a writer template asks for",
		Example: `  vellocity write show product_description`,
		Args:    usageArgs(cobra.ExactArgs(1)),
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		return reach(c, s, false, func(cl *client) error {
			t, err := writerTemplateAt(c.Context(), cl, args[0])
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			fmt.Fprintf(out, "%s\n%s\n\n", t.Title, t.Description)
			w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			for _, f := range t.Fields {
				need := "optional"
				if f.Required {
					need = "required"
				}
				kind := strings.ReplaceAll(f.Type, "_", " ")
				if len(f.Options) > 0 {
					kind = strings.Join(f.Options, ", ")
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Name, need, kind, strings.TrimSpace(f.Title+". "+f.Help))
			}
			return w.Flush()
		})
	}
	return c
}

func writerTemplateAt(ctx context.Context, cl *client, slug string) (t writerTemplate, err error) {
	err = cl.call(ctx, http.MethodGet, writerPath+"/templates/"+url.PathEscape(slug), nil, &t)
	return t, err
}

// writeOptions are the flags of a text.
type writeOptions struct {
	language, tone string
	words, results int
	voice          int64
	save           bool
}

func writeRunCommand(s *settings) *cobra.Command {
	var o writeOptions
	c := &cobra.Command{
		Use:   "run SLUG field=value…",
		Short: "Write a text and print it",
		Long: `Fills in a writer template, writes the text and prints it on standard output. A value
that begins with @ is read from that file. What guardrails found goes to standard
error. With --save each result becomes a content item on the board.`,
		Example: `  vellocity write run faq_generator title=Returns description=@notes.txt
  vellocity write run ai_rewriter content_rewrite=@draft.md rewrite_mode=shorter --language German`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
	}
	f := c.Flags()
	f.StringVar(&o.language, "language", "", "a language code or name, such as de-AT or German")
	f.StringVar(&o.tone, "tone", "", "the tone, such as Friendly")
	f.IntVar(&o.words, "words", 0, "longest length in words; 500 by default")
	f.IntVar(&o.results, "results", 0, "how many texts; 1 by default")
	f.Int64Var(&o.voice, "voice", 0, "brand voice to write in; by default the workspace's")
	f.BoolVar(&o.save, "save", false, "save each result as a content item on the board")
	c.RunE = func(c *cobra.Command, args []string) error {
		body, err := o.body(args[0], args[1:])
		if err != nil {
			return err
		}
		return reach(c, s, true, func(cl *client) error { return writeText(c, cl, body, o.save) })
	}
	return c
}

// body is the call that the arguments ask for.
func (o writeOptions) body(slug string, pairs []string) (map[string]any, error) {
	fields := map[string]string{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("a field is given as name=value, not %q", pair)}
		}
		if file, isFile := strings.CutPrefix(value, "@"); isFile {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("read the field %s: %w", name, err)
			}
			value = string(text)
		}
		fields[name] = value
	}
	body := map[string]any{"post_type": slug, "fields": fields}
	for name, value := range map[string]any{
		"language": o.language, "tone_of_voice": o.tone, "maximum_length": o.words, "number_of_results": o.results,
		"brand_voice_id": o.voice,
	} {
		if value != "" && value != 0 && value != int64(0) {
			body[name] = value
		}
	}
	return body, nil
}

// writtenText is a generated text as the API shows it.
type writtenText struct {
	ID      int64 `json:"message_id"`
	Results []struct {
		Text     string `json:"text"`
		Findings []struct {
			Severity string `json:"severity"`
			Message  string `json:"message"`
		} `json:"guardrails_triggered"`
	} `json:"results"`
}

func writeText(c *cobra.Command, cl *client, body map[string]any, save bool) error {
	ctx := c.Context()
	var text writtenText
	if err := cl.call(ctx, http.MethodPost, writerPath+"/write", body, &text); err != nil {
		return err
	}
	for i, r := range text.Results {
		if i > 0 {
			fmt.Fprint(c.OutOrStdout(), "\n---\n\n")
		}
		fmt.Fprintln(c.OutOrStdout(), strings.TrimSpace(r.Text))
		for _, f := range r.Findings {
			fmt.Fprintf(c.ErrOrStderr(), "! %s: %s\n", f.Severity, f.Message)
		}
		if !save {
			continue
		}
		var item struct {
			ID    int64  `json:"content_id"`
			Title string `json:"title"`
		}
		in := map[string]any{"message_id": text.ID, "result": i + 1}
		if err := cl.call(ctx, http.MethodPost, writerPath+"/generate/save", in, &item); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "On the board: item %d, %s\n", item.ID, item.Title)
	}
	return nil
}

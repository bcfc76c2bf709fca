package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/schema"
	"vellocity/internal/sse"
)

func runCommand(s *settings) *cobra.Command {
	var sets []string
	var settingsFile, priority string
	var agent int64
	var asJSON bool
	c := &cobra.Command{
		Use:   "run SLUG",
		Short: "Run a capability and print its result",
		Long: `Runs a capability, shows its steps on standard error as they finish, and prints
the text on standard output: a Markdown file with title and description as front
matter. The item is on the board when the command ends.`,
		Example: `  vellocity run generate-blog-post --set topic="Cloud cost optimization" --set word_count=600
  vellocity run generate-blog-post --settings brief.json > post.md
  vellocity run analyze-seo --set content_id=1 --json`,
		Args: usageArgs(cobra.ExactArgs(1)),
	}
	f := c.Flags()
	f.StringArrayVar(&sets, "set", nil, "a setting as name=value; repeat a name for a list, or use JSON")
	f.StringVar(&settingsFile, "settings", "", "a JSON file with the settings, - for standard input")
	f.StringVar(&priority, "priority", "normal", "low, normal, high or urgent")
	f.Int64Var(&agent, "agent", 0, "the agent to use; by default one is chosen")
	f.BoolVar(&asJSON, "json", false, "print the execution as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		return reach(c, s, true, func(cl *client) error {
			settings, err := gather(c, cl, args[0], settingsFile, sets)
			if err != nil {
				return err
			}
			in := map[string]any{"settings": settings, "priority": priority}
			if agent != 0 {
				in["agent_id"] = agent
			}
			return runOne(c, cl, args[0], in, asJSON)
		})
	}
	return c
}

const prefix = "/api/v1/content-workflow"

// gather merges the settings of the file and the flags. The capability's schema says
// whether a value is a list, a number or text.
func gather(c *cobra.Command, cl *client, slug, file string, sets []string) (map[string]any, error) {
	settings := map[string]any{}
	if file != "" {
		if err := readSettings(c, file, &settings); err != nil {
			return nil, err
		}
	}
	var details struct {
		Attributes struct {
			Schema json.RawMessage `json:"settings_schema"`
		} `json:"attributes"`
	}
	if err := cl.call(c.Context(), "GET", prefix+"/capabilities/"+slug, nil, &details); err != nil {
		return nil, err
	}
	known, err := schema.Compile(details.Attributes.Schema)
	if err != nil {
		return nil, fmt.Errorf("read the settings schema of %s: %w", slug, err)
	}
	for _, set := range sets {
		name, value, ok := strings.Cut(set, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--set takes name=value, not %q", set)}
		}
		field, _ := known.Field(name) // an unknown one is left to the server, which suggests names
		put(settings, name, value, field)
	}
	return settings, nil
}

func readSettings(c *cobra.Command, file string, to *map[string]any) error {
	var text []byte
	var err error
	if file == "-" {
		text, err = io.ReadAll(c.InOrStdin())
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		return usageError{fmt.Errorf("the settings are not a JSON object: %w", err)}
	}
	return nil
}

// put sets one value. A string of the schema stays one; a list gets another
// element.
func put(settings map[string]any, name, value string, field schema.Field) {
	kind := field.Type
	if kind == schema.List {
		var whole []any
		if json.Unmarshal([]byte(value), &whole) == nil {
			settings[name] = whole
			return
		}
		list, _ := settings[name].([]any)
		var one any = value
		if field.Items != nil && field.Items.Type != schema.Text {
			_ = json.Unmarshal([]byte(value), &one) // what is no JSON stays text, and the server says what is wrong
		}
		settings[name] = append(list, one)
		return
	}
	var v any
	if kind != schema.Text && kind != schema.Any && json.Unmarshal([]byte(value), &v) == nil {
		settings[name] = v
		return
	}
	settings[name] = value
}

// started is an accepted execution.
type started struct {
	ID int64 `json:"id"`
}

func runOne(c *cobra.Command, cl *client, slug string, in map[string]any, asJSON bool) error {
	ctx := c.Context()
	var x started
	if err := cl.call(ctx, "POST", prefix+"/capabilities/"+slug+"/execute", in, &x); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "Execution %d\n", x.ID)
	if err := follow(ctx, cl, c.ErrOrStderr(), x.ID); err != nil {
		return err
	}
	var raw json.RawMessage
	if err := cl.call(ctx, "GET", fmt.Sprintf("%s/executions/%d", prefix, x.ID), nil, &raw); err != nil {
		return err
	}
	if asJSON {
		if err := printJSON(c.OutOrStdout(), raw); err != nil {
			return err
		}
	}
	var end ended
	if err := json.Unmarshal(raw, &end); err != nil {
		return fmt.Errorf("read the execution: %w", err)
	}
	return end.print(ctx, c, cl, asJSON)
}

// ended is an execution after its end.
type ended struct {
	ID         int64 `json:"id"`
	Attributes struct {
		Status     string  `json:"status"`
		Error      *string `json:"error_message"`
		WaitingFor string  `json:"waiting_for"`
		Assets     []struct {
			ID int64 `json:"id"`
		} `json:"generated_assets"`
		Findings []struct {
			Severity string `json:"severity"`
			Message  string `json:"message"`
		} `json:"guardrails_triggered"`
		Steps []struct {
			Key    string          `json:"key"`
			Output json.RawMessage `json:"output"`
		} `json:"step_results"`
	} `json:"attributes"`
}

func (e ended) print(ctx context.Context, c *cobra.Command, cl *client, quiet bool) error {
	a := e.Attributes
	if a.Status != "completed" {
		if a.Error != nil && *a.Error != "" {
			return errors.New(*a.Error)
		}
		if a.WaitingFor != "" {
			fmt.Fprintf(c.ErrOrStderr(), "The execution is waiting for a %s.\n", a.WaitingFor)
			return nil
		}
		return fmt.Errorf("the execution is %s", a.Status)
	}
	for _, f := range a.Findings {
		fmt.Fprintf(c.ErrOrStderr(), "! %s: %s\n", f.Severity, f.Message)
	}
	if quiet {
		return nil
	}
	for i, asset := range a.Assets {
		var item struct {
			Attributes struct{ Title string } `json:"attributes"`
		}
		path := fmt.Sprintf("%s/content/%d", prefix, asset.ID)
		if err := cl.call(ctx, "GET", path, nil, &item); err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(c.OutOrStdout())
		}
		if err := printExport(ctx, c.OutOrStdout(), cl, path); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "On the board: item %d, %s\n", asset.ID, item.Attributes.Title)
	}
	if len(a.Assets) == 0 && len(a.Steps) > 0 {
		return printJSON(c.OutOrStdout(), a.Steps[len(a.Steps)-1].Output)
	}
	return nil
}

// printExport writes an item as a Markdown file: its title and what search engines show
// as front matter, then its text.
func printExport(ctx context.Context, out io.Writer, cl *client, path string) error {
	resp, err := cl.open(ctx, "GET", path+"/export?format=markdown", nil, "text/markdown")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("read the text: the server responded with %s", resp.Status)
	}
	if _, err := io.Copy(out, resp.Body); err != nil {
		return fmt.Errorf("read the text: %w", err)
	}
	return nil
}

// follow shows the steps as they finish.
func follow(ctx context.Context, cl *client, out io.Writer, id int64) error {
	path := fmt.Sprintf("%s/executions/%d/events", prefix, id)
	resp, err := cl.open(ctx, "GET", path, nil, "text/event-stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	r := sse.NewReader(resp.Body)
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("follow the execution: %w", err)
		}
		switch {
		case ev.Data == "[DONE]":
			return nil
		case ev.Name == "step":
			showStep(out, ev.Data)
		case ev.Name == "status" && strings.Contains(ev.Data, `"waiting_for":"person"`):
			return nil
		}
	}
}

func showStep(out io.Writer, data string) {
	var event struct {
		Payload struct {
			Name, Status, Error string
			Progress            int
		}
	}
	if json.Unmarshal([]byte(data), &event) != nil {
		return // an event of a newer server must not end the command
	}
	s := event.Payload
	if s.Status == "failed" {
		fmt.Fprintf(out, "✗ %s\n", s.Name)
		return
	}
	fmt.Fprintf(out, "✓ %-24s %3d %%\n", s.Name, s.Progress)
}

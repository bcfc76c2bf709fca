package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"vellocity/internal/capability/blogpost"
	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
)

// sampleWait is how long the greeting waits for the sample to be finished.
const sampleWait = 5 * time.Second

// Greet prints where the server is and how to use it. At the first start it creates
// the workspace, a key, and, unless the operator wants none, a sample item. Where out is
// kept in a journal, which others may read, the greeting has neither key nor link, and
// says how to get them.
func (a *App) Greet(ctx context.Context, out io.Writer, journal bool) error {
	first, made, err := a.Engine.Account.Bootstrap(ctx)
	if err != nil {
		return err
	}
	t := a.Engine.Studio.TextStatus()
	line := func(label, format string, args ...any) {
		fmt.Fprintf(out, "%-9s %s\n", label, fmt.Sprintf(format, args...))
	}
	if t.Origin.AI {
		line("Text by", "%s (%s)", t.Origin.Model, t.Origin.Provider)
	} else {
		line("Text by", "composer (no AI model).  Connect one: vellocity connect openai")
	}
	target := "/board"
	if made && a.cfg.Demo {
		summary, item := a.sample(ctx, first.Workspace.ID)
		line("Sample", "%s", summary)
		if item != 0 {
			target = fmt.Sprintf("/content/%d", item)
		}
	}
	if err := a.greetOpen(ctx, line, target, journal); err != nil {
		return err
	}
	if made && journal {
		line("Key", "create one on this machine: vellocity keys create --name NAME")
	}
	if made && !journal {
		secret := first.Key.Secret
		line("Key", "%s      shown once", secret)
		line("Try", "curl -s %s/api/v1/partners/profile -H \"Authorization: Bearer %s\"", a.URL(), secret)
		const add = `claude mcp add --transport http vellocity %s/api/v1/mcp --header "Authorization: Bearer %s"`
		line("Claude", add, a.URL(), secret)
	}
	return nil
}

func (a *App) greetOpen(ctx context.Context, line func(string, string, ...any), target string, journal bool) error {
	all, err := a.Store.Read().Workspaces(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	if journal || !config.Loopback(a.cfg.Listen) {
		line("Open", "%s      create a sign-in link on this machine: vellocity sign-in-link", a.URL())
		return nil
	}
	link, err := a.SignInLink(ctx, all[0].ID, target)
	if err != nil {
		return err
	}
	line("Open", "%s      signs you in once, on this machine only", link.URL)
	return nil
}

// sample runs the sample brief and says what became of it.
func (a *App) sample(ctx context.Context, workspaceID int64) (summary string, item int64) {
	ctx = domain.WithActor(ctx, domain.OperatorActor(workspaceID))
	started, err := a.Engine.Work.Sample(ctx, workspaceID, "generate-blog-post", blogpost.Sample())
	if err != nil {
		return "could not be started: " + domain.AsError(err).Message, 0
	}
	x, err := a.Engine.Work.WaitExecution(ctx, started.Execution.ID, sampleWait)
	if err != nil {
		return "could not be watched: " + domain.AsError(err).Message, 0
	}
	if len(x.Items) > 0 {
		item = x.Items[0].ID
	}
	return summarize(x), item
}

// summarize reports an execution in one line: ✓ brief ✓ outline ✓ 5 sections ✓ checks: 1
// finding ✓ on the board.
func summarize(x work.ExecutionDetails) string {
	done := map[string]bool{}
	for _, s := range x.Steps {
		done[s.Key] = s.Status == domain.StepDone
	}
	var parts []string
	sections := 0
	flush := func() {
		if sections > 0 {
			parts = append(parts, fmt.Sprintf("✓ %d sections", sections))
			sections = 0
		}
	}
	for _, p := range x.Plan {
		if !done[p.Key] {
			continue
		}
		if p.Kind == "section" {
			sections++
			continue
		}
		flush()
		name := strings.ToLower(p.Name)
		if p.Kind == "checks" {
			name += fmt.Sprintf(": %s", count(len(x.Findings), "finding"))
		}
		parts = append(parts, "✓ "+name)
	}
	flush()
	switch {
	case len(x.Items) > 0:
		parts = append(parts, "✓ on the board")
	case x.Error != "":
		parts = append(parts, "✗ "+x.Error)
	default:
		parts = append(parts, "… still at work")
	}
	return strings.Join(parts, " ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

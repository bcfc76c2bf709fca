// Package quickstart runs what the documents tell a newcomer to type against the built
// binary: the API quickstart in three languages, the content pipeline, and the tour of
// the README, as it is printed there.
package quickstart

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// server is started as the README says, except for its directory and port.
type server struct{ *product.Server }

func start(t *testing.T) server {
	t.Helper()
	in := product.Install(t)
	in.Sample = true
	s := server{product.Start(t, in)}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return s
}

// clean is the environment without anything that would configure Vellocity.
func clean() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "VELLOCITY_") && !strings.HasPrefix(pair, "OPENAI_") &&
			!strings.HasPrefix(pair, "ANTHROPIC_") {
			env = append(env, pair)
		}
	}
	return env
}

// run runs what a newcomer types, with the server's program on the search path.
func (s server) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(clean(), "HOST="+s.URL(), "KEY="+s.Key, "VELLOCITY_DATA="+s.Dir,
		"PATH="+filepath.Dir(s.Program)+":"+os.Getenv("PATH"))
	cmd.Dir = t.TempDir()
	picture(t, filepath.Join(cmd.Dir, "shop.jpg"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// picture writes a file for the snippets that upload one.
func picture(t *testing.T, path string) {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s server) script(t *testing.T, file string) string {
	t.Helper()
	interpreter := map[string]string{".sh": "bash", ".py": "python3", ".mjs": "node"}[filepath.Ext(file)]
	if interpreter == "python3" {
		interpreter = python(t)
	}
	need(t, interpreter)
	path, err := filepath.Abs(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return s.run(t, interpreter, path)
}

// python returns one that has the library which the quickstart uses.
func python(t *testing.T) string {
	t.Helper()
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import requests").Run() == nil {
			return p
		}
	}
	product.Missing(t, "a python3 with requests is not installed")
	return ""
}

func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		product.Missing(t, program+" is not installed")
	}
}

// streamed is the text of a printed stream. Where its pieces end depends on how fast they were read.
func streamed(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if piece, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "data: "); ok {
			b.WriteString(piece)
		}
	}
	return b.String()
}

func TestQuickstart(t *testing.T) {
	s := start(t)
	for _, file := range []string{"quickstart.sh", "quickstart.py", "quickstart.mjs"} {
		t.Run(file, func(t *testing.T) {
			out := s.script(t, file)
			for _, want := range []string{"success", "partner_", "company_name", "enterprise", "aws_account_connected", "cloud cost optimization", "data: "} {
				if !strings.Contains(strings.ToLower(out+streamed(out)), want) {
					t.Errorf("%q is missing in\n%s", want, out)
				}
			}
			if n := strings.Count(out, "data: [DONE]"); n != 1 || !strings.HasSuffix(strings.TrimSpace(out), "data: [DONE]") {
				t.Errorf("%d ends, want one, at the end:\n%s", n, out)
			}
		})
	}
	for _, file := range []string{"pipeline.sh", "pipeline.py", "pipeline.mjs"} {
		t.Run(file, func(t *testing.T) {
			out := s.script(t, file)
			for _, want := range []string{"generate-blog-post", "execution completed", "moved to review", "moved to ready", "moved to published", "in the feed: Outline: Cloud cost optimization"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is missing in\n%s", want, out)
				}
			}
		})
	}
}

// block finds the code blocks of a Markdown file.
var block = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```")

// tour returns the commands of the README's tour.
func tour(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "## Five minutes")
	rest, _, ok2 := strings.Cut(rest, "\n## ")
	if !ok || !ok2 {
		t.Fatal("the README has no tour")
	}
	var blocks []string
	for _, m := range block.FindAllStringSubmatch(rest, -1) {
		switch m[1] {
		case "sh":
			blocks = append(blocks, m[2])
		case "":
			var typed []string
			for line := range strings.SplitSeq(m[2], "\n") {
				if command, ok := strings.CutPrefix(line, "$ "); ok {
					typed = append(typed, command)
				}
			}
			blocks = append(blocks, strings.Join(typed, "\n"))
		}
	}
	return blocks
}

func TestTheTourWorksAsPrinted(t *testing.T) {
	need(t, "bash")
	s := start(t)
	blocks := tour(t)
	if len(blocks) < 5 {
		t.Fatalf("the tour has %d blocks", len(blocks))
	}
	script := "set -euo pipefail\n"
	for _, b := range blocks {
		script += strings.ReplaceAll(b, "http://127.0.0.1:8080", s.URL()) + "\n"
	}
	script += "test -s post.md && echo the post is there; head -3 post.md\n"
	out := s.run(t, "bash", "-c", script)
	for _, want := range []string{`"status":"completed"`, `"kanban_status":"published"`, `"content_items":[{`, "data: [DONE]",
		"✓ Checks", "On the board: item", "the post is there", "generate-blog-post", "---\ntitle: \"Cloud cost optimization\"\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestTheGreeting(t *testing.T) {
	s := start(t)
	log := s.Log.String()
	key := regexp.MustCompile(`(?m)^Key +(vell_pk_\w+) +shown once$`).FindStringSubmatch(log)
	if key == nil {
		t.Fatal(log)
	}
	for _, want := range []string{
		"Text by   composer (no AI model).",
		"Sample    ✓ brief ✓ outline ✓ 5 sections", "checks: 1 finding ✓ on the board",
		fmt.Sprintf("Open      %s/in?t=", s.URL()),
		fmt.Sprintf("curl -s %s/api/v1/partners/profile -H \"Authorization: Bearer %s\"", s.URL(), key[1]),
		fmt.Sprintf("claude mcp add --transport http vellocity %s/api/v1/mcp --header \"Authorization: Bearer %s\"",
			s.URL(), key[1]),
	} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is missing in\n%s", want, log)
		}
	}
	try, _, _ := strings.Cut(log[strings.Index(log, "curl"):], "\n")
	if out, err := exec.CommandContext(t.Context(), "bash", "-c", try).Output(); err != nil ||
		!strings.Contains(string(out), `"success":true`) {
		t.Errorf("what it says to try answers\n%s %v", out, err)
	}
}

// TestTheGreetingInAJournal: others may read it, so it has no secret.
func TestTheGreetingInAJournal(t *testing.T) {
	in := product.Install(t)
	in.Sample = true
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf(
		"JOURNAL_STREAM=$(stat -Lc %%d:%%i /proc/$$/fd/1) exec %s serve --data %s --listen %s", in.Program, in.Dir, in.Listen))
	cmd.Env = append(clean(), "PATH="+os.Getenv("PATH"))
	p, err := product.Run(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	await.True(t, "the greeting", func() bool { return strings.Contains(p.Log.String(), "\nKey ") })
	log := p.Log.String()
	for _, want := range []string{
		fmt.Sprintf("Open      %s      create a sign-in link on this machine: vellocity sign-in-link\n", in.URL()),
		"Key       create one on this machine: vellocity keys create --name NAME\n",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is missing in\n%s", want, log)
		}
	}
	if strings.Contains(log, "vell_pk_") || strings.Contains(log, "/in?t=") {
		t.Errorf("a journal has secrets:\n%s", log)
	}
}

package content_test

import (
	_ "embed"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/engine/content"
)

//go:embed testdata/xss.txt
var hostile string

// active is what rendered text may never have: elements that run, load or post,
// handlers, and addresses that run.
var active = regexp.MustCompile(`(?is)<\s*(script|iframe|object|embed|form|input|button|svg|math|style|link|` +
	`meta|base|video|audio|source|template|body|html|noscript|` +
	`frame|frameset|applet|marquee|textarea|select|isindex|xml)\b` +
	`|<[^>]*\s(on\w+|style|srcdoc|formaction|xlink:href)\s*=` +
	`|<[^>]*(href|src|cite|action)\s*=\s*["']?\s*(javascript|vbscript|data|file|blob):`)

// alt is an alt text, which may say anything within its quotation marks.
var alt = regexp.MustCompile(`\salt="[^"<>]*"`)

// remote is an image that would show its server who reads.
var remote = regexp.MustCompile(`(?is)<img[^>]*src\s*=\s*["']?\s*(https?:)?//`)

func TestHostileMarkdownIsHarmless(t *testing.T) {
	v := content.New(nil, nil, "")
	payloads := strings.Split(strings.TrimSpace(hostile), "\n%%\n")
	if len(payloads) < 60 {
		t.Fatalf("%d payloads", len(payloads))
	}
	for _, p := range payloads {
		for _, wrapped := range []string{p, "> " + p, "- " + p, "| a |\n|---|\n| " + p + " |", "text " + p + " text"} {
			for _, out := range []string{v.RenderMarkdown(wrapped), v.PreviewMarkdown(wrapped)} {
				box := strings.NewReplacer(
					`<input type="checkbox" disabled="">`,
					"",
					`<input type="checkbox" disabled="" checked="">`,
					"",
				)
				if m := active.FindString(alt.ReplaceAllString(box.Replace(out), "")); m != "" {
					t.Errorf("%q renders as %q, which has %q", wrapped, out, m)
				}
			}
			if out := v.PreviewMarkdown(wrapped); remote.MatchString(out) {
				t.Errorf("the preview of %q is %q, which loads %q", wrapped, out, remote.FindString(out))
			}
		}
	}
}

func TestMarkdownKeepsItsForms(t *testing.T) {
	v := content.New(nil, nil, "")
	out := v.RenderMarkdown("# Head\n\nA **bold** [link](https://example.com) and `code`.\n\n- one\n- two\n\n" +
		"| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n\n```go\nx := 1\n```\n\n![own](/files/1.png) ~~gone~~\n")
	for _, want := range []string{
		"<h1", "<strong>bold</strong>", `href="https://example.com"`, "nofollow", "noreferrer", "<code>code</code>",
		"<li>one</li>", "<td>1</td>", "<blockquote>", "<pre>", `src="/files/1.png"`, "<del>gone</del>",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

package compose_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/golden"
)

func TestGoldenPosts(t *testing.T) {
	for name, b := range briefs {
		t.Run(name, func(t *testing.T) {
			a, body := post(b)
			m := compose.NewMeta(b, "")
			if n := utf8.RuneCountInString(m.Short); n == 0 || n > compose.MetaTitleMax {
				t.Errorf("the meta title has %d characters", n)
			}
			if n := utf8.RuneCountInString(m.Description); n == 0 || n > compose.MetaDescriptionMax {
				t.Errorf("the meta description has %d characters", n)
			}
			var tail strings.Builder
			fmt.Fprintf(&tail, "\n\n---\n\nformat: %s\nmeta title: %s\nmeta description: %s\nslug: %s\n",
				a.Format, m.Short, m.Description, m.Slug)
			for _, n := range a.Needs {
				fmt.Fprintf(&tail, "- %s (%s): %s\n", n.What, n.Field, n.Reason)
			}
			golden.Check(t, "testdata/post-"+name+".md", "# "+a.Title+"\n\n"+body+tail.String())
		})
	}
}

func TestGoldenSocialPosts(t *testing.T) {
	for _, name := range []string{"launch", "newsletter", "job", "event", "topic", "german", "japanese", "fragments"} {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			for _, n := range channel.Networks() {
				p := compose.NewPost(briefs[name], n, n.Max)
				if got := n.Count(p.Text); got > n.Max {
					t.Errorf("%s: %d characters", n.Slug, got)
				}
				fmt.Fprintf(&all, "== %s\n%s\n", n.Slug, p.Text)
				for _, u := range p.Unused {
					fmt.Fprintf(&all, "-- %s: %s (%s)\n", u.Ref, u.Text, u.Reason)
				}
				all.WriteString("\n")
			}
			golden.Check(t, "testdata/social-"+name+".txt", all.String())
		})
	}
}

package main

import (
	"strings"
	"testing"
)

// Without a model a chat quotes the workspace's texts, and goes on where it was.
func TestChatsOnTheCommandLine(t *testing.T) {
	data := t.TempDir()
	if _, err := vellocity(t, data, "migrate"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		says  string
		fails string
	}{
		{[]string{"content", "create", "--title", "Beds in winter", "--content-type", "blog_post",
			"--body", "Fleece keeps two degrees. Cover the beds."}, "", ""},
		{[]string{"chat", "What does fleece keep?"}, "Fleece keeps two degrees.", ""},
		{[]string{"chat", "--conversation", "1", "And beds?"}, "[S1]", ""},
		{[]string{"chats", "recent"}, "What does fleece keep?", ""},
		{[]string{"chats", "messages", "1"}, "And beds?", ""},
		{[]string{"chat", "--conversation", "99", "Beds?"}, "", "Conversation not found"},
		{[]string{"chat", "--conversation", "1", "--voice", "2", "Beds?"}, "", "--voice"},
		{[]string{"chat", "--voice", "99", "Beds?"}, "", "brand_voice_id"},
	} {
		out, err := vellocity(t, data, c.args...)
		switch {
		case c.fails == "" && err != nil:
			t.Errorf("%q: %v", c.args, err)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%q: %v, want %q", c.args, err, c.fails)
		case !strings.Contains(out, c.says):
			t.Errorf("%q: %q has no %q", c.args, out, c.says)
		}
	}
}

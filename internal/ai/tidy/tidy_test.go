package tidy_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/ai/tidy"
)

// cut splits a text at places that the seed decides, within characters too.
func cut(s string, seed uint64) (pieces []string) {
	for s != "" {
		seed = seed*6364136223846793005 + 1442695040888963407
		n := min(len(s), 1+int(seed>>33)%9)
		pieces, s = append(pieces, s[:n]), s[n:]
	}
	return pieces
}

func cleaned(pieces []string) string {
	var c tidy.Cleaner
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(c.Add(p))
	}
	return b.String() + c.End()
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"K\x00ö\x01rs\x1fou\x7f ":                     "Körsou\x7f ",
		"tab\tline\nmore":                             "tab\tline\nmore",
		"a\r\nb\rc\r":                                 "a\nb\nc\n",
		"bad \xff byte \xe2\x82":                      "bad  byte ",
		"\xed\xa0\xbd\xed\xb8\x80":                    "😀",
		"x\xed\xa0\xbdy\xed\xb8\x80z":                 "xyz",
		"\xed\xa0\xbd\xed\xa0\xbd\xed\xb8\x80":        "😀",
		"Grüße 🎉 雨\u2028":                             "Grüße 🎉 雨\u2028",
		"the sign \ufffd itself is a character":       "the sign \ufffd itself is a character",
		"\xed\xb8\x80\xed":                            "",
		strings.Repeat("\x00", 50) + "x\x00\x00\x00y": "xy",
	} {
		if got := tidy.Clean(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		for seed := range uint64(20) {
			if got := cleaned(cut(in, seed)); got != want {
				t.Errorf("%q in pieces becomes %q, want %q", in, got, want)
			}
		}
	}
}

func FuzzCleaner(f *testing.F) {
	f.Add("a\x00b\r", "\n\xed\xa0\xbd", uint64(1))
	f.Add("\xed\xb8\x80ü\xf0\x9f", "\x98\x80", uint64(7))
	f.Fuzz(func(t *testing.T, a, b string, seed uint64) {
		want := tidy.Clean(a + b)
		if got := cleaned(cut(a+b, seed)); got != want {
			t.Errorf("%q in pieces becomes %q, whole %q", a+b, got, want)
		}
		if !utf8.ValidString(want) || strings.ContainsAny(want, "\x00\r\x1b") {
			t.Errorf("%q is left", want)
		}
		if again := tidy.Clean(want); again != want {
			t.Errorf("%q becomes %q when cleaned again", want, again)
		}
	})
}

// thought returns the text without its thoughts, as a viewer ends up with it.
func thought(opened bool, pieces []string) (text string, retracted bool) {
	t := tidy.Thoughts{Opened: opened}
	take := func(piece string, retract bool) {
		if retract {
			text, retracted = "", true
		}
		text += piece
	}
	for _, p := range pieces {
		take(t.Add(p))
	}
	take(t.End())
	return text, retracted
}

var thoughts = []struct{ name, in, want string }{
	{"none", "Rain falls.\n", "Rain falls.\n"},
	{"white space first", "\n Rain", "\n Rain"},
	{"think", "<think>\nOkay, the user wants [1] {x}.\n\nMore.\n</think>\n\nRain falls.", "Rain falls."},
	{"thinking, in capitals", "<THINKING>hm</THINKING>Rain", "Rain"},
	{"white space before", "\n<think>hm</think>Rain", "Rain"},
	{"empty block", "<think>\n\n</think>\n\nRain", "Rain"},
	{"two blocks", "<think>a</think>\n<think>b</think>\nRain", "Rain"},
	{"closed with another spelling", "<thinking>a</think>Rain", "Rain"},
	{"never closed", "<think>a b c", ""},
	{"opened by the template", "Okay, the user wants a word.\n</think>\n\nRain falls.", "Rain falls."},
	{"opened by the template, empty", "</think>\n\nRain", "Rain"},
	{"opened by the template, no text", "Hm.</think>", ""},
	{
		"harmony",
		"<|channel|>analysis<|message|>We need rain.<|end|><|start|>assistant<|channel|>final<|message|>Rain < snow.<|return|>",
		"Rain < snow.",
	},
	{
		"harmony, commentary",
		"<|start|>assistant<|channel|>commentary to=x <|constrain|>json<|message|>{}<|call|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{\"a\":1}",
		`{"a":1}`,
	},
	{"harmony without marks", "analysisThe user wants rain.assistantfinalRain falls.", "Rain falls."},
	{"a word like a channel", "analysisParalysis is no word.", "analysisParalysis is no word."},
	{"mistral", "[THINK]hm[/THINK]Rain", "Rain"},
	{"kimi", "◁think▷hm◁/think▷Rain", "Rain"},
	{"a text about tags", "Models write <think> and </think> around it.", "Models write <think> and </think> around it."},
	{"a closing tag in code", "The tag `</think>` ends it.", "The tag `</think>` ends it."},
	{"a closing tag in a block", "```\nx\n</think>\n```\nDone.", "```\nx\n</think>\n```\nDone."},
	{"tags after a block", "<think>a</think>Text with </think> in it.", "Text with </think> in it."},
	{"less than", "1 < 2 and <th", "1 < 2 and <th"},
	{"nothing", "", ""},
}

func TestThoughts(t *testing.T) {
	for _, c := range thoughts {
		for seed := range uint64(30) {
			if got, _ := thought(false, cut(c.in, seed)); got != c.want {
				t.Fatalf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		if got, _ := thought(false, []string{c.in}); got != c.want {
			t.Errorf("%s, whole: %q, want %q", c.name, got, c.want)
		}
	}
}

// A model that is known to open its block in the prompt shows nothing of it.
func TestThoughtsThatAreKnownToBeOpened(t *testing.T) {
	for _, c := range thoughts {
		got, retracted := thought(true, cut(c.in, 3))
		if strings.Contains(c.in, "`") || strings.Contains(c.in, "Models write") {
			continue // here the tag itself is taken for the end
		}
		if got != c.want || retracted {
			t.Errorf("%s: %q, want %q, retracted %v", c.name, got, c.want, retracted)
		}
	}
}

func FuzzThoughts(f *testing.F) {
	for i, c := range thoughts {
		f.Add(c.in, uint64(i))
	}
	f.Fuzz(func(t *testing.T, in string, seed uint64) {
		whole, _ := thought(false, []string{in})
		if got, _ := thought(false, cut(in, seed)); got != whole {
			t.Errorf("%q in pieces becomes %q, whole %q", in, got, whole)
		}
		if !strings.HasSuffix(in, whole) && !strings.Contains(in, "<|") {
			t.Errorf("%q becomes %q, which is not its end", in, whole)
		}
		text := "<think>\n" + strings.ReplaceAll(in, "<", "") + "\n</think>\n\nRain falls."
		if got, _ := thought(false, []string{text}); got != "Rain falls." {
			t.Errorf("a thought of %q leaves %q", in, got)
		}
	})
}

func TestFence(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"```markdown\n# Rain\n\nIt falls.\n```", "# Rain\n\nIt falls."},
		{"\n```\nRain.\n```\n", "Rain."},
		{"~~~md\nRain.\n~~~", "Rain."},
		{"````markdown\nRain.\n```js\nx\n```\nMore.\n````", "Rain.\n```js\nx\n```\nMore."},
		{"```markdown\nRain.\n```js\nx\n```\nMore.\n```", "Rain.\n```js\nx\n```\nMore."},
		{"```markdown\nRain that was cut", "Rain that was cut"},
		{"```js\nx\n```", "```js\nx\n```"},
		{"```\ncode\n```\n\nThe text goes on.", "```\ncode\n```\n\nThe text goes on."},
		{"```\ncode that was cut", "```\ncode that was cut"},
		{"`code` first", "`code` first"},
		{"```inline``` code", "```inline``` code"},
		{"Rain.\n```\nx\n```", "Rain.\n```\nx\n```"},
		{"", ""},
		{"``", "``"},
	} {
		for seed := range uint64(20) {
			var f tidy.Fence
			got := ""
			for _, p := range cut(c.in, seed) {
				got += f.Add(p)
			}
			if got += f.End(); got != c.want {
				t.Fatalf("%q becomes %q, want %q", c.in, got, c.want)
			}
		}
	}
}

func FuzzFence(f *testing.F) {
	f.Add("```md\na\n```\nb\n```", uint64(3))
	f.Fuzz(func(t *testing.T, in string, seed uint64) {
		var whole, pieces tidy.Fence
		want := whole.Add(in)
		want += whole.End()
		got := ""
		for _, p := range cut(in, seed) {
			got += pieces.Add(p)
		}
		if got += pieces.End(); got != want {
			t.Errorf("%q in pieces becomes %q, whole %q", in, got, want)
		}
	})
}

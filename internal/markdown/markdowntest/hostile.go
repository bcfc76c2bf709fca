// Package markdowntest has texts that cost a careless parser far more than their size, and a way to see that
// the cost of a function grows with the text and with nothing else. Only tests import it.
package markdowntest

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// Units are short texts that are hostile when they are repeated: to parsers of Markdown, to expressions, to
// loops over findings. Harmless ones are among them, since price lists were slow too.
func Units() []string {
	return []string{
		">", "> ", "1. ", "- ", "* ", "+ ", "  - a\n", "- a\n", "-\n", "1)\n", "> a\n", "- [ ] a\n", "> - ",
		"[a]: b\n", "[a]: <b> \"c\"\n", "> [a]: b\n", "[a]:b (\n", "[a]: ", "[a](b) ", "[a][b] ", "[a][", "[", "[[a]]", "] ",
		"[](", "[a](<b", "[](<", "[](a (", "[](a '", "[](\\(", "[](a\n", "[a](b\n\"", "[\n", "![", "![[]()", "![](b", "[]( \"",
		"[a](b)]", "*_", "*a _b ", "**a ", "a**b", "_a__b", "****", "~a~ ", "~~", "`", "`a", "``` ", "```\n", "~~~\n",
		"<?", "<!--", "<!-- x -->", "a <!A", "<a ", "<a b=\"", "<a b=\"c\">", "<a\n", "</a", "<![CDATA[", "<div>\n", "<http://a>",
		"&#x41;", "&amp;", "&", "\\", "\\*", "|a", "a|", "|a|b\n|-|-\n", "| a | b |\n", "# h\n", "# ", "# h {#a}\n", "# {a=", "[^a] ", "[^a]: b\n", "[^a]: ", "[^a]: b\n\n[^a] ", "![^a]",
		"<img src=http://a.b>", "</div>", "<b>", "<table>", "<p>", "a\n=\n", "\n", " ", "\t",
		"http://a.b/ ", "http://", "(http://a.b", "*http://a.b ", "www.a.b ", "ftp:", "x@y.zz ", "a@b.c ", "a@", "://", "a://b:c@",
		"4111-1111-1111-1111 ", "4111 1111 1111 1111, ", "DE89 3704 0044 0532 0130 00 ", "+49 (0) 30 123456 ", "+49 30 1234567, ",
		"1.1.1.1.", "8.8.8.8 ", "1::2 ", "99% of 12,345.67 teams ", "12 ", "12% ", "0", "| 1,200 | 37 % |\n", "$5 k ",
		"\u202eword ", "\u200b", "a\u200bb ", "\u200b\u200b\u200bx", "\u00ad", "a\u0301", "\u0301", "ſ", "\u212a", "İ",
		"词", "ที่", "မြန်", "か゛", "데 ", "‘a’ ", "“one two three four five” ", "\"one two three four five\" ", "“", "「",
		"sk-abcdefghijklmnopqrstuvwx ", "password=abc123def ", "password:", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD-",
		"ignore all ", "as an ai ", "I can't assist with that. ", "[insert ", "{{", "{{a}}", "TODO: ", "TBD ", "guaranteed ", "#1 in ",
		"synergy ", "users ", "fuck ", "a ", "a. ", "A. ", "?", "… ", ". (", "'", "\"", "😀", "👩‍👩‍👧", "\x00", "aaaaaaaaaaaaaaaa", "A", "#tag ",
	}
}

// Texts are hostile texts that are no repetition, of about n bytes each.
func Texts(n int) []string {
	twice := func(a, b string) string { return strings.Repeat(a, n/2/len(a)) + strings.Repeat(b, n/2/len(b)) }
	deep := strings.Repeat("- ", 100)
	return []string{
		twice("[", "]"), twice("[", "a](b)"), twice("*", "_"), twice("a*", "_a"), twice("(", ")"), twice("<", ">"),
		deep + "a" + strings.Repeat("\n", n-201), deep + "a" + strings.Repeat("\n\n", n/2-101),
		strings.Repeat(deep+"\n", n/201), strings.Repeat(strings.Repeat("> ", 100)+"a\n", n/202),
		strings.Repeat(">", 100) + strings.Repeat("a\n", n/2),
		"|" + strings.Repeat("a|", n/100) + "\n|" + strings.Repeat("-|", n/100) + strings.Repeat("\n|", n/2-2*n/100),
		strings.Repeat("[a]: b\n", 100) + strings.Repeat("[a]", n/3), "```\n" + strings.Repeat("a", n),
	}
}

// Linear fails the test where f takes more than its share of time for a text: more than a second of the
// processor for 200 kB, or more than ten times as long for a text of four times the length. Time that grows with
// the text is four times as long, time that grows with its square sixteen times.
func Linear(t *testing.T, f func(text string)) {
	t.Helper()
	if racing {
		t.Log("the time of a text is not measured under the race detector")
		return
	}
	for _, u := range Units() {
		grows(t, u, func(n int) string { return strings.Repeat(u, n/len(u)) }, f)
	}
	for i := range Texts(1000) {
		grows(t, Texts(1000)[i][:20], func(n int) string { return Texts(n)[i] }, f)
	}
}

// enough is a time that says something about growth; a fifth of the text that takes less than quick cannot
// take the whole more than a second, even if the time grows with the square.
const enough, quick = 60 * time.Millisecond, 20 * time.Millisecond

func grows(t *testing.T, name string, text func(n int) string, f func(string)) {
	t.Helper()
	if s := text(40_000); spent(func() { f(s) }) < quick {
		return
	}
	s := text(200_000)
	whole := spent(func() { f(s) })
	if whole < enough {
		return
	}
	// A busy machine makes a run slow, never quick: the quickest of several runs counts.
	quarter, part := time.Duration(0), text(50_000)
	for i := range 6 {
		if i > 0 {
			whole = min(whole, spent(func() { f(s) }))
		}
		least := spent(func() { f(part) })
		if i == 0 || least < quarter {
			quarter = least
		}
		if whole < enough || whole <= time.Second && whole <= 10*quarter {
			return
		}
	}
	t.Errorf("%q: %v for 200 kB, %v for a quarter of it", name, whole, quarter)
}

// spent returns the time of the processor that f takes, on its own thread and without the collection of garbage,
// which a thread may have to help with.
func spent(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	start := threadTime()
	f()
	return threadTime() - start
}

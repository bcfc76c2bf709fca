package vellocity

import (
	"go/scanner"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// words are what reads as translated, each with what a native engineer writes. The
// test looks for them in comments, strings, pages and documents.
var words = []struct{ pattern, better string }{
	{`mend(s|ed|ing)?`, "fix"},
	{`anew`, "again, from scratch"},
	{`(is|are|was|were|be|been|being) (\w+ )?told`, "is notified, gets, sees, is shown"},
	{`tell(s|ing)? \w+( \w+)? of`, "notifies … of, reports"},
	{`who(m)?ever`, "the caller, anyone who"},
	{`hereof`, "of this"},
	{`sober`, "plain, factual"},
	{`a stretch of`, "a range of, a part of"},
	{`of no account`, "does not matter, is ignored"},
	{`goes? on (its|their) way`, "continues"},
	{`belongs? into`, "belongs in"},
	{`answers with`, "returns, responds with"},
	{`sentence (that says|for (people|the)|where)`, "message"},
	{`(with|returns|makes|keeps) a sentence`, "message"},
}

// read are the kinds of files whose words people read.
var read = []string{".go", ".html", ".tmpl", ".md", ".js", ".mjs", ".css", ".sql", ".yml"}

// wireName is the name of a field in JSON, which callers rely on.
var wireName = regexp.MustCompile(`"\w+":`)

func TestWords(t *testing.T) {
	var all []string
	for _, w := range words {
		all = append(all, w.pattern)
	}
	bad := regexp.MustCompile(`(?i)\b(` + strings.Join(all, "|") + `)\b`)
	walk(t, func(name string) {
		if !slices.Contains(read, path.Ext(name)) || strings.Contains(name, ".min.") || name == "words_test.go" {
			return
		}
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		prose := string(text)
		if path.Ext(name) == ".go" {
			prose = keep(text, token.COMMENT, token.STRING)
		}
		for i, line := range strings.Split(prose, "\n") {
			if name == "CONTRIBUTING.md" && strings.HasPrefix(line, "| ") {
				continue // its table of these words
			}
			for _, found := range bad.FindAllString(wireName.ReplaceAllString(line, ""), -1) {
				t.Errorf("%s:%d: %q: better %s", name, i+1, found, better(found))
			}
		}
	})
}

// better is what to write instead of the words found.
func better(found string) string {
	for _, w := range words {
		if regexp.MustCompile(`(?i)^(` + w.pattern + `)$`).MatchString(found) {
			return w.better
		}
	}
	return "another word"
}

// keep returns Go source with everything blanked except some kinds of tokens, so
// that lines keep their numbers and the names in the code do not count.
func keep(src []byte, kinds ...token.Token) string {
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	out := blank(src)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return string(out)
		}
		if slices.Contains(kinds, tok) && !strings.Contains(lit, `json:"`) { // names on the wire are not prose
			copy(out[file.Offset(pos):], lit)
		}
	}
}

// blank replaces every byte but line ends, so that offsets stay those of the source.
func blank(src []byte) []byte {
	out := make([]byte, len(src))
	for i, b := range src {
		if out[i] = ' '; b == '\n' {
			out[i] = b
		}
	}
	return out
}

func TestKeep(t *testing.T) {
	const src = "package p\n\n// mended\nvar mend = \"anew\" // é\n"
	want := "         \n\n// mended\n           \"anew\" // é\n"
	if got := keep([]byte(src), token.COMMENT, token.STRING); got != want {
		t.Errorf("got %q", got)
	}
}

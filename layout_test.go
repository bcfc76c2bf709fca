// Package vellocity holds the layout: this test says who may import
// whom, what only one room may use, and how big things may grow. It reads the
// source, so it needs nothing but the standard library.
package vellocity

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "vellocity"

// layers lists the rooms (a package, with the packages below it that have no line
// of their own) from the top to the ground, and what each may import beside the
// standard library and other modules. Imports run down only: a room may name none
// that stands above it. "engine/..." stands for engine and its areas; the line "ai/*"
// is for each package of ai that has none of its own. What is not here does not
// exist: a new room is a decision, and its line belongs here.
var layers = []struct {
	room string
	may  string
}{
	{"cmd", "app mcp cli bridge eval check template/file api/account config ai extract/pdf/apart schema domain sse"},
	{"web/webtest", "app config engine/... item store domain"},
	{"app", "*"},
	// doors
	{"cli", "ops sse"},
	{"bridge", "sse"},
	{"rest", "gate ops domain sse"},
	{"mcp", "gate ops domain sse"},
	{"openapi", "gate ops domain"},
	{"feed", "gate ops engine/content domain engine/calendar ical"},
	{"api", "api/work api/content api/studio api/account api/images api/partner ops engine domain api/calendar"},
	{"api/work", "api/wire ops engine/work verb text domain sse"},
	{"api/content", "extension/wire api/wire ops engine/content verb check voice search prose domain"},
	{"api/studio", "api/wire ops engine/studio verb text domain sse"},
	{"api/account", "api/wire ops engine/account verb webhook domain"},
	{"api/images", "api/wire ops engine/images verb domain"},
	{"api/partner", "api/wire ops engine/partner verb domain"},
	{"api/calendar", "api/wire ical ops engine/calendar verb domain"},
	{"api/wire", "ops domain"},
	{"gate", "ops auth domain"},
	{"ops", "domain sse"},
	{"web", "web/pages web/ui"},
	{"web/pages", "web/ui engine/... extension/wire verb check voice rule expression/rows sse markdown domain"},
	{"web/ui", "engine/... expression/rows auth sse schema markdown prose domain"},
	// verbs
	{
		"engine/enginetest",
		"await engine/... awssync extension/aws extension/aws/awstest verb publishing imaging files extension/wire execution template capability ai ai/aitest ai/external ai/* ai/wire auth item search live queue store store/storetest domain webhook",
	},
	{"engine", "engine/work engine/content engine/studio engine/account engine/images awssync verb execution publishing webhook imaging capability ai/external ai auth live files store domain engine/partner engine/calendar"},
	{"engine/work", "verb execution template expression capability ai schema text live store cron prose domain"},
	{"engine/content", "verb execution publishing files ai/external signature extension/wire check voice guard item search extract rule markdown auth store prose domain"},
	{"engine/studio", "verb execution writer chat capability cite ai guard item search text store prose domain"},
	{"engine/account", "verb auth store domain webhook signature"},
	{"engine/images", "verb imaging live image files store domain"},
	{"engine/partner", "awssync extension/aws verb listing store prose domain"},
	{"engine/calendar", "verb agenda ical auth store domain"},
	{"verb", "auth store prose domain"},
	// work
	{"eval", "execution capability ai guard prose domain"},
	{"notify", "extension/mail queue store domain"},
	{"awssync", "extension/aws auth listing queue store prose domain"},
	{"publishing", "extension/wire image files auth queue store domain"},
	{"execution", "imaging agenda template expression capability cite compose ai item search rule text queue store domain"},
	{"webhook", "extension/wire auth signature store domain"},
	{"imaging", "image files queue store domain"},
	{"rule", "expression expression/rows voice domain"},
	{"template/file", "domain"},
	{"template", "expression capability schema domain"},
	{"expression/rows/rowstest", "proptest expression/rows domain"},
	{"expression/rows", "expression domain"},
	{"expression", "domain"},
	{"writer", "capability prose domain"},
	{"chat", "capability cite ai guard prose domain"},
	{"capability/captest", "golden capability ai domain"},
	{"capability", "schema cite compose ai check voice guard seo channel prose domain listing"},
	{"item", "store prose domain"},
	{"agenda", "store domain"},
	{"search", "store prose markdown domain"},
	{"text", "store"},
	{"live", "store domain"},
	// parts
	{"cite", "prose domain"},
	{"compose", "channel prose domain"},
	{"ai/aitest", "ai ai/* domain"},
	{"ai/external", "ai ai/wire auth outbound signature domain"},
	{"extension/openaiimages", "image ai domain"}, // a provider of pictures, as the next three
	{"extension/stability", "image ai domain"},
	{"extension/bfl", "image ai domain"},
	{"extension/ideogram", "image ai domain"},
	{"extract/pdf/apart", "extract/pdf extract"},
	{"extract/pdf", "extract"},
	{"extract", ""},
	{"image/imagetest", "image ai outbound domain"},
	{"image", "ai domain"},
	{"ai/*", "ai ai/wire domain"}, // a provider
	{"ai/wire", "ai ai/tidy domain sse"},
	{"ai", "ai/tidy schema prose domain"},
	{"ai/tidy", ""},
	{"check", "voice guard seo prose domain"},
	{"guard", "voice channel prose markdown domain"},
	{"voice", "prose markdown domain"},
	{"auth", "store domain"},
	{"seo", "prose"},
	{"listing", "prose domain"},
	{"schema", "domain"},
	{"config", "domain"},
	{"extension/aws/awstest", ""},
	{"extension/aws", "domain"},
	{"extension/mail/mailtest", ""},
	{"extension/mail", "domain"},
	{"extension/s3/s3test", ""},
	{"extension/s3", "files domain"},                                    // where files can be kept
	{"extension/*", "extension/wire signature channel markdown domain"}, // a kind of channels
	{"extension/wire", "outbound domain"},
	{"outbound", ""},
	{"signature", "domain"},
	{"files", ""},
	{"channel", ""},
	{"prose", "markdown"},
	{"markdown/markdowntest", ""},
	{"markdown", ""},
	{"cron", "domain"},
	{"ical", ""},
	{"sse", ""},
	// ground
	{"store/storetest", "store store/db domain"},
	{"store", "store/db domain"},
	{"queue", "store/db"},
	{"store/db", "domain"},
	{"domain", ""},
	// for tests alone
	{"await", ""},
	{"proptest", ""},
	{"golden", ""},
}

// testOnly are the rooms that serve tests alone, besides those whose names end in
// "test": the program imports none of them.
var testOnly = []string{"await", "golden", "proptest"}

// only names the rooms that may use a package, by its import path or the start
// of one. Test files may use what they like.
var only = []struct {
	imports string
	rooms   string
	why     string
}{
	{"database/sql", "store/db queue", "only store/db talks to drivers; queue owns River's tables"},
	{
		"github.com/jackc/pgx",
		"store/db queue store/storetest",
		"only store/db talks to drivers; queue owns River's tables",
	},
	{"modernc.org/sqlite", "store/db", "only store/db talks to drivers"},
	{"github.com/pressly/goose", "store/db", "only store/db migrates"},
	{"github.com/riverqueue/", "queue", "only queue knows River"},
	{"github.com/danielgtaylor/huma", "ops", "Huma makes schemas, in ops/schema.go and nowhere else"},
	{"github.com/modelcontextprotocol/", "mcp", "MCP is a door of its own"},
	{"github.com/openai/", "", "the wires of models are our own: docs/decisions/0005"},
	{"github.com/anthropics/", "", "the wires of models are our own: docs/decisions/0005"},
	{"github.com/expr-lang/expr", "expression", "one room bounds what an expression costs: docs/decisions/0019"},
	{"go.yaml.in/yaml", "check template/file writer", "only front matter and files of templates are YAML"},
	{"codeberg.org/readeck/", "extract", "one room reads documents from outside, within bounds"},
	{"github.com/JohannesKaufmann/", "extract", "one room reads documents from outside, within bounds"},
	{"github.com/mmcdole/", "extract", "one room reads documents from outside, within bounds"},
	{"archive/zip", "extract", "one room reads documents from outside, within bounds"},
	{"golang.org/x/image", "image", "one room decodes pictures from outside, within bounds"},
	{"code.dny.dev/ssrf", "outbound", "one client for addresses that others chose"},
	{"github.com/aws/", "extension/aws extension/aws/awstest", "one room speaks to AWS: docs/decisions/0054"},
	{"github.com/spf13/", "cmd cli app", "flags belong to the command line"},
	{
		"github.com/minio/",
		"extension/s3 extension/aws",
		"one room speaks S3: docs/decisions/0051; AWS's keys are found by the same client: docs/decisions/0054",
	},
	{"github.com/wneessen/go-mail", "extension/mail", "one room speaks SMTP"},
	{"github.com/emersion/", "extension/mail/mailtest", "a mail server, for tests alone"},
	{"os/exec", "store/storetest extract/pdf/apart", "the server starts no other program, and itself only to read PDFs"},
	{"github.com/ledongthuc/pdf", "extract/pdf", "it runs in a process of its own: docs/decisions/0053"},
	{"plugin", "", "what runs is what was built"},
	{"unsafe", "", "nothing here is that urgent"},
}

// plain rooms import the standard library and the named rooms, and no module of others.
var plain = []string{"gate", "domain", "config", "seo", "sse", "auth", "verb", "item", "text", "live", "files"}

// noHTTP are the rooms that know nothing of HTTP at all; ai and what calls out
// use it as clients, and no room from engine down uses a server's names.
var (
	noHTTP = []string{
		"eval", "execution", "imaging", "files", "capability", "check", "voice", "compose", "channel", "schema", "guard",
		"item", "search", "text", "queue", "live", "store", "seo", "listing", "prose", "config",
		"domain",
	}
	noServer = []string{
		"engine", "engine/work", "engine/content", "engine/studio", "engine/account", "engine/images", "engine/calendar", "engine/partner",
		"verb", "ai", "ai/*", "ai/wire",
		"auth", "outbound",
	}
	serverName = []string{
		"ResponseWriter",
		"Handler",
		"HandlerFunc",
		"ServeMux",
		"NewServeMux",
		"Server",
		"ListenAndServe",
		"Redirect",
		"SetCookie",
		"Flusher",
		"StatusText",
	}
)

// Limits of size. Figures of the whole are printed by: go test -run Measures -v .
const (
	longestFile     = 900
	longestFunction = 90
	mostUnder       = 45 // nine functions in ten
	medianAtMost    = 15
	largestRoom     = 12 // percent of the code, tests aside
)

var badNames = []string{"util", "utils", "common", "pkg", "helper", "helpers", "misc", "shared", "base", "lib"}

// source is one Go file.
type source struct {
	path string // from the root, with slashes
	room string // "store", "ai/openai", "cmd", or "" outside of cmd and internal
	test bool
	set  *token.FileSet
	file *ast.File
}

func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.set.Position(n.Pos()).Line)
}

func (s source) lines(n ast.Node) int {
	return s.set.Position(n.End()).Line - s.set.Position(n.Pos()).Line + 1
}

func (s source) imports() (list []string) {
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			list = append(list, p)
		}
	}
	return list
}

// walk calls f for each file of the project that is ours.
func walk(t *testing.T, f func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		foreign := slices.Contains([]string{"node_modules", "vendor", "testdata", "dist", "out"}, base)
		if d.IsDir() && name != "." && (foreign || strings.HasPrefix(base, ".")) {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			f(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sources(t *testing.T) (list []source) {
	t.Helper()
	set := token.NewFileSet()
	walk(t, func(name string) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		file, err := parser.ParseFile(set, filepath.FromSlash(name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		list = append(
			list,
			source{path: name, room: roomOf(path.Dir(name)), test: strings.HasSuffix(name, "_test.go"), set: set, file: file},
		)
	})
	if len(list) < 20 {
		t.Fatalf("only %d files found", len(list))
	}
	return list
}

// roomOf names the room that a folder belongs to: its own line in house, else
// that of the nearest folder above it.
func roomOf(dir string) string {
	if dir == "cmd" || strings.HasPrefix(dir, "cmd/") {
		return "cmd"
	}
	dir, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return ""
	}
	for d := dir; d != "."; d = path.Dir(d) {
		for _, room := range []string{d, path.Dir(d) + "/*"} {
			if _, ok := allowed(room); ok {
				return room
			}
		}
	}
	return dir
}

func allowed(room string) (may []string, ok bool) {
	for i, h := range layers {
		if h.room != room {
			continue
		}
		if h.may != "*" {
			return spread(strings.Fields(h.may)), true
		}
		for _, below := range layers[i+1:] {
			if !forTests(below.room) {
				may = append(may, below.room)
			}
		}
		return may, true
	}
	return nil, false
}

// forTests reports whether a room serves tests alone.
func forTests(room string) bool {
	return strings.HasSuffix(room, "test") || slices.Contains(testOnly, room)
}

// spread replaces "engine/..." by engine and its areas.
func spread(may []string) (list []string) {
	for _, m := range may {
		parent, all := strings.CutSuffix(m, "/...")
		if !all {
			list = append(list, m)
			continue
		}
		for _, h := range layers {
			if (h.room == parent || strings.HasPrefix(h.room, parent+"/")) && !forTests(h.room) {
				list = append(list, h.room)
			}
		}
	}
	return list
}

func TestArrowsRunDown(t *testing.T) {
	seen := map[string]int{}
	for i, h := range layers {
		seen[h.room] = i
	}
	for i, h := range layers {
		may, _ := allowed(h.room)
		for _, to := range may {
			if at, ok := seen[to]; !ok || at <= i {
				t.Errorf("%s may import %s, which does not stand below it", h.room, to)
			}
		}
	}
}

func TestWhoImportsWhom(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.room == "" {
			continue
		}
		may, ok := allowed(s.room)
		if !ok {
			t.Errorf("%s: internal/%s has no line in layout_test.go; give it one", s.path, s.room)
			continue
		}
		for _, p := range s.imports() {
			checkImport(t, s, p, may)
		}
	}
}

func checkImport(t *testing.T, s source, p string, may []string) {
	t.Helper()
	if strings.HasPrefix(p, module+"/") {
		p = strings.TrimPrefix(p, module+"/")
		sibling := strings.HasSuffix(s.room, "/*") && p != path.Dir(s.path)
		if to := roomOf(p); (to != s.room || sibling) && !slices.Contains(may, to) {
			t.Errorf("%s: %s must not import %s", s.path, s.room, to)
		}
		return
	}
	foreign := strings.Contains(strings.SplitN(p, "/", 2)[0], ".")
	if foreign && slices.Contains(plain, s.room) {
		t.Errorf("%s: %s imports only the standard library, not %s", s.path, s.room, p)
	}
	if p == "net/http" && slices.Contains(noHTTP, s.room) {
		t.Errorf("%s: %s knows no HTTP", s.path, s.room)
	}
}

func TestOnlyOneRoomKnows(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.room == "" {
			continue
		}
		for _, p := range s.imports() {
			for _, o := range only {
				if (p == o.imports || strings.HasPrefix(p, strings.TrimSuffix(o.imports, "/")+"/")) &&
					!slices.Contains(strings.Fields(o.rooms), s.room) {
					t.Errorf("%s: %s must not import %s: %s", s.path, s.room, p, o.why)
				}
			}
		}
	}
}

// Each folder of web/pages is a page by itself: pages share what is in web/ui.
func TestPagesDoNotImportEachOther(t *testing.T) {
	const pages = "internal/web/pages/"
	for _, s := range sources(t) {
		own, ok := strings.CutPrefix(path.Dir(s.path), pages)
		if !ok {
			continue
		}
		for _, p := range s.imports() {
			if other, ok := strings.CutPrefix(p, module+"/"+pages); ok && other != own {
				t.Errorf("%s: the page %s must not import the page %s", s.path, own, other)
			}
		}
	}
}

func TestNoServerBelowTheDoors(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !slices.Contains(noServer, s.room) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "http" && slices.Contains(serverName, sel.Sel.Name) {
				t.Errorf("%s: %s uses http.%s, which belongs to a server", s.at(n), s.room, sel.Sel.Name)
			}
			return true
		})
	}
}

// sleepers are folders whose tests still sleep.
var sleepers = []string{"internal/ai"}

// A test that sleeps is slow where the machine is fast, and fails where it is slow.
// Package await waits for conditions, and moves the clock of testing/synctest.
func TestNothingSleeps(t *testing.T) {
	for _, s := range sources(t) {
		if slices.Contains(sleepers, path.Dir(s.path)) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Sleep" {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
					t.Errorf("%s: wait for a condition instead of sleeping: internal/await", s.at(sel))
				}
			}
			return true
		})
	}
}

func TestNames(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range append(strings.Split(path.Dir(s.path), "/"), s.file.Name.Name) {
			if slices.Contains(badNames, part) {
				t.Errorf("%s: %q says nothing about what is in it", s.path, part)
			}
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init runs behind the reader's back", s.at(f))
			}
		}
	}
}

func TestEveryPackageIntroducesItself(t *testing.T) {
	documented, where := map[string]bool{}, map[string]string{}
	for _, s := range sources(t) {
		dir := path.Dir(s.path)
		if s.test && dir != "." {
			continue
		}
		where[dir] = s.path
		if s.file.Doc != nil && len(s.file.Doc.Text()) > 40 {
			documented[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(where)) {
		if !documented[dir] {
			t.Errorf("%s: the package has no comment that says what it is for", where[dir])
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.room == "" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && ofExported(d) && d.Doc == nil {
					t.Errorf("%s: %s has no comment", s.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				checkSpecs(t, s, d)
			}
		}
	}
}

// ofExported reports whether f is a function, or a method of an exported type.
func ofExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

func checkSpecs(t *testing.T, s source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
				t.Errorf("%s: %s has no comment", s.at(spec), spec.Name.Name)
			}
		case *ast.ValueSpec:
			if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s: %s has no comment", s.at(spec), spec.Names[0].Name)
			}
		}
	}
}

func TestFilesStaySmall(t *testing.T) {
	ours := []string{".go", ".js", ".mjs", ".css", ".html", ".tmpl", ".sql", ".sh"}
	walk(t, func(name string) {
		if !slices.Contains(ours, path.Ext(name)) || strings.Contains(name, ".min.") {
			return
		}
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > longestFile {
			t.Errorf("%s has %d lines, %d are the most", name, n, longestFile)
		}
	})
}

func TestMeasures(t *testing.T) {
	type function struct {
		where string
		lines int
	}
	var all []function
	fileLines, byRoom, total := []int{}, map[string]int{}, 0
	for _, s := range sources(t) {
		if s.test || s.room == "" {
			continue
		}
		fileLines = append(fileLines, s.lines(s.file))
		if !forTests(s.room) {
			byRoom[s.room] += s.lines(s.file)
			total += s.lines(s.file)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := s.lines(f)
			all = append(all, function{s.at(f) + " " + f.Name.Name, n})
			if n > longestFunction {
				t.Errorf("%s %s has %d lines, %d are the most", s.at(f), f.Name.Name, n, longestFunction)
			}
		}
	}
	slices.SortFunc(all, func(a, b function) int { return a.lines - b.lines })
	slices.Sort(fileLines)
	median, tenth := all[len(all)/2].lines, all[len(all)*9/10].lines
	if median > medianAtMost {
		t.Errorf("the median function has %d lines, %d are the most", median, medianAtMost)
	}
	if tenth >= mostUnder {
		t.Errorf("nine functions in ten should have under %d lines, they have up to %d", mostUnder, tenth)
	}
	for room, n := range byRoom {
		if 100*n > largestRoom*total {
			t.Errorf("%s has %d of %d lines; no room has more than %d %%", room, n, total, largestRoom)
		}
	}
	t.Logf(
		"%d files: median %d lines, longest %d",
		len(fileLines),
		fileLines[len(fileLines)/2],
		fileLines[len(fileLines)-1],
	)
	t.Logf(
		"%d functions: median %d lines, nine in ten have at most %d, longest %d (%s)",
		len(all),
		median,
		tenth,
		all[len(all)-1].lines,
		all[len(all)-1].where,
	)
}

// Both databases have the same migrations.
func TestMigrationsComeInPairs(t *testing.T) {
	names := func(dir string) (list []string) {
		entries, err := os.ReadDir(filepath.Join("internal", "store", "migrations", dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
		return list
	}
	if lite, pg := names("sqlite"), names("postgres"); !slices.Equal(lite, pg) || len(lite) == 0 {
		t.Errorf("SQLite has %v, PostgreSQL %v", lite, pg)
	}
}

// The description of the layout names every room, and no file that is not there.
func TestArchitectureIsTrue(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	rooms := map[string]bool{}
	for _, s := range sources(t) {
		if dir, ok := strings.CutPrefix(path.Dir(s.path), "internal/"); ok {
			rooms[strings.SplitN(dir, "/", 2)[0]] = true
		}
	}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		if !regexp.MustCompile(`\b` + room + `/`).MatchString(text) {
			t.Errorf("docs/architecture.md does not name the room %s/", room)
		}
	}
	for _, m := range regexp.MustCompile("`((?:internal|cmd|docs|test|bench)/[^`<> ]*)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.FromSlash(strings.TrimSuffix(m[1], "/"))); err != nil {
			t.Errorf("docs/architecture.md names %s, which is not there", m[1])
		}
	}
}

// A link from one document to another leads somewhere.
func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#: ]+)(?:#[^)]*)?\)`)
	walk(t, func(name string) {
		if path.Ext(name) != ".md" {
			return
		}
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.FromSlash(path.Join(path.Dir(name), m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	})
}

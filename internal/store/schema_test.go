package store_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// describe returns what a query says about each column or index, by its name.
func describe(t *testing.T, s *store.Store, query string) map[string]string {
	t.Helper()
	rows, err := s.DB().SQL().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var name, what string
		if err := rows.Scan(&name, &what); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, "goose_") && !strings.HasPrefix(name, "sqlite_") {
			found[name] = what
		}
	}
	if err := rows.Err(); err != nil || len(found) < 20 {
		t.Fatal(len(found), err)
	}
	return found
}

// A column's place in its table, its type, whether it may be null, and its default.
const (
	sqliteColumns = `select m.name || '.' || c.name,
		(c.cid + 1) || ' ' || replace(lower(c.type), 'integer', 'bigint') || ' ' ||
		case when c."notnull" or c.pk then 'not null' else '' end || ' ' || coalesce(c.dflt_value, '')
		from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`
	postgresColumns = `select table_name || '.' || column_name, ordinal_position || ' ' || data_type || ' ' ||
		case is_nullable when 'NO' then 'not null' else '' end || ' ' || coalesce(replace(column_default, '::text', ''), '')
		from information_schema.columns where table_schema = 'public'`
	sqliteIndexes = `select i.name, case when i."unique" then 'unique ' else '' end || m.name || ' ' ||
		(select group_concat(name) from pragma_index_info(i.name)) from sqlite_master m join pragma_index_list(m.name) i
		where m.type = 'table' and i.origin = 'c'`
	postgresIndexes = `select c.relname,
		case when i.indisunique then 'unique ' else '' end || i.indrelid::regclass || ' ' ||
		(select string_agg(pg_get_indexdef(i.indexrelid, n, true), ',' order by n) from generate_series(1, i.indnatts) n)
		from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace s on s.oid = c.relnamespace
		left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
		where s.nspname = 'public' and k.oid is null`
)

// apart lists what differs on purpose.
var apart = []string{
	"event.xid",                 // the transaction's number, which only PostgreSQL needs
	"event_order",               // and its index
	"content_dated",             // an expression, which SQLite does not name
	"content_search.content_id", // the index of terms, which each database keeps in its own way
	"content_search.terms",
	"content_search.content_search",
	"content_search.rank",
	"content_search_terms",
	"content_search_data.id", "content_search_data.block",
	"content_search_idx.segid", "content_search_idx.term", "content_search_idx.pgno",
	"content_search_docsize.id", "content_search_docsize.sz", "content_search_docsize.origin",
	"content_search_config.k", "content_search_config.v",
	"passage_search.passage_id", // that of passages alike
	"passage_search.terms",
	"passage_search.passage_search",
	"passage_search.rank",
	"passage_search_terms",
	"passage_search_data.id", "passage_search_data.block",
	"passage_search_idx.segid", "passage_search_idx.term", "passage_search_idx.pgno",
	"passage_search_docsize.id", "passage_search_docsize.sz", "passage_search_docsize.origin",
	"passage_search_config.k", "passage_search_config.v",
}

func TestBothDatabasesHaveTheSameSchema(t *testing.T) {
	lite, pg := storetest.SQLite(t), storetest.Postgres(t)
	for _, q := range []struct{ sqlite, postgres string }{
		{sqliteColumns, postgresColumns}, {sqliteIndexes, postgresIndexes},
	} {
		ours, theirs := describe(t, lite, q.sqlite), describe(t, pg, q.postgres)
		all := maps.Clone(ours)
		maps.Copy(all, theirs)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if ours[name] != theirs[name] && !slices.Contains(apart, name) {
				t.Errorf("%s is %q on SQLite and %q on PostgreSQL", name, ours[name], theirs[name])
			}
		}
	}
}

// Migrations come as one file for both databases, or as a pair.
func TestMigrationsComeInPairs(t *testing.T) {
	names := func(pattern string) (list []string) {
		files, err := filepath.Glob(filepath.Join("migrations", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			list = append(list, filepath.Base(f))
		}
		return list
	}
	lite, pg, both := names("sqlite/*.sql"), names("postgres/*.sql"), names("*.sql")
	if !slices.Equal(lite, pg) || len(lite) == 0 {
		t.Errorf("SQLite has %v, PostgreSQL %v", lite, pg)
	}
	seen := map[string]string{}
	for _, name := range append(both, lite...) {
		number, _, _ := strings.Cut(name, "_")
		if other := seen[number]; other != "" {
			t.Errorf("%s and %s have the same number", other, name)
		}
		seen[number] = name
	}
}

// enums are the columns whose fixed values the schema names, in the condition of an
// index or in a check.
var enums = map[string][]string{
	"execution.status": domain.ExecutionStatus("").Values(),
	"message.status":   domain.TextStatus("").Values(),
	"movement.kind":    domain.MovementKind("").Values(),

	"firing.outcome":          domain.FiringOutcome("").Values(),
	"image_generation.status": domain.ImageStatus("").Values(),
	"image.outcome":           domain.ImageOutcome("").Values(),

	"webhook_delivery.status": domain.DeliveryStatus("").Values(),
	"campaign.status":         domain.CampaignStatus("").Values(),

	"notification.email": domain.EmailMode("").Values(),
}

// What the schema says of a fixed set of values is what domain says.
func TestTheSchemaNamesOnlyValuesThatExist(t *testing.T) {
	var (
		statement = regexp.MustCompile(`(?is)create (?:unique )?(?:index \w+ on|table) (\w+) (.*?);`)
		equal     = regexp.MustCompile(`(\w+) = '(\w+)'`)
		in        = regexp.MustCompile(`(?is)(\w+) in \(([^)]*)\)`)
	)
	files, err := filepath.Glob("migrations/*/*.sql")
	shared, err2 := filepath.Glob("migrations/*.sql")
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	checked := 0
	for _, file := range append(files, shared...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statement.FindAllStringSubmatch(string(text), -1) {
			for _, c := range equal.FindAllStringSubmatch(s[2], -1) {
				checked++
				if !slices.Contains(enums[s[1]+"."+c[1]], c[2]) {
					t.Errorf("%s: %s.%s is never %q", file, s[1], c[1], c[2])
				}
			}
			for _, c := range in.FindAllStringSubmatch(s[2], -1) {
				checked++
				values := strings.FieldsFunc(c[2], func(r rune) bool { return strings.ContainsRune("', \n", r) })
				if want := enums[s[1]+"."+c[1]]; !slices.Equal(values, want) {
					t.Errorf("%s: %s.%s is one of %v, not of %v", file, s[1], c[1], want, values)
				}
			}
		}
	}
	if checked < 6 {
		t.Errorf("only %d conditions were found", checked)
	}
}

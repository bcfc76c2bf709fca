package store_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/db"
)

// before returns the migrations of SQLite whose names sort before limit.
func before(t *testing.T, limit string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for _, pattern := range []string{"migrations/*.sql", "migrations/sqlite/*.sql"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Base(name) < limit {
				files[strings.TrimPrefix(filepath.ToSlash(name), "migrations/")] = &fstest.MapFile{Data: text}
			}
		}
	}
	return files
}

// What an older version has published stays published: at its time and address, with
// the text that was published and the meta fields of the upgrade.
func TestPublicationsAreUpgradedToSnapshots(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	old, err := db.Open(ctx, db.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Migrate(ctx, before(t, "0004")); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`insert into workspace (id, slug, name, plan, timezone, created_at) values (1, 'main', 'Main', 'starter', 'UTC', 1)`,
		`insert into content (id, workspace_id, execution_id, title, content_type, stage, place, preview, word_count,
			meta_title, meta_description, language, keywords, slug, engine, version, published_version, published_at,
			created_at, updated_at, body) values (7, 1, 0, 'New title', 'blog_post', 'published', 1, 'Draft', 1,
			'Meta', 'Description', 'de', '["k"]', 'new', '{"kind":"model","provider":"p","model":"m","ai":true}', 2, 1,
			1000, 1, 1, 'Draft')`,
		`insert into publication (id, workspace_id, content_id, version, channel, status, title, slug, body, at)
			values (1, 1, 7, 1, 'feed', 'published', 'Old title', 'old', 'Published.', 1000)`,
	} {
		if _, err := old.SQL().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := s.Read().PublishedItem(ctx, 1, "old")
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "Old title" || p.Slug != "old" || p.Body != "Published." || p.MetaTitle != "Meta" ||
		p.MetaDescription != "Description" || p.Language != "de" || len(p.Keywords) != 1 || !p.Origin.AI || p.Rendered ||
		p.Summary != "" || p.FirstAt.UnixMilli() != 1000 {
		t.Errorf("upgraded to %+v", p)
	}
	if slug, err := s.Read().FreeContentSlug(ctx, 1, 8, "old"); err != nil || slug != "old-2" {
		t.Errorf("the address of a publication is free: %q, %v", slug, err)
	}
}

// A brand voice from before versions were kept has its present state as one, and whether it
// is the default is what its workspace says.
func TestBrandVoicesAreUpgradedToVersions(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	old, err := db.Open(ctx, db.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Migrate(ctx, before(t, "0014")); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`insert into workspace (id, slug, name, plan, timezone, voice_id, created_at)
			values (1, 'main', 'Main', 'starter', 'UTC', 2, 1)`,
		`insert into voice (id, workspace_id, name, body, is_default, version, created_at, updated_at)
			values (1, 1, 'A', '{"tone":["warm"]}', true, 3, 1, 5), (2, 1, 'B', '{}', false, 1, 1, 1)`,
	} {
		if _, err := old.SQL().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	l, err := s.Read().BrandVoices(ctx, 1, domain.Page{Number: 1, Size: 5})
	if err != nil || l.Total != 2 || l.Items[0].IsDefault || !l.Items[1].IsDefault {
		t.Errorf("brand voices %+v, %v", l.Items, err)
	}
	versions, err := s.Read().BrandVoiceVersions(ctx, 1, 1, domain.Page{Number: 1, Size: 5})
	if err != nil || versions.Total != 1 || versions.Items[0].Version != 3 || versions.Items[0].Tone[0] != "warm" ||
		versions.Items[0].At.UnixMilli() != 5 || versions.Items[0].Author != "Vellocity" {
		t.Errorf("versions %+v, %v", versions.Items, err)
	}
}

// The level below which credits are low follows the last grant, also one from before
// levels were kept.
func TestTheLastGrantIsUpgraded(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	old, err := db.Open(ctx, db.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Migrate(ctx, before(t, "0022")); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`insert into workspace (id, slug, name, plan, timezone, created_at) values (1, 'main', 'Main', 'starter', 'UTC', 1)`,
		`insert into account (workspace_id, name, balance) values (1, 'issued', -1100), (1, 'available', 1100), (1, 'held', 0),
			(1, 'spent', 0)`,
		`insert into movement (workspace_id, at, kind, amount, from_account, to_account, reference, balance_after) values
			(1, 1, 'grant', 100, 'issued', 'available', 'a', 100), (1, 2, 'grant', 1000, 'issued', 'available', 'b', 1100)`,
	} {
		if _, err := old.SQL().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 1} { // 100 are left, then 99
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.TransferCredits(ctx, store.CreditTransfer{
				WorkspaceID: 1, Kind: domain.MovementHold, Amount: []int{1000, 1}[i], Reference: []string{"c", "d"}[i],
			})
		})
		events, err := s.Read().EventsNamed(ctx, store.Cursor{}, store.Cursor{XID: 1, Pos: 1000},
			[]domain.EventName{domain.EventCreditsLow}, 10)
		if err != nil || len(events) != want {
			t.Errorf("after hold %d: %d events, %v", i+1, len(events), err)
		}
	}
}

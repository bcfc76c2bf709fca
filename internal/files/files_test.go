package files_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vellocity/internal/files"
)

func TestWhatIsPutIsGot(t *testing.T) {
	d := files.NewDir(filepath.Join(t.TempDir(), "files"))
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		workspace := rapid.Int64Range(1, 3).Draw(t, "workspace")
		sum, err := d.Put(context.Background(), workspace, data)
		if err != nil || sum != files.Sum(data) {
			t.Fatalf("put: %s, %v", sum, err)
		}
		got, err := d.Get(context.Background(), workspace, sum)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("got %x, %v; want %x", got, err, data)
		}
		if err := d.Delete(context.Background(), workspace, sum); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Get(context.Background(), workspace, sum); !errors.Is(err, files.ErrMissing) {
			t.Fatalf("a deleted file: %v", err)
		}
		if err := d.Delete(context.Background(), workspace, sum); err != nil {
			t.Fatalf("delete again: %v", err)
		}
	})
}

func TestWorkspacesDoNotShareFiles(t *testing.T) {
	d, ctx := files.NewDir(t.TempDir()), t.Context()
	sum, err := d.Put(ctx, 1, []byte("ours"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(ctx, 2, sum); !errors.Is(err, files.ErrMissing) {
		t.Errorf("another workspace reads it: %v", err)
	}
	if err := d.Delete(ctx, 2, sum); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(ctx, 1, sum); err != nil {
		t.Errorf("another workspace has deleted it: %v", err)
	}
}

func TestANameLeadsNowhereElse(t *testing.T) {
	root := t.TempDir()
	d := files.NewDir(filepath.Join(root, "files"))
	if err := os.WriteFile(filepath.Join(root, "master.key"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "../../master.key", "ZZ", "a/b", string(make([]byte, 64)), files.Sum(nil) + "0"} {
		if _, err := d.Get(t.Context(), 1, name); !errors.Is(err, files.ErrMissing) {
			t.Errorf("%q: %v", name, err)
		}
		if err := d.Delete(t.Context(), 1, name); err != nil {
			t.Errorf("delete %q: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "master.key")); err != nil {
		t.Error(err)
	}
}

func TestDamageIsSeenAndPutRepairsIt(t *testing.T) {
	root := t.TempDir()
	d, ctx := files.NewDir(root), t.Context()
	sum, err := d.Put(ctx, 1, []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "1", sum[:2], sum), []byte("who"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(ctx, 1, sum); !errors.Is(err, files.ErrDamaged) {
		t.Errorf("a damaged file: %v", err)
	}
	if _, err := d.Put(ctx, 1, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(ctx, 1, sum); err != nil {
		t.Errorf("put again: %v", err)
	}
}

func TestWalkFindsWhatIsOld(t *testing.T) {
	root := t.TempDir()
	d, ctx := files.NewDir(root), t.Context()
	now := time.Now()
	old, again, fresh := []byte("old"), []byte("old, and put again"), []byte("fresh")
	for _, data := range [][]byte{old, again, fresh} {
		if _, err := d.Put(ctx, 7, data); err != nil {
			t.Fatal(err)
		}
	}
	place := func(data []byte) string { return filepath.Join(root, "7", files.Sum(data)[:2], files.Sum(data)) }
	half := filepath.Join(filepath.Dir(place(old)), ".new-123")
	foreign := filepath.Join(root, "README")
	for _, name := range []string{half, foreign} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := now.Add(-48 * time.Hour)
	for _, name := range []string{place(old), place(again), half, foreign} {
		if err := os.Chtimes(name, long, long); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Put(ctx, 7, again); err != nil {
		t.Fatal(err)
	}
	var found []string
	err := d.Walk(ctx, now.Add(-24*time.Hour), func(workspace int64, sum string) error {
		if workspace != 7 {
			t.Errorf("workspace %d", workspace)
		}
		found = append(found, sum)
		return nil
	})
	if err != nil || len(found) != 1 || found[0] != files.Sum(old) {
		t.Errorf("found %v, %v", found, err)
	}
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was half written is there still: %v", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file of somebody else is gone: %v", err)
	}
	if err := files.NewDir(filepath.Join(root, "none")).Walk(ctx, now, nil); err != nil {
		t.Errorf("no directory yet: %v", err)
	}
}

func TestManyPutTheSameAtOnce(t *testing.T) {
	d, ctx := files.NewDir(t.TempDir()), t.Context()
	data := bytes.Repeat([]byte("pixels"), 10_000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			sum, err := d.Put(ctx, 1, data)
			if err == nil {
				_, err = d.Get(ctx, 1, sum)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

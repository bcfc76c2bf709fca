package s3_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/extension/s3"
	"vellocity/internal/extension/s3/s3test"
	"vellocity/internal/files"
)

func bucket(t testing.TB, o s3.Options) *s3.Bucket {
	t.Helper()
	b, err := s3.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func options(s *s3test.Server) s3.Options {
	return s3.Options{Bucket: s.Bucket, Prefix: "office/files", Endpoint: s.URL, Key: s3test.Key, Secret: "hidden-secret"}
}

// stores are the double, and a real server where VELLOCITY_TEST_S3 names one, with a bucket vellocity-test and its
// keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
func stores(t *testing.T, f func(t *testing.T, b *s3.Bucket)) {
	t.Run("double", func(t *testing.T) { f(t, bucket(t, options(s3test.New(t)))) })
	endpoint := os.Getenv("VELLOCITY_TEST_S3")
	if endpoint == "" {
		return
	}
	t.Run("real", func(t *testing.T) {
		b := bucket(t, s3.Options{
			Bucket: "vellocity-test", Prefix: "t/" + strings.ReplaceAll(t.Name(), "/", "-"), Endpoint: endpoint,
			Key: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: domain.Secret(os.Getenv("AWS_SECRET_ACCESS_KEY")),
		})
		wipe(t, b)
		f(t, b)
		wipe(t, b)
	})
}

func wipe(t *testing.T, b *s3.Bucket) {
	t.Helper()
	err := b.Walk(t.Context(), time.Now().Add(time.Hour), func(id int64, sum string) error {
		return b.Delete(t.Context(), id, sum)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestABucketKeepsFilesAsADirectoryDoes(t *testing.T) {
	stores(t, func(t *testing.T, b *s3.Bucket) {
		ctx := t.Context()
		if err := b.Check(ctx); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
			id := rapid.Int64Range(1, 3).Draw(t, "workspace")
			sum, err := b.Put(ctx, id, data)
			if err != nil || sum != files.Sum(data) {
				t.Fatalf("put: %s, %v", sum, err)
			}
			if again, err := b.Put(ctx, id, data); err != nil || again != sum {
				t.Fatalf("put again: %v", err)
			}
			if got, err := b.Get(ctx, id, sum); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("got %x, %v; want %x", got, err, data)
			}
			if _, err := b.Get(ctx, id+7, sum); !errors.Is(err, files.ErrMissing) {
				t.Fatalf("another workspace reads it: %v", err)
			}
			for range 2 {
				if err := b.Delete(ctx, id, sum); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := b.Get(ctx, id, sum); !errors.Is(err, files.ErrMissing) {
				t.Fatalf("a deleted file: %v", err)
			}
		})
		large := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16)
		sum, err := b.Put(ctx, 1, large)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.Get(ctx, 1, sum); err != nil || !bytes.Equal(got, large) {
			t.Errorf("20 MiB: %v", err)
		}
		for _, name := range []string{"", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("g", 64)} {
			if _, err := b.Get(ctx, 1, name); !errors.Is(err, files.ErrMissing) {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

func TestWalkFindsWhatIsOldBelowThePrefix(t *testing.T) {
	stores(t, func(t *testing.T, b *s3.Bucket) {
		var want []string
		for i := range 5 {
			sum, err := b.Put(t.Context(), int64(i), []byte{byte(i)})
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, sum)
		}
		walk := func(before time.Time) (got []string) {
			err := b.Walk(t.Context(), before, func(_ int64, sum string) error {
				got = append(got, sum)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := walk(time.Now().Add(time.Hour))
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(walk(time.Now().Add(-time.Hour))) != 0 {
			t.Errorf("found %v, want %v", got, want)
		}
		stop := errors.New("stop")
		err := b.Walk(t.Context(), time.Now().Add(time.Hour), func(int64, string) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("%v", err)
		}
	})
}

// What is there is kept, what is damaged is written again, and a file that is put again counts as new.
func TestPutKeepsWhatIsThere(t *testing.T) {
	s := s3test.New(t)
	b, data := bucket(t, options(s)), []byte("picture")
	sum, err := b.Put(t.Context(), 1, data)
	if err != nil {
		t.Fatal(err)
	}
	name := s.Names()[0]
	if want := "office/files/1/" + sum[:2] + "/" + sum; name != want {
		t.Errorf("stored as %s, want %s", name, want)
	}
	put := func(why string, writes int) {
		t.Helper()
		before := s.Writes()
		if _, err := b.Put(t.Context(), 1, data); err != nil || s.Writes()-before != writes {
			t.Errorf("%s: %d writes, %v", why, s.Writes()-before, err)
		}
		if got, err := b.Get(t.Context(), 1, sum); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %q, %v", why, got, err)
		}
	}
	put("there", 0)
	s.Set(name, data, time.Now().Add(-48*time.Hour))
	put("old", 1)
	s.Set(name, []byte("pictur"), time.Now())
	if _, err := b.Get(t.Context(), 1, sum); !errors.Is(err, files.ErrDamaged) {
		t.Errorf("%v", err)
	}
	put("damaged", 1)
	s.Fail(func(r *http.Request) string {
		if r.Header.Get("If-None-Match") != "" {
			return "501 NotImplemented"
		}
		return ""
	})
	put("a server without conditions", 1)
	s.Set("office/files/notes.txt", []byte("x"), time.Time{}) // somebody else's
	s.Set("office/filesystem/1/"+sum[:2]+"/"+sum, []byte("x"), time.Time{})
	n := 0
	err = b.Walk(t.Context(), time.Now().Add(time.Hour), func(int64, string) error { n++; return nil })
	if err != nil || n != 1 {
		t.Errorf("%d files are ours, %v", n, err)
	}
}

// Each fault says what to do, names no secret, and is settled where trying again does not help.
func TestWhatIsWrongIsSaid(t *testing.T) {
	for _, c := range []struct {
		code, says string
		settled    bool
	}{
		{"404 NoSuchBucket", "does not exist", true},
		{"403 AccessDenied", "s3:PutObject", true},
		{"403 InvalidAccessKeyId", "files-access-key", true},
		{"403 SignatureDoesNotMatch", "files-secret-key", true},
		{"403 RequestTimeTooSkewed", "Set the clock", true},
		{"301 PermanentRedirect", "files-region", true},
		{"400 AuthorizationHeaderMalformed", "files-region", true},
		{"403 Whatever", "may not", true},
		{"507 InsufficientStorage", "InsufficientStorage", false},
	} {
		s := s3test.New(t)
		s.Fail(func(*http.Request) string { return c.code })
		err := bucket(t, options(s)).Check(t.Context())
		var f *s3.Fault
		if !errors.As(err, &f) || !strings.Contains(f.Sentence, c.says) || f.Settled != c.settled ||
			strings.Contains(err.Error(), "hidden-secret") {
			t.Errorf("%s: %v", c.code, err)
		}
	}
	s := s3test.New(t)
	o := options(s)
	o.Bucket = "other"
	if err := bucket(t, o).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "other does not exist") {
		t.Errorf("%v", err)
	}
	o = options(s)
	o.Endpoint = "http://127.0.0.1:1"
	var f *s3.Fault
	if err := bucket(t, o).Check(t.Context()); !errors.As(err, &f) || f.Settled ||
		!strings.Contains(err.Error(), "cannot be reached: connection refused") {
		t.Errorf("%v", err)
	}
	ctx, done := context.WithCancel(t.Context())
	done()
	if _, err := bucket(t, options(s)).Put(ctx, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

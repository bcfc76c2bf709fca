package crash_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// server is one process of the product.
type server struct{ *product.Server }

// install prepares an empty installation whose texts come from a model.
func install(t *testing.T, databaseURL string, m *wire) *product.Installation {
	t.Helper()
	in := product.Install(t, environment(m)...)
	in.Database = databaseURL
	return in
}

func environment(m *wire) []string {
	return append(product.OpenAI(m.URL()), "VELLOCITY_MASTER_KEY="+strings.Repeat("crash-test ", 4))
}

// eachDatabase runs f on a fresh installation with SQLite and one with PostgreSQL,
// at the same time, each with a model that takes so long until the first word.
func eachDatabase(t *testing.T, first time.Duration, f func(t *testing.T, in *product.Installation, m *wire)) {
	t.Helper()
	for name, url := range map[string]func(testing.TB) string{
		"sqlite":   func(testing.TB) string { return "" },
		"postgres": product.PostgreSQL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := model(t, first)
			f(t, install(t, url(t), m), m)
		})
	}
}

// start starts a server and waits until it is ready.
func start(t *testing.T, in *product.Installation) *server {
	t.Helper()
	return &server{product.Start(t, in)}
}

// launch starts a server and does not wait for it.
func launch(t *testing.T, in *product.Installation) *server {
	t.Helper()
	return &server{product.Launch(t, in)}
}

func (s *server) ready(t *testing.T, within time.Duration) {
	t.Helper()
	if err := s.Ready(t.Context(), within); err != nil {
		t.Fatal(err)
	}
}

func (s *server) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := s.Signal(sig); err != nil {
		t.Error(err)
	}
}

package product

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// built is the program of this process's tests: building it takes seconds, so it
// is built once.
var built struct { //nolint:gochecknoglobals // one per process, by its nature
	once sync.Once
	dir  string
	file string
	err  error
}

// Binary returns the program under test: the one that VELLOCITY_BINARY names, else
// one that is built from this tree at the first call.
func Binary() (string, error) {
	built.once.Do(func() {
		if built.file = os.Getenv("VELLOCITY_BINARY"); built.file != "" {
			return
		}
		if built.dir, built.err = os.MkdirTemp("", "vellocity-test-"); built.err == nil {
			built.file = filepath.Join(built.dir, "vellocity")
			built.err = Build(context.Background(), built.file)
		}
	})
	return built.file, built.err
}

// Main runs the tests of a package and removes the program that they built. Call
// it from TestMain: os.Exit(product.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if err := Clean(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

// Clean removes the program that [Binary] built, if it did.
func Clean() error {
	if built.dir == "" {
		return nil
	}
	if err := os.RemoveAll(built.dir); err != nil {
		return fmt.Errorf("remove the built program: %w", err)
	}
	return nil
}

// Build builds the program of this tree into a file. The flags are those of
// go build; with none, it shares the build cache with go test where that has no C.
func Build(ctx context.Context, file string, flags ...string) error {
	root, err := Root(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", file}, flags...), "./cmd/vellocity")...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// Root returns the root directory of the module.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("find the module: run this inside the repository")
	}
	return filepath.Dir(file), nil
}

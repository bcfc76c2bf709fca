// Package files keeps files by what is in them: put, get and delete by the SHA-256 of the bytes,
// apart for each workspace, so that nobody learns from a fast upload what another workspace has.
// Content decides the name, so to write a file again after a crash is harmless.
//
// Who keeps a file writes it before the row that names it, and deletes it after the last row
// that does; Walk finds those that no row names.
package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrMissing says that there is no such file. ErrDamaged says that what is stored is not what
// was: its bytes do not have the checksum that is its name.
var (
	ErrMissing = errors.New("the file is missing")
	ErrDamaged = errors.New("the file is damaged")
)

// Store keeps files: [Dir], or a bucket of a server that speaks S3 (package extension/s3). It is safe for use by
// several goroutines and processes.
type Store interface {
	// Put stores a file of a workspace and returns its checksum. When it has returned, the file outlives a crash. One
	// that is there already is kept, and counts as new for Walk.
	Put(ctx context.Context, workspaceID int64, data []byte) (sum string, err error)
	// Get returns a file of a workspace: ErrMissing where there is none, ErrDamaged where its bytes are not those that
	// were stored.
	Get(ctx context.Context, workspaceID int64, sum string) ([]byte, error)
	// Delete removes a file of a workspace. One that is not there is no error.
	Delete(ctx context.Context, workspaceID int64, sum string) error
	// Walk calls f for each file that was last put before a moment. It ends with the first error of f, or of ctx.
	Walk(ctx context.Context, before time.Time, f func(workspaceID int64, sum string) error) error
	// Check writes, reads and deletes a file, and says in a sentence what keeps it from that.
	Check(ctx context.Context) error
	// String says where the files are, for the operator.
	String() string
}

// Name returns where a file is below the root of a store: 7/9f/9f86d0…, with slashes. A sum that is none has no place:
// names come from rows, and a damaged one must not lead anywhere else.
func Name(workspaceID int64, sum string) (string, error) {
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || strings.ToLower(sum) != sum {
		return "", fmt.Errorf("%w: %q is no checksum", ErrMissing, sum)
	}
	return strconv.FormatInt(workspaceID, 10) + "/" + sum[:2] + "/" + sum, nil
}

// ParseName returns whose file has a name of [Name]; false where it is the name of something else.
func ParseName(name string) (workspaceID int64, sum string, ok bool) {
	workspace, rest, _ := strings.Cut(name, "/")
	_, sum, _ = strings.Cut(rest, "/")
	workspaceID, err := strconv.ParseInt(workspace, 10, 64)
	if err != nil {
		return 0, "", false
	}
	again, err := Name(workspaceID, sum)
	return workspaceID, sum, err == nil && again == name
}

// Dir keeps files in a directory, two letters deep: 7/9f/9f86d0…. It is safe for use by
// several goroutines, and by several processes that share the directory.
type Dir struct{ root string }

// NewDir returns a store of files below a directory, which is created with the first file.
func NewDir(root string) *Dir { return &Dir{root} }

// Sum returns the checksum that a file is stored by: SHA-256 in lower-case hexadecimal.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// path returns where a file of a workspace is.
func (d *Dir) path(workspaceID int64, sum string) (string, error) {
	name, err := Name(workspaceID, sum)
	return filepath.Join(d.root, filepath.FromSlash(name)), err
}

// String is the directory.
func (d *Dir) String() string { return d.root }

// Check writes and deletes a file.
func (d *Dir) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(d.root, 0o700); err != nil {
		return fmt.Errorf("create the directory of files: %w", err)
	}
	f, err := os.CreateTemp(d.root, temporary+"*")
	if err != nil {
		return fmt.Errorf("write to the directory of files: %w", err)
	}
	_, err = f.WriteString("check")
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("write to the directory of files: %w", err)
	}
	return nil
}

// Put stores a file of a workspace and returns its checksum. When it has returned, the file is
// on the disk. One that is there already is kept, and counts as new for [Dir.Walk].
func (d *Dir) Put(ctx context.Context, workspaceID int64, data []byte) (sum string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	sum = Sum(data)
	path, err := d.path(workspaceID, sum)
	if err != nil {
		return "", err
	}
	now := time.Now()
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) && os.Chtimes(path, now, now) == nil {
		return sum, nil
	}
	if err := write(path, data); err != nil {
		return "", fmt.Errorf("store a file: %w", err)
	}
	return sum, nil
}

// write writes a file under a temporary name, through to the disk, and renames it: what has the
// name is whole.
func write(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, temporary+"*") // with the mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // else Walk removes it
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// temporary begins the names of files that are being written.
const temporary = ".new-"

// syncDir writes a directory through to the disk, so that a new name in it outlives a power cut.
// Windows has no such call, and needs none.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil && os.PathSeparator == '/' {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// Get returns a file of a workspace: ErrMissing where there is none, ErrDamaged where its bytes
// are not those that were stored.
func (d *Dir) Get(ctx context.Context, workspaceID int64, sum string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := d.path(workspaceID, sum)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", ErrMissing, sum)
	case err != nil:
		return nil, fmt.Errorf("read a file: %w", err)
	case Sum(data) != sum:
		return nil, fmt.Errorf("%w: %s", ErrDamaged, sum)
	}
	return data, nil
}

// Delete removes a file of a workspace. One that is not there is no error.
func (d *Dir) Delete(_ context.Context, workspaceID int64, sum string) error {
	path, err := d.path(workspaceID, sum)
	if err != nil {
		return nil //nolint:nilerr // what has no place is not there
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete a file: %w", err)
	}
	return nil
}

// Walk calls f for each file that was stored before a moment, and last put before it. It removes
// what was left half written then. It ends with the first error of f, or of ctx.
func (d *Dir) Walk(ctx context.Context, before time.Time, f func(workspaceID int64, sum string) error) error {
	root, err := os.OpenRoot(d.root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was stored yet
	}
	if err != nil {
		return fmt.Errorf("open the files: %w", err)
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another node has removed it
		}
		if err = errors.Join(err, ctx.Err()); err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !info.ModTime().Before(before) {
			return err
		}
		if strings.HasPrefix(e.Name(), temporary) {
			return root.Remove(path)
		}
		id, sum, ok := ParseName(path)
		if !ok {
			return nil // a file of somebody else
		}
		return f(id, sum)
	})
	if err != nil {
		return fmt.Errorf("look through the files: %w", err)
	}
	return nil
}

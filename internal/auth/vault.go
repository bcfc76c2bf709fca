package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Vault encrypts secrets for the database with AES-256-GCM. The encrypted text names
// the key it was encrypted with, and is bound to one place: copied to another row, it
// cannot be decrypted.
type Vault struct {
	id   string
	aead cipher.AEAD
	mac  []byte // signs links
}

const (
	masterFile = "master.key"
	// minMaster is the minimum length of a configured master key: 256 bits in hex or
	// base64 are longer, a word is shorter.
	minMaster = 32
	sealed    = "v1"
)

// MasterKey returns the master key: given if it is set, else the one in the data
// directory, which is generated on the first start as a file that only its owner can
// read. fromFile says that it is stored beside the data, so that anyone who copies the
// directory has both, which deserves a warning.
func MasterKey(given domain.Secret, dataDir string) (key domain.Secret, fromFile bool, err error) {
	if given != "" {
		key = domain.Secret(strings.TrimSpace(given.Reveal()))
		if len(key) < minMaster {
			return "", false, fmt.Errorf("the master key has %d characters and needs at least %d; "+
				"generate one with: openssl rand -base64 32", len(key), minMaster)
		}
		return key, false, nil
	}
	file := filepath.Join(dataDir, masterFile)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeMaster(file)
		return key, true, err
	}
	if err != nil {
		return "", true, fmt.Errorf("read the master key: %w", err)
	}
	key = domain.Secret(strings.TrimSpace(string(text)))
	if len(key) < minMaster {
		return "", true, fmt.Errorf("the master key in %s is incomplete; restore it from a backup", file)
	}
	return key, true, nil
}

func makeMaster(file string) (domain.Secret, error) {
	var b [32]byte
	rand.Read(b[:])
	key := base64.StdEncoding.EncodeToString(b[:])
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("create the data directory: %w", err)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("create the master key: %w", err)
	}
	_, err = f.WriteString(key + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("write the master key: %w", err)
	}
	return domain.Secret(key), nil
}

// NewVault returns a vault whose key is derived from the master key.
func NewVault(master domain.Secret) (*Vault, error) {
	key, err := hkdf.Key(sha256.New, []byte(master.Reveal()), nil, "vellocity secrets at rest", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the vault's key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, []byte(master.Reveal()), nil, "vellocity key id", 4)
	if err != nil {
		return nil, fmt.Errorf("derive the vault's key id: %w", err)
	}
	mac, err := hkdf.Key(sha256.New, []byte(master.Reveal()), nil, "vellocity signed links", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key for links: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("create the cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("create the cipher: %w", err)
	}
	return &Vault{id: hex.EncodeToString(id), aead: aead, mac: mac}, nil
}

// Seal encrypts a secret for one place, such as "provider/7/openai".
func (v *Vault) Seal(place string, secret domain.Secret) string {
	//nolint:gosec // this AEAD generates its own random nonce
	blob := v.aead.Seal(nil, nil, []byte(secret.Reveal()), []byte(place))
	return strings.Join([]string{sealed, v.id, base64.RawStdEncoding.EncodeToString(blob)}, ".")
}

// Open decrypts what was encrypted for the place. The error says whether another
// master key is needed; it never contains the text.
func (v *Vault) Open(place, text string) (domain.Secret, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] != sealed {
		return "", fmt.Errorf("decrypt the secret of %s: it is not encrypted text", place)
	}
	if parts[1] != v.id {
		return "", fmt.Errorf("decrypt the secret of %s: it was encrypted with master key %s, this is %s",
			place, parts[1], v.id)
	}
	blob, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil {
		return "", fmt.Errorf("decrypt the secret of %s: it is damaged", place)
	}
	plain, err := v.aead.Open(nil, nil, blob, []byte(place))
	if err != nil {
		return "", fmt.Errorf("decrypt the secret of %s: it is damaged, or belongs to another place", place)
	}
	return domain.Secret(plain), nil
}

// ProviderPlace returns the place of a stored provider key.
func ProviderPlace(workspaceID int64, name string) string {
	return fmt.Sprintf("provider/%d/%s", workspaceID, name)
}

const (
	canaryPlace = "installation/canary"
	canaryText  = "the right master key opens this"
)

// Unlock checks that the vault's key is the one of this database, and returns the
// installation's id. On the first start it creates both. A node with another master key
// must not start: it could read no stored secret, and other nodes could not read its.
func (v *Vault) Unlock(ctx context.Context, s *store.Store) (installation string, err error) {
	have, ok, err := s.Read().Installation(ctx)
	if err != nil {
		return "", err
	}
	if !ok {
		if have, err = v.install(ctx, s); err != nil {
			return "", err
		}
	}
	if _, err := v.Open(canaryPlace, have.Canary); err != nil {
		return "", fmt.Errorf("this database was set up with another master key than this one (%s): "+
			"set VELLOCITY_MASTER_KEY or VELLOCITY_MASTER_KEY_FILE to the original key, "+
			"or restore %s in the data directory: %w", v.id, masterFile, err)
	}
	return have.UUID, nil
}

func (v *Vault) install(ctx context.Context, s *store.Store) (store.Installation, error) {
	err := s.InTx(ctx, func(tx *store.Tx) error {
		return tx.CreateInstallation(ctx, store.Installation{UUID: newUUID(), Canary: v.Seal(canaryPlace, canaryText)})
	})
	if err != nil {
		return store.Installation{}, err
	}
	have, _, err := s.Read().Installation(ctx)
	return have, err
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

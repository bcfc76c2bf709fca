package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/store/db"
)

// Installation is the one row that says which installation this database is.
type Installation struct {
	UUID string
	// Canary is a known text sealed with the master key: a node that cannot open
	// it has another key and must not start.
	Canary    string
	CreatedAt time.Time
}

// Installation returns the installation; ok is false before the first start.
func (q Q) Installation(ctx context.Context) (i Installation, ok bool, err error) {
	scan := func(row db.Row) (i Installation, err error) {
		err = row.Scan(&i.UUID, &i.Canary, db.Time(&i.CreatedAt))
		return i, err
	}
	i, ok, err = db.First(ctx, q.db, scan, `select uuid, canary, created_at from installation where id = 1`)
	if err != nil {
		return i, false, fmt.Errorf("read installation: %w", err)
	}
	return i, ok, nil
}

// CreateInstallation stores the installation. Where another node was first, it
// changes nothing: read it back.
func (t *Tx) CreateInstallation(ctx context.Context, i Installation) error {
	err := t.db.Exec(ctx, `insert into installation (id, uuid, canary, created_at) values (1,$1,$2,$3)
		on conflict (id) do nothing`,
		i.UUID, i.Canary, db.Millis(t.Now()))
	if err != nil {
		return fmt.Errorf("create installation: %w", err)
	}
	return nil
}

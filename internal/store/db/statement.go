package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// statements keeps each SQL text prepared, for as long as the database is open. It
// is for SQLite; pgx has such a cache of its own.
type statements struct {
	pool   *sql.DB
	mu     sync.RWMutex
	byText map[string]*sql.Stmt
	wanted map[string]bool // asked for in a transaction, not prepared yet
}

func newStatements(pool *sql.DB) *statements {
	return &statements{pool: pool, byText: map[string]*sql.Stmt{}, wanted: map[string]bool{}}
}

// get returns the prepared statement, nil where there is none yet. A transaction
// on SQLite holds the only connection, so there a new text is only noted;
// prepareWanted prepares it once the transaction is over.
func (s *statements) get(ctx context.Context, inTx bool, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.byText[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	if inTx {
		s.mu.Lock()
		s.wanted[query] = true
		s.mu.Unlock()
		return nil, nil
	}
	return s.prepare(ctx, query)
}

func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	stmt, err := s.pool.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.wanted, query)
	if first := s.byText[query]; first != nil {
		return first, stmt.Close()
	}
	s.byText[query] = stmt
	return stmt, nil
}

// prepareWanted prepares what transactions asked for. The connection must be free.
// A failure costs only speed: the text goes on being sent unprepared.
func (s *statements) prepareWanted(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.mu.RLock()
	texts := make([]string, 0, len(s.wanted))
	for text := range s.wanted {
		texts = append(texts, text)
	}
	s.mu.RUnlock()
	for _, text := range texts {
		if _, err := s.prepare(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

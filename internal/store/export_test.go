package store

// Waiting returns how many transactions wait for their turn. The store must be on
// SQLite.
func (s *Store) Waiting() int { return int(s.writer.waiting.Load()) }

package db

// Waiting returns how many transactions wait for their turn. The database must be
// SQLite.
func (d *DB) Waiting() int { return int(d.writer.waiting.Load()) }

package db

type dialect int

const (
	sqlite dialect = iota
	postgres
)

// Postgres reports whether the database is PostgreSQL.
func (r Runner) Postgres() bool { return r.dialect == postgres }

// InTx reports whether statements run in a transaction.
func (r Runner) InTx() bool { return r.tx != nil }

// ForUpdate ends a select that locks its rows to the end of the transaction. It is empty
// on SQLite, whose one writer has locked everything.
func (r Runner) ForUpdate() string {
	if r.dialect == postgres {
		return " for update"
	}
	return ""
}

// SkipLocked ends a select that locks its rows to the end of the transaction and
// leaves out those that another transaction has locked. It is empty on SQLite, whose
// one writer has locked everything.
func (r Runner) SkipLocked() string {
	if r.dialect == postgres {
		return " for update skip locked"
	}
	return ""
}

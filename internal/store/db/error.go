package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vellocity/internal/domain"
)

// retryable reports whether the database asks for the transaction to be run again.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// classify turns a driver's error into one that callers understand: the database
// is away or overloaded, or its disk is full. Others pass through.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var known *domain.Error
	if errors.As(err, &known) {
		return err
	}
	if code := sqliteCode(err); code != 0 {
		return classifySQLite(code, err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return classifyPostgres(pg, err)
	}
	if lostConnection(err) {
		return unavailable(err)
	}
	return err
}

func lostConnection(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, pgx.ErrTxClosed)
}

func sqliteCode(err error) int {
	var e *sqlitedriver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func classifySQLite(code int, err error) error {
	switch code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return unavailable(err)
	case sqlite3.SQLITE_FULL:
		return full(err)
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH:
		return unstorable(err)
	case sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CORRUPT,
		sqlite3.SQLITE_NOTADB,
		sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CANTOPEN:
		return broken(code, err)
	}
	return err
}

func classifyPostgres(pg *pgconn.PgError, err error) error {
	if pg.Code == "55P03" { // lock_timeout
		return unavailable(err)
	}
	switch pg.Code[:2] {
	case "22": // data exception: a NUL in a text, a number that is out of range
		return unstorable(err)
	case "08", "57": // connection exception; operator intervention (shutdown, starting up)
		return unavailable(err)
	case "53": // insufficient resources
		if pg.Code == "53100" {
			return full(err)
		}
		return unavailable(err)
	}
	return err
}

func unavailable(err error) error {
	e := domain.Errorf(domain.CodeUnavailable, "The database cannot be reached at the moment. Try again shortly.")
	e.RetryAfter = 2 * time.Second
	return e.Because(err)
}

func full(err error) error {
	return domain.Errorf(domain.CodeStorageFull, "The disk is full. Reading goes on; nothing was changed.").Because(err)
}

// errData says that the database cannot store a value, however often one tries.
var errData = errors.New("the database cannot store this value")

// Unstorable reports whether err says that a value cannot be stored, so that it makes
// no sense to try again.
func Unstorable(err error) bool { return errors.Is(err, errData) }

func unstorable(err error) error {
	return domain.Errorf(domain.CodeBadRequest, "A value cannot be stored: it holds a NUL character or another one "+
		"that is not allowed, or is out of range. Remove it and try again.").Because(errors.Join(errData, err))
}

// broken says in words what is wrong with the file of the database.
func broken(code int, err error) error {
	message := "The disk is full or has failed: the database could not be read or written. Look at the server's disk."
	switch code {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		message = "The database file is damaged. Stop the server and restore a backup; vellocity doctor says more."
	case sqlite3.SQLITE_READONLY:
		message = "The database file cannot be written. Look at the permissions of the data directory."
	case sqlite3.SQLITE_CANTOPEN:
		message = "The database file cannot be opened. Look at the permissions of the data directory, and at open files."
	}
	e := domain.Errorf(domain.CodeUnavailable, "%s", message)
	e.RetryAfter = 10 * time.Second
	return e.Because(err)
}

// unwritten reports whether err says that SQLite could not write a commit through to the
// disk.
func unwritten(err error) bool {
	var e *sqlitedriver.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_IOERR_FSYNC || e.Code() == sqlite3.SQLITE_IOERR_DIR_FSYNC)
}

// Unique reports whether err says that a unique or primary key was taken.
func Unique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var e *sqlitedriver.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

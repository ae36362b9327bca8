package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"quire/storage"
)

// deadlock is the only SQLSTATE after which a statement is repeated, up to maxTries in all.
const (
	deadlock = "40P01"
	maxTries = 4
)

// code returns the SQLSTATE of the server's error in err, or "".
func code(err error) string {
	var fault *pgconn.PgError
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// rolledBack reports whether the server said that it undid the transaction. A FATAL error does not say so: the server may
// have been stopped after the commit and before its answer.
func rolledBack(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && (fault.SeverityUnlocalized == "ERROR" || fault.SeverityUnlocalized == "" && fault.Severity == "ERROR")
}

// notStored wraps err, after which surely nothing is stored, in a sentinel of package storage, unless it has one.
func notStored(err error) error {
	if storage.Refused(err) || errors.Is(err, storage.ErrDamaged) {
		return err
	}
	sentinel := storage.ErrUnavailable
	switch c := code(err); {
	case c == "23505": // unique_violation
		sentinel = storage.ErrExists
	case c == "23503": // foreign_key_violation
		sentinel = storage.ErrNotFound
	case c == "XX001" || c == "XX002": // data_corrupted, index_corrupted
		sentinel = storage.ErrDamaged
	case len(c) == 5 && (c[:2] == "22" || c[:2] == "23"): // data exception, integrity constraint violation
		sentinel = storage.ErrInvalid
	}
	return fmt.Errorf("%w: %w", sentinel, err)
}

// serverWide reports whether the server's error is not about one document, so that repeating each alone would fail too.
func serverWide(err error) bool {
	c := code(err)
	if len(c) != 5 {
		return true
	}
	switch c[:2] {
	case "08", "25", "28", "53", "57", "58": // connection, read only, authorization, resources, intervention, system
		return true
	}
	return false
}

// written wraps the error of a statement that commits, or of a COMMIT, in a sentinel if it is sure that nothing was stored.
func written(err error) error {
	if err == nil || storage.Refused(err) || rolledBack(err) || pgconn.SafeToRetry(err) || notConnected(err) {
		return keepNil(err, notStored)
	}
	return err // the outcome is unknown
}

func keepNil(err error, name func(error) error) error {
	if err == nil {
		return nil
	}
	return name(err)
}

func notConnected(err error) bool {
	var failed *pgconn.ConnectError
	return errors.As(err, &failed)
}

// read wraps the error of a call that only reads in a sentinel.
func read(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return storage.ErrNotFound
	}
	return notStored(err)
}

// notDone returns ErrUnavailable if ctx is done already, before anything was sent.
func notDone(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return nil
}

// write runs f in a transaction and commits it with f's events, unless f fails. It runs f again after a deadlock or errMoved.
func (s *Store) write(ctx context.Context, what string, f func(tx *writing) error) error {
	err := notDone(ctx)
	var told []storage.Event
	for try := 1; err == nil && try <= maxTries; try++ {
		told, err = s.try(ctx, f)
		lost := code(err) == deadlock
		if try == maxTries || !lost && !errors.Is(err, errMoved) {
			break
		}
		if lost {
			s.counts.retries.Add(1)
		}
		err = nil
	}
	s.beat(err)
	s.listeners.Settle(told, err)
	if err != nil {
		return fmt.Errorf("postgres: %s: %w", what, err)
	}
	return nil
}

// try runs the transaction once, and returns its events.
func (s *Store) try(ctx context.Context, f func(tx *writing) error) (told []storage.Event, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, notStored(err)
	}
	defer conn.Release()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, notStored(err)
	}
	w := &writing{Tx: tx}
	defer w.end(ctx, conn)
	if err := f(w); err != nil {
		return nil, notStored(err)
	}
	if err := w.commit(ctx, conn); err != nil {
		return w.told, err
	}
	return w.told, cutOff(conn.Conn())
}

// exec runs one statement outside a transaction and returns how many rows it changed.
func (s *Store) exec(ctx context.Context, what, query string, args ...any) (int64, error) {
	if err := notDone(ctx); err != nil {
		return 0, fmt.Errorf("postgres: %s: %w", what, err)
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return 0, fmt.Errorf("postgres: %s: %w", what, notStored(err))
	}
	defer conn.Release()
	tag, err := conn.Exec(ctx, query, args...)
	if err == nil {
		err = cutOff(conn.Conn())
	}
	s.beat(written(err))
	if err != nil {
		return 0, fmt.Errorf("postgres: %s: %w", what, written(err))
	}
	return tag.RowsAffected(), nil
}

// mustExec is exec for a statement that must change a row, else ErrNotFound.
func (s *Store) mustExec(ctx context.Context, what, query string, args ...any) error {
	n, err := s.exec(ctx, what, query, args...)
	if err == nil && n == 0 {
		return fmt.Errorf("postgres: %s: %w", what, storage.ErrNotFound)
	}
	return err
}

// one reads one row into fields; ErrNotFound if there is none.
func (s *Store) one(ctx context.Context, what string, fields []any, query string, args ...any) error {
	if err := s.pool.QueryRow(ctx, query, args...).Scan(fields...); err != nil {
		return fmt.Errorf("postgres: %s: %w", what, read(err))
	}
	return nil
}

// all returns every row; fields returns pointers to where a row's columns go.
func all[T any](ctx context.Context, s *Store, what string, fields func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := s.pool.Query(ctx, query, args...)
	if err == nil {
		var list []T
		if list, err = collect(rows, fields); err == nil {
			return list, nil
		}
	}
	return nil, fmt.Errorf("postgres: %s: %w", what, read(err))
}

func collect[T any](rows pgx.Rows, fields func(*T) []any) ([]T, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (one T, err error) {
		err = row.Scan(fields(&one)...)
		return one, err
	})
}

// id makes an id valid as the database's text. An id that is changed by it names nothing.
func id[T ~string](s T) string { return storage.Text(string(s)) }

// blob is b, but never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

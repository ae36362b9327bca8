package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"quire/storage"
	"quire/storage/tables"
)

// take waits for the writer's slot; the caller must call release. Its errors are ErrUnavailable.
func (s *Store) take(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	select {
	case s.slot <- struct{}{}:
		return func() { <-s.slot }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, ctx.Err())
	}
}

// write runs f in a transaction on the writer's connection and commits it with f's events, unless f fails.
func (s *Store) write(ctx context.Context, what string, f func(tx *tx) error) error {
	release, err := s.take(ctx)
	if err != nil {
		return fmt.Errorf("sqlite: %s: %w", what, err)
	}
	told, err := s.try(context.WithoutCancel(ctx), release, f)
	if err != nil {
		err = fmt.Errorf("sqlite: %s: %w", what, err)
	}
	s.beat(err)
	s.listeners.Settle(told, err)
	return err
}

// try runs f in a transaction once, releases the writer's slot also if f panics, and returns the events.
func (s *Store) try(ctx context.Context, release func(), f func(tx *tx) error) (told []storage.Event, err error) {
	defer release()
	inner, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, sure(err)
	}
	defer inner.Rollback() // does nothing after the end; after a panic the next writer needs the connection
	t := &tx{Tx: inner, ctx: ctx}
	if err = f(t); err == nil {
		err = t.keepEvents()
	}
	if err != nil {
		return nil, sure(errors.Join(err, inner.Rollback()))
	}
	if err := inner.Commit(); err != nil {
		return t.told, fmt.Errorf("commit: %w", err)
	}
	return t.told, nil
}

// tx is a transaction with its events. It carries the context, which nothing can cancel any more.
type tx struct {
	*sql.Tx
	ctx  context.Context
	told []storage.Event
}

// changed runs a statement and returns whether it changed a row.
func (t *tx) changed(query string, args ...any) (bool, error) {
	n, err := t.exec(query, args...)
	return n > 0, err
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	result, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// room returns storage.ErrFull if there is no room for another row.
func (t *tx) room(r tables.Room, args ...any) error {
	var n int
	if err := t.row(r.SQLite(), args...).Scan(&n); err != nil {
		return err
	}
	if n >= r.Most {
		return storage.ErrFull
	}
	return nil
}

func (t *tx) row(query string, args ...any) *sql.Row { return t.QueryRowContext(t.ctx, query, args...) }

// sure wraps err, of a transaction that was surely not committed, in a sentinel of package storage, unless it has one.
func sure(err error) error {
	if storage.Refused(err) {
		return err
	}
	var fault *sqlite.Error
	if errors.As(err, &fault) {
		switch fault.Code() {
		case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
			return fmt.Errorf("%w: %w", storage.ErrExists, err)
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return fmt.Errorf("%w: %w", storage.ErrNotFound, err)
		case sqlite3.SQLITE_TOOBIG:
			return fmt.Errorf("%w: %w", storage.ErrInvalid, err)
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", storage.ErrDamaged, err)
		}
	}
	return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
}

// read runs f in a transaction that only reads, at one instant.
func (s *Store) read(ctx context.Context, what string, f func(q *sql.Tx) error) error {
	q, err := s.reads.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.readErr(ctx, what, err)
	}
	defer q.Rollback() // nothing was written
	if err := f(q); err != nil {
		return s.readErr(ctx, what, err)
	}
	return nil
}

// readErr wraps the error of a call that only reads in a sentinel.
func (s *Store) readErr(ctx context.Context, what string, err error) error {
	switch {
	case ctx.Err() != nil: // SQLite itself says only that it was interrupted
		err = fmt.Errorf("%w: %w", storage.ErrUnavailable, ctx.Err())
	case errors.Is(err, sql.ErrNoRows):
		err = storage.ErrNotFound
	case errors.Is(err, storage.ErrDamaged):
	default:
		err = sure(err)
	}
	return fmt.Errorf("sqlite: %s: %w", what, err)
}

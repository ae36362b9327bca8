package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"quire/storage"
)

// Store is an open SQLite file.
type Store struct {
	log    *slog.Logger
	db     *sql.DB       // one connection, which writes
	reads  *sql.DB       // those that read
	slot   chan struct{} // holds the one that writes
	writer writer
	ways   *sql.Stmt // on reads: the one question that is asked before every session's first op
	counts counts
	pulse  storage.Pulse

	listeners storage.Listeners
}

var _ storage.Store = (*Store)(nil)

type counts struct {
	commits, ops, conflicts, singled, unknown, slow, commitTime atomic.Int64
}

const (
	busyWait = 5 * time.Second // for another process that holds the file, say a backup
	readers  = 4
	walPages = 4000 // of 4 kB: a page written by many commits is folded into the file once; 1000 took twice as long
	epochKey = "log.epoch"
)

// OpenDB opens the file for package migrations, making it and its folder if they are not there, readable by their
// owner only.
func OpenDB(path string) (*sql.DB, error) {
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, "_txlock", "immediate"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// Open opens a migrated file.
func Open(ctx context.Context, path string, log *slog.Logger) (*Store, error) {
	db, err := OpenDB(path)
	if err != nil {
		return nil, err
	}
	reads, err := sql.Open("sqlite", dsn(path, "_pragma", "query_only(ON)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), db.Close())
	}
	reads.SetMaxOpenConns(readers)
	reads.SetMaxIdleConns(readers)
	s := &Store{log: log, db: db, reads: reads, slot: make(chan struct{}, 1)}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) start(ctx context.Context) error {
	if err := s.writer.prepare(ctx, s.db); err != nil {
		return fmt.Errorf("%w (was it migrated?)", err)
	}
	ways, err := s.reads.PrepareContext(ctx, waysSQL)
	if err != nil {
		return err
	}
	s.ways = ways
	if _, err := s.db.ExecContext(ctx, `INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING`, epochKey, []byte(rand.Text())); err != nil {
		return err
	}
	return s.foldNames(ctx)
}

// prepareFile makes the folder and an empty file nobody else may read; SQLite gives its other files the same mode.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a new file's name as durable as SQLite makes its content.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// dsn names the file with the settings that every connection has.
func dsn(path string, more ...string) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyWait.Milliseconds()), // first: what follows may have to wait
		"journal_mode(WAL)", "synchronous(FULL)", "fullfsync(ON)", "checkpoint_fullfsync(ON)", "foreign_keys(ON)",
		fmt.Sprintf("wal_autocheckpoint(%d)", walPages),
	}}
	for i := 0; i < len(more); i += 2 {
		q.Add(more[i], more[i+1])
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Ping reads one value, and writes it after a write that failed.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.Epoch(ctx); err != nil {
		return err
	}
	return s.pulse.Check(func() error { return s.Barrier(ctx) })
}

// Stats counts since Open.
func (s *Store) Stats() storage.Stats {
	return storage.Stats{
		Commits: s.counts.commits.Load(), Ops: s.counts.ops.Load(), Conflicts: s.counts.conflicts.Load(), Singled: s.counts.singled.Load(),
		Unknown: s.counts.unknown.Load(), Slow: s.counts.slow.Load(), CommitTime: s.counts.commitTime.Load(),
	}
}

// Close ends the connections; the last one folds the WAL into the file.
func (s *Store) Close() error {
	var ways error
	if s.ways != nil { // nil if Open failed before
		ways = s.ways.Close()
	}
	if err := errors.Join(ways, s.writer.close(), s.reads.Close(), s.db.Close()); err != nil {
		return fmt.Errorf("sqlite: close: %w", err)
	}
	return nil
}

// take waits for the writer's slot; the caller defers the release it returns.
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

// write runs f in a transaction on the writer's connection and commits it, unless f fails. What f tells is kept in it.
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

// try runs f in a transaction once, releases the writer's slot also if f panics, and returns what f told.
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

// tx spares its users the context, which nothing can cancel any more.
type tx struct {
	*sql.Tx
	ctx  context.Context
	told []storage.Event
}

// changed is exec of a statement that may find nothing to change.
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

func (t *tx) row(query string, args ...any) *sql.Row { return t.QueryRowContext(t.ctx, query, args...) }

// sure names err, of a transaction that was surely not committed, by a sentinel, unless it has one.
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

// readErr names what kept a reader from its answer.
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

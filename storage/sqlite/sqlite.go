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

	"quire/storage"
)

// Store is an open SQLite file.
type Store struct {
	log    *slog.Logger
	db     *sql.DB       // one connection, which writes
	reads  *sql.DB       // the connections that read
	slot   chan struct{} // capacity 1: full while somebody writes
	writer writer
	roles  *sql.Stmt // heldRolesSQL, prepared on reads: it runs before every session's first op
	counts counts
	pulse  storage.Pulse

	listeners storage.Listeners
}

var _ storage.Store = (*Store)(nil)

type counts struct {
	commits, ops, conflicts, singled, unknown, slow, commitTime atomic.Int64
}

const (
	busyWait = 5 * time.Second // how long to wait for another process that has locked the file, such as a backup
	readers  = 4
	walPages = 4000 // of 4 kB, until a checkpoint. It copies a page once, however many commits wrote it: 1000 took twice as long
	epochKey = "log.epoch"
)

// OpenDB opens the file for package migrations. It makes the file and its folder if they do not exist, readable by their owner
// only.
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
	stmt, err := s.reads.PrepareContext(ctx, heldRolesSQL)
	if err != nil {
		return err
	}
	s.roles = stmt
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

// dsn returns the data source name: the file, with the settings of every connection and more, pairs of name and value.
func dsn(path string, more ...string) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyWait.Milliseconds()), // first, because the other pragmas may have to wait
		"journal_mode(WAL)", "synchronous(FULL)", "fullfsync(ON)", "checkpoint_fullfsync(ON)", "foreign_keys(ON)",
		fmt.Sprintf("wal_autocheckpoint(%d)", walPages),
	}}
	for i := 0; i < len(more); i += 2 {
		q.Add(more[i], more[i+1])
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Ping reads one value, and writes it too if the newest write failed.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.Epoch(ctx); err != nil {
		return err
	}
	return s.pulse.Check(func() error { return s.Barrier(ctx) })
}

// Stats returns what was counted since Open.
func (s *Store) Stats() storage.Stats {
	return storage.Stats{
		Commits: s.counts.commits.Load(), Ops: s.counts.ops.Load(), Conflicts: s.counts.conflicts.Load(), Singled: s.counts.singled.Load(),
		Unknown: s.counts.unknown.Load(), Slow: s.counts.slow.Load(), CommitTime: s.counts.commitTime.Load(),
	}
}

// Close closes the connections; the last one checkpoints the WAL into the file.
func (s *Store) Close() error {
	var stmt error
	if s.roles != nil { // nil if Open failed before
		stmt = s.roles.Close()
	}
	if err := errors.Join(stmt, s.writer.close(), s.reads.Close(), s.db.Close()); err != nil {
		return fmt.Errorf("sqlite: close: %w", err)
	}
	return nil
}

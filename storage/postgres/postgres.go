package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"quire/storage"
	"quire/storage/sealed"
)

// Config says which database, and how.
type Config struct {
	URL         sealed.Text // postgres://…, or key=value pairs
	Log         *slog.Logger
	AllowUnsafe bool          // use a server with fsync or full_page_writes off: for tests only
	Answer      time.Duration // how long a new connection may take to answer a question; 0: 10 s (answerTime)
	Primaries   *Primaries    // what OpenDB and CheckPooler saw of the servers of URL; nil: nothing
}

// Store is an open database.
type Store struct {
	log       *slog.Logger
	pool      *pgxpool.Pool
	committer *committer
	counts    counts
	pulse     storage.Pulse
	history   atomic.Pointer[history]
	waits     waits
	move      move
	listeners storage.Listeners

	complained time.Time // only greet uses it, and one greet runs at a time
}

var _ storage.Store = (*Store)(nil)

type counts struct {
	commits, ops, conflicts, retries, singled, unknown, slow, commitTime atomic.Int64
}

const (
	epochKey       = "log.epoch"
	poolConns      = 10              // unless the URL says pool_max_conns; one more commits
	connectTimeout = 5 * time.Second // unless the URL says connect_timeout
	oldestServer   = 130000
)

func prepareConfig(c *pgx.ConnConfig) {
	c.RuntimeParams["client_encoding"] = "UTF8"
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "quire"
	}
	c.OnNotice = heed
}

// inCharge bounds how long c may take to connect and, if it names several servers, makes it choose the one that takes writes.
func (p *Primaries) inCharge(c *pgx.ConnConfig) {
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	if manyHosts(c) {
		p.choose(c)
	}
}

func manyHosts(c *pgx.ConnConfig) bool {
	return slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port })
}

// OpenDB opens the database at url for package migrations.
func OpenDB(url string) (*sql.DB, error) { return new(Primaries).OpenDB(url) }

// OpenDB opens the database for package migrations.
func (p *Primaries) OpenDB(url string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	p.inCharge(c)
	return stdlib.OpenDB(*c), nil
}

// Open opens a migrated database.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	c, err := pgxpool.ParseConfig(cfg.URL.Reveal())
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	prepareConfig(c.ConnConfig)
	cmp.Or(cfg.Primaries, new(Primaries)).inCharge(c.ConnConfig)
	if !strings.Contains(cfg.URL.Reveal(), "pool_max_conns") {
		c.MaxConns = poolConns
	}
	if !strings.Contains(cfg.URL.Reveal(), "pool_min_conns") {
		c.MinConns = min(warmConns, c.MaxConns)
	}
	s := &Store{log: cfg.Log}
	c.AfterConnect, c.PrepareConn = s.introduce, s.serves
	s.committer = newCommitter(c.ConnConfig, s.greet, cmp.Or(cfg.Answer, answerTime))
	c.ConnConfig.Tracer, c.ShouldPing = s.committer.breaks, s.committer.breaks.shouldPing
	c.AfterRelease = func(conn *pgx.Conn) bool { return !isStranded(conn) }
	if s.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if err := s.start(ctx, cfg.AllowUnsafe); err != nil {
		if code(err) == "26000" { // invalid_sql_statement_name: a pooler shares connections, though checkPooler did not see it
			err = errors.Join(ErrPooler, err)
		}
		return nil, errors.Join(fmt.Errorf("postgres: open: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) start(ctx context.Context, allowUnsafe bool) error {
	if err := checkPooler(ctx, s.pool.Config().ConnConfig); err != nil {
		return err
	}
	if err := s.checkServer(ctx, allowUnsafe); err != nil {
		return err
	}
	err := s.begin(ctx)
	if code(err) == "42P01" { // undefined_table
		return fmt.Errorf("%w (was it migrated?)", err)
	}
	if err != nil {
		return err
	}
	return s.foldNames(ctx)
}

// ErrEncoding means that the database's encoding is not UTF-8.
var ErrEncoding = errors.New("postgres: the database is not UTF8")

// ErrUnsafe means that the server may lose commits it has confirmed (L8).
var ErrUnsafe = errors.New("postgres: the server may lose commits")

func (s *Store) checkServer(ctx context.Context, allowUnsafe bool) error {
	var version int
	var fsync, pages, commit, encoding string
	err := s.pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('full_page_writes'),
		current_setting('synchronous_commit'), current_setting('server_encoding')`).
		Scan(&version, &fsync, &pages, &commit, &encoding)
	if err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("%w: its encoding is %s, and titles and names would be damaged by a dump and restore; "+
			"make one with CREATE DATABASE quire ENCODING 'UTF8' TEMPLATE template0", ErrEncoding, encoding)
	}
	if version < oldestServer {
		return fmt.Errorf("the server's version is %d, at least %d is needed", version, oldestServer)
	}
	if fsync == "on" && pages == "on" && commit == "on" {
		return nil
	}
	err = fmt.Errorf("%w: fsync=%s full_page_writes=%s synchronous_commit=%s", ErrUnsafe, fsync, pages, commit)
	if !allowUnsafe {
		return err
	}
	s.log.Warn("the database is not safe, as allowed", "err", err)
	return nil
}

// Stats returns what was counted since Open.
func (s *Store) Stats() storage.Stats {
	c := &s.counts
	return storage.Stats{
		Commits: c.commits.Load(), Ops: c.ops.Load(), Conflicts: c.conflicts.Load(), Retries: c.retries.Load(), Singled: c.singled.Load(),
		Unknown: c.unknown.Load(), Slow: c.slow.Load(), CommitTime: c.commitTime.Load(),
	}
}

// Close waits for the calls in progress and closes the connections.
func (s *Store) Close() error {
	s.committer.close()
	s.move.all.Wait()
	s.pool.Close()
	return nil
}

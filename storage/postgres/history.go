package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// history is the line that the store serves now, and how often that has changed. It is immutable; Store.history replaces it whole.
type history struct {
	line
	rewinds int64
}

// lineSetting is the key of the setting that holds the line for which the epoch was last decided.
const lineSetting = "log.timeline"

// Rewinds returns how often the store has changed to another line.
func (s *Store) Rewinds() int64 {
	if now := s.history.Load(); now != nil {
		return now.rewinds
	}
	return 0
}

// begin sets the history to the line of the database at start. If the database was last used with another line, the epoch is renewed:
// nobody here knows what that one had.
func (s *Store) begin(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	now, _ := conn.Conn().PgConn().CustomData()[lineKey].(line)
	if now.heads == 0 {
		return errUnfinished
	}
	_, err = conn.Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, epochKey, []byte(rand.Text()))
	if err != nil {
		return err
	}
	renewed, err := adopt(ctx, conn.Conn(), now, now, true)
	if err != nil {
		return err
	}
	if renewed {
		s.log.Warn("the database is not the one that was used last: the log begins a new epoch, so that browsers keep what it may lack", "line", now.String())
	}
	first := &history{line: now}
	s.waits.begin(first)
	s.history.Store(first)
	return nil
}

// greet checks the line of a new connection for commits. If it is another than before, the database may lack acknowledged ops (N12):
// then nothing that was read before is valid, and the epoch is renewed (L9) unless it is known that nothing is missing.
func (s *Store) greet(ctx context.Context, conn *pgx.Conn, proven time.Time) error {
	var now line
	err := within(ctx, s.committer.answer, func(ctx context.Context) (err error) {
		now, err = lineOf(ctx, conn)
		return err
	})
	if err != nil {
		return err
	}
	was := s.history.Load()
	if now == was.line {
		return nil
	}
	if err := now.follows(was.line); err != nil {
		s.complain(err, was.line, now)
		return err
	}
	complete := now.promoted(was.line) && s.waits.since(proven)
	renewed, err := adopt(ctx, conn, was.line, now, !complete)
	if err != nil {
		return err
	}
	next := &history{now, was.rewinds + 1}
	s.waits.begin(next) // before Epoch can see it
	s.history.Store(next)
	s.pool.Reset()
	s.log.Warn("the database is another one than before: what is open is compared with it", "was", was.line.String(), "now", now.String(),
		"complete", complete, "new_epoch", renewed)
	return nil
}

// adopt stores that the database's line changed from was to now. If renew, the first of several nodes to do so renews the epoch.
func adopt(ctx context.Context, conn *pgx.Conn, was, now line, renew bool) (renewed bool, err error) {
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, lineSetting, []byte(was.String()))
		if err != nil {
			return err
		}
		first, err := tx.Exec(ctx, `UPDATE settings SET value = $2 WHERE key = $1 AND value <> $2`, lineSetting, []byte(now.String()))
		if err != nil || first.RowsAffected() == 0 || !renew {
			return err
		}
		done, err := tx.Exec(ctx, `UPDATE settings SET value = $2 WHERE key = $1`, epochKey, []byte(rand.Text()))
		if err == nil && done.RowsAffected() == 0 {
			err = errUnfinished
		}
		renewed = err == nil
		return err
	})
	return renewed && err == nil, err
}

// move makes the committer reconnect, at most once in moveEvery: if the pool and the committer reach different servers for long,
// commits must still go on.
type move struct {
	mu   sync.Mutex
	last time.Time
	all  sync.WaitGroup
}

const moveEvery = time.Second

func (m *move) start(c *committer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.last) < moveEvery || c.ctx.Err() != nil {
		return
	}
	m.last = time.Now()
	m.all.Go(func() { // ends within moveEvery, or with the committer
		ctx, stop := context.WithTimeout(c.ctx, moveEvery)
		defer stop()
		c.renew(ctx) // if it fails, the next commit gets the error
	})
}

// Epoch returns the name of this history of the log. It also checks that the pool still reaches the database that commits go to, and
// that its tables are the same as before; if not, the committer reconnects first.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	epoch, err := s.look(ctx)
	if errors.Is(err, errElsewhere) {
		if err = s.committer.renew(ctx); err == nil {
			epoch, err = s.look(ctx)
		}
	}
	if err != nil {
		return "", fmt.Errorf("postgres: epoch: %w", err)
	}
	return epoch, nil
}

func (s *Store) look(ctx context.Context) (string, error) {
	var epoch []byte
	var waits bool
	var heads int64
	now := s.history.Load() // before the query: its answer is of this history or of a later one
	err := s.pool.QueryRow(ctx, `SELECT value, current_setting('synchronous_standby_names') <> '', coalesce(to_regclass('heads')::oid::bigint, 0)
		FROM settings WHERE key = $1`, epochKey).Scan(&epoch, &waits, &heads)
	if err != nil {
		return "", read(err)
	}
	if heads != now.heads { // the tables were restored under open connections
		return "", errElsewhere
	}
	s.waits.note(now, waits)
	return string(epoch), nil
}

// waits knows since when commits have waited for a standby, as far as Epoch saw. Once a commit that began after that is confirmed,
// the standby has every acknowledged commit, older ones too.
type waits struct {
	mu    sync.Mutex
	of    *history  // that began is about
	began time.Time // when commits were first seen to wait; zero: they do not, or it is not known
}

// begin starts anew for a history of which this is not known yet.
func (w *waits) begin(of *history) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of, w.began = of, time.Time{}
}

// note stores whether commits wait, as asked while of was served. It drops the answer if another history is served by now.
func (w *waits) note(of *history, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if of != w.of {
		return
	}
	if !on {
		w.began = time.Time{}
	} else if w.began.IsZero() {
		w.began = time.Now()
	}
}

// since reports whether commits have waited for a standby since before proven.
func (w *waits) since(proven time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.began.IsZero() && proven.After(w.began)
}

// complainEvery bounds how often the log says that a server is refused.
const complainEvery = time.Minute

func (s *Store) complain(err error, was, now line) {
	if time.Since(s.complained) >= complainEvery {
		s.complained = time.Now()
		s.log.Error("database refused", "err", err, "was", was.String(), "now", now.String())
	}
}

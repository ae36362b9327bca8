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

// history is what the store serves: the line it found at last, and how often that was another one. Both change together.
type history struct {
	line
	rewinds int64
}

// lineSetting keeps the line at which the epoch was last judged.
const lineSetting = "log.timeline"

// Rewinds counts how often another line was found.
func (s *Store) Rewinds() int64 {
	if now := s.history.Load(); now != nil {
		return now.rewinds
	}
	return 0
}

// begin takes the line that is there. If the database was another one when it was last used, the epoch is renewed: nobody
// here knows what that one had.
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

// greet looks at where a new connection for commits leads. If the database is another one, or the server another than before, it
// may lack ops that were acknowledged (N12): then all that was read before counts no more, and the epoch is renewed (L9).
func (s *Store) greet(ctx context.Context, conn *pgx.Conn, proven time.Time) error {
	var now line
	err := soon(ctx, s.committer.answer, func(ctx context.Context) (err error) {
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
	s.waits.begin(next) // before any look can see it
	s.history.Store(next)
	s.pool.Reset()
	s.log.Warn("the database is another one than before: what is open is compared with it", "was", was.line.String(), "now", now.String(),
		"complete", complete, "new_epoch", renewed)
	return nil
}

// adopt notes that the database has line now where it had was. Of several nodes the one that comes first renews the epoch, if
// that is to be.
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

// move has the committer connect anew, at most one at a time and once in moveEvery: where the pool and it reach different servers
// for long, commits should go on.
type move struct {
	mu   sync.Mutex
	last time.Time
	all  sync.WaitGroup
}

const moveEvery = time.Second

func (m *move) soon(c *committer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.last) < moveEvery || c.ctx.Err() != nil {
		return
	}
	m.last = time.Now()
	m.all.Go(func() { // ends within moveEvery, or with the committer
		ctx, stop := context.WithTimeout(c.ctx, moveEvery)
		defer stop()
		c.renew(ctx) // whoever wants to commit is told why it failed
	})
}

// Epoch names this history of the log. It looks whether the pool still reaches the database that commits go to, and its tables
// are those of before; if not it has the committer follow.
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
	now := s.history.Load() // before: what is read may be of it, or of a later one
	err := s.pool.QueryRow(ctx, `SELECT value, current_setting('synchronous_standby_names') <> '', coalesce(to_regclass('heads')::oid::bigint, 0)
		FROM settings WHERE key = $1`, epochKey).Scan(&epoch, &waits, &heads)
	if err != nil {
		return "", read(err)
	}
	if heads != now.heads { // the tables were restored, and the connections stand
		return "", errElsewhere
	}
	s.waits.note(now, waits)
	return string(epoch), nil
}

// waits knows since when commits wait for a standby, as far as was looked: after the first that was confirmed since then, all that
// is acknowledged is there too, whenever it was.
type waits struct {
	mu    sync.Mutex
	of    *history  // served
	began time.Time // zero: they do not
}

// begin is for a server of which this is not known yet.
func (w *waits) begin(of *history) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of, w.began = of, time.Time{}
}

// note takes what a look found that was begun while a history was served: the answer of a server that was left is not for the next.
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

// since reports whether commits have waited since before the given one was begun.
func (w *waits) since(proven time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.began.IsZero() && proven.After(w.began)
}

// mostComplain is how often the log says that a server is refused.
const mostComplain = time.Minute

func (s *Store) complain(err error, was, now line) {
	if time.Since(s.complained) >= mostComplain {
		s.complained = time.Now()
		s.log.Error("database refused", "err", err, "was", was.String(), "now", now.String())
	}
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// committer owns the connection that commits. Whoever holds the slot uses it.
type committer struct {
	config  *pgx.ConnConfig
	slot    chan struct{} // holds the one that commits
	conn    *pgx.Conn     // nil until it is needed, and after it broke
	opening *opening      // of the next conn; nil: none is under way
	used    time.Time     // when conn last answered
	proven  time.Time     // when the newest commit that conn has confirmed was begun
	breaks  *breaks       // the pool's too
	greet   greeter
	answer  time.Duration // see soon
	ctx     context.Context
	stop    context.CancelFunc // ends an opening

	columns columns // of whoever holds the slot
}

// idleCheck is after how long without use a connection is asked whether it still stands: else the first commit after a
// restart of the database would end with an unknown outcome.
const idleCheck = time.Second

// greeter looks at the server that a new connection leads to. proven is when the newest commit that was confirmed was begun.
type greeter func(ctx context.Context, conn *pgx.Conn, proven time.Time) error

func newCommitter(config *pgx.ConnConfig, greet greeter, answer time.Duration) *committer {
	own := config.Copy()
	c := &committer{config: own, slot: make(chan struct{}, 1), breaks: newBreaks(), greet: greet, answer: answer}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// take waits for the slot and gives a connection that stood a moment ago. Its errors are ErrUnavailable.
func (c *committer) take(ctx context.Context) (*pgx.Conn, error) {
	if err := begun(ctx); err != nil {
		return nil, err
	}
	select {
	case c.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, ctx.Err())
	}
	if err := c.stand(ctx); err != nil {
		c.release()
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return c.conn, nil
}

// stand makes sure that there is a connection, and that it stood a moment ago.
func (c *committer) stand(ctx context.Context) error {
	if c.conn != nil && time.Since(c.used) > idleCheck && c.conn.Ping(ctx) != nil {
		c.drop()
	}
	if c.conn != nil && !c.conn.IsClosed() {
		return nil
	}
	if c.opening == nil {
		c.opening = c.open()
	}
	select {
	case <-c.opening.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	o := c.opening
	c.opening = nil
	if o.err == nil {
		c.conn, c.proven = o.conn, o.begun
	}
	return o.err
}

// opening is a connection on its way. It outlives the call that asked for it: its barrier may wait for a standby for long, and
// a new one for each call would leave a waiting backend behind each time, until the server takes no more.
type opening struct {
	done  chan struct{} // closed when the rest is there
	conn  *pgx.Conn
	begun time.Time // its barrier
	err   error
}

// openTime bounds an opening, should the server be cut off without a word: what it commits may wait for a standby for long. All
// else that a new connection asks is answered within answerTime, or the server is gone, and the next try may find another; until
// it stands, connectTimeout holds for each server of the address.
const (
	openTime   = 10 * time.Minute
	answerTime = 10 * time.Second
)

// soon runs f with a context that ends after answerTime.
func soon(ctx context.Context, within time.Duration, f func(context.Context) error) error {
	ctx, stop := context.WithTimeoutCause(ctx, within, errSilent)
	defer stop()
	err := f(ctx)
	if err != nil && context.Cause(ctx) == errSilent {
		err = fmt.Errorf("%w: %w", errSilent, err)
	}
	return err
}

var errSilent = errors.New("the server takes connections and does not answer")

func (c *committer) open() *opening {
	o := &opening{done: make(chan struct{})}
	proven := c.proven
	go func() { // ends with c.ctx at the latest; close waits for it
		defer close(o.done)
		ctx, stop := context.WithTimeout(c.ctx, openTime)
		defer stop()
		o.conn, o.begun, o.err = c.connect(ctx, proven)
	}()
	return o
}

// connect returns a connection to the right server (N12) that has its statement and has committed a barrier: what it finds was left
// behind by one that broke, perhaps in the middle of a commit (L10).
func (c *committer) connect(ctx context.Context, proven time.Time) (*pgx.Conn, time.Time, error) {
	conn, err := pgx.ConnectConfig(ctx, uncancelled(c.config))
	if err != nil {
		return nil, time.Time{}, err
	}
	err = soon(ctx, c.answer, func(ctx context.Context) error { return set(ctx, conn, sessionOfCommitter()...) })
	if err == nil {
		err = c.greet(ctx, conn, proven)
	}
	if err == nil {
		err = soon(ctx, c.answer, func(ctx context.Context) error {
			_, err := conn.Prepare(ctx, appendName, appendSQL)
			return err
		})
	}
	begun := time.Now()
	if err == nil {
		err = barrier(ctx, conn)
	}
	if err != nil {
		conn.Close(ctx) // of no use without them
		return nil, begun, err
	}
	return conn, begun, nil
}

// renew gives up the connection and makes another.
func (c *committer) renew(ctx context.Context) error {
	if err := begun(ctx); err != nil {
		return err
	}
	select {
	case c.slot <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, ctx.Err())
	}
	defer c.release()
	if c.conn != nil {
		c.drop()
	}
	if err := c.stand(ctx); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return nil
}

// release gives the slot back, without a connection that broke.
func (c *committer) release() {
	if c.conn != nil && c.conn.IsClosed() {
		c.conn = nil
		c.breaks.note()
	}
	c.used = time.Now()
	<-c.slot
}

// drop closes the connection.
func (c *committer) drop() {
	c.breaks.note()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.conn.Close(ctx) // it is broken already, or about to be
	c.conn = nil
}

// close waits for the slot and keeps it.
func (c *committer) close() {
	c.slot <- struct{}{}
	c.stop() // and a renewal that waits for the slot
	if c.opening != nil {
		<-c.opening.done
		c.conn = c.opening.conn
	}
	if c.conn != nil {
		c.drop()
	}
}

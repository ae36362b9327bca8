package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// committer owns the connection that commits. Only the holder of the slot uses it.
type committer struct {
	config  *pgx.ConnConfig
	slot    chan struct{} // capacity 1: full while somebody commits
	conn    *pgx.Conn     // nil until it is needed, and after it broke
	opening *opening      // of the next conn; nil: none has begun
	used    time.Time     // when conn last answered
	proven  time.Time     // when the newest commit that conn has confirmed was begun
	breaks  *breaks       // the pool's too
	greet   greeter
	answer  time.Duration // see answerTime
	ctx     context.Context
	stop    context.CancelFunc // ends an opening

	columns columns // used by the holder of the slot
}

// idleCheck is how long a connection may be idle before it is pinged before use: otherwise the first commit after a restart of the
// database would end with an unknown outcome.
const idleCheck = time.Second

// greeter checks the server that a new connection leads to. proven is when the newest confirmed commit was begun.
type greeter func(ctx context.Context, conn *pgx.Conn, proven time.Time) error

func newCommitter(config *pgx.ConnConfig, greet greeter, answer time.Duration) *committer {
	own := config.Copy()
	c := &committer{config: own, slot: make(chan struct{}, 1), breaks: newBreaks(), greet: greet, answer: answer}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// take waits for the slot and returns a connection that worked within idleCheck. Its errors are ErrUnavailable.
func (c *committer) take(ctx context.Context) (*pgx.Conn, error) {
	if err := notDone(ctx); err != nil {
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

// stand makes sure that there is a connection, and that it worked within idleCheck.
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

// opening is a connection being opened. It outlives the call that asked for it: its barrier may wait long for a standby, and if each
// call opened another, each would leave a waiting backend behind, until the server takes no more.
type opening struct {
	done  chan struct{} // closed when the fields below are set
	conn  *pgx.Conn
	begun time.Time // when its barrier was begun
	err   error
}

// openTime bounds a whole opening, in case the network drops without notice: its barrier may wait long for a standby. Every other
// question of a new connection is answered within answerTime, or the server counts as gone and the next try may find another.
// connectTimeout bounds connecting to each server of the address.
const (
	openTime   = 10 * time.Minute
	answerTime = 10 * time.Second
)

// within runs f with a context that ends after limit; f's error then wraps errSilent.
func within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, stop := context.WithTimeoutCause(ctx, limit, errSilent)
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

// connect returns a connection to the right server (N12) with appendSQL prepared, after it committed a barrier: the connection before
// it may have broken in the middle of a commit, which is visible and not yet safe (L10).
func (c *committer) connect(ctx context.Context, proven time.Time) (*pgx.Conn, time.Time, error) {
	conn, err := pgx.ConnectConfig(ctx, uncancelled(c.config))
	if err != nil {
		return nil, time.Time{}, err
	}
	err = within(ctx, c.answer, func(ctx context.Context) error { return set(ctx, conn, sessionOfCommitter()...) })
	if err == nil {
		err = c.greet(ctx, conn, proven)
	}
	if err == nil {
		err = within(ctx, c.answer, func(ctx context.Context) error {
			_, err := conn.Prepare(ctx, appendName, appendSQL)
			return err
		})
	}
	begun := time.Now()
	if err == nil {
		err = barrier(ctx, conn)
	}
	if err != nil {
		conn.Close(ctx)
		return nil, begun, err
	}
	return conn, begun, nil
}

// renew closes the connection and opens another. Its errors are ErrUnavailable.
func (c *committer) renew(ctx context.Context) error {
	if err := notDone(ctx); err != nil {
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

// release frees the slot, and forgets a connection that broke.
func (c *committer) release() {
	if c.conn != nil && c.conn.IsClosed() {
		c.conn = nil
		c.breaks.note()
	}
	c.used = time.Now()
	<-c.slot
}

// drop closes the connection, which must not be nil.
func (c *committer) drop() {
	c.breaks.note()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.conn.Close(ctx) // it is broken already, or about to be
	c.conn = nil
}

// close waits for the slot, keeps it, and closes the connection.
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

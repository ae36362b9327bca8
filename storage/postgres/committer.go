package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// committer owns the connection that commits. Whoever holds the slot uses it.
type committer struct {
	config *pgx.ConnConfig
	slot   chan struct{} // holds the one that commits
	conn   *pgx.Conn     // nil until it is needed, and after it broke
	used   time.Time     // when conn last answered
	breaks *breaks       // the pool's too

	columns columns // of whoever holds the slot
}

// idleCheck is after how long without use a connection is asked whether it still stands: else the first commit after a
// restart of the database would end with an unknown outcome.
const idleCheck = time.Second

func newCommitter(config *pgx.ConnConfig) *committer {
	own := config.Copy()
	own.RuntimeParams["plan_cache_mode"] = "force_generic_plan" // see doc.go: plans
	return &committer{config: own, slot: make(chan struct{}, 1), breaks: newBreaks()}
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
	if c.conn != nil && time.Since(c.used) > idleCheck && c.conn.Ping(ctx) != nil {
		c.drop()
	}
	if c.conn == nil || c.conn.IsClosed() {
		if err := c.connect(ctx); err != nil {
			c.release()
			return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
		}
	}
	return c.conn, nil
}

func (c *committer) connect(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return err
	}
	if _, err := conn.Prepare(ctx, appendName, appendSQL); err != nil {
		conn.Close(ctx) // of no use without its statement
		return err
	}
	c.conn = conn
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
	if c.conn != nil {
		c.drop()
	}
}

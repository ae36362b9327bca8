package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A server with a synchronous standby commits in two steps: it writes the commit to its log, and then waits until the standby has
// it too. Whatever ends that wait early makes a commit visible that a failover will lose (L10). A cancel does, and pgx sends one
// for every connection it gives up; so does a crash.

// uncancelled returns a config for one connection that is never cancelled: pgx dials to cancel, and once it is open all dials fail.
func uncancelled(config *pgx.ConnConfig) *pgx.ConnConfig {
	own := config.Copy()
	var stands atomic.Bool
	dial := own.DialFunc
	own.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if stands.Load() {
			return nil, errUncancelled
		}
		return dial(ctx, network, address)
	}
	own.AfterConnect = func(context.Context, *pgconn.PgConn) error {
		stands.Store(true)
		return nil
	}
	return own
}

var errUncancelled = errors.New("commits are not cancelled")

// errCutShort means that the outcome is unknown, although the server confirmed the commit (L2).
var errCutShort = errors.New("the server was told not to wait for its standby any longer")

// cutShort is the key in a connection's CustomData of a notice that its wait was ended.
const cutShort = "quire: wait cut short"

// heed stores the server's warning that it ended a wait, on somebody's request or because it stops. cutOff takes it.
func heed(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized != "WARNING" && n.Severity != "WARNING" {
		return
	}
	switch n.Code {
	case "01000", "57014", "57P01": // warning (without a code of its own), query_canceled, admin_shutdown
		conn.CustomData()[cutShort] = n.Message
	}
}

// cutOff returns errCutShort if conn got such a warning since the last call.
func cutOff(conn *pgx.Conn) error {
	data := conn.PgConn().CustomData()
	message, warned := data[cutShort]
	if !warned {
		return nil
	}
	delete(data, cutShort)
	return fmt.Errorf("%w: %v", errCutShort, message)
}

// barrier commits a record that changes nothing: once that is safe, so is all that was written before it. Even a read-only
// connection could write that record, so barrier also asks whether the connection is one (L11).
func barrier(ctx context.Context, conn *pgx.Conn) error {
	var readOnly bool
	var written string
	err := conn.QueryRow(ctx, `SELECT current_setting('transaction_read_only')::bool,
		pg_logical_emit_message(true, 'quire', 'barrier')::text`).Scan(&readOnly, &written)
	if err == nil && readOnly {
		err = errReadOnly
	}
	return errors.Join(err, cutOff(conn))
}

// Barrier commits a record after all that could be read before the call. A commit that began since then serves as well.
func (s *Store) Barrier(ctx context.Context) error {
	asked := time.Now()
	conn, err := s.committer.take(ctx)
	if err != nil {
		return fmt.Errorf("postgres: barrier: %w", err)
	}
	defer s.committer.release()
	if s.committer.proven.After(asked) {
		return nil
	}
	begun := time.Now()
	if err := barrier(ctx, conn); err != nil {
		if strands(err) {
			s.committer.drop()
		}
		return fmt.Errorf("postgres: barrier: %w", written(err))
	}
	s.committer.proven = begun
	return nil
}

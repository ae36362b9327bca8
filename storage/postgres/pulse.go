package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// A connection may be open and answer, yet never write again (L11): opened while its server was a standby or read-only, it may stay
// read-only for ever. So an error that says this closes the connection, and makes the pool renew the others.

// strands reports whether the server's error says that this connection is of no more use.
func strands(err error) bool {
	switch c := code(err); c {
	case "25006", "57P01", "57P02", "57P03": // read_only_sql_transaction, admin_shutdown, crash_shutdown, cannot_connect_now
		return true
	default:
		return errors.Is(err, errReadOnly) || len(c) == 5 && c[:2] == "08" // connection_exception
	}
}

// stranded is the key in a pool connection's CustomData that marks it as of no more use.
const stranded = "quire: stranded"

func strand(conn *pgx.Conn) { conn.PgConn().CustomData()[stranded] = true }

func isStranded(conn *pgx.Conn) bool {
	_, is := conn.PgConn().CustomData()[stranded]
	return is
}

var errReadOnly = errors.New("a connection is read-only")

// beat tells the pulse how a write went.
func (s *Store) beat(err error) {
	if err == nil || storage.WriteFailed(err) {
		s.pulse.Beat(err, rolledBack(err) && serverWide(err))
	}
}

// Ping reads one value and whether the connection is read-only. If it is, or if the newest write failed, Ping must commit a barrier.
func (s *Store) Ping(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("postgres: ping: %w", notStored(err))
	}
	defer conn.Release()
	var readOnly bool
	err = conn.QueryRow(ctx, `SELECT current_setting('transaction_read_only')::bool FROM settings WHERE key = $1`, epochKey).Scan(&readOnly)
	if err != nil {
		return fmt.Errorf("postgres: ping: %w", read(err))
	}
	if readOnly { // the server, or only this connection
		strand(conn.Conn())
		s.beat(errReadOnly)
	}
	return s.pulse.Check(func() error { return s.Barrier(ctx) })
}

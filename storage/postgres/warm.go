package postgres

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// warmConns is how many of the pool's connections stand, ready, before anybody asks, unless the URL says pool_min_conns.
const warmConns = 4

// statement is one with arguments that find nothing.
type statement struct {
	sql  string
	args []any
}

// openings are the statements between a request for a document that nobody has open and its text.
func openings() []statement {
	nobody := id("")
	return []statement{
		{documentSQL, []any{nobody}},
		{heldRolesSQL(`$1`, `$2`), []any{nobody, nobody}},
		{stateSQL, []any{nobody}},
		{snapshotSQL, []any{nobody, int64(0)}},
		{tailSQL, []any{nobody, int64(0), int64(0), int64(math.MaxInt64)}},
	}
}

// untilKept is how often Postgres plans a statement for its arguments before it considers one plan for all, and keeps it.
const untilKept = 6

// warm runs each on a connection that was just made, as often as it takes until its plan is kept. A backend that sees a statement
// for the first time parses it, plans it and reads what it must know of its tables, which takes more than ten times what it takes
// from then on, and planning alone takes more than running it: whoever comes first after a start would wait for that, just when
// everybody comes back.
func warm(ctx context.Context, conn *pgx.Conn) error {
	again := &pgx.Batch{}
	again.Queue(beginReadSQL) // of the statements below: alone, they would not be kept ready; and only here is nothing before it
	again.Queue(endReadSQL)
	for _, s := range openings() {
		for range untilKept - 1 {
			again.Queue(s.sql, s.args...)
		}
		_, err := conn.Exec(ctx, s.sql, s.args...)
		if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
			return nil // not migrated, or about to stop: whoever uses the connection is told
		}
		if err != nil {
			return err
		}
	}
	return conn.SendBatch(ctx, again).Close()
}

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
		{waysSQL(`$1`, `$2`), []any{nobody, nobody}},
		{stateSQL, []any{nobody}},
		{snapshotSQL, []any{nobody, int64(0)}},
		{tailSQL, []any{nobody, int64(0), int64(0), int64(math.MaxInt64)}},
	}
}

// warm runs each once on a connection that was just made. A backend that sees a statement for the first time parses it, plans it
// and reads what it must know of its tables, which takes more than ten times what it takes from then on: whoever comes first
// after a start would wait for that, just when everybody comes back.
func warm(ctx context.Context, conn *pgx.Conn) error {
	for _, s := range openings() {
		_, err := conn.Exec(ctx, s.sql, s.args...)
		if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
			return nil // not migrated, or about to stop: whoever uses the connection is told
		}
		if err != nil {
			return err
		}
	}
	around := &pgx.Batch{} // of the statements above: alone, they would not be kept ready
	around.Queue(beginReadSQL)
	around.Queue(endReadSQL)
	return conn.SendBatch(ctx, around).Close()
}

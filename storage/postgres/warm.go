package postgres

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// warmConns is how many connections the pool opens before anybody needs one, unless the URL says pool_min_conns.
const warmConns = 4

// statement is a query, with arguments that find nothing.
type statement struct {
	sql  string
	args []any
}

// documentStatements returns the statements that run when somebody opens a document that nobody has open.
func documentStatements() []statement {
	nobody := id("")
	return []statement{
		{documentSQL, []any{nobody}},
		{heldRolesSQL(`$1`, `$2`), []any{nobody, nobody}},
		{stateSQL, []any{nobody}},
		{snapshotSQL, []any{nobody, int64(0)}},
		{tailSQL, []any{nobody, int64(0), int64(0), int64(math.MaxInt64)}},
	}
}

// untilKept is how often a prepared statement must run until Postgres keeps a generic plan: it plans the first five for their
// arguments.
const untilKept = 6

// warm runs these statements on a new connection until their plans are kept. The first time, a backend parses and plans a statement
// and reads the catalogs, which takes more than ten times what it takes later, and planning alone takes more than running it:
// otherwise the first users after a restart would wait for that, just when everybody comes back.
func warm(ctx context.Context, conn *pgx.Conn) error {
	again := &pgx.Batch{}
	again.Queue(beginReadSQL) // first, because nothing may precede it in a transaction; in the batch, so that it is prepared too
	again.Queue(endReadSQL)
	for _, s := range documentStatements() {
		for range untilKept - 1 {
			again.Queue(s.sql, s.args...)
		}
		_, err := conn.Exec(ctx, s.sql, s.args...)
		if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
			return nil // not migrated, or about to stop: whoever uses the connection gets that error
		}
		if err != nil {
			return err
		}
	}
	return conn.SendBatch(ctx, again).Close()
}

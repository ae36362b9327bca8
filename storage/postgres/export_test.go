package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// ExecForTest runs a statement beside the store's own.
func (s *Store) ExecForTest(query string, args ...any) (int64, error) {
	tag, err := s.pool.Exec(context.Background(), query, args...)
	return tag.RowsAffected(), err
}

// QueryForTest reads one row.
func (s *Store) QueryForTest(fields []any, query string, args ...any) error {
	return s.pool.QueryRow(context.Background(), query, args...).Scan(fields...)
}

// HoldPoolForTest takes a connection out of the pool until give is called.
func (s *Store) HoldPoolForTest(ctx context.Context) (give func(), err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return conn.Release, nil
}

// LockHeadForTest keeps a document's head row from everyone until release is called; more locks another document's too,
// in the same transaction, which will not be the one to give way in a deadlock.
func (s *Store) LockHeadForTest(ctx context.Context, doc string) (more func(doc string) error, release func(), err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	more = func(doc string) error {
		_, err := tx.Exec(ctx, `SELECT FROM heads WHERE document_id = $1 FOR UPDATE`, doc)
		return err
	}
	if _, err = tx.Exec(ctx, `SET LOCAL deadlock_timeout = '1min'`); err == nil {
		err = more(doc)
	}
	return more, func() { tx.Rollback(context.Background()) }, err
}

// ExplainAppendForTest appends a row of one op that decodes to nothing, and gives how the server went about it.
func (s *Store) ExplainAppendForTest(ctx context.Context, doc string, base int64) (plan string, err error) {
	conn, err := s.committer.take(ctx)
	if err != nil {
		return "", err
	}
	defer s.committer.release()
	return explain(ctx, conn, fmt.Sprintf(`%s (ARRAY['%s'], ARRAY[%d::bigint], ARRAY[1], ARRAY['\x00'::bytea], ARRAY[1::bigint], ARRAY[1::bigint], ARRAY['ann'])`, appendName, doc, base))
}

// AppendPlansForTest tells how often the committing connection has planned its statement anew, and how often it went by the plan
// that it keeps.
func (s *Store) AppendPlansForTest(ctx context.Context) (anew, kept int, err error) {
	conn, err := s.committer.take(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer s.committer.release()
	err = conn.QueryRow(ctx, `SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name = $1`, appendName).Scan(&anew, &kept)
	return anew, kept, err
}

// ReadsForTest are the statements that read the log, with arguments after ($1 document, …).
var ReadsForTest = map[string]string{
	"chunk": chunkSQL, "tail": tailSQL, "snapshot": `SELECT FROM (` + snapshotSQL + `) s WHERE $3::bigint + $4::bigint <> 1`,
	"head":     `SELECT ` + tables.HeadColumns + ` FROM heads h WHERE document_id = $1 AND $2::bigint + $3::bigint + $4::bigint <> 1`,
	"document": `SELECT ` + tables.DocumentColumns + ` FROM documents d JOIN heads h USING (document_id) WHERE document_id = $1 AND $2::bigint + $3::bigint + $4::bigint <> 1`,
}

// AccessForTest are the statements that look for what somebody may do, and where an administrator looks, with their
// arguments' types.
func AccessForTest() map[string][2]string {
	byPerson, _ := auditSQL(storage.AuditQuery{Person: "u7", Before: 1, Limit: 1})
	byDocument, _ := auditSQL(storage.AuditQuery{Document: "d7", Limit: 1})
	byAction, _ := auditSQL(storage.AuditQuery{Action: "grant.set", Limit: 1})
	return map[string][2]string{
		"held roles": {heldRolesSQL(`$1`, `$2`), `text, text`}, "list documents": {listSQL(inScope(storage.ScopeAll)), `text, text, bigint, text, bigint, bigint`},
		"list within": {withinSQL(trashScope[storage.ScopeAll]), `text[], text, bigint, text, bigint, text[], bigint`},
		"token":       {tokenSQL, `bytea, bigint`}, "sign-in": {signInSQL, `bytea, bigint`}, "code": {`SELECT 1` + codeSQL, `bytea, text, bigint`},
		"invitations to": {`SELECT ` + tables.InvitationColumns + ` FROM invitations WHERE email_folded = $1 AND expires_at > $2`, `text, bigint`},
		"people":         {peopleSQL, `text, text, boolean, text, bigint`},
		"audit, person":  {byPerson, `bigint, text, bigint, text, text, bigint`}, "audit, document": {byDocument, `bigint, text`}, "audit, action": {byAction, `bigint, text`},
	}
}

// PrepareForTest prepares query on a connection of the pool, whose plan is made now and kept, and returns what explains it
// later, with other arguments too.
func (s *Store) PrepareForTest(ctx context.Context, query, types, args string) (explainLater func(args string) (string, error), give func(), err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, statement := range []string{`SET plan_cache_mode = force_generic_plan`, `PREPARE kept (` + types + `) AS ` + query, `EXECUTE kept ` + args} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			conn.Release()
			return nil, nil, err
		}
	}
	return func(args string) (string, error) { return explain(ctx, conn.Conn(), "kept "+args) }, conn.Release, nil
}

// ExplainForTest plans query for these very arguments, by what the server knows of the tables, and returns how it went.
func (s *Store) ExplainForTest(ctx context.Context, query, types, args string) (plan string, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Release()
	for _, statement := range []string{`SET plan_cache_mode = force_custom_plan`, `PREPARE fresh (` + types + `) AS ` + query} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	if plan, err = explain(ctx, conn.Conn(), "fresh "+args); err == nil {
		_, err = conn.Exec(ctx, `DEALLOCATE fresh; RESET plan_cache_mode`)
	}
	return plan, err
}

func explain(ctx context.Context, conn *pgx.Conn, execute string) (string, error) {
	rows, err := conn.Query(ctx, `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) EXECUTE `+execute)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

// CommitHalfwayForTest does what a commit of another node does, up to its end, which is when finish is called.
func (s *Store) CommitHalfwayForTest(ctx context.Context, doc string, row []byte) (finish func() error, err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `UPDATE heads SET revision = 1 WHERE document_id = $1 AND revision = 0`, doc); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ops VALUES ($1, 0, 1, $2)`, doc, row)
	return func() error { return tx.Commit(ctx) }, err
}

// HoldForTest holds a document, or a group, as another node does that changes who may do what, until finish is called.
// give grants a role on that document meanwhile.
func (s *Store) HoldForTest(ctx context.Context, doc storage.DocumentID, group string) (give func(storage.Grant) error, finish func() error, err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	give = func(g storage.Grant) error {
		_, _, err := setGrant(ctx, tx, g, storage.AnyRole)
		return err
	}
	if group != "" {
		err = holdGroup(ctx, tx, group)
	} else {
		err = hold(ctx, tx, doc)
	}
	return give, func() error { return tx.Commit(ctx) }, err
}

// DeleteHalfwayForTest deletes a person as another node does, up to the end, which is when finish is called.
func (s *Store) DeleteHalfwayForTest(ctx context.Context, user storage.UserID) (finish func() error, err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return func() error { return tx.Commit(ctx) }, deleteUser(ctx, &writing{Tx: tx}, user, time.UnixMilli(9))
}

// UnreadyForTest returns those of the statements for opening a document of which a connection of the pool keeps no plan.
func (s *Store) UnreadyForTest(ctx context.Context) (unready []string, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, `SELECT statement FROM pg_prepared_statements WHERE generic_plans > 0`)
	if err != nil {
		return nil, err
	}
	ready, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, s := range documentStatements() {
		if !slices.Contains(ready, s.sql) {
			unready = append(unready, s.sql)
		}
	}
	return unready, err
}

// StatementsForTest returns how many statements the pool's one connection knows.
func (s *Store) StatementsForTest(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM pg_prepared_statements`).Scan(&n)
	return n, err
}

// StandForTest has n connections stand idle in the pool, and returns their backends.
func (s *Store) StandForTest(ctx context.Context, n int) (pids []int32, err error) {
	for range n {
		conn, err := s.pool.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		defer conn.Release()
		pids = append(pids, int32(conn.Conn().PgConn().PID()))
	}
	return pids, nil
}

// CommitterForTest returns the backend of the connection that commits, which counts as just used.
func (s *Store) CommitterForTest(ctx context.Context) (pid int32, err error) {
	conn, err := s.committer.take(ctx)
	if err != nil {
		return 0, err
	}
	defer s.committer.release()
	return int32(conn.PgConn().PID()), nil
}

// AskCommitterForTest reads one value on the connection that commits.
func (s *Store) AskCommitterForTest(ctx context.Context, field any, query string) error {
	conn, err := s.committer.take(ctx)
	if err != nil {
		return err
	}
	defer s.committer.release()
	return conn.QueryRow(ctx, query).Scan(field)
}

// CommitterPIDForTest is the server's process that commits.
func (s *Store) CommitterPIDForTest(ctx context.Context) (uint32, error) {
	conn, err := s.committer.take(ctx)
	if err != nil {
		return 0, err
	}
	defer s.committer.release()
	return conn.PgConn().PID(), nil
}

// What is asked about events, and what thins them out.
const (
	EventsForTest       = eventsSQL
	DeleteEventsForTest = deleteEventsSQL
)

// LockEventsForTest keeps everybody who tells something from committing until release is called.
func (s *Store) LockEventsForTest(ctx context.Context) (release func(), err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `SELECT FROM events_head FOR UPDATE`)
	return func() { tx.Rollback(context.Background()) }, err
}

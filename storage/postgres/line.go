package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// line identifies the history that a database holds (N12). A database of another line may lack the newest writes of this one.
type line struct {
	system   int64  // the cluster's identifier; 0: our role may not ask
	timeline string // 8 hex digits; a standby that takes over begins a new one; "": our role may not ask
	database int64  // the database's oid; a restored dump has others, of this and of heads
	heads    int64  // the oid of the table heads; 0: the restoring of a dump is not finished, or empty
	empty    bool   // none of our tables exists
}

func (l line) String() string {
	return fmt.Sprintf("%d/%s/%d/%d", l.system, l.timeline, l.database, l.heads)
}

// Restoring a dump makes the primary keys after all rows, one table after the other by name: that of heads long before those of a
// large log and of the settings. So heads counts only when the others have theirs too.
const (
	lineSQL = `SELECT pg_is_in_recovery(),
		(SELECT system_identifier FROM pg_control_system()),
		CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END,` + oidsSQL
	mutedLineSQL = `SELECT pg_is_in_recovery(), 0::bigint, '',` + oidsSQL // where those functions are not for everybody
	oidsSQL      = `
		(SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
		coalesce((SELECT indrelid::bigint FROM pg_index WHERE indrelid = to_regclass('heads') AND indisprimary AND 3 = (
			SELECT count(*) FROM pg_index
			WHERE indisprimary AND indrelid IN (to_regclass('ops'), to_regclass('settings'), to_regclass('users')))), 0),
		coalesce(to_regclass('heads'), to_regclass('ops'), to_regclass('settings'), to_regclass('users')) IS NULL`
)

// errStandby means that the server is a standby of another one.
var errStandby = fmt.Errorf("%w: the server is a standby", errReadOnly)

// lineOf asks for the line of the database that a connection leads to. It returns errStandby for a standby.
func lineOf(ctx context.Context, conn *pgx.Conn) (l line, err error) {
	var standby bool
	ask := func(query string) error {
		return conn.QueryRow(ctx, query, pgx.QueryExecModeExec).Scan(&standby, &l.system, &l.timeline, &l.database, &l.heads, &l.empty)
	}
	err = ask(lineSQL)
	switch code(err) {
	case "42501", "42883", "0A000": // insufficient_privilege, undefined_function, feature_not_supported
		l = line{}
		err = ask(mutedLineSQL)
	}
	if err == nil && standby {
		err = errStandby
	}
	return l, err
}

// lineKey is the key in a pool connection's CustomData of its line.
const lineKey = "quire: line"

// introduce prepares a new connection of the pool. It is bounded in time: the pool waits for it even when no caller does any more.
func (s *Store) introduce(ctx context.Context, conn *pgx.Conn) error {
	return within(ctx, s.committer.answer, func(ctx context.Context) error { return introduce(ctx, conn) })
}

func introduce(ctx context.Context, conn *pgx.Conn) error {
	if err := set(ctx, conn, session...); err != nil {
		return err
	}
	l, err := lineOf(ctx, conn)
	if err != nil {
		return err
	}
	conn.PgConn().CustomData()[lineKey] = l
	return warm(ctx, conn)
}

var (
	errElsewhere = errors.New("the connection leads to another history of the database")
	errEmpty     = errors.New("the database that DATABASE_URL leads to is empty, which it was not before: nothing is written there; " +
		"restore a dump into it, or, if it is to begin anew, restart Quire")
	errUnfinished = errors.New("the database is not whole: it is being restored")
	errForeign    = errors.New("DATABASE_URL leads to another database server than before: nothing is written there; " +
		"if that is meant, restart Quire")
	errFormer = errors.New("DATABASE_URL leads to a former primary, over which another server took over: nothing is written there; " +
		"stop it, or name the other in DATABASE_URL")
)

// serves lets the pool hand out connections of the committer's line only. At another line the committer reconnects to see for itself.
func (s *Store) serves(_ context.Context, conn *pgx.Conn) (bool, error) {
	now := s.history.Load()
	if now == nil || conn.PgConn().CustomData()[lineKey] == now.line {
		return true, nil
	}
	found, _ := conn.PgConn().CustomData()[lineKey].(line)
	err := found.follows(now.line)
	if !errors.Is(err, errFormer) {
		s.move.start(s.committer) // not for a former primary, to which it would not move
	}
	return false, fmt.Errorf("%w: %w", storage.ErrUnavailable, cmp.Or(err, errElsewhere))
}

// follows returns why a database of line l must not replace one of line was, or nil.
func (l line) follows(was line) error {
	switch {
	case l.empty:
		return errEmpty
	case l.heads == 0:
		return errUnfinished
	case was.system != 0 && l.system != was.system:
		return errForeign
	case l.timeline < was.timeline:
		return errFormer
	}
	return nil
}

// promoted reports whether l is was after a standby took over: only the timeline differs. It is false if the cluster is unknown.
func (l line) promoted(was line) bool {
	l.timeline, was.timeline = "", ""
	return l == was && l.system != 0
}

package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// line is what a database says of the history it holds (N12). One of another line may lack the newest of what this one had.
type line struct {
	system   int64  // the cluster's identifier; 0: it does not tell
	timeline string // 8 hex digits; a standby that takes over begins a new one; "": it does not tell
	database int64  // its oid, and that of the table heads: a dump that was restored has others
	heads    int64  // 0: it is not whole yet
	empty    bool   // then: none of its tables is there
}

func (l line) String() string {
	return fmt.Sprintf("%d/%s/%d/%d", l.system, l.timeline, l.database, l.heads)
}

// A dump that is being restored has its primary keys when all its rows are there, and makes them one after the other, by the names
// of the tables: that of heads long before those of a large log and of the settings.
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

// errStandby: the server follows another one.
var errStandby = fmt.Errorf("%w: the server is a standby", errReadOnly)

// lineOf asks where a connection leads.
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

// lineKey is where a connection of the pool remembers its line.
const lineKey = "quire: line"

// introduce readies a connection of the pool, which has to happen soon: the pool waits for it even when nobody does any more.
func (s *Store) introduce(ctx context.Context, conn *pgx.Conn) error {
	return soon(ctx, s.committer.answer, func(ctx context.Context) error { return introduce(ctx, conn) })
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

// serves lets the pool give out connections of one line only, the committer's, which looks for itself when there is another.
func (s *Store) serves(_ context.Context, conn *pgx.Conn) (bool, error) {
	now := s.history.Load()
	if now == nil || conn.PgConn().CustomData()[lineKey] == now.line {
		return true, nil
	}
	found, _ := conn.PgConn().CustomData()[lineKey].(line)
	err := found.follows(now.line)
	if !errors.Is(err, errFormer) {
		s.move.soon(s.committer) // which does not leave its server for a former one
	}
	return false, fmt.Errorf("%w: %w", storage.ErrUnavailable, cmp.Or(err, errElsewhere))
}

// follows says why a database of line l may not take the place of one of line was, or nil.
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

// promoted reports whether l is what became of was when a standby took over.
func (l line) promoted(was line) bool {
	l.timeline, was.timeline = "", ""
	return l == was && l.system != 0
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// session is what every connection of ours sets, once it is open: poolers refuse settings in the startup message.
var session = [][2]string{
	{"synchronous_commit", "on"},       // L8
	{"client_min_messages", "warning"}, // L10: see heed
	{"enable_seqscan", "off"},          // see doc.go: plans
	{"enable_hashjoin", "off"},
	{"enable_mergejoin", "off"},
	{"jit", "off"},
}

// generic is what the committer's connection sets as well: see doc.go, plans.
var generic = [2]string{"plan_cache_mode", "force_generic_plan"}

// roomy makes the backend allocate 4 MiB once and free it: from then on glibc keeps up to twice that of free memory at the heap's end.
// Otherwise what a statement needs may exceed what glibc keeps, and then every commit takes memory from the kernel and returns it,
// which was a third of the database's work. Other allocators are not affected.
const roomy = `length(repeat(' ', 4194304))`

// set applies settings to a connection until it ends, and roomy.
func set(ctx context.Context, conn *pgx.Conn, settings ...[2]string) error {
	var query strings.Builder
	for i, s := range settings {
		fmt.Fprintf(&query, "%s set_config('%s', '%s', false)", [2]string{"SELECT", ","}[min(i, 1)], s[0], s[1])
	}
	fmt.Fprintf(&query, ", %s", roomy)
	_, err := conn.Exec(ctx, query.String(), pgx.QueryExecModeSimpleProtocol)
	return err
}

func sessionOfCommitter() [][2]string { return append(slices.Clone(session), generic) }

// ErrPooler means that a pooler shares the server's connections between ours.
var ErrPooler = errors.New("DATABASE_URL leads to a connection pooler in transaction or statement mode, as of PgBouncer, which keeps neither a " +
	"connection's settings nor its prepared statements; have it use session mode (pool_mode = session), or give the address of Postgres " +
	"itself: a server of Quire opens 11 connections, unless pool_max_conns says otherwise")

// poolerLooks is how often checkPooler looks whether a pooler shares connections: on a busy machine, other clients, or connections
// that the pooler just opens, may hide it several times.
const poolerLooks = 25

// checkPooler returns ErrPooler for a pooler that is not in session mode. A pooler is one whose process id differs from that of the
// backend that serves. Whether it keeps a backend for each client shows when one client is idle and another begins a transaction: a
// sharing pooler uses the backend that was used last, or else hands them out in turn.
func checkPooler(ctx context.Context, config *pgx.ConnConfig) error {
	one, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer one.Close(ctx)
	first, err := servedBy(ctx, one)
	if err != nil || first == one.PgConn().PID() {
		return err
	}
	two, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer two.Close(ctx)
	for range poolerLooks {
		if shared, err := shares(ctx, one, two, first); shared || err != nil {
			return errors.Join(ErrPooler, err)
		}
	}
	return nil
}

func servedBy(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return pid, err
}

// shares reports whether two connections do not keep a backend each. first is the process id that served one before.
func shares(ctx context.Context, one, two *pgx.Conn, first uint32) (bool, error) {
	before, err := servedBy(ctx, one)
	if err != nil || before != first {
		return true, err
	}
	tx, err := two.Begin(ctx)
	if err != nil {
		return true, err // statement mode has none
	}
	defer tx.Rollback(ctx)
	other, err := servedBy(ctx, two)
	if err != nil || other == first {
		return true, err
	}
	meanwhile, err := servedBy(ctx, one)
	return meanwhile != first, err
}

// CheckPooler returns ErrPooler if url leads to a pooler that Quire cannot work with. Call it before migrations, whose locks belong to
// their connection.
func (p *Primaries) CheckPooler(ctx context.Context, url string) error {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	p.inCharge(c)
	if err := checkPooler(ctx, c); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}

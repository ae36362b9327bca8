package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// What every connection of ours sets. It does so once it stands and not with its first message, which poolers do not let
// through.
var session = [][2]string{
	{"synchronous_commit", "on"},       // L8
	{"client_min_messages", "warning"}, // L10: see heed
	{"enable_seqscan", "off"},          // see doc.go: plans
	{"enable_hashjoin", "off"},
	{"enable_mergejoin", "off"},
	{"jit", "off"},
}

// generic is what the committer sets beside: see doc.go, plans.
var generic = [2]string{"plan_cache_mode", "force_generic_plan"}

// roomy has the backend take a large piece of memory once, and give it back: glibc keeps twice as much as that of what is free at the
// heap's end from then on. Else what one statement needs may lie across the end of what it keeps, and then every commit takes memory
// from the kernel and gives it back, which was a third of the database's work. Other allocators take no notice.
const roomy = `length(repeat(' ', 4194304))`

// set has a connection keep settings until it ends.
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

// ErrPooler: something between here and the server has connections share the server's.
var ErrPooler = errors.New("DATABASE_URL leads to a connection pooler in transaction or statement mode, as of PgBouncer, which keeps neither a " +
	"connection's settings nor its prepared statements; have it use session mode (pool_mode = session), or give the address of Postgres " +
	"itself: a server of Quire opens 11 connections, unless pool_max_conns says otherwise")

// poolerLooks is how often a pooler is looked at: what others do with it at the same moment, or connections that it just opens, may
// hide what it does several times on a busy machine. Whoever connects directly is not looked at.
const poolerLooks = 25

// checkPooler is ErrPooler for a pooler in another than session mode. A pooler names other processes to its clients than those
// that serve them. Whether it keeps one for each client shows when one client's stands idle and another begins a transaction: it
// takes the one that was used last, or else hands them out in turn.
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

// shares reports whether two connections, the first of which had one process, do not have a process each.
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

// CheckPooler is ErrPooler if the address leads to a pooler that Quire cannot work with. Ask before anything else: migrations hold
// locks that hang on their connection.
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

package postgres

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Primaries knows how far the servers of a DATABASE_URL have come. A former primary that comes back takes writes as before, and
// may stand first in the list: it is passed over for the one that took over from it (L11, N12). The zero value knows nothing; whoever
// opens the database in several ways shares one, so that the servers are looked at once. Safe for concurrent use.
type Primaries struct {
	mu     sync.Mutex
	newest map[string]string // of a cluster, by its identifier: the newest timeline seen
	looked sync.Once
}

const timelineSQL = `SELECT (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// choose has c pass over former primaries, and looks at all servers once: which is one can be told only beside the other.
func (p *Primaries) choose(c *pgx.ConnConfig) {
	usable := c.ValidateConnect
	if usable == nil {
		usable = pgconn.ValidateConnectTargetSessionAttrsReadWrite // one of them is the primary
	}
	c.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		if err := usable(ctx, conn); err != nil {
			return err
		}
		return p.admit(ctx, conn)
	}
	p.looked.Do(func() { look(c) })
}

// look connects to every server of c at once, who is then judged.
func look(c *pgx.ConnConfig) {
	ctx, stop := context.WithTimeout(context.Background(), connectTimeout)
	defer stop()
	var all sync.WaitGroup
	for _, ways := range servers(c) {
		own := c.Copy()
		own.Host, own.Port, own.TLSConfig, own.Fallbacks = ways[0].Host, ways[0].Port, ways[0].TLSConfig, ways[1:]
		all.Go(func() {
			if conn, err := pgx.ConnectConfig(ctx, own); err == nil { // who does not answer is not chosen either
				conn.Close(ctx) // it was only looked at
			}
		})
	}
	all.Wait()
}

// servers returns the ways to each server of c: with sslmode=prefer there are two.
func servers(c *pgx.ConnConfig) (list [][]*pgconn.FallbackConfig) {
	for _, way := range append([]*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...) {
		i := slices.IndexFunc(list, func(ways []*pgconn.FallbackConfig) bool { return ways[0].Host == way.Host && ways[0].Port == way.Port })
		if i < 0 {
			list = append(list, nil)
			i = len(list) - 1
		}
		list[i] = append(list[i], way)
	}
	return list
}

// admit refuses a server whose cluster was seen on a newer timeline. One that does not tell is taken.
func (p *Primaries) admit(ctx context.Context, conn *pgconn.PgConn) error {
	results, err := conn.Exec(ctx, timelineSQL).ReadAll()
	switch code(err) {
	case "42501", "42883", "0A000", "55000": // insufficient_privilege, undefined_function, feature_not_supported, a standby
		return nil
	}
	if err != nil {
		return err
	}
	if len(results) != 1 || len(results[0].Rows) != 1 {
		return fmt.Errorf("postgres: asked for its timeline, the server answered with %d results", len(results))
	}
	system, timeline := string(results[0].Rows[0][0]), string(results[0].Rows[0][1])
	p.mu.Lock()
	defer p.mu.Unlock()
	if timeline < p.newest[system] {
		return errFormer
	}
	if p.newest == nil {
		p.newest = map[string]string{}
	}
	p.newest[system] = timeline
	return nil
}

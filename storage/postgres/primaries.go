package postgres

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Primaries remembers the timelines of the servers of a DATABASE_URL. A former primary that comes back still takes writes, and may
// be first in the list: it is passed over for the one that took over from it (L11, N12). The zero value is ready; share one between
// all that connect to a DATABASE_URL, so that its servers are looked at only once. Safe for concurrent use.
type Primaries struct {
	mu     sync.Mutex
	newest map[string]string // the newest timeline seen of each cluster, by the cluster's identifier
	looked sync.Once
}

const timelineSQL = `SELECT (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// choose makes c pass over former primaries. It first looks at all servers, once: a former primary shows only beside a newer one.
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

// look connects to all servers of c at the same time; c.ValidateConnect then calls admit for each.
func look(c *pgx.ConnConfig) {
	ctx, stop := context.WithTimeout(context.Background(), connectTimeout)
	defer stop()
	var all sync.WaitGroup
	for _, server := range servers(c) {
		own := c.Copy()
		own.Host, own.Port, own.TLSConfig, own.Fallbacks = server[0].Host, server[0].Port, server[0].TLSConfig, server[1:]
		all.Go(func() {
			if conn, err := pgx.ConnectConfig(ctx, own); err == nil { // who does not answer is not chosen either
				conn.Close(ctx)
			}
		})
	}
	all.Wait()
}

// servers returns the configurations of each server of c: with sslmode=prefer there are two, with TLS and without.
func servers(c *pgx.ConnConfig) (list [][]*pgconn.FallbackConfig) {
	for _, one := range append([]*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...) {
		i := slices.IndexFunc(list, func(s []*pgconn.FallbackConfig) bool { return s[0].Host == one.Host && s[0].Port == one.Port })
		if i < 0 {
			list = append(list, nil)
			i = len(list) - 1
		}
		list[i] = append(list[i], one)
	}
	return list
}

// admit refuses a server whose cluster was seen on a newer timeline. A server that does not tell its timeline passes.
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

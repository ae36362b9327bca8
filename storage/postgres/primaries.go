package postgres

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// primaries knows how far the servers of a DATABASE_URL have come. A former primary that comes back takes writes as before, and
// may stand first in the list: it is passed over for the one that took over from it (L11, N12). Safe for concurrent use.
type primaries struct {
	mu     sync.Mutex
	newest map[string]string // of a cluster, by its identifier: the newest timeline seen
}

const timelineSQL = `SELECT (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// choose has c pass over former primaries, and looks at all servers once: which is one can be told only beside the other.
func choose(c *pgx.ConnConfig) {
	p := &primaries{newest: map[string]string{}}
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
	ctx, stop := context.WithTimeout(context.Background(), connectTimeout)
	defer stop()
	var all sync.WaitGroup
	for _, server := range append([]*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...) {
		own := c.Copy()
		own.Host, own.Port, own.TLSConfig, own.Fallbacks = server.Host, server.Port, server.TLSConfig, nil
		all.Go(func() {
			if conn, err := pgx.ConnectConfig(ctx, own); err == nil { // who does not answer is not chosen either
				conn.Close(ctx) // it was only looked at
			}
		})
	}
	all.Wait()
}

// admit refuses a server whose cluster was seen on a newer timeline. One that does not tell is taken.
func (p *primaries) admit(ctx context.Context, conn *pgconn.PgConn) error {
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
	p.newest[system] = timeline
	return nil
}

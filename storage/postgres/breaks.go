package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// breaks remembers when a connection last turned out to be broken. What breaks one, such as a restart of the server, has mostly
// broken the others as well: those that have been idle since before are pinged before use, so that only one request fails and
// not one for each connection. It is the pool's tracer, to see failed queries and released connections.
type breaks struct {
	began time.Time
	last  atomic.Int64 // since began; 0: never
	reset atomic.Int64 // since began: when the pool was last told to renew its connections; 0: never
}

// resetEvery bounds how often the pool renews its connections: while a server takes no writes it would do nothing else.
const resetEvery = time.Second

func newBreaks() *breaks { return &breaks{began: time.Now()} }

func (b *breaks) note() { b.last.Store(int64(max(time.Since(b.began), 1))) }

// shouldPing reports whether to ping a connection before use: it was idle for longer than idleCheck, or since before the last break.
func (b *breaks) shouldPing(_ context.Context, p pgxpool.ShouldPingParams) bool {
	last := b.last.Load()
	return p.IdleDuration > idleCheck || last > 0 && time.Since(b.began)-p.IdleDuration <= time.Duration(last)
}

// TraceRelease notes a broken connection, before its user returns the error that broke it.
func (b *breaks) TraceRelease(pool *pgxpool.Pool, data pgxpool.TraceReleaseData) {
	if data.Conn.IsClosed() {
		b.note()
	}
	if !isStranded(data.Conn) {
		return
	}
	now, last := int64(time.Since(b.began)), b.reset.Load()
	if (last == 0 || now-last > int64(resetEvery)) && b.reset.CompareAndSwap(last, now) {
		pool.Reset()
	}
}

func (b *breaks) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd marks a connection whose error says that it is of no more use.
func (b *breaks) TraceQueryEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	if data.Err != nil && strands(data.Err) {
		strand(conn)
	}
}

package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// breaks remembers when a connection last turned out to be broken. What breaks one, a restart of the server above all, has
// mostly broken every other as well: those that have stood unused since before are asked whether they still stand, so that
// one request learns of it and not one for each. It is the pool's tracer to see what fails and what is given back.
type breaks struct {
	began time.Time
	last  atomic.Int64 // since began; 0: never
	reset atomic.Int64 // likewise, when the pool was told to renew its connections
}

// resetEvery bounds how often the pool renews its connections: while a server takes no writes it would do nothing else.
const resetEvery = time.Second

func newBreaks() *breaks { return &breaks{began: time.Now()} }

func (b *breaks) note() { b.last.Store(int64(max(time.Since(b.began), 1))) }

// shouldPing reports whether a connection is to be asked before it is used: after idleCheck, or a break, without use.
func (b *breaks) shouldPing(_ context.Context, p pgxpool.ShouldPingParams) bool {
	last := b.last.Load()
	return p.IdleDuration > idleCheck || last > 0 && time.Since(b.began)-p.IdleDuration <= time.Duration(last)
}

// TraceRelease sees a connection before the error that broke it is told.
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

// TraceQueryEnd sees what strands a connection.
func (b *breaks) TraceQueryEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	if data.Err != nil && strands(data.Err) {
		strand(conn)
	}
}

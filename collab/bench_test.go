package collab_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
)

// loop is a writer in a closed loop without a socket: its next op goes out when it sees its last acknowledged. It has a
// goroutine only while there is something to read, as a flusher on demand has.
type loop struct {
	session *session.Session
	doc     string
	seen    int
	seq     int
	left    int
	state   atomic.Int32 // 0 idle, 1 running, 2 dirty
	wg      *sync.WaitGroup
	buf     []wire.Frame
	frame   []byte
}

func (l *loop) Close(wire.CloseCode, string) {}

func (l *loop) Flush() { l.Wake() }

func (l *loop) Wake() {
	if l.state.Swap(2) == 0 {
		go l.flush()
	}
}

func (l *loop) flush() {
	for {
		l.state.Store(1)
		for {
			l.buf = l.session.Pull(l.buf[:0], 16<<10)
			if len(l.buf) == 0 {
				break
			}
			own := false
			for _, f := range l.buf {
				if json := f.JSON(); string(json[:9]) == `{"a":"op"` {
					l.seen++
					own = own || json[len(json)-2] != ']' // an acknowledgement has no op
				}
			}
			if own {
				l.send()
			}
		}
		if l.state.CompareAndSwap(1, 0) {
			return
		}
	}
}

func (l *loop) send() {
	if l.left == 0 {
		l.wg.Done()
		l.left--
	}
	if l.left < 0 {
		return
	}
	l.left--
	l.seq++
	f := append(l.frame[:0], `{"a":"op","c":"documents","d":"`...)
	f = append(append(f, l.doc...), `","v":`...)
	f = strconv.AppendInt(f, int64(l.seen), 10)
	f = strconv.AppendInt(append(f, `,"seq":`...), int64(l.seq), 10)
	f = append(f, `,"x":{},"op":[{"retain":100},{"insert":"x"}]}`...)
	l.frame = f
	l.session.Receive(context.Background(), f)
}

// BenchmarkClosedLoop is documents × writers against the store in memory: what the engine itself costs an op, with what its
// readers cost it, but without sockets and database.
func BenchmarkClosedLoop(b *testing.B) {
	for _, c := range []struct{ documents, writers int }{{100, 2}, {1, 10}, {1, 50}} {
		b.Run(fmt.Sprintf("%dx%d", c.documents, c.writers), func(b *testing.B) { closedLoop(b, c.documents, c.writers) })
	}
}

func closedLoop(b *testing.B, documents, writers int) {
	store := memory.New()
	table, err := wire.Formats()
	if err != nil {
		b.Fatal(err)
	}
	hub, err := collab.NewHub(collab.Config{Store: store, Secret: sealed.Of(secret), Formats: table, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer hub.Close()
	ctx := context.Background()
	var loops []*loop
	var wg sync.WaitGroup
	text := delta.FromText(fmt.Sprintf("%2000s\n", "."))
	for d := range documents {
		id := storage.DocumentID(fmt.Sprintf("d%d", d))
		if _, err := hub.Create(ctx, identity("ann"), storage.Document{ID: id}, text); err != nil {
			b.Fatal(err)
		}
		for w := range writers {
			user := fmt.Sprintf("w%d", w)
			g := storage.Grant{Document: id, User: storage.UserID(user), Role: access.Editor.String()}
			if _, err := store.SetGrant(ctx, g, storage.AnyRole); err != nil {
				b.Fatal(err)
			}
			l := &loop{doc: string(id), seen: 1, wg: &wg, left: b.N / (documents * writers)}
			l.session = session.Join(hub, l, identity(user))
			l.session.Receive(ctx, []byte(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`))
			l.session.Receive(ctx, fmt.Appendf(nil, `{"a":"s","c":"documents","d":%q,"v":1}`, id))
			loops = append(loops, l)
		}
	}
	wg.Add(len(loops))
	b.ReportAllocs()
	b.ResetTimer()
	for _, l := range loops {
		go l.send()
	}
	wg.Wait()
	b.StopTimer()
	for _, l := range loops {
		l.session.Leave()
	}
	stats := store.Stats()
	if stats.Commits > 0 {
		b.ReportMetric(float64(stats.Ops)/float64(stats.Commits), "ops/commit")
	}
}

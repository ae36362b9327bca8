package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// proxy forwards connections to a server until it is told to drop the answers.
type proxy struct {
	listener net.Listener
	target   atomic.Value // string: host and port
	deaf     atomic.Bool  // the next answer is dropped, and its connection cut
	mute     atomic.Bool  // connections from now on stand, and get no answer to what they ask
	wg       sync.WaitGroup
}

// through returns the address of the database behind a proxy, and the proxy.
func through(t *testing.T, database string) (string, *proxy) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l}
	p.target.Store(u.Host)

	p.wg.Go(p.serve)
	t.Cleanup(func() {
		l.Close()
		p.wg.Wait()
	})
	u.Host = l.Addr().String()
	return u.String(), p
}

// redirect has connections from now on lead to another server.
func (p *proxy) redirect(to *url.URL) { p.target.Store(to.Host) }

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target.Load().(string))
		if err != nil {
			client.Close()
			continue
		}
		mute := p.mute.Load()
		p.wg.Go(func() {
			io.Copy(server, client)
			server.Close()
		})
		p.wg.Go(func() {
			p.answer(client, server, mute)
			client.Close()
			server.Close()
		})
	}
}

func (p *proxy) answer(client io.Writer, server io.Reader, mute bool) {
	buffer := make([]byte, 64<<10)
	for stands := false; ; stands = stands || bytes.Contains(buffer, readyForQuery) {
		n, err := server.Read(buffer)
		if err != nil || p.deaf.Load() {
			return
		}
		if mute && stands {
			continue
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// readyForQuery is what the server ends its answer to a newcomer with.
var readyForQuery = []byte("Z\x00\x00\x00\x05I")

// L2: a connection that breaks before the answer came leaves the outcome unknown, and it may well be stored.
func TestLostAnswerIsUnknownL2(t *testing.T) {
	database := pgtest.Database(t)
	address, p := through(t, database)
	direct, s := openURL(t, database), openURL(t, address)
	create(t, direct, "d")
	if err := appendTo(t, s, "d", 0); err != nil {
		t.Fatal(err)
	}
	p.deaf.Store(true)
	err := appendTo(t, s, "d", 1)
	if err == nil || storage.Refused(err) {
		t.Errorf("Append whose answer was lost = %v, want an error that refuses nothing", err)
	}
	if h := headOf(t, direct, "d"); h != 2 {
		t.Errorf("head = %d, want 2: the server had committed", h)
	}
	p.deaf.Store(false)
	if err := appendTo(t, s, "d", 2); err != nil {
		t.Errorf("Append afterwards = %v", err)
	}
	if n := s.Stats().Unknown; n != 1 {
		t.Errorf("Unknown = %d, want 1", n)
	}
}

// L2: a backend that is ended while it waits says FATAL, which does not say that it rolled back.
func TestTerminatedBackendIsUnknownL2(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	_, release, err := other.LockHeadForTest(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	outcome := make(chan error)
	go func() { outcome <- appendTo(t, s, "d", 0) }()
	for ended := false; !ended; {
		if err := other.QueryForTest([]any{&ended}, `SELECT coalesce(bool_or(pg_terminate_backend(pid)), false) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-outcome; err == nil || storage.Refused(err) {
		t.Errorf("Append whose backend was ended = %v, want an error that refuses nothing", err)
	}
}

// A context that ends while the server waits leaves the outcome unknown; one that ends before the slot is free does not.
func TestContextEndsMeanwhile(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	_, release, err := other.LockHeadForTest(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	batch := []storage.Batch{{Document: "d", Ops: []storage.Op{op(1)}}}
	first := make(chan error)
	go func() { first <- s.Append(ctx, batch)[0] }()
	waitForLock(t, other)
	short, end := context.WithTimeout(t.Context(), time.Millisecond)
	defer end()
	if err := s.Append(short, batch)[0]; !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Append that never got the slot = %v, want ErrUnavailable", err)
	}
	cancel()
	if err := <-first; err == nil || storage.Refused(err) {
		t.Errorf("Append cancelled while the server worked = %v, want an error that refuses nothing", err)
	}
	release()
	err = storage.ErrConflict
	for errors.Is(err, storage.ErrConflict) { // the server may still finish what was given up, once
		err = appendTo(t, s, "d", headOf(t, s, "d"))
	}
	if h := headOf(t, s, "d"); err != nil || h > 2 {
		t.Errorf("Append afterwards = %v, head %d", err, h)
	}
}

// locked tells whether somebody waits for a lock.
const locked = `SELECT exists (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`

// waitForLock returns when some connection waits for a lock.
func waitForLock(t *testing.T, s *postgres.Store) {
	t.Helper()
	for waiting := false; !waiting; {
		if err := s.QueryForTest([]any{&waiting}, locked); err != nil {
			t.Fatal(err)
		}
	}
}

// A commit that lost a deadlock is repeated: it was rolled back whole.
func TestDeadlockIsRepeated(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "a")
	create(t, s, "b")
	more, release, err := other.LockHeadForTest(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make(chan []error)
	go func() {
		outcomes <- s.Append(t.Context(), []storage.Batch{{Document: "b", Ops: []storage.Op{op(1)}}, {Document: "a", Ops: []storage.Op{op(1)}}})
	}()
	waitForLock(t, other)
	if err := more("a"); err != nil { // until the commit gives way
		t.Fatal(err)
	}
	release()
	for i, err := range <-outcomes {
		if err != nil {
			t.Errorf("batch %d = %v", i, err)
		}
	}
	if n := s.Stats().Retries; n == 0 {
		t.Error("nothing was repeated")
	}
}

// P1: what was confirmed is there after the server was killed, whatever it was doing; and the store finds its way back.
func TestKilledServerKeepsWhatItConfirmedP1(t *testing.T) {
	server := pgtest.Start(t, pgtest.Durable)
	url := server.Database(t)
	s := openURL(t, url)
	documents := []storage.DocumentID{"a", "b", "c"}
	for _, id := range documents {
		create(t, s, id)
	}
	for round, stop := range []func(){server.Kill9, server.StopImmediate, server.Stop} {
		acknowledged := writeUntilDown(t, s, documents, stop)
		if _, err := s.Load(t.Context(), "a", storage.Newest, 0); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("Load while the server is away = %v, want ErrUnavailable", err)
		}
		if err := appendTo(t, s, "a", 0); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("Append while the server is away = %v, want ErrUnavailable", err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		for i, id := range documents {
			l, err := s.Load(t.Context(), id, storage.Newest, 0)
			if err != nil {
				t.Fatalf("Load after the server came back = %v", err)
			}
			if got := l.Head.Revision; got != acknowledged[i] && got != acknowledged[i]+1 {
				t.Errorf("round %d: %s stands at %d, confirmed were %d", round, id, got, acknowledged[i])
			}
			for k, o := range l.Ops {
				if o.Seq != int64(k)+1 {
					t.Fatalf("op %d of %s has seq %d", k, id, o.Seq)
				}
			}
		}
	}
	for _, id := range documents {
		if err := appendTo(t, s, id, headOf(t, s, id)); err != nil {
			t.Errorf("Append at the end = %v", err)
		}
	}
}

// writeUntilDown commits to all documents again and again, stops the server meanwhile, and returns what was confirmed.
func writeUntilDown(t *testing.T, s storage.Store, documents []storage.DocumentID, stop func()) []storage.Revision {
	t.Helper()
	confirmed := make([]storage.Revision, len(documents))
	for i, id := range documents {
		confirmed[i] = headOf(t, s, id)
	}
	enough, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 1; ; n++ {
			var batches []storage.Batch
			for i, id := range documents {
				batches = append(batches, storage.Batch{Document: id, Base: confirmed[i], Ops: []storage.Op{op(int64(confirmed[i]) + 1)}})
			}
			failed := false
			for i, err := range s.Append(t.Context(), batches) {
				if err != nil {
					failed = true
					continue
				}
				confirmed[i]++
			}
			if n == 200 {
				close(enough)
			}
			if failed {
				return
			}
		}
	}()
	select {
	case <-enough:
	case <-ended:
		t.Fatal("a commit failed before the server was stopped")
	}
	stop()
	<-ended
	return confirmed
}

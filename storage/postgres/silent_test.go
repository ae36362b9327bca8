package postgres_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest/pgtest"
)

// L11: a machine that takes connections and never answers, or goes away without a word while one is made, is given up soon, not
// after the time that a commit may wait for a standby: the next try may find the server that took over.
func TestASilentServerIsGivenUpSoonL11(t *testing.T) {
	database := pgtest.Database(t)
	address, p := through(t, database)
	by := openURL(t, database)
	s, err := postgres.Open(t.Context(), postgres.Config{
		URL: sealed.Of(address), Log: slog.New(slog.DiscardHandler), AllowUnsafe: true, Answer: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	create(t, s, "d")
	p.mute.Store(true)
	if _, err := by.ExecForTest(renew); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		short := within(t, 3*time.Second)
		if err := s.Append(short, []storage.Batch{{Document: "d", Ops: []storage.Op{op(1)}}})[0]; err == nil {
			t.Fatal("a commit succeeded that nobody answered")
		}
		if _, err := s.Load(short, "d", storage.Newest, 0); err == nil {
			t.Fatal("a read succeeded that nobody answered")
		}
	}
	p.mute.Store(false)
	waits := within(t, 20*time.Second)
	err = storage.ErrUnavailable
	for errors.Is(err, storage.ErrUnavailable) && waits.Err() == nil {
		err = s.Append(waits, []storage.Batch{{Document: "d", Base: headOf(t, by, "d"), Ops: []storage.Op{op(1)}}})[0]
	}
	if err != nil {
		t.Errorf("Append when the server answers again = %v", err)
	}
	if _, err := s.Load(waits, "d", storage.Newest, 0); err != nil {
		t.Errorf("Load when the server answers again = %v", err)
	}
}

// silent is a server that takes connections and never answers; it counts them.
func silent(t *testing.T) (address string, taken *atomic.Int64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken = &atomic.Int64{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			taken.Add(1)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-ended
	})
	return l.Addr().String(), taken
}

// L11: at a start each server of DATABASE_URL is looked at once, whatever is opened, and with sslmode=prefer too.
func TestServersAreLookedAtOnceL11(t *testing.T) {
	u, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	address, taken := silent(t)
	u.Host = fmt.Sprintf("%s,%s", u.Host, address)
	u.RawQuery = "sslmode=prefer"
	servers := &postgres.Primaries{}
	if err := servers.CheckPooler(t.Context(), u.String()); err != nil {
		t.Fatal(err)
	}
	db, err := servers.OpenDB(u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := postgres.Open(t.Context(), postgres.Config{
		URL: sealed.Of(u.String()), Log: slog.New(slog.DiscardHandler), AllowUnsafe: true, Primaries: servers,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := taken.Load(); n != 1 {
		t.Errorf("a server of two was looked at %d times, want once", n)
	}
}

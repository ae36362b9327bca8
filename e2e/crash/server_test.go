package crash

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"quire/e2e/internal/quire"
	"quire/e2e/internal/typist"
	"quire/storage"
)

const (
	serverKills = 30
	documents   = 3
)

func TestKillServerOnSQLite(t *testing.T) {
	quire.Full(t)
	file := filepath.Join(t.TempDir(), "quire.db")
	killServer(t, "sqlite:"+file, func() storage.Store { return openSQLite(t, file) })
}

func TestKillServerOnPostgres(t *testing.T) {
	quire.Full(t)
	database := newDatabase(t, startPostgres(t))
	killServer(t, database, func() storage.Store { return openPostgres(t, database) })
}

// killServer kills it at random moments of typing; whoever types goes on by themselves.
func killServer(t *testing.T, databaseURL string, open func() storage.Store) {
	t.Helper()
	server := quire.New(t, databaseURL)
	server.Start()
	c := assemble(t, server, documents)
	random := rand.New(rand.NewPCG(c.seed, 0))
	c.begin()
	begun := time.Now()
	for kill := range serverKills {
		c.untilAcked(40 + random.IntN(120))
		if kill%3 != 2 {
			c.strikeAtAck(1+random.Int64N(20), server.Strike)
		} else {
			time.Sleep(time.Duration(random.Int64N(int64(20 * time.Millisecond)))) // any other moment
		}
		server.Kill()
		acked := c.allAcked()
		server.Start()
		c.stillThere(acked)
	}
	c.untilAcked(40)
	texts := c.settle()
	c.leave()
	c.hands.Wait()
	server.Stop()
	checkStore(t, open(), texts, c.seed)
	c.report("server", serverKills, time.Since(begun))
}

// strikeAtAck returns when strike was called, at the moment of the nth acknowledgement from now.
func (c *crew) strikeAtAck(n int64, strike func()) {
	c.t.Helper()
	c.fuse.light(n, strike)
	select {
	case <-c.fuse.struck:
	case <-time.After(patience):
		c.t.Fatalf("no %d acknowledgements within %v; seed %d", n, patience, c.seed)
	}
}

// report prints what the test went through, for those who read logs.
func (c *crew) report(what string, kills int, took time.Duration) {
	var sum typist.Counts
	c.each(func(_ string, t *typist.Typist) {
		n, _ := t.Counts()
		sum.Connects += n.Connects
		sum.Resent += n.Resent
		sum.Twins += n.Twins
	})
	c.t.Logf("FIGURE %d kill -9 of the %s: %d tokens acknowledged, 0 lost, 0 twice; %d connections, %d ops sent again; %.0f s; seed %d",
		kills, what, c.acked(), sum.Connects, sum.Resent, took.Seconds(), c.seed)
}

package crash

import (
	"math/rand/v2"
	"testing"
	"time"

	"quire/e2e/internal/pg"
	"quire/e2e/internal/quire"
)

const postgresKills = 10

func startPostgres(t *testing.T) *pg.Postgres {
	t.Helper()
	postgres, err := pg.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postgres.Close)
	return postgres
}

func newDatabase(t *testing.T, postgres *pg.Postgres) string {
	t.Helper()
	url, err := postgres.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// Postgres dies with all its processes, with fsync on; the server lives on and goes on (P1, L2: every commit that was
// under way has an unknown outcome).
func TestKillPostgres(t *testing.T) {
	quire.Full(t)
	postgres := startPostgres(t)
	database := newDatabase(t, postgres)
	server := quire.New(t, database)
	server.Start()
	c := assemble(t, server, documents)
	random := rand.New(rand.NewPCG(c.seed, 0))
	c.begin()
	begun := time.Now()
	for kill := range postgresKills {
		c.untilAcked(40 + random.IntN(120))
		if kill%3 != 2 {
			c.strikeAtAck(1+random.Int64N(20), postgres.Strike)
		} else {
			time.Sleep(time.Duration(random.Int64N(int64(20 * time.Millisecond)))) // any other moment
		}
		postgres.Kill()
		acked := c.allAcked()
		if err := postgres.Start(); err != nil {
			t.Fatal(err)
		}
		c.untilAcked(1) // the server has found its way back
		c.stillThere(acked)
	}
	c.untilAcked(40)
	texts := c.settle()
	c.leave()
	c.hands.Wait()
	server.Stop()
	checkStore(t, openPostgres(t, database), texts, c.seed)
	c.report("database", postgresKills, time.Since(begun))
}

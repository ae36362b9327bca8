package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quire/e2e/internal/quire"
	"quire/e2e/internal/typist"
)

const (
	opening   = "Written before anything was killed.\n"
	pace      = 8 * time.Millisecond // mean pause between two tokens of one typist
	mayWait   = 40                   // tokens one typist types ahead of the server
	patience  = 60 * time.Second     // for anything that has to happen after a restart
	ownerName = "owner"
)

// crew is some typists on some documents of one server.
type crew struct {
	t       *testing.T
	server  *quire.Server
	api     quire.API
	docs    []string
	typists map[string][]*typist.Typist // by document
	seed    uint64
	fuse    fuse

	rest  func() // stops the keyboards
	leave func() // closes the sockets
	hands sync.WaitGroup
}

// fuse strikes on the goroutine that receives an acknowledgement, at that very moment: what is acknowledged and not yet
// stored is lost then. A crash at any other moment rarely meets the microseconds between the two.
type fuse struct {
	left   atomic.Int64 // acknowledgements until it strikes; below 1: it is not lit
	strike func()
	struck chan struct{}
}

func (f *fuse) light(acks int64, strike func()) {
	f.strike, f.struck = strike, make(chan struct{})
	f.left.Store(acks)
}

func (f *fuse) burn() {
	if f.left.Load() > 0 && f.left.Add(-1) == 0 {
		f.strike()
		close(f.struck)
	}
}

func seed(t *testing.T) uint64 {
	if s := os.Getenv("QUIRE_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("QUIRE_SEED: %v", err)
		}
		return n
	}
	return uint64(time.Now().UnixNano())
}

// assemble makes the documents and seats typists at them: two on each, a third on the first one.
func assemble(t *testing.T, server *quire.Server, documents int) *crew {
	t.Helper()
	c := &crew{t: t, server: server, typists: map[string][]*typist.Typist{}, seed: seed(t)}
	c.api = quire.API{URL: server.URL, Token: quire.Token(ownerName, "Owner", map[string]string{"crash-*": "owner"})}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for i := range documents {
		doc := fmt.Sprintf("crash-%d", i)
		if err := c.api.Create(ctx, doc, opening); err != nil {
			t.Fatal(err)
		}
		c.docs = append(c.docs, doc)
		seats := 2
		if i == 0 {
			seats = 3
		}
		for seat := range seats {
			c.seat(doc, fmt.Sprintf("%d%c", i, 'a'+seat), seat == 0)
		}
	}
	return c
}

func (c *crew) seat(doc, name string, atEnd bool) {
	c.typists[doc] = append(c.typists[doc], typist.New(typist.Config{
		URL: c.server.URL, Document: doc, Name: name, AtEnd: atEnd,
		Token: quire.Token("user-"+name, name, map[string]string{doc: "editor"}),
		OnAck: c.fuse.burn,
	}))
}

// begin connects everybody and lets them type until rest is called.
func (c *crew) begin() {
	c.t.Helper()
	sockets, leave := context.WithCancel(context.Background())
	keys, rest := context.WithCancel(sockets)
	c.rest, c.leave = rest, leave
	n := uint64(0)
	c.each(func(_ string, t *typist.Typist) {
		n++
		random := rand.New(rand.NewPCG(c.seed, n))
		c.hands.Go(func() { t.Run(sockets) })
		c.hands.Go(func() { hammer(keys, t, random) })
	})
	c.t.Cleanup(func() {
		leave()
		c.hands.Wait()
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.each(func(_ string, t *typist.Typist) {
		if err := t.Opened(ctx); err != nil {
			c.t.Fatal(err)
		}
	})
}

// hammer types with irregular pauses, and waits while the server is too far behind.
func hammer(ctx context.Context, t *typist.Typist, random *rand.Rand) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(random.Int64N(int64(2 * pace)))):
			if t.Waiting() < mayWait {
				t.Type()
			}
		}
	}
}

func (c *crew) each(do func(doc string, t *typist.Typist)) {
	for _, doc := range c.docs {
		for _, t := range c.typists[doc] {
			do(doc, t)
		}
	}
}

// acked counts acknowledged tokens; a typist that was refused something ends the test.
func (c *crew) acked() int {
	c.t.Helper()
	n := 0
	c.each(func(_ string, t *typist.Typist) {
		if err := t.Err(); err != nil {
			c.t.Fatal(err)
		}
		n += len(t.Acked())
	})
	return n
}

// untilAcked waits until that many more tokens are acknowledged.
func (c *crew) untilAcked(more int) {
	c.t.Helper()
	want, deadline := c.acked()+more, time.Now().Add(patience)
	for c.acked() < want {
		if time.Now().After(deadline) {
			c.t.Fatalf("%d acknowledged, want %d within %v; seed %d", c.acked(), want, patience, c.seed)
		}
		time.Sleep(2 * time.Millisecond) // a look at the counters, not a wait for luck
	}
}

package socket

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/budget"
	"quire/collab/wire"
	"quire/server/rarely"
)

// How long a client that was refused at the upgrade is asked to stay away.
const (
	restartPause = 2 * time.Second
	fullPause    = 30 * time.Second
)

// Sockets is all open connections of one node.
type Sockets struct {
	cfg     Config
	limits  Limits
	timing  Timing
	log     *slog.Logger
	buffers buffers
	writers collab.System // runs writers; some wait for their next turn, since a new one would have to grow its stack first
	unused  sync.Pool     // contrib's write buffers: taken at an upgrade, never written to

	assembling budget.Budget // bytes of unfinished large messages
	users      budget.Each   // connections
	addresses  budget.Each   // likewise
	running    sync.WaitGroup

	notUpgraded, foreign rarely.Line // why pages stay without a socket

	mu     sync.Mutex // guards what follows; nothing blocks under it
	refuse bool
	open   map[*conn]struct{}
}

func newSockets(cfg Config) *Sockets {
	s := &Sockets{
		cfg: cfg, limits: cfg.Limits.orDefault(), timing: cfg.Timing.orDefault(), log: cfg.Log, open: make(map[*conn]struct{}),
	}
	s.assembling.Limit = s.limits.Assembling
	s.users.Limit, s.addresses.Limit = int64(s.limits.PerUser), int64(s.limits.PerAddress)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Len returns how many connections are open.
func (s *Sockets) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Refuse answers every further upgrade with 503. Those that are open go on.
func (s *Sockets) Refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = true
}

// Drain refuses newcomers, closes every connection that is still open with 4000 and waits until all have ended; when ctx
// is done first it cuts the rest off and returns ctx's error. Fiber's own shutdown does not know of sockets, so call it
// between the hub's Drain, which says good-bye, and app.Shutdown.
func (s *Sockets) Drain(ctx context.Context) error {
	s.Refuse()
	s.each(func(c *conn) { c.Close(wire.CloseRestarting, "the server is restarting") })
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.running.Wait()
		s.writers.Close()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.each((*conn).cutOff)
	<-done
	return context.Cause(ctx)
}

func (s *Sockets) each(do func(*conn)) {
	s.mu.Lock()
	all := make([]*conn, 0, len(s.open))
	for c := range s.open {
		all = append(all, c)
	}
	s.mu.Unlock()
	for _, c := range all {
		do(c)
	}
}

// start begins to serve a connection that was taken over from fasthttp.
func (s *Sockets) start(nc net.Conn, early []byte, a *admission) {
	c := newConn(s, nc, early, a)
	if code, ok := s.add(c, a.address); !ok { // since the upgrade was allowed, others were faster
		nc.SetWriteDeadline(time.Now().Add(time.Second))
		nc.Write(appendClose(nil, code, "too many connections"))
		nc.Close()
		return
	}
	go c.serve(&a.who)
}

// add counts a connection in. Counting here and not at the upgrade means that an upgrade that never becomes a connection
// can never be forgotten.
func (s *Sockets) add(c *conn, address string) (wire.CloseCode, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse {
		return wire.CloseRestarting, false
	}
	if c.holds.Take(s.users.Of(string(c.user)), 1) == nil || c.holds.Take(s.addresses.Of(address), 1) == nil {
		c.holds.End()
		return wire.CloseOverloaded, false
	}
	s.open[c] = struct{}{}
	s.running.Add(1)
	return 0, true
}

func (s *Sockets) remove(c *conn) {
	c.holds.End()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	s.running.Done()
}

// InUse is what connections hold. When all have ended, all of it is zero.
type InUse struct {
	Connections      int
	Users, Addresses int   // of them
	Assembling       int64 // bytes
}

// InUse counts, for tests and for who looks at a whole node.
func (s *Sockets) InUse() InUse {
	return InUse{s.Len(), s.users.Keys(), s.addresses.Keys(), s.assembling.Used()}
}

func (s *Sockets) refusing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refuse
}

func (s *Sockets) address(c *fiber.Ctx) string {
	if s.cfg.Address != nil {
		return s.cfg.Address(c)
	}
	return c.Context().RemoteIP().String()
}

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

// Retry-After for a client that is refused at the upgrade.
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
	writers collab.System // runs writers, and reuses their goroutines, because a new one would have to grow its stack first
	unused  sync.Pool     // the websocket package's write buffers: allocated at an upgrade, never used

	assembling budget.Shares // bytes of unfinished large messages, by user
	users      budget.Each   // connections by user
	addresses  budget.Each   // connections by address
	running    sync.WaitGroup

	notUpgraded, foreign rarely.Line // log lines: a handshake without Upgrade, a foreign origin

	mu     sync.Mutex // guards the fields below; nothing blocks while it is held
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

// Len returns the number of open connections.
func (s *Sockets) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Refuse makes the server answer every further upgrade with 503. Open connections stay.
func (s *Sockets) Refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = true
}

// Drain refuses new connections, closes all open ones with 4000 and waits until they have ended. If ctx is done first it cuts
// them off and returns ctx's cause. Fiber's own shutdown does not know of sockets, so call Drain after the hub's Drain, which
// announces the restart to clients, and before app.Shutdown.
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

// start serves a connection that was taken over from fasthttp, in a new goroutine.
func (s *Sockets) start(nc net.Conn, early []byte, a *admission) {
	c := newConn(s, nc, early, a)
	if code, ok := s.add(c, a.address); !ok { // a limit was reached after admit
		nc.SetWriteDeadline(time.Now().Add(time.Second))
		nc.Write(appendClose(nil, code, "too many connections"))
		nc.Close()
		return
	}
	go c.serve(&a.who)
}

// add counts a connection, or returns the code to close it with. Connections are counted here and not at the upgrade, so that an
// upgrade that never becomes a connection cannot stay counted.
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

// InUse is what connections use. All of it is zero when all connections have ended.
type InUse struct {
	Connections      int
	Users, Addresses int   // with connections
	Assembling       int64 // bytes of unfinished large messages
}

// InUse returns what connections use, for tests and for monitoring a node.
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

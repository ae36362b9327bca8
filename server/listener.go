package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"
)

const (
	acceptPause     = 5 * time.Millisecond // after an error; each further one doubles it
	acceptPauseMost = time.Second
	acceptTell      = time.Minute // at least, between two log lines about it
	filesKept       = 64          // descriptors reserved for the database, certificates and outgoing requests
	filesFew        = 1024        // a limit on connections worth a warning
)

const tooFull = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n" +
	"Cache-Control: no-store\r\nContent-Length: 0\r\n\r\n"

// patient is a listener that survives temporary errors: when the process or the machine is out of descriptors or memory, it accepts
// again after a pause. It refuses connections that would use up the reserved descriptors, so that connected people can still save,
// and those beyond the limits of peers.
type patient struct {
	net.Listener
	peers *peers
	paces bool // its connections decide by when the next bytes have to come
	plain bool // no TLS, so a refused connection can get a response
	mark  int  // connections get descriptors below it, since the kernel gives the lowest that is free; 0: any
	log   *slog.Logger

	closing sync.Once
	closed  chan struct{}

	told, full time.Time // log lines, of Accept alone
}

// patiently wraps ln in a patient listener.
func patiently(ln net.Listener, peers *peers, plain bool, log *slog.Logger) *patient {
	return &patient{
		Listener: ln, peers: peers, plain: plain, mark: connectionFiles(fileLimit()), log: log, closed: make(chan struct{}),
	}
}

// connectionFiles returns how many of limit descriptors connections may use.
func connectionFiles(limit int) int { return limit - min(filesKept, limit/4) }

func (p *patient) Accept() (net.Conn, error) {
	for pause := acceptPause; ; {
		conn, err := p.Listener.Accept()
		switch {
		case err == nil && p.mark > 0 && fileOf(conn) >= p.mark:
			p.refuse(conn)
			p.tell(&p.told, "there are as many connections as the limit of open files allows; newcomers are refused", "connections", p.mark)
		case err == nil:
			if l := p.begin(conn); l != nil {
				return l, nil
			}
		case lasting(err):
			return nil, err
		default:
			p.tell(&p.told, "connections can't be accepted for the moment", "err", err)
			select {
			case <-time.After(pause):
			case <-p.closed:
				return nil, net.ErrClosed
			}
			pause = min(2*pause, acceptPauseMost)
		}
	}
}

// Close closes the listener and ends a pause of Accept.
func (p *patient) Close() error {
	p.closing.Do(func() { close(p.closed) })
	return p.Listener.Close()
}

// lasting reports whether err is permanent, not a temporary lack of resources.
func lasting(err error) bool {
	for _, is := range []error{net.ErrClosed, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}

func (p *patient) refuse(conn net.Conn) {
	if p.plain {
		conn.SetWriteDeadline(time.Now().Add(acceptPause)) // it fits the socket's buffer
		conn.Write([]byte(tooFull))
	}
	conn.Close()
}

// begin counts a connection, or refuses it and returns nil.
func (p *patient) begin(conn net.Conn) net.Conn {
	l := p.peers.begin(conn)
	if l == nil {
		p.refuse(conn)
		p.tell(&p.full, "there are too many connections, of all or from one address; newcomers are refused", "address", conn.RemoteAddr().String())
		return nil
	}
	if p.paces {
		l.pace()
	}
	return l
}

func (p *patient) tell(told *time.Time, what string, attrs ...any) {
	if now := time.Now(); told.IsZero() || now.Sub(*told) >= acceptTell {
		*told = now
		p.log.Warn(what, append(attrs, "open_files", fileLimit())...)
	}
}

// fileOf returns the descriptor of a connection; 0 if it has none.
func fileOf(conn net.Conn) (file int) {
	if c, ok := conn.(syscall.Conn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			raw.Control(func(fd uintptr) { file = int(fd) })
		}
	}
	return file
}

// tellFiles logs what the limit of open files means for connections. Go has already raised the soft limit to the hard one.
func (s *Server) tellFiles() {
	limit := fileLimit()
	if limit == 0 {
		return
	}
	level := slog.LevelInfo
	if limit < filesFew {
		level = slog.LevelWarn
	}
	s.log.Log(context.Background(), level, "open files (ulimit -n) bound the connections", "open_files", limit, "connections", connectionFiles(limit))
}

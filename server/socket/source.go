package socket

import (
	"io"
	"net"
	"syscall"
)

// source reads a connection into a buffer it holds only while there is something in it: an idle connection costs none.
type source struct {
	nc       net.Conn
	raw      syscall.RawConn // nil: no plain socket (TLS), so a buffer is held while waiting
	tells    bool            // each read says whether there is more
	buffers  *buffers
	readable func(fd uintptr) bool // what raw.Read calls until it is true, waiting in between

	buf      *[]byte
	from, to int // unread bytes are (*buf)[from:to]
	n        int // outcome of the last read
	err      error
}

func newSource(nc net.Conn, early []byte, b *buffers) *source {
	s := &source{nc: nc, raw: plainSocket(nc), buffers: b}
	if s.raw != nil {
		s.raw.Control(func(fd uintptr) { s.tells = tellRest(int(fd)) })
	}
	if len(early) > 0 {
		s.hold(b.getSmall())
		s.to = copy(*s.buf, early)
	}
	return s
}

// bytes returns what was read and not yet taken. It is valid until the next fill.
func (s *source) bytes() []byte {
	if s.buf == nil {
		return nil
	}
	return (*s.buf)[s.from:s.to]
}

// take removes the first n bytes of what bytes returned.
func (s *source) take(n int) {
	if s.from += n; s.from == s.to {
		s.from, s.to = 0, 0
	}
}

// fill reads at least one more byte. An error of time leaves everything as it was.
func (s *source) fill() error {
	if s.raw == nil {
		return s.fillHolding()
	}
	if err := s.raw.Read(s.readable); err != nil {
		return err
	}
	return s.outcome()
}

func (s *source) fillHolding() error {
	s.n, s.err = s.nc.Read(s.room())
	s.to += max(s.n, 0)
	return s.outcome()
}

// readNow takes what is there without waiting. ok is false if nothing is: only then is no buffer held. drained means that there
// will be nothing either if it is called again at once.
func (s *source) readNow(fd uintptr) (drained, ok bool) {
	s.n, drained, s.err = readNow(fd, s.room(), s.tells)
	if s.err == syscall.EAGAIN {
		s.release()
		return true, false
	}
	s.to += s.n
	return drained, true
}

// room is where to read to, behind what was not yet taken.
func (s *source) room() []byte {
	if s.buf == nil {
		s.hold(s.buffers.getSmall())
	} else if s.from > 0 {
		s.to = copy(*s.buf, (*s.buf)[s.from:s.to])
		s.from = 0
	}
	return (*s.buf)[s.to:]
}

// fail has the read that is under way end with err.
func (s *source) fail(err error) { s.n, s.err = 0, err }

func (s *source) outcome() error {
	if s.n > 0 {
		return nil
	}
	if s.err == nil {
		return io.EOF
	}
	return s.err
}

// enlarge changes to a large buffer, for a payload that will not fit.
func (s *source) enlarge() {
	if s.buf == nil || len(*s.buf) == largeSize {
		return
	}
	large := s.buffers.getLarge()
	s.to = copy(*large, s.bytes())
	s.from = 0
	s.buffers.put(s.buf)
	s.buf = large
}

// shrink changes a large buffer back, or gives it back, before the next frame is waited for: what is unread is less than a header.
func (s *source) shrink() {
	if s.buf == nil || len(*s.buf) != largeSize {
		return
	}
	large, rest := s.buf, s.bytes()
	if len(rest) == 0 {
		s.release()
		return
	}
	small := s.buffers.getSmall()
	s.hold(small)
	s.to = copy(*small, rest)
	s.buffers.put(large)
}

func (s *source) hold(buf *[]byte) { s.buf, s.from, s.to = buf, 0, 0 }

// release gives the buffer back if there is nothing in it.
func (s *source) release() {
	if s.buf != nil && s.from == s.to {
		s.buffers.put(s.buf)
		s.buf = nil
	}
}

// close gives the buffer back.
func (s *source) close() {
	s.from, s.to = 0, 0
	s.release()
}

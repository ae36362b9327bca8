package socket

import (
	"io"
	"net"
	"syscall"
)

// source reads a connection into a buffer that it holds only while there is input in it: an idle connection has none.
type source struct {
	nc       net.Conn
	raw      syscall.RawConn // nil: not a plain socket (TLS), so a buffer is held while waiting
	tells    bool            // reads report whether there is more: see tellRest
	buffers  *buffers
	readable func(fd uintptr) bool // raw.Read's callback: called whenever there may be input, until it returns true

	buf      *[]byte
	from, to int // unread bytes are (*buf)[from:to]
	n        int // result of the last read
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

// bytes returns the bytes that were read and not taken. They are valid until the next fill.
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

// fill waits until at least one more byte is read. After a deadline error it can be called again.
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
	s.n, s.err = s.nc.Read(s.free())
	s.to += max(s.n, 0)
	return s.outcome()
}

// readNow reads available input without waiting. ok is false if there was none; then an empty buffer is released. drained means
// that a second call at once would read nothing.
func (s *source) readNow(fd uintptr) (drained, ok bool) {
	s.n, drained, s.err = readNow(fd, s.free(), s.tells)
	if s.err == syscall.EAGAIN {
		s.release()
		return true, false
	}
	s.to += s.n
	return drained, true
}

// free returns the free part of the buffer, after the bytes not taken.
func (s *source) free() []byte {
	if s.buf == nil {
		s.hold(s.buffers.getSmall())
	} else if s.from > 0 {
		s.to = copy(*s.buf, (*s.buf)[s.from:s.to])
		s.from = 0
	}
	return (*s.buf)[s.to:]
}

// fail makes the current fill return err.
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

// enlarge switches to a large buffer, for a payload that does not fit the small one.
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

// shrink switches back to a small buffer, or to none, before waiting for the next frame: less than a header is unread then.
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

// release returns the buffer to its pool if it is empty.
func (s *source) release() {
	if s.buf != nil && s.from == s.to {
		s.buffers.put(s.buf)
		s.buf = nil
	}
}

// close returns the buffer to its pool, whatever is in it.
func (s *source) close() {
	s.from, s.to = 0, 0
	s.release()
}

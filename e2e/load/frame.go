package load

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

const (
	finalBit   = 0x80
	maskBit    = 0x80
	headerRoom = 14 // the longest header of a client's frame
	firstRead  = 2 << 10
	mostRead   = 64 << 10 // a buffer that was filled grows up to this size; it grows further only for a large message
	maxMessage = 256 << 20
)

// closeError is the server's close frame. code is 1005 if it had none.
type closeError struct {
	code   int
	reason string
}

func (e closeError) Error() string {
	return fmt.Sprintf("the server closed the connection with %d %s", e.code, e.reason)
}

var errFrame = errors.New("the server broke the WebSocket protocol")

// socket is the client's end of a WebSocket. One goroutine calls next; at most one at a time sends.
type socket struct {
	nc       net.Conn
	buf      []byte
	from, to int           // unread bytes are buf[from:to]
	readAt   time.Duration // when buf was last filled, on clock
	clock    func() time.Duration

	message []byte // the fragments so far
	partial bool   // a fragmented message is incomplete
	out     []byte
	key     uint32
}

// newSocket returns a socket on an upgraded connection. early is what was received after the upgrade.
func newSocket(nc net.Conn, early []byte, clock func() time.Duration) *socket {
	s := &socket{nc: nc, buf: make([]byte, max(firstRead, len(early))), clock: clock, key: 0x9E3779B9}
	s.to = copy(s.buf, early)
	s.readAt = clock()
	return s
}

// next returns the next text message, valid until the next call. It answers pings.
func (s *socket) next() ([]byte, error) {
	for {
		opcode, final, payload, err := s.frame()
		if err != nil {
			return nil, err
		}
		switch {
		case opcode >= opClose:
			if err := s.control(opcode, payload); err != nil {
				return nil, err
			}
			continue
		case (opcode == opContinuation) != s.partial:
			return nil, fmt.Errorf("%w: opcode %d out of turn", errFrame, opcode)
		case final && !s.partial:
			return payload, nil
		case len(s.message)+len(payload) > maxMessage:
			return nil, fmt.Errorf("%w: a message of more than %d bytes", errFrame, maxMessage)
		}
		s.message = append(s.message, payload...)
		s.partial = !final
		if final {
			whole := s.message
			s.message = s.message[:0]
			return whole, nil
		}
	}
}

// frame returns the next frame. Its payload is part of buf.
func (s *socket) frame() (opcode byte, final bool, payload []byte, err error) {
	head, err := s.peek(2)
	if err != nil {
		return 0, false, nil, err
	}
	opcode, final = head[0]&0x0F, head[0]&finalBit != 0
	size, header := uint64(head[1]&0x7F), 2
	switch {
	case head[0]&0x70 != 0:
		return 0, false, nil, fmt.Errorf("%w: reserved bits are set", errFrame)
	case head[1]&maskBit != 0:
		return 0, false, nil, fmt.Errorf("%w: its frame is masked", errFrame)
	case opcode >= opClose && (!final || size > 125):
		return 0, false, nil, fmt.Errorf("%w: a control frame that is long or in pieces", errFrame)
	case opcode > opText && opcode != opClose && opcode != opPing && opcode != opPong:
		return 0, false, nil, fmt.Errorf("%w: opcode %d", errFrame, opcode)
	case size == 126:
		header = 4
	case size == 127:
		header = 10
	}
	if header > 2 {
		if head, err = s.peek(header); err != nil {
			return 0, false, nil, err
		}
		if size = uint64(binary.BigEndian.Uint16(head[2:])); header == 10 {
			size = binary.BigEndian.Uint64(head[2:])
		}
	}
	if size > maxMessage {
		return 0, false, nil, fmt.Errorf("%w: a frame of %d bytes", errFrame, size)
	}
	all, err := s.peek(header + int(size))
	if err != nil {
		return 0, false, nil, err
	}
	s.from += len(all)
	return opcode, final, all[header:], nil
}

// peek returns the next n bytes without consuming them. If it must read, it reads as much as is available.
func (s *socket) peek(n int) ([]byte, error) {
	if s.to-s.from < n {
		if err := s.fill(n); err != nil {
			return nil, err
		}
	}
	return s.buf[s.from : s.from+n], nil
}

func (s *socket) fill(n int) error {
	if s.from > 0 {
		s.to = copy(s.buf, s.buf[s.from:s.to])
		s.from = 0
	}
	if n > len(s.buf) {
		s.buf = append(make([]byte, 0, n), s.buf[:s.to]...)[:n]
	}
	for s.to < n {
		got, err := s.nc.Read(s.buf[s.to:])
		s.to += got
		if got > 0 {
			s.readAt = s.clock()
			if s.to == len(s.buf) && len(s.buf) < mostRead { // there may be more, and fewer reads cost less
				s.buf = append(s.buf, make([]byte, len(s.buf))...)
			}
			continue
		}
		if err == nil {
			err = io.ErrNoProgress
		}
		return err
	}
	return nil
}

// control answers a ping and turns a close into an error. It does not use s.out, because another goroutine may be sending.
func (s *socket) control(opcode byte, payload []byte) error {
	switch opcode {
	case opPing:
		_, err := s.nc.Write(appendFrame(nil, opPong, 0x5bd1e995, payload))
		return err
	case opClose:
		e := closeError{code: 1005}
		if len(payload) >= 2 {
			e.code, e.reason = int(binary.BigEndian.Uint16(payload)), string(payload[2:])
		}
		return e
	}
	return nil
}

// begin returns a buffer to which a message is appended for send.
func (s *socket) begin() []byte {
	if cap(s.out) < headerRoom {
		s.out = make([]byte, 0, 256)
	}
	return s.out[:headerRoom]
}

// send sends the message in buf, which begin returned, with one write.
func (s *socket) send(buf []byte) error {
	s.out = buf
	s.key = s.key*1664525 + 1013904223
	_, err := s.nc.Write(seal(buf, opText, s.key))
	return err
}

// seal writes the header directly before the payload, which starts at headerRoom, masks the payload, and returns the frame.
func seal(buf []byte, opcode byte, key uint32) []byte {
	size := len(buf) - headerRoom
	at := headerRoom - 6
	switch {
	case size > 0xFFFF:
		at -= 8
		buf[at+1] = maskBit | 127
		binary.BigEndian.PutUint64(buf[at+2:], uint64(size))
	case size > 125:
		at -= 2
		buf[at+1] = maskBit | 126
		binary.BigEndian.PutUint16(buf[at+2:], uint16(size))
	default:
		buf[at+1] = maskBit | byte(size)
	}
	buf[at] = finalBit | opcode
	binary.LittleEndian.PutUint32(buf[headerRoom-4:], key)
	mask(buf[headerRoom:], key)
	return buf[at:]
}

func mask(b []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(key >> (8 * (i & 3)))
	}
}

// appendFrame appends a complete client's frame.
func appendFrame(dst []byte, opcode byte, key uint32, payload []byte) []byte {
	buf := append(make([]byte, headerRoom, headerRoom+len(payload)), payload...)
	return append(dst, seal(buf, opcode, key)...)
}

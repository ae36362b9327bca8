package wire

import "encoding/binary"

// HeaderRoom is the longest header of an unmasked WebSocket frame, in bytes.
const HeaderRoom = 10

const (
	textFinal = 0x81 // FIN and opcode 1
	len16     = 126
	len64     = 127
)

// Frame is one encoded message with its WebSocket header, shared by all receivers. It is immutable; the zero Frame is no
// message.
type Frame struct{ framed []byte }

// Begin returns a buffer for one message of about size bytes. Append the JSON to it, then call Seal.
func Begin(size int) []byte { return make([]byte, HeaderRoom, HeaderRoom+size) }

// Seal makes a Frame of a buffer from Begin. The caller must not use the buffer any more.
func Seal(buf []byte) Frame {
	size := len(buf) - HeaderRoom
	switch {
	case size < len16:
		buf = buf[HeaderRoom-2:]
		buf[1] = byte(size)
	case size <= 0xffff:
		buf = buf[HeaderRoom-4:]
		buf[1] = len16
		binary.BigEndian.PutUint16(buf[2:], uint16(size))
	default:
		buf[1] = len64
		binary.BigEndian.PutUint64(buf[2:], uint64(size))
	}
	buf[0] = textFinal
	return Frame{buf}
}

// NewFrame returns a Frame that holds a copy of json.
func NewFrame(json []byte) Frame { return Seal(append(Begin(len(json)), json...)) }

// Framed returns header and payload, as written to the connection. The caller must not change them.
func (f Frame) Framed() []byte { return f.framed }

// JSON returns the payload. The caller must not change it.
func (f Frame) JSON() []byte {
	if len(f.framed) == 0 {
		return nil
	}
	switch f.framed[1] {
	case len64:
		return f.framed[10:]
	case len16:
		return f.framed[4:]
	}
	return f.framed[2:]
}

// Len returns the length of header and payload in bytes.
func (f Frame) Len() int { return len(f.framed) }

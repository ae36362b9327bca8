package socket_test

import (
	"encoding/binary"
	"unicode/utf8"

	"quire/collab/wire"
	"quire/server/socket"
)

// ending is all that is visible of a connection from outside: what the session received, which pings were answered, and how it
// closed.
type ending struct {
	heard     []string
	oversized []int64
	pings     []string       // of the model: pings that came; of a run: pongs that were sent
	close     wire.CloseCode // 0: no close frame, as the input ended first
	used      int            // of the model: bytes up to the client's close
}

// model returns the expected outcome of a connection on which input arrives and then nothing more. It is the simplest reading of
// RFC 6455: without buffers, with all input at hand, and with no state but the open message.
func model(input []byte, limits socket.Limits) (e ending) {
	var message []byte
	open := false
	rest := input
	e.used = len(input)
	for {
		f, size, code := modelFrame(rest)
		if code != 0 {
			e.close = code
			return e
		}
		if f == nil {
			return e
		}
		switch {
		case f.opcode == 2:
			e.close = wire.CloseProtocolError
		case f.opcode == 0 && !open, f.opcode == 1 && open:
			e.close = wire.CloseBadFrame
		case f.opcode <= 1 && f.length > uint64(limits.Discard)-uint64(len(message)):
			e.close = wire.CloseTooBig
		}
		if e.close != 0 {
			return e
		}
		if uint64(len(rest)-size) < f.length {
			return e
		}
		payload := make([]byte, f.length)
		for i := range payload {
			payload[i] = rest[size+i] ^ f.mask[i%4]
		}
		rest = rest[size+len(payload):]
		switch f.opcode {
		case 8:
			e.close, e.used = modelClose(payload), len(input)-len(rest)
			return e
		case 9:
			e.pings = append(e.pings, string(payload))
		case 0, 1:
			message, open = append(message, payload...), !f.final
			switch {
			case open:
			case len(message) > limits.Frame:
				e.oversized, message = append(e.oversized, int64(len(message))), nil
			case !utf8.Valid(message):
				e.close = wire.CloseInvalidText
				return e
			default:
				e.heard, message = append(e.heard, string(message)), nil
			}
		}
	}
}

type modelHeader struct {
	final  bool
	opcode byte
	length uint64
	mask   []byte
}

// modelFrame reads one header. nil means that it is incomplete.
func modelFrame(b []byte) (h *modelHeader, size int, code wire.CloseCode) {
	if len(b) < 2 {
		return nil, 0, 0
	}
	h = &modelHeader{final: b[0] >= 0x80, opcode: b[0] % 16, length: uint64(b[1] % 128)}
	control := h.opcode >= 8
	known := h.opcode <= 2 || h.opcode >= 8 && h.opcode <= 10
	if b[0]/16%8 != 0 || b[1] < 0x80 || !known || control && (!h.final || h.length > 125) {
		return nil, 0, wire.CloseBadFrame
	}
	size = 2
	least := uint64(0)
	switch h.length {
	case 126:
		size, least = 4, 126
	case 127:
		size, least = 10, 1<<16
	}
	if len(b) < size+4 {
		return nil, 0, 0
	}
	if size > 2 {
		var wide [8]byte
		copy(wide[8-(size-2):], b[2:size])
		h.length = binary.BigEndian.Uint64(wide[:])
	}
	if h.length < least || h.length >= 1<<63 {
		return nil, 0, wire.CloseBadFrame
	}
	h.mask = b[size : size+4]
	return h, size + 4, 0
}

// modelClose returns the code with which a close frame is answered.
func modelClose(payload []byte) wire.CloseCode {
	if len(payload) == 0 {
		return closeWithout
	}
	if len(payload) == 1 {
		return wire.CloseBadFrame
	}
	code := binary.BigEndian.Uint16(payload)
	defined := code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014
	if !defined && (code < 3000 || code > 4999) {
		return wire.CloseBadFrame
	}
	if !utf8.Valid(payload[2:]) {
		return wire.CloseInvalidText
	}
	return wire.CloseCode(code)
}

// closeWithout is the code that RFC 6455 defines for a close frame without one.
const closeWithout wire.CloseCode = 1005

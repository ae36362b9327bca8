package socket

import (
	"encoding/binary"
	"unicode/utf8"

	"quire/collab/wire"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

const (
	finalBit   = 0x80
	rsvBits    = 0x70
	maskBit    = 0x80
	maxControl = 125 // bytes of a control frame's payload
)

// Close codes of RFC 6455 that are not in package wire's table.
const (
	closeNormal   = 1000
	closeNoStatus = 1005
)

// header is the header of a client's frame.
type header struct {
	final  bool
	opcode byte
	length int64 // of the payload, bytes
	mask   [4]byte
	size   int // of the header itself, bytes
}

func (h header) isControl() bool { return h.opcode >= opClose }

// parseHeader parses the header at the start of b. ok is false if it is incomplete or invalid; in that case violation is the
// reason for closing with 1002.
func parseHeader(b []byte) (h header, ok bool, violation string) {
	if len(b) < 2 {
		return h, false, ""
	}
	h.final, h.opcode = b[0]&finalBit != 0, b[0]&0x0F
	short := int64(b[1] & 0x7F)
	switch {
	case b[0]&rsvBits != 0:
		return h, false, "reserved bits are set, and no extension was agreed on"
	case b[1]&maskBit == 0:
		return h, false, "a client's frame must be masked"
	case h.opcode > opBinary && h.opcode < opClose || h.opcode > opPong:
		return h, false, "unknown opcode"
	case h.isControl() && !h.final:
		return h, false, "a control frame must not be fragmented"
	case h.isControl() && short > maxControl:
		return h, false, "a control frame is longer than 125 bytes"
	}
	h.size = 2
	switch short {
	case 126:
		h.size += 2
	case 127:
		h.size += 8
	}
	h.size += len(h.mask)
	if len(b) < h.size {
		return h, false, ""
	}
	h.length = short
	least := int64(0) // the smallest length that needs this many bytes
	switch short {
	case 126:
		h.length, least = int64(binary.BigEndian.Uint16(b[2:])), 126
	case 127:
		h.length, least = int64(binary.BigEndian.Uint64(b[2:])), 1<<16
	}
	switch {
	case h.length < 0:
		return h, false, "the length's highest bit is set"
	case h.length < least:
		return h, false, "the length is written in more bytes than it needs"
	}
	copy(h.mask[:], b[h.size-len(h.mask):])
	return h, true, ""
}

// unmask applies mask to b, which starts at offset in the payload.
func unmask(b []byte, mask [4]byte, offset int64) {
	var m [8]byte
	for i := range m {
		m[i] = mask[(offset+int64(i))&3]
	}
	wide := binary.LittleEndian.Uint64(m[:])
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= m[i]
	}
}

// appendControl appends an unmasked control frame. payload must have at most maxControl bytes.
func appendControl(dst []byte, opcode byte, payload []byte) []byte {
	return append(append(dst, finalBit|opcode, byte(len(payload))), payload...)
}

// appendClose appends a close frame. It truncates a reason that does not fit.
func appendClose(dst []byte, code wire.CloseCode, reason string) []byte {
	if code == closeNoStatus {
		return appendControl(dst, opClose, nil)
	}
	for len(reason) > maxControl-2 || !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	dst = append(dst, finalBit|opClose, byte(2+len(reason)), byte(code>>8), byte(code))
	return append(dst, reason...)
}

// parseClose parses a close frame's payload. answer is the code to close with: the peer's own, or that of the violation.
func parseClose(payload []byte) (answer wire.CloseCode, violation string) {
	if len(payload) == 0 {
		return closeNoStatus, ""
	}
	if len(payload) == 1 {
		return wire.CloseBadFrame, "a close frame of one byte"
	}
	code := binary.BigEndian.Uint16(payload)
	switch {
	case code < 1000, code >= 1004 && code <= 1006, code >= 1015 && code < 3000, code >= 5000:
		return wire.CloseBadFrame, "an invalid close code"
	case !utf8.Valid(payload[2:]):
		return wire.CloseInvalidText, "a close reason that is not UTF-8"
	}
	return wire.CloseCode(code), ""
}

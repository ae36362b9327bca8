package socket_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"quire/collab/wire"
	"quire/server/socket"
)

// readerLimits are the limits for the cases below.
func readerLimits() socket.Limits { return socket.Limits{Frame: 70_000, Discard: 140_000} }

// readerCase is one input and its expected outcome. Where close is 1000, a close frame with that code follows the input.
type readerCase struct {
	name  string
	input []byte
	close wire.CloseCode
	heard []string
	pings []string
	over  []int64 // sizes of messages over the limit
}

const (
	violated = wire.CloseBadFrame
	notUTF8  = wire.CloseInvalidText
	tooBig   = wire.CloseTooBig
	refused  = wire.CloseProtocolError
	fine     = wire.CloseCode(1000)
)

// isBad reports whether the server is the first to close.
func (c readerCase) isBad() bool {
	own := bytes.HasSuffix(c.input, closing(uint16(c.close), ""))
	return !own && (c.close == violated || c.close == notUTF8 || c.close == tooBig || c.close == refused)
}

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// lengthened returns a masked frame whose length is written in 2 or 8 bytes, whether it needs them or not.
func lengthened(first byte, bytes int, length uint64, payload string) []byte {
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], length)
	out := append([]byte{first, map[int]byte{2: 0xFE, 8: 0xFF}[bytes]}, wide[8-bytes:]...)
	return append(append(out, 0, 0, 0, 0), payload...)
}

func closing(code uint16, reason string) []byte {
	return masked(0x88, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// readerCases cover RFC 6455 like the Autobahn test suite: framing, pings, reserved bits, opcodes, fragments, UTF-8, closing,
// limits.
func readerCases() []readerCase {
	var all []readerCase
	for _, group := range [][]readerCase{
		framingCases(), lengthCases(), pingCases(), reservedCases(), opcodeCases(), fragmentCases(), utf8Cases(), closeCases(), limitCases(),
	} {
		all = append(all, group...)
	}
	return all
}

func framingCases() (all []readerCase) {
	for _, n := range []int{0, 1, 125, 126, 127, 128, 255, 4088, 4095, 4096, 4097, 65_535, 65_536, 70_000} {
		s := strings.Repeat("*", n)
		all = append(all, readerCase{name: fmt.Sprintf("text of %d bytes", n), input: text(s), close: fine, heard: []string{s}})
	}
	for name, payload := range map[string]int{"nothing": 0, "one byte": 1, "126 bytes": 126} {
		all = append(all, readerCase{name: "binary of " + name, input: masked(0x82, make([]byte, payload)), close: refused})
	}
	zeroMask := append([]byte{0x81, 0x85, 0, 0, 0, 0}, "hello"...)
	all = append(all,
		readerCase{name: "a mask of zeros", input: zeroMask, close: fine, heard: []string{"hello"}},
		readerCase{name: "two messages", input: join(text("one"), text("two")), close: fine, heard: []string{"one", "two"}},
		readerCase{name: "binary in fragments", input: masked(0x02, []byte("x")), close: refused},
		readerCase{name: "binary within a text", input: join(masked(0x01, []byte("x")), masked(0x82, nil)), close: refused},
		readerCase{name: "HTTP", input: []byte("GET / HTTP/1.1\r\nHost: quire\r\n\r\n"), close: violated},
		readerCase{name: "a TLS hello", input: []byte{0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03}, close: violated},
		readerCase{name: "zeros", input: make([]byte, 64), close: violated},
		readerCase{name: "ones", input: bytes.Repeat([]byte{0xFF}, 64), close: violated},
	)
	for name, first := range map[string]byte{"text": 0x81, "unfinished text": 0x01, "continuation": 0x80, "binary": 0x82, "ping": 0x89, "pong": 0x8A, "close": 0x88} {
		all = append(all, readerCase{name: "not masked: " + name, input: append([]byte{first, 5}, "hello"...), close: violated},
			readerCase{name: "not masked and empty: " + name, input: []byte{first, 0}, close: violated})
	}
	return append(all, readerCase{name: "not masked after a message", input: join(text("one"), []byte{0x81, 1, 'x'}), close: violated, heard: []string{"one"}})
}

// A length must be written in as few bytes as it needs.
func lengthCases() (all []readerCase) {
	for _, n := range []uint64{0, 1, 125} {
		all = append(all, readerCase{name: fmt.Sprintf("length %d in 2 bytes", n), input: lengthened(0x81, 2, n, strings.Repeat("x", int(n))), close: violated})
	}
	for _, n := range []uint64{0, 125, 126, 65_535} {
		all = append(all, readerCase{name: fmt.Sprintf("length %d in 8 bytes", n), input: lengthened(0x81, 8, n, strings.Repeat("x", int(n))), close: violated})
	}
	for _, n := range []uint64{1 << 63, 1<<63 + 5, 1<<64 - 1} {
		all = append(all, readerCase{name: fmt.Sprintf("length %x", n), input: lengthened(0x81, 8, n, "hello"), close: violated},
			readerCase{name: fmt.Sprintf("continuation of length %x", n), input: join(masked(0x01, nil), lengthened(0x80, 8, n, "hello")), close: violated})
	}
	for _, n := range []uint64{140_001, 1 << 31, 1 << 32, 1 << 40, 1<<63 - 1} {
		all = append(all, readerCase{name: fmt.Sprintf("length %d, which is never read", n), input: lengthened(0x81, 8, n, "hello"), close: tooBig},
			readerCase{name: fmt.Sprintf("unfinished, of length %d", n), input: lengthened(0x01, 8, n, ""), close: tooBig})
	}
	return append(all,
		readerCase{name: "length 126 in 2 bytes", input: lengthened(0x81, 2, 126, strings.Repeat("x", 126)), close: fine, heard: []string{strings.Repeat("x", 126)}},
		readerCase{name: "length 65536 in 8 bytes", input: lengthened(0x81, 8, 65_536, strings.Repeat("x", 65_536)), close: fine, heard: []string{strings.Repeat("x", 65_536)}},
		readerCase{name: "a ping's length in 2 bytes", input: lengthened(0x89, 2, 5, "hello"), close: violated},
		readerCase{name: "a close's length in 8 bytes", input: lengthened(0x88, 8, 2, "\x03\xe8"), close: violated},
	)
}

func pingCases() []readerCase {
	long := strings.Repeat("\xfe", 125)
	ping := func(s string) []byte { return masked(0x89, []byte(s)) }
	all := []readerCase{
		{name: "ping", input: ping(""), close: fine, pings: []string{""}},
		{name: "ping with text", input: ping("Hello, world!"), close: fine, pings: []string{"Hello, world!"}},
		{name: "ping with bytes", input: ping("\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), close: fine, pings: []string{"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}},
		{name: "ping of 125 bytes", input: ping(long), close: fine, pings: []string{long}},
		{name: "ping of 126 bytes", input: ping(long + "x"), close: violated},
		{name: "ping of 70,000 bytes", input: ping(strings.Repeat("x", 70_000)), close: violated},
		{name: "pong nobody asked for", input: masked(0x8A, nil), close: fine},
		{name: "pong with text", input: masked(0x8A, []byte("unsolicited")), close: fine},
		{name: "pong, then ping", input: join(masked(0x8A, []byte("a")), ping("b")), close: fine, pings: []string{"b"}},
		{name: "pong of 126 bytes", input: masked(0x8A, make([]byte, 126)), close: violated},
		{name: "ping between messages", input: join(text("one"), ping("p"), text("two")), close: fine, heard: []string{"one", "two"}, pings: []string{"p"}},
		{name: "a close of 126 bytes", input: masked(0x88, make([]byte, 126)), close: violated},
	}
	var ten [][]byte
	var names []string
	for i := range 10 {
		ten, names = append(ten, ping(fmt.Sprint(i))), append(names, fmt.Sprint(i))
	}
	return append(all, readerCase{name: "ten pings", input: join(ten...), close: fine, pings: names})
}

func reservedCases() (all []readerCase) {
	for bits := byte(1); bits < 8; bits++ {
		for name, first := range map[string]byte{"text": 0x81, "unfinished text": 0x01, "ping": 0x89, "pong": 0x8A, "close": 0x88} {
			all = append(all, readerCase{name: fmt.Sprintf("reserved bits %03b on a %s", bits, name), input: masked(first|bits<<4, []byte("\x03\xe8")), close: violated})
		}
		all = append(all,
			readerCase{name: fmt.Sprintf("reserved bits %03b after a message", bits), input: join(text("one"), masked(0x81|bits<<4, nil)), close: violated, heard: []string{"one"}},
			readerCase{name: fmt.Sprintf("reserved bits %03b on a continuation", bits), input: join(masked(0x01, nil), masked(0x80|bits<<4, nil)), close: violated})
	}
	return all
}

func opcodeCases() (all []readerCase) {
	for _, opcode := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		all = append(all,
			readerCase{name: fmt.Sprintf("opcode %d", opcode), input: masked(0x80|opcode, nil), close: violated},
			readerCase{name: fmt.Sprintf("opcode %d with a payload", opcode), input: masked(0x80|opcode, []byte("payload")), close: violated},
			readerCase{name: fmt.Sprintf("opcode %d, not final", opcode), input: masked(opcode, nil), close: violated},
			readerCase{name: fmt.Sprintf("opcode %d after a message", opcode), input: join(text("one"), masked(0x80|opcode, nil), text("two")), close: violated, heard: []string{"one"}},
			readerCase{name: fmt.Sprintf("opcode %d within fragments", opcode), input: join(masked(0x01, nil), masked(0x80|opcode, nil)), close: violated},
		)
	}
	return all
}

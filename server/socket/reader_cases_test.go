package socket_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"quire/collab/wire"
	"quire/server/socket"
)

// readerLimits are those that the cases below are about.
func readerLimits() socket.Limits { return socket.Limits{Frame: 70_000, Discard: 140_000} }

// readerCase is one input and what must come of it. Where close is 1000, a close frame with that code follows the input.
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

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// lengthened is a masked frame whose length is written in 2 or 8 bytes, whether it needs them or not.
func lengthened(first byte, bytes int, length uint64, payload string) []byte {
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], length)
	out := append([]byte{first, map[int]byte{2: 0xFE, 8: 0xFF}[bytes]}, wide[8-bytes:]...)
	return append(append(out, 0, 0, 0, 0), payload...)
}

func closing(code uint16, reason string) []byte {
	return masked(0x88, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// readerCases go through RFC 6455 as the Autobahn test suite does: framing, pings, reserved bits, opcodes, fragments, UTF-8,
// closing, limits.
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

func fragmentCases() []readerCase {
	begin, more, end := func(s string) []byte { return masked(0x01, []byte(s)) }, func(s string) []byte { return masked(0x00, []byte(s)) }, func(s string) []byte { return masked(0x80, []byte(s)) }
	ping := masked(0x89, []byte("p"))
	all := []readerCase{
		{name: "two fragments", input: join(begin("frag"), end("ment")), close: fine, heard: []string{"fragment"}},
		{name: "a ping between fragments", input: join(begin("frag"), ping, end("ment")), close: fine, heard: []string{"fragment"}, pings: []string{"p"}},
		{name: "a pong between fragments", input: join(begin("frag"), masked(0x8A, nil), end("ment")), close: fine, heard: []string{"fragment"}},
		{name: "fragments with pings between all", input: join(begin("a"), ping, more("b"), ping, more("c"), ping, end("d")), close: fine, heard: []string{"abcd"}, pings: []string{"p", "p", "p"}},
		{name: "empty fragments", input: join(begin(""), more(""), end("")), close: fine, heard: []string{""}},
		{name: "empty fragments around text", input: join(begin(""), more("x"), end("")), close: fine, heard: []string{"x"}},
		{name: "two fragmented messages", input: join(begin("a"), end("b"), begin("c"), end("d")), close: fine, heard: []string{"ab", "cd"}},
		{name: "fragments of 70,000 bytes", input: join(begin(strings.Repeat("a", 40_000)), end(strings.Repeat("b", 30_000))), close: fine, heard: []string{strings.Repeat("a", 40_000) + strings.Repeat("b", 30_000)}},
		{name: "a close between fragments", input: join(begin("a"), ping), close: fine, pings: []string{"p"}},
		{name: "a ping in fragments", input: join(masked(0x09, []byte("fr")), end("ag")), close: violated},
		{name: "a pong in fragments", input: join(masked(0x0A, []byte("fr")), end("ag")), close: violated},
		{name: "a close in fragments", input: join(masked(0x08, []byte("\x03\xe8")), end("")), close: violated},
		{name: "a ping in fragments within a text", input: join(begin("a"), masked(0x09, nil)), close: violated},
		{name: "a continuation of nothing", input: end("x"), close: violated},
		{name: "an unfinished continuation of nothing", input: more("x"), close: violated},
		{name: "an empty continuation of nothing", input: end(""), close: violated},
		{name: "a continuation of a finished message", input: join(text("one"), end("x")), close: violated, heard: []string{"one"}},
		{name: "an unfinished continuation after a message", input: join(text("one"), more("x"), text("two")), close: violated, heard: []string{"one"}},
		{name: "a continuation after fragments", input: join(begin("a"), end("b"), end("c")), close: violated, heard: []string{"ab"}},
		{name: "a text within a text", input: join(begin("x"), text("y")), close: violated},
		{name: "an unfinished text within a text", input: join(begin("x"), begin("y"), end("z")), close: violated},
		{name: "a text after two fragments", input: join(begin("x"), more("y"), text("z")), close: violated},
	}
	thousand := [][]byte{begin("0")}
	for i := 1; i < 999; i++ {
		thousand = append(thousand, more(fmt.Sprint(i%10)))
	}
	all = append(all, readerCase{name: "a thousand fragments", input: join(append(thousand, end("9"))...), close: fine, heard: []string{strings.Repeat("0123456789", 100)}})
	return all
}

func utf8Cases() (all []readerCase) {
	for name, s := range map[string]string{
		"Greek": "κόσμε", "the first of each length": "\x00\u0080\u0800\U00010000", "the last of each length": "\x7f\u07ff\uffff\U0010ffff",
		"around the surrogates": "\ud7ff\ue000\ufffd", "no characters": "\ufffe\uffff\U0001fffe\U0010fffe", "a byte-order mark": "\ufeffx", "astral": "😀𝓊",
	} {
		all = append(all, readerCase{name: "UTF-8: " + name, input: text(s), close: fine, heard: []string{s}})
		var each [][]byte
		for i := range len(s) {
			each = append(each, masked(0x00, []byte{s[i]}))
		}
		all = append(all, readerCase{name: "UTF-8, a fragment a byte: " + name, input: join(masked(0x01, nil), join(each...), masked(0x80, nil)), close: fine, heard: []string{s}})
	}
	for name, s := range map[string]string{
		"a lone continuation byte": "\x80", "the last continuation byte": "\xbf", "six of them": "\x80\xbf\x80\xbf\x80\xbf", "Latin-1": "caf\xe9",
		"a lead byte of two": "\xc3 ", "a lead byte of three": "\xe1 ", "a lead byte of four": "\xf1 ", "five bytes": "\xf8\x88\x80\x80\x80", "six bytes": "\xfc\x84\x80\x80\x80\x80",
		"cut after one of two": "é"[:1], "cut after one of three": "中"[:1], "cut after two of three": "中"[:2], "cut after three of four": "😀"[:3],
		"overlong slash of two": "\xc0\xaf", "overlong slash of three": "\xe0\x80\xaf", "overlong slash of four": "\xf0\x80\x80\xaf",
		"overlong end of ASCII": "\xc1\xbf", "overlong end of two": "\xe0\x9f\xbf", "overlong end of three": "\xf0\x8f\xbf\xbf", "overlong NUL": "\xc0\x80",
		"a high surrogate": "\xed\xa0\x80", "the last high surrogate": "\xed\xaf\xbf", "a low surrogate": "\xed\xb0\x80", "a pair of surrogates": "\xed\xa0\x80\xed\xb0\x80",
		"beyond Unicode": "\xf4\x90\x80\x80", "far beyond": "\xf7\xbf\xbf\xbf", "FE": "\xfe", "FF": "\xff",
	} {
		all = append(all,
			readerCase{name: "no UTF-8: " + name, input: text("fine: κόσμε " + s), close: notUTF8},
			readerCase{name: "no UTF-8, over fragments: " + name, input: join(masked(0x01, []byte("x"+s[:1])), masked(0x80, []byte(s[1:]))), close: notUTF8})
	}
	return append(all,
		readerCase{name: "no UTF-8 at the end of a large text", input: text(strings.Repeat("x", 69_000) + "\xff"), close: notUTF8},
		readerCase{name: "no UTF-8 after a message", input: join(text("one"), text("\xff"), text("two")), close: notUTF8, heard: []string{"one"}},
		readerCase{name: "a character over two messages", input: join(text("é"[:1]), text("é"[1:])), close: notUTF8},
		readerCase{name: "a pong that is no UTF-8", input: masked(0x8A, []byte("\xff")), close: fine},
	)
}

func closeCases() []readerCase {
	all := []readerCase{
		{name: "a close without a code", input: masked(0x88, nil), close: closeWithout},
		{name: "a close of one byte", input: masked(0x88, []byte{3}), close: violated},
		{name: "a close with a reason", input: closing(1001, "going away: κόσμε"), close: 1001},
		{name: "a close of 125 bytes", input: closing(1001, strings.Repeat("x", 123)), close: 1001},
		{name: "a close reason that is not UTF-8", input: closing(1000, "\xff"), close: notUTF8},
		{name: "a close reason cut in a character", input: closing(1000, "é"[:1]), close: notUTF8},
		{name: "a message, then a close", input: join(text("one"), closing(4000, "")), close: 4000, heard: []string{"one"}},
		{name: "a ping, then a close", input: join(masked(0x89, []byte("p")), closing(1000, "")), close: fine, pings: []string{"p"}},
		{name: "a close amid a message", input: join(masked(0x01, []byte("x")), closing(1001, "")), close: 1001},
	}
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4500, 4999} {
		all = append(all, readerCase{name: fmt.Sprintf("a close with %d", code), input: closing(code, ""), close: wire.CloseCode(code)})
	}
	for _, code := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 50_000, 65_535} {
		all = append(all, readerCase{name: fmt.Sprintf("a close with %d, which there is not", code), input: closing(code, ""), close: violated})
	}
	return all
}

func limitCases() []readerCase {
	over, most := strings.Repeat("x", 70_001), strings.Repeat("x", 140_000)
	return []readerCase{
		{name: "one byte over the limit", input: text(over), close: fine, over: []int64{70_001}},
		{name: "over the limit in fragments", input: join(masked(0x01, []byte(over[:70_000])), masked(0x80, []byte("y"))), close: fine, over: []int64{70_001}},
		{name: "over the limit and not UTF-8", input: text(over + "\xff"), close: fine, over: []int64{70_002}},
		{name: "as much as is read at all", input: text(most), close: fine, over: []int64{140_000}},
		{name: "that in fragments", input: join(masked(0x01, []byte(most[:139_999])), masked(0x80, []byte("y"))), close: fine, over: []int64{140_000}},
		{name: "one byte beyond that", input: text(most + "x"), close: tooBig},
		{name: "one byte beyond in fragments", input: join(masked(0x01, []byte(most)), masked(0x80, []byte("y"))), close: tooBig},
		{name: "one byte beyond, claimed", input: join(masked(0x01, []byte("x")), lengthened(0x80, 8, 140_000, "")), close: tooBig},
		{name: "over the limit, then a message", input: join(text(over), text("one")), close: fine, over: []int64{70_001}, heard: []string{"one"}},
		{name: "a ping amid one over the limit", input: join(masked(0x01, []byte(over)), masked(0x89, []byte("p")), masked(0x80, nil)), close: fine, over: []int64{70_001}, pings: []string{"p"}},
	}
}

package socket_test

import (
	"fmt"
	"strings"

	"quire/collab/wire"
)

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

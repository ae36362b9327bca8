package socket_test

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"quire/collab/wire"
	"quire/server/socket"
)

// bare is a frame with an exact header and no mask or payload of its own making.
func bare(bytes ...byte) []byte { return bytes }

// TestBadFrames: every violation of RFC 6455 gets its close code, and nobody else notices.
func TestBadFrames(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{Frame: 100_000, Discard: 1 << 20}})
	other := h.call("Authorization: Bearer bob")
	long := binary.BigEndian.AppendUint64([]byte{0x81, 0xFF}, 1<<63)
	huge := append(binary.BigEndian.AppendUint64([]byte{0x81, 0xFF}, 1<<40), 1, 2, 3, 4)
	closing := func(code uint16, reason string) []byte {
		return masked(0x88, append(binary.BigEndian.AppendUint16(nil, code), reason...))
	}
	type row struct {
		name string
		send []byte
		want wire.CloseCode
	}
	rows := []row{
		{"not masked", append([]byte{0x81, 5}, "hello"...), wire.CloseBadFrame},
		{"reserved bit 1", masked(0xC1, []byte("x")), wire.CloseBadFrame},
		{"reserved bit 2", masked(0xA1, []byte("x")), wire.CloseBadFrame},
		{"reserved bit 3", masked(0x91, []byte("x")), wire.CloseBadFrame},
		{"reserved bit on a ping", masked(0xC9, nil), wire.CloseBadFrame},
		{"a length with the highest bit", append(long, 1, 2, 3, 4), wire.CloseBadFrame},
		{"a length beyond all measure", huge, wire.CloseTooBig},
		{"a continuation of nothing", masked(0x80, []byte("x")), wire.CloseBadFrame},
		{"an unfinished continuation of nothing", masked(0x00, []byte("x")), wire.CloseBadFrame},
		{"a text within a text", append(masked(0x01, []byte("x")), masked(0x81, []byte("y"))...), wire.CloseBadFrame},
		{"a ping in fragments", masked(0x09, nil), wire.CloseBadFrame},
		{"a pong in fragments", masked(0x0A, nil), wire.CloseBadFrame},
		{"a close in fragments", masked(0x08, nil), wire.CloseBadFrame},
		{"a ping of 126 bytes", masked(0x89, make([]byte, 126)), wire.CloseBadFrame},
		{"a close of 126 bytes", masked(0x88, make([]byte, 126)), wire.CloseBadFrame},
		{"a close of one byte", masked(0x88, []byte{3}), wire.CloseBadFrame},
		{"a close reason that is not UTF-8", closing(1000, "\xff"), wire.CloseInvalidText},
		{"binary", masked(0x82, []byte("x")), wire.CloseProtocolError},
		{"binary in fragments", masked(0x02, []byte("x")), wire.CloseProtocolError},
		{"text that is not UTF-8", text("caf\xe9"), wire.CloseInvalidText},
		{"text with a surrogate in UTF-8", text("\xed\xa0\x80"), wire.CloseInvalidText},
		{"text with an overlong form", text("\xc0\xaf"), wire.CloseInvalidText},
		{"text beyond Unicode", text("\xf4\x90\x80\x80"), wire.CloseInvalidText},
		{"text cut in a character", text("é"[:1]), wire.CloseInvalidText},
		{"text not UTF-8 over fragments", append(masked(0x01, []byte("é")[:1]), masked(0x80, []byte("x"))...), wire.CloseInvalidText},
		{"large text that is not UTF-8", text(strings.Repeat("x", 70_000) + "\xff"), wire.CloseInvalidText},
		{"garbage", []byte("GET / HTTP/1.1\r\n\r\n"), wire.CloseBadFrame},
	}
	for opcode := byte(0x3); opcode <= 0xF; opcode++ {
		if opcode < 0x8 || opcode > 0xA {
			rows = append(rows, row{"opcode " + string("0123456789abcdef"[opcode]), masked(0x80|opcode, nil), wire.CloseBadFrame})
		}
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		rows = append(rows, row{"a close with " + string(rune('0'+code%10)) + " at its end", closing(code, ""), wire.CloseBadFrame})
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			p := h.call(ann)
			p.t = t
			p.send(r.send)
			if reason := p.closes(r.want); reason == "" {
				t.Error("the close gives no reason")
			}
			other.send(text("undisturbed"))
			other.says("undisturbed")
		})
	}
}

// Bytes of any kind after the handshake never bring the server down and always end in silence, an answer or a close.
func FuzzBytesAfterTheHandshake(f *testing.F) {
	for _, seed := range [][]byte{text("x"), masked(0x89, nil), masked(0x01, nil), masked(0x88, []byte{3, 232}), bare(0x81, 0xFE, 0, 200)} {
		f.Add(seed)
	}
	h := open(f, settings{limits: socket.Limits{Frame: 1000, Discard: 5000}, onFrame: func(*echo, context.Context, []byte) {}})
	f.Fuzz(func(t *testing.T, sent []byte) {
		h.t = t
		p := h.call(ann)
		defer p.Close()
		p.Write(sent)
		p.Write(masked(0x88, []byte{3, 232})) // which ends whatever state that left, if it is read as a frame at all
		p.Conn.(interface{ CloseWrite() error }).CloseWrite()
		for {
			if _, _, err := p.frame(); err != nil {
				break
			}
		}
		h.session().leaves(t)
		other := h.call(ann)
		other.send(masked(0x89, []byte("alive?")))
		if opcode, payload, err := other.frame(); opcode != 0xA || string(payload) != "alive?" || err != nil {
			t.Fatalf("the server answers %x %q %v, want a pong", opcode, payload, err)
		}
		other.Close()
		h.session().leaves(t)
	})
}

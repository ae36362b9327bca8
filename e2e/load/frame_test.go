package load

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// script is a server's end that sends given bytes and keeps what it receives.
type script struct {
	net.Conn
	says  io.Reader
	heard bytes.Buffer
}

func (s *script) Read(b []byte) (int, error)  { return s.says.Read(b) }
func (s *script) Write(b []byte) (int, error) { return s.heard.Write(b) }

// ofServer returns a payload in a server's frame.
func ofServer(head byte, payload string) string {
	b := []byte{head}
	switch n := len(payload); {
	case n > 0xFFFF:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	case n > 125:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = append(b, byte(n))
	}
	return string(b) + payload
}

const (
	whole = finalBit | opText
	begun = opText
	more  = opContinuation
	last  = finalBit | opContinuation
	ping  = finalBit | opPing
	pong  = finalBit | opPong
)

func TestFramesOfAServer(t *testing.T) {
	long, longer := strings.Repeat("x", 300), strings.Repeat("y", 70_000)
	for _, c := range []struct {
		name     string
		says     string
		messages []string
		pongs    []string
		end      string // of the error
	}{
		{"one", ofServer(whole, "a"), []string{"a"}, nil, "EOF"},
		{"an empty one", ofServer(whole, ""), []string{""}, nil, "EOF"},
		{"several at once", ofServer(whole, "a") + ofServer(whole, long) + ofServer(whole, "b"), []string{"a", long, "b"}, nil, "EOF"},
		{"125, 126 and 127 bytes", ofServer(whole, long[:125]) + ofServer(whole, long[:126]) + ofServer(whole, long[:127]),
			[]string{long[:125], long[:126], long[:127]}, nil, "EOF"},
		{"65,535 and 65,536 bytes", ofServer(whole, longer[:65535]) + ofServer(whole, longer[:65536]), []string{longer[:65535], longer[:65536]}, nil, "EOF"},
		{"larger than any buffer", ofServer(whole, longer) + ofServer(whole, "a"), []string{longer, "a"}, nil, "EOF"},
		{"in pieces", ofServer(begun, "ab") + ofServer(more, "") + ofServer(more, long) + ofServer(last, "c"), []string{"ab" + long + "c"}, nil, "EOF"},
		{"a ping between pieces", ofServer(begun, "a") + ofServer(ping, "p") + ofServer(last, "b"), []string{"ab"}, []string{"p"}, "EOF"},
		{"two in pieces", ofServer(begun, "a") + ofServer(last, "b") + ofServer(begun, "c") + ofServer(last, "d"), []string{"ab", "cd"}, nil, "EOF"},
		{"pings", ofServer(ping, "") + ofServer(ping, "1") + ofServer(whole, "a"), []string{"a"}, []string{"", "1"}, "EOF"},
		{"a pong", ofServer(pong, "late") + ofServer(whole, "a"), []string{"a"}, nil, "EOF"},
		{"close with a reason", ofServer(finalBit|opClose, "\x11\x94bye"), nil, nil, "4500 bye"},
		{"close without", ofServer(whole, "a") + ofServer(finalBit|opClose, ""), []string{"a"}, nil, "1005"},
		{"cut off in the header", ofServer(whole, long)[:3], nil, nil, "EOF"},
		{"cut off in the payload", ofServer(whole, long)[:30], nil, nil, "EOF"},
		{"masked", string([]byte{whole, 0x81, 1, 2, 3, 4, 'a'}), nil, nil, "masked"},
		{"reserved bits", ofServer(whole|0x40, "a"), nil, nil, "reserved"},
		{"an unknown opcode", ofServer(finalBit|3, "a"), nil, nil, "opcode 3"},
		{"an unknown control opcode", ofServer(finalBit|0xB, ""), nil, nil, "opcode 11"},
		{"binary", ofServer(finalBit|2, "a"), nil, nil, "opcode 2"},
		{"a continuation of nothing", ofServer(last, "a"), nil, nil, "out of turn"},
		{"a new message in the middle", ofServer(begun, "a") + ofServer(whole, "b"), nil, nil, "out of turn"},
		{"a ping in pieces", ofServer(opPing, "a"), nil, nil, "control"},
		{"a long ping", ofServer(ping, long), nil, nil, "control"},
		{"too long to be true", string([]byte{whole, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0}), nil, nil, "frame of"},
	} {
		for how, reader := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "by halves": iotest.HalfReader,
		} {
			t.Run(c.name+", "+how, func(t *testing.T) {
				server := &script{says: reader(strings.NewReader(c.says))}
				s := newSocket(server, nil, func() time.Duration { return 0 })
				for _, want := range c.messages {
					if got, err := s.next(); err != nil || string(got) != want {
						t.Fatalf("next = %.20q (%d bytes), %v, want %.20q (%d)", got, len(got), err, want, len(want))
					}
				}
				if got, err := s.next(); err == nil || !strings.Contains(err.Error(), c.end) {
					t.Errorf("in the end next = %.20q, %v, want %q", got, err, c.end)
				}
				heard := &server.heard
				for _, want := range c.pongs {
					if opcode, payload, err := ofClient(heard); err != nil || opcode != pong || payload != want {
						t.Errorf("answered %x %q, %v, want a pong %q", opcode, payload, err, want)
					}
				}
				if heard.Len() > 0 {
					t.Errorf("and said %q", heard)
				}
			})
		}
	}
}

// ofClient reads a client's frame strictly by RFC 6455, section 5.2.
func ofClient(from io.Reader) (head byte, payload string, err error) {
	read := func(n uint64) []byte {
		b := make([]byte, n)
		if err == nil {
			_, err = io.ReadFull(from, b)
		}
		return b
	}
	start := read(2)
	if err == nil && start[1]&maskBit == 0 {
		err = errors.New("a client's frame is not masked")
	}
	size := uint64(start[1] & 0x7F)
	switch size {
	case 126:
		size = uint64(binary.BigEndian.Uint16(read(2)))
	case 127:
		size = binary.BigEndian.Uint64(read(8))
	}
	key := read(4)
	data := read(size)
	for i := range data {
		data[i] ^= key[i%4]
	}
	return start[0], string(data), err
}

func TestFramesOfTheClient(t *testing.T) {
	server := &script{says: strings.NewReader("")}
	s := newSocket(server, nil, func() time.Duration { return 0 })
	for _, n := range []int{0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 70_001, 5} {
		want := strings.Repeat("0123456789", n/10+1)[:n]
		if err := s.send(append(s.begin(), want...)); err != nil {
			t.Fatal(err)
		}
		head, got, err := ofClient(&server.heard)
		if err != nil || head != whole || got != want || server.heard.Len() > 0 {
			t.Errorf("%d bytes: %x, %.20q (%d bytes), %v, and %d more", n, head, got, len(got), err, server.heard.Len())
		}
	}
}

// Bytes in the same packet as the answer to the upgrade must not be lost.
func TestBytesAfterTheUpgradeAreNotLost(t *testing.T) {
	all := ofServer(whole, "a") + ofServer(whole, strings.Repeat("b", 5000))
	s := newSocket(&script{says: strings.NewReader(all[2500:])}, []byte(all[:2500]), func() time.Duration { return 0 })
	for _, want := range []int{1, 5000} {
		if got, err := s.next(); err != nil || len(got) != want {
			t.Errorf("next = %d bytes, %v, want %d", len(got), err, want)
		}
	}
	var closed closeError
	if _, err := s.next(); errors.As(err, &closed) || !errors.Is(err, io.EOF) {
		t.Errorf("in the end %v, want EOF", err)
	}
}

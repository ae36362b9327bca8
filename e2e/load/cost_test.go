package load

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// step returns one turn of a closed loop of two writers, as one of them sees it, without the network: the other's op arrives, then
// its own is acknowledged and the next is sent.
func step(tb testing.TB) func() {
	r := &run{cfg: Default(), began: time.Now(), first: newFirst(2000, 0)}
	r.window.end.Store(int64(time.Hour))
	d := &document{id: "bench-abcdefgh-1", revision: 1}
	w, other := r.newWriter(d, 0), r.newWriter(d, 1)
	w.client, other.client = strings.Repeat("A", 44), strings.Repeat("B", 44)
	d.authors.Store(&map[string]*timings{w.client: w.timings, other.client: other.timings})
	server := &script{}
	w.socket = newSocket(server, nil, r.now)
	w.revision.Store(1)
	var theirs, ack []byte
	seq := int64(0)
	turn := func() {
		seq++
		other.timings.sent(seq, r.now(), 1)
		theirs = append(opFrame(theirs[:0], w.revision.Load(), other.client, seq),
			`,"op":[{"retain":1000},{"insert":"x"}]}`...)
		ack = append(opFrame(ack[:0], w.revision.Load()+1, w.client, w.seq), '}')
		for _, frame := range [][]byte{theirs, ack} {
			w.socket.readAt = w.socket.clock()
			if err := w.receive(frame); err != nil {
				tb.Fatal(err)
			}
		}
		server.heard.Reset()
	}
	if err := w.start(); err != nil {
		tb.Fatal(err)
	}
	return turn
}

// opFrame appends a server's frame up to its op.
func opFrame(dst []byte, v int64, src string, seq int64) []byte {
	dst = strconv.AppendInt(append(dst, `{"a":"op","c":"documents","d":"bench-abcdefgh-1","v":`...), v, 10)
	dst = append(append(append(dst, `,"src":"`...), src...), `","seq":`...)
	return strconv.AppendInt(dst, seq, 10)
}

// The generator shares the machine with what it measures.
func TestATurnAllocatesLittle(t *testing.T) {
	turn := step(t)
	for range 1000 {
		turn() // allocates histograms and buffers
	}
	if n := testing.AllocsPerRun(2000, turn); n > 1 {
		t.Errorf("a turn allocates %.1f times, want once, for the op that arrives", n)
	}
}

func BenchmarkTurn(b *testing.B) {
	turn := step(b)
	b.ReportAllocs()
	for b.Loop() {
		turn()
	}
}

func BenchmarkReaderReceives(b *testing.B) {
	r := &run{cfg: Default(), began: time.Now()}
	r.window.end.Store(int64(time.Hour))
	d := &document{id: "bench-abcdefgh-1"}
	tm := newTimings(0, 1)
	other := strings.Repeat("B", 44)
	d.authors.Store(&map[string]*timings{other: tm})
	reading := &reader{follower: follower{doc: d, run: r, socket: &socket{}}}
	tm.sent(1, 1, 1)
	frame := append(opFrame(nil, 1, other, 1), `,"op":[{"retain":1000},{"insert":"x"}]}`...)
	b.ReportAllocs()
	for b.Loop() {
		reading.revision.Store(1)
		if err := reading.receive(frame); err != nil {
			b.Fatal(err)
		}
	}
}

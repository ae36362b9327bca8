package delta

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// session is several authors editing one document. Each op was made on what its author had seen: the first seen[i] ops of each
// author i. The ops are in the server's order.
type session struct {
	name    string
	start   Delta
	authors int
	ops     []sessionOp
}

type sessionOp struct {
	author int
	seen   []int
	op     Delta
}

// sessions returns the concurrent sessions of the folder named by TRACES, or else a generated one.
func sessions(t testing.TB) []session {
	t.Helper()
	folder := os.Getenv("TRACES")
	if folder == "" {
		return []session{talk(t, 6000)}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*-concurrent.ndjson.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no concurrent traces in TRACES=%s: %v", folder, err)
	}
	var out []session
	for _, file := range files {
		out = append(out, readSession(t, file))
	}
	return out
}

func readSession(t testing.TB, file string) session {
	t.Helper()
	lines := unzipped(t, file)
	var header struct {
		Name   string
		Start  json.RawMessage
		Agents int
	}
	if err := json.Unmarshal(lines[0], &header); err != nil {
		t.Fatal(err)
	}
	s := session{name: header.Name, start: must(t, string(header.Start)), authors: header.Agents}
	for _, line := range lines[1:] {
		var one struct {
			A int
			S []int
			O json.RawMessage
		}
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatal(err)
		}
		s.ops = append(s.ops, sessionOp{one.A, one.S, must(t, string(one.O))})
	}
	return s
}

// talk generates a session of two authors who type in bursts at the same time, each up to 48 keys behind the other.
func talk(t testing.TB, ops int) session {
	g := seeded(17)
	s := session{name: "generated", start: FromText("two people\n"), authors: 2}
	n := newMeeting(t, s)
	at := []int{0, 0}
	for a := 0; len(s.ops) < ops; {
		if g.IntN(18) == 0 {
			a = 1 - a
		}
		if waits := len(n.seats[a].toRead); waits > 48 || g.IntN(12) == 0 {
			for range waits {
				n.read(a)
			}
		}
		doc := n.seats[a].doc
		if at[a] > doc.Len()-1 || g.IntN(24) == 0 {
			at[a] = g.IntN(doc.Len())
		}
		op := Delta{Insert(string(rune('a' + g.IntN(26))))}
		if at[a] > 0 && g.IntN(4) == 0 {
			op = Delta{Delete(1)}
			at[a]--
		} else {
			at[a]++
		}
		if before := at[a] - max(op.Growth(), 0); before > 0 {
			op = append(Delta{Retain(before)}, op...)
		}
		s.ops = append(s.ops, sessionOp{a, append([]int(nil), n.seats[a].seen...), op})
		n.submit(a, op)
	}
	return s
}

// meeting is a server and its authors, connected as in the Jupiter algorithm: each end of a link keeps the ops that the other end
// has not seen, transformed over what has arrived.
type meeting struct {
	t          testing.TB
	doc        *Document
	seats      []*seat
	transforms int
	a, b       Delta // scratch memory for one pair
}

// seat is one author: their document, and both ends of their link.
type seat struct {
	doc     *Document
	seen    []int
	unacked []Delta     // the author's end: sent, but perhaps not seen by the server when it sent the next op to read
	toRead  []delivered // the server's end: not read by the author, transformed over what they sent meanwhile
	read    []delivered // toRead as committed
}

type delivered struct {
	author int
	op     Delta
}

func newMeeting(t testing.TB, s session) *meeting {
	n := &meeting{t: t, doc: newDocument(t, s.start)}
	for range s.authors {
		n.seats = append(n.seats, &seat{doc: newDocument(t, s.start), seen: make([]int, s.authors)})
	}
	return n
}

// meet transforms a committed op and another over each other.
func (n *meeting) meet(committed, op *Delta) {
	n.a = TransformInto(n.a, *op, *committed, OpFirst)
	n.b = TransformInto(n.b, *committed, *op, CommittedFirst)
	*committed, n.a = n.a, *committed
	*op, n.b = n.b, *op
	n.transforms += 2
}

// submit applies op at author a and commits it.
func (n *meeting) submit(a int, op Delta) {
	s := n.seats[a]
	apply(n.t, s.doc, op)
	s.seen[a]++
	s.unacked = append(s.unacked, append(Delta(nil), op...))
	op = append(Delta(nil), op...)
	for i := range s.toRead {
		n.meet(&s.toRead[i].op, &op)
	}
	apply(n.t, n.doc, op)
	for i, other := range n.seats {
		other.read = append(other.read, delivered{a, append(Delta(nil), op...)})
		if i != a {
			other.toRead = append(other.toRead, delivered{a, append(Delta(nil), op...)})
		}
	}
}

// read lets author a receive the acknowledgements up to the next op of another author, and that op.
func (n *meeting) read(a int) {
	s := n.seats[a]
	for s.read[0].author == a {
		s.read, s.unacked = s.read[1:], s.unacked[1:]
	}
	next := s.read[0]
	s.read, s.toRead = s.read[1:], s.toRead[1:]
	for i := range s.unacked {
		n.meet(&next.op, &s.unacked[i])
	}
	apply(n.t, s.doc, next.op)
	s.seen[next.author]++
}

func (s *session) replay(t testing.TB) *meeting {
	n := newMeeting(t, *s)
	for _, one := range s.ops {
		reader := n.seats[one.author]
		for len(reader.toRead) > 0 && reader.seen[reader.toRead[0].author] < one.seen[reader.toRead[0].author] {
			n.read(one.author)
		}
		n.submit(one.author, one.op)
	}
	for a := range n.seats {
		for len(n.seats[a].toRead) > 0 {
			n.read(a)
		}
	}
	return n
}

// TestP4ConcurrentSessionsConverge checks that all copies are equal after a real or a realistic typing session.
func TestP4ConcurrentSessionsConverge(t *testing.T) {
	for _, s := range sessions(t) {
		n := s.replay(t)
		want := n.doc.Freeze().Delta()
		for a, seat := range n.seats {
			if got := seat.doc.Freeze().Delta(); !got.Equal(want) {
				t.Errorf("%s: author %d has %.300s, the server %.300s", s.name, a, got, want)
			}
			same(t, seat.doc, want)
		}
		t.Logf("%s: %d ops, %d transforms", s.name, len(s.ops), n.transforms)
		if n.transforms < 10*len(s.ops) {
			t.Errorf("%s: only %d transforms: hardly anything was concurrent", s.name, n.transforms)
		}
	}
}

// BenchmarkSession measures a whole session: every apply, at the server and each author, and every transform.
func BenchmarkSession(b *testing.B) {
	for _, s := range sessions(b) {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			transforms := 0
			for b.Loop() {
				transforms = s.replay(b).transforms
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(transforms), "ns/transform")
			b.ReportMetric(float64(transforms), "transforms")
		})
	}
}

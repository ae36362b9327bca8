package load

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

const (
	seedOfKeys = 7
	ackAfter   = 330 * time.Millisecond
	readAfter  = 20 * time.Millisecond // after the acknowledgement
	keyEvery   = 100 * time.Millisecond
	typedUntil = 2 * time.Second
	typedSince = 500 * time.Millisecond // the warm-up
)

// slowServer acknowledges each op after ackAfter, and sends it to the reader readAfter later.
func slowServer(t *testing.T, writer, reader net.Conn) {
	for v := 0; ; v++ {
		_, frame, err := ofClient(writer)
		if err != nil {
			return // the test is over
		}
		m, err := scan([]byte(frame), false)
		if err != nil || m.v != int64(v) || m.seq != int64(v+1) {
			t.Errorf("sent %s, %v; want v %d", frame, err, v)
		}
		time.Sleep(ackAfter)
		say(writer, `{"a":"op","d":"d","v":%d,"src":"me","seq":%d}`, v, v+1)
		time.AfterFunc(readAfter, func() {
			say(reader, `{"a":"op","d":"d","v":%d,"src":"me","seq":%d,"op":%s}`, v, v+1, m.op)
		})
	}
}

func say(to net.Conn, format string, args ...any) {
	to.Write([]byte(ofServer(whole, fmt.Sprintf(format, args...))))
}

// expected computes the same by a model: when each key is due and pressed, in which op it is sent, and when that is acknowledged.
func expected(late time.Duration) (ack, propagation []time.Duration, ops int64) {
	phase := time.Duration(rand.New(rand.NewPCG(seedOfKeys, 1)).Int64N(int64(keyEvery)))
	var waiting []time.Duration
	next := phase // due time of the next key
	for now := phase + late; ; {
		for ; next+late <= now && next < typedUntil; next += keyEvery {
			waiting = append(waiting, next)
		}
		if len(waiting) == 0 {
			return ack, propagation, ops
		}
		ops++
		now += ackAfter
		for _, due := range waiting {
			if due >= typedSince {
				ack = append(ack, now-due)
				propagation = append(propagation, now+readAfter-due)
			}
		}
		waiting = nil
	}
}

// Keys that are due while an op is in flight go into the next op, and each counts from when it was due, even if the generator
// itself was late.
func TestKeysDueWhileAnOpIsInFlightCountFromThen(t *testing.T) {
	for _, late := range []time.Duration{0, 7 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) { typeSlowly(t, late) })
	}
}

func typeSlowly(t *testing.T, late time.Duration) {
	r := &run{
		cfg:   Config{Documents: 1, Writers: 1, Keys: float64(time.Second / keyEvery), Seed: seedOfKeys},
		began: time.Now(), patience: time.Minute, log: &progress{}, first: newFirst(100, 0),
		sleep: func(d time.Duration) { time.Sleep(d + late) },
	}
	d := &document{id: "d"}
	w := r.newWriter(d, 0)
	w.client = "me"
	reading := &reader{follower: follower{name: "reader", doc: d, run: r}}
	d.writers, d.readers = []*writer{w}, []*reader{reading}
	d.authors.Store(&map[string]*timings{"me": w.timings})
	r.docs = []*document{d}
	toWriter, atWriter := net.Pipe()
	toReader, atReader := net.Pipe()
	w.socket, reading.socket = newSocket(atWriter, nil, r.now), newSocket(atReader, nil, r.now)
	go slowServer(t, toWriter, toReader)
	r.wg.Go(func() { w.listen(w.receive) })
	r.wg.Go(func() { reading.listen(reading.receive) })
	r.window.begin = typedSince
	r.window.end.Store(int64(typedUntil))
	r.pace(t.Context(), r.writers())
	r.settle()
	r.close()
	for _, err := range r.failures.all() {
		t.Error(err)
	}
	ack, propagation, ops := expected(late)
	tells(t, "acknowledgement", &w.ack, ack)
	tells(t, "propagation", &reading.propagation, propagation)
	if w.total != ops {
		t.Errorf("%d ops were sent, want %d", w.total, ops)
	}
	if r.late.n != int64(len(ack)) || r.late.max != late {
		t.Errorf("%d keys were up to %v late, want %d and %v", r.late.n, r.late.max, len(ack), late)
	}
}

// tells compares a histogram with the values that should be in it.
func tells(t *testing.T, what string, h *histogram, want []time.Duration) {
	t.Helper()
	slices.Sort(want)
	if h.n != int64(len(want)) || len(want) < 10 {
		t.Fatalf("%s: %d keys counted, want %d", what, h.n, len(want))
	}
	for i, w := range want {
		if got := h.quantile(float64(i+1) / float64(len(want))); (got - w).Abs() > w/100 {
			t.Errorf("%s: the latency number %d is %v, want %v", what, i, got, w)
		}
	}
}

package load

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"quire/collab/delta"
)

// writer types into a document like ShareDB's client: one op in flight, and what is typed meanwhile is composed into the next. Its
// goroutine receives. With Keys another goroutine types, so mu guards the fields below it.
type writer struct {
	follower
	client  string
	timings *timings
	head    []byte // the start of every op's frame
	quota   int64  // ops it may still send; -1: unlimited

	opsAcked  atomic.Int64 // within the window
	keysAcked atomic.Int64 // within the window

	mu       sync.Mutex
	keys     source
	typing   *typing // same as keys; nil with a trace
	repeat   bool    // closed loop: the next op as soon as the last is acknowledged
	stopped  bool
	seq      int64
	total    int64 // ops acknowledged, in and outside the window
	inFlight flight
	waiting  flight
	after    [2]delta.Delta // memory for the results of transforms
	spare    delta.Delta
	ack      histogram
	lastAck  time.Duration
}

// source is what a writer types.
type source interface {
	// key returns the next keystroke as an op on the document as the writer sees it; ok is false if there is none. With onto it
	// will be composed with earlier keystrokes that wait.
	key(onto bool) (op delta.Delta, ok bool)
	// arrived is called with every op of others.
	arrived(op delta.Delta)
}

// flight is an op with its keys.
type flight struct {
	op   delta.Delta
	due  time.Duration // of its first key
	keys int           // 0: there is none
}

// press types one keystroke, which was due at due.
func (w *writer) press(due time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.key(due)
}

// start starts a closed loop.
func (w *writer) start() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.repeat = true
	return w.key(w.run.now())
}

// stop ends the typing. What was typed is still sent.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
}

// settled returns how many ops are acknowledged, and whether that is all that was typed.
func (w *writer) settled() (ops int64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.total, w.inFlight.keys == 0 && w.waiting.keys == 0
}

// finished reports whether a writer with a quota has used it up.
func (w *writer) finished() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.quota == 0 && w.inFlight.keys == 0
}

func (w *writer) key(due time.Duration) error {
	if w.stopped || w.quota == 0 {
		return nil
	}
	op, ok := w.keys.key(w.waiting.keys > 0)
	switch {
	case !ok:
		w.quota = 0
		return nil
	case w.inFlight.keys == 0:
		w.inFlight = flight{append(w.inFlight.op[:0], op...), due, 1}
		return w.transmit()
	case w.waiting.keys == 0:
		w.waiting = flight{append(w.waiting.op[:0], op...), due, 1}
	case w.waiting.keys == mostKeys:
		return fmt.Errorf("%d keys wait for one acknowledgement: the server does not keep up by far", mostKeys)
	default:
		w.waiting.op = delta.Compose(w.waiting.op, op)
		w.waiting.keys++
	}
	return nil
}

func (w *writer) transmit() error {
	w.seq++
	if w.quota > 0 {
		w.quota--
	}
	buf := appendOp(w.socket.begin(), w.head, w.revision.Load(), w.seq, w.inFlight.op)
	w.timings.sent(w.seq, w.inFlight.due, w.inFlight.keys)
	return w.socket.send(buf)
}

func (w *writer) receive(frame []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.order(frame, false, w.take)
}

func (w *writer) take(m message) error {
	if string(m.src) != w.client {
		w.delivered(m)
		return w.arrived(m.op)
	}
	if w.inFlight.keys == 0 || m.seq != w.seq {
		return fmt.Errorf("op %d was acknowledged at revision %d, but it is not in flight", m.seq, m.v)
	}
	return w.acknowledged()
}

// arrived transforms the own unacknowledged ops over another writer's op, which comes first.
func (w *writer) arrived(op []byte) error {
	x, err := delta.Decode(op, delta.Limits{})
	if err != nil {
		return err
	}
	for i, own := range [...]*flight{&w.inFlight, &w.waiting} {
		if own.keys == 0 {
			break
		}
		w.after[i] = delta.TransformInto(w.after[i], own.op, x, delta.OpFirst)
		w.spare = delta.TransformInto(w.spare, x, own.op, delta.CommittedFirst)
		own.op, w.spare = w.spare, own.op
		x = w.after[i]
	}
	w.keys.arrived(x)
	return nil
}

func (w *writer) acknowledged() error {
	at, win := w.socket.readAt, &w.run.window
	f := w.inFlight
	record(&w.ack, win, f.due, w.timings.period, f.keys, at)
	if win.holds(at) {
		w.opsAcked.Add(1)
		w.keysAcked.Add(int64(f.keys))
	}
	w.total++
	w.lastAck = at
	w.inFlight.keys = 0
	if w.waiting.keys > 0 {
		w.inFlight, w.waiting = w.waiting, flight{op: w.inFlight.op}
		return w.transmit()
	}
	if w.repeat {
		return w.key(w.run.now())
	}
	return nil
}

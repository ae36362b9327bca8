package load

import (
	"sync/atomic"
	"time"
)

// window is the measured time, on the run's clock. It may end earlier than planned.
type window struct {
	begin time.Duration
	end   atomic.Int64
}

func (w *window) holds(t time.Duration) bool { return t >= w.begin && t < time.Duration(w.end.Load()) }

// close ends the window now, unless it has ended.
func (w *window) close(now time.Duration) {
	if now < time.Duration(w.end.Load()) {
		w.end.Store(int64(now))
	}
}

// timings records when the keys of one writer's newest ops were due. Any goroutine may read it. An op is one word: 38 bits of time
// in units of 256 ns (19 hours), 10 bits for its number of keys, 16 bits of its seq.
type timings struct {
	slots  []atomic.Uint64
	period time.Duration // between the keys of one op
}

const (
	tick       = 256 * time.Nanosecond
	seqBits    = 16
	keyBits    = 10
	mostKeys   = 1<<keyBits - 1 // in one op
	leastSlots = 256
	mostSlots  = 8192 // less than 1<<seqBits, so that an old op is not taken for a new one
	allSlots   = 4 << 20
)

func newTimings(period time.Duration, writers int) *timings {
	n := mostSlots
	for n > leastSlots && n*writers > allSlots {
		n /= 2
	}
	return &timings{make([]atomic.Uint64, n), period}
}

// sent records an op whose first key was due at due.
func (t *timings) sent(seq int64, due time.Duration, keys int) {
	word := uint64(due/tick)<<(seqBits+keyBits) | uint64(keys)<<seqBits | uint64(seq)&(1<<seqBits-1)
	t.slots[seq&int64(len(t.slots)-1)].Store(word)
}

// of returns what was recorded for an op; ok is false if a newer op has overwritten it.
func (t *timings) of(seq int64) (due time.Duration, keys int, ok bool) {
	word := t.slots[seq&int64(len(t.slots)-1)].Load()
	keys = int(word >> seqBits & mostKeys)
	return time.Duration(word>>(seqBits+keyBits)) * tick, keys, keys > 0 && word&(1<<seqBits-1) == uint64(seq)&(1<<seqBits-1)
}

// record adds to h the latency of each key of an op that was due within the window.
func record(h *histogram, w *window, due, period time.Duration, keys int, arrived time.Duration) {
	for range keys {
		if w.holds(due) {
			h.add(arrived - due)
		}
		due += period
	}
}

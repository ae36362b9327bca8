package load

import (
	"math"
	"math/bits"
	"time"
)

// A histogram counts times with an error of at most 1 %: each doubling from finest on is divided into steps of equal width, and a
// value is reported as the middle of its step. It takes 7 KiB whatever it contains, so each connection can have its own.
const (
	stepBits  = 6
	steps     = 1 << stepBits     // of one doubling
	finest    = time.Microsecond  // below it the steps are 1/64 µs
	doublings = 28                // up to 134 s; longer times count as that, except in max, which is exact
	unit      = finest / steps    // 15 ns
	buckets   = doublings * steps // the first doubling is [0, 1 µs)
)

// histogram is not safe for concurrent use. The zero value is empty.
type histogram struct {
	counts *[buckets]uint32 // allocated with the first value
	n      int64
	max    time.Duration
}

func (h *histogram) add(d time.Duration) {
	if h.counts == nil {
		h.counts = new([buckets]uint32)
	}
	d = max(d, 0)
	h.counts[bucketOf(d)]++
	h.n++
	h.max = max(h.max, d)
}

// merge adds the values of other.
func (h *histogram) merge(other *histogram) {
	if other.counts == nil {
		return
	}
	if h.counts == nil {
		h.counts = new([buckets]uint32)
	}
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.n += other.n
	h.max = max(h.max, other.max)
}

// quantile returns the value that a share q of all values does not exceed; 0 if there are none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := min(max(int64(math.Ceil(q*float64(h.n))), 1), h.n)
	if rank == h.n {
		return h.max
	}
	var seen int64
	for i, n := range h.counts {
		if seen += int64(n); seen >= rank {
			return min(middle(i), h.max)
		}
	}
	return h.max
}

func bucketOf(d time.Duration) int {
	v := uint64(d / unit)
	if v < steps {
		return int(v)
	}
	doubling := bits.Len64(v) - stepBits // from 1
	i := doubling<<stepBits | int(v>>(doubling-1))&(steps-1)
	return min(i, buckets-1)
}

func middle(i int) time.Duration {
	doubling, step := i>>stepBits, i&(steps-1)
	if doubling == 0 {
		return time.Duration(step)*unit + unit/2
	}
	low := time.Duration(steps|step) << (doubling - 1) * unit
	return low + unit<<(doubling-1)/2
}

// Quantiles are latencies in milliseconds.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func (h *histogram) quantiles() Quantiles {
	return Quantiles{
		milliseconds(h.quantile(0.50)), milliseconds(h.quantile(0.95)), milliseconds(h.quantile(0.99)), milliseconds(h.max),
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

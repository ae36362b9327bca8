package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The histogram's quantiles are those of the sorted samples, within 1 %.
func TestHistogramAgainstSortedSamples(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	shapes := map[string]func() time.Duration{
		"even":      func() time.Duration { return time.Duration(rng.Int64N(int64(50 * time.Millisecond))) },
		"log-even":  func() time.Duration { return time.Duration(math.Exp(rng.Float64()*math.Log(1e11-2e3)) + 2e3) },
		"one value": func() time.Duration { return 1234567 },
		"long tail": func() time.Duration { return time.Duration(1e6/math.Pow(1-rng.Float64(), 1.5)) % (100 * time.Second) },
		"below 1µs": func() time.Duration { return time.Duration(300 + rng.Int64N(700)) },
	}
	for name, draw := range shapes {
		t.Run(name, func(t *testing.T) {
			const n = 20_000
			samples := make([]time.Duration, n)
			var parts [3]histogram // as for three connections
			for i := range samples {
				samples[i] = draw()
				parts[i%3].add(samples[i])
			}
			var all histogram
			for i := range parts {
				all.merge(&parts[i])
			}
			slices.Sort(samples)
			if all.n != n || all.max != samples[n-1] {
				t.Errorf("%d values up to %v, want %d up to %v", all.n, all.max, n, samples[n-1])
			}
			for _, q := range []float64{0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1} {
				want := samples[int(math.Ceil(q*n))-1]
				got := all.quantile(q)
				if off := (got - want).Abs(); off > max(want/100, unit) {
					t.Errorf("quantile %g = %v, want %v within 1 %%", q, got, want)
				}
			}
		})
	}
}

func TestHistogramAtItsEnds(t *testing.T) {
	var h histogram
	if h.quantile(0.5) != 0 || h.quantiles() != (Quantiles{}) {
		t.Error("an empty histogram says something")
	}
	h.add(-time.Second) // a clock that was read in the wrong order
	h.add(time.Hour)
	h.add(2 * time.Hour)
	if got := h.quantile(0.01); got > unit {
		t.Errorf("least = %v, want nothing", got)
	}
	if h.max != 2*time.Hour || h.quantile(1) != 2*time.Hour {
		t.Errorf("max = %v, want it exact", h.max)
	}
}

package sim_test

import (
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"quire/collab/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func run(t *testing.T, seed uint64, ops int) sim.Result {
	t.Helper()
	begun := time.Now()
	o := sim.Options{Seed: seed, Ops: ops}
	if os.Getenv("QUIRE_SIM_LOG") != "" {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	r, err := sim.Run(o)
	took := time.Since(begun)
	t.Logf("FIGURE seed %d: %d acked, %d committed, %d steps, %d cuts, %d crashes, %d sent resend, %d back in time, %d roles changed (%d ops, %d frames of guests), %.0f ops/s",
		seed, r.Acked, r.Committed, r.Steps, r.Cuts, r.Crashes, r.Doubles, r.Rewinds, r.Roles, r.GuestOps, r.GuestFrames, float64(r.Acked)/took.Seconds())
	if err != nil {
		t.Errorf("%v\nreplay: QUIRE_SIM_SEED=%d go test -run TestP1toP5OneSeed ./collab/sim", err, seed)
	}
	return r
}

func TestP1toP5SmallSimulation(t *testing.T) {
	for seed := range uint64(4) { // one node and two, with tokens and without
		run(t, seed, 300)
	}
}

// The same seed leads to the same run, to the last frame.
func TestASeedReplays(t *testing.T) {
	for seed := range uint64(2) {
		a, b := run(t, seed+1, 100), run(t, seed+1, 100)
		if a != b {
			t.Errorf("seed %d ran resend: %+v and %+v", seed, a, b)
		}
	}
}

func TestP1toP5Simulation(t *testing.T) {
	seeds, ops := uint64(20), 2000
	switch {
	case os.Getenv("QUIRE_LONG") == "1":
		seeds, ops = 200, 5000
	case os.Getenv("QUIRE_FULL") != "1":
		t.Skip("20 seeds of 2,000 ops: set QUIRE_FULL=1")
	}
	for seed := uint64(100); seed < 100+seeds; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { run(t, seed, ops) })
	}
}

func TestP1toP5OneSeed(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("QUIRE_SIM_SEED"), 10, 64)
	if err != nil {
		t.Skip("one seed: set QUIRE_SIM_SEED, and QUIRE_SIM_OPS if not 2000")
	}
	ops, err := strconv.Atoi(os.Getenv("QUIRE_SIM_OPS"))
	if err != nil {
		ops = 2000
	}
	run(t, seed, ops)
}

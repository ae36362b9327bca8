package storage_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"quire/storage"
)

// L6: at whatever distances snapshots are taken, few remain and each old revision is near one.
func TestThinSnapshotsL6(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 2))
	for range 50 {
		const most = 1000 // ops between two snapshots
		var kept []storage.Revision
		newest := storage.Revision(0)
		for range 300 {
			newest += 1 + storage.Revision(r.IntN(most))
			kept = append(kept, newest)
			drop := storage.ThinSnapshots(kept)
			kept = slices.DeleteFunc(kept, func(k storage.Revision) bool { return slices.Contains(drop, k) })
			if len(drop) > 0 && slices.Max(drop) >= kept[len(kept)-2] {
				t.Fatalf("seed %d: one of the two newest was dropped: %v of %v", seed, drop, kept)
			}
		}
		if len(kept) > 24 {
			t.Fatalf("seed %d: %d of 300 snapshots are kept: %v", seed, len(kept), kept)
		}
		older := storage.Revision(0)
		for _, k := range kept {
			if gap := k - older; gap > max(most, newest-k) {
				t.Errorf("seed %d: the gap %d before %d is longer than the way to the newest, %d", seed, gap, k, newest-k)
			}
			older = k
		}
	}
}

package load

import (
	"sync"
	"testing"
	"time"
)

func TestTimingsKnowTheNewestOps(t *testing.T) {
	tm := newTimings(time.Millisecond, 1)
	if _, _, ok := tm.of(0); ok {
		t.Error("an op that was never sent is known")
	}
	const n = 100_000
	for seq := int64(1); seq <= n; seq++ {
		due := time.Duration(seq) * time.Millisecond
		tm.sent(seq, due, int(seq%mostKeys)+1)
		for _, ago := range []int64{0, 1, mostSlots - 1} {
			if seq <= ago {
				continue
			}
			got, keys, ok := tm.of(seq - ago)
			want := due - time.Duration(ago)*time.Millisecond
			if !ok || want-got >= tick || got > want || keys != int((seq-ago)%mostKeys)+1 {
				t.Fatalf("of(%d) = %v, %d, %v after %d, want %v", seq-ago, got, keys, ok, seq, want)
			}
		}
		if seq > mostSlots {
			if _, _, ok := tm.of(seq - mostSlots); ok {
				t.Fatalf("op %d is still known after %d", seq-mostSlots, seq)
			}
		}
	}
}

// Receivers read while the writer writes: they get the values of the op they ask for, or none.
func TestTimingsAreReadWhileTheyAreWritten(t *testing.T) {
	tm := newTimings(0, 1)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				for seq := int64(1); seq < 200; seq++ {
					if due, _, ok := tm.of(seq); ok && due/time.Millisecond != time.Duration(seq) {
						t.Errorf("of(%d) = %v", seq, due)
						return
					}
				}
			}
		})
	}
	for seq := int64(1); seq < 20_000; seq++ {
		tm.sent(seq, time.Duration(seq)*time.Millisecond+tick, 1)
	}
	close(stop)
	wg.Wait()
}

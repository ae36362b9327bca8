package server

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quire/storage/memory"
	"quire/storage/storagetest"
)

// TestHousekeepingLeavesTheStartAlone: whoever opens a document right after a restart waited for it, twice as long as else.
func TestHousekeepingLeavesTheStartAlone(t *testing.T) {
	var rounds atomic.Int64
	faulty := storagetest.NewFaulty(memory.New(), func(c storagetest.Call) storagetest.Fault {
		if c.Is("TrashedBefore") {
			rounds.Add(1)
		}
		return storagetest.None
	})
	h := openHouse(t, faulty, nil)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go h.srv.keepHouse(ctx)
		for _, step := range []struct {
			after time.Duration
			want  int64
		}{{houseAfter - time.Second, 0}, {2 * time.Second, 1}, {houseEvery - 2*time.Second, 1}, {2 * time.Second, 2}} {
			time.Sleep(step.after)
			synctest.Wait()
			if got := rounds.Load(); got != step.want {
				t.Fatalf("%d rounds, want %d", got, step.want)
			}
		}
	})
}

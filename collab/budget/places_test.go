package budget

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestP8TasksOfPersonsRunInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Places{Limit: 2, Waiting: 3}
		var order []string
		var mu sync.Mutex
		var all sync.WaitGroup
		stop := make(chan struct{})
		task := func(ctx context.Context, who string) {
			all.Go(func() {
				turn, err := p.Join(ctx, who, block)
				if err != nil {
					return
				}
				defer turn.Leave()
				if turn.Enter(ctx, block) != nil {
					return
				}
				mu.Lock()
				order = append(order, who)
				mu.Unlock()
				if who == "first" || who == "node" {
					<-stop
				}
				time.Sleep(time.Second)
			})
			synctest.Wait()
		}
		gone, leave := context.WithCancel(t.Context())
		task(t.Context(), "first")
		task(t.Context(), "first")
		if running, waiting := p.Busy(); running != 1 || waiting != 1 {
			t.Errorf("of one person's two tasks %d run and %d wait, want one each: a place is for others", running, waiting)
		}
		task(t.Context(), "node")
		for range 6 {
			task(gone, "gone")
		}
		for range 3 {
			task(t.Context(), "ann")
		}
		task(t.Context(), "bob")
		if _, waiting := p.Busy(); waiting != 1+3+3+1 {
			t.Errorf("%d wait in line, want three of those who are gone", waiting)
		}
		leave()
		synctest.Wait()
		close(stop)
		all.Wait()
		order = slices.DeleteFunc(order, func(who string) bool { return who == "first" || who == "node" })
		if len(order) != 4 || order[3] != "ann" || slices.Contains(order, "gone") {
			t.Errorf("%s, want bob before the others of ann, and none of who is gone", order)
		}
		if running, waiting := p.Busy(); running != 0 || waiting != 0 || len(p.of) != 0 || len(p.full) != 0 || len(p.waiting.of) != 0 {
			t.Errorf("%d run, %d wait", running, waiting)
		}
	})
}

func TestP8PlacesAreFreeAfterConcurrentTasks(t *testing.T) {
	p := Places{Limit: 3, Waiting: 2}
	var running atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for range 200 {
				ctx, stop := context.WithCancel(t.Context())
				if r.IntN(3) == 0 {
					go stop()
				}
				if turn, err := p.Join(ctx, fmt.Sprint(i%3), block); err == nil {
					if turn.Enter(ctx, block) == nil {
						if n := running.Add(1); n > 3 {
							t.Errorf("%d run at once", n)
						}
						running.Add(-1)
					}
					turn.Leave()
				}
				stop()
			}
		})
	}
	all.Wait()
	if running, waiting := p.Busy(); running != 0 || waiting != 0 || len(p.of) != 0 || len(p.full) != 0 {
		t.Errorf("%d run, %d wait", running, waiting)
	}
}

package events

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"quire/storage/memory"
)

func TestEventsAreToldOnceAndAGapIsKnown(t *testing.T) {
	ctx, store := context.Background(), memory.New()
	none, now, missed, err := Since(ctx, store, 0)
	if err != nil || len(none) != 0 || now != 0 || missed {
		t.Fatalf("before anything: %v %d %v %v", none, now, missed, err)
	}
	var writers sync.WaitGroup
	for i := range 20 {
		writers.Go(func() {
			if err := Tell(ctx, store, Event{SignInEnded, fmt.Sprint(i)}, Event{UserEnded, fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	all, now, missed, err := Since(ctx, store, 0)
	if err != nil || missed || now != 40 || len(all) != 40 {
		t.Fatalf("20 writers: %d events, count %d, missed %v, %v", len(all), now, missed, err)
	}
	for i := range 20 {
		if !slices.Contains(all, Event{SignInEnded, fmt.Sprint(i)}) || !slices.Contains(all, Event{UserEnded, fmt.Sprint(i)}) {
			t.Errorf("writer %d's events were lost", i)
		}
	}
	if again, _, _, _ := Since(ctx, store, now); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
	for i := range kept {
		if err := Tell(ctx, store, Event{DocumentDeleted, fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if last, _, missed, _ := Since(ctx, store, now); missed || len(last) != kept || last[kept-1].ID != fmt.Sprint(kept-1) {
		t.Errorf("as many as are kept: %d, missed %v", len(last), missed)
	}
	if _, _, missed, _ := Since(ctx, store, now-1); !missed {
		t.Error("one more than is kept was not missed")
	}
	if _, now, missed, _ := Since(ctx, store, 1000); !missed || now != 140 {
		t.Errorf("after a restore: count %d, missed %v", now, missed)
	}
}

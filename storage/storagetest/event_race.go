package storagetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"quire/storage"
)

// eventsRace checks that a reader who polls never sees a number before a lower one, as could happen with a sequence, and that a
// listener has heard of a change when the call returns.
func eventsRace(t *testing.T, s storage.Store) {
	const writers, changes = 20, 12
	for w := range writers {
		create(t, s, storage.DocumentID(fmt.Sprint(w)), 0)
	}
	var mu sync.Mutex
	heard, numbers := map[storage.UserID]int{}, map[int64]bool{}
	defer s.Hear(func(events []storage.Event) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range events {
			heard[e.By]++
			numbers[e.N] = true
		}
	})()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		pollEvents(t, s, stop)
	}()
	together(writers, func(w int) {
		me := storage.UserID(fmt.Sprint("w", w))
		ctx := storage.As(t.Context(), storage.Actor{ID: me})
		for i := range changes {
			g := storage.Grant{Document: storage.DocumentID(fmt.Sprint(w)), User: "bob", Role: []string{"viewer", "editor"}[i%2]}
			if _, err := s.SetGrant(ctx, g, storage.AnyRole); err != nil {
				t.Errorf("SetGrant = %v", err)
			}
			mu.Lock()
			if heard[me] != i+1 {
				t.Errorf("after %d changes %s has heard of %d", i+1, me, heard[me])
			}
			mu.Unlock()
		}
	})
	close(stop)
	<-done
	if list, _ := events(t, s, 0); len(list) != writers*changes {
		t.Errorf("%d events, want %d", len(list), writers*changes)
	}
	for n := range int64(writers * changes) {
		if !numbers[n+1] {
			t.Errorf("nobody heard of number %d", n+1)
		}
	}
}

// pollEvents reads events until stop is closed, and then the rest.
func pollEvents(t *testing.T, s storage.Store, stop <-chan struct{}) {
	const limit = 50
	after := int64(0)
	for last := false; ; {
		list, newest, err := s.Events(context.WithoutCancel(t.Context()), after, limit)
		if err != nil {
			t.Errorf("Events = %v", err)
			return
		}
		for _, e := range list {
			if e.N != after+1 {
				t.Errorf("after %d came %d: the number between was not there yet", after, e.N)
			}
			after = e.N
		}
		if len(list) < limit && newest != after {
			t.Errorf("the newest is %d, and %d was the last one to be listed", newest, after)
		}
		if last {
			return
		}
		select {
		case <-stop:
			last = len(list) < limit
		default:
		}
	}
}

package postgres

import (
	"testing"
	"time"
)

// N12: that commits wait for a standby is known of the server that was looked at. An answer of the former one that comes when
// another has taken over does not count for that: its next failover may lose what it has acknowledged.
func TestWhatTheFormerServerWaitedForIsNotSaidOfTheNextN12(t *testing.T) {
	var w waits
	former, next := &history{}, &history{rewinds: 1}
	w.begin(former)
	w.note(former, true)
	if !w.since(time.Now().Add(time.Second)) {
		t.Fatal("a commit that was begun after the look is not known to have waited")
	}
	w.begin(next)
	w.note(former, true) // was under way
	if w.since(time.Now().Add(time.Second)) {
		t.Error("the next server is taken to wait as the former did")
	}
	w.note(next, true)
	if !w.since(time.Now().Add(time.Second)) {
		t.Error("once it was looked at, it is not known to wait")
	}
}

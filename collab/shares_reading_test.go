package collab_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
)

// Readers that take a large snapshot and read no further take only from the share of their person: others open large and small
// documents at once, and who has too much on its way waits alone, for no longer than for anything else.
func TestP8WhoDoesNotReadLargeSnapshotsWaitsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{SnapshotReads: 1_000_000}))
		docs := h.fill(6)
		for _, id := range docs {
			h.grant(id, "eve", access.Editor)
		}
		h.create(doc, "ab")
		var idle []*peer
		for _, id := range docs[:5] {
			eve := h.connect("eve", "")
			idle = append(idle, eve)
			eve.session.Receive(t.Context(), fmt.Appendf(nil, `{"a":"f","c":"documents","d":%q}`, id))
			synctest.Wait()
			go eve.session.Pull(nil, 1)
			synctest.Wait()
		}
		if got := h.hub.InUse().Reading; got == 0 || got > 250_000 {
			t.Errorf("eve alone has %d of 1,000,000 on their way", got)
		}
		begun := time.Now()
		for _, id := range append(docs, doc) {
			if code := h.read(id); code != 0 {
				t.Errorf("%s cannot be read: closed with %d", id, code)
			}
		}
		if waited := time.Since(begun); waited != 0 {
			t.Errorf("others waited %v", waited)
		}
		time.Sleep(20 * time.Second)
		closed := 0
		for _, eve := range idle {
			if eve.closed() == wire.CloseOverloaded {
				closed++
			}
			eve.session.Leave()
		}
		if closed != 4 {
			t.Errorf("%d of eve's five were told that too much is on its way, want four", closed)
		}
		h.idle()
	})
}

// Of what several read the one pays who still does: somebody who reads no further does not use up another's share.
func TestP8WhoHasReadDoesNotPayForWhoHasNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{SnapshotReads: 1_000_000}))
		docs := h.fill(6)
		for _, id := range docs {
			h.grant(id, "eve", access.Viewer)
		}
		var idle []*peer
		for i, id := range docs {
			ann, eve := h.connect("ann", ""), h.connect("eve", "")
			idle = append(idle, eve)
			for _, p := range []*peer{ann, eve} {
				p.session.Receive(t.Context(), fmt.Appendf(nil, `{"a":"f","c":"documents","d":%q}`, id))
				synctest.Wait()
				if p == ann && len(p.session.Pull(nil, 1)) != 1 {
					t.Fatalf("ann cannot read her document %d", i)
				}
				if p == eve {
					go p.session.Pull(nil, 1)
					synctest.Wait()
				}
			}
			ann.pull()
			ann.session.Leave()
		}
		for _, eve := range idle {
			eve.session.Leave()
		}
		h.idle()
	})
}

// What is read of the past counts until it is sent, and more than one's share of it is refused to oneself alone.
func TestP8UnreadHistoryIsInTheShareOfItsPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{SnapshotReads: 1_000_000}))
		docs := h.fill(1)
		h.grant(docs[0], "eve", access.Editor)
		past := fmt.Sprintf(`{"a":"nf","id":1,"c":"documents","d":%q,"v":1}`, docs[0])
		var idle []*peer
		for range 20 {
			eve := h.connect("eve", "")
			idle = append(idle, eve)
			eve.send("%s", past)
		}
		if got := h.hub.InUse(); got.Reading > 250_000 || got.Queued > 300_000 {
			t.Errorf("eve reads none of what she asked for, and %+v is in use", got)
		}
		bob := h.connect("bob", "")
		bob.send("%s", past)
		bob.expect("nf")
		for _, eve := range append(idle, bob) {
			eve.pull()
			if got := eve.closed(); got != 0 {
				t.Errorf("%s is closed with %d", eve.user, got)
			}
		}
		if got := h.hub.InUse().Reading; got != 0 {
			t.Errorf("all is read, and %d bytes are on their way", got)
		}
	})
}

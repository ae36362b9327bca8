package collab_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// fill makes documents of 100 kB.
func (h *house) fill(n int) (ids []storage.DocumentID) {
	for i := range n {
		ids = append(ids, storage.DocumentID(fmt.Sprintf("large%d", i)))
		h.create(ids[i], strings.Repeat("long ", 20_000))
	}
	return ids
}

var twoAtOnce = withLimits(collab.Limits{SnapshotReads: 250_000})

// read opens a document in a session of its own, reads it and leaves. It returns the close code, 0 if all was read.
func (h *house) read(id storage.DocumentID) wire.CloseCode {
	h.Helper()
	p := h.connect("ann", "")
	defer p.session.Leave()
	p.session.Receive(h.Context(), fmt.Appendf(nil, `{"a":"s","c":"documents","d":%q}`, id))
	if p.pull(); p.closed() != 0 {
		return p.closed()
	}
	return 0
}

// An encoding that is kept for newcomers goes with its document, and what nobody sends gives way to who reads.
func TestP8WhatWasReadIsNotInTheWayOfWhoReadsNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, twoAtOnce)
		docs := h.fill(8)
		for round := range 3 {
			for _, id := range docs {
				for range 2 { // the second opening meets a document at rest, which keeps its encoding
					if code := h.read(id); code != 0 {
						t.Fatalf("round %d: %s cannot be read: closed with %d", round, id, code)
					}
					time.Sleep(8 * time.Second)
				}
			}
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if got := h.hub.InUse(); got != (collab.InUse{}) {
				t.Errorf("round %d: all have left, and %+v is in use", round, got)
			}
		}
	})
}

func TestP8EncodingsThatNobodySendsGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, twoAtOnce)
		docs := h.fill(6)
		begun := time.Now()
		for _, id := range docs { // all stay open, and all are read
			p := h.connect("ann", "")
			p.subscribe(id)
			if p.closed() != 0 {
				t.Fatalf("%s cannot be read: closed with %d", id, p.closed())
			}
		}
		if waited := time.Since(begun); waited != 0 {
			t.Errorf("who read had to wait %v, as if the encodings were being sent", waited)
		}
		if got := h.hub.InUse().Reading; got == 0 || got > 250_000 {
			t.Errorf("%d bytes are kept, want some, and at most 250,000", got)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := h.hub.InUse(); got.Reading != 0 || got.Documents != len(docs) || got.Requests != 0 {
			t.Errorf("all is quiet, and %+v is in use", got)
		}
	})
}

// An encoding that a newer one takes the place of goes back, though its document stays open and is never quiet.
func TestP8AnEncodingThatIsReplacedGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		doc := h.fill(1)[0]
		ann := h.connect("ann", "")
		ann.subscribe(doc)
		for v := 1; v <= 5; v++ {
			ann.op(doc, v, `[{"insert":"more "}]`)
			ann.expect(fmt.Sprint("ack ", v))
			p := h.connect("bob", "")
			p.send(`{"a":"f","c":"documents","d":%q}`, doc)
			p.expect(fmt.Sprint("f@", v+1))
			p.session.Leave()
			if got := h.hub.InUse().Reading; got > 210_000 {
				t.Fatalf("after %d readers, each of another revision, %d bytes are in use; want one encoding for each way to read", v, got)
			}
		}
	})
}

// What is being sent counts until it is sent, whatever becomes of its document and of who reads it.
func TestP8ASnapshotOnItsWayIsCountedUntilItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{SnapshotReads: 450_000}))
		docs := h.fill(3)
		slow := make([]*peer, 2)
		for i := range slow {
			slow[i] = h.connect([]string{"bob", "vic"}[i], "")
			slow[i].send(`{"a":"f","c":"documents","d":%q}`, docs[i])
			if got := slow[i].session.Pull(nil, 1<<20); len(got) != 1 {
				t.Fatalf("%d frames, want the snapshot", len(got))
			}
		}
		time.Sleep(2 * time.Minute) // the documents fall quiet; the frames are on their way still
		synctest.Wait()
		if got := h.hub.InUse(); got.Reading < 200_000 {
			t.Errorf("two are on their way, and %+v is in use", got)
		}
		if code := h.read(docs[2]); code != wire.CloseOverloaded {
			t.Errorf("a third while two are on their way: closed with %d, want %d", code, wire.CloseOverloaded)
		}
		slow[0].pull()          // sent
		slow[1].session.Leave() // never will be
		if code := h.read(docs[2]); code != 0 {
			t.Errorf("the third afterwards: closed with %d", code)
		}
		slow[0].session.Leave()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := h.hub.InUse(); got != (collab.InUse{}) {
			t.Errorf("all have left, and %+v is in use", got)
		}
	})
}

package collab_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// viewer is somebody whose token lets them read every document of an application, also those that do not exist yet.
func viewer(user string) collab.Identity {
	return collab.Identity{User: storage.UserID(user), Claims: map[string]access.Role{"*": access.Viewer}}
}

// A token for all ids subscribes to many that do not exist: they take no place from documents that do.
func TestP8AbsentDocumentsTakeNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{Documents: 50}))
		docs := h.fill(3)
		eves := []*peer{h.join(h.hub, viewer("eve"), ""), h.join(h.hub, viewer("eve"), "")}
		for i := range 200 {
			eves[i%2].send(`{"a":"s","c":"documents","d":"absent%d"}`, i)
		}
		if got := h.hub.InUse(); got.Places != 0 || got.Absent == 0 || got.Absent > 20 {
			t.Errorf("eve has subscribed to what does not exist, and %+v is in use", got)
		}
		for _, id := range docs {
			if code := h.read(id); code != 0 {
				t.Errorf("%s cannot be opened: closed with %d", id, code)
			}
		}
		for i, eve := range eves {
			if i == 0 && eve.closed() != wire.CloseOverloaded {
				t.Errorf("eve was not told: closed with %d", eve.closed())
			}
			eve.session.Leave()
		}
		h.idle()
	})
}

// What does not exist is dropped with the answer that says so.
func TestP8WhatIsAbsentIsDroppedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		eve := h.join(h.hub, viewer("eve"), "")
		eve.send(`{"a":"f","c":"documents","d":"absent"}`)
		eve.expect("f@0")
		if got := h.hub.InUse(); got.Documents != 0 || got.Absent != 0 {
			t.Errorf("%+v is in use", got)
		}
	})
}

// A document that is created while somebody waits for it takes a place then.
func TestP8AnAbsentDocumentThatIsCreatedTakesAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		eve := h.join(h.hub, viewer("eve"), "")
		eve.subscribe(doc)
		if got := h.hub.InUse(); got.Places != 0 || got.Absent != 1 {
			t.Errorf("before: %+v is in use", got)
		}
		h.create(doc, "ab")
		synctest.Wait()
		if got := h.hub.InUse(); got.Places != 1 || got.Absent != 0 {
			t.Errorf("after: %+v is in use", got)
		}
		eve.session.Leave()
		h.idle()
	})
}

// Who opens many documents has only their share of the places, and keeps nobody else from opening any.
func TestP8WhoOpensManyDocumentsHasOnlyAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{Documents: 100}))
		var eves []*peer
		for person := range 6 { // as many as there are places
			for i := range 20 {
				id := storage.DocumentID(fmt.Sprintf("e%d-%d", person, i))
				who := identity(fmt.Sprint("eve", person))
				if _, err := h.hub.Create(t.Context(), who, storage.Document{ID: id}, delta.FromText("eve")); err != nil {
					t.Fatal(err)
				}
				eve := h.join(h.hub, who, "")
				eves = append(eves, eve)
				eve.subscribe(id)
			}
		}
		if got := h.hub.InUse().Places; got > 90 {
			t.Errorf("they have %d of 100 places", got)
		}
		for i := range 3 {
			id := storage.DocumentID(fmt.Sprint("d", i))
			h.create(id, "ab")
			bob := h.connect("bob", "")
			bob.subscribe(id)
			if code := bob.closed(); code != 0 {
				t.Errorf("bob is closed with %d", code)
			}
			eves = append(eves, bob)
		}
		again := h.connect("bob", "") // the same document again is the same place
		again.subscribe("d0")
		for _, p := range append(eves, again) {
			p.session.Leave()
		}
		h.idle()
	})
}

// A place is returned when somebody is done with a document, also if others keep it open.
func TestP8WhoIsDoneWithADocumentHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{Documents: 100}))
		vic := h.connect("vic", "")
		for i := range 60 {
			id := storage.DocumentID(fmt.Sprint("d", i))
			who := identity(fmt.Sprint("owner", i/4))
			if _, err := h.hub.Create(t.Context(), who, storage.Document{ID: id}, delta.FromText("ab")); err != nil {
				t.Fatal(err)
			}
			h.grant(id, "vic", access.Viewer)
			h.join(h.hub, who, "").subscribe(id)
			vic.send(`{"a":"f","c":"documents","d":%q}`, id)
			vic.expect("f@1")
		}
	})
}

// The administration sees what is in use, and who has the most of it.
func TestP8UsageNamesWhoHoldsTheMost(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, _ *peer) {
		h.create("d2", "cd")
		ann.subscribe("d2")
		h.join(h.hub, viewer("eve"), "").subscribe("absent")
		all, _, _ := h.hub.Usage(1)
		if got := fmt.Sprint(all[:2]); got != "[{documents 100000 2 2 [{ann 2}]} {absent documents 100000 1 1 [{eve 1}]}]" {
			t.Errorf("in use is %s", got)
		}
	})
}

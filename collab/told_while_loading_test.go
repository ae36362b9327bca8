package collab_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/storage"
	"quire/storage/storagetest"
)

// P10: what was told while a document is loaded is not undone by what was read of it before.
func TestP10WhatIsToldWhileADocumentLoadsCounts(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(h *house)
		owners bool // read it still
	}{
		{"trash", func(h *house) {
			row, err := h.memory.Document(h.Context(), doc)
			if err != nil {
				t.Error(err)
			}
			row.TrashedAt, row.TrashedBy = time.Now(), "ann"
			documentTold(h.hub, storage.EventTrashed, doc, identity("ann"))
			h.hub.Described(row, identity("ann"))
		}, true},
		{"deletion", func(h *house) { documentTold(h.hub, storage.EventDeleted, doc, collab.Identity{}) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.create(doc, "ab")
				h.hub.Close()
				h.hub = h.newHub()
				ann, bob := h.connect("ann", ""), h.connect("bob", "")
				h.store.SetPlan(storagetest.On(storagetest.Stall, "Load"))
				for _, p := range []*peer{ann, bob} {
					p.send(`{"a":"s","c":"documents","d":%q}`, doc)
				}
				c.change(h) // the row that is loaded is of before
				h.store.SetPlan(nil)
				h.store.Release()
				synctest.Wait()
				for _, p := range []*peer{ann, bob} {
					frames := brief(p.pull())
					if reads := slices.Contains(frames, "s@1"); reads != (p == ann && c.owners) {
						t.Errorf("%s got %v", p.user, frames)
					}
				}
				bob.send(`{"a":"s","c":"documents","d":%q}`, doc)
				if frames := brief(bob.pull()); slices.Contains(frames, "s@1") {
					t.Errorf("then bob got %v", frames)
				}
			})
		})
	}
}

package collab_test

import (
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/storage"
	"quire/storage/storagetest"
)

// barriersStall lets every call of the store through but its barriers.
var barriersStall = storagetest.On(storagetest.Stall, "Barrier")

// L10: an op in the log that this hub did not commit itself is acknowledged only behind a barrier, in whatever way its author
// hears of it; others' ops need none.
func TestOwnOpsInTheLogAreToldBehindABarrierL10(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{}))
		h.create("d1", "text")
		before := h.connect("ann", "")
		before.subscribe("d1")
		before.op("d1", 1, `[{"insert":"a"}]`)
		before.expect("ack 1")
		h.hub.Close() // and what it knew is forgotten
		h.hub = h.newHub()
		h.store.SetPlan(barriersStall)

		stranger := h.connect("bob", "")
		stranger.send(`{"a":"s","c":"documents","d":"d1","v":1}`)
		stranger.expect("op 1", "s", "doc editor")

		again := h.connect("ann", before.id)
		again.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"x":{},"op":[{"insert":"a"}]}`)
		again.expect()
		caughtUp := h.connect("ann", "")
		caughtUp.send(`{"a":"s","c":"documents","d":"d1","v":1}`)
		caughtUp.expect()
		h.store.Release()
		again.expect("ack 1")
		caughtUp.expect("op 1", "s", "doc owner")

		h.store.SetPlan(nil)
		h.store.Next(storagetest.Lie)
		h.store.SetPlan(barriersStall)
		again.send(`{"a":"op","c":"documents","d":"d1","v":2,"seq":2,"x":{},"op":[{"insert":"b"}]}`)
		time.Sleep(time.Second) // of the bubble: the look at the log comes after a pause
		again.expect()
		h.store.Release()
		again.expect("ack 2")
		if got, want := h.text(storage.DocumentID("d1")), "batext"; got != want && got != want+"\n" {
			t.Errorf("the document holds %q", got)
		}
	})
}

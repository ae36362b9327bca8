package collab_test

import (
	"testing"
	"testing/synctest"

	"quire/collab/wire"
)

// N12: a log that ends before what is in memory drops that, closes whoever has it open with resync, and what is written next
// goes on from the log; noticed by the next commit, and by a look where nobody writes.
func TestALogThatWentBackIsFollowedN12(t *testing.T) {
	for _, how := range []string{"commit", "look"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.create("d1", "text")
				ann, bob := h.connect("ann", ""), h.connect("bob", "")
				ann.subscribe("d1")
				bob.subscribe("d1")
				ann.op("d1", 1, `[{"insert":"a"}]`)
				ann.op("d1", 2, `[{"insert":"b"}]`)
				h.memory.Rewind("d1", 2)
				if how == "commit" {
					ann.op("d1", 3, `[{"insert":"c"}]`)
				} else {
					h.hub.Look("d1", 3) // all is well, as far as that knows
					h.hub.Look("d1", 2)
				}
				synctest.Wait()
				for _, p := range []*peer{ann, bob} {
					if got := p.closed(); got != wire.CloseResync {
						t.Errorf("%s was closed with %d, want %d", p.user, got, wire.CloseResync)
					}
				}
				if got := h.hub.InUse().Reading; got != 0 {
					t.Errorf("P8: %d bytes of encodings that nobody may get are in use", got)
				}
				again := h.connect("bob", "")
				again.send(`{"a":"s","c":"documents","d":"d1","v":3}`)
				again.expect("s!" + string(wire.CodeNewerThanHead))
				again.subscribe("d1")
				again.op("d1", 2, `[{"insert":"B"}]`)
				again.expect("ack 2")
				if got := h.text("d1"); got != "Batext" {
					t.Errorf("the document holds %q", got)
				}
			})
		})
	}
}

package collab_test

import (
	"testing"
	"testing/synctest"

	"quire/collab"
)

// interrupted is a runtime that does something when a document's first turn is asked for, which is between two steps of whoever asks.
type interrupted struct {
	collab.Runtime
	at func()
}

func (r *interrupted) Soon(task func()) {
	if at := r.at; at != nil {
		r.at = nil
		at()
	}
	r.Runtime.Soon(task)
}

// P10: access that is taken away after it was looked up, and before the document knows of who asks, is looked up again: nobody else
// would tell them, and they would wait for ever for what they asked.
func TestAccessThatEndsWhileSomebodyIsLetInIsLookedUpAgainP10(t *testing.T) {
	for request, want := range map[string]string{
		`{"a":"op","c":"documents","d":"d1","v":99,"seq":1,"op":[{"insert":"x"}]}`: "op!ERR_FORBIDDEN", // not: the document is shorter
		`{"a":"s","c":"documents","d":"d1"}`:                                       "s!ERR_FORBIDDEN",
		`{"a":"f","c":"documents","d":"d1","v":0}`:                                 "f!ERR_FORBIDDEN",
		`{"a":"ps","ch":"documents.d1","seq":1}`:                                   "ps!ERR_FORBIDDEN",
		`{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"op":[{"insert":"x"}]}`:  "op!ERR_FORBIDDEN",
	} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := &collab.System{}
				t.Cleanup(system.Close)
				rt := &interrupted{Runtime: system}
				h := newHouse(t, func(c *collab.Config) { c.Runtime = rt })
				h.create("d1", "text")
				hub := h.newHub(func(c *collab.Config) { c.Runtime = rt }) // which has no document open
				defer hub.Close()
				bob := h.join(hub, identity("bob"), "")
				rt.at = func() {
					if err := h.memory.RemoveGrant(h.Context(), "d1", "bob"); err != nil {
						t.Error(err)
					}
					grantChanged(hub, "d1", "bob", identity("ann"))
				}
				bob.send("%s", request)
				bob.expect(want)
			})
		})
	}
}

package collab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quire/collab"
	"quire/collab/access"
)

// announce sends a caret at a version.
func (p *peer) announce(id string, pv, v, index int) {
	p.h.Helper()
	p.send(`{"a":"p","ch":"documents.d1","id":%q,"p":{"index":%d,"length":0,"user":{"id":"root","name":"Root"}},"pv":%d,`+
		`"c":"documents","d":"d1","v":%d,"t":"http://sharejs.org/types/rich-text/v1"}`, id, index, pv, v)
}

// channel subscribes to the document's presence.
func (p *peer) channel() {
	p.h.Helper()
	p.send(`{"a":"ps","ch":"documents.d1","seq":1}`)
	p.pull()
}

func carets(t *testing.T, f func(h *house, ann, bob *peer)) {
	bubble(t, "abcdef", func(h *house, ann, bob *peer) {
		ann.channel()
		bob.channel()
		f(h, ann, bob)
	})
}

func TestW6TheServerSaysWhoItIs(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		ann.announce("a", 0, 1, 3)
		ann.expect("p a at 3 v1")
		f := bob.expect("p a at 3 v1")[0]
		if user := f["p"].(map[string]any)["user"]; fmt.Sprint(user) != "map[color:3 id:ann name:ANN]" {
			t.Errorf("user = %v, want ann's", user)
		}
	})
}

func TestW6OthersCaretsMoveWithWhatWasCommittedMeanwhile(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		bob.op(doc, 1, `[{"insert":"xy"}]`)
		bob.op(doc, 2, `[{"retain":5},{"delete":1}]`)
		ann.announce("a", 0, 1, 3)
		bob.expect("ack 1", "ack 2", "p a at 5 v3")
		ann.announce("a", 1, 3, 0)
		ann.op(doc, 3, `[{"insert":"z"}]`)
		bob.expect("op 3", "p a at 0 v3")
		// A newcomer is shown it where it is by now: behind what its owner inserted at it.
		vic := h.connect("vic", "")
		vic.send(`{"a":"ps","ch":"documents.d1","seq":1}`)
		vic.expect("ps", "p a at 1 v4")
		ann.announce("a", 2, 9, 0)
		if got := brief(ann.pull()); !slices.Contains(got, "p!ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT") {
			t.Errorf("a caret of a revision to come: %v", got)
		}
	})
}

func TestW6OnlyTheNewestOfAnIDWaits(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		for i := range 100 {
			ann.announce("a", i, 1, i%6)
		}
		bob.expect("p a at 3 v1")
		ann.announce("a", 50, 1, 2) // late
		bob.expect()
		if n := len(ann.pull()); n != 101 {
			t.Errorf("ann got %d acknowledgements, want 101", n)
		}
	})
}

func TestW6AnotherSessionsIDIsRefused(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		ann.announce("a", 0, 1, 3)
		bob.pull()
		bob.announce("a", 1, 1, 0)
		bob.expect("p!ERR_FORBIDDEN")
		// The same client, back on another line while the old one is not known to be dead, may.
		again := h.connect("ann", ann.id)
		again.announce("a", 1, 1, 4)
		bob.expect("p a at 4 v1")
		ann.session.Leave() // takes nothing with it
		bob.expect()
		again.session.Leave()
		bob.expect("p a gone v1")
	})
}

func TestW6WhateverLeavesIsAnnouncedWithTheHead(t *testing.T) {
	for how, leave := range map[string]func(h *house, p *peer){
		"cut": func(h *house, p *peer) { p.session.Leave() },
		"null": func(h *house, p *peer) {
			p.send(`{"a":"p","ch":"documents.d1","id":"a","p":null,"pv":1,"c":"documents","d":"d1","v":3,"t":"rich-text"}`)
		},
		"removed": func(h *house, p *peer) {
			if err := h.memory.RemoveGrant(h.Context(), doc, "late"); err != nil {
				h.Fatal(err)
			}
			grantChanged(h.hub, doc, "late", identity("ann"))
			p.pull()
			p.session.Leave() // as the socket does once it is closed
		},
	} {
		carets(t, func(h *house, ann, bob *peer) {
			h.grant(doc, "late", access.Viewer)
			late := h.connect("late", "") // never subscribes, to document or channel
			late.announce("a", 0, 1, 3)
			bob.op(doc, 1, `[{"insert":"x"}]`)
			bob.op(doc, 2, `[{"insert":"x"}]`)
			bob.pull()
			leave(h, late)
			t.Log(how)
			bob.expect("p a gone v3")
		})
	}
}

func TestPresenceIsAskedOfAClientThatCameBack(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		ann.announce("a", 0, 1, 3)
		ann.session.Leave()
		again := h.connect("ann", ann.id)
		again.send(`{"a":"ps","ch":"documents.d1","seq":2}`)
		again.expect("ps", "pr")
		bob.pull()
		bob.send(`{"a":"pr","ch":"documents.d1"}`)
		bob.expect("pr")
		again.expect("pr")
		again.send(`{"a":"pu","ch":"documents.d1","seq":3}`)
		again.expect("pu")
		again.send(`{"a":"ps","ch":"documents.d1","seq":2}`) // late: answered, without effect
		again.expect("ps")
		bob.announce("b", 0, 1, 1)
		again.expect()
	})
}

func TestW6PresenceIsBounded(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for i := range 3 {
			ann.announce(fmt.Sprintf("a%d", i), 0, 1, 0)
		}
		ann.expect("p a0 at 0 v1", "p a1 at 0 v1", "p!ERR_FRAME_TOO_LARGE")
		ann.send(`{"a":"p","ch":"documents.d1","id":"a0","p":{"x":%q},"pv":1}`, strings.Repeat("x", 5000))
		ann.expect("p!ERR_FRAME_TOO_LARGE")
		ann.send(`{"a":"p","ch":"documents.none","id":"n","p":{"x":1},"pv":1}`)
		ann.expect("p!ERR_FORBIDDEN")
		ann.send(`{"a":"ps","ch":"documents.none","seq":1}`)
		ann.expect("ps!ERR_FORBIDDEN")
	}, withLimits(collab.Limits{PresenceIDs: 2}))
}

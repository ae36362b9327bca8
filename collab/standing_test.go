package collab_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

// The tests of this file are about what waits for a role, and about people who come and go meanwhile.

// onRoleLookUp lets every look-up of a role go wrong in a way; storagetest.None: no more.
func (h *house) onRoleLookUp(fault storagetest.Fault) {
	h.store.SetPlan(storagetest.On(fault, "HeldRoles"))
}

// P5: an op that comes back from the store while its sender's role is looked up stands before what they sent after it.
func TestP5AnOpThatComesBackStaysBeforeLaterOnes(t *testing.T) {
	slow := &late{}
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall | storagetest.Break)
		bob.op(doc, 1, `[{"insert":"1"}]`)
		gate := make(chan struct{})
		slow.gate = gate
		grantChanged(h.hub, doc, "bob", identity("ann"))
		bob.op(doc, 1, `[{"insert":"2"}]`)
		h.store.Release()
		time.Sleep(time.Second)
		slow.gate = nil
		close(gate)
		time.Sleep(time.Second)
		log := h.log(doc)
		if want := `[{"insert":"1"}]`; len(log) < 2 || !strings.Contains(log[1], want) {
			t.Errorf("log = %v, want %s first", log, want)
		}
	}, func(cfg *collab.Config) { slow.Log, cfg.Store = cfg.Store, slow })
}

// W7: what waits for a role waits no longer than for anything else of the store.
func TestW7ALookUpThatHangsEndsTheSession(t *testing.T) {
	for _, request := range []string{
		`{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"x":{},"op":[{"insert":"B"}]}`,
		`{"a":"f","c":"documents","d":"d1"}`, ``,
	} {
		t.Run(request, func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				h.onRoleLookUp(storagetest.Stall)
				grantChanged(h.hub, doc, "bob", identity("ann"))
				synctest.Wait()
				if request != "" {
					bob.send("%s", request)
				}
				time.Sleep(25 * time.Second)
				if bob.closed() != wire.CloseUnavailable {
					t.Errorf("closed with %d, want %d", bob.closed(), wire.CloseUnavailable)
				}
				h.onRoleLookUp(storagetest.None)
				h.store.Release()
			})
		})
	}
}

// failing refuses the look-ups of bob's role that come after it is armed, but for the second.
type failing struct {
	collab.Log
	armed atomic.Bool
	calls atomic.Int32
}

func (f *failing) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	if f.armed.Load() && user == "bob" && f.calls.Add(1) != 2 {
		return nil, storage.ErrUnavailable
	}
	return f.Log.HeldRoles(ctx, doc, user)
}

// What waits behind an op that is given up goes on.
func TestWhatWaitsBehindAnOpThatIsGivenUpGoesOn(t *testing.T) {
	f := &failing{}
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		f.armed.Store(true)
		grantChanged(h.hub, doc, "bob", identity("ann"))
		synctest.Wait()
		bob.op(doc, 1, `[{"insert":"1"}]`)
		bob.session.Leave()
		synctest.Wait()
		again := h.connect("bob", bob.id)
		again.seq = 1
		again.op(doc, 1, `[{"insert":"2"}]`)
		time.Sleep(30 * time.Second)
		if got := brief(again.pull()); !slices.Equal(got, []string{"ack 1"}) {
			t.Errorf("got %v, closed with %d", got, again.closed())
		}
	}, func(cfg *collab.Config) { f.Log, cfg.Store = cfg.Store, f })
}

// P10: a role for the past that was overtaken by a change does not count either.
func TestP10AnOvertakenRoleTellsNothingOfThePast(t *testing.T) {
	slow := &late{}
	bubble(t, "ab", func(h *house, ann, _ *peer) {
		bob := h.connect("bob", "")
		h.store.SetPlan(storagetest.On(storagetest.Stall, "Load"))
		bob.send(`{"a":"nf","id":1,"c":"documents","d":"d1","v":1}`)
		gate := make(chan struct{})
		slow.gate = gate
		h.store.SetPlan(nil)
		h.store.Release()
		synctest.Wait()
		h.revoke("bob")
		slow.gate = nil
		close(gate)
		bob.expect("nf!ERR_FORBIDDEN")
	}, func(cfg *collab.Config) { slow.Log, cfg.Store = cfg.Store, slow })
}

// P10, W9: a request of REST under way goes with its sign-in, however long the store takes.
func TestP10AnEndedSignInTakesRequestsOfRESTAlong(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.onRoleLookUp(storagetest.Stall)
		done := h.submitAside("bob")
		signInEnded(h.hub, "signin-bob")
		synctest.Wait()
		h.onRoleLookUp(storagetest.None)
		h.store.Release()
		if err := <-done; !errors.Is(err, collab.ErrForbidden) {
			t.Errorf("Submit = %v, want it forbidden", err)
		}
		h.wantText("ab")
	})
}

// P10, W9: what an ended sign-in left is not let go on by a later change of access.
func TestP10AnEndedSignInStaysEnded(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall | storagetest.Break)
		bob.op(doc, 1, `[{"insert":"B"}]`)
		bob.session.Leave()
		signInEnded(h.hub, "signin-bob")
		synctest.Wait()
		reachChanged(h.hub, doc, identity("ann"))
		synctest.Wait()
		h.store.Release()
		time.Sleep(5 * time.Second)
		h.wantText("ab")
	})
}

// P10: notices are of the document too.
func TestP10NoTitleLeavesWhileARoleIsLookedUp(t *testing.T) {
	for _, kept := range []bool{true, false} {
		bubble(t, "ab", func(h *house, ann, bob *peer) {
			h.onRoleLookUp(storagetest.Stall)
			if !kept {
				h.revoke("bob")
			} else {
				grantChanged(h.hub, doc, "bob", identity("ann"))
			}
			synctest.Wait()
			titleChanged(h.hub, doc, "a secret", identity("ann"))
			time.Sleep(time.Second) // of the bubble: one frame would tell of both changes
			membersChanged(h.hub, doc)
			bob.expect()
			h.onRoleLookUp(storagetest.None)
			h.store.Release()
			if kept {
				bob.expect("members", "doc <nil>", "members") // the first with the change of role
			} else {
				bob.expect("doc none")
			}
		})
	}
}

// P8: presence that waits for a document goes with it.
func TestP8PresenceOfADocumentThatIsNotOpenAnyMoreIsForgotten(t *testing.T) {
	carets(t, func(h *house, ann, bob *peer) {
		ann.announce("a", 0, 1, 3)
		bob.send(`{"a":"pu","ch":"documents.d1","seq":2}`)
		bob.send(`{"a":"u","c":"documents","d":"d1"}`)
		bob.pull()
		ann.announce("a", 1, 1, 3)
		if _, queued, _ := bob.session.Load(); queued != 0 {
			t.Errorf("%d bytes wait for ever", queued)
		}
		bob.send(`{"a":"s","c":"documents","d":"d1"}`)
		bob.expect("s@1", "doc editor")
	})
}

// A document that a session has let go of says nothing any more about one that it has opened anew.
func TestARoleOfBeforeSaysNothingOfADocumentOpenedAnew(t *testing.T) {
	slow := &late{}
	synctest.Test(t, func(t *testing.T) {
		system := &collab.System{}
		t.Cleanup(system.Close)
		rt := &interrupted{Runtime: system}
		h := newHouse(t, func(c *collab.Config) { c.Runtime = rt; slow.Log, c.Store = c.Store, slow })
		h.create(doc, "ab")
		bob := h.connect("bob", "")
		bob.send(`{"a":"f","c":"documents","d":"d1"}`)
		gate := make(chan struct{})
		slow.gate = gate
		if err := h.memory.RemoveGrant(h.Context(), doc, "bob"); err != nil {
			t.Fatal(err)
		}
		rt.at = func() { bob.session.Pull(nil, 1<<20) }
		grantChanged(h.hub, doc, "bob", identity("ann"))
		synctest.Wait()
		slow.gate = nil
		h.grant(doc, "bob", access.Editor)
		grantChanged(h.hub, doc, "bob", identity("ann"))
		bob.send(`{"a":"s","c":"documents","d":"d1"}`)
		close(gate)
		bob.expect("s@1", "doc editor")
		if bob.closed() != 0 {
			t.Errorf("closed with %d", bob.closed())
		}
	})
}

// P10: whoever is out is not told the rest of what they asked for at once.
func TestP10WhoIsOutIsNotToldTheRestOfABulk(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, _ *peer) {
		h.create("d2", "cd")
		bob := h.connect("bob", "")
		h.store.SetPlan(storagetest.On(storagetest.Stall, "Load"))
		bob.send(`{"a":"bs","c":"documents","b":["d1","d2"]}`)
		bob.expect()
		userEnded(h.hub, "bob")
		synctest.Wait()
		h.store.SetPlan(nil)
		h.store.Release()
		for _, f := range bob.raw() {
			if strings.Contains(f, "ab") {
				t.Errorf("got %s", f)
			}
		}
	})
}

// P10: nor is whoever was shown out told a new title.
func TestP10WhoIsOutIsNotToldANewTitle(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		vic := h.connect("vic", "")
		vic.subscribe(doc)
		h.revoke("bob")
		bob.expect("doc none")
		signInEnded(h.hub, "signin-vic")
		synctest.Wait()
		titleChanged(h.hub, doc, "a secret", identity("ann"))
		bob.expect()
		vic.expect()
	})
}

// P8: nobody has the server go through a long log for an op that they may not write.
func TestP8AnOpOfAViewerIsNotTakenOverALongLog(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, _ *peer) {
		for v := 1; v < 20; v++ {
			ann.op(doc, v, `[{"insert":"x"}]`)
		}
		vic := h.connect("vic", "")
		vic.subscribe(doc)
		read := 0
		h.store.SetPlan(func(c storagetest.Call) storagetest.Fault {
			if c.Is("Read", "Find") {
				read++
			}
			return storagetest.None
		})
		vic.op(doc, 1, `[{"insert":"V"}]`)
		vic.expect("op!ERR_FORBIDDEN")
		if read > 0 {
			t.Errorf("the log was read %d times", read)
		}
	}, withLimits(collab.Limits{RecentOps: 2, TransformSteps: 1}))
}

// P10: what a pull has taken leaves at once. It does not lie there while the log of another document is read, for as long as the
// store takes: the right to it may end meanwhile.
func TestP10WhatAPullHasTakenDoesNotWaitForAnotherLog(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.create("d2", "cd")
		bob.subscribe("d2")
		ann.op(doc, 1, `[{"insert":"x"}]`)
		for v := 1; v < 4; v++ { // more than the feed holds
			ann.op("d2", v, `[{"insert":"y"}]`)
		}
		h.store.SetPlan(storagetest.On(storagetest.Stall, "Read"))
		pulled := make(chan []wire.Frame, 1)
		go func() { pulled <- bob.session.Pull(nil, 1<<20) }()
		synctest.Wait()
		select {
		case frames := <-pulled:
			if len(frames) != 1 {
				t.Errorf("got %d frames, want the one that needs no log", len(frames))
			}
		default:
			t.Error("frames lie in a pull that waits for the log")
		}
		h.store.SetPlan(nil)
		h.store.Release()
		bob.expect("op 1", "op 2", "op 3")
	}, withLimits(collab.Limits{FeedBytes: 1}))
}

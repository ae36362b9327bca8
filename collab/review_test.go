package collab_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

// revoke takes user's grant away and tells the hub.
func (h *house) revoke(user storage.UserID) {
	h.Helper()
	if err := h.memory.RemoveGrant(h.Context(), doc, user); err != nil {
		h.Fatal(err)
	}
	grantChanged(h.hub, doc, user, identity("ann"))
	synctest.Wait()
}

// submitAside sends an op over REST and returns how that ended, once it has.
func (h *house) submitAside(user string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := h.hub.Submit(h.Context(), doc, collab.Submission{
			Who: identity(user), Client: "key", Seq: 1, Base: 1, Op: delta.Delta{delta.Insert("B")},
		})
		done <- err
	}()
	synctest.Wait()
	return done
}

// A withdrawn person's op does not get into the log behind a store that stalls, wherever it waits.
func TestP10WhatIsNotWithTheStoreIsRefusedOnceTheRoleIsGone(t *testing.T) {
	for _, c := range []struct {
		name string
		send func(h *house, bob *peer) (check func())
	}{
		{"of an open session", func(h *house, bob *peer) func() {
			bob.op(doc, 1, `[{"insert":"B"}]`)
			return func() { bob.expect("doc none", "op!ERR_FORBIDDEN") }
		}},
		{"of a session that left meanwhile", func(h *house, bob *peer) func() {
			bob.op(doc, 1, `[{"insert":"B"}]`)
			bob.session.Leave()
			return func() {}
		}},
		{"over REST", func(h *house, bob *peer) func() {
			done := h.submitAside("bob")
			return func() {
				var refused *wire.Error
				if err := <-done; !errors.As(err, &refused) || refused.Code != wire.CodeForbidden {
					h.Errorf("Submit = %v, want it forbidden", err)
				}
			}
		}},
		{"sent twice", func(h *house, bob *peer) func() {
			bob.op(doc, 1, `[{"insert":"B"}]`)
			bob.session.Leave()
			again := h.connect("bob", bob.id)
			again.resend(bob.id, 1, 1, `[{"insert":"B"}]`)
			return func() { again.expect("doc none", "op!ERR_FORBIDDEN") }
		}},
		{"a deletion by an owner who is none any more", func(h *house, bob *peer) func() {
			h.grant(doc, "bob", access.Owner)
			grantChanged(h.hub, doc, "bob", identity("ann"))
			bob.pull()
			bob.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":9,"x":{},"del":true}`)
			h.grant(doc, "bob", access.Editor)
			grantChanged(h.hub, doc, "bob", identity("ann"))
			return func() { bob.expect("doc editor", "op!ERR_FORBIDDEN", "op 1") }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				h.store.Next(storagetest.Stall)
				ann.op(doc, 1, `[{"insert":"A"}]`)
				check := c.send(h, bob)
				if !strings.HasPrefix(c.name, "a deletion") {
					h.revoke("bob")
				}
				synctest.Wait()
				h.store.Release()
				check()
				ann.op(doc, 2, `[{"insert":"C"}]`)
				h.wantText("CAab")
			})
		})
	}
}

// An op that was with the store when its sender's role went, and of which nobody knows, is looked for in the log; it is
// not given to the store again.
func TestP10AnUnknownOutcomeIsNotTriedAgainOnceTheRoleIsGone(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault storagetest.Fault
		gone  bool // whether bob leaves before
		want  string
	}{
		{"not stored", storagetest.Break, false, "Cab"},
		{"refused by the store", storagetest.Refuse, false, "Cab"},
		{"not stored, sender gone", storagetest.Break, true, "Cab"},
		{"stored", storagetest.Lie, false, "BCab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				h.store.Next(storagetest.Stall | c.fault)
				bob.op(doc, 1, `[{"insert":"B"}]`)
				ann.op(doc, 1, `[{"insert":"C"}]`)
				if c.gone {
					bob.session.Leave()
				}
				h.revoke("bob")
				time.Sleep(5 * time.Second)
				h.store.Release()
				time.Sleep(5 * time.Second)
				h.wantText(c.want)
			})
		})
	}
}

// The role may also be looked up in vain; then nothing is said against the op (W7), and nothing is done with it.
func TestW7AReviewWithoutAnAnswerRefusesNothing(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.op(doc, 1, `[{"insert":"B"}]`)
		h.noRoles()
		h.revoke("bob")
		h.store.Release()
		time.Sleep(20 * time.Second)
		if got := brief(bob.pull()); slices.Contains(got, "op!ERR_FORBIDDEN") || bob.closed() != wire.CloseUnavailable {
			t.Errorf("bob got %v and was closed with %d, want %d without a refusal", got, bob.closed(), wire.CloseUnavailable)
		}
		h.wantText("Aab")
	})
}

// W9, P10: what came under a sign-in that ended goes with it.
func TestP10AnEndedSignInTakesItsWaitingOpsAlong(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.op(doc, 1, `[{"insert":"B"}]`)
		bob.session.Leave()
		signInEnded(h.hub, "signin-bob")
		synctest.Wait()
		h.store.Release()
		synctest.Wait()
		h.wantText("Aab")
	})
}

// keeping is a Runtime that keeps tasks instead of running them while it is told to.
type keeping struct {
	collab.Runtime
	keeps atomic.Bool
	kept  []func()
}

func (k *keeping) Go(task func()) {
	if k.keeps.Load() {
		k.kept = append(k.kept, task)
		return
	}
	k.Runtime.Go(task)
}

// P10, P8: hundreds of sign-ins that end at once close their sessions at once, but cost one look at all documents for the ops that wait.
func TestP10ManyEndedSignInsCostOneLookAtTheDocuments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := &collab.System{}
		t.Cleanup(system.Close)
		k := &keeping{Runtime: system}
		h := newHouse(t, func(c *collab.Config) { c.Runtime = k })
		h.create(doc, "ab")
		ann := h.connect("ann", "")
		ann.subscribe(doc)
		for v := 1; v < 3; v++ { // the second time after the first look has ended
			bob := h.connect("bob", "")
			bob.subscribe(doc)
			h.store.Next(storagetest.Stall)
			ann.op(doc, v, `[{"insert":"A"}]`)
			bob.op(doc, v, `[{"insert":"B"}]`)
			bob.session.Leave()
			stays := h.connect("bob", "")
			k.keeps.Store(true)
			for i := range 900 {
				signInEnded(h.hub, fmt.Sprint("other", i))
			}
			signInEnded(h.hub, "signin-bob")
			k.keeps.Store(false)
			if stays.closed() != wire.CloseSignedOut || len(k.kept) != 1 {
				t.Fatalf("closed with %d, and %d looks; want %d and one", stays.closed(), len(k.kept), wire.CloseSignedOut)
			}
			k.Go(k.kept[0])
			k.kept = nil
			synctest.Wait()
			h.store.Release()
			synctest.Wait()
		}
		h.wantText("AAab")
	})
}

// A change that concerns others, or that leaves the role as it was, refuses nothing and says nothing.
func TestAReviewLetsGoOnWhoStillMay(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		for i := range 3 {
			bob.op(doc, 1, fmt.Sprintf(`[{"insert":"%d"}]`, i))
			grantChanged(h.hub, doc, "bob", identity("ann"))
			reachChanged(h.hub, doc, identity("ann"))
			synctest.Wait()
		}
		h.store.Release()
		synctest.Wait()
		bob.expect("op 1", "ack 2", "ack 3", "ack 4")
		h.wantText("A012ab")
	})
}

// A role that came back before anything was told of its loss, and one that went up again, is the one that counts.
func TestTheNewestRoleCounts(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for _, role := range []access.Role{access.Viewer, access.Editor, access.Commenter, access.Editor} {
			h.grant(doc, "bob", role)
			grantChanged(h.hub, doc, "bob", identity("ann"))
		}
		bob.pull()
		bob.op(doc, 1, `[{"insert":"B"}]`)
		bob.expect("ack 1")
	})
}

// W8: an editor who is one no more gets no older revisions than their role allows, also those asked for before.
func TestW8WhatIsOwedFromBeforeEndsWithTheRole(t *testing.T) {
	limits := collab.Limits{RecentOps: 2, FeedBytes: 1, PageBytes: 60}
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v < 6; v++ {
			ann.op(doc, v, `[{"insert":"x"}]`)
		}
		h.grant(doc, "eve", access.Editor) // since revision 6
		eve := h.connect("eve", "")
		eve.send(`{"a":"f","c":"documents","d":"d1","v":1}`)
		h.grant(doc, "eve", access.Viewer)
		grantChanged(h.hub, doc, "eve", identity("ann"))
		synctest.Wait()
		eve.expect("doc viewer")
		if eve.closed() != wire.CloseResync {
			t.Errorf("closed with %d, want %d", eve.closed(), wire.CloseResync)
		}
	}, withLimits(limits))
}

// W8: a token without any grant lets one read from the revision at which one first opened the document.
func TestW8ATokenReadsFromItsFirstOpeningOn(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v < 4; v++ {
			ann.op(doc, v, `[{"insert":"x"}]`)
		}
		who := token("app", map[string]access.Role{"d1": access.Viewer})
		app := h.join(h.hub, who, "")
		app.send(`{"a":"f","c":"documents","d":"d1","v":2}`)
		app.expect("f!ERR_FORBIDDEN")
		app.send(`{"a":"s","c":"documents","d":"d1"}`)
		app.expect("s@4", "doc viewer")
		app.session.Leave()
		ann.op(doc, 4, `[{"insert":"y"}]`)
		again := h.join(h.hub, who, app.id) // what came meanwhile is for it
		again.send(`{"a":"s","c":"documents","d":"d1","v":4}`)
		again.expect("op 4", "s", "doc viewer")
		again.send(`{"a":"f","c":"documents","d":"d1","v":3}`)
		again.expect("f!ERR_FORBIDDEN")
		other := h.join(h.hub, token("other", who.Claims), "")
		other.send(`{"a":"f","c":"documents","d":"d1","v":4}`)
		other.expect("f!ERR_FORBIDDEN")
		editor := h.join(h.hub, token("ed", map[string]access.Role{"d1": access.Editor}), "")
		editor.send(`{"a":"f","c":"documents","d":"d1","v":1}`)
		editor.expect("op 1", "op 2", "op 3", "op 4", "f")
	})
}

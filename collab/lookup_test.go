package collab_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

// The tests of this file are about roles that change while they are looked up.

// P10: nothing of what is refused gets into the log, whether the asking ends before the op's own time or after it.
func TestP10WhoseRoleCannotBeLookedUpWritesNothing(t *testing.T) {
	for i := range 20 {
		gone, after := i%2 == 0, time.Duration(i/2)*100*time.Millisecond // against what comes every second
		t.Run(fmt.Sprintf("gone %v, after %v", gone, after), func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				time.Sleep(after)
				h.store.Next(storagetest.Stall)
				ann.op(doc, 1, `[{"insert":"A"}]`)
				bob.op(doc, 1, `[{"insert":"B"}]`)
				if gone {
					bob.session.Leave()
				}
				h.noRoles()
				h.revoke("bob")
				h.store.Release()
				time.Sleep(time.Minute)
				h.wantText("Aab")
			})
		})
	}
}

// noRoles keeps the store from telling any role until further notice.
func (h *house) noRoles() {
	h.store.SetPlan(storagetest.On(storagetest.Refuse, "HeldRoles"))
}

// late is a store whose answers about roles come late: what they tell was so when it was asked.
type late struct {
	collab.Log
	gate chan struct{}      // nil: at once
	only storage.DocumentID // ""; otherwise answers about others come at once
}

func (l *late) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	gate := l.gate
	ways, err := l.Log.HeldRoles(ctx, doc, user)
	if gate != nil && user == "bob" && (l.only == "" || l.only == doc) {
		<-gate
	}
	return ways, err
}

// A role that was read before it was taken away, and told after, is not the one that counts.
func TestP10ARoleThatWasOvertakenDoesNotCount(t *testing.T) {
	for action, request := range map[string]string{
		"s":  `{"a":"s","c":"documents","d":"d1"}`,
		"f":  `{"a":"f","c":"documents","d":"d1"}`,
		"op": `{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"x":{},"op":[{"insert":"B"}]}`,
		"":   "over REST",
	} {
		t.Run(cmp.Or(action, request), func(t *testing.T) {
			slow := &late{}
			bubble(t, "ab", func(h *house, ann, _ *peer) {
				bob := h.connect("bob", "")
				gate := make(chan struct{})
				slow.gate = gate
				var done <-chan error
				if action == "" {
					done = h.submitAside("bob")
				} else {
					go bob.session.Receive(h.Context(), []byte(request))
					synctest.Wait()
				}
				h.revoke("bob")
				slow.gate = nil
				close(gate)
				if action == "" {
					if err := <-done; !errors.Is(err, collab.ErrForbidden) {
						t.Errorf("Submit = %v, want it forbidden", err)
					}
				} else {
					bob.expect(action + "!ERR_FORBIDDEN")
				}
				ann.op(doc, 1, `[{"insert":"A"}]`)
				bob.expect()
				h.wantText("Aab")
			}, func(cfg *collab.Config) { slow.Log, cfg.Store = cfg.Store, slow })
		})
	}
}

// From the moment a change is told until the role was looked up nothing of the document leaves, however long that takes.
func TestP10NothingLeavesWhileARoleIsLookedUp(t *testing.T) {
	for _, c := range []struct {
		name    string
		removed bool
		want    []string
	}{{"kept", false, []string{"op 1", "p a at 3 v2"}}, {"removed", true, []string{"doc none"}}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				bob.channel()
				h.store.SetPlan(storagetest.On(storagetest.Stall, "HeldRoles"))
				if c.removed {
					if err := h.memory.RemoveGrant(h.Context(), doc, "bob"); err != nil {
						t.Fatal(err)
					}
				}
				grantChanged(h.hub, doc, "bob", identity("ann"))
				synctest.Wait()
				ann.op(doc, 1, `[{"insert":"A"}]`)
				ann.announce("a", 0, 1, 2)
				bob.expect()
				time.Sleep(5 * time.Second)
				bob.expect()
				h.store.SetPlan(nil)
				h.store.Release()
				bob.expect(c.want...)
			})
		})
	}
}

// And if nobody can say what the role is, nothing leaves any more.
func TestP10NothingLeavesWhereNoRoleCanBeLookedUp(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		bob.channel()
		h.noRoles()
		h.revoke("bob")
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.announce("a", 0, 1, 2)
		time.Sleep(time.Minute)
		bob.expect()
		if bob.closed() != wire.CloseUnavailable {
			t.Errorf("closed with %d, want %d", bob.closed(), wire.CloseUnavailable)
		}
	})
}

// P10: roles of many documents are looked up before the first of them is opened. Who loses the role on that one meanwhile gets
// nothing of it, however many roles the session has to remember.
func TestP10ARoleOvertakenByAnotherDocumentsLookUpDoesNotCount(t *testing.T) {
	for _, action := range []string{"bf", "bs"} {
		for _, others := range []int{1, 63, 64, 200} {
			t.Run(fmt.Sprintf("%s of %d more", action, others), func(t *testing.T) {
				slow := &late{only: "last"}
				bubble(t, "ab", func(h *house, ann, _ *peer) {
					h.create("last", "cd")
					h.grant("last", "bob", access.Editor)
					bob := h.connect("bob", "")
					gate := make(chan struct{})
					slow.gate = gate
					docs := []string{`"d1"`}
					for i := range others {
						docs = append(docs, fmt.Sprintf(`"none%d"`, i))
					}
					request := fmt.Sprintf(`{"a":%q,"c":"documents","b":[%s,"last"]}`, action, strings.Join(docs, ","))
					go bob.session.Receive(h.Context(), []byte(request))
					synctest.Wait()
					h.revoke("bob")
					close(gate)
					synctest.Wait()
					for _, f := range bob.raw() {
						if strings.Contains(f, `"ab`) || strings.Contains(f, `"op"`) {
							t.Errorf("got %.200s", f)
						}
					}
					ann.op(doc, 1, `[{"insert":"A"}]`)
					for _, f := range bob.raw() {
						t.Errorf("got %.200s afterwards", f)
					}
				}, func(cfg *collab.Config) { slow.Log, cfg.Store = cfg.Store, slow })
			})
		}
	}
}

// P10: what somebody asked for of the past takes its time, and is not told to who lost the role meanwhile, whatever else that
// session asked for.
func TestP10ThePastIsNotToldToWhoLostTheRoleMeanwhile(t *testing.T) {
	for _, others := range []int{0, 100} {
		t.Run(fmt.Sprintf("%d other documents", others), func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, _ *peer) {
				bob := h.connect("bob", "")
				h.store.SetPlan(storagetest.On(storagetest.Stall, "Load"))
				bob.send(`{"a":"nf","id":1,"c":"documents","d":"d1","v":1}`)
				for i := range others {
					bob.send(`{"a":"f","c":"documents","d":"none%d"}`, i)
				}
				bob.raw()
				h.revoke("bob")
				h.store.SetPlan(nil)
				h.store.Release()
				synctest.Wait()
				bob.expect("nf!ERR_FORBIDDEN")
			})
		})
	}
}

// P10: roles on documents that are not open are forgotten in the end; what is open is not.
func TestW4ASessionRemembersFewRoles(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for i := range 10_000 {
			bob.session.Receive(h.Context(), fmt.Appendf(nil, `{"a":"f","c":"documents","d":"none%d"}`, i))
			if _, _, n := bob.session.Load(); n > 65 {
				t.Fatalf("%d after %d documents, want at most 64 and the one asked for", n, i)
			}
			bob.raw()
		}
		ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.expect("op 1")
		h.revoke("bob") // which is about what is open, and finds it
		ann.op(doc, 2, `[{"insert":"A"}]`)
		bob.expect("doc none")
	})
}

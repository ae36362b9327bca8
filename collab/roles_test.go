package collab_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// account makes a user row, so that groups and reach know them.
func (h *house) account(user storage.UserID) {
	h.Helper()
	err := h.memory.CreateUser(h.Context(), storage.User{ID: user, Name: string(user), Email: string(user) + "@example.org"})
	if err != nil {
		h.Fatal(err)
	}
}

// group makes a group of ann's with members, which has a role on doc.
func (h *house) group(id string, role access.Role, members ...storage.UserID) {
	h.Helper()
	ctx := h.Context()
	if err := h.memory.CreateGroup(ctx, storage.Group{ID: id, Name: id, CreatedBy: "ann", CreatedAt: time.Now()}); err != nil {
		h.Fatal(err)
	}
	for _, m := range members {
		if err := h.memory.SetGroupMember(ctx, storage.GroupMember{Group: id, User: m, CreatedAt: time.Now()}); err != nil {
			h.Fatal(err)
		}
	}
	h.groupGrant(id, role)
}

func (h *house) groupGrant(id string, role access.Role) {
	h.Helper()
	_, err := h.memory.SetGroupGrant(h.Context(), storage.GroupGrant{Document: doc, Group: id, Role: role.String(), CreatedAt: time.Now()})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) reach(role string) {
	h.Helper()
	if _, err := h.memory.SetReach(h.Context(), doc, role); err != nil {
		h.Fatal(err)
	}
}

// The highest role of all ways counts, since the earliest of them (W8).
func TestW8OfSeveralWaysTheHighestRoleAndTheEarliestTimeCount(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for _, user := range []storage.UserID{"ann", "eve"} {
			h.account(user)
		}
		want := func(role access.Role, since storage.Revision) {
			t.Helper()
			got, from, err := h.hub.Role(h.Context(), identity("eve"), doc)
			if got != role || from != since || err != nil {
				t.Errorf("Role = %v, %d, %v; want %v, %d", got, from, err, role, since)
			}
		}
		want(access.None, 0)
		h.reach("viewer")
		want(access.Viewer, 1)
		ann.op(doc, 1, `[{"insert":"1"}]`)
		h.group("g", access.Commenter, "eve")
		want(access.Commenter, 1)
		h.reach("")
		want(access.Commenter, 2)
		ann.op(doc, 2, `[{"insert":"2"}]`)
		h.grant(doc, "eve", access.Editor)
		want(access.Editor, 2)
		h.groupGrant("g", access.Editor)
		h.grant(doc, "eve", access.Viewer)
		want(access.Editor, 2)
		if err := h.memory.DeleteGroup(h.Context(), "g"); err != nil {
			t.Fatal(err)
		}
		want(access.Viewer, 3)
	})
}

// events hands what one hub announces to another, as a bus between nodes would, and through JSON.
type events struct {
	mu sync.Mutex
	to *collab.Hub
}

func (e *events) Announce(event collab.AccessEvent) {
	e.mu.Lock()
	defer e.mu.Unlock()
	text, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	var read collab.AccessEvent
	if err := json.Unmarshal(text, &read); err != nil {
		panic(err)
	}
	e.to.Apply(read)
}

// Every change of access is told by the hub it came to, and takes effect on sessions of another hub on the same store.
func TestP10ChangesTakeEffectOnOtherNodes(t *testing.T) {
	by := identity("ann")
	for _, c := range []struct {
		name   string
		change func(h *house, here *collab.Hub) error
		notice string
		code   wire.CloseCode
	}{
		{"grant", func(h *house, here *collab.Hub) error {
			defer here.GrantChanged(doc, "eve", by)
			return h.memory.RemoveGrant(h.Context(), doc, "eve")
		}, "doc none", wire.CloseForbidden},
		{"lowered", func(h *house, here *collab.Hub) error {
			defer here.GrantChanged(doc, "eve", by)
			h.grant(doc, "eve", access.Viewer)
			return nil
		}, "doc viewer", 0},
		{"group", func(h *house, here *collab.Hub) error {
			h.onlyBy("group")
			defer here.GroupChanged("g", []storage.UserID{"eve"}, by)
			return h.memory.RemoveGroupMember(h.Context(), "g", "eve")
		}, "doc none", wire.CloseForbidden},
		{"group's grant", func(h *house, here *collab.Hub) error {
			h.onlyBy("group")
			defer here.GroupGrantChanged(doc, "g", by)
			return h.memory.RemoveGroupGrant(h.Context(), doc, "g")
		}, "doc none", wire.CloseForbidden},
		{"reach", func(h *house, here *collab.Hub) error {
			h.onlyBy("reach")
			defer here.ReachChanged(doc, by)
			_, err := h.memory.SetReach(h.Context(), doc, "")
			return err
		}, "doc none", wire.CloseForbidden},
		{"sign-in", func(h *house, here *collab.Hub) error {
			here.SignInEnded("signin-eve")
			return nil
		}, "", wire.CloseSignedOut},
		{"trash", func(h *house, here *collab.Hub) error {
			defer here.DocumentTrashed(doc, by)
			return h.memory.TrashDocument(h.Context(), doc, "ann", time.Now())
		}, "doc <nil>", wire.CloseDeleted},
		{"deletion", func(h *house, here *collab.Hub) error {
			defer here.DocumentDeleted(doc)
			return h.memory.DeleteDocument(h.Context(), doc, time.Now())
		}, "doc none", wire.CloseDeleted},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				for _, user := range []storage.UserID{"ann", "eve"} {
					h.account(user)
				}
				h.grant(doc, "eve", access.Editor)
				h.group("g", access.Commenter)
				bus := &events{to: h.hub}
				here := h.newHub(func(cfg *collab.Config) { cfg.Others = bus })
				defer here.Close()
				eve := h.connect("eve", "")
				eve.subscribe(doc)
				stays := h.connect("vic", "")
				stays.subscribe(doc)
				if err := c.change(h, here); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				var want []string
				if c.notice != "" {
					want = []string{c.notice}
				}
				eve.expect(want...)
				if eve.closed() != c.code {
					t.Errorf("closed with %d, want %d", eve.closed(), c.code)
				}
				if c.code != wire.CloseDeleted {
					stays.expect()
					if stays.closed() != 0 {
						t.Errorf("somebody else was closed with %d", stays.closed())
					}
				}
			})
		})
	}
}

// onlyBy leaves eve, who has the document open by a grant, another way in only.
func (h *house) onlyBy(way string) {
	h.Helper()
	switch way {
	case "group":
		if err := h.memory.SetGroupMember(h.Context(), storage.GroupMember{Group: "g", User: "eve", CreatedAt: time.Now()}); err != nil {
			h.Fatal(err)
		}
		h.groupGrant("g", access.Editor)
	case "reach":
		h.reach("editor")
	}
	if err := h.memory.RemoveGrant(h.Context(), doc, "eve"); err != nil {
		h.Fatal(err)
	}
}

// What a group or the reach gives counts on the next request, and what it took away is told with who did it.
func TestAChangeOfReachIsToldOnlyToThoseItChanges(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.account("eve")
		h.reach("editor")
		eve := h.connect("eve", "")
		eve.subscribe(doc)
		h.reach("commenter")
		h.hub.ReachChanged(doc, identity("ann"))
		f := eve.expect("doc commenter")[0]
		if f["reason"] != "role" || fmt.Sprint(f["by"]) != "map[id:ann name:ANN]" {
			t.Errorf("notice = %v", f)
		}
		bob.expect()
		ann.expect()
		eve.op(doc, 1, `[{"insert":"x"}]`)
		eve.expect("op!ERR_FORBIDDEN")
	})
}

package collab_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

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

// Every change of access is told by the store it was made in, and takes effect on sessions of another hub on the same
// store, which has it from the table: without names.
func TestP10ChangesTakeEffectOnOtherNodes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(ctx context.Context, h *house) error
		notice string
		code   wire.CloseCode
	}{
		{"grant", func(ctx context.Context, h *house) error { return h.memory.RemoveGrant(ctx, doc, "eve") }, "doc none", wire.CloseForbidden},
		{"lowered", func(ctx context.Context, h *house) error {
			_, err := h.memory.SetGrant(ctx, storage.Grant{Document: doc, User: "eve", Role: "viewer"}, storage.AnyRole)
			return err
		}, "doc viewer", 0},
		{"group", func(ctx context.Context, h *house) error {
			h.onlyBy("group")
			return h.memory.RemoveGroupMember(ctx, "g", "eve")
		}, "doc none", wire.CloseForbidden},
		{"group's grant", func(ctx context.Context, h *house) error {
			h.onlyBy("group")
			return h.memory.RemoveGroupGrant(ctx, doc, "g")
		}, "doc none", wire.CloseForbidden},
		{"reach", func(ctx context.Context, h *house) error {
			h.onlyBy("reach")
			_, err := h.memory.SetReach(ctx, doc, "")
			return err
		}, "doc none", wire.CloseForbidden},
		{"sign-in", func(ctx context.Context, h *house) error {
			now := time.Now()
			err := h.memory.CreateSignIn(ctx, storage.SignIn{ID: "signin-eve", TokenHash: []byte("t"), User: "eve", ExpiresAt: now.Add(time.Hour)})
			return errors.Join(err, h.memory.DeleteSignIn(ctx, "eve", "signin-eve"))
		}, "", wire.CloseSignedOut},
		{"trash", func(ctx context.Context, h *house) error {
			return h.memory.TrashDocument(ctx, doc, "ann", time.Now())
		}, "doc <nil>", wire.CloseDeleted},
		{"deletion", func(ctx context.Context, h *house) error {
			return h.memory.DeleteDocument(ctx, doc, time.Now())
		}, "doc none", wire.CloseDeleted},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, "ab", func(h *house, ann, bob *peer) {
				for _, user := range []storage.UserID{"ann", "eve"} {
					h.account(user)
				}
				h.grant(doc, "eve", access.Editor)
				h.group("g", access.Commenter)
				eve := h.connect("eve", "")
				eve.subscribe(doc)
				stays := h.connect("vic", "")
				stays.subscribe(doc)
				_, before, err := h.memory.Events(h.Context(), 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.change(storage.As(h.Context(), storage.Actor{ID: "ann", Name: "ANN"}), h); err != nil {
					t.Fatal(err)
				}
				told, _, err := h.memory.Events(h.Context(), before, 100)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range told {
					h.hub.Apply(e)
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
		reachChanged(h.hub, doc, identity("ann"))
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

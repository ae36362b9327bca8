package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"quire/storage"
)

// Races changes roles, groups and users from many goroutines, through all the given stores of one database. Calls may fail only by
// being refused, and afterwards every document has an owner, every group a manager, and nothing refers to what is deleted.
func Races(t *testing.T, stores ...storage.Store) {
	const writers, calls = 8, 120
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := stores[0]
	for i := range raceUsers {
		noErr(t, "CreateUser", s.CreateUser(t.Context(), storage.User{ID: raceUser(i), Email: fmt.Sprint(i), CreatedAt: noon}))
	}
	for i := range raceDocuments {
		create(t, s, raceDocument(i), 1)
		_, err := s.SetGrant(t.Context(), storage.Grant{Document: raceDocument(i), User: raceUser(i), Role: storage.RoleOwner}, "")
		noErr(t, "SetGrant", err)
	}
	together(writers, func(w int) {
		r := &racer{Rand: rand.New(rand.NewPCG(seed, uint64(w))), s: stores[w%len(stores)], writer: w}
		for range calls {
			what, err := r.call(t.Context())
			away := errors.Is(err, storage.ErrUnavailable) && what != "DeleteUser" // which may give up if they keep getting access meanwhile
			if err != nil && (!storage.Refused(err) || away) {
				t.Errorf("seed %d: %s = %v", seed, what, err)
			}
		}
	})
	gone := whoIsGone(t, s)
	if len(gone) == 0 {
		t.Errorf("seed %d: nobody was deleted", seed)
	}
	documentsHold(t, s, gone)
	groupsHold(t, s, gone)
	nothingLeft(t, s, gone)
}

const raceUsers, raceDocuments, raceGroups = 24, 6, 4

func raceUser(i int) storage.UserID         { return storage.UserID(fmt.Sprintf("u%02d", i)) }
func raceDocument(i int) storage.DocumentID { return storage.DocumentID(fmt.Sprint("d", i)) }

// racer makes one writer's calls.
type racer struct {
	*rand.Rand
	s      storage.Store
	writer int
	made   int
}

func (r *racer) doc() storage.DocumentID { return raceDocument(r.IntN(raceDocuments)) }
func (r *racer) user() storage.UserID    { return raceUser(r.IntN(raceUsers)) }
func (r *racer) group() string           { return fmt.Sprint("g", r.IntN(raceGroups)) }
func (r *racer) role() string            { return []string{"viewer", "editor", storage.RoleOwner}[r.IntN(3)] }

// name returns a name that no other call uses.
func (r *racer) name() string {
	r.made++
	return fmt.Sprint(r.writer, "-", r.made)
}

func (r *racer) call(ctx context.Context) (what string, err error) {
	doc, user, group := r.doc(), r.user(), r.group()
	switch r.IntN(18) {
	case 0, 1, 2:
		_, err = r.s.SetGrant(ctx, storage.Grant{Document: doc, User: user, Role: r.role()}, storage.AnyRole)
		return "SetGrant", err
	case 3:
		return "RemoveGrant", r.s.RemoveGrant(ctx, doc, user)
	case 4:
		_, err = r.s.SetGroupGrant(ctx, storage.GroupGrant{Document: doc, Group: group, Role: "editor"})
		return "SetGroupGrant", err
	case 5:
		return "RemoveGroupGrant", r.s.RemoveGroupGrant(ctx, doc, group)
	case 6:
		return "TransferDocument", r.s.TransferDocument(ctx, doc, user, r.user(), []string{"", "editor"}[r.IntN(2)], noon)
	case 7:
		return "CreateGroup", r.s.CreateGroup(ctx, storage.Group{ID: group, Name: group, CreatedBy: user})
	case 8, 9, 10:
		return "SetGroupMember", r.s.SetGroupMember(ctx, storage.GroupMember{Group: group, User: user, Manager: r.IntN(2) == 0})
	case 11:
		return "RemoveGroupMember", r.s.RemoveGroupMember(ctx, group, user)
	}
	return r.rareCall(ctx, doc, user, group)
}

func (r *racer) rareCall(ctx context.Context, doc storage.DocumentID, user storage.UserID, group string) (what string, err error) {
	switch r.IntN(8) {
	case 0:
		return "DeleteUser", r.s.DeleteUser(ctx, user, noon)
	case 1:
		if r.IntN(4) > 0 {
			return "CreateRequest", r.s.CreateRequest(ctx, storage.AccessRequest{Document: doc, User: user, Role: "viewer"})
		}
		return "DeleteGroup", r.s.DeleteGroup(ctx, group)
	case 2:
		if r.IntN(10) > 0 {
			_, err = r.s.SetReach(ctx, doc, []string{"", "viewer"}[r.IntN(2)])
			return "SetReach", err
		}
		return "DeleteDocument", r.s.DeleteDocument(ctx, doc, noon)
	case 3:
		id := r.name()
		return "CreateSignIn", r.s.CreateSignIn(ctx, storage.SignIn{ID: id, TokenHash: []byte(id), User: user, ExpiresAt: minute(9)})
	case 4:
		id := r.name()
		return "CreateToken", r.s.CreateToken(ctx, storage.Token{ID: id, Hash: []byte(id), User: user, ExpiresAt: minute(9)})
	case 5:
		return "CreateCode", r.s.CreateCode(ctx, storage.Code{Hash: []byte(r.name()), Purpose: "reset", User: user, ExpiresAt: minute(9)})
	case 6:
		id := r.name()
		return "CreateInvitation", r.s.CreateInvitation(ctx, storage.Invitation{ID: id, TokenHash: []byte(id), Document: doc, Email: fmt.Sprint(r.IntN(raceUsers)), Role: "viewer"})
	}
	waiting, err := r.s.Invitations(ctx, doc)
	if err != nil || len(waiting) == 0 {
		return "Invitations", err
	}
	_, err = r.s.ClaimInvitation(ctx, waiting[r.IntN(len(waiting))].ID, storage.Grant{Document: doc, User: user, Role: "viewer"}, "")
	return "ClaimInvitation", err
}

func whoIsGone(t *testing.T, s storage.Store) map[storage.UserID]bool {
	t.Helper()
	gone := map[storage.UserID]bool{}
	for i := range raceUsers {
		u, err := s.User(t.Context(), raceUser(i))
		noErr(t, "User", err)
		if !u.DeletedAt.IsZero() {
			gone[u.ID] = true
		}
	}
	return gone
}

func documentsHold(t *testing.T, s storage.Store, gone map[storage.UserID]bool) {
	t.Helper()
	for i := range raceDocuments {
		doc := raceDocument(i)
		_, err := s.Document(t.Context(), doc)
		if err != nil && !errors.Is(err, storage.ErrDeleted) {
			t.Fatalf("Document(%s) = %v", doc, err)
		}
		grants, grantsErr := s.Grants(t.Context(), doc)
		noErr(t, "Grants", grantsErr)
		owned := slices.ContainsFunc(grants, func(g storage.Grant) bool { return g.Role == storage.RoleOwner })
		if owned == errors.Is(err, storage.ErrDeleted) {
			t.Errorf("%s (%v) has an owner: %v", doc, err, owned)
		}
		for _, g := range grants {
			if gone[g.User] {
				t.Errorf("%s, who is deleted, is %s of %s", g.User, g.Role, doc)
			}
		}
		requests, err := s.Requests(t.Context(), doc)
		noErr(t, "Requests", err)
		for _, r := range requests {
			if gone[r.User] {
				t.Errorf("%s, who is deleted, asks for %s", r.User, doc)
			}
		}
	}
}

func groupsHold(t *testing.T, s storage.Store, gone map[storage.UserID]bool) {
	t.Helper()
	for i := range raceGroups {
		id := fmt.Sprint("g", i)
		_, err := s.Group(t.Context(), id)
		members, membersErr := s.GroupMembers(t.Context(), id)
		noErr(t, "GroupMembers", membersErr)
		managed := slices.ContainsFunc(members, func(m storage.GroupMember) bool { return m.Manager })
		if managed != (err == nil) {
			t.Errorf("group %s (%v) has a manager: %v", id, err, managed)
		}
		for _, m := range members {
			if gone[m.User] {
				t.Errorf("%s, who is deleted, is in %s", m.User, id)
			}
		}
		docs, docsErr := s.GroupDocuments(t.Context(), id)
		noErr(t, "GroupDocuments", docsErr)
		for _, doc := range docs {
			if _, docErr := s.Document(t.Context(), doc); docErr != nil || err != nil {
				t.Errorf("group %s (%v) has a role on %s (%v)", id, err, doc, docErr)
			}
		}
	}
}

// nothingLeft checks that sign-ins and tokens of deleted users are deleted.
func nothingLeft(t *testing.T, s storage.Store, gone map[storage.UserID]bool) {
	t.Helper()
	for user := range gone {
		signIns, err := s.SignIns(t.Context(), user, noon)
		noErr(t, "SignIns", err)
		tokens, err := s.Tokens(t.Context(), user, noon)
		noErr(t, "Tokens", err)
		if len(signIns)+len(tokens) > 0 {
			t.Errorf("%s, who is deleted, has %d sign-ins and %d tokens", user, len(signIns), len(tokens))
		}
	}
}

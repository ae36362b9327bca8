package storagetest

import (
	"cmp"
	"slices"
	"testing"

	"quire/storage"
)

var sharingRules = []rule{
	{"W8", "a group's grant counts since the head it was first given at, whatever changes later", groupGrantSince},
	{"W8", "a reach counts since the head it was first given at, until there is none", reachSince},
	{"HeldRoles", "a group's grant needs a document, a group and a role that is not owner", groupGrantFaults},
	{"HeldRoles", "group grants are listed oldest first, then by group", groupGrantOrder},
	{"HeldRoles", "one comes by one's grant, one's groups and, with an account, by reach", allHeldRoles},
	{"Lists", "what a group has is listed with all roles held, what is in reach only is not", listedRoles},
	{"Lists", "a document is mine as an owner, whatever groups have on it", scopesOfGroups},
}

func groupGrant(t *testing.T, s storage.Store, doc storage.DocumentID, group, role string) storage.GroupGrant {
	t.Helper()
	g, err := s.SetGroupGrant(t.Context(), storage.GroupGrant{Document: doc, Group: group, Role: role, CreatedAt: minute(1)})
	noErr(t, "SetGroupGrant", err)
	return g
}

// heldRoles returns the roles that user holds on doc, by via, group and role.
func heldRoles(t *testing.T, s storage.Store, doc storage.DocumentID, user storage.UserID) []storage.HeldRole {
	t.Helper()
	found, err := s.HeldRoles(t.Context(), doc, user)
	noErr(t, "HeldRoles", err)
	return sortedRoles(found)
}

func sortedRoles(held []storage.HeldRole) []storage.HeldRole {
	slices.SortFunc(held, func(a, b storage.HeldRole) int {
		return cmp.Or(cmp.Compare(a.Via, b.Via), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Role, b.Role))
	})
	return held
}

func groupGrantSince(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	team(t, s, "g", "ann")
	create(t, s, "d", 3)
	set := func(role string, at int) storage.GroupGrant {
		g := storage.GroupGrant{Document: "d", Group: "g", Role: role, Since: 77, CreatedAt: minute(at).Add(999)}
		g, err := s.SetGroupGrant(t.Context(), g)
		noErr(t, "SetGroupGrant", err)
		return g
	}
	want := storage.GroupGrant{Document: "d", Group: "g", Role: "viewer", Since: 3, CreatedAt: minute(1)}
	wantSame(t, "first grant", set("viewer", 1), want)
	appendOps(t, s, "d", 3, opsOf("a", 4)...)
	want.Role = "editor"
	wantSame(t, "changed grant", set("editor", 5), want)
	all, err := s.GroupGrants(t.Context(), "d")
	noErr(t, "GroupGrants", err)
	wantSame(t, "grants", all, []storage.GroupGrant{want})
	noErr(t, "RemoveGroupGrant", s.RemoveGroupGrant(t.Context(), "d", "g"))
	wantErr(t, "RemoveGroupGrant again", s.RemoveGroupGrant(t.Context(), "d", "g"), storage.ErrNotFound)
	want.Since, want.CreatedAt = 7, minute(6)
	wantSame(t, "grant given anew", set("editor", 6), want)
}

func reachSince(t *testing.T, s storage.Store) {
	create(t, s, "d", 2)
	create(t, s, "e", 0)
	for i, step := range []struct {
		role  string
		since storage.Revision
	}{{"", 0}, {"viewer", 4}, {"editor", 4}, {"editor", 4}, {"", 0}, {"viewer", 8}} {
		appendOps(t, s, "d", storage.Revision(2+i), op("a", 1))
		want := storage.AccountReach{Role: step.role, Since: step.since}
		got, err := s.SetReach(t.Context(), "d", step.role)
		noErr(t, "SetReach", err)
		wantSame(t, "reach as it was set", got, want)
		got, err = s.Reach(t.Context(), "d")
		noErr(t, "Reach", err)
		wantSame(t, "reach", got, want)
	}
	for _, role := range []string{storage.RoleOwner, storage.AnyRole} {
		_, err := s.SetReach(t.Context(), "d", role)
		wantErr(t, "SetReach of "+role, err, storage.ErrInvalid)
	}
	for _, doc := range []storage.DocumentID{"e", "never"} {
		got, err := s.Reach(t.Context(), doc)
		noErr(t, "Reach", err)
		wantSame(t, "reach of "+string(doc), got, storage.AccountReach{})
	}
}

func groupGrantFaults(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	team(t, s, "g", "ann")
	create(t, s, "d", 0)
	for _, c := range []struct {
		doc         storage.DocumentID
		group, role string
		want        error
	}{
		{"", "g", "viewer", storage.ErrInvalid}, {"d", "", "viewer", storage.ErrInvalid}, {"d", "g", "", storage.ErrInvalid},
		{"d", "g", storage.AnyRole, storage.ErrInvalid}, {"d", "g", storage.RoleOwner, storage.ErrInvalid},
		{"d", "h", "viewer", storage.ErrNotFound}, {"never", "g", "viewer", storage.ErrNotFound},
	} {
		_, err := s.SetGroupGrant(t.Context(), storage.GroupGrant{Document: c.doc, Group: c.group, Role: c.role, CreatedAt: noon})
		wantErr(t, "SetGroupGrant of "+string(c.doc)+", "+c.group+", "+c.role, err, c.want)
	}
	all, err := s.GroupGrants(t.Context(), "d")
	noErr(t, "GroupGrants", err)
	wantSame(t, "grants", all, nil)
}

func groupGrantOrder(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	create(t, s, "d", 0)
	for i, id := range []string{"g3", "g1", "g2", "g0"} {
		team(t, s, id, "ann")
		g := storage.GroupGrant{Document: "d", Group: id, Role: "viewer", CreatedAt: minute(i % 2)}
		_, err := s.SetGroupGrant(t.Context(), g)
		noErr(t, "SetGroupGrant", err)
	}
	all, err := s.GroupGrants(t.Context(), "d")
	noErr(t, "GroupGrants", err)
	var order []string
	for _, g := range all {
		order = append(order, g.Group)
	}
	wantSame(t, "order", order, []string{"g2", "g3", "g0", "g1"})
	none, err := s.GroupGrants(t.Context(), "never")
	noErr(t, "GroupGrants of an id never used", err)
	wantSame(t, "grants of an id never used", none, nil)
}

func allHeldRoles(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	guest := user("guest", "")
	guest.Guest = true
	half := user("half", "half@x.org") // a guest whose e-mail is known is a guest still
	half.Guest = true
	createUser(t, s, guest)
	createUser(t, s, half)
	team(t, s, "g", "ann", "bob", "guest")
	team(t, s, "h", "ann", "bob")
	team(t, s, "other", "ann", "cat")
	create(t, s, "d", 2)
	grant(t, s, "d", "bob", "viewer")
	groupGrant(t, s, "d", "g", "commenter")
	appendOps(t, s, "d", 2, op("a", 1))
	groupGrant(t, s, "d", "h", "editor")
	appendOps(t, s, "d", 3, op("a", 2))
	inG := storage.HeldRole{Role: "commenter", Since: 2, Via: storage.ViaGroup, Group: "g"}
	inH := storage.HeldRole{Role: "editor", Since: 3, Via: storage.ViaGroup, Group: "h"}
	own := storage.HeldRole{Role: "viewer", Since: 2, Via: "link"}
	wantSame(t, "bob's without a reach", heldRoles(t, s, "d", "bob"), []storage.HeldRole{inG, inH, own})
	_, err := s.SetReach(t.Context(), "d", "viewer")
	noErr(t, "SetReach", err)
	reach := storage.HeldRole{Role: "viewer", Since: 4, Via: storage.ViaReach}
	wantSame(t, "bob's", heldRoles(t, s, "d", "bob"), []storage.HeldRole{inG, inH, own, reach})
	wantSame(t, "cat's", heldRoles(t, s, "d", "cat"), []storage.HeldRole{reach})
	wantSame(t, "the guest's", heldRoles(t, s, "d", "guest"), []storage.HeldRole{inG})
	wantSame(t, "the other guest's", heldRoles(t, s, "d", "half"), nil)
	wantSame(t, "a stranger's", heldRoles(t, s, "d", "eve"), nil)
	wantSame(t, "nobody's", heldRoles(t, s, "d", ""), nil)
	wantSame(t, "bob's to an id never used", heldRoles(t, s, "never", "bob"), nil)
	noErr(t, "RemoveGroupMember", s.RemoveGroupMember(t.Context(), "g", "bob"))
	noErr(t, "RemoveGroupGrant", s.RemoveGroupGrant(t.Context(), "d", "h"))
	wantSame(t, "bob's then", heldRoles(t, s, "d", "bob"), []storage.HeldRole{own, reach})
}

func listedRoles(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	team(t, s, "g", "ann", "bob")
	team(t, s, "h", "ann", "bob")
	for _, id := range []storage.DocumentID{"both", "group", "own", "reach", "none"} {
		create(t, s, id, 0)
	}
	grant(t, s, "both", "bob", "viewer")
	grant(t, s, "own", "bob", "viewer")
	groupGrant(t, s, "both", "g", "editor")
	groupGrant(t, s, "both", "h", "viewer")
	groupGrant(t, s, "group", "g", "viewer")
	groupGrant(t, s, "group", "h", "commenter")
	for _, id := range []storage.DocumentID{"both", "own", "reach"} {
		_, err := s.SetReach(t.Context(), id, "commenter")
		noErr(t, "SetReach", err)
	}
	roles := map[storage.DocumentID][]string{}
	found := list(t, s, storage.DocumentQuery{User: "bob", Scope: storage.ScopeAll, Limit: 9})
	for _, l := range found {
		roles[l.Document.ID] = l.Roles
	}
	wantSame(t, "bob's list", ids(found), []storage.DocumentID{"both", "group", "own"})
	wantSame(t, "all roles", roles["both"], []string{"commenter", "editor", "viewer"})
	wantSame(t, "roles by groups", roles["group"], []string{"commenter", "viewer"})
	wantSame(t, "roles by a grant and reach", roles["own"], []string{"commenter", "viewer"})
	wantSame(t, "who has a grant of their own", found[0].Members, []storage.UserID{"ann", "bob"})
	wantSame(t, "how many have a grant of their own", found[1].MemberCount, 1)
	var paged []storage.Listed
	q := storage.DocumentQuery{User: "bob", Scope: storage.ScopeShared, Limit: 1}
	for page := list(t, s, q); len(page) > 0; page = list(t, s, q) {
		paged = append(paged, page...)
		q.After = page[len(page)-1].Cursor()
	}
	wantSame(t, "pages of one", paged, found)
	wantSame(t, "cat's list", ids(list(t, s, storage.DocumentQuery{User: "cat", Scope: storage.ScopeAll, Limit: 9})), nil)
}

func scopesOfGroups(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	team(t, s, "g", "bob")
	for _, id := range []storage.DocumentID{"byGroup", "mineToo", "trashed", "trashedMine"} {
		create(t, s, id, 0)
		groupGrant(t, s, id, "g", "viewer")
	}
	grant(t, s, "mineToo", "bob", storage.RoleOwner)
	grant(t, s, "trashedMine", "bob", storage.RoleOwner)
	for _, id := range []storage.DocumentID{"trashed", "trashedMine"} {
		noErr(t, "TrashDocument", s.TrashDocument(t.Context(), id, "ann", noon))
	}
	for scope, want := range map[storage.Scope][]storage.DocumentID{
		storage.ScopeAll:    {"byGroup", "mineToo"},
		storage.ScopeMine:   {"mineToo"},
		storage.ScopeShared: {"byGroup"},
		storage.ScopeTrash:  {"trashedMine"},
	} {
		wantSame(t, string(scope), ids(list(t, s, storage.DocumentQuery{User: "bob", Scope: scope, Limit: 9})), want)
	}
	q := storage.DocumentQuery{User: "bob", Scope: storage.ScopeAll, Title: "GROUP", Limit: 9}
	wantSame(t, "by title", ids(list(t, s, q)), []storage.DocumentID{"byGroup"})
}

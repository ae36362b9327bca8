package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var grantRules = []rule{
	{"W8", "a grant counts since the head it was first given at, whatever changes later", sinceKept},
	{"Grants", "a role is set only where it is what the caller saw", roleCompared},
	{"Grants", "a document keeps its last owner", lastOwner},
	{"Grants", "of owners that leave at once one stays", lastOwnerRace},
	{"Grants", "grants are listed oldest first, then by user", grantOrder},
	{"Links", "a link has an id and a token of its own", linkUnique},
	{"Links", "a link is found by its token until it is withdrawn", linkByToken},
}

var settingRules = []rule{
	{"Settings", "a setting changes only from what the caller saw", settings},
	{"Settings", "of many that set one value exactly one does", settingRace},
}

func sinceKept(t *testing.T, s storage.Store) {
	create(t, s, "d", 3)
	given := storage.Grant{Document: "d", User: "bob", Role: "viewer", Since: 77, CreatedAt: minute(1), Via: "link"}
	want := given
	want.Since = 3
	got, err := s.SetGrant(t.Context(), given, "")
	noErr(t, "SetGrant", err)
	wantSame(t, "first grant", got, want)
	appendOps(t, s, "d", 3, opsOf("a", 4)...)
	given.Role, given.CreatedAt, given.Via = "editor", minute(5), "owner"
	got, err = s.SetGrant(t.Context(), given, "viewer")
	noErr(t, "SetGrant", err)
	want.Role = "editor"
	wantSame(t, "changed grant", got, want)
	got, err = s.Grant(t.Context(), "d", "bob")
	noErr(t, "Grant", err)
	wantSame(t, "grant", got, want)
	noErr(t, "RemoveGrant", s.RemoveGrant(t.Context(), "d", "bob"))
	got, err = s.SetGrant(t.Context(), given, "")
	noErr(t, "SetGrant", err)
	given.Since = 7
	wantSame(t, "grant given anew", got, given)
}

func roleCompared(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	set := func(role, was string) error {
		_, err := s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "bob", Role: role, CreatedAt: noon}, was)
		return err
	}
	wantErr(t, "SetGrant of none that was editor", set("viewer", "editor"), storage.ErrConflict)
	noErr(t, "SetGrant", set("viewer", ""))
	wantErr(t, "SetGrant of a viewer that was none", set("editor", ""), storage.ErrConflict)
	wantErr(t, "SetGrant of a viewer that was owner", set("editor", "owner"), storage.ErrConflict)
	noErr(t, "SetGrant", set("editor", "viewer"))
	noErr(t, "SetGrant of any", set("commenter", storage.AnyRole))
	wantErr(t, "SetGrant of no role", set("", storage.AnyRole), storage.ErrInvalid)
	wantErr(t, "SetGrant of any role", set(storage.AnyRole, storage.AnyRole), storage.ErrInvalid)
	errs := make([]error, 6)
	together(len(errs), func(i int) { errs[i] = set(fmt.Sprint("role", i), "commenter") })
	if won, lost := count(errs, nil), count(errs, storage.ErrConflict); won != 1 || lost != len(errs)-1 {
		t.Errorf("%d changed the role, %d had a conflict: %v", won, lost, errs)
	}
	_, err := s.SetGrant(t.Context(), storage.Grant{Document: "never", User: "bob", Role: "viewer"}, "")
	wantErr(t, "SetGrant on an id never used", err, storage.ErrNotFound)
	wantErr(t, "RemoveGrant of none", s.RemoveGrant(t.Context(), "d", "eve"), storage.ErrNotFound)
}

func lastOwner(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	grant(t, s, "d", "bob", "editor")
	wantErr(t, "RemoveGrant of the last owner", s.RemoveGrant(t.Context(), "d", "ann"), storage.ErrLastOwner)
	_, err := s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "ann", Role: "editor"}, "owner")
	wantErr(t, "SetGrant of the last owner", err, storage.ErrLastOwner)
	_, err = s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "ann", Role: "editor"}, "viewer")
	wantErr(t, "SetGrant of the last owner, seen otherwise", err, storage.ErrConflict)
	grant(t, s, "d", "ann", storage.RoleOwner) // still an owner: nothing is lost
	grant(t, s, "d", "bob", storage.RoleOwner)
	noErr(t, "RemoveGrant of one of two", s.RemoveGrant(t.Context(), "d", "ann"))
	wantErr(t, "RemoveGrant of the other", s.RemoveGrant(t.Context(), "d", "bob"), storage.ErrLastOwner)
}

func lastOwnerRace(t *testing.T, s storage.Store) {
	for round := range 8 {
		id := storage.DocumentID(fmt.Sprint("d", round))
		create(t, s, id, 0)
		owners := []storage.UserID{"ann", "bob", "cat", "dan"}
		for _, u := range owners[1:] {
			grant(t, s, id, u, storage.RoleOwner)
		}
		errs := make([]error, len(owners))
		together(len(owners), func(i int) {
			if i%2 == 0 {
				errs[i] = s.RemoveGrant(t.Context(), id, owners[i])
				return
			}
			_, errs[i] = s.SetGrant(t.Context(), storage.Grant{Document: id, User: owners[i], Role: "viewer"}, storage.RoleOwner)
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrLastOwner); won != len(owners)-1 || lost != 1 {
			t.Fatalf("%d left and %d had to stay, want %d and 1: %v", won, lost, len(owners)-1, errs)
		}
	}
}

func grantOrder(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	for i, u := range []storage.UserID{"u3", "u1", "u2", "u0"} {
		_, err := s.SetGrant(t.Context(), storage.Grant{Document: "d", User: u, Role: "viewer", CreatedAt: minute(i % 2)}, "")
		noErr(t, "SetGrant", err)
	}
	grants, err := s.Grants(t.Context(), "d")
	noErr(t, "Grants", err)
	var order []storage.UserID
	for _, g := range grants {
		order = append(order, g.User)
	}
	wantSame(t, "order", order, []storage.UserID{"ann", "u2", "u3", "u0", "u1"})
	none, err := s.Grants(t.Context(), "never")
	noErr(t, "Grants of an id never used", err)
	wantSame(t, "grants of an id never used", none, nil)
}

func linkUnique(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	create(t, s, "e", 0)
	link := func(id string, doc storage.DocumentID, role, hash string) error {
		return s.CreateLink(t.Context(), storage.Link{ID: id, Document: doc, Role: role, TokenHash: []byte(hash), CreatedBy: "ann", CreatedAt: noon})
	}
	noErr(t, "CreateLink", link("1", "d", "viewer", "h1"))
	noErr(t, "CreateLink of another role", link("2", "d", "editor", "h2"))
	noErr(t, "CreateLink of another document", link("3", "e", "viewer", "h3"))
	wantErr(t, "CreateLink of a taken id", link("1", "e", "editor", "h5"), storage.ErrExists)
	wantErr(t, "CreateLink of a taken token", link("6", "e", "editor", "h1"), storage.ErrExists)
	wantErr(t, "CreateLink on an id never used", link("7", "never", "viewer", "h7"), storage.ErrNotFound)
	errs := make([]error, 6)
	together(len(errs), func(i int) { errs[i] = link(fmt.Sprint("r", i), "e", "commenter", "one") })
	if won, lost := count(errs, nil), count(errs, storage.ErrExists); won != 1 || lost != len(errs)-1 {
		t.Errorf("%d made the link, %d found its token taken: %v", won, lost, errs)
	}
}

func linkByToken(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	create(t, s, "e", 0)
	a := storage.Link{ID: "a", Document: "d", Role: "viewer", TokenHash: []byte{0, 255, 1}, CreatedBy: "ann", CreatedAt: minute(1)}
	b := storage.Link{ID: "b", Document: "d", Role: "editor", TokenHash: []byte{0, 255, 2}, CreatedBy: "bob", CreatedAt: noon}
	noErr(t, "CreateLink", s.CreateLink(t.Context(), a))
	noErr(t, "CreateLink", s.CreateLink(t.Context(), b))
	got, err := s.LinkByToken(t.Context(), a.TokenHash)
	noErr(t, "LinkByToken", err)
	wantSame(t, "link", got, a)
	_, err = s.LinkByToken(t.Context(), []byte{0})
	wantErr(t, "LinkByToken of another token", err, storage.ErrNotFound)
	all, err := s.Links(t.Context(), "d")
	noErr(t, "Links", err)
	wantSame(t, "links, oldest first", all, []storage.Link{b, a})
	wantErr(t, "DeleteLink of another document's", s.DeleteLink(t.Context(), "e", "a"), storage.ErrNotFound)
	noErr(t, "DeleteLink", s.DeleteLink(t.Context(), "d", "a"))
	wantErr(t, "DeleteLink again", s.DeleteLink(t.Context(), "d", "a"), storage.ErrNotFound)
	_, err = s.LinkByToken(t.Context(), a.TokenHash)
	wantErr(t, "LinkByToken of a link withdrawn", err, storage.ErrNotFound)
	a.ID = "again"
	noErr(t, "CreateLink of a token set free", s.CreateLink(t.Context(), a))
}

func settings(t *testing.T, s storage.Store) {
	_, err := s.Setting(t.Context(), "k")
	wantErr(t, "Setting never set", err, storage.ErrNotFound)
	set := func(value, was []byte) error { return s.SetSetting(t.Context(), "k", value, was) }
	wantErr(t, "SetSetting of none that was", set([]byte("v"), []byte("x")), storage.ErrConflict)
	wantErr(t, "SetSetting of none that was empty", set([]byte("v"), []byte{}), storage.ErrConflict)
	noErr(t, "SetSetting", set([]byte("v\x00\xff"), nil))
	wantErr(t, "SetSetting of one that was none", set([]byte("w"), nil), storage.ErrConflict)
	wantErr(t, "SetSetting of one that was another", set([]byte("w"), []byte("v")), storage.ErrConflict)
	got, err := s.Setting(t.Context(), "k")
	noErr(t, "Setting", err)
	wantSame(t, "value", got, []byte("v\x00\xff"))
	noErr(t, "SetSetting to an empty value", set([]byte{}, []byte("v\x00\xff")))
	got, err = s.Setting(t.Context(), "k")
	noErr(t, "Setting", err)
	wantSame(t, "empty value", got, []byte{})
	noErr(t, "SetSetting to nothing", set(nil, []byte{}))
	_, err = s.Setting(t.Context(), "k")
	wantErr(t, "Setting removed", err, storage.ErrNotFound)
	noErr(t, "SetSetting from nothing to nothing", set(nil, nil))
}

func settingRace(t *testing.T, s storage.Store) {
	for _, was := range [][]byte{nil, []byte("old")} {
		key := fmt.Sprintf("k%s", was)
		if was != nil {
			noErr(t, "SetSetting", s.SetSetting(t.Context(), key, was, nil))
		}
		errs := make([]error, 8)
		together(len(errs), func(i int) { errs[i] = s.SetSetting(t.Context(), key, fmt.Appendf(nil, "%d", i), was) })
		if won, lost := count(errs, nil), count(errs, storage.ErrConflict); won != 1 || lost != len(errs)-1 {
			t.Errorf("%d set it, %d had a conflict: %v", won, lost, errs)
		}
	}
}

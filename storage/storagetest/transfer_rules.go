package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var transferRules = []rule{
	{"Transfer", "one gives a document to another and keeps the role they say, or nothing happens", transfer},
	{"Transfer", "whoever looks meanwhile sees one owner, and each of both with a role", transferSeen},
	{"Transfer", "of owners that transfer and leave at once, one is left and the document is theirs or was", transferRace},
	{"Transfer", "an offered document is another's only once they take it, once", offerDocument},
	{"Transfer", "an offer ends with a transfer, the document, and either person", offerEnds},
	{"Transfer", "of those who take and withdraw an offer at once, one does", offerRace},
	{"Transfer", "what one alone owns is listed, with whether others have a role", soleOwned},
}

func transfer(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	create(t, s, "d", 2)
	was := grant(t, s, "d", "bob", "viewer")
	appendOps(t, s, "d", 2, op("a", 1))
	give := func(from, to storage.UserID, then string) error {
		return s.TransferDocument(t.Context(), "d", from, to, then, minute(5))
	}
	for _, c := range []struct {
		what     string
		from, to storage.UserID
		then     string
		want     error
	}{
		{"by one who is no owner", "bob", "cat", "", storage.ErrNotFound}, {"by a stranger", "cat", "bob", "", storage.ErrNotFound},
		{"to nobody", "ann", "eve", "", storage.ErrNotFound}, {"to oneself", "ann", "ann", "", storage.ErrInvalid},
		{"without saying to whom", "ann", "", "", storage.ErrInvalid}, {"for any role", "ann", "bob", storage.AnyRole, storage.ErrInvalid},
	} {
		wantErr(t, "TransferDocument "+c.what, give(c.from, c.to, c.then), c.want)
	}
	first := storage.Grant{Document: "d", User: "ann", Role: storage.RoleOwner, CreatedAt: noon, Via: storage.RoleOwner}
	wantGrants(t, s, "d", first, was)
	noErr(t, "TransferDocument", give("ann", "bob", "editor"))
	first.Role, was.Role = "editor", storage.RoleOwner
	wantGrants(t, s, "d", first, was)
	wantOwner(t, s, "d", "bob")
	noErr(t, "TransferDocument to one without a grant", give("bob", "cat", ""))
	cat := storage.Grant{Document: "d", User: "cat", Role: storage.RoleOwner, Since: 3, CreatedAt: minute(5), Via: storage.RoleOwner}
	wantGrants(t, s, "d", first, cat)
	noErr(t, "TransferDocument that keeps the role of owner", give("cat", "ann", storage.RoleOwner))
	first.Role = storage.RoleOwner
	wantGrants(t, s, "d", first, cat)
	wantOwner(t, s, "d", "ann")
	bytes, err := s.OwnedBytes(t.Context(), "ann")
	noErr(t, "OwnedBytes", err)
	wantSame(t, "bytes of the owner", bytes, head(t, s, "d").Bytes)
	wantErr(t, "TransferDocument of an id never used", s.TransferDocument(t.Context(), "never", "ann", "bob", "", noon), storage.ErrNotFound)
}

func wantOwner(t *testing.T, s storage.Store, doc storage.DocumentID, want storage.UserID) {
	t.Helper()
	d, err := s.Document(t.Context(), doc)
	noErr(t, "Document", err)
	wantSame(t, "owner of "+string(doc), d.Owner, want)
}

func wantGrants(t *testing.T, s storage.Store, doc storage.DocumentID, want ...storage.Grant) {
	t.Helper()
	got, err := s.Grants(t.Context(), doc)
	noErr(t, "Grants", err)
	wantSame(t, "grants", got, want)
}

func transferRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat", "dan")
	for round := range 6 {
		id := storage.DocumentID(fmt.Sprint("d", round))
		create(t, s, id, 0)
		grant(t, s, id, "bob", storage.RoleOwner)
		errs := atOnce(4, func(i int) error {
			switch i {
			case 0:
				return s.TransferDocument(t.Context(), id, "ann", "cat", "", noon)
			case 1:
				return s.TransferDocument(t.Context(), id, "ann", "dan", "viewer", noon)
			case 2:
				return s.RemoveGrant(t.Context(), id, "bob")
			}
			return s.RemoveGrant(t.Context(), id, "ann")
		})
		grants, err := s.Grants(t.Context(), id)
		noErr(t, "Grants", err)
		owners := 0
		for _, g := range grants {
			if g.Role == storage.RoleOwner {
				owners++
			}
		}
		if owners == 0 || count(errs[:2], nil) > 1 || count(errs, nil)+count(errs, storage.ErrNotFound)+count(errs, storage.ErrLastOwner) != 4 {
			t.Fatalf("%d owners are left of %+v: %v", owners, grants, errs)
		}
		if errs[0] == nil || errs[1] == nil {
			wantOwner(t, s, id, map[bool]storage.UserID{true: "cat", false: "dan"}[errs[0] == nil])
		}
	}
}

func transferSeen(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	create(t, s, "d", 0)
	grant(t, s, "d", "bob", "editor")
	done := make(chan struct{})
	together(3, func(i int) {
		if i == 0 {
			defer close(done)
			for turn := range 40 {
				from, to := []storage.UserID{"ann", "bob"}[turn%2], []storage.UserID{"bob", "ann"}[turn%2]
				if err := s.TransferDocument(t.Context(), "d", from, to, "editor", noon); err != nil {
					t.Errorf("TransferDocument = %v", err)
				}
			}
			return
		}
		for {
			select {
			case <-done:
				return
			default:
			}
			grants, err := s.Grants(t.Context(), "d")
			found, rolesErr := s.HeldRoles(t.Context(), "d", "bob")
			if err != nil || rolesErr != nil || len(grants) != 2 || grants[0].Role == grants[1].Role || len(found) != 1 {
				t.Errorf("seen meanwhile: %+v, %v; %+v, %v", grants, err, found, rolesErr)
				return
			}
		}
	})
}

func soleOwned(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	team(t, s, "g", "bob")
	for _, id := range []storage.DocumentID{"shared", "alone", "viewed", "grouped", "reached", "trashed", "gone", "bobs"} {
		create(t, s, id, 0)
	}
	grant(t, s, "shared", "bob", storage.RoleOwner)
	grant(t, s, "viewed", "bob", "viewer")
	grant(t, s, "bobs", "bob", storage.RoleOwner)
	noErr(t, "RemoveGrant", s.RemoveGrant(t.Context(), "bobs", "ann"))
	groupGrant(t, s, "grouped", "g", "viewer")
	_, err := s.SetReach(t.Context(), "reached", "viewer")
	noErr(t, "SetReach", err)
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "trashed", "ann", noon))
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	sole := func(user storage.UserID) []storage.SoleOwned {
		found, err := s.SoleOwned(t.Context(), user)
		noErr(t, "SoleOwned", err)
		return found
	}
	wantSame(t, "ann's", sole("ann"), []storage.SoleOwned{
		{Document: "alone"}, {Document: "grouped", Others: true}, {Document: "reached", Others: true}, {Document: "trashed"},
		{Document: "viewed", Others: true},
	})
	wantSame(t, "bob's", sole("bob"), []storage.SoleOwned{{Document: "bobs"}})
	wantSame(t, "nobody's", sole("eve"), nil)
}

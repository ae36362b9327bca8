package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

// limitRules race for the last places: of all that try at once, as many succeed as there are places.
var limitRules = []rule{
	{"Limits", "an installation keeps its last administrator", lastAdmin},
	{"Limits", "of administrators that go at once one stays", lastAdminRace},
	{"Limits", "a person's tokens", tokenRace},
	{"Limits", "a person's groups", groupRace},
	{"Limits", "a document's links", linkRace},
	{"Limits", "a document's invitations", invitationPlaceRace},
	{"Limits", "a document's groups", documentGroupRace},
	{"Limits", "what is there already can be changed when all is full", fullButChanged},
}

func administrators(t *testing.T, s storage.Store, ids ...storage.UserID) {
	t.Helper()
	for _, id := range ids {
		u := user(id, string(id)+"@x.org")
		u.Admin = true
		createUser(t, s, u)
	}
}

func lastAdmin(t *testing.T, s storage.Store) {
	administrators(t, s, "ann", "bob", "sue")
	accounts(t, s, "eve")
	no, yes, at, never := false, true, minute(1), storage.User{}.SuspendedAt
	depose := storage.UserChange{Admin: &no}
	change := func(id storage.UserID, c storage.UserChange) error {
		_, err := s.ChangeUser(t.Context(), id, c)
		return err
	}
	noErr(t, "demoting one of three", change("ann", depose))
	noErr(t, "suspending one of two", change("sue", storage.UserChange{SuspendedAt: &at}))
	wantErr(t, "demoting the last one not suspended", change("bob", depose), storage.ErrLastAdmin)
	wantErr(t, "suspending the last one", change("bob", storage.UserChange{SuspendedAt: &at}), storage.ErrLastAdmin)
	wantErr(t, "deleting the last one", s.DeleteUser(t.Context(), "bob", noon), storage.ErrLastAdmin)
	name := "Bob"
	noErr(t, "renaming the last one", change("bob", storage.UserChange{Name: &name, Admin: &yes}))
	noErr(t, "demoting who is suspended", change("sue", depose))
	noErr(t, "demoting who is none", change("eve", depose))
	noErr(t, "deleting who is none", s.DeleteUser(t.Context(), "eve", noon))
	noErr(t, "suspended and back", change("sue", storage.UserChange{SuspendedAt: &never, Admin: &yes}))
	noErr(t, "demoting when there is another", change("bob", depose))
}

func lastAdminRace(t *testing.T, s storage.Store) {
	no, at := false, minute(1)
	for round := range 4 {
		ids := make([]storage.UserID, contenders)
		for i := range ids {
			ids[i] = storage.UserID(fmt.Sprint("a", round, "-", i))
		}
		administrators(t, s, ids...)
		if round > 0 { // who stayed in the round before
			everybodyElse(t, s, round, no)
		}
		errs := atOnce(contenders, func(i int) error {
			c := storage.UserChange{Admin: &no}
			switch i % 3 {
			case 1:
				c = storage.UserChange{SuspendedAt: &at}
			case 2:
				return s.DeleteUser(t.Context(), ids[i], noon)
			}
			_, err := s.ChangeUser(t.Context(), ids[i], c)
			return err
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrLastAdmin); won != contenders-1 || lost != 1 {
			t.Fatalf("%d went and %d had to stay, want %d and 1: %v", won, lost, contenders-1, errs)
		}
	}
}

// everybodyElse demotes the administrators of earlier rounds.
func everybodyElse(t *testing.T, s storage.Store, round int, no bool) {
	t.Helper()
	for i := range contenders {
		id := storage.UserID(fmt.Sprint("a", round-1, "-", i))
		if u, err := s.User(t.Context(), id); err == nil && u.InCharge() {
			_, err := s.ChangeUser(t.Context(), id, storage.UserChange{Admin: &no})
			noErr(t, "ChangeUser", err)
		}
	}
}

const (
	contenders = 16
	places     = 5 // that are left when they come
)

// race fills all but places of most with add, then lets contenders add one more each at once.
func race(t *testing.T, most int, add func(i int) error) {
	t.Helper()
	for i := range most - places {
		noErr(t, fmt.Sprint("adding ", i), add(i))
	}
	errs := atOnce(contenders, func(i int) error { return add(most + i) })
	if won, lost := count(errs, nil), count(errs, storage.ErrFull); won != places || lost != contenders-places {
		t.Errorf("%d got one of %d places, %d found them taken: %v", won, places, lost, errs)
	}
}

func tokenRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	add := func(user storage.UserID, i int, life int) error {
		id := fmt.Sprint(user, i)
		return s.CreateToken(t.Context(), storage.Token{
			ID: id, Hash: []byte(id), User: user, Name: "x", Scope: "read", CreatedAt: minute(5), ExpiresAt: minute(5 + life),
		})
	}
	for i := range places {
		noErr(t, "one that has expired", add("ann", -1-i, -1))
		noErr(t, "another's", add("bob", i, 1))
	}
	race(t, storage.MostTokens, func(i int) error { return add("ann", i, 1) })
}

func groupRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	race(t, storage.MostGroups, func(i int) error {
		return s.CreateGroup(t.Context(), storage.Group{ID: fmt.Sprint("g", i), Name: fmt.Sprint("n", i), CreatedBy: "ann", CreatedAt: noon})
	})
}

func linkRace(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	create(t, s, "other", 0)
	add := func(doc storage.DocumentID, i int) error {
		id := fmt.Sprint(doc, i)
		return s.CreateLink(t.Context(), storage.Link{ID: id, TokenHash: []byte(id), Document: doc, Role: "viewer", CreatedBy: "ann", CreatedAt: noon})
	}
	noErr(t, "another document's", add("other", 0))
	race(t, storage.MostLinks, func(i int) error { return add("d", i) })
}

func invitationPlaceRace(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	race(t, storage.MostInvitations, func(i int) error { return s.CreateInvitation(t.Context(), invitationTo("d", i, 0)) })
}

func invitationTo(doc storage.DocumentID, i, again int) storage.Invitation {
	id := fmt.Sprint(doc, i, "-", again)
	return storage.Invitation{
		ID: id, TokenHash: []byte(id), Document: doc, Email: fmt.Sprint(i, "@x.org"), Role: "viewer", CreatedBy: "ann", CreatedAt: noon, ExpiresAt: minute(9),
	}
}

func documentGroupRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	create(t, s, "d", 0)
	for i := range storage.MostDocumentGroups + contenders {
		noErr(t, "CreateGroup", s.CreateGroup(t.Context(), storage.Group{ID: fmt.Sprint("g", i), Name: fmt.Sprint("n", i), CreatedBy: "ann"}))
	}
	race(t, storage.MostDocumentGroups, func(i int) error {
		_, err := s.SetGroupGrant(t.Context(), storage.GroupGrant{Document: "d", Group: fmt.Sprint("g", i), Role: "viewer"})
		return err
	})
}

func fullButChanged(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	for i := range storage.MostInvitations {
		noErr(t, "CreateInvitation", s.CreateInvitation(t.Context(), invitationTo("d", i, 0)))
	}
	noErr(t, "CreateInvitation in place of another", s.CreateInvitation(t.Context(), invitationTo("d", 7, 1)))
	wantErr(t, "one more", s.CreateInvitation(t.Context(), invitationTo("d", -1, 0)), storage.ErrFull)
}

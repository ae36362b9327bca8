package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var groupRules = []rule{
	{"Groups", "a group comes back as it was, with its creator as manager", groupBack},
	{"Groups", "a name is taken whatever its case, an id is taken once", groupNames},
	{"Groups", "a list shows one's own groups, or all, by name without regard to case", groupLists},
	{"Groups", "a place is listed by when it was taken, and keeps that when it changes", groupPlaces},
	{"Groups", "a group keeps its last manager", lastManager},
	{"Groups", "of managers that leave at once one stays", lastManagerRace},
	{"Groups", "an offered place gives nothing until it is taken, once", offers},
	{"Groups", "an offer goes with its group, with its person, and when they are put in", offersGo},
	{"Groups", "with a group goes what was granted to it, and nothing else", deleteGroup},
}

// accounts creates an account for each id, with an e-mail of that name.
func accounts(t *testing.T, s storage.Store, ids ...storage.UserID) {
	t.Helper()
	for _, id := range ids {
		createUser(t, s, user(id, string(id)+"@x.org"))
	}
}

// team creates a group with the first of members as its manager.
func team(t *testing.T, s storage.Store, id string, members ...storage.UserID) storage.Group {
	t.Helper()
	g := storage.Group{ID: id, Name: "Team " + id, CreatedBy: members[0], CreatedAt: noon}
	noErr(t, "CreateGroup", s.CreateGroup(t.Context(), g))
	for _, m := range members[1:] {
		place(t, s, storage.GroupMember{Group: id, User: m, CreatedAt: noon})
	}
	return g
}

func place(t *testing.T, s storage.Store, m storage.GroupMember) {
	t.Helper()
	noErr(t, fmt.Sprintf("SetGroupMember(%+v)", m), s.SetGroupMember(t.Context(), m))
}

func members(t *testing.T, s storage.Store, id string) []storage.GroupMember {
	t.Helper()
	all, err := s.GroupMembers(t.Context(), id)
	noErr(t, "GroupMembers", err)
	return all
}

func groupBack(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	g := storage.Group{ID: "g", Name: "Ünit\x00 😀", CreatedBy: "ann", CreatedAt: noon.Add(1_999_999)}
	noErr(t, "CreateGroup", s.CreateGroup(t.Context(), g))
	g.Name, g.CreatedAt = "Ünit\uFFFD 😀", noon.Add(1_000_000)
	got, err := s.Group(t.Context(), "g")
	noErr(t, "Group", err)
	wantSame(t, "group", got, g)
	first := storage.GroupMember{Group: "g", User: "ann", Manager: true, CreatedAt: g.CreatedAt}
	wantSame(t, "members", members(t, s, "g"), []storage.GroupMember{first})
	_, err = s.Group(t.Context(), "h")
	wantErr(t, "Group of none", err, storage.ErrNotFound)
	wantSame(t, "members of none", members(t, s, "h"), nil)
	for what, bad := range map[string]storage.Group{
		"an id": {Name: "x", CreatedBy: "ann"}, "a name": {ID: "x", CreatedBy: "ann"}, "a creator": {ID: "x", Name: "x"},
	} {
		wantErr(t, "CreateGroup without "+what, s.CreateGroup(t.Context(), bad), storage.ErrInvalid)
	}
	err = s.CreateGroup(t.Context(), storage.Group{ID: "x", Name: "x", CreatedBy: "eve"})
	wantErr(t, "CreateGroup by nobody", err, storage.ErrNotFound)
	noErr(t, "RenameGroup", s.RenameGroup(t.Context(), "g", "other\xff"))
	g.Name = "other\uFFFD"
	got, err = s.Group(t.Context(), "g")
	noErr(t, "Group", err)
	wantSame(t, "renamed", got, g)
	wantErr(t, "RenameGroup of none", s.RenameGroup(t.Context(), "h", "x"), storage.ErrNotFound)
	wantErr(t, "RenameGroup to nothing", s.RenameGroup(t.Context(), "g", ""), storage.ErrInvalid)
}

func groupNames(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	new := func(id, name string) error {
		return s.CreateGroup(t.Context(), storage.Group{ID: id, Name: name, CreatedBy: "ann", CreatedAt: noon})
	}
	noErr(t, "CreateGroup", new("a", "Größen"))
	noErr(t, "CreateGroup", new("b", "other"))
	wantErr(t, "CreateGroup of a taken id", new("a", "free"), storage.ErrExists)
	wantErr(t, "CreateGroup of a taken name", new("c", "gRÖßEN"), storage.ErrExists)
	wantErr(t, "RenameGroup to a taken name", s.RenameGroup(t.Context(), "b", "GRÖßen"), storage.ErrExists)
	noErr(t, "RenameGroup to its own name in another case", s.RenameGroup(t.Context(), "a", "gRÖßEN"))
	noErr(t, "RenameGroup", s.RenameGroup(t.Context(), "a", "set"))
	noErr(t, "CreateGroup of a name set free", new("c", "größen"))
	errs := atOnce(6, func(i int) error { return new(fmt.Sprint("r", i), []string{"One", "oNE"}[i%2]) })
	if won, lost := count(errs, nil), count(errs, storage.ErrExists); won != 1 || lost != len(errs)-1 {
		t.Errorf("%d took the name, %d found it taken: %v", won, lost, errs)
	}
}

// atOnce runs f n times at the same time and returns the errors.
func atOnce(n int, f func(i int) error) []error {
	errs := make([]error, n)
	together(n, func(i int) { errs[i] = f(i) })
	return errs
}

func groupLists(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	names := map[string]string{"1": "beta", "2": "Alpha", "3": "Ärzte", "4": "Gamma"}
	for _, id := range []string{"1", "2", "3", "4"} {
		g := storage.Group{ID: id, Name: names[id], CreatedBy: "ann", CreatedAt: noon}
		noErr(t, "CreateGroup", s.CreateGroup(t.Context(), g))
	}
	place(t, s, storage.GroupMember{Group: "4", User: "bob", Manager: true, CreatedAt: noon})
	place(t, s, storage.GroupMember{Group: "2", User: "bob", CreatedAt: noon})
	list := func(user storage.UserID, limit int) (shown []string) {
		found, err := s.Groups(t.Context(), user, limit)
		noErr(t, "Groups", err)
		for _, g := range found {
			wantSame(t, "name", g.Group.Name, names[g.Group.ID])
			shown = append(shown, fmt.Sprint(g.Group.ID, " ", g.Members, " ", g.Manager))
		}
		return shown
	}
	wantSame(t, "bob's", list("bob", 9), []string{"2 2 false", "4 2 true"})
	wantSame(t, "bob's first", list("bob", 1), []string{"2 2 false"})
	wantSame(t, "ann's", list("ann", 9), []string{"2 2 true", "1 1 true", "4 2 true", "3 1 true"})
	wantSame(t, "all", list("", 3), []string{"2 2 false", "1 1 false", "4 2 false"})
	wantSame(t, "cat's", list("cat", 9), nil)
}

func groupPlaces(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "u1", "u2", "u3")
	team(t, s, "g", "ann")
	for i, u := range []storage.UserID{"u3", "u1", "u2"} {
		place(t, s, storage.GroupMember{Group: "g", User: u, CreatedAt: minute(2 - i%2)})
	}
	place(t, s, storage.GroupMember{Group: "g", User: "u3", Manager: true, CreatedAt: minute(9)})
	wantSame(t, "members", members(t, s, "g"), []storage.GroupMember{
		{Group: "g", User: "ann", Manager: true, CreatedAt: noon},
		{Group: "g", User: "u1", CreatedAt: minute(1)},
		{Group: "g", User: "u2", CreatedAt: minute(2)},
		{Group: "g", User: "u3", Manager: true, CreatedAt: minute(2)},
	})
	set := func(id string, user storage.UserID) error {
		return s.SetGroupMember(t.Context(), storage.GroupMember{Group: id, User: user, CreatedAt: noon})
	}
	wantErr(t, "SetGroupMember of no group", set("h", "u1"), storage.ErrNotFound)
	wantErr(t, "SetGroupMember of nobody", set("g", "eve"), storage.ErrNotFound)
	noErr(t, "RemoveGroupMember", s.RemoveGroupMember(t.Context(), "g", "u1"))
	wantErr(t, "RemoveGroupMember again", s.RemoveGroupMember(t.Context(), "g", "u1"), storage.ErrNotFound)
	wantErr(t, "RemoveGroupMember of no group", s.RemoveGroupMember(t.Context(), "h", "u1"), storage.ErrNotFound)
	wantSame(t, "members left", len(members(t, s, "g")), 3)
}

func lastManager(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	team(t, s, "g", "ann", "bob")
	team(t, s, "h", "bob") // managers of another group do not count here
	demote := storage.GroupMember{Group: "g", User: "ann", CreatedAt: noon}
	wantErr(t, "RemoveGroupMember of the last manager", s.RemoveGroupMember(t.Context(), "g", "ann"), storage.ErrLastManager)
	wantErr(t, "SetGroupMember of the last manager", s.SetGroupMember(t.Context(), demote), storage.ErrLastManager)
	place(t, s, storage.GroupMember{Group: "g", User: "ann", Manager: true, CreatedAt: noon}) // nothing is lost
	place(t, s, storage.GroupMember{Group: "g", User: "bob", Manager: true, CreatedAt: noon})
	place(t, s, demote)
	wantErr(t, "RemoveGroupMember of the other", s.RemoveGroupMember(t.Context(), "g", "bob"), storage.ErrLastManager)
	noErr(t, "RemoveGroupMember of one who manages no more", s.RemoveGroupMember(t.Context(), "g", "ann"))
	wantErr(t, "RemoveGroupMember of the only one", s.RemoveGroupMember(t.Context(), "g", "bob"), storage.ErrLastManager)
}

func lastManagerRace(t *testing.T, s storage.Store) {
	managers := []storage.UserID{"ann", "bob", "cat", "dan"}
	accounts(t, s, managers...)
	for round := range 6 {
		id := fmt.Sprint("g", round)
		team(t, s, id, managers...)
		for _, m := range managers {
			place(t, s, storage.GroupMember{Group: id, User: m, Manager: true, CreatedAt: noon})
		}
		errs := atOnce(len(managers), func(i int) error {
			if i%2 == 0 {
				return s.RemoveGroupMember(t.Context(), id, managers[i])
			}
			return s.SetGroupMember(t.Context(), storage.GroupMember{Group: id, User: managers[i], CreatedAt: noon})
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrLastManager); won != len(managers)-1 || lost != 1 {
			t.Fatalf("%d left and %d had to stay, want %d and 1: %v", won, lost, len(managers)-1, errs)
		}
	}
}

func deleteGroup(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	create(t, s, "d", 0)
	create(t, s, "a", 0)
	for _, id := range []string{"g", "kept"} {
		team(t, s, id, "ann", "bob")
		groupGrant(t, s, "d", id, "viewer")
	}
	groupGrant(t, s, "a", "g", "viewer")
	documents := func(id string) []storage.DocumentID {
		found, err := s.GroupDocuments(t.Context(), id)
		noErr(t, "GroupDocuments", err)
		return found
	}
	wantSame(t, "documents", documents("g"), []storage.DocumentID{"a", "d"})
	noErr(t, "DeleteGroup", s.DeleteGroup(t.Context(), "g"))
	wantErr(t, "DeleteGroup again", s.DeleteGroup(t.Context(), "g"), storage.ErrNotFound)
	wantSame(t, "documents of none", documents("g"), nil)
	wantSame(t, "documents of the other", documents("kept"), []storage.DocumentID{"d"})
	wantSame(t, "members of none", members(t, s, "g"), nil)
	wantSame(t, "members of the other", len(members(t, s, "kept")), 2)
	wantSame(t, "bob's roles on a", heldRoles(t, s, "a", "bob"), nil)
	wantSame(t, "bob's roles on d", heldRoles(t, s, "d", "bob"), []storage.HeldRole{{Role: "viewer", Via: storage.ViaGroup, Group: "kept"}})
	team(t, s, "g", "ann")
	wantSame(t, "documents of a new group of that id", documents("g"), nil)
}

func offer(t *testing.T, s storage.Store, o storage.GroupOffer) {
	t.Helper()
	noErr(t, fmt.Sprintf("OfferPlace(%+v)", o), s.OfferPlace(t.Context(), o))
}

// offered returns the offers of a group, and the offers to a user.
func offered(t *testing.T, s storage.Store, id string, user storage.UserID) (of, to []storage.GroupOffer) {
	t.Helper()
	of, err := s.GroupOffers(t.Context(), id)
	noErr(t, "GroupOffers", err)
	to, err = s.OffersTo(t.Context(), user)
	noErr(t, "OffersTo", err)
	return of, to
}

func offers(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	team(t, s, "g", "ann")
	team(t, s, "h", "ann")
	first := storage.GroupOffer{Group: "g", User: "bob", CreatedBy: "ann", CreatedAt: minute(3).Add(999)}
	offer(t, s, first)
	again := storage.GroupOffer{Group: "g", User: "bob", Manager: true, CreatedBy: "ann", CreatedAt: minute(2)}
	offer(t, s, again)
	other := storage.GroupOffer{Group: "g", User: "cat", CreatedBy: "ann", CreatedAt: minute(1)}
	offer(t, s, other)
	offer(t, s, storage.GroupOffer{Group: "h", User: "bob", CreatedBy: "ann", CreatedAt: noon})
	of, to := offered(t, s, "g", "bob")
	wantSame(t, "offers of g", of, []storage.GroupOffer{other, again})
	wantSame(t, "groups offered to bob", []string{to[0].Group, to[1].Group}, []string{"h", "g"})
	wantSame(t, "members meanwhile", len(members(t, s, "g")), 1)
	mine, err := s.Groups(t.Context(), "bob", 9)
	noErr(t, "Groups", err)
	wantSame(t, "bob's groups meanwhile", len(mine), 0)

	outcomes := atOnce(4, func(int) error {
		_, err := s.TakePlace(t.Context(), "g", "bob", minute(9).Add(999))
		return err
	})
	wantSame(t, "who took the one place", count(outcomes, nil), 1)
	wantSame(t, "who came late", count(outcomes, storage.ErrNotFound), 3)
	wantSame(t, "members", members(t, s, "g")[1], storage.GroupMember{Group: "g", User: "bob", Manager: true, CreatedAt: minute(9)})
	wantErr(t, "OfferPlace to a member", s.OfferPlace(t.Context(), again), storage.ErrExists)
	nobody := other
	nobody.User = "eve"
	wantErr(t, "OfferPlace to nobody", s.OfferPlace(t.Context(), nobody), storage.ErrNotFound)
	nowhere := other
	nowhere.Group = "x"
	wantErr(t, "OfferPlace in no group", s.OfferPlace(t.Context(), nowhere), storage.ErrNotFound)
	_, err = s.TakePlace(t.Context(), "x", "cat", noon)
	wantErr(t, "TakePlace in no group", err, storage.ErrNotFound)
	noErr(t, "WithdrawPlace", s.WithdrawPlace(t.Context(), "g", "cat"))
	wantErr(t, "WithdrawPlace again", s.WithdrawPlace(t.Context(), "g", "cat"), storage.ErrNotFound)
	_, err = s.TakePlace(t.Context(), "g", "cat", noon)
	wantErr(t, "TakePlace of one that was withdrawn", err, storage.ErrNotFound)
}

func offersGo(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat", "dan")
	team(t, s, "g", "ann")
	team(t, s, "h", "ann")
	for _, o := range []storage.GroupOffer{{Group: "g", User: "bob"}, {Group: "g", User: "cat"}, {Group: "g", User: "dan"}, {Group: "h", User: "dan"}} {
		offer(t, s, o)
	}
	place(t, s, storage.GroupMember{Group: "g", User: "bob", CreatedAt: noon})
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "cat", noon))
	of, _ := offered(t, s, "g", "dan")
	wantSame(t, "offers left", len(of), 1)
	noErr(t, "DeleteGroup", s.DeleteGroup(t.Context(), "g"))
	_, to := offered(t, s, "g", "dan")
	wantSame(t, "offers to dan", len(to), 1)
	wantErr(t, "OfferPlace to one who is deleted", s.OfferPlace(t.Context(), storage.GroupOffer{Group: "h", User: "cat"}), storage.ErrNotFound)
}

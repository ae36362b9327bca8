package storagetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"quire/storage"
)

var deletionRules = []rule{
	{"DeleteUser", "nothing personal is left anywhere, and what they wrote is still somebody's", anonymous},
	{"DeleteUser", "nothing happens as long as they alone own a document", soleOwnerStays},
	{"DeleteUser", "a document they owned with others is its oldest other owner's", ownerFollows},
	{"DeleteUser", "a group keeps a manager, or goes with what it was granted", groupsFollow},
	{"DeleteUser", "nothing is given to one who is deleted, and their e-mail is free", nothingGiven},
	{"DeleteUser", "what is given to them at the same instant is refused, or goes", givenMeanwhile},
	{"DeleteUser", "whoever signs in meanwhile is still themselves, or nobody", seenMeanwhile},
	{"DeleteUser", "of owners deleted at once one stays, and a group is never without a manager", deletedAtOnce},
}

// Holder is a store that can search everything it stores for a text. Holding returns the names of the places that contain it.
type Holder interface {
	Holding(text string) ([]string, error)
}

// holding returns the places that contain each of texts; texts that are nowhere are not in the map.
func holding(t *testing.T, s storage.Store, texts ...string) map[string][]string {
	t.Helper()
	h, ok := s.(Holder)
	if !ok {
		t.Fatalf("a %T cannot be looked into: its test has to make it a Holder", s)
	}
	found := map[string][]string{}
	for _, text := range texts {
		places, err := h.Holding(text)
		noErr(t, "Holding", err)
		if len(places) > 0 {
			found[text] = places
		}
	}
	return found
}

// person is a user with every field set.
var person = storage.User{
	KnownAt: minute(2), SuspendedAt: minute(3), ID: "p", Email: "Päula@Secret.example", Name: "Päula Secret", Color: 5, PasswordHash: "$argon2id$secret", Admin: true,
	Issuer: "https://secret.example", Subject: "secret-subject", CreatedAt: noon, VerifiedAt: minute(1), Quota: 1 << 20,
}

// personal returns the texts by which person could still be found after their deletion.
func personal() []string {
	texts := []string{
		"PÄULA@secret.example", "päula@SECRET.example", "secret-agent", "2001:db8::77", "Secret token", "Secret message", "secret-picture",
		"secret-version", "secret/type", "hash\x00\xff of secret",
	}
	return append(texts, person.Email, storage.Fold(person.Email), person.Name, storage.Fold(person.Name), person.PasswordHash, person.Issuer, person.Subject)
}

// giveAll gives person, and ann as well, everything that a user can have, on documents of ann's.
func giveAll(t *testing.T, s storage.Store) {
	t.Helper()
	accounts(t, s, "ann", "bob")
	createUser(t, s, person)
	team(t, s, "g", "ann", person.ID)
	team(t, s, "offered", "ann")
	offer(t, s, storage.GroupOffer{Group: "offered", User: person.ID, CreatedBy: "ann", CreatedAt: noon})
	for _, doc := range []storage.DocumentID{"d", "asked", "invited"} {
		create(t, s, doc, 1)
	}
	grant(t, s, "d", person.ID, "editor")
	written := op("x", 1)
	written.Author = person.ID
	appendOps(t, s, "d", 1, written)
	for _, who := range []storage.UserID{person.ID, "ann"} {
		name := map[storage.UserID]string{person.ID: "secret", "ann": "ann"}[who]
		email := map[storage.UserID]string{person.ID: "päula@SECRET.example", "ann": "ann@x.org"}[who]
		noErr(t, "CreateSignIn", s.CreateSignIn(t.Context(), storage.SignIn{
			ID: name, TokenHash: []byte("hash\x00\xff of " + name), User: who, CreatedAt: noon, ExpiresAt: minute(99),
			Address: map[string]string{"secret": "2001:db8::77", "ann": "::1"}[name], UserAgent: name + "-agent",
		}))
		c := code(name, "reset", who)
		c.Email = email
		createCode(t, s, c)
		k := token(name, who, noon, minute(99))
		k.Name = map[string]string{"secret": "Secret token", "ann": "Ann's"}[name]
		createToken(t, s, k)
		noErr(t, "SetPicture", s.SetPicture(t.Context(), who, name+"/type", []byte("\x00\xff"+name+"-picture"), name+"-version"))
		message := map[string]string{"secret": "Secret message", "ann": "Please"}[name]
		request(t, s, storage.AccessRequest{Document: "asked", User: who, Role: "editor", Message: message, CreatedAt: noon})
		i := invitation(name, "invited", map[string]string{"secret": "PÄULA@secret.example", "ann": "ann@x.org"}[name])
		i.TokenHash = []byte(name)
		invite(t, s, i)
		note(t, s, storage.AuditEntry{Actor: who, Action: "user.invite", Subject: email, Detail: name[:1]})
	}
}

func anonymous(t *testing.T, s storage.Store) {
	giveAll(t, s)
	before := holding(t, s, personal()...)
	for _, text := range personal() {
		if len(before[text]) == 0 && text != storage.Fold(person.Name) { // which not every backend stores
			t.Errorf("%q is not found before: the search is blind", text)
		}
	}
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), person.ID, minute(7).Add(999)))
	wantSame(t, "places that still tell of them", fmt.Sprint(holding(t, s, personal()...)), "map[]")
	got, err := s.User(t.Context(), person.ID)
	noErr(t, "User", err)
	wantSame(t, "user", got, storage.User{ID: person.ID, CreatedAt: noon, DeletedAt: minute(7)})
	several, err := s.Users(t.Context(), []storage.UserID{person.ID})
	noErr(t, "Users", err)
	wantSame(t, "users", several, []storage.User{got})
	_, err = s.UserByEmail(t.Context(), person.Email)
	wantErr(t, "UserByEmail", err, storage.ErrNotFound)
	_, err = s.UserBySubject(t.Context(), person.Issuer, person.Subject)
	wantErr(t, "UserBySubject", err, storage.ErrNotFound)
	_, _, _, err = s.Picture(t.Context(), person.ID)
	wantErr(t, "Picture", err, storage.ErrNotFound)
	wantErr(t, "DeleteUser again", s.DeleteUser(t.Context(), person.ID, noon), storage.ErrNotFound)
	wantErr(t, "DeleteUser of nobody", s.DeleteUser(t.Context(), "eve", noon), storage.ErrNotFound)
	wantSame(t, "the author of the last op", read(t, s, "d", 1, 2, 0)[0].Author, person.ID)
	wantSame(t, "who changed the document last", head(t, s, "d").UpdatedBy, person.ID)
	wantNothing(t, s, person.ID)
	subjects := map[string]string{}
	for _, e := range audit(t, s, storage.AuditQuery{}) {
		subjects[e.Detail] = string(e.Actor) + " " + e.Subject
	}
	wantSame(t, "audit", fmt.Sprint(subjects), "map[a:ann ann@x.org s:p p]")
	wantSame(t, "their entries", details(audit(t, s, storage.AuditQuery{Person: person.ID})), []string{"s"})
	for _, kept := range []string{"ann-agent", "Ann's", "ann-picture", "ann-version", "Please"} {
		if len(holding(t, s, kept)) == 0 {
			t.Errorf("%q of ann's is gone", kept)
		}
	}
	wantSame(t, "ann's codes", remaining(t, s, "reset", "ann"), []string{"ann"})
	wantSame(t, "ann's invitation", waiting(t, s, "invited"), []string{"ann"})
}

// wantNothing fails the test for everything that a user still has.
func wantNothing(t *testing.T, s storage.Store, who storage.UserID) {
	t.Helper()
	signIns, err := s.SignIns(t.Context(), who, time.Time{})
	noErr(t, "SignIns", err)
	tokens, err := s.Tokens(t.Context(), who, time.Time{})
	noErr(t, "Tokens", err)
	groups, err := s.Groups(t.Context(), who, 9)
	noErr(t, "Groups", err)
	sole, err := s.SoleOwned(t.Context(), who)
	noErr(t, "SoleOwned", err)
	documents := list(t, s, storage.DocumentQuery{User: who, Scope: storage.ScopeAll, Limit: 9})
	trashed := list(t, s, storage.DocumentQuery{User: who, Scope: storage.ScopeTrash, Limit: 9})
	owned := allDocuments(t, s, storage.DocumentQuery{User: who, Scope: storage.ScopeAll})
	if n := len(signIns) + len(tokens) + len(groups) + len(sole) + len(documents) + len(trashed) + len(owned); n > 0 {
		t.Errorf("%s still has %+v, %+v, %+v, %+v, %+v, %+v, %+v", who, signIns, tokens, groups, sole, documents, trashed, owned)
	}
	all := allDocuments(t, s, storage.DocumentQuery{Scope: storage.ScopeAll})
	for _, doc := range append(all, allDocuments(t, s, storage.DocumentQuery{Scope: storage.ScopeTrash})...) {
		asked, err := s.Requests(t.Context(), doc.Document.ID)
		noErr(t, "Requests", err)
		asks := slices.ContainsFunc(asked, func(r storage.AccessRequest) bool { return r.User == who })
		if n := len(heldRoles(t, s, doc.Document.ID, who)); n > 0 || asks {
			t.Errorf("%s still has %d roles on %s, or asks for one: %v", who, n, doc.Document.ID, asks)
		}
	}
}

func soleOwnerStays(t *testing.T, s storage.Store) {
	giveAll(t, s)
	before := fmt.Sprint(holding(t, s, personal()...))
	d := storage.Document{ID: "theirs", Owner: person.ID, CreatedAt: noon}
	noErr(t, "CreateDocument", s.CreateDocument(t.Context(), d, nil))
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "theirs", person.ID, noon))
	grant(t, s, "theirs", "bob", "editor")
	wantErr(t, "DeleteUser", s.DeleteUser(t.Context(), person.ID, minute(7)), storage.ErrLastOwner)
	wantSame(t, "what tells of them", fmt.Sprint(holding(t, s, personal()...)), before)
	got, err := s.User(t.Context(), person.ID)
	noErr(t, "User", err)
	want := person
	want.Picture = "secret-version"
	wantSame(t, "user", got, want)
	wantSame(t, "roles on d", len(heldRoles(t, s, "d", person.ID)), 1)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "theirs", noon))
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), person.ID, minute(7)))
	wantNothing(t, s, person.ID)
}

func ownerFollows(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat", "dan")
	for _, id := range []storage.DocumentID{"d", "trashed", "left"} {
		create(t, s, id, 2)
		for i, who := range []storage.UserID{"dan", "cat", "bob"} { // cat and bob at the same time: bob comes first by id
			g := storage.Grant{Document: id, User: who, Role: storage.RoleOwner, CreatedAt: minute(5 - min(i, 1))}
			if who == "bob" && id == "trashed" {
				g.Role, g.CreatedAt = "editor", minute(1) // older, but no owner
			}
			_, err := s.SetGrant(t.Context(), g, "")
			noErr(t, "SetGrant", err)
		}
	}
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "trashed", "ann", noon))
	noErr(t, "RemoveGrant", s.RemoveGrant(t.Context(), "left", "ann")) // Document.Owner still names her
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "ann", noon))
	for id, want := range map[storage.DocumentID]storage.UserID{"d": "bob", "trashed": "cat", "left": "bob"} {
		wantOwner(t, s, id, want)
	}
	d, err := s.Document(t.Context(), "trashed")
	noErr(t, "Document", err)
	wantSame(t, "who trashed it", d.TrashedBy, storage.UserID("ann"))
	bytes, err := s.OwnedBytes(t.Context(), "bob")
	noErr(t, "OwnedBytes", err)
	wantSame(t, "bytes of the next owner", bytes, head(t, s, "d").Bytes+head(t, s, "left").Bytes)
}

func groupsFollow(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat", "dan")
	create(t, s, "d", 0)
	grant(t, s, "d", "dan", storage.RoleOwner)
	team(t, s, "alone", "ann")
	team(t, s, "led", "ann")
	place(t, s, storage.GroupMember{Group: "led", User: "cat", CreatedAt: minute(1)})
	place(t, s, storage.GroupMember{Group: "led", User: "bob", CreatedAt: minute(1)})
	place(t, s, storage.GroupMember{Group: "led", User: "dan", CreatedAt: minute(2)})
	team(t, s, "both", "ann", "cat")
	place(t, s, storage.GroupMember{Group: "both", User: "bob", Manager: true, CreatedAt: minute(3)})
	team(t, s, "member", "bob", "ann")
	for _, id := range []string{"alone", "led", "both", "member"} {
		groupGrant(t, s, "d", id, "viewer")
	}
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "ann", noon))
	_, err := s.Group(t.Context(), "alone")
	wantErr(t, "Group of nobody", err, storage.ErrNotFound)
	managers := map[string]string{}
	for _, id := range []string{"led", "both", "member"} {
		for _, m := range members(t, s, id) {
			managers[id] += fmt.Sprint(m.User, " ", m.Manager, " ")
		}
	}
	wantSame(t, "places", fmt.Sprint(managers),
		"map[both:cat false bob true  led:bob true cat false dan false  member:bob true ]")
	granted, err := s.GroupGrants(t.Context(), "d")
	noErr(t, "GroupGrants", err)
	wantSame(t, "what groups were granted", len(granted), 3)
	g, err := s.Group(t.Context(), "led")
	noErr(t, "Group", err)
	wantSame(t, "who made the group", g.CreatedBy, storage.UserID("ann"))
}

// gifts are all the calls that give something to a user who is not yet in group g and has no role on document d.
func gifts(t *testing.T, s storage.Store, who storage.UserID, name string) map[string]func() error {
	return map[string]func() error{
		"SetGrant": func() error {
			_, err := s.SetGrant(t.Context(), storage.Grant{Document: "d", User: who, Role: "editor", CreatedAt: noon}, storage.AnyRole)
			return err
		},
		"ClaimInvitation": func() error {
			_, err := s.ClaimInvitation(t.Context(), "i"+name, storage.Grant{Document: "e", User: who, Role: "editor", CreatedAt: noon}, "")
			return err
		},
		"CreateSignIn": func() error {
			return s.CreateSignIn(t.Context(), storage.SignIn{ID: name, TokenHash: []byte(name), User: who, CreatedAt: noon, ExpiresAt: minute(9)})
		},
		"CreateToken": func() error { return s.CreateToken(t.Context(), token(name, who, noon, minute(9))) },
		"CreateCode":  func() error { return s.CreateCode(t.Context(), code(name, "reset", who)) },
		"CreateRequest": func() error {
			return s.CreateRequest(t.Context(), storage.AccessRequest{Document: "f", User: who, Role: "editor", CreatedAt: noon})
		},
		"SetGroupMember": func() error {
			return s.SetGroupMember(t.Context(), storage.GroupMember{Group: "g", User: who, CreatedAt: noon})
		},
		"CreateGroup": func() error {
			return s.CreateGroup(t.Context(), storage.Group{ID: name, Name: name, CreatedBy: who, CreatedAt: noon})
		},
		"SetPicture": func() error { return s.SetPicture(t.Context(), who, "image/png", []byte(name), "v") },
		"ChangeUser": func() error {
			email := name + "@changed.org"
			_, err := s.ChangeUser(t.Context(), who, storage.UserChange{Email: &email, Name: &name})
			return err
		},
		"CreateDocument": func() error {
			return s.CreateDocument(t.Context(), storage.Document{ID: storage.DocumentID(name), Owner: who, CreatedAt: noon}, nil)
		},
		"TransferDocument": func() error { return s.TransferDocument(t.Context(), "given", "ann", who, "editor", noon) },
	}
}

// giving creates what gifts need.
func giving(t *testing.T, s storage.Store) {
	t.Helper()
	accounts(t, s, "ann")
	team(t, s, "g", "ann")
	for _, id := range []storage.DocumentID{"d", "e", "f", "given"} {
		create(t, s, id, 0)
	}
}

func nothingGiven(t *testing.T, s storage.Store) {
	giving(t, s)
	accounts(t, s, "bob")
	invite(t, s, invitation("ix", "e", "x@x.org"))
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "bob", noon))
	for what, give := range gifts(t, s, "bob", "x") {
		wantErr(t, what+" for one who is deleted", give(), storage.ErrNotFound)
	}
	wantNothing(t, s, "bob")
	wantSame(t, "the invitation", waiting(t, s, "e"), []string{"ix"})
	wantSame(t, "codes", remaining(t, s, "reset", "x"), nil)
	createUser(t, s, user("new", "BOB@x.org"))
	again := user("bob", "other@x.org")
	wantErr(t, "CreateUser of a deleted one's id", s.CreateUser(t.Context(), again), storage.ErrExists)
}

func givenMeanwhile(t *testing.T, s storage.Store) {
	giving(t, s)
	for round := range 12 {
		name := fmt.Sprint("u", round)
		who := storage.UserID(name)
		accounts(t, s, who)
		invite(t, s, invitation("i"+name, "e", name+"@elsewhere.org"))
		calls := gifts(t, s, who, name)
		if round%3 > 0 { // else they are mostly owners already
			delete(calls, "CreateDocument")
			delete(calls, "TransferDocument")
		}
		names := slices.Sorted(maps.Keys(calls))
		errs := make([]error, len(names)+1)
		together(len(errs), func(i int) {
			if i == len(names) {
				errs[i] = s.DeleteUser(t.Context(), who, noon)
				return
			}
			errs[i] = calls[names[i]]()
		})
		deleted := errs[len(names)]
		if n := count(errs[:len(names)], nil) + count(errs[:len(names)], storage.ErrNotFound); n != len(names) {
			t.Errorf("given meanwhile: %v: %v", names, errs)
		}
		if deleted == nil {
			wantNothing(t, s, who)
			wantSame(t, "their codes", remaining(t, s, "reset", name), nil)
			wantSame(t, "places that tell of them", fmt.Sprint(holding(t, s, name+"@x.org", name+"@changed.org")), "map[]")
			continue
		}
		wantErr(t, "DeleteUser of one who came to own a document", deleted, storage.ErrLastOwner)
		sole, err := s.SoleOwned(t.Context(), who)
		noErr(t, "SoleOwned", err)
		if len(sole) == 0 {
			t.Error("DeleteUser refused for a document that is not theirs alone")
		}
		noErr(t, "TransferDocument back", giveBack(t, s, who))
	}
}

// giveBack makes ann the owner of the document given again, if who is one.
func giveBack(t *testing.T, s storage.Store, who storage.UserID) error {
	if g, err := s.Grant(t.Context(), "given", who); err != nil || g.Role != storage.RoleOwner {
		return nil
	}
	return s.TransferDocument(t.Context(), "given", who, "ann", "", noon)
}

func seenMeanwhile(t *testing.T, s storage.Store) {
	for round := range 8 {
		name := fmt.Sprint("u", round)
		who := storage.UserID(name)
		accounts(t, s, who)
		si := signIn(t, s, name, who, noon, minute(9))
		k := createToken(t, s, token(name, who, noon, minute(9)))
		done := make(chan struct{})
		together(3, func(i int) {
			if i == 0 {
				defer close(done)
				if err := s.DeleteUser(t.Context(), who, noon); err != nil {
					t.Errorf("DeleteUser = %v", err)
				}
				return
			}
			for last := false; !last; {
				select {
				case <-done:
					last = true // look once more
				default:
				}
				var u storage.User
				var err error
				if i == 1 {
					_, u, err = s.SignInByToken(t.Context(), si.TokenHash, noon)
				} else {
					_, u, err = s.TokenByHash(t.Context(), k.Hash, noon)
				}
				if err == nil && u.Email != name+"@x.org" || err != nil && !errors.Is(err, storage.ErrNotFound) || last && err == nil {
					t.Errorf("signed in meanwhile: %+v, %v, after it %v", u, err, last)
					return
				}
			}
		})
	}
}

func deletedAtOnce(t *testing.T, s storage.Store) {
	for round := range 6 {
		names := []storage.UserID{"a", "b", "c", "d"}
		for i := range names {
			names[i] = storage.UserID(fmt.Sprint(names[i], round))
		}
		accounts(t, s, names...)
		doc := storage.DocumentID(fmt.Sprint("d", round))
		noErr(t, "CreateDocument", s.CreateDocument(t.Context(), storage.Document{ID: doc, Owner: names[0], CreatedAt: noon}, nil))
		grant(t, s, doc, names[1], storage.RoleOwner)
		grant(t, s, doc, names[2], storage.RoleOwner)
		group := fmt.Sprint("g", round)
		team(t, s, group, names...)
		place(t, s, storage.GroupMember{Group: group, User: names[1], Manager: true, CreatedAt: noon})
		errs := atOnce(4, func(i int) error {
			switch i {
			case 2:
				return s.RemoveGrant(t.Context(), doc, names[2])
			case 3:
				return s.RemoveGroupMember(t.Context(), group, names[1])
			}
			return s.DeleteUser(t.Context(), names[i], noon)
		})
		if won, lost := count(errs[:3], nil), count(errs[:3], storage.ErrLastOwner); won != 2 || lost != 1 {
			t.Fatalf("%d owners went and %d stayed, want 2 and 1: %v", won, lost, errs)
		}
		if errs[3] != nil && count(errs[3:], storage.ErrNotFound)+count(errs[3:], storage.ErrLastManager) == 0 {
			t.Errorf("RemoveGroupMember = %v", errs[3])
		}
		all := members(t, s, group)
		if !slices.ContainsFunc(all, func(m storage.GroupMember) bool { return m.Manager }) {
			t.Errorf("nobody manages %+v", all)
		}
		d, err := s.Document(t.Context(), doc)
		noErr(t, "Document", err)
		if g, err := s.Grant(t.Context(), doc, d.Owner); err != nil || g.Role != storage.RoleOwner {
			t.Errorf("the document is said to be %s's, whose grant is %+v, %v: %v", d.Owner, g, err, errs)
		}
	}
}

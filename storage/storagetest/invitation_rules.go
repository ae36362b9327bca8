package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var invitationRules = []rule{
	{"Invitations", "an invitation comes back as it was and is found by its token, also when it expired", invitationBack},
	{"Invitations", "one to the same document and e-mail, whatever its case, takes the older one's place", invitationReplaced},
	{"Invitations", "of many to one e-mail at once, all are made and one is left", invitationRace},
	{"Invitations", "those that wait for an e-mail are found whatever its case, until they expire", invitationsTo},
	{"Invitations", "a claim removes the invitation and sets the grant, or does neither", claim},
	{"Invitations", "of many that claim one invitation exactly one does", claimRace},
	{"Invitations", "withdrawn and claimed at once, an invitation is one of both", claimOrWithdrawal},
	{"Requests", "a request is replaced by the same person's next and keeps when it was made", requests},
	{"Requests", "of one person's requests at once one is left", requestRace},
	{"L7", "what is asked of a tombstone is told so, of an id never used that it is none", sharingOfNone},
	{"L7", "what a deleted document was shared by is gone, of others nothing is", sharingGoes},
}

func invitation(id string, doc storage.DocumentID, email string) storage.Invitation {
	return storage.Invitation{
		ID: id, TokenHash: []byte("hash\x00\xff of " + id), Document: doc, Email: email, Role: "editor",
		CreatedBy: "ann", CreatedAt: noon, ExpiresAt: minute(10),
	}
}

func invite(t *testing.T, s storage.Store, i storage.Invitation) {
	t.Helper()
	noErr(t, fmt.Sprintf("CreateInvitation(%+v)", i), s.CreateInvitation(t.Context(), i))
}

// waiting returns the ids of doc's invitations.
func waiting(t *testing.T, s storage.Store, doc storage.DocumentID) (ids []string) {
	t.Helper()
	all, err := s.Invitations(t.Context(), doc)
	noErr(t, "Invitations", err)
	for _, i := range all {
		ids = append(ids, i.ID)
	}
	return ids
}

func invitationBack(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	a, b := invitation("a", "d", "Ünn@x.org"), invitation("b", "d", "bob@x.org")
	a.CreatedAt = minute(1).Add(999_999)
	invite(t, s, a)
	invite(t, s, b)
	a.CreatedAt = minute(1)
	got, err := s.InvitationByToken(t.Context(), a.TokenHash)
	noErr(t, "InvitationByToken", err)
	wantSame(t, "invitation", got, a)
	all, err := s.Invitations(t.Context(), "d")
	noErr(t, "Invitations", err)
	wantSame(t, "invitations, oldest first", all, []storage.Invitation{b, a})
	_, err = s.InvitationByToken(t.Context(), []byte("hash"))
	wantErr(t, "InvitationByToken of another token", err, storage.ErrNotFound)
	wantSame(t, "those of an id never used", waiting(t, s, "never"), nil)
	for _, bad := range []storage.Invitation{
		invitation("", "d", "x"), invitation("x", "", "x"), invitation("x", "d", ""),
		{ID: "x", Document: "d", Email: "x"}, {ID: "x", Document: "d", Email: "x", Role: storage.AnyRole},
	} {
		wantErr(t, fmt.Sprintf("CreateInvitation(%+v)", bad), s.CreateInvitation(t.Context(), bad), storage.ErrInvalid)
	}
	wantErr(t, "DeleteInvitation of none", s.DeleteInvitation(t.Context(), "d", "x"), storage.ErrNotFound)
	create(t, s, "e", 0)
	wantErr(t, "DeleteInvitation of another document's", s.DeleteInvitation(t.Context(), "e", "a"), storage.ErrNotFound)
	noErr(t, "DeleteInvitation", s.DeleteInvitation(t.Context(), "d", "a"))
	_, err = s.InvitationByToken(t.Context(), a.TokenHash)
	wantErr(t, "InvitationByToken of one withdrawn", err, storage.ErrNotFound)
	wantSame(t, "left", waiting(t, s, "d"), []string{"b"})
}

func invitationReplaced(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	create(t, s, "e", 0)
	first := invitation("1", "d", "Ünn@x.org")
	invite(t, s, first)
	invite(t, s, invitation("other", "d", "bob@x.org"))
	invite(t, s, invitation("elsewhere", "e", "ünn@X.org"))
	taken := invitation("2", "d", "ÜNN@x.org")
	taken.TokenHash = invitation("other", "", "").TokenHash
	wantErr(t, "CreateInvitation of another's token", s.CreateInvitation(t.Context(), taken), storage.ErrExists)
	wantErr(t, "CreateInvitation of another's id", s.CreateInvitation(t.Context(), invitation("elsewhere", "d", "ünn@x.org")), storage.ErrExists)
	wantSame(t, "those on d, when that failed", waiting(t, s, "d"), []string{"1", "other"})
	invite(t, s, invitation("2", "d", "üNN@x.org"))
	wantSame(t, "those on d", waiting(t, s, "d"), []string{"2", "other"})
	wantSame(t, "those on e", waiting(t, s, "e"), []string{"elsewhere"})
	_, err := s.InvitationByToken(t.Context(), first.TokenHash)
	wantErr(t, "InvitationByToken of one replaced", err, storage.ErrNotFound)
	again := invitation("2", "d", "ünn@x.org")
	again.Role = "viewer"
	invite(t, s, again)
	got, err := s.InvitationByToken(t.Context(), again.TokenHash)
	noErr(t, "InvitationByToken", err)
	wantSame(t, "one that took its own place", got, again)
}

func invitationRace(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	for round := range 4 {
		errs := atOnce(6, func(i int) error {
			return s.CreateInvitation(t.Context(), invitation(fmt.Sprint(round, ".", i), "d", []string{"a@x.org", "A@x.org"}[i%2]))
		})
		if made := count(errs, nil); made != len(errs) || len(waiting(t, s, "d")) != 1 {
			t.Fatalf("%d of %d were made, %d are left: %v", made, len(errs), len(waiting(t, s, "d")), errs)
		}
	}
}

func invitationsTo(t *testing.T, s storage.Store) {
	for _, id := range []storage.DocumentID{"d1", "d2", "d3", "d4"} {
		create(t, s, id, 0)
	}
	a, b, c, d := invitation("a", "d1", "Änn@x.org"), invitation("b", "d2", "änn@X.org"), invitation("c", "d3", "ÄNN@X.ORG"), invitation("d", "d4", "ann@x.org")
	b.CreatedAt, a.ExpiresAt = minute(-1), minute(9)
	for _, i := range []storage.Invitation{a, b, c, d} {
		invite(t, s, i)
	}
	to := func(email string, at int) []storage.Invitation {
		found, err := s.InvitationsTo(t.Context(), email, minute(at))
		noErr(t, "InvitationsTo", err)
		return found
	}
	wantSame(t, "all, oldest first", to("äNN@x.org", 8), []storage.Invitation{b, a, c})
	wantSame(t, "when one expires", to("äNN@x.org", 9), []storage.Invitation{b, c})
	wantSame(t, "when all did", to("äNN@x.org", 10), nil)
	wantSame(t, "of nobody", to("", 8), nil)
	wantSame(t, "of a pattern", to("%", 8), nil)
	got, err := s.InvitationByToken(t.Context(), a.TokenHash)
	noErr(t, "InvitationByToken", err)
	wantSame(t, "one that expired", got, a)
}

func claim(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	create(t, s, "d", 3)
	create(t, s, "e", 0)
	invite(t, s, invitation("i", "d", "bob@x.org"))
	g := storage.Grant{Document: "d", User: "bob", Role: "editor", CreatedAt: minute(2), Via: "invitation"}
	take := func(g storage.Grant, was string) (storage.Grant, error) {
		return s.ClaimInvitation(t.Context(), "i", g, was)
	}
	_, err := take(g, "viewer")
	wantErr(t, "ClaimInvitation for one who had another role", err, storage.ErrConflict)
	_, err = take(storage.Grant{Document: "d", User: "ann", Role: "editor"}, storage.AnyRole)
	wantErr(t, "ClaimInvitation for the last owner", err, storage.ErrLastOwner)
	_, err = take(storage.Grant{Document: "d", Role: "editor"}, "")
	wantErr(t, "ClaimInvitation for nobody", err, storage.ErrInvalid)
	_, err = take(storage.Grant{Document: "e", User: "bob", Role: "editor"}, "")
	wantErr(t, "ClaimInvitation on another document", err, storage.ErrNotFound)
	_, err = s.ClaimInvitation(t.Context(), "none", g, "")
	wantErr(t, "ClaimInvitation of none", err, storage.ErrNotFound)
	wantSame(t, "after that", waiting(t, s, "d"), []string{"i"})
	wantSame(t, "bob's roles after that", heldRoles(t, s, "d", "bob"), nil)
	got, err := take(g, "")
	noErr(t, "ClaimInvitation", err)
	g.Since = 3
	wantSame(t, "the grant", got, g)
	wantSame(t, "after the claim", waiting(t, s, "d"), nil)
	_, err = take(g, "editor")
	wantErr(t, "ClaimInvitation again", err, storage.ErrNotFound)
	invite(t, s, invitation("i", "d", "bob@x.org"))
	got, err = take(storage.Grant{Document: "d", User: "bob"}, "")
	noErr(t, "ClaimInvitation without a role", err)
	wantSame(t, "no grant", got, storage.Grant{})
	wantSame(t, "after that claim", waiting(t, s, "d"), nil)
	got, err = s.Grant(t.Context(), "d", "bob")
	noErr(t, "Grant", err)
	wantSame(t, "the grant as it was", got, g)
	invite(t, s, invitation("i", "d", "bob@x.org"))
	got, err = take(storage.Grant{Document: "d", User: "bob", Role: "viewer"}, storage.AnyRole)
	noErr(t, "ClaimInvitation of any role", err)
	g.Role = "viewer"
	wantSame(t, "the changed grant", got, g)
}

func claimRace(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	for round := range 6 {
		invite(t, s, invitation("i", "d", "x@x.org"))
		who := func(i int) storage.UserID { return storage.UserID(fmt.Sprint("u", round, ".", i)) }
		errs := atOnce(6, func(i int) error {
			_, err := s.ClaimInvitation(t.Context(), "i", storage.Grant{Document: "d", User: who(i), Role: "editor"}, "")
			return err
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrNotFound); won != 1 || lost != len(errs)-1 {
			t.Fatalf("%d claimed it, %d came late: %v", won, lost, errs)
		}
		for i, err := range errs {
			if found := len(heldRoles(t, s, "d", who(i))); (found == 1) != (err == nil) {
				t.Errorf("claiming ended in %v and gave %d roles", err, found)
			}
		}
	}
}

func claimOrWithdrawal(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	for round := range 8 {
		invite(t, s, invitation("i", "d", "x@x.org"))
		who := storage.UserID(fmt.Sprint("u", round))
		errs := atOnce(2, func(i int) error {
			if i == 0 {
				return s.DeleteInvitation(t.Context(), "d", "i")
			}
			_, err := s.ClaimInvitation(t.Context(), "i", storage.Grant{Document: "d", User: who, Role: "editor"}, "")
			return err
		})
		if count(errs, nil) != 1 || count(errs, storage.ErrNotFound) != 1 || (len(heldRoles(t, s, "d", who)) == 1) != (errs[1] == nil) {
			t.Fatalf("withdrawn and claimed: %v", errs)
		}
	}
}

func request(t *testing.T, s storage.Store, r storage.AccessRequest) {
	t.Helper()
	noErr(t, fmt.Sprintf("CreateRequest(%+v)", r), s.CreateRequest(t.Context(), r))
}

func requests(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat", "dan")
	create(t, s, "d", 0)
	create(t, s, "e", 0)
	bob := storage.AccessRequest{Document: "d", User: "bob", Role: "viewer", Message: "Plëase\x00", CreatedAt: minute(2).Add(999)}
	cat := storage.AccessRequest{Document: "d", User: "cat", Role: "editor", CreatedAt: minute(1)}
	ann := storage.AccessRequest{Document: "d", User: "ann", Role: "editor", CreatedAt: minute(2)}
	for _, r := range []storage.AccessRequest{bob, cat, ann} {
		request(t, s, r)
	}
	request(t, s, storage.AccessRequest{Document: "e", User: "bob", Role: "editor", CreatedAt: noon})
	bob.Message, bob.CreatedAt = "Plëase\uFFFD", minute(2)
	wantRequests(t, s, "d", cat, ann, bob)
	again := storage.AccessRequest{Document: "d", User: "bob", Role: "editor", Message: "now", CreatedAt: minute(7)}
	request(t, s, again)
	again.CreatedAt = minute(2)
	wantRequests(t, s, "d", cat, ann, again)
	wantRequests(t, s, "never")
	for what, bad := range map[string]storage.AccessRequest{
		"a document": {User: "bob", Role: "x"}, "a user": {Document: "d", Role: "x"}, "a role": {Document: "d", User: "bob"},
	} {
		wantErr(t, "CreateRequest without "+what, s.CreateRequest(t.Context(), bad), storage.ErrInvalid)
	}
	err := s.CreateRequest(t.Context(), storage.AccessRequest{Document: "d", User: "eve", Role: "viewer"})
	wantErr(t, "CreateRequest of nobody", err, storage.ErrNotFound)
	wantErr(t, "DeleteRequest of none", s.DeleteRequest(t.Context(), "d", "dan"), storage.ErrNotFound)
	noErr(t, "DeleteRequest", s.DeleteRequest(t.Context(), "d", "bob"))
	wantErr(t, "DeleteRequest again", s.DeleteRequest(t.Context(), "d", "bob"), storage.ErrNotFound)
	wantRequests(t, s, "d", cat, ann)
	wantRequests(t, s, "e", storage.AccessRequest{Document: "e", User: "bob", Role: "editor", CreatedAt: noon})
}

func wantRequests(t *testing.T, s storage.Store, doc storage.DocumentID, want ...storage.AccessRequest) {
	t.Helper()
	got, err := s.Requests(t.Context(), doc)
	noErr(t, "Requests", err)
	wantSame(t, "requests on "+string(doc), got, want)
}

func requestRace(t *testing.T, s storage.Store) {
	accounts(t, s, "bob")
	create(t, s, "d", 0)
	errs := atOnce(6, func(i int) error {
		return s.CreateRequest(t.Context(), storage.AccessRequest{Document: "d", User: "bob", Role: fmt.Sprint("role", i), CreatedAt: noon})
	})
	found, err := s.Requests(t.Context(), "d")
	noErr(t, "Requests", err)
	if count(errs, nil) != len(errs) || len(found) != 1 {
		t.Errorf("%d requests are left: %v", len(found), errs)
	}
}

func sharingOfNone(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	team(t, s, "g", "ann")
	create(t, s, "gone", 0)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	for doc, want := range map[storage.DocumentID]error{"gone": storage.ErrDeleted, "never": storage.ErrNotFound} {
		_, setGroup := s.SetGroupGrant(t.Context(), storage.GroupGrant{Document: doc, Group: "g", Role: "viewer"})
		_, setReach := s.SetReach(t.Context(), doc, "viewer")
		_, expiry := s.SetLinkExpiry(t.Context(), doc, "l", noon)
		_, claimed := s.ClaimInvitation(t.Context(), "i", storage.Grant{Document: doc, User: "bob", Role: "viewer"}, "")
		_, removed := s.ClaimInvitation(t.Context(), "i", storage.Grant{Document: doc, User: "bob"}, "")
		for what, err := range map[string]error{
			"SetGroupGrant": setGroup, "SetReach": setReach, "SetLinkExpiry": expiry, "ClaimInvitation": claimed,
			"ClaimInvitation without a role": removed,
			"RemoveGroupGrant":               s.RemoveGroupGrant(t.Context(), doc, "g"),
			"TransferDocument":               s.TransferDocument(t.Context(), doc, "ann", "bob", "", noon),
			"CreateInvitation":               s.CreateInvitation(t.Context(), invitation("i", doc, "x@x.org")),
			"DeleteInvitation":               s.DeleteInvitation(t.Context(), doc, "i"),
			"CreateRequest":                  s.CreateRequest(t.Context(), storage.AccessRequest{Document: doc, User: "bob", Role: "viewer"}),
			"DeleteRequest":                  s.DeleteRequest(t.Context(), doc, "bob"),
		} {
			wantErr(t, what+" of "+string(doc), err, want)
		}
	}
}

// sharedBy returns the numbers of a document's group grants, links, invitations and requests; the second is not 0 with a reach.
func sharedBy(t *testing.T, s storage.Store, doc storage.DocumentID) (counts [5]int) {
	t.Helper()
	groups, err := s.GroupGrants(t.Context(), doc)
	noErr(t, "GroupGrants", err)
	reach, err := s.Reach(t.Context(), doc)
	noErr(t, "Reach", err)
	links, err := s.Links(t.Context(), doc)
	noErr(t, "Links", err)
	asked, err := s.Requests(t.Context(), doc)
	noErr(t, "Requests", err)
	return [5]int{len(groups), len(reach.Role), len(links), len(waiting(t, s, doc)), len(asked)}
}

func sharingGoes(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	team(t, s, "g", "ann", "bob")
	for _, id := range []storage.DocumentID{"d", "kept"} {
		create(t, s, id, 0)
		groupGrant(t, s, id, "g", "viewer")
		_, err := s.SetReach(t.Context(), id, "viewer")
		noErr(t, "SetReach", err)
		noErr(t, "CreateLink", s.CreateLink(t.Context(), storage.Link{ID: string(id), Document: id, Role: "viewer", TokenHash: []byte(id)}))
		invite(t, s, invitation(string(id), id, "x@x.org"))
		request(t, s, storage.AccessRequest{Document: id, User: "cat", Role: "viewer"})
	}
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "d", noon))
	wantSame(t, "what is left of d", sharedBy(t, s, "d"), [5]int{})
	wantSame(t, "what is left of the other", sharedBy(t, s, "kept"), [5]int{1, len("viewer"), 1, 1, 1})
	for _, who := range []storage.UserID{"ann", "bob", "cat"} {
		wantSame(t, string(who)+"'s roles on d", heldRoles(t, s, "d", who), nil)
	}
	found, err := s.InvitationsTo(t.Context(), "x@x.org", noon)
	noErr(t, "InvitationsTo", err)
	wantSame(t, "invitations", len(found), 1)
	_, err = s.InvitationByToken(t.Context(), invitation("d", "", "").TokenHash)
	wantErr(t, "InvitationByToken", err, storage.ErrNotFound)
	documents, err := s.GroupDocuments(t.Context(), "g")
	noErr(t, "GroupDocuments", err)
	wantSame(t, "the group's documents", documents, []storage.DocumentID{"kept"})
}

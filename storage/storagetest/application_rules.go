package storagetest

import (
	"testing"

	"quire/storage"
)

const app = "https://app.example"

var applicationRules = []rule{
	{"Applications", "what an application's tokens make is the application's: no grant, its space, no last owner", applicationOwns},
	{"Applications", "grants and groups of an application's person are kept and let nobody in", applicationGrants},
	{"Applications", "who is only an application's person is no owner whom a document could be left to", applicationLastOwner},
	{"Applications", "an application's document is handed over to an account, not to one of its people", applicationTransfer},
	{"Applications", "a list of ranges of ids holds just these, in pages, ordered as every list", listWithin},
	{"Applications", "deleting an application's person leaves the application what is its own", applicationDeleteUser},
}

// appPerson creates an application's person, whom only its tokens name.
func appPerson(t *testing.T, s storage.Store, id storage.UserID) {
	t.Helper()
	u := user(id, "")
	u.Issuer, u.Subject = app, string(id)
	createUser(t, s, u)
}

func createByApp(t *testing.T, s storage.Store, id storage.DocumentID, n int) {
	t.Helper()
	d := storage.Document{ID: id, Title: string(id), Application: app, CreatedAt: noon}
	noErr(t, "CreateDocument", s.CreateDocument(t.Context(), d, opsOf("first", n)))
}

func applicationOwns(t *testing.T, s storage.Store) {
	createByApp(t, s, "d", 3)
	create(t, s, "ann's", 1)
	d, err := s.Document(t.Context(), "d")
	noErr(t, "Document", err)
	wantSame(t, "document", d, storage.Document{ID: "d", Title: "d", Application: app, CreatedAt: noon})
	wantGrants(t, s, "d")
	for application, want := range map[string]int64{app: head(t, s, "d").Bytes, "https://other.example": 0, "": 0} {
		got, err := s.ApplicationBytes(t.Context(), application)
		noErr(t, "ApplicationBytes", err)
		wantSame(t, "bytes of "+application, got, want)
	}
	grant(t, s, "d", "bob", storage.RoleOwner)
	noErr(t, "RemoveGrant of the only owner by name", s.RemoveGrant(t.Context(), "d", "bob"))
	both := storage.Document{ID: "e", Owner: "ann", Application: app}
	wantErr(t, "CreateDocument of two owners", s.CreateDocument(t.Context(), both, nil), storage.ErrInvalid)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "d", noon))
	got, err := s.ApplicationBytes(t.Context(), app)
	noErr(t, "ApplicationBytes", err)
	wantSame(t, "bytes after it was deleted", got, int64(0))
}

func applicationGrants(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	appPerson(t, s, "tom")
	create(t, s, "d", 2)
	team(t, s, "g", "ann", "tom")
	groupGrant(t, s, "d", "g", "editor")
	kept := grant(t, s, "d", "tom", storage.RoleOwner)
	got, err := s.Grant(t.Context(), "d", "tom")
	noErr(t, "Grant", err)
	wantSame(t, "grant", got, kept)
	wantSame(t, "held roles", len(heldRoles(t, s, "d", "tom")), 0)
	list, err := s.ListDocuments(t.Context(), storage.DocumentQuery{User: "tom", Scope: storage.ScopeAll, Limit: 9})
	noErr(t, "ListDocuments", err)
	wantSame(t, "the list of one whose grant does not count", ids(list), nil)
	list, err = s.ListDocuments(t.Context(), storage.DocumentQuery{User: "ann", Scope: storage.ScopeAll, Limit: 9})
	noErr(t, "ListDocuments", err)
	wantSame(t, "members", list[0].Members, []storage.UserID{"ann"})
	wantSame(t, "count of members", list[0].MemberCount, 1)
	all, err := s.ListAll(t.Context(), storage.DocumentQuery{Scope: storage.ScopeAll, Limit: 9})
	noErr(t, "ListAll", err)
	wantSame(t, "count of members for an administrator", all[0].MemberCount, 1)
}

func applicationLastOwner(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	appPerson(t, s, "tom")
	create(t, s, "d", 1)
	grant(t, s, "d", "tom", storage.RoleOwner)
	sole, err := s.SoleOwned(t.Context(), "ann")
	noErr(t, "SoleOwned", err)
	wantSame(t, "ann's alone", sole, []storage.SoleOwned{{Document: "d"}})
	sole, err = s.SoleOwned(t.Context(), "tom")
	noErr(t, "SoleOwned", err)
	wantSame(t, "tom's alone", sole, nil)
	wantErr(t, "RemoveGrant", s.RemoveGrant(t.Context(), "d", "ann"), storage.ErrLastOwner)
	_, err = s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "ann", Role: "editor"}, storage.AnyRole)
	wantErr(t, "SetGrant", err, storage.ErrLastOwner)
	wantErr(t, "DeleteUser", s.DeleteUser(t.Context(), "ann", noon), storage.ErrLastOwner)
	grant(t, s, "d", "bob", storage.RoleOwner)
	noErr(t, "DeleteUser beside another owner", s.DeleteUser(t.Context(), "ann", noon))
	wantOwner(t, s, "d", "bob")
	noErr(t, "RemoveGrant of one that does not count", s.RemoveGrant(t.Context(), "d", "tom"))
}

func applicationTransfer(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	appPerson(t, s, "tom")
	create(t, s, "ann's", 1)
	createByApp(t, s, "d", 2)
	give := func(doc storage.DocumentID, from, to storage.UserID, then string) error {
		return s.TransferDocument(t.Context(), doc, from, to, then, minute(5))
	}
	wantErr(t, "a person's, for an application", give("ann's", "", "bob", ""), storage.ErrNotFound)
	wantErr(t, "to one of an application's people", give("d", "", "tom", ""), storage.ErrNotFound)
	wantErr(t, "a person's, to one of an application's people", give("ann's", "ann", "tom", "editor"), storage.ErrNotFound)
	wantErr(t, "an application's, with a role to keep", give("d", "", "bob", "editor"), storage.ErrInvalid)
	noErr(t, "TransferDocument", give("d", "", "bob", ""))
	wantOwner(t, s, "d", "bob")
	wantGrants(t, s, "d", storage.Grant{Document: "d", User: "bob", Role: storage.RoleOwner, Since: 2, CreatedAt: minute(5), Via: storage.RoleOwner})
	wantErr(t, "once more", give("d", "", "ann", ""), storage.ErrNotFound)
	for application, want := range map[string]int64{app: 0, "bob": head(t, s, "d").Bytes} {
		got, err := s.ApplicationBytes(t.Context(), application)
		if application == "bob" {
			got, err = s.OwnedBytes(t.Context(), "bob")
		}
		noErr(t, "bytes", err)
		wantSame(t, "bytes of "+application, got, want)
	}
}

func applicationDeleteUser(t *testing.T, s storage.Store) {
	appPerson(t, s, "tom")
	createByApp(t, s, "d", 1)
	grant(t, s, "d", "tom", storage.RoleOwner)
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "tom", noon))
	d, err := s.Document(t.Context(), "d")
	noErr(t, "Document", err)
	wantSame(t, "whose it is", d.Application, app)
	wantGrants(t, s, "d")
}

func listWithin(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	appPerson(t, s, "tom")
	for i, id := range []storage.DocumentID{"a", "team", "team-1", "team-2", "team-A", "team_", "teal", "teb", "z"} {
		d := storage.Document{ID: id, Title: "Title " + string(id), Application: app, CreatedAt: minute(i / 2)}
		noErr(t, "CreateDocument", s.CreateDocument(t.Context(), d, nil))
	}
	grant(t, s, "team-1", "ann", "viewer")
	grant(t, s, "team-1", "tom", "viewer")
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "team-2", "ann", noon))
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "team_", noon))
	q := storage.DocumentQuery{Scope: storage.ScopeAll, Limit: 99, Within: []storage.IDRange{
		{From: "a", Before: "a\x01"}, {From: "team", Before: "team\x7f"}, {From: "z", Before: "z\x7f"},
	}}
	list := func(q storage.DocumentQuery) []storage.Listed {
		found, err := s.ListWithin(t.Context(), q)
		noErr(t, "ListWithin", err)
		return found
	}
	all := []storage.DocumentID{"z", "team-A", "team-1", "a", "team"}
	whole := list(q)
	wantSame(t, "the list", ids(whole), all)
	wantSame(t, "members", whole[2].Members, []storage.UserID{"ann"})
	wantSame(t, "count of members", whole[2].MemberCount, 1)
	wantSame(t, "document", whole[4].Document, storage.Document{ID: "team", Title: "Title team", Application: app, CreatedAt: noon})
	q.Limit = 2
	for i := 0; i < len(all); i += 2 {
		page := list(q)
		wantSame(t, "page", ids(page), all[i:min(i+2, len(all))])
		q.After = page[len(page)-1].Cursor()
	}
	wantSame(t, "after the last", ids(list(q)), nil)
	q.After, q.Title = storage.Cursor{}, "TITLE TEAM-"
	wantSame(t, "by title", ids(list(q)), []storage.DocumentID{"team-A", "team-1"})
	q.Title, q.Scope = "", storage.ScopeTrash
	wantSame(t, "the trash", ids(list(q)), []storage.DocumentID{"team-2"})
	for what, empty := range map[string]storage.DocumentQuery{
		"no range": {Scope: storage.ScopeAll, Limit: 9}, "another scope": {Scope: storage.ScopeMine, Limit: 9, Within: q.Within},
	} {
		wantSame(t, what, ids(list(empty)), nil)
	}
}

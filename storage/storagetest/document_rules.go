package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var documentRules = []rule{
	{"L7", "of many that create one id exactly one does, with its ops and its owner's grant", createOnce},
	{"L7", "a document that could not be created leaves nothing behind", createWhole},
	{"L7", "a deleted id is never used again", tombstone},
	{"L7", "deleting for good removes everything", deleteAll},
	{"L1", "deleting for good against appends leaves nothing half", deleteAgainstAppend},
	{"Documents", "a preview counts from the creation on", firstPreview},
	{"Documents", "a title is kept as clean text", titles},
	{"Documents", "the trash is a flag and keeps its first time and person", trash},
	{"Documents", "what was trashed before a time is listed, the longest ago first", trashedBefore},
	{"Documents", "the bytes a person owns are those of the logs they made", ownedBytes},
}

func createOnce(t *testing.T, s storage.Store) {
	const writers = 8
	for round := range 5 {
		id := storage.DocumentID(fmt.Sprint("d", round))
		errs := make([]error, writers)
		together(writers, func(i int) {
			d := storage.Document{ID: id, Title: fmt.Sprint(i), Owner: storage.UserID(fmt.Sprint("u", i)), CreatedAt: noon}
			errs[i] = s.CreateDocument(t.Context(), d, opsOf(fmt.Sprint(i), i+1))
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrExists); won != 1 || lost != writers-1 {
			t.Fatalf("%d created and %d found it taken: %v", won, lost, errs)
		}
		l := load(t, s, id, storage.Newest)
		owner := l.Document.Owner
		wantSame(t, "title and owner", "u"+l.Document.Title, string(owner))
		if fmt.Sprint(len(l.Ops)-1) != l.Document.Title || l.Ops[0].Client != l.Document.Title {
			t.Errorf("the document is %s's, its %d ops %s's", l.Document.Title, len(l.Ops), l.Ops[0].Client)
		}
		grants, err := s.Grants(t.Context(), id)
		noErr(t, "Grants", err)
		wantSame(t, "grants", grants, []storage.Grant{{Document: id, User: owner, Role: storage.RoleOwner, CreatedAt: noon, Via: storage.RoleOwner}})
	}
}

func firstPreview(t *testing.T, s storage.Store) {
	noErr(t, "CreateDocument", s.CreateDocument(t.Context(),
		storage.Document{ID: "d", Owner: "ann", CreatedAt: noon, Preview: "first words\x00"}, opsOf("ann", 3)))
	d, err := s.Document(t.Context(), "d")
	noErr(t, "Document", err)
	wantSame(t, "preview when created", d.Preview, storage.Text("first words\x00"))
	save(t, s, "d", 2)
	d, err = s.Document(t.Context(), "d")
	noErr(t, "Document", err)
	wantSame(t, "preview of the first snapshot", d.Preview, "preview 2")
}

func createWhole(t *testing.T, s storage.Store) {
	create(t, s, "d", 2)
	err := s.CreateDocument(t.Context(), storage.Document{ID: "d", Title: "other", Owner: "bob", CreatedAt: minute(1)}, opsOf("bob", 5))
	wantErr(t, "CreateDocument of a taken id", err, storage.ErrExists)
	wantErr(t, "CreateDocument without an owner", s.CreateDocument(t.Context(), storage.Document{ID: "e"}, nil), storage.ErrInvalid)
	wantErr(t, "CreateDocument without an id", s.CreateDocument(t.Context(), storage.Document{Owner: "bob"}, nil), storage.ErrInvalid)
	l := load(t, s, "d", storage.Newest)
	wantSame(t, "document", l.Document, storage.Document{ID: "d", Title: "d", Owner: "ann", CreatedAt: noon})
	wantSame(t, "ops", l.Ops, opsOf("first", 2))
	_, err = s.Grant(t.Context(), "d", "bob")
	wantErr(t, "Grant of the loser", err, storage.ErrNotFound)
	_, err = s.Document(t.Context(), "e")
	wantErr(t, "Document without an owner", err, storage.ErrNotFound)
}

func tombstone(t *testing.T, s storage.Store) {
	create(t, s, "d", 2)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "d", noon))
	wantErr(t, "CreateDocument of a deleted id", s.CreateDocument(t.Context(), storage.Document{ID: "d", Owner: "ann"}, nil), storage.ErrExists)
	wantErr(t, "Append to a deleted id", appendOne(t, s, "d", 2, op("a", 1)), storage.ErrDeleted)
	wantErr(t, "Append to a deleted id at 0", appendOne(t, s, "d", 0, op("a", 1)), storage.ErrDeleted)
	wantErr(t, "DeleteDocument again", s.DeleteDocument(t.Context(), "d", noon), storage.ErrDeleted)
	wantErr(t, "SetTitle", s.SetTitle(t.Context(), "d", "x"), storage.ErrDeleted)
	wantErr(t, "TrashDocument", s.TrashDocument(t.Context(), "d", "ann", noon), storage.ErrDeleted)
	wantErr(t, "RestoreDocument", s.RestoreDocument(t.Context(), "d"), storage.ErrDeleted)
	_, err := s.Document(t.Context(), "d")
	wantErr(t, "Document", err, storage.ErrDeleted)
	_, err = s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "ann", Role: "owner"}, storage.AnyRole)
	wantErr(t, "SetGrant", err, storage.ErrDeleted)
	wantErr(t, "RemoveGrant", s.RemoveGrant(t.Context(), "d", "ann"), storage.ErrDeleted)
	wantErr(t, "CreateLink", s.CreateLink(t.Context(), storage.Link{ID: "l", Document: "d", Role: "viewer", TokenHash: []byte("h")}), storage.ErrDeleted)
	wantErr(t, "DeleteLink", s.DeleteLink(t.Context(), "d", "l"), storage.ErrDeleted)
	for what, err := range map[string]error{
		"SetTitle":        s.SetTitle(t.Context(), "never", "x"),
		"TrashDocument":   s.TrashDocument(t.Context(), "never", "ann", noon),
		"RestoreDocument": s.RestoreDocument(t.Context(), "never"),
		"DeleteDocument":  s.DeleteDocument(t.Context(), "never", noon),
		"RemoveGrant":     s.RemoveGrant(t.Context(), "never", "ann"),
	} {
		wantErr(t, what+" of an id never used", err, storage.ErrNotFound)
	}
}

func deleteAll(t *testing.T, s storage.Store) {
	create(t, s, "kept", 2)
	create(t, s, "d", 2)
	for _, id := range []storage.DocumentID{"kept", "d"} {
		save(t, s, id, 2)
		_, err := s.SetGrant(t.Context(), storage.Grant{Document: id, User: "bob", Role: "viewer", CreatedAt: noon}, "")
		noErr(t, "SetGrant", err)
		noErr(t, "CreateLink", s.CreateLink(t.Context(), storage.Link{ID: "l" + string(id), Document: id, Role: "viewer", TokenHash: []byte(id), CreatedAt: noon}))
	}
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "d", noon))
	for _, id := range []storage.DocumentID{"kept", "d"} {
		left := 1
		if id == "d" {
			left = 0
		}
		grants, err := s.Grants(t.Context(), id)
		noErr(t, "Grants", err)
		links, err := s.Links(t.Context(), id)
		noErr(t, "Links", err)
		if len(grants) != 2*left || len(links) != left {
			t.Errorf("%s: %d grants and %d links are left", id, len(grants), len(links))
		}
	}
	_, err := s.LinkByToken(t.Context(), []byte("d"))
	wantErr(t, "LinkByToken", err, storage.ErrNotFound)
	_, err = s.Grant(t.Context(), "d", "bob")
	wantErr(t, "Grant", err, storage.ErrNotFound)
	list, err := s.ListDocuments(t.Context(), storage.DocumentQuery{User: "bob", Scope: storage.ScopeAll, Limit: 9})
	noErr(t, "ListDocuments", err)
	wantSame(t, "bob's list", ids(list), []storage.DocumentID{"kept"})
	wantSame(t, "the other document", len(load(t, s, "kept", storage.Newest).Snapshot.Body) > 0, true)
}

func deleteAgainstAppend(t *testing.T, s storage.Store) {
	for round := range 6 {
		id := storage.DocumentID(fmt.Sprint("d", round))
		create(t, s, id, 0)
		together(3, func(i int) {
			switch i {
			case 0:
				if err := s.DeleteDocument(t.Context(), id, noon); err != nil {
					t.Errorf("DeleteDocument = %v", err)
				}
			case 1:
				for base := storage.Revision(0); ; base++ {
					if err := s.Append(t.Context(), []storage.Batch{{Document: id, Base: base, Ops: opsOf("a", 1)}})[0]; err != nil {
						wantErr(t, "Append meanwhile", err, storage.ErrDeleted)
						return
					}
				}
			case 2:
				for {
					if _, err := s.Load(t.Context(), id, storage.Newest, 0); err != nil {
						wantErr(t, "Load meanwhile", err, storage.ErrDeleted)
						return
					}
				}
			}
		})
	}
}

func titles(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	for given, want := range map[string]string{"": "", "Übergröße 😀": "Übergröße 😀", "a\x00b": "a\uFFFDb", "\xff": "\uFFFD", "'; --": "'; --"} {
		noErr(t, "SetTitle", s.SetTitle(t.Context(), "d", given))
		d, err := s.Document(t.Context(), "d")
		noErr(t, "Document", err)
		wantSame(t, "title", d.Title, want)
	}
	d := storage.Document{ID: "e", Title: "x\x00", Owner: "ann", CreatedAt: noon.Add(1_999_999)}
	noErr(t, "CreateDocument", s.CreateDocument(t.Context(), d, nil))
	got, err := s.Document(t.Context(), "e")
	noErr(t, "Document", err)
	wantSame(t, "document", got, storage.Document{ID: "e", Title: "x\uFFFD", Owner: "ann", CreatedAt: noon.Add(1_000_000)})
}

func trash(t *testing.T, s storage.Store) {
	create(t, s, "d", 2)
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "d", "ann", minute(1)))
	noErr(t, "TrashDocument again", s.TrashDocument(t.Context(), "d", "bob", minute(2)))
	l := load(t, s, "d", storage.Newest)
	wantSame(t, "trashed", l.Document, storage.Document{ID: "d", Title: "d", Owner: "ann", CreatedAt: noon, TrashedAt: minute(1), TrashedBy: "ann"})
	wantSame(t, "ops in the trash", l.Ops, opsOf("first", 2))
	noErr(t, "RestoreDocument", s.RestoreDocument(t.Context(), "d"))
	noErr(t, "RestoreDocument again", s.RestoreDocument(t.Context(), "d"))
	d, err := s.Document(t.Context(), "d")
	noErr(t, "Document", err)
	wantSame(t, "restored", d, storage.Document{ID: "d", Title: "d", Owner: "ann", CreatedAt: noon})
}

func trashedBefore(t *testing.T, s storage.Store) {
	for i := range 5 {
		id := storage.DocumentID(fmt.Sprint("d", i))
		create(t, s, id, 0)
		if i != 2 {
			noErr(t, "TrashDocument", s.TrashDocument(t.Context(), id, "ann", minute(10-i)))
		}
	}
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "d4", noon))
	for _, c := range []struct {
		before, limit int
		want          []storage.DocumentID
	}{{99, 9, []storage.DocumentID{"d3", "d1", "d0"}}, {99, 2, []storage.DocumentID{"d3", "d1"}}, {10, 9, []storage.DocumentID{"d3", "d1"}}, {7, 9, nil}} {
		got, err := s.TrashedBefore(t.Context(), minute(c.before), c.limit)
		noErr(t, "TrashedBefore", err)
		wantSame(t, fmt.Sprintf("trashed before minute %d", c.before), got, c.want)
	}
}

func ownedBytes(t *testing.T, s storage.Store) {
	create(t, s, "a", 3)
	create(t, s, "b", 0)
	create(t, s, "c", 5)
	appendOps(t, s, "b", 0, opsOf("x", 4)...)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "c", noon))
	got, err := s.OwnedBytes(t.Context(), "ann")
	noErr(t, "OwnedBytes", err)
	wantSame(t, "ann's bytes", got, head(t, s, "a").Bytes+head(t, s, "b").Bytes)
	got, err = s.OwnedBytes(t.Context(), "bob")
	noErr(t, "OwnedBytes", err)
	wantSame(t, "bob's bytes", got, int64(0))
}

func ids(list []storage.Listed) []storage.DocumentID {
	var found []storage.DocumentID
	for _, l := range list {
		found = append(found, l.Document.ID)
	}
	return found
}

package storagetest

import (
	"fmt"
	"slices"
	"testing"

	"quire/storage"
)

var adminRules = []rule{
	{"People", "a list of people tells what each owns and when they were last seen", listedPeople},
	{"People", "people are found by name or e-mail whatever the case, and no character is special", findPeople},
	{"People", "pages go by folded name, then id, and neither miss nor repeat, whoever comes meanwhile", peoplePages},
	{"Lists", "all documents are listed, or one owner's, whoever has a grant", listAll},
	{"Lists", "pages of all documents neither miss nor repeat, whatever is made meanwhile", allPages},
	{"Totals", "totals count what there is", totals},
	{"Size", "the database takes at least what the logs hold", databaseSize},
	{"Pictures", "a picture comes back with its version until it is removed", pictures},
}

func listPeople(t *testing.T, s storage.Store, q storage.PersonQuery) []storage.PersonListed {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 99
	}
	found, err := s.ListPeople(t.Context(), q)
	noErr(t, fmt.Sprintf("ListPeople(%+v)", q), err)
	return found
}

func personIDs(list []storage.PersonListed) (found []storage.UserID) {
	for _, p := range list {
		found = append(found, p.User.ID)
	}
	return found
}

func listedPeople(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	guest := user("guest", "")
	guest.Guest = true
	createUser(t, s, guest)
	app := user("app", "")
	app.Issuer, app.Subject = "app", "1"
	createUser(t, s, app)
	for id, n := range map[storage.DocumentID]int{"one": 3, "two": 0, "trashed": 2, "gone": 5} {
		create(t, s, id, n)
	}
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "trashed", "ann", noon))
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	grant(t, s, "one", "bob", storage.RoleOwner)
	signIn(t, s, "a", "ann", minute(3), minute(9))
	signIn(t, s, "b", "ann", minute(5), minute(9))
	signIn(t, s, "c", "ann", minute(4), minute(9))
	noErr(t, "TouchSignIn", s.TouchSignIn(t.Context(), "a", minute(7), minute(9)))
	ann := storage.PersonListed{
		User: user("ann", "ann@x.org"), Documents: 3, Bytes: head(t, s, "one").Bytes + head(t, s, "trashed").Bytes, LastSeenAt: minute(7),
	}
	bob := storage.PersonListed{User: user("bob", "bob@x.org")}
	wantSame(t, "accounts", listPeople(t, s, storage.PersonQuery{}), []storage.PersonListed{ann, bob})
	all := []storage.PersonListed{ann, {User: app}, bob, {User: guest}}
	wantSame(t, "all", listPeople(t, s, storage.PersonQuery{Guests: true}), all)
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "bob", minute(1)))
	wantSame(t, "accounts without one deleted", personIDs(listPeople(t, s, storage.PersonQuery{})), []storage.UserID{"ann"})
	wantSame(t, "all without one deleted", personIDs(listPeople(t, s, storage.PersonQuery{Guests: true})), []storage.UserID{"ann", "app", "guest"})
}

func findPeople(t *testing.T, s storage.Store) {
	for id, names := range map[storage.UserID][2]string{
		"1": {"Änne 100%", "a@x.org"}, "2": {"Bob_Ross", "bob@GRÖSSE.org"}, "3": {`back\slash`, "ΟΔΥΣΣΕΥΣ@x.org"}, "4": {"", "d@änne.org"},
	} {
		u := user(id, names[1])
		u.Name = names[0]
		createUser(t, s, u)
	}
	for text, want := range map[string][]storage.UserID{
		"äNNE": {"1", "4"}, "%": {"1"}, "0%": {"1"}, "_": {"2"}, "b_R": {"2"}, "größe": nil, "grösse": {"2"}, `\`: {"3"}, "οδυσσευς": {"3"},
		"@x.": {"1", "3"}, "'": nil, "\x00": nil, "": {"1", "2", "3", "4"}, "100% a@": nil,
	} {
		found := personIDs(listPeople(t, s, storage.PersonQuery{Text: text}))
		slices.Sort(found)
		wantSame(t, fmt.Sprintf("people of %q", text), found, want)
	}
}

func peoplePages(t *testing.T, s storage.Store) {
	names := []string{"", "ann", "Ann", "ANN", "bob", "Zoë", "zoe", "Änn", "änn", "%", "Éa", "a"}
	var want []storage.UserID
	people := map[storage.UserID]string{}
	for i, name := range names {
		u := user(storage.UserID(fmt.Sprintf("u%02d", i*5%len(names))), fmt.Sprintf("u%d@x.org", i))
		u.Name = name
		createUser(t, s, u)
		people[u.ID], want = storage.Fold(name), append(want, u.ID)
	}
	slices.SortFunc(want, func(a, b storage.UserID) int {
		return slices.Compare([]string{people[a], string(a)}, []string{people[b], string(b)})
	})
	newcomers := 0
	for _, limit := range []int{1, 2, 5, len(names)} {
		var got []storage.UserID
		q := storage.PersonQuery{Limit: limit}
		for page := listPeople(t, s, q); len(page) > 0; page = listPeople(t, s, q) {
			got = append(got, personIDs(page)...)
			last := page[len(page)-1].User
			q.AfterName, q.AfterID = storage.Fold(last.Name), last.ID
			newcomers++
			u := user(storage.UserID(fmt.Sprint("new", newcomers)), fmt.Sprintf("new%d@x.org", newcomers))
			u.Name = []string{"", "ann", "zz"}[newcomers%3] // before, at and after the cursor
			createUser(t, s, u)
			if newcomers > 200 {
				t.Fatal("the pages do not end")
			}
		}
		seen := slices.Clone(got)
		slices.Sort(seen)
		if len(slices.Compact(seen)) != len(got) {
			t.Errorf("pages of %d repeat: %v", limit, got)
		}
		got = slices.DeleteFunc(got, func(id storage.UserID) bool { return people[id] == "" && id[0] == 'n' })
		wantSame(t, fmt.Sprint("pages of ", limit), got, want)
	}
}

func allDocuments(t *testing.T, s storage.Store, q storage.DocumentQuery) (found []storage.DocumentListed) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 99
	}
	found, err := s.ListAll(t.Context(), q)
	noErr(t, fmt.Sprintf("ListAll(%+v)", q), err)
	return found
}

func documentIDs(list []storage.DocumentListed) (found []storage.DocumentID) {
	for _, l := range list {
		found = append(found, l.Document.ID)
	}
	return found
}

func listAll(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	for i, id := range []storage.DocumentID{"anns", "bobs", "given", "trashed", "gone"} {
		create(t, s, id, 0)
		o := op("a", 1)
		o.At = minute(i)
		appendOps(t, s, id, 0, o)
	}
	for _, id := range []storage.DocumentID{"bobs", "given"} {
		then := map[storage.DocumentID]string{"bobs": "", "given": "editor"}[id]
		noErr(t, "TransferDocument", s.TransferDocument(t.Context(), id, "ann", "bob", then, noon))
	}
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "trashed", "ann", noon))
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	for _, c := range []struct {
		query storage.DocumentQuery
		want  []storage.DocumentID
	}{
		{storage.DocumentQuery{Scope: storage.ScopeAll}, []storage.DocumentID{"given", "bobs", "anns"}},
		{storage.DocumentQuery{Scope: storage.ScopeAll, User: "bob"}, []storage.DocumentID{"given", "bobs"}},
		{storage.DocumentQuery{Scope: storage.ScopeAll, User: "ann"}, []storage.DocumentID{"anns"}},
		{storage.DocumentQuery{Scope: storage.ScopeAll, User: "eve"}, nil},
		{storage.DocumentQuery{Scope: storage.ScopeTrash}, []storage.DocumentID{"trashed"}},
		{storage.DocumentQuery{Scope: storage.ScopeTrash, User: "bob"}, nil},
		{storage.DocumentQuery{Scope: storage.ScopeMine}, nil},
		{storage.DocumentQuery{Scope: storage.ScopeShared, User: "bob"}, nil},
		{storage.DocumentQuery{Scope: storage.ScopeAll, Title: "S"}, []storage.DocumentID{"bobs", "anns"}},
		{storage.DocumentQuery{Scope: storage.ScopeAll, Title: "%"}, nil},
	} {
		wantSame(t, fmt.Sprintf("ListAll(%+v)", c.query), documentIDs(allDocuments(t, s, c.query)), c.want)
	}
	got := allDocuments(t, s, storage.DocumentQuery{Scope: storage.ScopeAll, Limit: 1})
	want := storage.DocumentListed{
		Document: storage.Document{ID: "given", Title: "given", Owner: "bob", CreatedAt: noon}, Head: head(t, s, "given"), MemberCount: 2,
	}
	wantSame(t, "the first", got, []storage.DocumentListed{want})
}

func allPages(t *testing.T, s storage.Store) {
	const n = 13
	made := 0
	new := func(at int) storage.DocumentID {
		id := storage.DocumentID(fmt.Sprintf("d%02d", made*7%n+made/n*n)) // ids and times in different orders
		made++
		create(t, s, id, 0)
		o := op("a", 1)
		o.At = minute(at)
		appendOps(t, s, id, 0, o)
		return id
	}
	for i := range n {
		new(i % 3)
	}
	want := documentIDs(allDocuments(t, s, storage.DocumentQuery{Scope: storage.ScopeAll}))
	wantSame(t, "all", len(want), n)
	for _, limit := range []int{1, 4, n} {
		var got []storage.DocumentID
		q := storage.DocumentQuery{Scope: storage.ScopeAll, Limit: limit}
		for page := allDocuments(t, s, q); len(page) > 0; page = allDocuments(t, s, q) {
			got = append(got, documentIDs(page)...)
			q.After = page[len(page)-1].Cursor()
			new(9) // newer than all, so it comes before the page's cursor
		}
		wantSame(t, fmt.Sprint("pages of ", limit), got[len(got)-n:], want)
		slices.Sort(got)
		wantSame(t, "none twice", len(slices.Compact(got)), len(got))
	}
}

func totals(t *testing.T, s storage.Store) {
	want := storage.Totals{}
	check := func(what string) {
		t.Helper()
		got, err := s.Totals(t.Context())
		noErr(t, "Totals", err)
		wantSame(t, "totals "+what, got, want)
	}
	check("of nothing")
	accounts(t, s, "ann", "bob")
	createUser(t, s, user("app", ""))
	half := user("half", "half@x.org")
	half.Guest = true
	createUser(t, s, half)
	for id, n := range map[storage.DocumentID]int{"a": 3, "b": 0, "c": 4, "gone": 5} {
		create(t, s, id, n)
	}
	noErr(t, "TrashDocument", s.TrashDocument(t.Context(), "c", "ann", noon))
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	want = storage.Totals{Accounts: 2, Guests: 2, Documents: 3, Trashed: 1, Ops: 7, Bytes: head(t, s, "a").Bytes + head(t, s, "c").Bytes}
	check("of all")
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "bob", noon))
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "app", noon))
	want.Accounts, want.Guests = 1, 1
	check("without those deleted")
}

func databaseSize(t *testing.T, s storage.Store) {
	create(t, s, "d", 20)
	size, err := s.Size(t.Context())
	noErr(t, "Size", err)
	if least := head(t, s, "d").Bytes; size < least {
		t.Errorf("the database takes %d bytes, and its log alone has %d", size, least)
	}
}

func pictures(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	set := func(id storage.UserID, kind, body, version string) error {
		return s.SetPicture(t.Context(), id, kind, []byte(body), version)
	}
	wantPicture := func(id storage.UserID, kind, body, version string) {
		t.Helper()
		gotKind, gotBody, gotVersion, err := s.Picture(t.Context(), id)
		noErr(t, "Picture", err)
		wantSame(t, "picture", []string{gotKind, string(gotBody), gotVersion}, []string{kind, body, version})
		u, err := s.User(t.Context(), id)
		noErr(t, "User", err)
		wantSame(t, "version with the user", u.Picture, version)
	}
	_, _, _, err := s.Picture(t.Context(), "ann")
	wantErr(t, "Picture of none", err, storage.ErrNotFound)
	noErr(t, "SetPicture", set("ann", "image/png", "\x00\xffpng", "v1"))
	noErr(t, "SetPicture of another's", set("bob", "image/webp", "bob", "v1"))
	wantPicture("ann", "image/png", "\x00\xffpng", "v1")
	noErr(t, "SetPicture over one", set("ann", "image/jpeg", "jpg", "v2"))
	wantPicture("ann", "image/jpeg", "jpg", "v2")
	name := "other"
	u, err := s.ChangeUser(t.Context(), "ann", storage.UserChange{Name: &name})
	noErr(t, "ChangeUser", err)
	wantSame(t, "version after another change", u.Picture, "v2")
	wantErr(t, "SetPicture of nobody", set("eve", "image/png", "x", "v1"), storage.ErrNotFound)
	wantErr(t, "SetPicture to nothing of nobody", set("eve", "", "", ""), storage.ErrNotFound)
	wantErr(t, "SetPicture without a version", set("ann", "image/png", "x", ""), storage.ErrInvalid)
	wantPicture("ann", "image/jpeg", "jpg", "v2")
	noErr(t, "SetPicture to nothing", set("ann", "", "", "v3"))
	_, _, _, err = s.Picture(t.Context(), "ann")
	wantErr(t, "Picture removed", err, storage.ErrNotFound)
	u, err = s.User(t.Context(), "ann")
	noErr(t, "User", err)
	wantSame(t, "version of none", u.Picture, "")
	wantPicture("bob", "image/webp", "bob", "v1")
}

package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var listRules = []rule{
	{"Lists", "each scope shows what it says", scopes},
	{"Lists", "newest change first, then by id, and pages neither miss nor repeat", pages},
	{"Lists", "titles are found whatever their case, and no character is special", titleSearch},
	{"Lists", "a listed document tells head, role, preview and its first members", listed},
}

func list(t *testing.T, s storage.Store, q storage.DocumentQuery) []storage.Listed {
	t.Helper()
	found, err := s.ListDocuments(t.Context(), q)
	noErr(t, fmt.Sprintf("ListDocuments(%+v)", q), err)
	return found
}

func grant(t *testing.T, s storage.Store, id storage.DocumentID, user storage.UserID, role string) storage.Grant {
	t.Helper()
	g, err := s.SetGrant(t.Context(), storage.Grant{Document: id, User: user, Role: role, CreatedAt: minute(1), Via: "link"}, storage.AnyRole)
	noErr(t, "SetGrant", err)
	return g
}

func scopes(t *testing.T, s storage.Store) {
	for _, id := range []storage.DocumentID{"annOnly", "bobViews", "bobOwns", "trashedViews", "trashedOwns"} {
		create(t, s, id, 0)
	}
	grant(t, s, "bobViews", "bob", "viewer")
	grant(t, s, "bobOwns", "bob", storage.RoleOwner)
	grant(t, s, "trashedViews", "bob", "editor")
	grant(t, s, "trashedOwns", "bob", storage.RoleOwner)
	for _, id := range []storage.DocumentID{"trashedViews", "trashedOwns"} {
		noErr(t, "TrashDocument", s.TrashDocument(t.Context(), id, "ann", noon))
	}
	for scope, want := range map[storage.Scope][]storage.DocumentID{
		storage.ScopeAll:    {"bobOwns", "bobViews"},
		storage.ScopeMine:   {"bobOwns"},
		storage.ScopeShared: {"bobViews"},
		storage.ScopeTrash:  {"trashedOwns"},
		"other":             nil,
	} {
		wantSame(t, string(scope), ids(list(t, s, storage.DocumentQuery{User: "bob", Scope: scope, Limit: 9})), want)
	}
	wantSame(t, "a stranger's list", ids(list(t, s, storage.DocumentQuery{User: "eve", Scope: storage.ScopeAll, Limit: 9})), nil)
	wantSame(t, "nobody's list", ids(list(t, s, storage.DocumentQuery{Scope: storage.ScopeAll, Limit: 9})), nil)
}

func pages(t *testing.T, s storage.Store) {
	const n = 23
	for i := range n { // ids and times in different orders, several of one time
		id := storage.DocumentID(fmt.Sprintf("d%02d", i*7%n))
		create(t, s, id, 0)
		o := op("a", 1)
		o.At = minute(i % 4)
		appendOps(t, s, id, 0, o)
	}
	whole := list(t, s, storage.DocumentQuery{User: "ann", Scope: storage.ScopeAll, Limit: n + 1})
	if len(whole) != n {
		t.Fatalf("the list has %d documents, want %d", len(whole), n)
	}
	for i := 1; i < n; i++ {
		a, b := whole[i-1].Cursor(), whole[i].Cursor()
		if a.UpdatedAt.Before(b.UpdatedAt) || a.UpdatedAt.Equal(b.UpdatedAt) && a.ID >= b.ID {
			t.Errorf("%v stands before %v", a, b)
		}
	}
	for _, limit := range []int{1, 2, 5, n} {
		var got []storage.Listed
		q := storage.DocumentQuery{User: "ann", Scope: storage.ScopeAll, Limit: limit}
		for page := list(t, s, q); len(page) > 0; page = list(t, s, q) {
			got = append(got, page...)
			q.After = page[len(page)-1].Cursor()
		}
		wantSame(t, fmt.Sprint("pages of ", limit), got, whole)
	}
}

func titleSearch(t *testing.T, s storage.Store) {
	for id, title := range map[storage.DocumentID]string{
		"umlaut": "Über GRÖSSE", "percent": "100% done", "under": "snake_case", "back": `a\b`, "greek": "ΟΔΥΣΣΕΥΣ", "cyr": "Привет", "plain": "100 done",
	} {
		create(t, s, id, 0)
		noErr(t, "SetTitle", s.SetTitle(t.Context(), id, title))
	}
	for title, want := range map[string][]storage.DocumentID{
		"über": {"umlaut"}, "GRÖß": nil, "größe": nil, "grösse": {"umlaut"}, "0% D": {"percent"}, "%": {"percent"}, "_": {"under"}, "E_c": {"under"},
		`\`: {"back"}, `A\B`: {"back"}, "οδυσσευς": {"greek"}, "пРИВ": {"cyr"}, "100": {"percent", "plain"}, "'": nil, "\x00": nil, "nothing": nil,
		"": {"back", "cyr", "greek", "percent", "plain", "umlaut", "under"},
	} {
		wantSame(t, fmt.Sprintf("title %q", title), ids(list(t, s, storage.DocumentQuery{User: "ann", Scope: storage.ScopeAll, Title: title, Limit: 99})), want)
	}
}

func listed(t *testing.T, s storage.Store) {
	create(t, s, "d", 3)
	save(t, s, "d", 2)
	for _, user := range []storage.UserID{"u6", "u5", "u4", "u3", "u2", "u1"} {
		grant(t, s, "d", user, "viewer")
	}
	want := storage.Listed{
		Document: storage.Document{ID: "d", Title: "d", Owner: "ann", CreatedAt: noon, Preview: "preview 2"},
		Head:     head(t, s, "d"), Roles: []string{"viewer"}, Members: []storage.UserID{"ann", "u1", "u2", "u3", "u4"}, MemberCount: 7,
	}
	wantSame(t, "list", list(t, s, storage.DocumentQuery{User: "u6", Scope: storage.ScopeShared, Limit: 1}), []storage.Listed{want})
}

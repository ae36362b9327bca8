package storagetest

import (
	"fmt"
	"slices"
	"testing"

	"quire/storage"
)

var auditRules = []rule{
	{"Audit", "an entry comes back as it was noted, later ones with higher ids", noted},
	{"Audit", "what was struck out is gone, and its id is never used again", struckOut},
	{"Audit", "entries are found by document, person and action, and no character is special", auditQueries},
	{"Audit", "pages go from the newest down and neither miss nor repeat, whatever is noted meanwhile", auditPages},
	{"Audit", "what is noted at once gets ids of its own", noteRace},
	{"Audit", "old entries are removed a bounded number at a time", deleteAudit},
}

func note(t *testing.T, s storage.Store, e storage.AuditEntry) storage.AuditEntry {
	t.Helper()
	id, err := s.Note(t.Context(), e)
	noErr(t, fmt.Sprintf("Note(%+v)", e), err)
	e.ID = id
	return e
}

func audit(t *testing.T, s storage.Store, q storage.AuditQuery) []storage.AuditEntry {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 99
	}
	found, err := s.Audit(t.Context(), q)
	noErr(t, fmt.Sprintf("Audit(%+v)", q), err)
	return found
}

// details returns the details of entries, which tell them apart.
func details(entries []storage.AuditEntry) (found []string) {
	for _, e := range entries {
		found = append(found, e.Detail)
	}
	return found
}

func noted(t *testing.T, s storage.Store) {
	first := note(t, s, storage.AuditEntry{
		ID: 77, At: minute(3).Add(999), Actor: "ann", Action: "grant.set", Document: "d", Subject: "bob\x00", Detail: `{"role":"ë"}`, Address: "::1",
	})
	second := note(t, s, storage.AuditEntry{At: minute(1), Action: "user.create"})
	if second.ID <= first.ID || first.ID < 1 {
		t.Errorf("ids %d, then %d", first.ID, second.ID)
	}
	first.At, first.Subject = minute(3), "bob\uFFFD"
	wantSame(t, "the last noted first", audit(t, s, storage.AuditQuery{}), []storage.AuditEntry{second, first})
	_, err := s.Note(t.Context(), storage.AuditEntry{At: noon, Actor: "ann"})
	wantErr(t, "Note without an action", err, storage.ErrInvalid)
}

func struckOut(t *testing.T, s storage.Store) {
	kept, struck := note(t, s, storage.AuditEntry{Action: "a"}), note(t, s, storage.AuditEntry{Action: "b"})
	noErr(t, "Strike", s.Strike(t.Context(), struck.ID))
	wantErr(t, "Strike again", s.Strike(t.Context(), struck.ID), storage.ErrNotFound)
	wantSame(t, "entries", audit(t, s, storage.AuditQuery{}), []storage.AuditEntry{kept})
	if next := note(t, s, storage.AuditEntry{Action: "c"}); next.ID <= struck.ID {
		t.Errorf("after %d, which was struck out, comes %d", struck.ID, next.ID)
	}
}

func auditQueries(t *testing.T, s storage.Store) {
	for i, e := range []storage.AuditEntry{
		{Actor: "ann", Action: "grant.set", Document: "d", Subject: "bob"},
		{Actor: "bob", Action: "grant.remove", Document: "e", Subject: "ann"},
		{Actor: "bob", Action: "grant", Document: "d"},
		{Actor: "ann", Action: "grants.set", Document: "e", Subject: "bob"},
		{Actor: "cat", Action: "grant%set", Subject: "a%"},
		{Action: "Grant.set", Subject: "ANN"},
	} {
		e.Detail = fmt.Sprint(i)
		note(t, s, e)
	}
	for _, c := range []struct {
		query storage.AuditQuery
		want  []string
	}{
		{storage.AuditQuery{}, []string{"5", "4", "3", "2", "1", "0"}},
		{storage.AuditQuery{Document: "d"}, []string{"2", "0"}},
		{storage.AuditQuery{Person: "ann"}, []string{"3", "1", "0"}},
		{storage.AuditQuery{Person: "a%"}, []string{"4"}},
		{storage.AuditQuery{Person: "eve"}, nil},
		{storage.AuditQuery{Action: "grant"}, []string{"2"}},
		{storage.AuditQuery{Action: "grant."}, []string{"1", "0"}},
		{storage.AuditQuery{Action: "grant%"}, nil},
		{storage.AuditQuery{Action: "grant_."}, nil},
		{storage.AuditQuery{Action: "."}, nil},
		{storage.AuditQuery{Action: "grant.", Document: "d", Person: "bob"}, []string{"0"}},
		{storage.AuditQuery{Action: "grant.", Document: "d", Person: "cat"}, nil},
		{storage.AuditQuery{Person: "bob", Limit: 2}, []string{"3", "2"}},
	} {
		wantSame(t, fmt.Sprintf("Audit(%+v)", c.query), details(audit(t, s, c.query)), c.want)
	}
}

func auditPages(t *testing.T, s storage.Store) {
	const n = 17
	actor := func(i int) storage.UserID { return storage.UserID(fmt.Sprint("u", i%3)) }
	var want []string
	for i := range n {
		note(t, s, storage.AuditEntry{At: minute(i * 5 % n), Actor: actor(i), Action: "x", Detail: fmt.Sprint(i)})
		want = append([]string{fmt.Sprint(i)}, want...)
	}
	for _, limit := range []int{1, 4, n} {
		var got []string
		q := storage.AuditQuery{Limit: limit}
		for page := audit(t, s, q); len(page) > 0; page = audit(t, s, q) {
			got = append(got, details(page)...)
			q.Before = page[len(page)-1].ID
			note(t, s, storage.AuditEntry{Action: "y", Detail: "meanwhile"})
		}
		got = slices.DeleteFunc(got, func(d string) bool { return d == "meanwhile" }) // of the run before
		wantSame(t, fmt.Sprint("pages of ", limit), got, want)
	}
	q := storage.AuditQuery{Person: "u1", Limit: 2}
	var got []string
	for page := audit(t, s, q); len(page) > 0; page = audit(t, s, q) {
		got = append(got, details(page)...)
		q.Before = page[len(page)-1].ID
	}
	wantSame(t, "pages of one person's", got, []string{"16", "13", "10", "7", "4", "1"})
}

func noteRace(t *testing.T, s storage.Store) {
	ids := make([]int64, 12)
	together(len(ids), func(i int) {
		id, err := s.Note(t.Context(), storage.AuditEntry{Action: "x", Detail: fmt.Sprint(i)})
		if err != nil {
			t.Errorf("Note = %v", err)
		}
		ids[i] = id
	})
	for i, e := range audit(t, s, storage.AuditQuery{}) {
		if at := slices.Index(ids, e.ID); at < 0 || e.Detail != fmt.Sprint(at) {
			t.Errorf("entry %d is %+v, ids given %v", i, e, ids)
		}
	}
	slices.Sort(ids)
	wantSame(t, "different ids", len(slices.Compact(ids)), 12)
}

func deleteAudit(t *testing.T, s storage.Store) {
	for i, at := range []int{5, 1, 2, 9, 3, 5} {
		note(t, s, storage.AuditEntry{At: minute(at), Action: "x", Detail: fmt.Sprint(i)})
	}
	for _, step := range []struct {
		before, limit, removed int
		left                   []string
	}{
		{1, 9, 0, []string{"5", "4", "3", "2", "1", "0"}},
		{5, 2, 2, []string{"5", "4", "3", "0"}},
		{5, 2, 1, []string{"5", "3", "0"}},
		{6, 1, 1, []string{"5", "3"}},
		{99, 9, 2, nil},
	} {
		n, err := s.DeleteAudit(t.Context(), minute(step.before), step.limit)
		noErr(t, "DeleteAudit", err)
		wantSame(t, fmt.Sprint("removed before minute ", step.before), n, step.removed)
		wantSame(t, "left", details(audit(t, s, storage.AuditQuery{})), step.left)
	}
}

package sqlite

import (
	"strings"
	"testing"

	"quire/storage"
)

// W9, P10: what is asked on the way of every session goes by key, not through a table.
func TestPlansOfAccess(t *testing.T) {
	s := open(t)
	for name, c := range map[string]struct {
		query string
		args  []any
	}{
		"held roles":      {heldRolesSQL, []any{"d", "u"}},
		"token":           {tokenSQL, []any{[]byte("t"), 0}},
		"sign-in":         {signInSQL, []any{[]byte("s"), 0}},
		"code":            {`SELECT 1 FROM codes` + codeWhere, []any{[]byte("c"), "verify", 0}},
		"list documents":  {listSQL + inScope[storage.ScopeAll] + pageSQL, pageArgs(storage.DocumentQuery{User: "u", Limit: 1})},
		"list within":     {withinSQL + trashScope[storage.ScopeAll] + pageSQL, append([]any{`[["a","b"]]`}, pageArgs(storage.DocumentQuery{Limit: 1})[1:]...)},
		"invitations to":  {`SELECT 1 FROM invitations WHERE email_folded = ?1 AND expires_at > ?2`, []any{"e", 0}},
		"audit, person":   {auditSQL(storage.AuditQuery{Person: "u"}), auditArgs(storage.AuditQuery{Person: "u"})},
		"audit, document": {auditSQL(storage.AuditQuery{Document: "d"}), auditArgs(storage.AuditQuery{Document: "d"})},
		"events":          {eventsSQL, []any{0, 9}},
		"audit, action":   {auditSQL(storage.AuditQuery{Action: "grant."}), auditArgs(storage.AuditQuery{Action: "grant."})},
	} {
		rows, err := s.db.Query(`EXPLAIN QUERY PLAN `+c.query, c.args...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var steps []string
		type step struct {
			id, parent, unused int
			detail             string
		}
		found, err := collect(rows, nil, func(s *step) []any { return []any{&s.id, &s.parent, &s.unused, &s.detail} })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		searches := 0
		for _, one := range found {
			steps = append(steps, one.detail)
			if strings.HasPrefix(one.detail, "SEARCH") {
				searches++
			}
			table, scans := strings.CutPrefix(one.detail, "SCAN ")
			if scans && strings.Fields(table)[0] != "m" && !strings.HasPrefix(table, "(") { // m is what a list gathered
				t.Errorf("%s: %s in\n%s", name, one.detail, strings.Join(steps, "\n"))
			}
		}
		if searches == 0 {
			t.Errorf("%s looks nothing up:\n%s", name, strings.Join(steps, "\n"))
		}
	}
}

// The names of people from before names were folded are folded when the store is opened.
func TestNamesAreFoldedWhenOpened(t *testing.T) {
	path := newFile(t)
	s := openMigrated(t, path)
	for id, name := range map[storage.UserID]string{"1": "ÖRN", "2": "anna", "3": "Örn", "4": "Zoë", "5": ""} {
		if err := s.CreateUser(t.Context(), storage.User{ID: id, Name: name, Email: string(id)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.db.Exec(`UPDATE users SET name_folded = NULL WHERE user_id <> '4'`); err != nil {
		t.Fatal(err)
	}
	again := openMigrated(t, path)
	found, err := again.ListPeople(t.Context(), storage.PersonQuery{Text: "örn", Limit: 9})
	if err != nil || len(found) != 2 || found[0].User.ID != "1" || found[1].User.ID != "3" {
		t.Errorf("people called örn: %+v, %v, want 1 and 3", found, err)
	}
	if found, err = again.ListPeople(t.Context(), storage.PersonQuery{Limit: 9}); err != nil || len(found) != 5 || found[0].User.ID != "5" {
		t.Errorf("all people: %+v, %v, want 5 with 5 first", found, err)
	}
}

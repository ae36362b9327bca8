package postgres_test

import (
	"strconv"
	"strings"
	"testing"

	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// accessArgs are what each of AccessForTest is asked with, and how many pages (of 8 kB) it may read at most: about half
// again what it does. u7 has some 50 documents, most of them through groups; of a stranger there is nothing to find.
var accessArgs = map[string]struct {
	args     string
	pages    int
	stranger string
}{
	"held roles":     {`('d7', 'u7')`, 40, `('d7', 'nobody')`},
	"list documents": {`('u7', '', 9223372036854775807, '', 10, 5)`, 1000, `('nobody', '', 9223372036854775807, '', 10, 5)`},
	"list within": {`(ARRAY['d70', 'u'], '', 9223372036854775807, '', 10, ARRAY['d70' || chr(127), 'u' || chr(127)], 5)`, 300,
		`(ARRAY['none'], '', 9223372036854775807, '', 10, ARRAY['none' || chr(1)], 5)`},
	"token":           {`('token 7', 0)`, 10, `('none', 0)`},
	"sign-in":         {`('sign-in 7', 0)`, 10, `('none', 0)`},
	"code":            {`('code 7', 'verify', 0)`, 10, `('none', 'verify', 0)`},
	"invitations to":  {`('u7@example.org', 0)`, 20, `('nobody', 0)`},
	"people":          {`('name', 'u7', true, '', 5)`, 200, `('zzz', 'u7', true, '', 5)`},
	"audit, person":   {`(5, 'u7', 9223372036854775807, 'u7', 'u7', 9223372036854775807)`, 100, `(5, 'nobody', 9223372036854775807, 'nobody', 'nobody', 9223372036854775807)`},
	"audit, document": {`(5, 'd7')`, 40, `(5, 'none')`},
	"audit, action":   {`(5, 'grant.set')`, 40, `(5, 'none')`},
}

// strangerPages is most for what finds nothing; "held roles" meets the groups of a document all the same.
const strangerPages = 30

// W9, P10: what stands before the first op of every session must cost no more as everything else grows, be its plan
// from when there was nothing or from when the server knew the tables.
func TestPlansOfAccess(t *testing.T) {
	s := openURL(t, pgtest.Database(t)+"&pool_max_conns=40") // one is held for each statement
	explain := map[string]func(args string) (string, error){}
	for name, statement := range postgres.AccessForTest() {
		later, give, err := s.PrepareForTest(t.Context(), statement[0], statement[1], accessArgs[name].args)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer give()
		explain[name] = later
	}
	for _, size := range []int{500, 4000} {
		grow(t, s, size)
		for name, later := range explain {
			ask := accessArgs[name]
			for args, most := range map[string]int{ask.args: ask.pages, ask.stranger: strangerPages} {
				plan, err := later(args)
				if err != nil {
					t.Fatal(err)
				}
				wantLookups(t, name+args, plan, most)
				t.Logf("%d rows: %s%s: %d pages", size, name, args, pagesOf(t, name, plan))
			}
		}
		if _, err := s.ExecForTest(`ANALYZE`); err != nil { // every plan is made anew
			t.Fatal(err)
		}
	}
}

// grow makes as many of everything as size says.
func grow(t *testing.T, s *postgres.Store, size int) {
	t.Helper()
	for _, fill := range strings.Split(`
INSERT INTO documents SELECT 'd' || i, 'title', 'title', '', 'u' || i % ($n / 4), 1 FROM generate_series(1, $n) i;
INSERT INTO heads SELECT 'd' || i, 1, 10, i, 'u1' FROM generate_series(1, $n) i;
INSERT INTO users (user_id, email, email_folded, name, name_folded, color, password_hash, guest, admin, issuer, subject, created_at)
	SELECT 'u' || i, 'u' || i || '@example.org', 'u' || i || '@example.org', 'name', 'name', 1, '', false, false, '', '', 1 FROM generate_series(1, $n) i;
INSERT INTO grants SELECT 'd' || i, 'u' || (i + k * 13) % ($n / 4), 'editor', 0, k, 'link' FROM generate_series(1, $n) i, generate_series(1, 1) k;
INSERT INTO groups SELECT 'g' || i, 'g' || i, 'g' || i, 'u1', 1 FROM generate_series(1, $n) i;
INSERT INTO group_members SELECT 'g' || i, 'u' || 1 + (i + k * 7) % $n, false, 1 FROM generate_series(1, $n) i, generate_series(1, 4) k;
INSERT INTO group_grants SELECT 'd' || 1 + (i * 5 + k) % $n, 'g' || i, 'viewer', 0, 1 FROM generate_series(1, $n) i, generate_series(1, 4) k;
INSERT INTO invitations SELECT 'i' || i, ('invitation ' || i)::bytea, 'd' || i, 'e', 'u' || i || '@example.org', 'viewer', 'u1', i, 9 FROM generate_series(1, $n) i;
INSERT INTO tokens SELECT 't' || i, ('token ' || i)::bytea, 'u' || i, 'n', 'read', 1, 1, 9 FROM generate_series(1, $n) i;
INSERT INTO sign_ins SELECT 's' || i, ('sign-in ' || i)::bytea, 'u' || i, 1, 1, 9, '', '' FROM generate_series(1, $n) i;
INSERT INTO codes SELECT ('code ' || i)::bytea, 'verify', 'u' || i, 'e', 1, 9 FROM generate_series(1, $n) i;
INSERT INTO audit (at, actor, action, document_id, subject, subject_folded, detail, address)
	SELECT i, 'u' || i % 100, CASE i % 9 WHEN 0 THEN 'grant.set' ELSE 'other' END, 'd' || i % 100, 'u' || i % 90, 'u' || i % 90, '', '' FROM generate_series(1, $n) i
`, ";\n") {
		table := strings.Fields(fill)[2]
		if _, err := s.ExecForTest(strings.ReplaceAll(fill, "$n", strconv.Itoa(size)) + ` ON CONFLICT DO NOTHING`); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
}

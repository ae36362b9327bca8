package postgres

import (
	"context"
	"math"

	"quire/storage"
	"quire/storage/tables"
)

// inScope returns the condition of a scope on a document d and on m, which says how the user has it; "" for an unknown scope.
func inScope(scope storage.Scope) string {
	switch scope {
	case storage.ScopeAll:
		return `d.trashed_at = 0`
	case storage.ScopeMine:
		return `d.trashed_at = 0 AND m.owner`
	case storage.ScopeShared:
		return `d.trashed_at = 0 AND NOT m.owner`
	case storage.ScopeTrash:
		return `d.trashed_at <> 0 AND m.owner`
	}
	return ""
}

// pageSQL ends a list: only titles that contain $2, after the cursor ($3, $4), newest first, at most $5.
const pageSQL = ` AND strpos(d.title_folded, $2) > 0 AND (h.updated_at < $3 OR h.updated_at = $3 AND d.document_id > $4)
	ORDER BY h.updated_at DESC, d.document_id LIMIT $5`

// pageArgs are the arguments of pageSQL, after the user.
func pageArgs(q storage.DocumentQuery) []any {
	after := int64(math.MaxInt64)
	if q.After != (storage.Cursor{}) {
		after = storage.ToUnix(q.After.UpdatedAt)
	}
	return []any{id(q.User), storage.Fold(q.Title), after, id(q.After.ID), max(q.Limit, 0)}
}

var memberCount = `(SELECT count(*) FROM grants g WHERE g.document_id = d.document_id AND ` + counting(`g.user_id`) + `)`

// membersSQL selects the first members of document d; most is their greatest number.
func membersSQL(most string) string {
	return `ARRAY (SELECT g.user_id FROM grants g WHERE g.document_id = d.document_id AND ` + counting(`g.user_id`) + `
		ORDER BY g.created_at, g.user_id LIMIT ` + most + `)`
}

// listSQL selects a page of the documents on which user $1 or one of their groups has a grant, with at most $6 members of each.
func listSQL(scope string) string {
	return `SELECT ` + tables.DocumentColumns + `, ` + tables.HeadColumns + `, ` + memberCount + `,
		ARRAY (SELECT DISTINCT role FROM (` + heldRolesSQL(`d.document_id`, `$1`) + `) held ORDER BY role),
		` + membersSQL(`$6`) + `
	FROM (SELECT document_id, bool_or(owner) AS owner FROM (
			SELECT document_id, role = 'owner' AS owner FROM grants WHERE user_id = $1
			UNION ALL
			SELECT p.document_id, false FROM group_members i JOIN group_grants p USING (group_id) WHERE i.user_id = $1
		) given WHERE ` + counting(`$1`) + ` GROUP BY document_id) m JOIN documents d USING (document_id) JOIN heads h USING (document_id)
	WHERE ` + scope + pageSQL
}

// ListDocuments returns a page of the documents on which q.User or one of their groups has a grant.
func (s *Store) ListDocuments(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	scope := inScope(q.Scope)
	if scope == "" {
		return nil, nil
	}
	return all(ctx, s, "list documents", func(l *storage.Listed) []any {
		return append(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...), &l.MemberCount, &l.Roles, &l.Members)
	}, listSQL(scope), append(pageArgs(q), storage.ListedMembers)...)
}

// withinSQL selects a page of the documents with an id in the ranges from $1 to before $6, with at most $7 members of each. It scans
// the primary key once for each range, and so reads no more than the ranges cover; OFFSET 0 keeps the planner from joining in
// another order.
func withinSQL(scope string) string {
	return `SELECT ` + tables.DocumentColumns + `, ` + tables.HeadColumns + `, ` + memberCount + `, ` + membersSQL(`$7`) + `
	FROM unnest($1::text[], $6::text[]) AS r (first, before)
		CROSS JOIN LATERAL (SELECT * FROM documents WHERE document_id >= r.first AND document_id < r.before OFFSET 0) d
		JOIN heads h USING (document_id)
	WHERE d.deleted_at = 0 AND ` + scope + pageSQL
}

// ListWithin returns a page of the documents with an id in q.Within.
func (s *Store) ListWithin(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	scope := trashScope[q.Scope]
	if scope == "" || len(q.Within) == 0 {
		return nil, nil
	}
	first, before := make([]string, len(q.Within)), make([]string, len(q.Within))
	for i, r := range q.Within {
		first[i], before[i] = id(r.From), id(r.Before)
	}
	args := append([]any{first}, pageArgs(q)[1:]...)
	return all(ctx, s, "list within", func(l *storage.Listed) []any {
		return append(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...), &l.MemberCount, &l.Members)
	}, withinSQL(scope), append(args, before, storage.ListedMembers)...)
}

// trashScope holds the condition of each scope in lists that do not depend on a user's grants.
var trashScope = map[storage.Scope]string{storage.ScopeAll: `d.trashed_at = 0`, storage.ScopeTrash: `d.trashed_at <> 0`}

// ListAll returns a page of all documents, or of q.User's if that is set.
func (s *Store) ListAll(ctx context.Context, q storage.DocumentQuery) ([]storage.DocumentListed, error) {
	scope := trashScope[q.Scope]
	if scope == "" {
		return nil, nil
	}
	owner := `$1 = ''`
	if q.User != "" {
		owner = `d.owner_id = $1`
	}
	return all(ctx, s, "list all", func(l *storage.DocumentListed) []any {
		return append(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...), &l.MemberCount)
	}, `SELECT `+tables.DocumentColumns+`, `+tables.HeadColumns+`, `+memberCount+` FROM documents d JOIN heads h USING (document_id)
		WHERE d.deleted_at = 0 AND `+owner+` AND `+scope+pageSQL, pageArgs(q)...)
}

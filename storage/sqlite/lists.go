package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"slices"

	"quire/storage"
	"quire/storage/tables"
)

// inScope holds the condition of each scope on a document d and on m, which says how the user has it.
var inScope = map[storage.Scope]string{
	storage.ScopeAll:    `d.trashed_at = 0`,
	storage.ScopeMine:   `d.trashed_at = 0 AND m.owner`,
	storage.ScopeShared: `d.trashed_at = 0 AND NOT m.owner`,
	storage.ScopeTrash:  `d.trashed_at <> 0 AND m.owner`,
}

// pageSQL ends a list: only titles that contain ?2, after the cursor (?3, ?4), newest first, at most ?5.
const pageSQL = ` AND instr(d.title_folded, ?2) > 0 AND (h.updated_at < ?3 OR h.updated_at = ?3 AND d.document_id > ?4)
	ORDER BY h.updated_at DESC, d.document_id LIMIT ?5`

// pageArgs are the arguments of pageSQL, after the user.
func pageArgs(q storage.DocumentQuery) []any {
	after := int64(math.MaxInt64)
	if q.After != (storage.Cursor{}) {
		after = storage.ToUnix(q.After.UpdatedAt)
	}
	return []any{string(q.User), storage.Fold(q.Title), after, string(q.After.ID), max(q.Limit, 0)}
}

var memberCount = `(SELECT count(*) FROM grants g WHERE g.document_id = d.document_id AND ` + counting(`g.user_id`) + `)`

// listSQL begins the query of a page of the documents on which user ?1 or one of their groups has a grant.
var listSQL = `SELECT ` + tables.DocumentColumns + `, ` + tables.HeadColumns + `, ` + memberCount + `
	FROM (SELECT document_id, max(owner) AS owner FROM (
		SELECT document_id, role = 'owner' AS owner FROM grants WHERE user_id = ?1
		UNION ALL
		SELECT p.document_id, false FROM group_members i JOIN group_grants p USING (group_id) WHERE i.user_id = ?1
	) WHERE ` + counting(`?1`) + ` GROUP BY document_id) m JOIN documents d USING (document_id) JOIN heads h USING (document_id)
	WHERE `

// ListDocuments returns a page of the documents on which query.User or one of their groups has a grant.
func (s *Store) ListDocuments(ctx context.Context, query storage.DocumentQuery) (list []storage.Listed, err error) {
	scope, ok := inScope[query.Scope]
	if !ok {
		return nil, nil
	}
	err = s.read(ctx, "list documents", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, listSQL+scope+pageSQL, pageArgs(query)...)
		list, err = collect(rows, err, func(l *storage.Listed) []any {
			return append(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...), &l.MemberCount)
		})
		if err != nil {
			return err
		}
		for i := range list {
			if err := addRolesAndMembers(ctx, q, query.User, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// withinSQL begins the query of a page of the documents with an id in the ranges of ?1, a JSON array of pairs. It scans the primary
// key once for each range, and so reads no more than the ranges cover.
var withinSQL = `SELECT ` + tables.DocumentColumns + `, ` + tables.HeadColumns + `, ` + memberCount + `
	FROM json_each(?1) m CROSS JOIN documents d ON d.document_id >= m.value ->> 0 AND d.document_id < m.value ->> 1
		JOIN heads h USING (document_id)
	WHERE d.deleted_at = 0 AND `

// ListWithin returns a page of the documents with an id in query.Within.
func (s *Store) ListWithin(ctx context.Context, query storage.DocumentQuery) (list []storage.Listed, err error) {
	scope := trashScope[query.Scope]
	if scope == "" || len(query.Within) == 0 {
		return nil, nil
	}
	pairs := make([][2]storage.DocumentID, len(query.Within))
	for i, r := range query.Within {
		pairs[i] = [2]storage.DocumentID{r.From, r.Before}
	}
	ranges, err := json.Marshal(pairs)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, "list within", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, withinSQL+scope+pageSQL, append([]any{string(ranges)}, pageArgs(query)[1:]...)...)
		list, err = collect(rows, err, func(l *storage.Listed) []any {
			return append(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...), &l.MemberCount)
		})
		for i := 0; i < len(list) && err == nil; i++ {
			err = addMembers(ctx, q, &list[i])
		}
		return err
	})
	return list, err
}

// trashScope holds the condition of each scope in lists that do not depend on a user's grants.
var trashScope = map[storage.Scope]string{storage.ScopeAll: `d.trashed_at = 0`, storage.ScopeTrash: `d.trashed_at <> 0`}

// addRolesAndMembers sets l.Roles, those of user, and l.Members.
func addRolesAndMembers(ctx context.Context, q *sql.Tx, user storage.UserID, l *storage.Listed) error {
	held, err := heldRolesOf(ctx, q, l.Document.ID, user)
	if err != nil {
		return err
	}
	for _, w := range held {
		l.Roles = append(l.Roles, w.Role)
	}
	slices.Sort(l.Roles)
	l.Roles = slices.Compact(l.Roles)
	return addMembers(ctx, q, l)
}

// addMembers sets l.Members, the first ones.
func addMembers(ctx context.Context, q *sql.Tx, l *storage.Listed) error {
	rows, err := q.QueryContext(ctx, `SELECT g.user_id FROM grants g WHERE g.document_id = ?1 AND `+counting(`g.user_id`)+`
		ORDER BY g.created_at, g.user_id LIMIT ?2`, string(l.Document.ID), storage.ListedMembers)
	l.Members, err = collect(rows, err, func(id *storage.UserID) []any { return []any{id} })
	return err
}

// ListAll returns a page of all documents, or of query.User's if that is set.
func (s *Store) ListAll(ctx context.Context, query storage.DocumentQuery) (list []storage.DocumentListed, err error) {
	scope := trashScope[query.Scope]
	if scope == "" {
		return nil, nil
	}
	owner := `?1 = ''`
	if query.User != "" {
		owner = `d.owner_id = ?1`
	}
	err = s.read(ctx, "list all", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.DocumentColumns+`, `+tables.HeadColumns+`, `+memberCount+` FROM documents d JOIN heads h USING (document_id)
			WHERE d.deleted_at = 0 AND `+owner+` AND `+scope+pageSQL, pageArgs(query)...)
		list, err = collect(rows, err, func(l *storage.DocumentListed) []any {
			return append(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...), &l.MemberCount)
		})
		return err
	})
	return list, err
}

package postgres

import (
	"context"
	"math"

	"quire/storage"
)

// inScope gives the condition of a scope, on a document d and what puts it into the asker's list, m; "" for a scope there
// is not.
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

// pageSQL keeps those of a title ($2) after a place ($3, $4), in order, $5 of them.
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

const memberCount = `(SELECT count(*) FROM grants g WHERE g.document_id = d.document_id)`

// listSQL gives a page of the documents that $1 has a grant on, or a group of theirs; $6 members of each.
func listSQL(scope string) string {
	return `SELECT ` + documentColumns + `, ` + headColumns + `, ` + memberCount + `,
		ARRAY (SELECT DISTINCT role FROM (` + waysSQL(`d.document_id`, `$1`) + `) ways ORDER BY role),
		ARRAY (SELECT g.user_id FROM grants g WHERE g.document_id = d.document_id ORDER BY g.created_at, g.user_id LIMIT $6)
	FROM (SELECT document_id, bool_or(owner) AS owner FROM (
			SELECT document_id, role = 'owner' AS owner FROM grants WHERE user_id = $1
			UNION ALL
			SELECT p.document_id, false FROM group_members i JOIN group_grants p USING (group_id) WHERE i.user_id = $1
		) given GROUP BY document_id) m JOIN documents d USING (document_id) JOIN heads h USING (document_id)
	WHERE ` + scope + pageSQL
}

// ListDocuments gives a page of what q.User has a grant on, or a group of theirs.
func (s *Store) ListDocuments(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	scope := inScope(q.Scope)
	if scope == "" {
		return nil, nil
	}
	return all(ctx, s, "list documents", func(l *storage.Listed) []any {
		return append(append(documentFields(&l.Document), headFields(&l.Head)...), &l.MemberCount, &l.Roles, &l.Members)
	}, listSQL(scope), append(pageArgs(q), storage.ListedMembers)...)
}

// ListAll gives a page of all documents, or of one owner's.
func (s *Store) ListAll(ctx context.Context, q storage.DocumentQuery) ([]storage.DocumentListed, error) {
	scope := map[storage.Scope]string{storage.ScopeAll: `d.trashed_at = 0`, storage.ScopeTrash: `d.trashed_at <> 0`}[q.Scope]
	if scope == "" {
		return nil, nil
	}
	owner := `$1 = ''`
	if q.User != "" {
		owner = `d.owner_id = $1`
	}
	return all(ctx, s, "list all", func(l *storage.DocumentListed) []any {
		return append(append(documentFields(&l.Document), headFields(&l.Head)...), &l.MemberCount)
	}, `SELECT `+documentColumns+`, `+headColumns+`, `+memberCount+` FROM documents d JOIN heads h USING (document_id)
		WHERE d.deleted_at = 0 AND `+owner+` AND `+scope+pageSQL, pageArgs(q)...)
}

package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// Note stores e.
func (s *Store) Note(ctx context.Context, e storage.AuditEntry) (id int64, err error) {
	err = s.write(ctx, "note", func(t *tx) error {
		e, err := storage.CleanEntry(e)
		if err != nil {
			return err
		}
		return t.row(`INSERT INTO audit (at, actor, action, document_id, subject, subject_folded, detail, address)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING entry_id`, storage.ToUnix(e.At), string(e.Actor), e.Action, string(e.Document),
			e.Subject, storage.Fold(e.Subject), e.Detail, e.Address).Scan(&id)
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// Strike removes an entry.
func (s *Store) Strike(ctx context.Context, id int64) error {
	return s.write(ctx, "strike", func(t *tx) error { return t.must(`DELETE FROM audit WHERE entry_id = ?1`, id) })
}

// auditSQL returns the query of a page; auditArgs are its arguments. An index begins with the column of each condition. A person's
// entries as actor and as subject are two queries, so that each uses its index.
func auditSQL(q storage.AuditQuery) string {
	where := ``
	if q.Before != 0 {
		where += ` AND entry_id < ?1`
	}
	if q.Document != "" {
		where += ` AND document_id = ?3 AND document_id <> ''`
	}
	switch {
	case strings.HasSuffix(q.Action, "."):
		where += ` AND action >= ?4 AND action < ?5`
	case q.Action != "":
		where += ` AND action = ?4`
	}
	page := func(and string) string {
		return `SELECT * FROM (SELECT ` + tables.AuditColumns + ` FROM audit WHERE true` + where + and + ` ORDER BY entry_id DESC LIMIT ?2)`
	}
	if q.Person == "" {
		return page(``)
	}
	return page(` AND actor = ?6 AND actor <> ''`) + ` UNION ` +
		page(` AND subject_folded = ?7 AND subject_folded <> '' AND subject = ?6`) + ` ORDER BY entry_id DESC LIMIT ?2`
}

func auditArgs(q storage.AuditQuery) []any {
	return []any{q.Before, max(q.Limit, 0), string(q.Document), q.Action, actionEnd(q.Action), string(q.Person), storage.Fold(string(q.Person))}
}

// Audit returns a page, newest first.
func (s *Store) Audit(ctx context.Context, query storage.AuditQuery) (entries []storage.AuditEntry, err error) {
	err = s.read(ctx, "audit", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, auditSQL(query), auditArgs(query)...)
		entries, err = collect(rows, err, tables.AuditFields)
		return err
	})
	return entries, err
}

// actionEnd returns the first text after all that begin with prefix, which ends with a full stop.
func actionEnd(prefix string) string { return strings.TrimSuffix(prefix, ".") + "/" }

// DeleteAudit removes old entries.
func (s *Store) DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	var n int64
	err := s.write(ctx, "delete audit", func(t *tx) (err error) {
		n, err = t.exec(`DELETE FROM audit WHERE entry_id IN (SELECT entry_id FROM audit WHERE at < ?1 ORDER BY entry_id LIMIT ?2)`,
			storage.ToUnix(before), max(limit, 0))
		return err
	})
	return int(n), err
}

package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// Note stores e.
func (s *Store) Note(ctx context.Context, e storage.AuditEntry) (entry int64, err error) {
	err = s.write(ctx, "note", func(tx pgx.Tx) error {
		e, err := storage.CleanEntry(e)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO audit (at, actor, action, document_id, subject, subject_folded, detail, address)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING entry_id`, storage.ToUnix(e.At), id(e.Actor), id(e.Action), id(e.Document),
			e.Subject, storage.Fold(e.Subject), e.Detail, e.Address).Scan(&entry)
	})
	if err != nil {
		return 0, err
	}
	return entry, nil
}

// Strike removes an entry.
func (s *Store) Strike(ctx context.Context, entry int64) error {
	return s.mustExec(ctx, "strike", `DELETE FROM audit WHERE entry_id = $1`, entry)
}

const auditColumns = `entry_id, at, actor, action, document_id, subject, detail, address`

// auditFields are where auditColumns go.
func auditFields(e *storage.AuditEntry) []any {
	return []any{&e.ID, (*unix)(&e.At), &e.Actor, &e.Action, &e.Document, &e.Subject, &e.Detail, &e.Address}
}

// conditions grow with their arguments.
type conditions struct {
	where string
	args  []any
}

// and adds a condition, in which each %s is the place of an argument.
func (c *conditions) and(condition string, args ...any) {
	places := make([]any, len(args))
	for i := range args {
		places[i] = fmt.Sprint("$", len(c.args)+i+1)
	}
	c.where += ` AND ` + fmt.Sprintf(condition, places...)
	c.args = append(c.args, args...)
}

// auditSQL asks for a page. Each condition is one that an index begins with; a person's two are asked apart, so that
// each is.
func auditSQL(q storage.AuditQuery) (statement string, args []any) {
	c := &conditions{args: []any{max(q.Limit, 0)}}
	if q.Before != 0 {
		c.and(`entry_id < %s`, q.Before)
	}
	if q.Document != "" {
		c.and(`document_id = %s AND document_id <> ''`, id(q.Document))
	}
	switch {
	case strings.HasSuffix(q.Action, "."): // up to the first text after all that begin so
		c.and(`action >= %s AND action < %s`, id(q.Action), id(strings.TrimSuffix(q.Action, ".")+"/"))
	case q.Action != "":
		c.and(`action = %s`, id(q.Action))
	}
	page := func(where string) string {
		return `(SELECT ` + auditColumns + ` FROM audit WHERE true` + where + ` ORDER BY entry_id DESC LIMIT $1)`
	}
	if q.Person == "" {
		return page(c.where), c.args
	}
	common := c.where
	c.and(`actor = %s AND actor <> ''`, id(q.Person))
	actor := page(c.where)
	c.where = common
	c.and(`subject_folded = %s AND subject_folded <> '' AND subject = %s`, storage.Fold(string(q.Person)), id(q.Person))
	return actor + ` UNION ` + page(c.where) + ` ORDER BY entry_id DESC LIMIT $1`, c.args
}

// Audit gives a page, newest first.
func (s *Store) Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) {
	statement, args := auditSQL(q)
	return all(ctx, s, "audit", auditFields, statement, args...)
}

// DeleteAudit removes old entries.
func (s *Store) DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := s.exec(ctx, "delete audit", `DELETE FROM audit WHERE entry_id IN (SELECT entry_id FROM audit WHERE at < $1
		ORDER BY entry_id LIMIT $2)`, storage.ToUnix(before), max(limit, 0))
	return int(n), err
}

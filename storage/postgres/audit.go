package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// Note stores e.
func (s *Store) Note(ctx context.Context, e storage.AuditEntry) (entry int64, err error) {
	err = s.write(ctx, "note", func(tx *writing) error {
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

// conditions collects a query's conditions and arguments. The first column leads: the page is read from an index that begins with it.
type conditions struct {
	where string
	args  []any
	lead  string
}

// place adds an argument and returns its place.
func (c *conditions) place(arg any) string {
	c.args = append(c.args, arg)
	return fmt.Sprint("$", len(c.args))
}

// is adds the condition that a column has a value. For the leading column it is written as a range of one value, and the order
// begins with that column: the planner would drop an equal column from the order, and then, expecting a frequent value, read the
// whole log backwards for a rare one.
func (c *conditions) is(column string, value string) {
	at := c.place(value)
	if c.lead == "" {
		c.lead = column
		c.where += ` AND ` + column + ` >= ` + at + ` AND ` + column + ` <= ` + at
	} else {
		c.where += ` AND ` + column + ` = ` + at
	}
	c.where += ` AND ` + column + ` <> ''` // as the indexes have it
}

// page returns the query of a page, whose length is the first argument.
func (c *conditions) page() string {
	order := `entry_id DESC`
	if c.lead != "" {
		order = c.lead + ` DESC, ` + order
	}
	return `(SELECT ` + tables.AuditColumns + ` FROM audit WHERE true` + c.where + ` ORDER BY ` + order + ` LIMIT $1)`
}

// rest adds the conditions that every page of q has.
func (c *conditions) rest(q storage.AuditQuery) {
	if q.Document != "" {
		c.is(`document_id`, id(q.Document))
	}
	if before, group := strings.CutSuffix(q.Action, "."); group { // up to the first text after all that begin so
		c.where += ` AND action >= ` + c.place(id(q.Action)) + ` AND action < ` + c.place(id(before)+"/")
	} else if q.Action != "" {
		c.is(`action`, id(q.Action))
	}
	if q.Before != 0 {
		c.where += ` AND entry_id < ` + c.place(q.Before)
	}
}

// auditSQL returns the query of a page. A person's entries as actor and as subject are two queries, so that each uses its index.
func auditSQL(q storage.AuditQuery) (statement string, args []any) {
	c := &conditions{args: []any{max(q.Limit, 0)}}
	if q.Person == "" {
		c.rest(q)
		return c.page(), c.args
	}
	c.is(`actor`, id(q.Person))
	c.rest(q)
	subject := &conditions{args: c.args}
	subject.is(`subject_folded`, storage.Fold(string(q.Person)))
	subject.is(`subject`, id(q.Person))
	subject.rest(q)
	return c.page() + ` UNION ` + subject.page() + ` ORDER BY entry_id DESC LIMIT $1`, subject.args
}

// Audit returns a page, newest first.
func (s *Store) Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) {
	statement, args := auditSQL(q)
	return all(ctx, s, "audit", tables.AuditFields, statement, args...)
}

// DeleteAudit removes old entries.
func (s *Store) DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := s.exec(ctx, "delete audit", `DELETE FROM audit WHERE entry_id IN (SELECT entry_id FROM audit WHERE at < $1
		ORDER BY entry_id LIMIT $2)`, storage.ToUnix(before), max(limit, 0))
	return int(n), err
}

package memory

import (
	"context"
	"slices"
	"strings"
	"time"

	"quire/storage"
)

// Note stores e.
func (s *Store) Note(ctx context.Context, e storage.AuditEntry) (int64, error) {
	return get(ctx, s, "note", func() (int64, error) {
		e, err := storage.CleanEntry(e)
		if err != nil {
			return 0, err
		}
		s.noted++
		e.ID = s.noted
		s.audit = append(s.audit, e)
		return e.ID, nil
	})
}

// Strike removes an entry.
func (s *Store) Strike(ctx context.Context, id int64) error {
	return s.do(ctx, "strike", func() error {
		at := slices.IndexFunc(s.audit, func(e storage.AuditEntry) bool { return e.ID == id })
		if at < 0 {
			return storage.ErrNotFound
		}
		s.audit = slices.Delete(s.audit, at, at+1)
		return nil
	})
}

// Audit returns a page, newest first.
func (s *Store) Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) {
	return get(ctx, s, "audit", func() ([]storage.AuditEntry, error) {
		var found []storage.AuditEntry
		for _, e := range slices.Backward(s.audit) {
			if len(found) < q.Limit && (q.Before == 0 || e.ID < q.Before) && matches(q, e) {
				found = append(found, e)
			}
		}
		return found, nil
	})
}

// matches reports whether e meets the conditions of q, other than q.Before.
func matches(q storage.AuditQuery, e storage.AuditEntry) bool {
	action := q.Action == "" || e.Action == q.Action || strings.HasSuffix(q.Action, ".") && strings.HasPrefix(e.Action, q.Action)
	person := q.Person == "" || e.Actor == q.Person || e.Subject == string(q.Person)
	return action && person && (q.Document == "" || e.Document == q.Document)
}

// DeleteAudit removes old entries.
func (s *Store) DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	return get(ctx, s, "delete audit", func() (int, error) {
		n := 0
		s.audit = slices.DeleteFunc(s.audit, func(e storage.AuditEntry) bool {
			old := n < limit && e.At.Before(milli(before))
			if old {
				n++
			}
			return old
		})
		return n, nil
	})
}

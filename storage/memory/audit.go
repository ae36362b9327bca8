package memory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"quire/storage"
)

// Note stores e.
func (s *Store) Note(ctx context.Context, e storage.AuditEntry) (int64, error) {
	e, err := storage.CleanEntry(e)
	if err != nil {
		return 0, fmt.Errorf("memory: note: %w", err)
	}
	unlock, err := s.begin(ctx, "note")
	if err != nil {
		return 0, err
	}
	defer unlock()
	s.noted++
	e.ID = s.noted
	s.audit = append(s.audit, e)
	return e.ID, nil
}

// Strike removes an entry.
func (s *Store) Strike(ctx context.Context, id int64) error {
	unlock, err := s.begin(ctx, "strike")
	if err != nil {
		return err
	}
	defer unlock()
	at := slices.IndexFunc(s.audit, func(e storage.AuditEntry) bool { return e.ID == id })
	if at < 0 {
		return fmt.Errorf("memory: strike id=%d: %w", id, storage.ErrNotFound)
	}
	s.audit = slices.Delete(s.audit, at, at+1)
	return nil
}

// Audit returns a page, newest first.
func (s *Store) Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) {
	unlock, err := s.begin(ctx, "audit")
	if err != nil {
		return nil, err
	}
	defer unlock()
	var found []storage.AuditEntry
	for _, e := range slices.Backward(s.audit) {
		if len(found) < q.Limit && (q.Before == 0 || e.ID < q.Before) && asked(q, e) {
			found = append(found, e)
		}
	}
	return found, nil
}

// asked reports whether q asks for such an entry, wherever it stands.
func asked(q storage.AuditQuery, e storage.AuditEntry) bool {
	action := q.Action == "" || e.Action == q.Action || strings.HasSuffix(q.Action, ".") && strings.HasPrefix(e.Action, q.Action)
	person := q.Person == "" || e.Actor == q.Person || e.Subject == string(q.Person)
	return action && person && (q.Document == "" || e.Document == q.Document)
}

// DeleteAudit removes old entries.
func (s *Store) DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	unlock, err := s.begin(ctx, "delete audit")
	if err != nil {
		return 0, err
	}
	defer unlock()
	n := 0
	s.audit = slices.DeleteFunc(s.audit, func(e storage.AuditEntry) bool {
		old := n < limit && e.At.Before(milli(before))
		if old {
			n++
		}
		return old
	})
	return n, nil
}

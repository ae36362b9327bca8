package sharing

import (
	"context"
	"errors"
	"time"

	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// UndoTime is how long a withdrawn link can be restored.
const UndoTime = 24 * time.Hour

// RestoreLink restores a link that was withdrawn within UndoTime, and the roles of those who were removed with it and have none
// now. Besides the store's errors it returns problems that say why the link can't be restored.
func (s *Service) RestoreLink(ctx context.Context, by By, doc storage.DocumentID, link string, tokenHash []byte) (storage.Link, error) {
	w, err := s.withdrawalOf(ctx, doc, link)
	if err != nil {
		return w.link, err
	}
	w.link.TokenHash = tokenHash
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "link.restore", Document: doc, Subject: link, Detail: audit.Detail("role", w.link.Role),
	}, func() error {
		err := s.store.CreateLink(ctx, w.link)
		if errors.Is(err, storage.ErrExists) {
			return NotWithdrawn().Caused(err)
		}
		return err
	})
	if err != nil {
		return w.link, err
	}
	for _, g := range w.people {
		if err := s.letBackIn(ctx, by, g, link); err != nil {
			return w.link, err
		}
	}
	return w.link, nil
}

// NotWithdrawn returns the problem for a restore of a link that still exists.
func NotWithdrawn() *problem.Problem { return problem.Conflict("This link is not withdrawn.") }

// withdrawal is a link as the audit log recorded it at its latest withdrawal, and the grants that went with it.
type withdrawal struct {
	link   storage.Link
	people []storage.Grant
}

// withdrawalOf reads a link's withdrawal from the audit log of doc, newest entry first. It leaves out people with newer entries:
// what was decided about them since then stands. An id alone proves nothing, so a link is restored only if doc's log names it.
func (s *Service) withdrawalOf(ctx context.Context, doc storage.DocumentID, link string) (withdrawal, error) {
	w := withdrawal{}
	since := map[string]bool{} // subjects of entries newer than the withdrawal
	query := storage.AuditQuery{Document: doc, Limit: 200}
	for {
		entries, err := s.store.Audit(ctx, query)
		if err != nil {
			return w, err
		}
		for _, e := range entries {
			query.Before = e.ID
			if !s.now().Before(e.At.Add(UndoTime)) {
				return w, problem.NotFound().Because("This link can't be brought back any more. Make a new one.")
			}
			switch detail := audit.Read(e.Detail); {
			case e.Action == "grant.remove" && detail["through"] == link:
				if since[e.Subject] {
					continue
				}
				role, _ := detail["was"].(string)
				w.people = append(w.people, storage.Grant{Document: doc, User: storage.UserID(e.Subject), Role: role, Via: ViaLink + ":" + link})
			case e.Action == "link.withdraw" && e.Subject == link:
				w.link, err = linkFrom(doc, link, detail)
				return w, err
			default:
				since[e.Subject] = true
			}
		}
		if len(entries) < query.Limit {
			return w, problem.NotFound().Because("This document had no such link.")
		}
	}
}

// letBackIn restores g if its person has no role now. It is no error if their account is gone.
func (s *Service) letBackIn(ctx context.Context, by By, g storage.Grant, link string) error {
	_, err := s.store.Grant(ctx, g.Document, g.User)
	if err == nil {
		return nil
	}
	if errors.Is(err, storage.ErrNotFound) {
		_, err = s.AtLeast(ctx, by, g, link)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// withdrawn returns the audit detail from which linkFrom can restore l.
func withdrawn(l storage.Link, people bool) string {
	return audit.Detail("role", l.Role, "expires_at", timeOrNil(l.ExpiresAt), "created_by", l.CreatedBy,
		"created_at", timeText(l.CreatedAt), "people", people)
}

// linkFrom returns the link from the detail that withdrawn wrote; its TokenHash is not in there.
func linkFrom(doc storage.DocumentID, id string, detail map[string]any) (storage.Link, error) {
	l := storage.Link{ID: id, Document: doc}
	l.Role, _ = detail["role"].(string)
	by, _ := detail["created_by"].(string)
	l.CreatedBy = storage.UserID(by)
	l.CreatedAt, l.ExpiresAt = timeFrom(detail["created_at"]), timeFrom(detail["expires_at"])
	if l.Role == "" || l.CreatedAt.IsZero() {
		return l, problem.NotFound().Because("This link was withdrawn before links could be brought back. Make a new one.")
	}
	return l, nil
}

func timeFrom(value any) time.Time {
	text, _ := value.(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return storage.Milli(at)
}

// timeOrNil returns a time for an audit detail; the zero time becomes null.
func timeOrNil(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return timeText(at)
}

// timeText formats a time as REST does.
func timeText(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

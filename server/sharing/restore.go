package sharing

import (
	"context"
	"errors"
	"time"

	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// UndoTime is for how long a withdrawn link can be brought back.
const UndoTime = 24 * time.Hour

// RestoreLink brings a link back that was withdrawn within UndoTime, and everybody who was removed with it and has no role
// now. Its errors beside the store's are problems that say why it can't be.
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

// NotWithdrawn is the answer to who would bring a link back that is there.
func NotWithdrawn() *problem.Problem { return problem.Conflict("This link is not withdrawn.") }

// withdrawal is what the audit log kept of a link's latest withdrawal, and whom it removed.
type withdrawal struct {
	link   storage.Link
	people []storage.Grant
}

// withdrawalOf reads it, without those of whom the log tells something newer: what was decided about them since stands. That the log tells of this link on this document is what lets its owners have it again: an id
// alone proves nothing.
func (s *Service) withdrawalOf(ctx context.Context, doc storage.DocumentID, link string) (withdrawal, error) {
	w := withdrawal{}
	since := map[string]bool{} // of whom something newer is told
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

// letBackIn gives g to somebody who has no role, and may have deleted their account.
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

// withdrawn is what the audit log has to keep for a link to come back.
func withdrawn(l storage.Link, people bool) string {
	return audit.Detail("role", l.Role, "expires_at", timeOrNil(l.ExpiresAt), "created_by", l.CreatedBy,
		"created_at", timeText(l.CreatedAt), "people", people)
}

// linkFrom is the link that withdrawn wrote down.
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

// timeOrNil is a time for a detail of the audit log; the zero time is null.
func timeOrNil(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return timeText(at)
}

// timeText writes a time as REST does.
func timeText(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

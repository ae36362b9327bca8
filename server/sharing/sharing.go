// Package sharing is every act that changes what people may do with a document. One call makes the change in the store, with
// its entry in the audit log and the letter that goes with it, so that no act can forget one of them; open sockets are told by
// the store itself (storage.Events). Whether somebody may do it, and whether what they ask makes sense, is decided before, by
// who calls (server/api).
package sharing

import (
	"context"
	"log/slog"
	"time"

	"quire/collab"
	"quire/server/audit"
	"quire/server/auth"
	"quire/storage"
)

// Store is what the acts change and look at. A storage.Store is one.
type Store interface {
	storage.Grants
	storage.Sharing
	storage.Groups
	audit.Store
	Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) // what a withdrawn link was
}

// Letters mails what people are told who may have no account here. *auth.Service is one.
type Letters interface {
	// MailInvitation sends the letter and reports whether it is on its way; false where no mail is sent.
	MailInvitation(l auth.InvitationLetter) bool
}

// By is who does something, and from which address, for the audit log.
type By struct {
	Who     collab.Identity
	Address string
}

// Service does it. Safe for use by any goroutine.
//
// Its methods return the store's errors. After one that is not a refusal of the store's (storage.Refused) nobody knows whether the change was
// made, and the audit log keeps its entry.
type Service struct {
	store Store
	now   func() time.Time
	log   *slog.Logger

	letters Letters
}

// New makes a Service. All arguments are needed, but for letters where nobody is invited.
func New(store Store, letters Letters, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, letters: letters, now: now, log: log}
}

// act makes a change: first its entry in the audit log, which is struck out if nothing was changed, then the change itself.
func (s *Service) act(ctx context.Context, by By, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = s.now(), by.Who.User, by.Address
	return audit.Do(ctx, s.store, s.log, e, change)
}

// Package sharing makes every change to what people may do with a document. One call makes the change in the store, writes its
// audit entry and sends the letter that belongs to it, so that none of them can be forgotten. Open sockets learn of the change
// from the store (storage.Events). The caller (server/api) has already checked that the person may do it and that the request
// makes sense.
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

// Store is what a Service reads and changes. storage.Store implements it.
type Store interface {
	storage.Grants
	storage.Sharing
	storage.Groups
	storage.Transfers
	audit.Store
	Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) // to restore a withdrawn link
}

// Letters mails people who may have no account here. *auth.Service implements it.
type Letters interface {
	// MailInvitation queues the letter and reports whether it did. It returns false if this server sends no mail.
	MailInvitation(l auth.InvitationLetter) bool
}

// By says who makes a change and from which IP address, for the audit log.
type By struct {
	Who     collab.Identity
	Address string
}

// Service makes the changes. It is safe for concurrent use.
//
// Its methods return the store's errors. Unless the error is a refusal by the store (storage.Refused), it is unknown whether the
// change was made, and its audit entry stays.
type Service struct {
	store Store
	now   func() time.Time
	log   *slog.Logger

	letters Letters
}

// New returns a Service. All arguments are required, except that letters may be nil if Invite is never called.
func New(store Store, letters Letters, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, letters: letters, now: now, log: log}
}

// act writes the audit entry e and then makes the change. The entry is deleted if the change certainly did not happen.
func (s *Service) act(ctx context.Context, by By, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = s.now(), by.Who.User, by.Address
	return audit.Do(ctx, s.store, s.log, e, change)
}

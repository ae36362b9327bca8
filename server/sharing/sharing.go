// Package sharing is every act that changes what people may do with a document. One call makes the change in the store, with
// its entry in the audit log, and then tells open sockets, so that no act can forget one of them. Whether somebody may do it,
// and whether what they ask makes sense, is decided before, by who calls (server/api).
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

// Live is what open sockets learn it from. *collab.Hub is one.
type Live interface {
	GrantChanged(doc storage.DocumentID, user storage.UserID, by collab.Identity)
	GroupChanged(group string, users []storage.UserID, by collab.Identity)
	GroupGrantChanged(doc storage.DocumentID, group string, by collab.Identity)
	ReachChanged(doc storage.DocumentID, by collab.Identity)
	MembersChanged(doc storage.DocumentID)
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
	live  Live
	now   func() time.Time
	log   *slog.Logger

	letters Letters
}

// New makes a Service. All arguments are needed.
func New(store Store, live Live, letters Letters, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, live: live, letters: letters, now: now, log: log}
}

// act makes a change: first its entry in the audit log, which is struck out if nothing was changed, then the change itself,
// then tell, also if nobody knows whether it was made (P10): nothing that is told says more than where to look.
func (s *Service) act(ctx context.Context, by By, e storage.AuditEntry, change func() error, tell func()) error {
	e.At, e.Actor, e.Address = s.now(), by.Who.User, by.Address
	err := audit.Do(ctx, s.store, s.log, e, change)
	if audit.MayHaveHappened(err) {
		tell()
	}
	return err
}

// granted tells that user's role on doc changed: their own sessions, and those who show who has a role.
func (s *Service) granted(by By, doc storage.DocumentID, user storage.UserID) func() {
	return func() {
		s.live.GrantChanged(doc, user, by.Who)
		s.live.MembersChanged(doc)
	}
}

// members tells those who show who has a role on doc.
func (s *Service) members(doc storage.DocumentID) func() {
	return func() { s.live.MembersChanged(doc) }
}

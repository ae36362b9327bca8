package storage

import (
	"context"
	"time"
)

// AuditEntry records who changed whose access, or another change that matters for security, when and from where. It is written
// before the change, so that no change can be without one, and deleted if the change did not happen.
type AuditEntry struct {
	ID       int64 // set by the store; later entries have higher ids
	At       time.Time
	Actor    UserID     // who did it; "" for the command line or nobody signed in
	Action   string     // defined by the caller: "grant.set", "link.create", …
	Document DocumentID // "" for none
	Subject  string     // whom or what it was about: a user, group, link, e-mail; "" for none
	Detail   string     // a JSON object defined by the caller, or ""; with ids in it, never names or e-mails
	Address  string     // where the request came from
}

// AuditQuery asks for a page of entries, newest first. Zero fields match all.
type AuditQuery struct {
	Document DocumentID
	Person   UserID // as actor or subject
	Action   string // this action, or with a trailing "." all that start with it
	Before   int64  // only entries with a lower id; 0: from the newest
	Limit    int    // at least 1
}

// PersonListed is a user in an administrator's list. Deleted users are in no list.
type PersonListed struct {
	User       User
	Documents  int       // documents whose Document.Owner they are, not deleted for good
	Bytes      int64     // of the logs of these
	LastSeenAt time.Time // the latest of all their stored sign-ins; zero: none
}

// PersonQuery asks for a page of users, sorted by folded name, then id.
type PersonQuery struct {
	Text      string // only those whose name or e-mail contains it, without regard to case
	Guests    bool   // also those who are not accounts: guests and applications' people
	AfterName string // folded name of the last user of the page before, with AfterID
	AfterID   UserID // "" for the first page
	Limit     int    // at least 1
}

// DocumentListed is a document in an administrator's list: never its content.
type DocumentListed struct {
	Document    Document
	Head        Head
	MemberCount int
}

// Cursor returns the position of l in its list.
func (l DocumentListed) Cursor() Cursor {
	return Cursor{UpdatedAt: l.Head.UpdatedAt, ID: l.Document.ID}
}

// Totals counts what the installation holds.
type Totals struct {
	Accounts  int // users with an e-mail who are not guests
	Guests    int // all other users that are not deleted
	Documents int // not deleted for good
	Trashed   int // of these
	Ops       int64
	Bytes     int64 // of all logs
}

// Administration stores what administrators see and do.
type Administration interface {
	// Note stores e and returns its id.
	Note(ctx context.Context, e AuditEntry) (int64, error)
	// Strike deletes an entry whose change did not happen; ErrNotFound if there is none. Its id is never used again.
	Strike(ctx context.Context, id int64) error
	Audit(ctx context.Context, q AuditQuery) ([]AuditEntry, error)
	// DeleteAudit deletes entries older than before, at most limit, lowest ids first, and returns how many.
	DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error)

	ListPeople(ctx context.Context, q PersonQuery) ([]PersonListed, error)
	// ListAll lists documents in the order of ListDocuments, whoever has access: all if q.User is "", else those whose
	// Document.Owner is q.User. q.Scope is ScopeAll or ScopeTrash; for any other the list is empty.
	ListAll(ctx context.Context, q DocumentQuery) ([]DocumentListed, error)
	Totals(ctx context.Context) (Totals, error)
	// Size returns the size of the whole database in bytes.
	Size(ctx context.Context) (int64, error)

	// DeleteUser makes a person's row anonymous: id and CreatedAt stay, for the authorship of ops; the rest is emptied and
	// DeletedAt set. It deletes their sign-ins, tokens, codes, picture, group memberships and offers, requests and grants, and
	// the invitations to their e-mail. The caller must first transfer or delete the documents that they alone own: while one is
	// left that is not deleted for good, DeleteUser changes nothing and returns ErrLastOwner; ErrLastAdmin if nobody would be in
	// charge any more. Where they are Document.Owner of
	// a document with other owners, the oldest of these (then by user) becomes it. A group left without a manager gets its
	// oldest member (then by user) as manager, or is deleted if it has none. In an AuditEntry whose Subject is their e-mail
	// (folded), their id replaces it. ErrNotFound if there is no such user or they are deleted already. Afterwards all methods
	// that take a user treat the id as unknown, except User and Users.
	DeleteUser(ctx context.Context, id UserID, at time.Time) error

	// SetPicture stores a person's picture and sets User.Picture to version; an empty body deletes it. ErrNotFound if there
	// is no such user.
	SetPicture(ctx context.Context, id UserID, contentType string, body []byte, version string) error
	// Picture returns a person's picture; ErrNotFound if there is none.
	Picture(ctx context.Context, id UserID) (contentType string, body []byte, version string, err error)
}

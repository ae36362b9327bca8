package storage

import (
	"context"
	"time"
)

// AuditEntry says who changed whose access, or another thing that matters to safety, when and from where. It is noted
// before the change, so that no change can be without one, and struck out if the change did not happen.
type AuditEntry struct {
	ID       int64 // set by the store; later entries have higher ones
	At       time.Time
	Actor    UserID     // who did it; "" for the command line or nobody signed in
	Action   string     // the caller's word: "grant.set", "link.create", …
	Document DocumentID // "" for none
	Subject  string     // whom or what it was about: a user, group, link, e-mail; "" for none
	Detail   string     // a JSON object of the caller's, or ""
	Address  string     // where the request came from
}

// AuditQuery asks for a page, newest first. Zero fields ask for all.
type AuditQuery struct {
	Document DocumentID
	Person   UserID // as actor or subject
	Action   string // this one, or with a trailing "." all that begin so
	Before   int64  // only entries with a lower id; 0: from the newest
	Limit    int    // at least 1
}

// PersonListed is a user as an administrator's list shows them.
type PersonListed struct {
	User       User
	Documents  int       // they own, not deleted for good
	Bytes      int64     // of the logs of those
	LastSeenAt time.Time // of their newest sign-in in use; zero: none
}

// PersonQuery asks for a page of users by folded name, then id.
type PersonQuery struct {
	Text      string // only those whose name or e-mail contains it, whatever the case
	Guests    bool   // guests and applications' people too
	AfterName string // folded, of the last one of the page before, with AfterID
	AfterID   UserID
	Limit     int // at least 1
}

// DocumentListed is a document as an administrator's list shows it: never its content.
type DocumentListed struct {
	Document    Document
	Head        Head
	MemberCount int
}

// Totals counts what the installation holds.
type Totals struct {
	Accounts  int
	Guests    int // guests and applications' people
	Documents int // not deleted for good
	Trashed   int // of these
	Ops       int64
	Bytes     int64 // of all logs
}

// Administration is what an administrator sees and does.
type Administration interface {
	// Note stores e and gives its id.
	Note(ctx context.Context, e AuditEntry) (int64, error)
	// Strike removes an entry whose change did not happen.
	Strike(ctx context.Context, id int64) error
	Audit(ctx context.Context, q AuditQuery) ([]AuditEntry, error)
	// DeleteAudit removes entries older than before, at most limit, and tells how many.
	DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error)

	ListPeople(ctx context.Context, q PersonQuery) ([]PersonListed, error)
	// ListAll lists all documents as ListDocuments does, whoever has a grant; q.User "" for all owners, else only
	// theirs; ScopeAll or ScopeTrash.
	ListAll(ctx context.Context, q DocumentQuery) ([]DocumentListed, error)
	Totals(ctx context.Context) (Totals, error)

	// DeleteUser makes a person's row anonymous: id and CreatedAt stay, so that authorship has a place to point to; the rest is
	// emptied and DeletedAt set. Their sign-ins, tokens, codes, picture, places in groups, requests and grants are gone,
	// also the last owner's: the caller has transferred or deleted those documents (ErrLastOwner if one is left that is not
	// deleted for good). ErrLastManager does not occur: a group left without manager gets its oldest member, or goes.
	DeleteUser(ctx context.Context, id UserID, at time.Time) error

	// SetPicture keeps a person's picture and sets User.Picture to version; an empty body removes it.
	SetPicture(ctx context.Context, id UserID, contentType string, body []byte, version string) error
	// Picture gives it; ErrNotFound if there is none.
	Picture(ctx context.Context, id UserID) (contentType string, body []byte, version string, err error)
}

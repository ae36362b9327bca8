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
	Detail   string     // a JSON object of the caller's, or ""; with ids in it, never names or e-mails
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

// PersonListed is a user as an administrator's list shows them. Deleted ones are in no list.
type PersonListed struct {
	User       User
	Documents  int       // whose Document.Owner they are, not deleted for good; none of an application's
	Bytes      int64     // of the logs of those
	LastSeenAt time.Time // the latest of all their sign-ins kept; zero: none
}

// PersonQuery asks for a page of users by folded name, then id.
type PersonQuery struct {
	Text      string // only those whose name or e-mail contains it, whatever the case
	Guests    bool   // all who are no accounts, too: guests and applications' people
	AfterName string // folded, of the last one of the page before, with AfterID
	AfterID   UserID // "" for the beginning
	Limit     int    // at least 1
}

// DocumentListed is a document as an administrator's list shows it: never its content.
type DocumentListed struct {
	Document    Document
	Head        Head
	MemberCount int
}

// Cursor is the place of l in its list.
func (l DocumentListed) Cursor() Cursor {
	return Cursor{UpdatedAt: l.Head.UpdatedAt, ID: l.Document.ID}
}

// Totals counts what the installation holds.
type Totals struct {
	Accounts  int // users with an e-mail who are no guests
	Guests    int // all others that are not deleted
	Documents int // not deleted for good
	Trashed   int // of these
	Ops       int64
	Bytes     int64 // of all logs
}

// Administration is what an administrator sees and does.
type Administration interface {
	// Note stores e and returns its id.
	Note(ctx context.Context, e AuditEntry) (int64, error)
	// Strike removes an entry whose change did not happen; ErrNotFound if there is none. Its id is never used again.
	Strike(ctx context.Context, id int64) error
	Audit(ctx context.Context, q AuditQuery) ([]AuditEntry, error)
	// DeleteAudit removes entries older than before, at most limit, lowest ids first, and tells how many.
	DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error)

	ListPeople(ctx context.Context, q PersonQuery) ([]PersonListed, error)
	// ListAll lists all documents as ListDocuments does, whoever has a grant: with q.User "" all, else those whose
	// Document.Owner they are; ScopeAll or ScopeTrash, any other shows none.
	ListAll(ctx context.Context, q DocumentQuery) ([]DocumentListed, error)
	Totals(ctx context.Context) (Totals, error)
	// Size is how many bytes the database takes, with all that is in it.
	Size(ctx context.Context) (int64, error)

	// DeleteUser makes a person's row anonymous: id and CreatedAt stay, so that authorship has a place to point to; the rest is
	// emptied and DeletedAt set. Their sign-ins, tokens, codes, picture, places in groups, requests and grants are gone, and
	// the invitations to their e-mail. The caller has transferred or deleted what they alone own: ErrLastOwner, and
	// nothing happens, if such a document is left that is not deleted for good. Where they are Document.Owner of others,
	// the oldest other owner is (then by user). A group left without manager gets its oldest member (then by user), or
	// goes if it has none. An AuditEntry whose Subject is their e-mail (folded) names their id. ErrNotFound if there is no
	// such user, or no more. From then on nothing is given to them: what takes a user finds none of that id.
	DeleteUser(ctx context.Context, id UserID, at time.Time) error

	// SetPicture keeps a person's picture and sets User.Picture to version; an empty body removes it. ErrNotFound if there
	// is no such user.
	SetPicture(ctx context.Context, id UserID, contentType string, body []byte, version string) error
	// Picture returns it; ErrNotFound if there is none.
	Picture(ctx context.Context, id UserID) (contentType string, body []byte, version string, err error)
}

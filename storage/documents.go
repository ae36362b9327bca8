package storage

import (
	"context"
	"time"
)

// Document is what is known of a document beside its content.
type Document struct {
	ID        DocumentID
	Title     string
	Owner     UserID // who made it, or whom it was handed over to; "" if it belongs to an application
	CreatedAt time.Time
	TrashedAt time.Time // zero: not in the trash
	TrashedBy UserID
	Preview   string // the first words, as of the newest snapshot

	Application string // the issuer whose tokens' people act for it; "" if it belongs to a person
}

// Trashed reports whether the document lies in the trash.
func (d Document) Trashed() bool { return !d.TrashedAt.IsZero() }

// Scope says which of a person's documents a list shows.
type Scope string

const (
	ScopeAll    Scope = "all"    // any role, not in the trash
	ScopeMine   Scope = "mine"   // as an owner, not in the trash
	ScopeShared Scope = "shared" // not as an owner, not in the trash
	ScopeTrash  Scope = "trash"  // as an owner, in the trash
)

// Cursor is a place in a list: after the document of this time and id. The zero cursor is the beginning.
type Cursor struct {
	UpdatedAt time.Time
	ID        DocumentID
}

// DocumentQuery asks for a page of the documents that User has a grant on, or a group that User is in, newest change first,
// then by id. What User has by reach alone is not listed: every account has it.
type DocumentQuery struct {
	User  UserID
	Scope Scope
	Title string // only titles that contain it, whatever the case; "" for all. No character is special
	After Cursor
	Limit int // at least 1

	Within []IDRange // of ListWithin, without overlap
}

// IDRange is the ids from From on that come before Before, by bytes.
type IDRange struct{ From, Before DocumentID }

// ListedMembers is how many members a list names.
const ListedMembers = 5

// Listed is a document as a list shows it.
type Listed struct {
	Document    Document
	Head        Head
	Roles       []string // of all Ways of the one who asked, each once, sorted by bytes: the highest counts
	Members     []UserID // the first ListedMembers with a grant of their own, oldest grant first
	MemberCount int
}

// Cursor is the place of l in its list.
func (l Listed) Cursor() Cursor { return Cursor{UpdatedAt: l.Head.UpdatedAt, ID: l.Document.ID} }

// Documents keeps what is known of documents beside their content. Methods of one document give ErrNotFound for an id
// never used and ErrDeleted for a tombstone (L7).
type Documents interface {
	// CreateDocument stores d with its first ops and its owner's grant, all or none. Either d.Owner or d.Application
	// must be set; an application gets no grant. What d says of the trash is ignored. Preview is kept until the first snapshot brings another. ErrExists if the id is taken or
	// ever was, ErrNotFound if the owner is a deleted person.
	CreateDocument(ctx context.Context, d Document, ops []Op) error
	Document(ctx context.Context, doc DocumentID) (Document, error)
	// ListDocuments returns at most q.Limit documents after q.After.
	ListDocuments(ctx context.Context, q DocumentQuery) ([]Listed, error)
	// ListWithin returns such a page of all documents with an id in q.Within, whoever has a grant; ScopeAll or ScopeTrash, any
	// other shows none. It knows of no Roles.
	ListWithin(ctx context.Context, q DocumentQuery) ([]Listed, error)
	SetTitle(ctx context.Context, doc DocumentID, title string) error
	// TrashDocument puts it into the trash; once there, it keeps its first time and person.
	TrashDocument(ctx context.Context, doc DocumentID, by UserID, at time.Time) error
	// RestoreDocument takes it out of the trash; if it is not there, nothing happens.
	RestoreDocument(ctx context.Context, doc DocumentID) error
	// DeleteDocument removes ops, snapshots, grants, group grants, reach, links, invitations and requests for good, in one
	// transaction, and leaves the tombstone.
	DeleteDocument(ctx context.Context, doc DocumentID, at time.Time) error
	// TrashedBefore lists up to limit documents trashed before that time, the longest ago first.
	TrashedBefore(ctx context.Context, before time.Time, limit int) ([]DocumentID, error)
	// OwnedBytes sums Head.Bytes over the documents whose Owner is user.
	OwnedBytes(ctx context.Context, user UserID) (int64, error)
	// ApplicationBytes sums Head.Bytes over the documents that belong to an application.
	ApplicationBytes(ctx context.Context, application string) (int64, error)
}

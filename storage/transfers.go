package storage

import (
	"context"
	"time"
)

// TransferOffer is the ownership of a document that is offered to somebody. It changes nothing until they accept it: the document's
// space would count for them.
type TransferOffer struct {
	Document  DocumentID
	From      UserID // who loses the ownership; "" if the document belongs to an application
	To        UserID
	Then      string // the role that From keeps; "" for none
	CreatedAt time.Time
}

// Transfers stores who owns documents, and to whom their ownership is offered. A document has at most one offer; TransferDocument,
// DeleteDocument and the deletion of either person end it.
type Transfers interface {
	// TransferDocument makes to an owner and Document.Owner, and sets the role of from to then ("" for none), all or none. If
	// the document belongs to an application, from and then are "". Changed grants keep what SetGrant keeps; a new one has
	// CreatedAt at and Via RoleOwner. ErrNotFound if from is not an owner, or to is not a user or only an application's person.
	TransferDocument(ctx context.Context, doc DocumentID, from, to UserID, then string, at time.Time) error
	// OfferDocument stores o and replaces an older offer of the document. It returns the errors that the transfer would.
	OfferDocument(ctx context.Context, o TransferOffer) error
	// DocumentOffer returns a document's offer; ErrNotFound if there is none.
	DocumentOffer(ctx context.Context, doc DocumentID) (TransferOffer, error)
	// DocumentOffersTo lists the offers to user, oldest first, then by document.
	DocumentOffersTo(ctx context.Context, user UserID) ([]TransferOffer, error)
	// TakeDocument makes the transfer that is offered to user, and ends the offer, both or neither. ErrNotFound if there is no
	// such offer, and if its From is no owner any more: of concurrent calls one succeeds.
	TakeDocument(ctx context.Context, doc DocumentID, user UserID, at time.Time) error
	// WithdrawDocument ends the offer to user; ErrNotFound if there is none.
	WithdrawDocument(ctx context.Context, doc DocumentID, user UserID) error
}

package collab

import (
	"context"

	"quire/collab/access"
	"quire/collab/delta"
	"quire/storage"
)

// Role tells what who may do to doc, and from which revision on they may read its history (W8): Since of the grant. A
// document that does not exist gives access.None, as does one that who has no role on.
func (h *Hub) Role(ctx context.Context, who Identity, doc storage.DocumentID) (access.Role, storage.Revision, error) {
	return access.None, 0, nil
}

// Create stores a new document with its first text, in one transaction (L7); storage.ErrExists if the id was ever used.
// d.Owner and d.CreatedAt are set here if they are not. initial holds inserts only; it gets its last newline (E6).
func (h *Hub) Create(ctx context.Context, who Identity, d storage.Document, initial delta.Delta) (storage.Document, error) {
	return d, nil
}

// Submission is one op that came over REST.
type Submission struct {
	Who    Identity
	Client string // of the Idempotency-Key, hashed with the user
	Seq    int64
	Base   storage.Revision // the revision Op was made for
	Op     delta.Delta
}

// Submitted is an op's place in the log and the form it took there.
type Submitted struct {
	Revision storage.Revision // of the document after it
	Op       delta.Delta
}

// Submit puts an op into the same order as everybody's, waits for its commit, and answers a repetition with the same.
// Errors: ErrForbidden, ErrTrashed, storage.ErrDeleted, *wire.Error for an op that is refused, ErrUnavailable,
// ErrOverloaded, ErrDraining.
func (h *Hub) Submit(ctx context.Context, doc storage.DocumentID, s Submission) (Submitted, error) {
	return Submitted{}, nil
}

// Content gives doc's content at a revision, or at its head for storage.Newest, and the revision it is of. It asks no
// role. A document whose content was deleted by an op gives an empty delta. storage.ErrAhead beyond the head.
func (h *Hub) Content(ctx context.Context, doc storage.DocumentID, at storage.Revision) (delta.Delta, storage.Revision, error) {
	return nil, 0, nil
}

// Present tells who has the documents open on this node, each person once, in the order they came.
func (h *Hub) Present(docs []storage.DocumentID) map[storage.DocumentID][]Person { return nil }

package storage

import "errors"

// What callers branch on. Backends wrap these with one fact of context per layer.
var (
	// ErrConflict: the compare-and-set did not hold; nothing was stored.
	ErrConflict = errors.New("storage: conflict")
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("storage: not found")
	// ErrDeleted: the document was deleted for good; its id is never used again.
	ErrDeleted = errors.New("storage: deleted for good")
	// ErrExists: the name is taken, or was ever used.
	ErrExists = errors.New("storage: exists already")
	// ErrLastOwner: a document keeps at least one owner.
	ErrLastOwner = errors.New("storage: last owner")
	// ErrUnavailable: the database could not be asked; surely nothing was stored.
	ErrUnavailable = errors.New("storage: unavailable")
)

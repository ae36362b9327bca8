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
	// ErrLastManager: a group keeps at least one manager.
	ErrLastManager = errors.New("storage: last manager")
	// ErrAhead: the revision asked for is beyond the head (L9).
	ErrAhead = errors.New("storage: beyond the head")
	// ErrInvalid: the call itself is wrong (an empty batch, one document twice); nothing was stored.
	ErrInvalid = errors.New("storage: invalid")
	// ErrUnavailable: the database could not be asked; surely nothing was stored.
	ErrUnavailable = errors.New("storage: unavailable")
	// ErrRewound: the log may have gone back in time since the caller read it (N12); nothing was stored.
	ErrRewound = errors.New("storage: the log may have gone back in time")
	// ErrNoWrites: the database answers questions, and takes nothing in (read-only, full, waiting for a standby).
	ErrNoWrites = errors.New("storage: no writes")
	// ErrDamaged: what the database gave back is not what was stored (a wrong checksum, a hole in the log).
	ErrDamaged = errors.New("storage: damaged")
)

var refusals = []error{ErrConflict, ErrNotFound, ErrDeleted, ErrExists, ErrLastOwner, ErrLastManager, ErrAhead, ErrInvalid, ErrUnavailable, ErrRewound}

// Refused reports whether err says for sure that nothing was stored. After any other error of a writing call the outcome
// is unknown: read the tail again before anything else (L2). The database may even decide it after that look; then the
// same batch, given again at the same base, is either the one that is stored or a conflict, after which the look finds
// its twin.
func Refused(err error) bool {
	for _, r := range refusals {
		if errors.Is(err, r) {
			return true
		}
	}
	return false
}

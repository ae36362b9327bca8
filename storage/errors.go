package storage

import "errors"

// Errors that callers branch on. Backends wrap them with one fact of context per layer.
var (
	// ErrConflict reports that a compare-and-set failed; nothing was stored.
	ErrConflict = errors.New("storage: conflict")
	// ErrNotFound reports that there is no such row.
	ErrNotFound = errors.New("storage: not found")
	// ErrDeleted reports that the document was deleted for good. Its id is never used again.
	ErrDeleted = errors.New("storage: deleted for good")
	// ErrExists reports that a unique value (an id, a hash, a name) is taken, or, for a document's id, was ever taken.
	ErrExists = errors.New("storage: exists already")
	// ErrLastOwner reports that a document would lose its last owner.
	ErrLastOwner = errors.New("storage: last owner")
	// ErrLastManager reports that a group would lose its last manager.
	ErrLastManager = errors.New("storage: last manager")
	// ErrLastAdmin reports that the installation would lose its last administrator.
	ErrLastAdmin = errors.New("storage: last administrator")
	// ErrFull reports that there are as many rows of the kind as there may be (limits.go).
	ErrFull = errors.New("storage: full")
	// ErrAhead reports that a revision is beyond the head (L9).
	ErrAhead = errors.New("storage: beyond the head")
	// ErrInvalid reports that the arguments are wrong (an empty batch, one document twice); nothing was stored.
	ErrInvalid = errors.New("storage: invalid")
	// ErrUnavailable reports that the database could not be reached; certainly nothing was stored.
	ErrUnavailable = errors.New("storage: unavailable")
	// ErrRewound reports that the log may have gone back in time since the caller read it (N12); nothing was stored.
	ErrRewound = errors.New("storage: the log may have gone back in time")
	// ErrNoWrites reports that the database answers reads but accepts no writes (read-only, full, waiting for a standby).
	ErrNoWrites = errors.New("storage: no writes")
	// ErrDamaged reports that the database returned something else than was stored (a wrong checksum, a hole in the log).
	ErrDamaged = errors.New("storage: damaged")
)

var refusals = []error{ErrConflict, ErrNotFound, ErrDeleted, ErrExists, ErrLastOwner, ErrLastManager, ErrLastAdmin, ErrFull, ErrAhead, ErrInvalid, ErrUnavailable, ErrRewound}

// Refused reports whether err means that certainly nothing was stored. After any other error of a write the outcome is unknown:
// read the tail again before anything else (L2). The database may decide even after that read. Then the same batch, appended
// again at the same base, is either stored once or conflicts, and after a conflict the read finds its twins.
func Refused(err error) bool {
	for _, r := range refusals {
		if errors.Is(err, r) {
			return true
		}
	}
	return false
}

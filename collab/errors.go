package collab

import (
	"errors"

	"quire/collab/order"
)

// What callers branch on beside storage's sentinels and *wire.Error. Errors of this package wrap one of them.
var (
	// ErrForbidden: no role, or not enough of one; the same for a document that does not exist (W9).
	ErrForbidden = errors.New("collab: forbidden")
	// ErrTrashed: the document lies in the trash.
	ErrTrashed = errors.New("collab: in the trash")
	// ErrUnavailable: the store gave no answer in time. Whether an op was stored is unknown: ask again with the same client
	// and seq.
	ErrUnavailable = errors.New("collab: unavailable")
	// ErrOverloaded: a bound of this node is reached; nothing was done.
	ErrOverloaded = errors.New("collab: overloaded")
	// ErrDraining: the node is about to stop; nothing was done.
	ErrDraining = errors.New("collab: draining")
	// ErrDamaged: the log holds an op that cannot be applied, so the document is not served.
	ErrDamaged = order.ErrDamaged
)

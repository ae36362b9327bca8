package collab

import (
	"errors"

	"quire/collab/order"
)

// The errors that callers distinguish, beside storage's and *wire.Error. This package's errors wrap one of them.
var (
	// ErrForbidden: no role, or too low a role. Also for a document that does not exist (W9).
	ErrForbidden = errors.New("collab: forbidden")
	// ErrTrashed: the document is in the trash.
	ErrTrashed = errors.New("collab: in the trash")
	// ErrUnavailable: the store did not answer in time. It is unknown whether an op was stored: send it again with the same client and
	// seq.
	ErrUnavailable = errors.New("collab: unavailable")
	// ErrOverloaded: a limit of this node is reached. Nothing was done.
	ErrOverloaded = errors.New("collab: overloaded")
	// ErrDraining: the node is stopping. Nothing was done.
	ErrDraining = errors.New("collab: draining")
	// ErrDamaged: the log holds an op that cannot be applied, so the document is not served.
	ErrDamaged = order.ErrDamaged
)

package storage

import (
	"context"
	"fmt"
	"time"
)

// Pending is an account that somebody asked for and that waits until the letter to its e-mail was answered. Only a hash of
// the letter's code is kept.
type Pending struct {
	Hash         []byte // of the code; unique
	Email        string
	Name         string
	PasswordHash string
	Guest        UserID // whose row becomes the account; "" for a new one
	CreatedAt    time.Time
	ExpiresAt    time.Time
}

// Pendings keeps accounts that wait. What expired at or before now is ErrNotFound where now is asked for;
// Credentials.DeleteExpired removes it.
type Pendings interface {
	// CreatePending stores p; ErrExists if the hash is taken. At most KeptPending of an e-mail are kept, whatever its case,
	// and at most most, at least 1, of all: the oldest make room, expired or not, of those of one time the lowest hash.
	// Of several made at once a few more may be kept until the next.
	CreatePending(ctx context.Context, p Pending, most int) error
	// Pending gives one without using it up.
	Pending(ctx context.Context, hash []byte, now time.Time) (Pending, error)
	// TakePending gives one and removes it: of many at once one wins, the others get ErrNotFound. One that expired stays.
	TakePending(ctx context.Context, hash []byte, now time.Time) (Pending, error)
}

// KeptPending is how many accounts of one e-mail wait at most.
const KeptPending = 5

// CleanPending is p as it is kept.
func CleanPending(p Pending) (Pending, error) {
	p.Email, p.Name, p.CreatedAt, p.ExpiresAt = Text(p.Email), Text(p.Name), Milli(p.CreatedAt), Milli(p.ExpiresAt)
	if len(p.Hash) == 0 || p.Email == "" {
		return p, fmt.Errorf("%w: an account that waits needs a hash and an e-mail", ErrInvalid)
	}
	return p, nil
}

package storage

import (
	"context"
	"time"
)

// Code is a secret that was sent to somebody and is good for one thing, once. Only a hash of it is kept.
type Code struct {
	Hash      []byte // unique
	Purpose   string // the caller's word: "verify", "reset", …
	User      UserID
	Email     string // what it was sent to
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Token is a secret of a person's own for programs that act for them. Only a hash of it is kept.
type Token struct {
	ID         string // public
	Hash       []byte // unique
	User       UserID
	Name       string
	Scope      string // the caller's word: "read", "write", …
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never
	ExpiresAt  time.Time
}

// Credentials keeps what proves who somebody is beside passwords and sign-ins. What expired at or before now is
// ErrNotFound where now is asked for.
type Credentials interface {
	// CreateCode stores c; ErrNotFound if there is no such user, ErrExists if the hash is taken. At most ten codes of a user
	// and purpose are kept: the oldest make room, expired or not, of those of one time the lowest hash.
	CreateCode(ctx context.Context, c Code) error
	// Code returns one without using it up.
	Code(ctx context.Context, hash []byte, purpose string, now time.Time) (Code, error)
	// UseCode uses one up for a change to its user, both or neither, and returns the user as ChangeUser does, with its errors: of
	// many at once one wins, the others get ErrNotFound. One that expired, or is for another purpose, is ErrNotFound too.
	UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c UserChange) (User, error)
	// DeleteCodes removes all of user's for purpose ("" for all).
	DeleteCodes(ctx context.Context, user UserID, purpose string) error

	// CreateToken stores t; ErrNotFound if there is no such user, ErrExists if id or hash is taken.
	CreateToken(ctx context.Context, t Token) error
	// TokenByHash returns a token and its user, at one instant.
	TokenByHash(ctx context.Context, hash []byte, now time.Time) (Token, User, error)
	// Tokens lists a user's, newest first, then by id.
	Tokens(ctx context.Context, user UserID, now time.Time) ([]Token, error)
	// TouchToken notes that it was used; ErrNotFound if there is none of that id.
	TouchToken(ctx context.Context, id string, used time.Time) error
	// DeleteToken ends one of user's; ErrNotFound if user has none of that id.
	DeleteToken(ctx context.Context, user UserID, id string) error
	// DeleteTokens ends all of user's and returns their ids.
	DeleteTokens(ctx context.Context, user UserID) ([]string, error)

	// DeleteExpired removes codes and tokens that expired at or before now, and invitations that did 30 days before, and
	// tells how many.
	DeleteExpired(ctx context.Context, now time.Time) (int, error)
}

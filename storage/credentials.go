package storage

import (
	"context"
	"time"
)

// Code is a secret that was sent to somebody and works once, for one purpose. Only its hash is stored.
type Code struct {
	Hash      []byte // unique
	Purpose   string // defined by the caller: "verify", "reset", …
	User      UserID
	Email     string // the address it was sent to
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Token is a person's secret for programs that act for them. Only its hash is stored.
type Token struct {
	ID         string // public
	Hash       []byte // unique
	User       UserID
	Name       string
	Scope      string       // defined by the caller: "read", "write", …
	Documents  []DocumentID // the only ones it reaches; nil: all of User's
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never
	ExpiresAt  time.Time
}

// Credentials stores the credentials other than passwords and sign-ins. Methods that take now return ErrNotFound for a credential
// that expired at or before now.
type Credentials interface {
	// CreateCode stores c; ErrNotFound if there is no such user, ErrExists if the hash is taken. Of a user and purpose at most
	// KeptCodes are kept: the oldest are deleted, expired or not, and among equally old ones those with the lowest hash.
	CreateCode(ctx context.Context, c Code) error
	// Code returns a code without using it up.
	Code(ctx context.Context, hash []byte, purpose string, now time.Time) (Code, error)
	// UseCode uses a code up and makes a change to its user, both or neither. It returns what ChangeUser returns, and ErrNotFound
	// if the code is unknown, expired, used, or for another purpose: of concurrent calls one succeeds.
	UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c UserChange) (User, error)
	// DeleteCodes deletes user's codes for purpose ("" for every purpose).
	DeleteCodes(ctx context.Context, user UserID, purpose string) error

	// CreateToken stores t; ErrNotFound if there is no such user, ErrExists if id or hash is taken, ErrFull if the user has
	// MostTokens that are not expired at t.CreatedAt.
	CreateToken(ctx context.Context, t Token) error
	// TokenByHash returns a token and its user, read at one instant.
	TokenByHash(ctx context.Context, hash []byte, now time.Time) (Token, User, error)
	// Tokens lists user's tokens, newest first, then by id.
	Tokens(ctx context.Context, user UserID, now time.Time) ([]Token, error)
	// TouchToken sets LastUsedAt; ErrNotFound if there is no such token.
	TouchToken(ctx context.Context, id string, used time.Time) error
	// DeleteToken deletes one of user's tokens; ErrNotFound if user has no such token.
	DeleteToken(ctx context.Context, user UserID, id string) error
	// DeleteTokens deletes all of user's tokens and returns their ids.
	DeleteTokens(ctx context.Context, user UserID) ([]string, error)

	// DeleteExpired deletes codes and tokens that expired at or before now, and invitations that expired InvitationsKept
	// earlier. It returns how many.
	DeleteExpired(ctx context.Context, now time.Time) (int, error)
}

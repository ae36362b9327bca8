package storage

import (
	"context"
	"time"
)

// User is a person: an account (with e-mail), a guest (without), or the subject of an application's tokens.
type User struct {
	ID           UserID
	Email        string // unique without regard to case; "" for none
	Name         string
	Color        int
	PasswordHash string // "" for none
	Guest        bool
	Admin        bool
	Issuer       string // of an application's tokens; unique together with Subject; "" for none
	Subject      string // of an application's tokens
	CreatedAt    time.Time
	VerifiedAt   time.Time // when they proved that Email is theirs; zero: they did not
	Picture      string    // the version of their picture; "" for none
	Quota        int64     // bytes of the logs of all they own; 0: the installation's setting, negative: no quota
	DeletedAt    time.Time // not zero: the person is deleted; the row stays for the authorship of ops
	KnownAt      time.Time // when an administrator vouched that the account and its Email are theirs; zero: none did
	SuspendedAt  time.Time // not zero: an administrator has suspended the account; nothing of theirs is lost
}

// Known reports whether the installation knows that Email is theirs, so that what is offered to the address may be given to them.
func (u User) Known() bool { return !u.VerifiedAt.IsZero() || !u.KnownAt.IsZero() }

// Suspended reports whether an administrator has suspended the account.
func (u User) Suspended() bool { return !u.SuspendedAt.IsZero() }

// UserChange sets the fields that are not nil.
type UserChange struct {
	Email        *string
	Name         *string
	Color        *int
	PasswordHash *string
	Guest        *bool
	Admin        *bool
	Issuer       *string // with Subject
	Subject      *string
	VerifiedAt   *time.Time
	Quota        *int64
	KnownAt      *time.Time
	SuspendedAt  *time.Time
}

// Check returns ErrNotFound if c makes an account of a u who is not a guest: of two concurrent attempts with one guest, the second
// would otherwise take over the first one's account.
func (c UserChange) Check(u User) error {
	if c.Guest != nil && !*c.Guest && !u.Guest {
		return ErrNotFound
	}
	return nil
}

// MayDepose reports whether c can end somebody's being in charge.
func (c UserChange) MayDepose() bool {
	return c.Admin != nil && !*c.Admin || c.SuspendedAt != nil && !c.SuspendedAt.IsZero()
}

// Apply returns u with c's fields set.
func (c UserChange) Apply(u User) User {
	set(&u.Email, c.Email)
	set(&u.Name, c.Name)
	set(&u.Color, c.Color)
	set(&u.PasswordHash, c.PasswordHash)
	set(&u.Guest, c.Guest)
	set(&u.Admin, c.Admin)
	set(&u.Issuer, c.Issuer)
	set(&u.Subject, c.Subject)
	set(&u.VerifiedAt, c.VerifiedAt)
	set(&u.Quota, c.Quota)
	set(&u.KnownAt, c.KnownAt)
	set(&u.SuspendedAt, c.SuspendedAt)
	return u
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// SignIn is a signed-in browser. Only the hash of its token is stored.
type SignIn struct {
	ID         string // public
	TokenHash  []byte // unique
	User       UserID
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
	Address    string
	UserAgent  string
}

// People stores users and their sign-ins. Methods that take now return ErrNotFound for a sign-in that expired at or before now.
type People interface {
	// CreateUser stores u, ignoring Picture and DeletedAt; ErrExists if id, e-mail or (issuer, subject) is taken.
	CreateUser(ctx context.Context, u User) error
	// CreateFirstUser stores u if no user has an e-mail yet, else it returns ErrExists: of concurrent calls one succeeds.
	CreateFirstUser(ctx context.Context, u User) error
	// HasAccounts reports whether any user has an e-mail.
	HasAccounts(ctx context.Context) (bool, error)
	// User returns a user, also a deleted one.
	User(ctx context.Context, id UserID) (User, error)
	// Users returns the users with these ids that exist, also deleted ones, in no order.
	Users(ctx context.Context, ids []UserID) ([]User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	UserBySubject(ctx context.Context, issuer, subject string) (User, error)
	// Accounts lists users with an e-mail who are not guests, suspended or deleted, and whose name (never the e-mail) contains
	// text, without regard to case: by folded name, then id; at most limit.
	Accounts(ctx context.Context, text string, limit int) ([]User, error)
	// ChangeUser changes a user and returns them as stored; ErrExists if the e-mail or (issuer, subject) is another's,
	// ErrNotFound if they are deleted or UserChange.Check says so, ErrLastAdmin if nobody would be in charge (User.InCharge) any more.
	ChangeUser(ctx context.Context, id UserID, c UserChange) (User, error)

	// CreateSignIn stores s; ErrNotFound if there is no such user, ErrExists if id or hash is taken.
	CreateSignIn(ctx context.Context, s SignIn) error
	SignIn(ctx context.Context, id string, now time.Time) (SignIn, error)
	// SignInByToken returns the sign-in with that hash and its user, read at one instant.
	SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (SignIn, User, error)
	// SignIns lists user's sign-ins, newest first, then by id.
	SignIns(ctx context.Context, user UserID, now time.Time) ([]SignIn, error)
	// TouchSignIn sets LastSeenAt and ExpiresAt.
	TouchSignIn(ctx context.Context, id string, seen, expires time.Time) error
	// DeleteSignIn deletes one of user's sign-ins; ErrNotFound if user has no such sign-in.
	DeleteSignIn(ctx context.Context, user UserID, id string) error
	// DeleteSignIns deletes all of user's sign-ins except one ("" for no exception) and returns the ids of those deleted.
	DeleteSignIns(ctx context.Context, user UserID, except string) ([]string, error)
	// DeleteExpiredSignIns deletes sign-ins that expired at or before now and returns how many.
	DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error)
}

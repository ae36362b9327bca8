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
	Issuer       string // with Subject: whom an application's tokens name; unique together, "" for none
	Subject      string
	CreatedAt    time.Time
	VerifiedAt   time.Time // when Email was shown to be theirs; zero: it was not
	Picture      string    // the version of their picture; "" for none
	Quota        int64     // bytes of log over all they own; 0: the installation's setting, negative: no bound
	DeletedAt    time.Time // not zero: the person is gone, the row stays for what they wrote
	KnownAt      time.Time // when an administrator vouched for who has the account and its Email; zero: none did
	SuspendedAt  time.Time // not zero: an administrator keeps them out; nothing of theirs is lost
}

// Known reports whether the account's e-mail is its owner's, for all that this installation knows: what waits for the
// address may be given to them.
func (u User) Known() bool { return !u.VerifiedAt.IsZero() || !u.KnownAt.IsZero() }

// Suspended reports whether an administrator keeps them out.
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

// Check reports whether c can be made to u: only a guest becomes an account, and only once (ErrNotFound). Of two who try at once,
// the second would take the account of the first.
func (c UserChange) Check(u User) error {
	if c.Guest != nil && !*c.Guest && !u.Guest {
		return ErrNotFound
	}
	return nil
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

// SignIn is a browser's proof of who it is. Only a hash of its token is kept.
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

// People keeps users and their sign-ins. A sign-in that expired at or before now is ErrNotFound everywhere.
type People interface {
	// CreateUser stores u; ErrExists if id, e-mail or (issuer, subject) is taken. What u says of picture and deletion is
	// ignored.
	CreateUser(ctx context.Context, u User) error
	// CreateFirstUser stores u if there is no account yet (a user with an e-mail): of many at once one wins, the
	// others get ErrExists.
	CreateFirstUser(ctx context.Context, u User) error
	// HasAccounts reports whether any user has an e-mail.
	HasAccounts(ctx context.Context) (bool, error)
	// User returns one by id, also one who is deleted, as Users does.
	User(ctx context.Context, id UserID) (User, error)
	// Users returns those that exist, by id, in no order.
	Users(ctx context.Context, ids []UserID) ([]User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	UserBySubject(ctx context.Context, issuer, subject string) (User, error)
	// Accounts lists users with an e-mail who are no guests and neither suspended nor deleted, whose name (never the
	// e-mail) contains text, whatever the case: by folded name, then id; at most limit.
	Accounts(ctx context.Context, text string, limit int) ([]User, error)
	// ChangeUser returns the user as it then is; ErrExists if the e-mail or (issuer, subject) is another's. ErrNotFound
	// for one who is deleted, or is no guest where c says that they are none any more.
	ChangeUser(ctx context.Context, id UserID, c UserChange) (User, error)

	// CreateSignIn stores s; ErrNotFound if there is no such user, ErrExists if id or hash is taken.
	CreateSignIn(ctx context.Context, s SignIn) error
	SignIn(ctx context.Context, id string, now time.Time) (SignIn, error)
	// SignInByToken returns the sign-in of that hash and its user, at one instant.
	SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (SignIn, User, error)
	// SignIns lists a user's, newest first, then by id.
	SignIns(ctx context.Context, user UserID, now time.Time) ([]SignIn, error)
	// TouchSignIn notes that it was used, and until when it now lasts.
	TouchSignIn(ctx context.Context, id string, seen, expires time.Time) error
	// DeleteSignIn ends one of user's; ErrNotFound if user has none of that id.
	DeleteSignIn(ctx context.Context, user UserID, id string) error
	// DeleteSignIns ends all of user's but that one ("" for none) and returns the ids of those ended.
	DeleteSignIns(ctx context.Context, user UserID, except string) ([]string, error)
	// DeleteExpiredSignIns removes what expired at or before now and tells how many.
	DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error)
}

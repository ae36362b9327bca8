package auth

import (
	"context"
	"errors"
	"net/http"

	"quire/collab"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// From is where a request came from, for limits and the list of sign-ins.
type From struct {
	Address   string
	UserAgent string
	Browser   string // the browser's device cookie (device.go), not yet checked
	Shown     string // the cookie of who has shown lately who they are (proof.go), not yet checked
}

// NewAccount is a request to create an account.
type NewAccount struct {
	Name, Email, Password string // if a letter is sent first, name and password are chosen when it is answered
	SetupCode             string // for the first account
	Invited               bool   // they opened the mail of an invitation to Email, so it is theirs (InvitationProves)
	GoOn                  string // path in our app to continue at afterwards; "": the front page
}

// SignedUp is the result of SignUp.
type SignedUp struct {
	User   storage.User
	Proof  Proof
	Mailed bool // only a letter was sent; answering it creates the account (Confirm)
}

// SignUp creates an account and signs it in. current is who is signed in, or nil: a guest becomes the account and keeps what is
// shared with them. The first account is an administrator and, unless the server listens only on loopback, needs the set-up code;
// of several concurrent ones a single one succeeds. If the server sends mail, everybody else must first answer a letter, except
// those with in.Invited. The result then does not reveal whether the address has an account.
func (s *Service) SignUp(ctx context.Context, from From, current *collab.Identity, in NewAccount) (made SignedUp, err error) {
	if err := s.tries.tryFrom(from.Address); err != nil {
		return made, err
	}
	first, err := s.SetupRequired(ctx)
	if err != nil {
		return made, err
	}
	byLetter := s.Mails() && !first && !in.Invited
	user, err := newAccount(in, byLetter)
	if err != nil {
		return made, err
	}
	guest := current != nil && current.Guest
	if first {
		err = s.maySetUp(ctx, in.SetupCode)
	} else {
		err = s.maySignUp(guest || in.Invited, in.SetupCode)
	}
	if err != nil {
		return made, err
	}
	if guest {
		user.ID = current.User
		if user.Name == "" {
			user.Name = current.Name
		}
	}
	if byLetter {
		return SignedUp{Mailed: true}, s.askByLetter(user, guest, in)
	}
	user.CreatedAt = s.now()
	if in.Invited && !first {
		user.VerifiedAt = user.CreatedAt
	}
	if user.PasswordHash, err = s.hasher.hash(ctx, stranger(from.Address), in.Password); err != nil {
		return made, err
	}
	if made.User, made.Proof, err = s.makeAccount(ctx, from, user, first, guest); err != nil {
		return made, err
	}
	if _, err := s.mailVerification(ctx, made.User); err != nil {
		s.log.Warn("letter to verify an address not written; it can be asked for again", "user", user.ID, "err", err)
	}
	return made, nil
}

// makeAccount stores an account and signs it in. guest: the row of the guest user.ID becomes the account.
func (s *Service) makeAccount(ctx context.Context, from From, user storage.User, first, guest bool) (storage.User, Proof, error) {
	err := s.note(ctx, from, user.ID, storage.AuditEntry{
		Action: "user.create", Subject: string(user.ID), Detail: audit.Detail("way", "sign-up", "guest", guest),
	}, func() (err error) {
		switch {
		case first:
			user, err = s.createFirst(ctx, user)
		case guest:
			user, err = s.promote(ctx, user)
		default:
			err = taken(s.store.CreateUser(ctx, user))
		}
		return err
	})
	if err != nil {
		return user, Proof{}, err
	}
	proof, err := s.newSignIn(ctx, user, from, "sign-up")
	return user, proof, notSignedIn("Your account is made", err)
}

// notSignedIn returns the problem for a change (done) that was made although the sign-in after it failed with a 503. Other
// errors are returned as they are.
func notSignedIn(done string, err error) error {
	if err == nil || problem.From(err).Status != http.StatusServiceUnavailable {
		return err
	}
	return problem.Unavailable(done + ", but you could not be signed in. Sign in with your password in a moment.").Caused(err)
}

// newAccount checks a request for an account. With byLetter only the e-mail is needed; the rest is chosen in answer to the letter.
func newAccount(in NewAccount, byLetter bool) (storage.User, error) {
	user := storage.User{ID: storage.UserID(RandomID())}
	user.Color = colorOf(user.ID)
	var err error
	if in.Name != "" || !byLetter {
		if user.Name, err = CheckName(in.Name, "body.name"); err != nil {
			return user, err
		}
	}
	if user.Email, err = checkEmail(in.Email, "body.email"); err != nil || byLetter {
		return user, err
	}
	return user, checkPassword(in.Password, "body.password")
}

// maySignUp returns a problem if somebody may not create an account. invited: they came by a share link or an invitation.
func (s *Service) maySignUp(invited bool, setupCode string) error {
	switch {
	case setupCode != "":
		return problem.Conflict("Quire is set up already. Sign in, or make an account without the set-up address.").
			In("body.setup_code", "has been used")
	case s.Signup() == SignupClosed:
		return problem.Forbidden("Accounts here are made by the administrator.")
	case s.Signup() == SignupInvite && !invited:
		return problem.Forbidden("Accounts here are made by invitation. Open a link somebody sent you, then make one.")
	}
	return nil
}

// promote turns a guest's row into an account. It ends all the guest's sign-ins, and the caller makes a new one, so that somebody
// who planted the guest's cookie is not signed in to the account.
func (s *Service) promote(ctx context.Context, user storage.User) (storage.User, error) {
	isGuest := false
	change := storage.UserChange{
		Email: &user.Email, Name: &user.Name, PasswordHash: &user.PasswordHash, Guest: &isGuest, VerifiedAt: &user.VerifiedAt,
	}
	if user.Issuer != "" {
		change.Issuer, change.Subject = &user.Issuer, &user.Subject
	}
	changed, err := s.store.ChangeUser(ctx, user.ID, change)
	if errors.Is(err, storage.ErrNotFound) {
		return changed, problem.Conflict("You have an account by now. Load the page anew.").Caused(err)
	}
	if err != nil {
		return changed, taken(err)
	}
	return changed, s.endOthers(ctx, changed.ID, "")
}

// taken translates the store's error from creating an account.
func taken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrExists):
		return problem.EmailTaken("There is an account with this e-mail. Sign in?").Caused(err)
	}
	return unavailable(err)
}

// SignIn checks e-mail and password. An unknown e-mail gets the same problem as a wrong password, after the same work.
func (s *Service) SignIn(ctx context.Context, from From, email, password string) (storage.User, Proof, error) {
	user, browser, err := s.trying(ctx, from, email)
	if err != nil {
		return storage.User{}, Proof{}, err
	}
	giveBack, err := s.tries.tryPassword(storage.Fold(email), from.Address, browser)
	if err != nil {
		return user, Proof{}, err
	}
	known, by := user.PasswordHash != "", stranger(from.Address)
	if browser != "" {
		by = knownAs(string(user.ID))
	}
	hash := s.dummy
	if known {
		hash = user.PasswordHash
	}
	match, stale, err := s.checkPassword(ctx, by, password, hash)
	if err != nil {
		return user, Proof{}, err
	}
	if !known || !match {
		s.signInFailed(ctx, from, user.ID, "password", "wrong")
		return user, Proof{}, problem.WrongCredentials()
	}
	giveBack()
	if browser == "" {
		s.tries.address.give(Network(from.Address))
	}
	if stale {
		user = s.rehash(ctx, by, user, password)
	}
	proof, err := s.newSignIn(ctx, user, from, "password")
	if err != nil {
		if user.Suspended() {
			s.signInFailed(ctx, from, user.ID, "password", "suspended")
		}
		return user, Proof{}, err
	}
	return user, proof, s.stillSo(ctx, by, user, password, proof)
}

// trying returns whose password somebody tries, the zero User if nobody's, and the browser's mark if the account knows it. A browser
// that it does not know is counted by its address, in which it may not be alone.
func (s *Service) trying(ctx context.Context, from From, email string) (user storage.User, browser string, err error) {
	if from.Browser == "" {
		if err := s.tries.tryFrom(from.Address); err != nil {
			return user, "", err
		}
	}
	user, err = s.store.UserByEmail(ctx, email)
	if errors.Is(err, storage.ErrNotFound) {
		user, err = storage.User{}, nil
	} else if err != nil {
		return user, "", unavailable(err)
	}
	browser = s.knows(user, from.Browser)
	if browser == "" && from.Browser != "" {
		err = s.tries.tryFrom(from.Address)
	}
	return user, browser, err
}

// checkPassword reports whether password has that hash, and whether the hash has outdated parameters.
func (s *Service) checkPassword(ctx context.Context, by asker, password, hash string) (match, stale bool, err error) {
	if len(password) > maxPassword {
		password = password[:maxPassword+1] // hashes the same way, matches nothing
	}
	return s.hasher.check(ctx, by, password, hash)
}

// stillSo ends a new sign-in again if the password was changed while it was made. A password change ends the sign-ins that exist
// after it, so one of the two always sees the other.
func (s *Service) stillSo(ctx context.Context, by asker, was storage.User, password string, proof Proof) error {
	user, err := s.store.User(ctx, was.ID)
	if err != nil {
		return errors.Join(unavailable(err), s.endProof(ctx, was.ID, proof))
	}
	if user.PasswordHash == was.PasswordHash {
		return nil
	}
	if user.PasswordHash != "" { // it may be the same password, rehashed with new parameters
		if match, _, err := s.checkPassword(ctx, by, password, user.PasswordHash); err == nil && match {
			return nil
		}
	}
	return errors.Join(problem.WrongCredentials(), s.endProof(ctx, was.ID, proof))
}

// rehash stores the password's hash with the current parameters, unless the password was changed meanwhile. A failure is only
// logged: the next sign-in tries again.
func (s *Service) rehash(ctx context.Context, by asker, user storage.User, password string) storage.User {
	hash, err := s.hasher.hash(ctx, by, password)
	now := storage.User{}
	if err == nil {
		now, err = s.store.User(ctx, user.ID)
	}
	if err == nil && now.PasswordHash == user.PasswordHash {
		now, err = s.store.ChangeUser(ctx, user.ID, storage.UserChange{PasswordHash: &hash})
	}
	if err != nil {
		s.log.Warn("password hash not renewed", "user", user.ID, "err", err)
		return user
	}
	return now
}

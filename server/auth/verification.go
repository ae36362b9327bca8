package auth

import (
	"context"
	"errors"
	"time"

	"quire/collab"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// SendVerification sends who the letter that verifies their address again.
func (s *Service) SendVerification(ctx context.Context, who collab.Identity) (mailed bool, err error) {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return false, unavailable(err)
	}
	if user.Email == "" {
		return false, problem.Forbidden("Only accounts have an e-mail address.")
	}
	if !user.VerifiedAt.IsZero() {
		return false, problem.Conflict("Your address is verified already.")
	}
	if err := s.mayMail("verify " + string(user.ID)); err != nil {
		return false, err
	}
	return s.mailVerification(ctx, user)
}

// Verify takes the code of a letter: the address it was sent to becomes the account's and counts as verified. who must be signed in
// to the account that the letter was for; for anybody else it returns a problem and the code stays valid. Otherwise the owner of an
// address could be tricked into verifying an account that somebody else created with it.
func (s *Service) Verify(ctx context.Context, from From, who collab.Identity, code string) (storage.User, error) {
	c, err := s.lookAt(ctx, from.Address, code, codeVerify, codeEmail)
	if err != nil {
		return storage.User{}, err
	}
	if c.User != who.User {
		return storage.User{}, problem.OtherAccount("This letter was for another account. Sign in with that one, then open its address again.")
	}
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return user, unavailable(err)
	}
	if c.Purpose == codeVerify && storage.Fold(c.Email) != storage.Fold(user.Email) {
		return user, codeGone() // sent to a former address of the account
	}
	return s.setEmail(ctx, from, user, c.Email, s.now(), &c)
}

// setEmail changes the account's e-mail. verified is when the code by proved that it is theirs; zero and nil without proof. A new
// address clears KnownAt, because an administrator vouched for the former one.
func (s *Service) setEmail(ctx context.Context, from From, user storage.User, email string, verified time.Time, by *storage.Code) (storage.User, error) {
	was, known := user, time.Time{}
	if storage.Fold(was.Email) == storage.Fold(email) {
		known = was.KnownAt
	}
	err := s.note(ctx, from, user.ID, storage.AuditEntry{
		Action: "user.email", Subject: string(user.ID), Detail: audit.Detail("was", was.Email, "email", email, "verified", !verified.IsZero()),
	}, func() error {
		changed, err := s.changeBy(ctx, by, user.ID, storage.UserChange{Email: &email, VerifiedAt: &verified, KnownAt: &known})
		if errors.Is(err, storage.ErrExists) {
			return problem.EmailTaken("There is another account with this e-mail.")
		} else if err != nil {
			return err
		}
		user = changed
		return nil
	})
	if err != nil || storage.Fold(was.Email) == storage.Fold(email) {
		return user, err
	}
	s.tellOldAddress(was)
	if err := s.store.DeleteCodes(ctx, user.ID, ""); err != nil { // letters in the old mailbox must no longer work
		return user, doneBut("The e-mail is changed, but letters to the former one may still open the account. Change the "+
			"password to end that.", err)
	}
	return user, nil
}

// ChangeEmail changes the address of who or, if the server sends mail, mails a letter to the new one, which counts once that is
// answered; the result then does not reveal whether somebody else has it. who shows who they are: by the password or as Proved wants.
func (s *Service) ChangeEmail(ctx context.Context, from From, who collab.Identity, email, password string) (changed, mailed bool, err error) {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return false, false, unavailable(err)
	}
	if user.Email == "" {
		return false, false, problem.Forbidden("Only accounts have an e-mail address.")
	}
	if email, err = checkEmail(email, "body.email"); err != nil {
		return false, false, err
	}
	if err := s.provedBy(ctx, from, user, who, password, "body.password"); err != nil {
		return false, false, err
	}
	// Counted per person, never per address: otherwise anybody could use up the tries for somebody else's address. It also bounds
	// probing without mail, where the result reveals whether an address is taken.
	if err := s.mayMail("email " + string(user.ID)); err != nil {
		return false, false, err
	}
	if !s.Mails() {
		_, err := s.setEmail(ctx, from, user, email, time.Time{}, nil)
		return err == nil, false, err
	}
	mailed, err = s.mailNewAddress(ctx, user, email)
	return false, mailed, err
}

// RequestReset mails a letter to set a new password if the address has an account. The result does not reveal whether it has.
func (s *Service) RequestReset(from From, email string) error {
	if !s.Mails() {
		return problem.Conflict("This server sends no mail. Whoever runs it can give you a new password.")
	}
	if err := s.tries.tryFrom(from.Address); err != nil {
		return err
	}
	return s.mailReset(email)
}

// LookAtReset returns whose password a code sets. welcome: it is their first, so they have no sign-ins that setting it would end.
func (s *Service) LookAtReset(ctx context.Context, from From, code string) (user storage.User, welcome bool, err error) {
	c, err := s.lookAt(ctx, from.Address, code, codeReset, codeWelcome)
	if err != nil {
		return user, false, err
	}
	if user, err = s.store.User(ctx, c.User); err != nil {
		return user, false, unavailable(err)
	}
	if user.Suspended() {
		return user, false, problem.Suspended()
	}
	return user, c.Purpose == codeWelcome, nil
}

// Reset sets a new password with a code, ends all sign-ins and tokens of the account, and signs in. A mailed code also verifies the
// address; one passed on by an administrator means that they vouch for the account.
func (s *Service) Reset(ctx context.Context, from From, code, password string) (storage.User, Proof, error) {
	if err := checkPassword(password, "body.password"); err != nil {
		return storage.User{}, Proof{}, err
	}
	c, err := s.lookAt(ctx, from.Address, code, codeReset, codeWelcome)
	if err != nil {
		return storage.User{}, Proof{}, err
	}
	user, err := s.store.User(ctx, c.User)
	if err != nil {
		return user, Proof{}, unavailable(err)
	}
	if user.Suspended() {
		return user, Proof{}, problem.Suspended()
	}
	hash, err := s.hasher.hash(ctx, knownAs(string(user.ID)), password)
	if err != nil {
		return user, Proof{}, err
	}
	change := storage.UserChange{PasswordHash: &hash}
	if now := s.now(); c.Email != "" && storage.Fold(c.Email) == storage.Fold(user.Email) && user.VerifiedAt.IsZero() {
		change.VerifiedAt = &now
	} else if c.Email == "" && user.KnownAt.IsZero() {
		change.KnownAt = &now
	}
	if err := s.keepPassword(ctx, from, user.ID, user, change, "", &c); err != nil {
		return user, Proof{}, err
	}
	if user, err = s.store.User(ctx, user.ID); err != nil {
		return user, Proof{}, unavailable(err)
	}
	proof, err := s.newSignIn(ctx, user, from, "reset")
	return user, proof, notSignedIn("Your password is set", err)
}

func isAbsent(err error) bool { return errors.Is(err, storage.ErrNotFound) }

package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"quire/server/mail"
	"quire/server/problem"
	"quire/storage"
)

// Accounts that wait for their letter to be answered. Whether the address has an account already is looked up when the
// letter's turn comes, as for a forgotten password, and the letter alone tells it: neither the answer to signing up nor the
// work before it does.

const (
	pendingLasts = verifyLasts
	maxPending   = 10_000 // accounts that wait at a time
)

// askByLetter sends the letter that makes user's account, or says to whom the address belongs that they have one.
func (s *Service) askByLetter(ctx context.Context, user storage.User, guest bool, in NewAccount) error {
	if err := s.mayMail("sign-up " + storage.Fold(user.Email)); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return err
	}
	p := storage.Pending{Email: user.Email, Name: user.Name, PasswordHash: hash}
	if guest {
		p.Guest = user.ID
	}
	goOn := ownPath(in.GoOn)
	taken := s.cfg.Mail.Later("sign-up", func(ctx context.Context) (mail.Letter, bool, error) {
		there, err := s.store.UserByEmail(ctx, p.Email)
		if err == nil {
			return s.thereIsOne(there, goOn), true, nil
		} else if !isAbsent(err) {
			return mail.Letter{}, false, err
		}
		l, err := s.confirmation(ctx, p, goOn)
		return l, err == nil, err
	})
	if !taken {
		return problem.Unavailable("Too many letters wait to be sent. Try again in a minute.").RetryAfter(time.Minute)
	}
	return nil
}

// confirmation lets p wait and writes the letter that makes it an account. Where one wants to go on stands behind a #, which
// browsers keep to themselves.
func (s *Service) confirmation(ctx context.Context, p storage.Pending, goOn string) (mail.Letter, error) {
	code := randomToken()
	p.Hash, p.CreatedAt = hashToken(code), s.now()
	p.ExpiresAt = p.CreatedAt.Add(pendingLasts)
	if err := s.store.CreatePending(ctx, p, maxPending); err != nil {
		return mail.Letter{}, err
	}
	link := s.page("/confirm/" + code)
	if goOn != "/" {
		link += "#" + goOn
	}
	return mail.Letter{
		Kind: "sign-up", To: p.Email, Subject: "One more step to your account",
		Lines: []string{"Hello,", "somebody, most likely you, wants an account at " + s.host() + " with this e-mail address. Show that it is " +
			"yours, and go on."},
		Words: "Make my account", Link: link,
		After: []string{"The address works once, for three days, and asks for the password you chose. If you didn't ask for an account, " +
			"you need do nothing: none is made."},
	}, nil
}

// thereIsOne tells the owner of an account that somebody wanted to make one with their address.
func (s *Service) thereIsOne(user storage.User, goOn string) mail.Letter {
	link := "/signin"
	if strings.HasPrefix(goOn, "/d/") {
		link = goOn
	}
	return mail.Letter{
		Kind: "sign-up", To: user.Email, Subject: "You have an account already",
		Lines: []string{"Hello " + user.Name + ",", "somebody, most likely you, wanted to make an account at " + s.host() + " with this e-mail " +
			"address. There is one already, so sign in with it."},
		Words: "Sign in", Link: s.page(link),
		After: []string{"If you forgot your password, ask for a new one at " + s.page("/forgot") + ". If it wasn't you, you need do nothing: " +
			"nothing was changed."},
	}
}

// Confirm makes the account that a letter was sent for and signs it in. The address is shown to be theirs. It takes the
// password too: else whoever chose one for somebody else's address could sign in once its owner opened the letter.
func (s *Service) Confirm(ctx context.Context, from From, code, password string) (storage.User, Proof, error) {
	p, err := s.store.Pending(ctx, hashToken(code), s.now())
	if errors.Is(err, storage.ErrNotFound) {
		if err := s.tries.tryFrom(from.Address); err != nil {
			return storage.User{}, Proof{}, err
		}
		return storage.User{}, Proof{}, codeGone()
	} else if err != nil {
		return storage.User{}, Proof{}, unavailable(err)
	}
	if err := s.choseIt(ctx, p, password); err != nil {
		return storage.User{}, Proof{}, err
	}
	if err := s.maySignUp(p.Guest != "", ""); err != nil {
		return storage.User{}, Proof{}, err
	}
	guest, err := s.stillGuest(ctx, p.Guest)
	if err != nil {
		return storage.User{}, Proof{}, err
	}
	now := s.now()
	user := storage.User{
		ID: storage.UserID(RandomID()), Name: p.Name, Email: p.Email, PasswordHash: p.PasswordHash, CreatedAt: now, VerifiedAt: now,
	}
	if guest {
		user.ID = p.Guest
	}
	user.Color = colorOf(user.ID)
	if _, err := s.store.TakePending(ctx, p.Hash, now); errors.Is(err, storage.ErrNotFound) {
		return user, Proof{}, codeGone()
	} else if err != nil {
		return user, Proof{}, unavailable(err)
	}
	made, proof, err := s.makeAccount(ctx, from, user, false, guest)
	if guest && errors.Is(err, storage.ErrNotFound) { // another letter has made an account of them since
		user.ID = storage.UserID(RandomID())
		user.Color = colorOf(user.ID)
		return s.makeAccount(ctx, from, user, false, false)
	}
	return made, proof, err
}

// choseIt checks that password is the one that p was asked for with. Wrong ones are counted for the letter.
func (s *Service) choseIt(ctx context.Context, p storage.Pending, password string) error {
	giveBack, err := s.tries.tryPassword("", "", "letter "+encoding.EncodeToString(p.Hash))
	if err != nil {
		return err
	}
	match, _, err := s.checkPassword(ctx, password, p.PasswordHash)
	if err != nil {
		return err
	}
	if !match {
		return problem.Forbidden("This is not the password you chose when you asked for the account.").In("body.password", "is not the one you chose")
	}
	giveBack()
	return nil
}

// stillGuest reports whether that guest's row can become an account: it may have, or be gone.
func (s *Service) stillGuest(ctx context.Context, guest storage.UserID) (bool, error) {
	if guest == "" {
		return false, nil
	}
	user, err := s.store.User(ctx, guest)
	if isAbsent(err) {
		return false, nil
	} else if err != nil {
		return false, unavailable(err)
	}
	return user.Guest && user.DeletedAt.IsZero(), nil
}

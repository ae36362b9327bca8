package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"quire/collab"
	"quire/server/mail"
	"quire/server/problem"
	"quire/storage"
)

// Accounts that are made when a letter was answered. Nothing is kept until then: the letter holds what was asked for, sealed
// (sealed.go). So nobody can push somebody else's letter out, use it up or fill a table, however often they ask for it.
// Whoever reads the mailbox chooses the password and the name: who asked may be somebody else. Whether the address has an
// account already is looked up when the letter's turn comes, as for a forgotten password, and the letter alone tells it.

// askByLetter sends the letter that makes user's account, or says to whom the address belongs that they have one. That enough
// letters were sent is answered like any other: one that counts lies in that mailbox, whoever asked for it.
func (s *Service) askByLetter(user storage.User, guest bool, in NewAccount) error {
	n := sealedAccount{Email: user.Email, Name: user.Name, Account: storage.UserID(RandomID())}
	if guest {
		n.Guest = user.ID
	}
	goOn := ownPath(in.GoOn)
	return s.mailQuietly("sign-up", n.Email, func(ctx context.Context) (mail.Letter, bool, error) {
		there, err := s.store.UserByEmail(ctx, n.Email)
		if err == nil {
			return s.thereIsOne(there, goOn), true, nil
		} else if !isAbsent(err) {
			return mail.Letter{}, false, err
		}
		return s.confirmation(n, goOn), true, nil
	})
}

// confirmation writes the letter that makes n an account. Where one wants to go on stands behind a #, which browsers keep to
// themselves.
func (s *Service) confirmation(n sealedAccount, goOn string) mail.Letter {
	link := s.page("/confirm/" + s.seal(n))
	if goOn != "/" {
		link += "#" + goOn
	}
	return mail.Letter{
		Kind: "sign-up", To: n.Email, Subject: "One more step to your account",
		Lines: []string{"Hello,", "somebody, most likely you, wants an account at " + s.host() + " with this e-mail address. Show that it is " +
			"yours: choose a password, and you have it."},
		Words: "Choose a password", Link: link,
		After: []string{"The address makes one account, within three days. If you asked for several letters, any of them will do. If you " +
			"didn't ask for an account, you need do nothing: none is made."},
	}
}

// thereIsOne tells the owner of an account that somebody wanted to make one with their address.
func (s *Service) thereIsOne(user storage.User, goOn string) mail.Letter {
	if user.Suspended() {
		return s.keptOut(user, "sign-up", "wanted to make an account")
	}
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

// Newcomer is what a letter makes an account of.
type Newcomer struct {
	Email, Name string
	Guest       string // name of the guest who asked for it in another browser; "" for none. Only who reads the letter knows whether that was them
}

// LookAtNewcomer tells what a letter makes an account of. current is who opened it, if anybody.
func (s *Service) LookAtNewcomer(ctx context.Context, from From, current *collab.Identity, code string) (Newcomer, error) {
	n, err := s.newcomerOf(ctx, from, current, code)
	if err != nil {
		return Newcomer{}, err
	}
	seen := Newcomer{Email: n.Email, Name: n.Name}
	guest, err := s.stillGuest(ctx, n.Guest)
	if err == nil && guest.ID != "" && (current == nil || !current.Guest) {
		seen.Guest = guest.Name
	}
	return seen, err
}

// Confirmation answers a letter.
type Confirmation struct {
	Code, Password string
	Name           string // "": the one that was asked with
	AsGuest        bool   // the guest who asked for it becomes the account, in whichever browser the letter is opened
}

// Confirm makes the account that a letter was sent for and signs it in. The address is shown to be theirs. A guest who opens
// the letter becomes the account, as by signing up without one; who asked for it as a guest elsewhere does if its reader says
// so: else what somebody wrote as a guest would come to be by whomever they sent a letter.
func (s *Service) Confirm(ctx context.Context, from From, current *collab.Identity, in Confirmation) (storage.User, Proof, error) {
	n, err := s.newcomerOf(ctx, from, current, in.Code)
	if err != nil {
		return storage.User{}, Proof{}, err
	}
	user := storage.User{ID: n.Account, Email: n.Email, CreatedAt: s.now(), VerifiedAt: s.now()}
	if in.Name == "" {
		in.Name = n.Name
	}
	if user.Name, err = CheckName(in.Name, "body.name"); err != nil {
		return user, Proof{}, err
	}
	if err := checkPassword(in.Password, "body.password"); err != nil {
		return user, Proof{}, err
	}
	guest := storage.User{}
	if in.AsGuest {
		guest, err = s.stillGuest(ctx, n.Guest)
	} else if current != nil && current.Guest {
		guest, err = s.stillGuest(ctx, current.User)
	}
	if err != nil {
		return user, Proof{}, err
	}
	if user.PasswordHash, err = s.hasher.hash(ctx, in.Password); err != nil {
		return user, Proof{}, err
	}
	if guest.ID == "" {
		return s.makeAccount(ctx, from, coloured(user), false, false)
	}
	user.ID = guest.ID
	made, proof, err := s.makeAccount(ctx, from, coloured(user), false, true)
	if errors.Is(err, storage.ErrNotFound) { // another letter has made an account of them since
		user.ID = n.Account
		return s.makeAccount(ctx, from, coloured(user), false, false)
	}
	return made, proof, err
}

// newcomerOf returns what a letter makes an account of, if it still does: the address has none, and the letter has made none.
func (s *Service) newcomerOf(ctx context.Context, from From, current *collab.Identity, code string) (sealedAccount, error) {
	n, ok := s.unseal(code)
	if !ok {
		if err := s.tries.tryFrom(from.Address); err != nil {
			return n, err
		}
		return n, codeGone()
	}
	if _, err := s.store.UserByEmail(ctx, n.Email); err == nil {
		return n, taken(storage.ErrExists)
	} else if !isAbsent(err) {
		return n, unavailable(err)
	}
	if _, err := s.store.User(ctx, n.Account); err == nil { // it has left the address since, or is deleted
		return n, codeGone()
	} else if !isAbsent(err) {
		return n, unavailable(err)
	}
	return n, s.maySignUp(n.Guest != "" || current != nil && current.Guest, "")
}

// stillGuest returns the guest whose row can become an account; nobody if it has, or is gone.
func (s *Service) stillGuest(ctx context.Context, guest storage.UserID) (storage.User, error) {
	if guest == "" {
		return storage.User{}, nil
	}
	user, err := s.store.User(ctx, guest)
	if err != nil && !isAbsent(err) {
		return user, unavailable(err)
	}
	if err != nil || !user.Guest || !user.DeletedAt.IsZero() {
		return storage.User{}, nil
	}
	return user, nil
}

func coloured(u storage.User) storage.User {
	u.Color = colorOf(u.ID)
	return u
}

// mailQuietly sends a letter that anybody can ask for, whose answer tells nothing of its recipient: only a few go to one
// address, and that there were enough is no error. A letter that could not be taken is not counted.
func (s *Service) mailQuietly(kind, recipient string, write func(context.Context) (mail.Letter, bool, error)) error {
	key := kind + " " + storage.Fold(recipient)
	if s.mayMail(key) != nil {
		return nil
	}
	if !s.cfg.Mail.Later(kind, write) {
		s.tries.letters.give(key)
		return problem.Unavailable("Too many letters wait to be sent. Try again in a minute.").RetryAfter(time.Minute)
	}
	return nil
}

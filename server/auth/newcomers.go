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

// This file creates accounts when a letter is answered. Nothing is stored before: the letter's code contains the request, sealed
// (sealed.go). So nobody can displace somebody else's letter, use it up or fill a table, however often they ask. Whoever reads the
// mailbox chooses password and name, because somebody else may have asked. Whether the address has an account is looked up only
// when the letter is sent, as for a forgotten password, and only the letter reveals it.

// askByLetter mails the letter that creates user's account or, if the address has one, a letter that says so. If the address got
// enough letters lately it sends none and returns nil all the same: a valid one is in the mailbox.
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

// confirmation returns the letter that lets n create an account. goOn is in the link's fragment, which browsers do not send.
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

// thereIsOne returns the letter to the owner of an account whose address somebody tried to sign up with.
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

// Newcomer is the account that answering a letter would create.
type Newcomer struct {
	Email, Name string
	Guest       string // name of the guest who asked in another browser, which only the letter's reader can confirm was them; "" for none
}

// LookAtNewcomer returns what a letter's code would create. current is who is signed in, or nil.
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

// Confirmation is the answer to a letter.
type Confirmation struct {
	Code, Password string
	Name           string // "": the one given when signing up
	AsGuest        bool   // the guest who asked for it becomes the account, in whichever browser the letter is opened
}

// Confirm creates the account that a letter was sent for, with a verified address, and signs it in. A guest who opens the letter
// becomes the account, as when signing up without a letter. A guest who asked for it in another browser does so only if the reader
// says so (AsGuest): otherwise guests could attribute their text to anybody they send a letter to.
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
	if user.PasswordHash, err = s.hasher.hash(ctx, stranger(from.Address), in.Password); err != nil {
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

// newcomerOf opens a letter's code. It returns a problem if the address has an account by now or the code was used already.
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
	if _, err := s.store.User(ctx, n.Account); err == nil { // the code was used; the account has another address by now, or is deleted
		return n, codeGone()
	} else if !isAbsent(err) {
		return n, unavailable(err)
	}
	return n, s.maySignUp(n.Guest != "" || current != nil && current.Guest, "")
}

// stillGuest returns the guest with that id; the zero User if they have an account by now or are gone.
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

// mailQuietly queues a letter that anybody can ask for; its result reveals nothing about the recipient. An address gets only a few,
// and it is no error if no more are sent. A letter that the queue refused is not counted.
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

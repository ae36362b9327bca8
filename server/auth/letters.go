package auth

import (
	"context"
	"strings"
	"time"

	"quire/server/mail"
	"quire/storage"
)

// page returns the URL of a page of the app, for letters. It uses only PUBLIC_URL: whoever sends a request chooses its Host, and
// could lead the letter's reader to their own server.
func (s *Service) page(path string) string {
	return strings.TrimSuffix(s.cfg.PublicURL.String(), "/") + path
}

func (s *Service) host() string { return s.cfg.PublicURL.Host }

// mailVerification mails user the letter that verifies their address, and reports whether it was queued.
func (s *Service) mailVerification(ctx context.Context, user storage.User) (bool, error) {
	if !s.Mails() || user.Email == "" || !user.VerifiedAt.IsZero() {
		return false, nil
	}
	code, err := s.newCode(ctx, user.ID, codeVerify, user.Email, verifyLasts)
	if err != nil {
		return false, err
	}
	return s.cfg.Mail.Send(mail.Letter{
		Kind: "verify", To: user.Email, Subject: "Is this your address?",
		Lines: []string{"Hello " + user.Name + ",", "somebody, most likely you, made an account at " + s.host() +
			" with this e-mail address. Show that it is yours, so that what people share with it reaches you."},
		Words: "Yes, it is mine", Link: s.page("/verify/" + code),
		After: []string{"The address works for three days, in a browser where you are signed in. If the account isn't yours, you need do nothing."},
	}), nil
}

// mailNewAddress mails a confirmation letter to the address that user wants to change to.
func (s *Service) mailNewAddress(ctx context.Context, user storage.User, email string) (bool, error) {
	code, err := s.newCode(ctx, user.ID, codeEmail, email, verifyLasts)
	if err != nil {
		return false, err
	}
	return s.cfg.Mail.Send(mail.Letter{
		Kind: "email", To: email, Subject: "Use this address from now on?",
		Lines: []string{"Hello " + user.Name + ",", "you asked to use this e-mail address for your account at " + s.host() + "."},
		Words: "Use this address", Link: s.page("/verify/" + code),
		After: []string{"The address works for three days, in a browser where you are signed in. If you didn't ask for it, you need do nothing."},
	}), nil
}

// tellOldAddress mails the account's former address that it was changed.
func (s *Service) tellOldAddress(user storage.User) {
	if user.Email == "" || !s.Mails() {
		return
	}
	s.cfg.Mail.Send(mail.Letter{
		Kind: "email-changed", To: user.Email, Subject: "Your e-mail address was changed",
		Lines: []string{"Hello " + user.Name + ",", "your account at " + s.host() + " has another e-mail address now, so letters go there. " +
			"If it wasn't you who changed it, ask whoever runs " + s.host() + " for help."},
	})
}

// mailReset mails a letter to set a new password if the address has an account. That is looked up when the queue reaches the
// letter, so that the response time does not reveal it.
func (s *Service) mailReset(email string) error {
	return s.mailQuietly("reset", email, func(ctx context.Context) (mail.Letter, bool, error) {
		user, err := s.store.UserByEmail(ctx, email)
		if isAbsent(err) || err == nil && user.Guest {
			return mail.Letter{}, false, nil
		} else if err != nil {
			return mail.Letter{}, false, err
		}
		if user.Suspended() {
			return s.keptOut(user, "reset", "asked for a new password for your account"), true, nil
		}
		code, err := s.newCode(ctx, user.ID, codeReset, user.Email, resetLasts)
		if err != nil {
			return mail.Letter{}, false, err
		}
		return mail.Letter{
			Kind: "reset", To: user.Email, Subject: "A new password",
			Lines: []string{"Hello " + user.Name + ",", "somebody, most likely you, asked for a new password for your account at " + s.host() + "."},
			Words: "Choose a password", Link: s.page("/reset/" + code),
			After: []string{"The address works once, for an hour. All browsers you are signed in with are signed out then. " +
				"If you didn't ask for it, you need do nothing: your password stays as it is."},
		}, true, nil
	})
}

// keptOut returns the letter that the owner of a suspended account gets instead of one that would open it.
func (s *Service) keptOut(user storage.User, kind, did string) mail.Letter {
	return mail.Letter{
		Kind: kind, To: user.Email, Subject: "Your account is suspended",
		Lines: []string{"Hello " + user.Name + ",", "somebody, most likely you, " + did + " at " + s.host() + ". An administrator has " +
			"suspended your account, so it can't be used now. Your documents are kept. Ask whoever runs " + s.host() + "."},
	}
}

// mailWelcome mails the owner of an account that an administrator created, and reports whether the letter was queued.
func (s *Service) mailWelcome(user storage.User, code string) bool {
	if !s.Mails() {
		return false
	}
	return s.cfg.Mail.Send(mail.Letter{
		Kind: "welcome", To: user.Email, Subject: "An account for you",
		Lines: []string{"Hello " + user.Name + ",", "there is an account for you at " + s.host() + ", where documents are written together."},
		Words: "Choose a password", Link: s.page("/reset/" + code),
		After: []string{"The address works once, for three days."},
	})
}

// mayMail counts a letter under the key recipient, and returns a 429 problem after too many.
func (s *Service) mayMail(recipient string) error {
	if wait, ok := s.tries.letters.take(recipient); !ok {
		return tooMany(wait.Round(time.Second))
	}
	return nil
}

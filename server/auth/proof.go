package auth

import (
	"context"
	"crypto/hmac"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/server/problem"
	"quire/storage"
)

// This file asks people who are signed in to show once more who they are, before a change that would let somebody with their open
// browser, or its cookie, keep the account.

// ProofLasts is how long somebody counts as having shown who they are: by signing in, at the provider too if it asked them, or by
// Prove.
const ProofLasts = 10 * time.Minute

// Ways to show who one is.
const (
	WayPassword = "password" // Prove
	WayOIDC     = "oidc"     // sign in through the provider again
	WayLetter   = "letter"   // have a letter sent that sets a password, and sign in with it
)

// Prove checks who's password and returns the cookie that shows so with requests of the same sign-in, for ProofLasts.
func (s *Service) Prove(ctx context.Context, who collab.Identity, password string) (shown string, err error) {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return "", unavailable(err)
	}
	if user.PasswordHash == "" {
		return "", s.proofNeeded(user)
	}
	if err := s.proveOwner(ctx, user, who, password, "body.password"); err != nil {
		return "", err
	}
	return s.shown(user, who.SignIn), nil
}

// shown returns the cookie of somebody who has just shown who they are. It counts for one sign-in, and ends with the password.
func (s *Service) shown(user storage.User, signIn string) string {
	until := strconv.FormatInt(s.now().Add(ProofLasts).UnixMilli(), 10)
	return until + "." + encoding.EncodeToString(s.signShown(user, signIn, until))
}

func (s *Service) signShown(user storage.User, signIn, until string) []byte {
	return s.sign(forProof, []byte(strings.Join([]string{string(user.ID), signIn, until, user.PasswordHash}, "\x00")))
}

// shows reports whether a request of who came with such a cookie that counts.
func (s *Service) shows(from From, user storage.User, who collab.Identity) bool {
	until, signature, _ := strings.Cut(from.Shown, ".")
	mac, err := encoding.DecodeString(signature)
	ms, notANumber := strconv.ParseInt(until, 10, 64)
	return err == nil && notANumber == nil && hmac.Equal(mac, s.signShown(user, who.SignIn, until)) && s.now().Before(time.UnixMilli(ms))
}

// Shown returns the cookie of a request that shows who somebody is, not yet checked; "" if there is none.
func (s *Service) Shown(c *fiber.Ctx) string { return c.Cookies(s.cookieName(c, cookieShown)) }

// SetShown sets that cookie; "" keeps the old one.
func (s *Service) SetShown(c *fiber.Ctx, shown string) {
	if shown != "" {
		s.setCookie(c, cookieShown, shown, ProofLasts)
	}
}

// Proved returns a proof-needed problem unless who has shown who they are within ProofLasts. Guests have nothing to prove, and
// tokens can't: they do what they could do before.
func (s *Service) Proved(ctx context.Context, from From, who collab.Identity) error {
	if who.Guest || ByToken(who) {
		return nil
	}
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return unavailable(err)
	}
	return s.proved(from, user, who)
}

func (s *Service) proved(from From, user storage.User, who collab.Identity) error {
	if s.shows(from, user, who) {
		return nil
	}
	return s.proofNeeded(user)
}

// provedBy is proved for a request that carries the password itself, in field, if there is one.
func (s *Service) provedBy(ctx context.Context, from From, user storage.User, who collab.Identity, password, field string) error {
	if user.PasswordHash != "" {
		return s.proveOwner(ctx, user, who, password, field)
	}
	return s.proved(from, user, who)
}

// proofNeeded returns the problem that names user's ways to show who they are.
func (s *Service) proofNeeded(user storage.User) error {
	var ways []string
	if user.PasswordHash != "" {
		ways = append(ways, WayPassword)
	}
	if s.oidc != nil && user.Issuer == oidcIssuer+s.oidc.cfg.Issuer {
		ways = append(ways, WayOIDC)
	}
	if len(ways) == 0 && s.Mails() {
		ways = append(ways, WayLetter)
	}
	return problem.ProofNeeded(ways)
}

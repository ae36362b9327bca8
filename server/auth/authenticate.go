package auth

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// Authenticate returns who makes a REST request: by its Authorization header if it has one, else by its cookie. The error is a
// *problem.Problem: 401 with the reason, 403 for a cookie sent by another site's page or a read-only token, 503.
func (s *Service) Authenticate(c *fiber.Ctx) (collab.Identity, error) {
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		who, err := s.byAuthorization(c.UserContext(), header)
		if err == nil && who.Scopes == access.ScopeRead && !changesNothing(c.Method()) {
			err = problem.Forbidden("This API token is only for reading.")
		}
		return who, err
	}
	return s.byCookie(c, !changesNothing(c.Method()))
}

func (s *Service) byAuthorization(ctx context.Context, header string) (collab.Identity, error) {
	if token, ok := isAPIToken(header); ok {
		return s.byAPIToken(ctx, token)
	}
	return s.byBearer(ctx, header)
}

// AuthenticateSocket returns who opens a socket: by the Authorization header, a ticket among the subprotocols, or the cookie,
// which must come with our own origin although the method is GET.
func (s *Service) AuthenticateSocket(c *fiber.Ctx) (collab.Identity, error) {
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		return s.byAuthorization(c.UserContext(), header)
	}
	for offered := range strings.SplitSeq(c.Get("Sec-WebSocket-Protocol"), ",") {
		if ticket, ok := strings.CutPrefix(strings.TrimSpace(offered), "ticket."); ok {
			return s.byTicket(c.UserContext(), ticket)
		}
	}
	return s.byCookie(c, true)
}

func (s *Service) byCookie(c *fiber.Ctx, changes bool) (collab.Identity, error) {
	token := c.Cookies(s.cookieName(c, cookieSignIn))
	if token == "" {
		return collab.Identity{}, problem.SignedOut("Sign in first.")
	}
	if !s.cookieCounts(c, changes) {
		return collab.Identity{}, problem.ForeignOrigin()
	}
	return s.byCookieToken(c, token)
}

// byCookieToken returns whose sign-in token is. It does not check which page made the browser send it.
func (s *Service) byCookieToken(c *fiber.Ctx, token string) (collab.Identity, error) {
	ctx, now := c.UserContext(), s.now()
	signIn, user, err := s.store.SignInByToken(ctx, hashToken(token), now)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return collab.Identity{}, problem.SignedOut("Your sign-in has ended. Sign in again.")
	case err != nil:
		return collab.Identity{}, unavailable(err)
	case user.Suspended(): // a sign-in that was made while the suspension ended all others
		return collab.Identity{}, suspendedNow()
	}
	if now.Sub(signIn.LastSeenAt) >= touchEvery {
		expires := storage.Milli(now.Add(SignInLasts))
		if err := s.store.TouchSignIn(ctx, signIn.ID, now, expires); err != nil {
			s.log.Warn("sign-in not prolonged", "sign_in", signIn.ID, "err", err)
		} else {
			signIn.ExpiresAt = expires
			s.SetCookie(c, Proof{Token: token, Expires: expires, Browser: s.unlessKnown(user, s.Browser(c))})
		}
	}
	return identify(user, signIn), nil
}

// RequireOwnOrigin refuses a request made by another site's page. It guards routes that set a cookie, which need no proof
// themselves. Clients other than browsers send neither header and pass.
func (s *Service) RequireOwnOrigin(c *fiber.Ctx) error {
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		if !s.OwnOrigin(c, origin) {
			return problem.ForeignOrigin()
		}
		return nil
	}
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return problem.ForeignOrigin()
	}
	return nil
}

func identify(u storage.User, signIn storage.SignIn) collab.Identity {
	return collab.Identity{
		User: u.ID, Name: u.Name, Color: u.Color, Guest: u.Guest, Picture: PicturePath(u), Admin: u.Admin,
		SignIn: signIn.ID, Expires: signIn.ExpiresAt,
	}
}

// signInOf returns the unexpired sign-in with that id, and its user.
func (s *Service) signInOf(ctx context.Context, id string) (storage.SignIn, storage.User, error) {
	ended := problem.SignedOut("The sign-in this was made for has ended. Sign in again.")
	signIn, err := s.store.SignIn(ctx, id, s.now())
	if errors.Is(err, storage.ErrNotFound) {
		return signIn, storage.User{}, ended
	} else if err != nil {
		return signIn, storage.User{}, unavailable(err)
	}
	user, err := s.store.User(ctx, signIn.User)
	if errors.Is(err, storage.ErrNotFound) {
		return signIn, user, ended
	} else if err != nil {
		return signIn, user, unavailable(err)
	}
	if user.Suspended() {
		return signIn, user, suspendedNow()
	}
	return signIn, user, nil
}

// suspendedNow returns the problem for a proof of somebody who was suspended after it was made.
func suspendedNow() error { return problem.SignedOut("The account is suspended.") }

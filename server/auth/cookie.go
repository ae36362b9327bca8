package auth

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// The cookie's names. A browser takes a __Host- cookie only over https, for this host and path "/", so that no
// neighbouring host can plant one; over plain http there is no such thing and the name says so.
const (
	cookieSecure = "__Host-"
	cookieSignIn = "quire"
	cookieDevice = "quire-browser"
	cookieOIDC   = "quire-oidc"
	cookieShown  = "quire-shown"
)

// Proof is what a browser gets as cookies when it signs in.
type Proof struct {
	Token   string
	Expires time.Time
	Browser string // new device cookie (device.go); "" keeps the old one
	Shown   string // new cookie of who has just shown who they are (proof.go); "" keeps the old one
}

func (s *Service) cookieName(c *fiber.Ctx, name string) string {
	if s.Secure(c) {
		return cookieSecure + name
	}
	return name
}

// SetCookie sets the cookies of p.
func (s *Service) SetCookie(c *fiber.Ctx, p Proof) {
	s.setCookie(c, cookieSignIn, p.Token, p.Expires.Sub(s.now()))
	s.SetBrowser(c, p.Browser)
	s.SetShown(c, p.Shown)
}

// ClearCookie deletes the sign-in cookie.
func (s *Service) ClearCookie(c *fiber.Ctx) { s.setCookie(c, cookieSignIn, "", -1) }

// setCookie sets a cookie for the time lasts; a negative time deletes it.
func (s *Service) setCookie(c *fiber.Ctx, name, value string, lasts time.Duration) {
	cookie := &fiber.Cookie{
		Name: s.cookieName(c, name), Value: value, Path: "/", MaxAge: -1, Expires: time.Unix(1, 0),
		Secure: s.Secure(c), HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	}
	if lasts >= 0 {
		cookie.MaxAge, cookie.Expires = int(lasts/time.Second), s.now().Add(lasts)
	}
	c.Cookie(cookie)
}

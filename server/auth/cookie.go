package auth

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// The cookie's names. A browser takes a __Host- cookie only over https, for this host and path "/", so that no
// neighbouring host can plant one; over plain http there is no such thing and the name says so.
const (
	cookieSecure = "__Host-quire"
	cookiePlain  = "quire"
)

// Proof is what a browser gets for having signed in.
type Proof struct {
	Token   string
	Expires time.Time
}

func (s *Service) cookieName(c *fiber.Ctx) string {
	if s.Secure(c) {
		return cookieSecure
	}
	return cookiePlain
}

// SetCookie hands the proof to the browser.
func (s *Service) SetCookie(c *fiber.Ctx, p Proof) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(c), Value: p.Token, Path: "/",
		MaxAge: int(p.Expires.Sub(s.now()) / time.Second), Expires: p.Expires,
		Secure: s.Secure(c), HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// ClearCookie takes it back.
func (s *Service) ClearCookie(c *fiber.Ctx) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(c), Path: "/", MaxAge: -1, Expires: time.Unix(1, 0),
		Secure: s.Secure(c), HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

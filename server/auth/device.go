package auth

import (
	"crypto/hmac"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/storage"
)

// browserLasts is how long a browser is known by an account it was signed in to.
const browserLasts = 400 * 24 * time.Hour // the longest a browser keeps a cookie

// newBrowser returns the value of the device cookie, by which user's account recognizes a browser. It is no proof of identity: it
// only exempts the browser from the limits on everybody's wrong passwords.
func (s *Service) newBrowser(user storage.UserID) string {
	mark := string(user) + "." + RandomID()
	return mark + "." + encoding.EncodeToString(s.sign(forDevice, []byte(mark))[:16])
}

// knows returns the mark, without its signature, if it is one of user's, else "".
func (s *Service) knows(user storage.UserID, mark string) string {
	named, rest, _ := strings.Cut(mark, ".")
	nonce, signature, _ := strings.Cut(rest, ".")
	mac, err := encoding.DecodeString(signature)
	if user == "" || named != string(user) || err != nil {
		return ""
	}
	if !hmac.Equal(mac, s.sign(forDevice, []byte(named+"."+nonce))[:16]) {
		return ""
	}
	return named + "." + nonce
}

// Browser returns the device cookie of a request, not yet checked; "" if there is none.
func (s *Service) Browser(c *fiber.Ctx) string {
	mark := c.Cookies(s.cookieName(c, cookieDevice))
	if len(mark) > 200 {
		return ""
	}
	return mark
}

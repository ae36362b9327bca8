package auth

import (
	"crypto/hmac"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/storage"
)

// browserLasts is how long a browser is known by an account it was signed in to.
const browserLasts = 400 * 24 * time.Hour // the longest a browser keeps a cookie

// The device cookie holds a mark for each account that was signed in to in the browser, the latest first.
const (
	mostMarks = 4
	markEnds  = "~"
)

// newBrowser returns the device cookie of a browser that had was, in which user's account recognizes it from now on. It is no proof
// of identity: it only exempts the browser from the limits on everybody's wrong passwords. It ends with user's password.
func (s *Service) newBrowser(user storage.User, was string) string {
	mark := string(user.ID) + "." + RandomID()
	marks := []string{mark + "." + encoding.EncodeToString(s.signMark(mark, user))}
	for other := range strings.SplitSeq(was, markEnds) {
		if other != "" && !strings.HasPrefix(other, string(user.ID)+".") && len(marks) < mostMarks {
			marks = append(marks, other)
		}
	}
	return strings.Join(marks, markEnds)
}

// signMark signs mark for user and their present password, so that a change of it makes the account forget its browsers.
func (s *Service) signMark(mark string, user storage.User) []byte {
	return s.sign(forDevice, []byte(mark+"\x00"+user.PasswordHash))[:16]
}

// knows returns the mark, without its signature, by which user's account recognizes the browser with that device cookie; "" if it
// does not.
func (s *Service) knows(user storage.User, cookie string) string {
	if user.ID == "" {
		return ""
	}
	for mark := range strings.SplitSeq(cookie, markEnds) {
		end := strings.LastIndexByte(mark, '.')
		if end < 0 || !strings.HasPrefix(mark, string(user.ID)+".") {
			continue
		}
		mac, err := encoding.DecodeString(mark[end+1:])
		if err == nil && hmac.Equal(mac, s.signMark(mark[:end], user)) {
			return mark[:end]
		}
	}
	return ""
}

// Browser returns the device cookie of a request, not yet checked; "" if there is none.
func (s *Service) Browser(c *fiber.Ctx) string {
	marks := c.Cookies(s.cookieName(c, cookieDevice))
	if len(marks) > 100*mostMarks {
		return ""
	}
	return marks
}

// unlessKnown returns the new device cookie of a browser in which user is signed in; "" if they are a guest or the account knows it.
func (s *Service) unlessKnown(user storage.User, was string) string {
	if user.Guest || s.knows(user, was) != "" {
		return ""
	}
	return s.newBrowser(user, was)
}

// Remember renews the cookies that ended with the password that who has just changed: the device cookie, and the one of having shown
// who they are. A failure is only logged: signing in sets both again.
func (s *Service) Remember(c *fiber.Ctx, who collab.Identity) {
	user, err := s.store.User(c.UserContext(), who.User)
	if err != nil {
		s.log.Warn("browser not remembered", "user", who.User, "err", err)
		return
	}
	s.SetBrowser(c, s.newBrowser(user, s.Browser(c)))
	s.SetShown(c, s.shown(user, who.SignIn))
}

// SetBrowser sets the device cookie; "" keeps the old one.
func (s *Service) SetBrowser(c *fiber.Ctx, browser string) {
	if browser != "" {
		s.setCookie(c, cookieDevice, browser, browserLasts)
	}
}

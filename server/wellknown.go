package server

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

// contactFor is how long what security.txt says may be believed; it is written anew each time.
const contactFor = 180 * 24 * time.Hour

// securityTxt answers /.well-known/security.txt (RFC 9116), which says to whom holes are reported.
func (s *Server) securityTxt(c *fiber.Ctx) error {
	if len(s.cfg.Contacts) == 0 {
		return problem.NoSuchPath()
	}
	var text strings.Builder
	for _, contact := range s.cfg.Contacts {
		text.WriteString("Contact: " + contact + "\n")
	}
	text.WriteString("Expires: " + s.now().UTC().Add(contactFor).Truncate(24*time.Hour).Format(time.RFC3339) + "\n")
	if own := s.cfg.Auth.PublicURL; own != nil {
		text.WriteString("Canonical: " + strings.TrimSuffix(own.String(), "/") + c.Path() + "\n")
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.SendString(text.String())
}

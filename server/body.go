package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

// plainly refuses a body that is packed. What the headers announce bounds what arrives, not what it unfolds to: 275 bytes
// can be 2 GiB. So nothing here unpacks; and a body that cannot be unpacked is never taken for a text.
func (s *Server) plainly(c *fiber.Ctx) error {
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
		for coding := range strings.SplitSeq(string(line), ",") {
			if coding = strings.TrimSpace(coding); coding == "" || strings.EqualFold(coding, "identity") {
				continue
			}
			c.Set(fiber.HeaderAcceptEncoding, "identity")
			return problem.UnsupportedMedia("A body is sent as it is, not compressed.").
				In("header.Content-Encoding", "is not identity")
		}
	}
	c.Request().Header.Del(fiber.HeaderContentEncoding) // else Fiber reads it once more, and takes "identity," for an empty body
	return c.Next()
}

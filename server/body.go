package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

// plainly refuses a compressed body. The announced length bounds what arrives, not what it expands to: 275 bytes can become 2 GiB.
// So nothing here decompresses, and compressed bytes are never stored as text.
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

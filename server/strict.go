package server

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quire/server/problem"
)

// strictly refuses a request that a proxy in front may have read in another way than the HTTP library did, and ends its connection,
// so that no part of it is taken for a request of somebody else.
func (s *Server) strictly(c *fiber.Ctx) error {
	if why := ambiguous(c.Request()); why != "" {
		c.Context().SetConnectionClose()
		return problem.Malformed("The request can't be read: " + why + ".")
	}
	return c.Next()
}

// ambiguous returns what is not plain about a request that the HTTP library has taken; "" if nothing.
func ambiguous(r *fasthttp.Request) string {
	h := &r.Header
	if version := string(h.Protocol()); version != "HTTP/1.1" && version != "HTTP/1.0" {
		return "it is of another version of HTTP than 1.0 and 1.1"
	}
	why, sizes, codings := unclear(h.RawHeaders())
	switch {
	case why != "":
		return why
	case codings > 0 && sizes > 0:
		return "it has both Content-Length and Transfer-Encoding"
	case codings > 0 && h.ContentLength() != -1:
		return "its Transfer-Encoding is not chunked"
	case !bytes.EqualFold(r.URI().Host(), h.Host()):
		return "its address names another host than its Host header"
	case h.ContentLength() != 0 && h.ContentLength() != -2 && len(h.Peek(fiber.HeaderUpgrade)) > 0:
		return "a request for an upgrade has a body"
	}
	return ""
}

// unclear looks through the lines of a head as they came. It returns what is not plain about them, and how many tell the body's
// size and its coding.
func unclear(head []byte) (why string, sizes, codings int) {
	for len(head) > 0 {
		end := bytes.IndexByte(head, '\n')
		if end < 1 || head[end-1] != '\r' {
			return "a line of its head does not end with CR and LF", sizes, codings
		}
		line := head[:end-1]
		head = head[end+1:]
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			return "a line of its head goes on in the next one", sizes, codings
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.ContainsAny(name, " \t"):
			return "a header's name has a space", sizes, codings
		case bytes.EqualFold(name, []byte(fiber.HeaderContentLength)):
			sizes++
		case bytes.EqualFold(name, []byte(fiber.HeaderTransferEncoding)):
			codings++
		}
	}
	return "", sizes, codings
}

package server

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

// Hosts says under which names the server is asked. Where a browser is told by the name server of some page that the page's own name
// is this machine, that page's scripts ask us with its name as Host, and from the origin that belongs to it (DNS rebinding).
type Hosts struct {
	Local bool     // only addresses, localhost and Names are taken; else any name
	Names []string // without ports
}

// takes reports whether a request to host, which may have a port, is for us.
func (h Hosts) takes(host string) bool {
	if !h.Local || host == "" { // no browser sends none
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ".")
	if _, err := netip.ParseAddr(host); err == nil || strings.EqualFold(host, "localhost") {
		return true
	}
	return slices.ContainsFunc(h.Names, func(name string) bool { return strings.EqualFold(name, host) })
}

// hosted refuses requests that are for another name.
func (s *Server) hosted(c *fiber.Ctx) error {
	if host := string(c.Request().Header.Host()); !s.cfg.Hosts.takes(host) {
		if s.misled.Due() {
			s.log.Warn("a request came for a name that is not this machine's; if it is meant, set ALLOWED_HOSTS or PUBLIC_URL", "host", host)
		}
		return problem.Misdirected()
	}
	return c.Next()
}

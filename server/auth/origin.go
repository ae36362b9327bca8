package auth

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Proxies are the networks whose X-Forwarded-* headers are trusted.
type Proxies []netip.Prefix

// Address returns the client's IP address: the peer's or, if the peer is one of our proxies, the rightmost address of
// X-Forwarded-For that is not. Anybody could have written what is left of that.
func (p Proxies) Address(c *fiber.Ctx) string {
	peer := c.Context().RemoteIP().String()
	if !p.trusts(peer) {
		return peer
	}
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		if _, err := netip.ParseAddr(hop); err != nil {
			return peer
		}
		peer = hop
		if !p.trusts(hop) {
			return hop
		}
	}
	return peer
}

func (p Proxies) trusts(address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// Secure reports whether the client uses https.
func (s *Service) Secure(c *fiber.Ctx) bool {
	if s.cfg.PublicURL != nil {
		return s.cfg.PublicURL.Scheme == "https"
	}
	return c.Protocol() == "https"
}

// BaseURL returns the app's public URL, without a trailing slash.
func (s *Service) BaseURL(c *fiber.Ctx) string {
	if s.cfg.PublicURL != nil {
		return strings.TrimSuffix(s.cfg.PublicURL.String(), "/")
	}
	return c.Protocol() + "://" + c.Hostname()
}

// OwnOrigin reports whether origin is ours: exactly that of PUBLIC_URL or, without one, the origin that the request was sent to.
func (s *Service) OwnOrigin(c *fiber.Ctx, origin string) bool {
	given, ok := canonical(origin)
	if !ok {
		return false
	}
	if s.cfg.PublicURL != nil {
		own, _ := canonical(s.cfg.PublicURL.Scheme + "://" + s.cfg.PublicURL.Host)
		return given == own
	}
	own, ok := canonical(c.Protocol() + "://" + c.Hostname())
	return ok && sameLoopback(given) == sameLoopback(own)
}

// AllowedOrigin reports whether origin is one of ALLOWED_ORIGINS, whose pages may call REST and open sockets with a token or
// ticket, never with our cookie.
func (s *Service) AllowedOrigin(origin string) bool {
	given, ok := canonical(origin)
	return ok && slices.ContainsFunc(s.cfg.AllowedOrigins, func(allowed string) bool {
		a, ok := canonical(allowed)
		return ok && a == given
	})
}

// cookieCounts reports whether the cookie of a request may be used. A request that changes something must prove that one of our
// pages made it; one that only reads is refused only if it shows that another site did.
func (s *Service) cookieCounts(c *fiber.Ctx, changes bool) bool {
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		return s.OwnOrigin(c, origin)
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin":
		return true
	case "", "none": // no browser, or typed into the address line
		return !changes
	}
	return false
}

// changesNothing reports whether method only reads.
func changesNothing(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

// canonical returns an origin in a form that can be compared.
func canonical(origin string) (string, bool) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	default:
		return "", false
	}
	return u.Scheme + "://" + host, true
}

// sameLoopback maps all names of the loopback host to one, because people type either.
func sameLoopback(origin string) string {
	scheme, host, _ := strings.Cut(origin, "://")
	for _, name := range []string{"127.0.0.1", "[::1]"} {
		if rest, ok := strings.CutPrefix(host, name); ok && (rest == "" || rest[0] == ':') {
			return scheme + "://localhost" + rest
		}
	}
	return origin
}

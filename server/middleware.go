package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

// requestTime bounds a REST request's work; it does not apply to a socket once it is open.
const requestTime = 60 * time.Second

// observe gives the request an id, writes its line of the access log and turns a panic into a problem. A path may be a
// secret (/s/…, /setup/…), so only the route's pattern is logged.
func (s *Server) observe(c *fiber.Ctx) error {
	began := time.Now()
	id := requestID()
	c.Set(fiber.HeaderXRequestID, id)
	w := &work{}
	c.Locals(workKey{}, w)
	defer w.end()
	s.hintAtProxy(c)
	method := string(c.Request().Header.Method()) // the client's: head may change it
	err := s.recovered(c)
	if err != nil {
		err = s.refuse(c, err)
	}
	level := slog.LevelInfo
	route := c.Route().Path
	if route == "/healthz" || route == "/readyz" {
		level = slog.LevelDebug
	}
	s.log.Log(context.Background(), level, "request", "id", id, "method", method, "route", route,
		"status", c.Response().StatusCode(), "ms", float64(time.Since(began).Microseconds())/1000,
		"address", s.cfg.Proxies.Address(c))
	return err
}

func requestID() string {
	var random [8]byte
	rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

// hintAtProxy logs once that a proxy in front is missing in TRUST_PROXY, so that everybody seems to have its address.
func (s *Server) hintAtProxy(c *fiber.Ctx) {
	if len(s.cfg.Proxies) == 0 && len(c.Request().Header.Peek(fiber.HeaderXForwardedFor)) > 0 && s.hinted.CompareAndSwap(false, true) {
		s.log.Warn("a proxy's X-Forwarded-For is not believed; if there is one in front, name it in TRUST_PROXY",
			"address", s.cfg.Proxies.Address(c))
	}
}

func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic", "panic", fmt.Sprint(r), "route", c.Route().Path, "stack", string(debug.Stack()))
			err = problem.Internal()
		}
	}()
	return c.Next()
}

// secure sets the headers of every response. Scripts, styles and connections are allowed only to our own host. Pictures may come from
// elsewhere, because a document may show one by its URL (E3).
func (s *Server) secure(c *fiber.Ctx) error {
	s.protect(c)
	if strings.HasPrefix(c.Path(), "/api/") {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Next()
}

func (s *Server) protect(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, "default-src 'self'; script-src 'self'; style-src 'self'; "+
		"img-src 'self' data: blob: http: https:; connect-src 'self'"+socketSources(c.Hostname())+"; object-src 'none'; base-uri 'none'; "+
		"form-action 'self'; frame-ancestors 'none'")
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderXFrameOptions, "DENY")
	h.Set(fiber.HeaderReferrerPolicy, "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set(fiber.HeaderPermissionsPolicy, "camera=(), microphone=(), geolocation=()")
	if s.strict(c) {
		h.Set(fiber.HeaderStrictTransportSecurity, hstsHeader)
	}
}

// socketSources returns the CSP sources of our own WebSockets, which 'self' does not cover in every browser.
func socketSources(host string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".:-[]", r)
	}
	if host == "" || strings.IndexFunc(host, func(r rune) bool { return !plain(r) }) >= 0 {
		return ""
	}
	return " ws://" + host + " wss://" + host
}

// cors lets pages of ALLOWED_ORIGINS call REST, never with our cookie: credentials are not allowed, and auth refuses a cookie with a
// foreign Origin.
func (s *Server) cors(c *fiber.Ctx) error {
	origin := c.Get(fiber.HeaderOrigin)
	if !strings.HasPrefix(c.Path(), "/api/") {
		return c.Next()
	}
	c.Vary(fiber.HeaderOrigin)
	preflight := c.Method() == fiber.MethodOptions && c.Get(fiber.HeaderAccessControlRequestMethod) != ""
	if origin == "" || !s.auth.AllowedOrigin(origin) {
		if preflight && origin != "" && s.foreign.Due() {
			s.log.Warn("a page of another site may not call REST: its origin is not in ALLOWED_ORIGINS",
				"origin", origin, "address", s.cfg.Proxies.Address(c))
		}
		return c.Next()
	}
	c.Set(fiber.HeaderAccessControlAllowOrigin, origin)
	c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag, Location, Retry-After, X-Request-Id")
	if !preflight {
		return c.Next()
	}
	c.Set(fiber.HeaderAccessControlAllowMethods, "GET, POST, PUT, PATCH, DELETE")
	c.Set(fiber.HeaderAccessControlAllowHeaders, "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key")
	c.Set(fiber.HeaderAccessControlMaxAge, "600")
	return c.SendStatus(fiber.StatusNoContent)
}

// head makes the API's GET routes answer HEAD too. The HTTP library then sends only the headers; it would close a stream it did not
// send, so such a stream is removed here.
func (s *Server) head(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodHead || !strings.HasPrefix(c.Path(), "/api/") {
		return c.Next()
	}
	c.Method(fiber.MethodGet)
	err := c.Next()
	if c.Response().IsBodyStream() {
		c.Response().ResetBody()
	}
	return err
}

// bound ends the request's context after requestTime.
func (s *Server) bound(c *fiber.Ctx) error {
	c.Locals(workKey{}).(*work).begin(c)
	return c.Next()
}

package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quire/server/api"
	"quire/server/problem"
)

// How large a request may be and how long it may take to arrive. Only what carries a document's text may be large.
const (
	smallBody    = 1 << 20
	largeBody    = 64 << 20 // a document of 10 million units is 30 MB as text, and at most twice that as JSON
	headerBytes  = 16 << 10 // a token with many documents, cookies of others on this host
	smallTimeout = 30 * time.Second
	largeTimeout = 5 * time.Minute
	idleTimeout  = 2 * time.Minute
)

func fiberConfig(s *Server) fiber.Config {
	trusted := make([]string, 0, len(s.cfg.Proxies))
	for _, p := range s.cfg.Proxies {
		trusted = append(trusted, p.String())
	}
	return fiber.Config{
		Immutable:               true, // handlers keep strings of the request
		ReduceMemoryUsage:       true,
		DisableStartupMessage:   true,
		ErrorHandler:            s.refuse,
		BodyLimit:               largeBody,
		ReadBufferSize:          headerBytes,
		ReadTimeout:             smallTimeout,
		WriteTimeout:            largeTimeout,
		IdleTimeout:             idleTimeout,
		EnableTrustedProxyCheck: true, // without it Fiber believes X-Forwarded-Proto and -Host of anybody
		TrustedProxies:          trusted,
	}
}

// bodyBounds decides, when only the headers are here, how much of the body is read. A large one is read only where text
// is written, and from somebody who at least claims to be signed in.
func bodyBounds(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	proof := len(h.Peek(fiber.HeaderAuthorization)) > 0 || len(h.Peek(fiber.HeaderCookie)) > 0
	if proof && bytes.HasPrefix(h.RequestURI(), []byte(api.Base+"/documents")) {
		return fasthttp.RequestConfig{MaxRequestBodySize: largeBody, ReadTimeout: largeTimeout}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
}

// refuse is Fiber's error handler: whatever no handler answered becomes a problem here.
func (s *Server) refuse(c *fiber.Ctx, err error) error {
	p := problem.From(err)
	if p.Status >= http.StatusInternalServerError {
		s.log.Error("request failed", "status", p.Status, "err", err, "id", c.GetRespHeader(fiber.HeaderXRequestID))
	}
	return p.Write(c)
}

// quietLogger takes what the HTTP library says about connections that break off: worth a line only to who looks closely.
type quietLogger struct{ log *slog.Logger }

func (l quietLogger) Printf(format string, _ ...any) { l.log.Debug("http", "message", format) }

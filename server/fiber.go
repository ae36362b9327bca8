package server

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

const (
	headerBytes  = 16 << 10 // a token with many documents, cookies of others on this host
	smallTimeout = 30 * time.Second
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

		DisablePreParseMultipartForm: true, // else a form is taken apart, and a large one into files, before anybody asked
	}
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

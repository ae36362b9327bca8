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
	writeTimeout = 5 * time.Minute
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
		CaseSensitive:           true, // so that what is checked of a path is what is routed
		StreamRequestBody:       true, // bodies reads them, once it is known whose they are
		BodyLimit:               1,    // bytes that are read before that
		ReadBufferSize:          headerBytes,
		WriteTimeout:            writeTimeout, // for reading, line has the deadlines
		EnableTrustedProxyCheck: true,         // otherwise Fiber trusts anybody's X-Forwarded-Proto and -Host
		TrustedProxies:          trusted,

		DisablePreParseMultipartForm: true, // otherwise every form is parsed, and a large one written to files
	}
}

// refuse is Fiber's error handler. It turns errors that no handler has answered into problems.
func (s *Server) refuse(c *fiber.Ctx, err error) error {
	p := problem.From(err)
	if p.Status >= http.StatusInternalServerError {
		s.log.Error("request failed", "status", p.Status, "err", err, "id", c.GetRespHeader(fiber.HeaderXRequestID))
	}
	return p.Write(c)
}

// quietLogger logs the HTTP library's messages about broken connections at debug level.
type quietLogger struct{ log *slog.Logger }

func (l quietLogger) Printf(format string, _ ...any) { l.log.Debug("http", "message", format) }

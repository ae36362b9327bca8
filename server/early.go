package server

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

var errUnknownMethod = errors.New("the method is not known here")

// early has the refusals that come before any handler carry what every answer does: the headers of secure, and an id that the log has.
// They are those of requests that the HTTP library can't read, and of methods that Fiber does not know.
func (s *Server) early(server *fasthttp.Server) {
	refuse, handle := server.ErrorHandler, server.Handler
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
		id := s.prepare(ctx)
		refuse(ctx, err)
		// err has what was sent, perhaps a secret
		s.log.Info("request not read", "id", id, "status", ctx.Response.StatusCode(), "address", ctx.RemoteIP().String())
	}
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			server.ErrorHandler(ctx, errUnknownMethod)
			return
		}
		handle(ctx)
	}
}

func (s *Server) prepare(ctx *fasthttp.RequestCtx) (id string) {
	c := s.app.AcquireCtx(ctx)
	defer s.app.ReleaseCtx(c)
	id = requestID()
	s.protect(c)
	c.Set(fiber.HeaderXRequestID, id)
	return id
}

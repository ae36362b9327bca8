package api

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"mime"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quire/server/problem"
)

type humaContext = huma.Context // a name for the field, since huma.Context has a method Context

// received is a request whose body has arrived.
type received struct {
	humaContext
	body []byte
}

// BodyReader implements huma.Context.
func (r *received) BodyReader() io.Reader { return bytes.NewReader(r.body) }

// Unwrap lets humafiber find its own context.
func (r *received) Unwrap() huma.Context { return r.humaContext }

// receive returns a middleware that reads the body of a request, once it is known whose it is and that it is of a type that r takes.
func (a *API) receive(r route) func(huma.Context, func(huma.Context)) {
	limit := cmp.Or(r.bodyLimit, smallBody)
	return func(ctx huma.Context, next func(huma.Context)) {
		req := ctx.Context().Value(requestKey{}).(*request)
		err := r.accepts(req.fiber)
		if err != nil {
			a.refused(ctx, req, err)
			return
		}
		body, err := a.cfg.Body(req.fiber, req.who, limit)
		if err != nil {
			a.refused(ctx, req, err)
			return
		}
		ctx = huma.WithValue(huma.WithContext(ctx, as(req.fiber.UserContext(), req.who)), requestKey{}, req)
		next(&received{ctx, body})
	}
}

// accepts returns a problem if the body is said to be of a type that r does not take. Bodies that huma decodes it checks itself.
func (r route) accepts(c *fiber.Ctx) error {
	said := c.Get(fiber.HeaderContentType)
	if r.body == nil || said == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(said)
	if err == nil && r.body.Content[media] != nil {
		return nil
	}
	types := strings.Join(slices.Sorted(maps.Keys(r.body.Content)), ", ")
	return problem.UnsupportedMedia("This address takes "+types+".").In("header.Content-Type", "is not one of "+types)
}

// refused writes the problem for err.
func (a *API) refused(ctx huma.Context, req *request, err error) {
	if err := a.refuse(ctx.Context(), err).Write(req.fiber); err != nil {
		a.log.Error("problem not written", "err", err)
	}
}

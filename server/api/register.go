package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/server/auth"
	"quire/server/problem"
)

// route describes one operation.
type route struct {
	id, method, path, tag, summary, about string
	status                                int  // of success; 0: 200, or 204 without a body
	public                                bool // works without a sign-in
	personal                              bool // only with a browser's own sign-in: no token counts
	admin                                 bool // only for administrators, and personal
	body                                  *huma.RequestBody
	responses                             map[string]*huma.Response
	bodyLimit                             int64 // bytes of a JSON body; 0: 64 KiB. Raw bodies are bounded by the server
}

// request is what a handler knows beside its input.
type request struct {
	fiber *fiber.Ctx // for cookies, headers and the address; not to be kept
	who   collab.Identity
	looks []look // at documents, so far
}

type requestKey struct{}

const smallBody = 64 << 10

// add registers an operation: it authenticates, and turns every error into a problem.
func add[I, O any](a *API, r route, handle func(ctx context.Context, req *request, in *I) (*O, error)) {
	op := huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Tags: []string{r.tag}, Summary: r.summary, Description: r.about,
		DefaultStatus: r.status, RequestBody: r.body, Responses: r.responses, MaxBodyBytes: r.bodyLimit,
		SkipValidateBody: r.body != nil, // such a body has a codec of its own
		Middlewares:      huma.Middlewares{a.authenticate(r)},
	}
	if op.MaxBodyBytes == 0 && r.body == nil {
		op.MaxBodyBytes = smallBody
	}
	switch {
	case r.personal || r.admin:
		op.Security = []map[string][]string{{"cookie": {}}}
	case !r.public:
		op.Security = []map[string][]string{{"cookie": {}}, {"bearer": {}}}
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = a.problemResponse()
	body := op.RequestBody
	var schemas map[string]*huma.Schema
	var required bool
	if body != nil {
		required, schemas = body.Required, map[string]*huma.Schema{}
		for contentType, media := range body.Content {
			schemas[contentType] = media.Schema
		}
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		req := ctx.Value(requestKey{}).(*request)
		out, err := handle(ctx, req, in)
		if err == nil {
			err = a.still(ctx, req)
		}
		if err != nil {
			return nil, a.refuse(ctx, err)
		}
		return out, nil
	})
	for contentType, schema := range schemas { // huma has put "string, binary" in their place
		body.Content[contentType].Schema = schema
	}
	if body != nil {
		body.Required = required // huma requires every raw one
	}
}

// authenticate finds out who asks, and whether they may ask this, before anything of the request is read.
func (a *API) authenticate(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		req := &request{fiber: humafiber.Unwrap(ctx)}
		if !r.public {
			who, err := a.auth.Authenticate(req.fiber)
			if err == nil {
				err = r.admits(who)
			}
			if err != nil {
				if err := a.refuse(ctx.Context(), err).Write(req.fiber); err != nil {
					a.log.Error("problem not written", "err", err)
				}
				return
			}
			req.who = who
			ctx = huma.WithContext(ctx, as(ctx.Context(), who))
		}
		next(huma.WithValue(ctx, requestKey{}, req))
	}
}

// admits tells whether the route is for who: what concerns the account itself is for its owner's browser, not for
// programs that act for them.
func (r route) admits(who collab.Identity) error {
	if (r.personal || r.admin) && auth.ByToken(who) {
		return problem.Forbidden("This is done in a browser that is signed in, not with a token.")
	}
	if r.admin && !who.Admin {
		return problem.Forbidden("This is for administrators.")
	}
	return nil
}

// refuse makes a problem of err. A fault of ours is logged here, with what it was; the caller learns only that.
func (a *API) refuse(ctx context.Context, err error) *problem.Problem {
	p := problem.From(err)
	if p.Status >= http.StatusInternalServerError {
		attrs := []any{"status", p.Status, "err", err}
		if cause := p.Unwrap(); cause != nil {
			attrs = append(attrs, "cause", cause)
		}
		if req, ok := ctx.Value(requestKey{}).(*request); ok {
			attrs = append(attrs, "id", req.fiber.GetRespHeader(fiber.HeaderXRequestID), "route", req.fiber.Route().Path)
		}
		a.log.Error("request failed", attrs...)
	}
	return p
}

func (a *API) problemResponse() *huma.Response {
	return &huma.Response{Description: "A problem", Content: map[string]*huma.MediaType{
		problem.ContentType: {Schema: schemaOf[problem.Problem](a)},
	}}
}

// schemaOf returns a reference to T's schema, which it registers.
func schemaOf[T any](a *API) *huma.Schema {
	t := reflect.TypeFor[T]()
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

// answers describes a success whose body we write ourselves.
func answers(status int, description string, content map[string]*huma.Schema) map[string]*huma.Response {
	media := map[string]*huma.MediaType{}
	for contentType, schema := range content {
		media[contentType] = &huma.MediaType{Schema: schema}
	}
	return map[string]*huma.Response{strconv.Itoa(status): {Description: description, Content: media}}
}

// takes describes a body that we read ourselves.
func takes(content map[string]*huma.Schema) *huma.RequestBody {
	media := map[string]*huma.MediaType{}
	for contentType, schema := range content {
		media[contentType] = &huma.MediaType{Schema: schema}
	}
	return &huma.RequestBody{Required: true, Content: media}
}

// from tells where the request came from.
func (a *API) from(req *request) auth.From {
	return auth.From{
		Address: a.cfg.Proxies.Address(req.fiber), UserAgent: req.fiber.Get(fiber.HeaderUserAgent), Browser: a.auth.Browser(req.fiber),
	}
}

package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
)

// route describes one operation.
type route struct {
	id, method, path, tag, summary, about string
	status                                int           // of success; 0: 200, or 204 without a body
	public                                bool          // works without a sign-in
	personal                              bool          // only with a browser's own sign-in, no token
	scope                                 access.Scopes // of an API token that may use it; 0: see admitsToken
	admin                                 bool          // only for administrators; implies personal
	proves                                bool          // asks people to show again who they are (auth.Service.Proved)
	body                                  *huma.RequestBody
	responses                             map[string]*huma.Response
	bodyLimit                             int64 // bytes of the body; 0: 64 KiB
}

// request is what a handler knows besides its input.
type request struct {
	fiber *fiber.Ctx // for cookies, headers and the address; invalid after the request
	who   collab.Identity
	looks []look // access checks passed so far (still.go)
}

type requestKey struct{}

const (
	smallBody = 64 << 10
	largeBody = 64 << 20 // a document of 10 million units is 30 MB as text, and at most twice that as JSON
)

// add registers an operation: it authenticates, and turns every error into a problem.
func add[I, O any](a *API, r route, handle func(ctx context.Context, req *request, in *I) (*O, error)) {
	op := huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Tags: []string{r.tag}, Summary: r.summary, Description: r.about,
		DefaultStatus: r.status, RequestBody: r.body, Responses: r.responses, MaxBodyBytes: -1, BodyReadTimeout: -1, // see receive
		SkipValidateBody: r.body != nil, // the handler decodes such a body itself
		Middlewares:      huma.Middlewares{a.authenticate(r)},
	}
	if takesBody(reflect.TypeFor[I]()) {
		op.Middlewares = append(op.Middlewares, a.receive(r))
	}
	switch {
	case r.personal || r.admin:
		op.Security = []map[string][]string{{"cookie": {}}}
	case r.public:
		op.Security = []map[string][]string{} // says that none is needed, rather than nothing
	default:
		op.Security = []map[string][]string{{"cookie": {}}, {"bearer": {}}}
	}
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
		if r.proves {
			if err := a.auth.Proved(ctx, a.from(req), req.who); err != nil {
				return nil, a.refuse(ctx, err)
			}
		}
		out, err := handle(ctx, req, in)
		if err == nil {
			err = a.still(ctx, req)
		}
		if err != nil {
			return nil, a.refuse(ctx, err)
		}
		return out, nil
	})
	for contentType, schema := range schemas { // huma replaced them with "string, binary"
		body.Content[contentType].Schema = schema
	}
	if body != nil {
		body.Required = required // huma makes every raw body required
	}
}

// authenticate returns a middleware that checks who makes the request and whether they may use r, before the body is read.
func (a *API) authenticate(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		req := &request{fiber: humafiber.Unwrap(ctx)}
		if !r.public {
			who, err := a.auth.Authenticate(req.fiber)
			if err == nil && asImage(req.fiber) && r.id != "get-picture" {
				err = problem.ForeignOrigin().Because("The API is not asked by pictures in a page.")
			}
			if err == nil {
				err = r.admits(who)
			}
			if err != nil {
				a.refused(ctx, req, err)
				return
			}
			req.who = who
			ctx = huma.WithContext(ctx, as(ctx.Context(), who))
		}
		next(huma.WithValue(ctx, requestKey{}, req))
	}
}

// takesBody reports whether huma reads a body for such an input.
func takesBody(input reflect.Type) bool {
	_, decoded := input.FieldByName("Body")
	_, raw := input.FieldByName("RawBody")
	return decoded || raw
}

// asImage reports whether a browser makes the request to show something in a page: a picture in a document may have any address, and
// with that of an operation here every reader would be made to ask it, with their own sign-in. Browsers say what they ask for on https
// and loopback (Sec-Fetch-Dest); elsewhere what a picture accepts begins with images.
func asImage(c *fiber.Ctx) bool {
	switch c.Get("Sec-Fetch-Dest") {
	case "":
		return strings.HasPrefix(c.Get(fiber.HeaderAccept), "image/")
	case "empty", "document":
		return false
	}
	return true
}

// admits returns a problem if who may not use the route. Account matters need a browser's sign-in: programs that act for somebody
// with a token must not reach them.
func (r route) admits(who collab.Identity) error {
	if (r.personal || r.admin) && auth.ByToken(who) {
		return problem.Forbidden("This is done in a browser that is signed in, not with a token.")
	}
	if err := r.admitsToken(who); err != nil {
		return err
	}
	if r.admin && !who.Admin {
		return problem.Forbidden("This is for administrators.")
	}
	return nil
}

// admitsToken returns a problem if who comes with an API token that is not for the route. What is about a document see decides. All else
// needs the route's scope or, where it has none, read to look and share to change: it is about who may do what. A token for some
// documents reaches nothing else, but who it acts for, and how others look.
func (r route) admitsToken(who collab.Identity) error {
	if who.Scopes == 0 || strings.HasPrefix(r.path, "/documents/{id}") {
		return nil
	}
	scope := r.scope
	if scope == 0 {
		scope = access.ScopeShare
		if r.method == http.MethodGet {
			scope = access.ScopeRead
		}
	}
	if who.Scopes&scope == 0 {
		return tokenForbids(who)
	}
	if who.Documents != nil && !forSome[r.id] {
		return problem.Forbidden("This token is for some documents only.")
	}
	return nil
}

// forSome are the operations not about a document that a token for some documents may use.
var forSome = map[string]bool{"get-me": true, "list-documents": true, "get-picture": true, "make-socket-ticket": true}

// refuse returns the problem for err. Server errors are logged here with their cause, which the caller does not see.
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

// schemaOf registers T's schema and returns a reference to it.
func schemaOf[T any](a *API) *huma.Schema {
	t := reflect.TypeFor[T]()
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

// answers describes a success response that the handler encodes itself.
func answers(status int, description string, content map[string]*huma.Schema) map[string]*huma.Response {
	media := map[string]*huma.MediaType{}
	for contentType, schema := range content {
		media[contentType] = &huma.MediaType{Schema: schema}
	}
	return map[string]*huma.Response{strconv.Itoa(status): {Description: description, Content: media}}
}

// takes describes a request body that the handler decodes itself.
func takes(content map[string]*huma.Schema) *huma.RequestBody {
	media := map[string]*huma.MediaType{}
	for contentType, schema := range content {
		media[contentType] = &huma.MediaType{Schema: schema}
	}
	return &huma.RequestBody{Required: true, Content: media}
}

// from returns where the request came from.
func (a *API) from(req *request) auth.From {
	return auth.From{
		Address: a.cfg.Proxies.Address(req.fiber), UserAgent: req.fiber.Get(fiber.HeaderUserAgent), Browser: a.auth.Browser(req.fiber),
		Shown: a.auth.Shown(req.fiber),
	}
}

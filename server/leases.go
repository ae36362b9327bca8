package server

import (
	"bytes"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quire/collab/budget"
	"quire/server/api"
)

// How large a request may be and how long it may take to arrive. Only what carries a document's text may be large.
const (
	smallBody    = 1 << 20
	largeBody    = 64 << 20 // a document of 10 million units is 30 MB as text, and at most twice that as JSON
	largeBodies  = 512 << 20
	largeTimeout = 5 * time.Minute
)

// leases bounds the bytes of large bodies that are in memory at once: a body is read whole before anybody knows who sent
// it. A lease ends with its request or, where the line breaks before there is one, with the error that the HTTP library then
// tells. It tells none of chunks that end between two of them: such a lease ends when the library reads the next request into
// the same header, or when its time to arrive is over.
type leases struct {
	now    func() time.Time
	bodies budget.Budget

	mu   sync.Mutex
	open map[*fasthttp.RequestHeader]*lease
}

type lease struct {
	budget.Owner
	until time.Time
}

func newLeases(now func() time.Time) *leases {
	return &leases{now: now, bodies: budget.Budget{Limit: largeBodies}, open: map[*fasthttp.RequestHeader]*lease{}}
}

// serve lets the HTTP server ask for leases, and tell of lines that broke.
func (l *leases) serve(server *fasthttp.Server) {
	server.HeaderReceived = l.receive
	refuse := server.ErrorHandler
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
		l.end(&ctx.Request.Header)
		refuse(ctx, err)
	}
}

// receive decides, when only the headers are here, how much of the body is read. A large one is read only where text is
// written, from somebody who at least claims to be signed in, and while there is room.
func (l *leases) receive(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	l.end(h)
	size := int64(h.ContentLength()) // negative: not known
	if size >= 0 && size <= smallBody {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	if size < 0 || size > largeBody {
		size = largeBody
	}
	proof := len(h.Peek(fiber.HeaderAuthorization)) > 0 || len(h.Peek(fiber.HeaderCookie)) > 0
	writes := h.IsPost() || h.IsPut()
	if !proof || !writes || !bytes.HasPrefix(h.RequestURI(), []byte(api.Base+"/documents")) || !l.begin(h, size) {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: int(size), ReadTimeout: largeTimeout}
}

func (l *leases) begin(h *fasthttp.RequestHeader, size int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !l.bodies.Fits(size) {
		for header, old := range l.open {
			if now.After(old.until) {
				l.drop(header)
			}
		}
	}
	one := &lease{until: now.Add(largeTimeout)}
	if one.Take(&l.bodies, size) == nil {
		return false
	}
	l.open[h] = one
	return true
}

// end ends the lease of a request, if it has one.
func (l *leases) end(h *fasthttp.RequestHeader) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(h)
}

func (l *leases) drop(h *fasthttp.RequestHeader) {
	if one := l.open[h]; one != nil {
		one.End()
		delete(l.open, h)
	}
}

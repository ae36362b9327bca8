package server

import (
	"bytes"
	"net"
	"sync"
	"time"
	"unsafe"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quire/collab/budget"
	"quire/server/api"
)

// How large a request may be and how long it may take to arrive. Only bodies with a document's text may be large.
const (
	smallBody    = 1 << 20
	largeBody    = 64 << 20 // a document of 10 million units is 30 MB as text, and at most twice that as JSON
	largeBodies  = 512 << 20
	largeTimeout = 5 * time.Minute
)

// leases bounds the bytes of large bodies in memory at once, because a body is read completely before its sender is authenticated.
// A lease ends with its request or its connection: the HTTP library has no callback for some requests that break off before they are
// complete, such as between two chunks, but it reports the end of every connection.
type leases struct {
	bodies budget.Budget

	mu   sync.Mutex
	open map[net.Conn]*budget.Owner
}

func newLeases() *leases {
	return &leases{bodies: budget.Budget{Limit: largeBodies}, open: map[net.Conn]*budget.Owner{}}
}

// serve hooks l into the HTTP server: for headers received, for requests that broke off and for connections that ended.
func (l *leases) serve(server *fasthttp.Server) {
	server.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig { return l.receive(requestOf(h)) }
	server.ConnState = func(conn net.Conn, state fasthttp.ConnState) {
		if state == fasthttp.StateClosed || state == fasthttp.StateHijacked {
			l.end(conn)
		}
	}
	refuse := server.ErrorHandler
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
		l.end(ctx.Conn())
		refuse(ctx, err)
	}
}

// requestOf returns the request that contains h. The HTTP library passes only the header, but only the request knows its connection.
func requestOf(h *fasthttp.RequestHeader) *fasthttp.RequestCtx {
	const before = unsafe.Offsetof(fasthttp.RequestCtx{}.Request) + unsafe.Offsetof(fasthttp.Request{}.Header)
	return (*fasthttp.RequestCtx)(unsafe.Add(unsafe.Pointer(h), -int(before)))
}

// receive decides from the headers how much of the body may be read. A large body is read only on routes that write text, from
// somebody who at least claims to be signed in, and while the leases have room.
func (l *leases) receive(ctx *fasthttp.RequestCtx) fasthttp.RequestConfig {
	l.end(ctx.Conn())
	h := &ctx.Request.Header
	size := int64(h.ContentLength()) // negative: not known
	if size >= 0 && size <= smallBody {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	if size < 0 || size > largeBody {
		size = largeBody
	}
	proof := len(h.Peek(fiber.HeaderAuthorization)) > 0 || len(h.Peek(fiber.HeaderCookie)) > 0
	writes := h.IsPost() || h.IsPut()
	if !proof || !writes || !bytes.HasPrefix(h.RequestURI(), []byte(api.Base+"/documents")) || !l.begin(ctx.Conn(), size) {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: int(size), ReadTimeout: largeTimeout}
}

func (l *leases) begin(conn net.Conn, size int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := &budget.Owner{}
	if one.Take(&l.bodies, size) == nil {
		return false
	}
	l.open[conn] = one
	return true
}

// end releases the lease of a connection's request, if it has one.
func (l *leases) end(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.open[conn]; one != nil {
		one.End()
		delete(l.open, conn)
	}
}

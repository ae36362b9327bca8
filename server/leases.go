package server

import (
	"bytes"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quire/server/api"
)

// How large a request may be and how long it may take to arrive. Only what carries a document's text may be large.
const (
	smallBody    = 1 << 20
	largeBody    = 64 << 20 // a document of 10 million units is 30 MB as text, and at most twice that as JSON
	largeBodies  = 512 << 20
	largeTimeout = 5 * time.Minute
)

// leaseHeader ties a request to its lease. What a client sends under this name is taken out.
const leaseHeader = "X-Quire-Lease"

// leases bounds the bytes of large bodies that are in memory at once: a body is read whole before anybody knows who sent
// it. A lease ends with its request or, where the line broke before there was one, when its time to arrive is over.
type leases struct {
	now func() time.Time

	mu    sync.Mutex
	next  int64
	taken int64 // bytes
	open  map[int64]lease
}

type lease struct {
	size  int64
	until time.Time
}

// receive decides, when only the headers are here, how much of the body is read. A large one is read only where text is
// written, from somebody who at least claims to be signed in, and while there is room.
func (l *leases) receive(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	h.Del(leaseHeader)
	size := int64(h.ContentLength()) // negative: not known
	if size >= 0 && size <= smallBody {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	if size < 0 || size > largeBody {
		size = largeBody
	}
	proof := len(h.Peek(fiber.HeaderAuthorization)) > 0 || len(h.Peek(fiber.HeaderCookie)) > 0
	writes := h.IsPost() || h.IsPut()
	if !proof || !writes || !bytes.HasPrefix(h.RequestURI(), []byte(api.Base+"/documents")) {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	id, ok := l.take(size)
	if !ok {
		return fasthttp.RequestConfig{MaxRequestBodySize: smallBody}
	}
	h.Set(leaseHeader, strconv.FormatInt(id, 10))
	return fasthttp.RequestConfig{MaxRequestBodySize: int(size), ReadTimeout: largeTimeout}
}

func (l *leases) take(size int64) (int64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.taken+size > largeBodies {
		for id, old := range l.open {
			if now.After(old.until) {
				l.drop(id)
			}
		}
	}
	if l.taken+size > largeBodies {
		return 0, false
	}
	if l.open == nil {
		l.open = map[int64]lease{}
	}
	l.next++
	l.open[l.next] = lease{size, now.Add(largeTimeout)}
	l.taken += size
	return l.next, true
}

// release ends the lease of a request that was answered, if it had one.
func (l *leases) release(c *fiber.Ctx) {
	header := c.Request().Header.Peek(leaseHeader)
	if len(header) == 0 {
		return
	}
	id, err := strconv.ParseInt(string(header), 10, 64)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(id)
}

func (l *leases) drop(id int64) {
	l.taken -= l.open[id].size
	delete(l.open, id)
}

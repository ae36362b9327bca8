package server

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/budget"
	"quire/server/problem"
)

const (
	freeBody    = 64 << 10  // bytes of a body that are not counted
	largeBodies = 512 << 20 // bytes of all bodies together, by default
)

// bodies reads the bodies of requests. The HTTP library leaves a body on the line, so nothing of it is in memory before it is known
// whose it is, and memory is taken as bytes arrive: what is only announced takes none. What of a body is over freeBody is counted
// for its person until the request has ended; whoever is over their share is told so alone.
type bodies struct{ shares budget.Shares }

func newBodies(limit int64) *bodies { return &bodies{budget.Shares{Limit: cmp.Or(limit, largeBodies)}} }

// work is what a request holds until it has ended.
type work struct {
	stop context.CancelFunc // ends its time
	body budget.Owner
}

type workKey struct{}

func (w *work) end() {
	w.body.End()
	if w.stop != nil {
		w.stop()
	}
}

// begin gives the request its time, from now.
func (w *work) begin(c *fiber.Ctx) {
	if w.stop != nil {
		w.stop()
	}
	ctx, stop := context.WithTimeout(context.Background(), requestTime)
	w.stop = stop
	c.SetUserContext(ctx)
}

// read returns the body of who's request, of at most limit bytes. Its error is a problem. The time that a body takes to arrive is
// not the request's: that begins anew.
func (b *bodies) read(c *fiber.Ctx, who collab.Identity, limit int64) ([]byte, error) {
	stream := c.Context().RequestBodyStream()
	length := int64(c.Request().Header.ContentLength()) // negative: not known
	if length > limit {
		return nil, problem.FromStatus(fiber.StatusRequestEntityTooLarge)
	}
	if stream == nil || length == 0 {
		return nil, nil
	}
	w := c.Locals(workKey{}).(*work)
	if l := peerOf(c.Context().Conn()); l != nil {
		l.upload()
	}
	body, err := b.collect(stream, &w.body, who, length, limit)
	if err != nil {
		return nil, broken(err)
	}
	w.begin(c)
	return body, nil
}

// collect reads all of r into memory that grows as bytes arrive.
func (b *bodies) collect(r io.Reader, holds *budget.Owner, who collab.Identity, length, limit int64) ([]byte, error) {
	most := limit + 1 // one more shows that it is too large
	if length >= 0 {
		most = length
	}
	body := make([]byte, 0, min(most, freeBody))
	share := b.shares.Of("person " + string(who.User)) // somebody nobody knows is a person too, not the node
	var held *budget.Reservation
	for {
		if len(body) == cap(body) {
			if int64(len(body)) == most {
				break
			}
			size := min(2*int64(cap(body)), most)
			holds.Drop(held) // one reservation for each body, since a person may have one that is larger than their share
			if held = holds.Take(share, size-freeBody); held == nil {
				return nil, problem.TooMany("You are sending too much at once. Wait until some of it has arrived.").RetryAfter(5 * time.Second)
			}
			body = append(make([]byte, 0, size), body...)
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	if int64(len(body)) > limit {
		return nil, problem.FromStatus(fiber.StatusRequestEntityTooLarge)
	}
	if int64(len(body)) < length {
		return nil, io.ErrUnexpectedEOF
	}
	return body, nil
}

// broken returns the problem for a body that did not arrive.
func broken(err error) error {
	var p *problem.Problem
	var late net.Error
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &late) && late.Timeout():
		return problem.Timeout()
	}
	return problem.Malformed("The request's body is broken.").Caused(err)
}

package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// look is an access check that a request has passed.
type look struct {
	doc    storage.DocumentID
	action access.Action
	at     time.Time
}

// looked records a look if the response will contain something of the document: its content, or how it is shared.
func (r *request) looked(doc storage.DocumentID, action access.Action) {
	switch action {
	case access.Share, access.Audit:
		if r.fiber.Method() != fiber.MethodGet { // a change may end the role that allowed it
			return
		}
		fallthrough
	case access.Read, access.ReadHistory, access.Write:
		r.looks = append(r.looks, look{doc, action, time.Now()})
	}
}

// lookHolds is how long a look stays valid. P10 allows a second.
const lookHolds = 500 * time.Millisecond

// still checks access and sign-in again before a response is sent that took longer than lookHolds: either may have ended meanwhile.
func (a *API) still(ctx context.Context, req *request) error {
	for _, l := range req.looks {
		if time.Since(l.at) < lookHolds {
			continue
		}
		who, err := a.auth.Authenticate(req.fiber)
		if err != nil {
			return err
		}
		role, _, err := a.hub.Role(ctx, who, l.doc)
		if err != nil {
			return err
		}
		if !access.Allows(role, l.action) {
			return problem.NotFound()
		}
	}
	return nil
}

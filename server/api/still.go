package api

import (
	"context"
	"time"

	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// look is what a request was let in for.
type look struct {
	doc    storage.DocumentID
	action access.Action
	at     time.Time
}

// looked notes a look whose answer holds something of the document.
func (r *request) looked(doc storage.DocumentID, action access.Action) {
	switch action {
	case access.Read, access.ReadHistory, access.Write:
		r.looks = append(r.looks, look{doc, action, time.Now()})
	}
}

// lookHolds is for how long a look is good: P10 gives a second.
const lookHolds = 500 * time.Millisecond

// still checks, before an answer leaves that took long to make, that it may: access and sign-in may have ended meanwhile.
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

package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// Link is a share link: whoever opens its URL gets its role.
type Link struct {
	ID        string         `json:"id"`
	Role      string         `json:"role" enum:"viewer,commenter,editor"`
	URL       string         `json:"url" doc:"A secret: whoever has it gets in"`
	CreatedAt Time           `json:"created_at"`
	ExpiresAt Nullable[Time] `json:"expires_at" doc:"Null: never"`
	Expired   bool           `json:"expired" doc:"It opens nothing any more, unless its end is moved"`
	CreatedBy Person         `json:"created_by"`
}

// Links is a document's share links, oldest first.
type Links struct {
	Items []Link `json:"items" nullable:"false"`
}

type LinkPath struct {
	DocumentPath
	Link string `path:"link"`
}

type makeLinkIn struct {
	DocumentPath
	Body struct {
		Role      string     `json:"role" enum:"viewer,commenter,editor"`
		ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Until when it opens; left out: for ever"`
	}
}

type changeLinkIn struct {
	LinkPath
	Body struct {
		ExpiresAt *time.Time `json:"expires_at" nullable:"true" doc:"Until when it opens; null: for ever"`
	}
}

type withdrawLinkIn struct {
	LinkPath
	People string `query:"people" enum:"keep,remove" default:"keep" doc:"What becomes of those whom the link brought: remove takes their role away, but for owners"`
}

func (a *API) registerLinks() {
	add(a, route{id: "list-links", method: http.MethodGet, path: "/documents/{id}/links", tag: "Sharing",
		summary: "The share links, with their addresses"}, a.links)
	add(a, route{id: "make-link", method: http.MethodPost, path: "/documents/{id}/links", tag: "Sharing",
		status: http.StatusCreated, summary: "Make a share link",
		about: "Always a new one. At most 100 for a document."}, a.makeLink)
	add(a, route{id: "change-link", method: http.MethodPatch, path: "/documents/{id}/links/{link}", tag: "Sharing",
		summary: "Change until when a link opens"}, a.changeLink)
	add(a, route{id: "withdraw-link", method: http.MethodDelete, path: "/documents/{id}/links/{link}", tag: "Sharing",
		status: http.StatusNoContent, summary: "Withdraw a share link",
		about: "The address opens nothing any more. Who came through it stays until removed, unless people says so. " +
			"restore-link undoes both."}, a.withdrawLink)
	a.registerRestoreLink()
	a.registerVisitors()
}

func (a *API) links(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[Links], error) {
	items, err := ofDocument(ctx, a, req, in, access.Share, a.store.Links,
		func(l storage.Link) storage.UserID { return l.CreatedBy },
		func(_ seen, l storage.Link, by storage.User) (Link, error) { return a.link(req, l, by), nil })
	return &bodyOf[Links]{Links{items}}, err
}

func (a *API) link(req *request, l storage.Link, by storage.User) Link {
	shown := Link{
		ID: l.ID, Role: l.Role, URL: a.auth.BaseURL(req.fiber) + "/s/" + a.auth.LinkToken(l.ID), CreatedAt: Time(l.CreatedAt),
		Expired: a.ended(l.ExpiresAt), CreatedBy: personOf(by),
	}
	if !l.ExpiresAt.IsZero() {
		shown.ExpiresAt = some(Time(l.ExpiresAt))
	}
	return shown
}

// ended reports whether at is not in the future; the zero time never ends.
func (a *API) ended(at time.Time) bool { return !at.IsZero() && !a.now().Before(at) }

// oneLink returns the response for l, looking up who made it.
func (a *API) oneLink(ctx context.Context, req *request, l storage.Link) (*bodyOf[Link], error) {
	people, err := a.people(ctx, []storage.UserID{l.CreatedBy})
	if err != nil {
		return nil, err
	}
	return &bodyOf[Link]{a.link(req, l, people[l.CreatedBy])}, nil
}

func (a *API) makeLink(ctx context.Context, req *request, in *makeLinkIn) (*bodyOf[Link], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	expires, err := a.checkEnd(in.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	id := auth.RandomID()
	l := storage.Link{
		ID: id, TokenHash: auth.HashLink(a.auth.LinkToken(id)), Document: s.ID, Role: in.Body.Role,
		CreatedBy: req.who.User, CreatedAt: a.now(), ExpiresAt: expires, Token: auth.TokenID(req.who),
	}
	if err := a.sharing.MakeLink(ctx, a.by(req), l); err != nil {
		return nil, full(err, tooManyLinks)
	}
	return a.oneLink(ctx, req, l)
}

const tooManyLinks = "A document has at most 100 links. Withdraw one that is not needed."

// full returns the problem with that detail if err is storage.ErrFull, else err.
func full(err error, detail string) error {
	if errors.Is(err, storage.ErrFull) {
		return problem.Conflict(detail).Caused(err)
	}
	return err
}

// checkEnd returns the requested expiry, the zero time for nil, or a problem if it is not in the future.
func (a *API) checkEnd(at *time.Time) (time.Time, error) {
	if at == nil {
		return time.Time{}, nil
	}
	if a.ended(*at) || at.Year() > 9999 {
		return time.Time{}, problem.Invalid("The time is over already.").In("body.expires_at", "is not in the future")
	}
	return storage.Milli(*at), nil
}

func (a *API) changeLink(ctx context.Context, req *request, in *changeLinkIn) (*bodyOf[Link], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	expires, err := a.checkEnd(in.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	l, err := a.sharing.ChangeLink(ctx, a.by(req), s.ID, in.Link, expires)
	if err != nil {
		return nil, err
	}
	return a.oneLink(ctx, req, l)
}

func (a *API) withdrawLink(ctx context.Context, req *request, in *withdrawLinkIn) (*none, error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	list, err := a.store.Links(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(l storage.Link) bool { return l.ID == in.Link })
	if i < 0 {
		return nil, problem.NotFound()
	}
	return nil, a.sharing.WithdrawLink(ctx, a.by(req), list[i], in.People == "remove")
}

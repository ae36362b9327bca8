package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"quire/collab/access"
	"quire/server/problem"
	"quire/server/sharing"
	"quire/storage"
)

// Transferred is the result of offering a document to somebody.
type Transferred struct {
	Role    string `json:"role" enum:"none,viewer,commenter,editor,owner" doc:"Yours now: it changes when they accept"`
	Offered bool   `json:"offered" doc:"It waits for them to accept"`
}

// TransferOffer is a document that an owner offers to hand over.
type TransferOffer struct {
	To        Person `json:"to"`
	From      Person `json:"from" doc:"Who hands it over: a person, or the application that owns it"`
	Then      string `json:"then" enum:"none,viewer,commenter,editor" doc:"The role that from keeps"`
	CreatedAt Time   `json:"created_at"`
}

// PendingTransfer is a document's transfer offer, if there is one.
type PendingTransfer struct {
	Offer Nullable[TransferOffer] `json:"offer" doc:"Null: none waits"`
}

type transferIn struct {
	DocumentPath
	Body struct {
		User string `json:"user" doc:"The new owner: a member with an account"`
		Then string `json:"then" enum:"none,viewer,commenter,editor" doc:"Your own role afterwards"`
	}
}

func (a *API) registerTransfer() {
	add(a, route{id: "transfer-document", method: http.MethodPost, path: "/documents/{id}/transfer", tag: "Sharing", proves: true,
		summary: "Offer to hand a document over to another owner",
		about: "It becomes theirs when they accept (accept-transfer): its space counts for them from then on. With none you leave " +
			"it then, unless a group or the reach lets you in. One offer waits at a time; a new one takes its place. What " +
			"belongs to an application its tokens hand over, as owners: their own role stays what they say."},
		a.transfer)
	add(a, route{id: "get-transfer", method: http.MethodGet, path: "/documents/{id}/transfer", tag: "Sharing",
		summary: "To whom a document is offered", about: "For its owners."}, a.pendingTransfer)
	add(a, route{id: "withdraw-transfer", method: http.MethodDelete, path: "/documents/{id}/transfer", tag: "Sharing",
		status: http.StatusNoContent, summary: "Withdraw the offer to hand a document over", about: "Also if none waits."},
		a.withdrawTransfer)
	a.registerMyTransfers()
}

func (a *API) transfer(ctx context.Context, req *request, in *transferIn) (*bodyOf[Transferred], error) {
	s, err := a.see(ctx, req, in.ID, access.Transfer)
	if err != nil {
		return nil, err
	}
	to := storage.UserID(in.Body.User)
	if to == req.who.User && req.who.Claims == nil {
		return nil, problem.Invalid("You own this document already.").In("body.user", "is you")
	}
	if err := a.mayReceive(ctx, s.Document, to); err != nil {
		return nil, err
	}
	o := storage.TransferOffer{
		Document: s.ID, From: req.who.User, To: to, Then: strings.TrimSuffix(in.Body.Then, sharing.NoRole), CreatedAt: a.now(),
	}
	if req.who.Claims != nil {
		o.From, o.Then = "", ""
	}
	err = a.sharing.OfferDocument(ctx, a.by(req), o)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, problem.Conflict("Only who was made an owner by name, or a token of the application that owns it, can hand a document over.")
	} else if err != nil {
		return nil, err
	}
	return &bodyOf[Transferred]{Transferred{Role: s.role.String(), Offered: true}}, nil
}

// mayReceive returns a problem unless to can become d's owner: somebody with an account and a role on it.
func (a *API) mayReceive(ctx context.Context, d storage.Document, to storage.UserID) error {
	ways, err := a.store.HeldRoles(ctx, d.ID, to)
	if err != nil {
		return err
	}
	if len(ways) == 0 {
		return problem.Invalid("A document is handed over to somebody who has a role on it. Share it with them first.").
			In("body.user", "is no member")
	}
	u, err := a.store.User(ctx, to)
	if err != nil {
		return err
	}
	if u.Guest {
		return guestsOwnNothing("body.user")
	}
	return nil
}

func (a *API) pendingTransfer(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[PendingTransfer], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	o, err := a.store.DocumentOffer(ctx, s.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return &bodyOf[PendingTransfer]{}, nil
	} else if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, []storage.UserID{o.From, o.To})
	if err != nil {
		return nil, err
	}
	return &bodyOf[PendingTransfer]{PendingTransfer{Offer: some(TransferOffer{
		To: personOf(people[o.To]), From: offerer(s.Document, o, people), Then: thenOf(o), CreatedAt: Time(o.CreatedAt),
	})}}, nil
}

// offerer returns who hands a document over: a person or an application.
func offerer(d storage.Document, o storage.TransferOffer, people map[storage.UserID]storage.User) Person {
	if o.From == "" {
		return Person{Name: d.Application, Application: true}
	}
	return personOf(people[o.From])
}

func thenOf(o storage.TransferOffer) string {
	if o.Then == "" {
		return sharing.NoRole
	}
	return o.Then
}

func (a *API) withdrawTransfer(ctx context.Context, req *request, in *DocumentPath) (*none, error) {
	s, err := a.see(ctx, req, in.ID, access.Transfer)
	if err != nil {
		return nil, err
	}
	o, err := a.store.DocumentOffer(ctx, s.ID)
	if err == nil {
		err = a.sharing.WithdrawDocument(ctx, a.by(req), o, false)
	}
	if errors.Is(err, storage.ErrNotFound) {
		err = nil
	}
	return nil, err
}

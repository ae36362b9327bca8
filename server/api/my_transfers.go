package api

import (
	"context"
	"errors"
	"net/http"

	"quire/server/problem"
	"quire/storage"
)

// MyTransfer is a document that is offered to the caller.
type MyTransfer struct {
	Document  PreviewDocument `json:"document"`
	From      Inviter         `json:"from"`
	Bytes     int64           `json:"bytes" doc:"Of the space it takes: it counts for me once I accept"`
	CreatedAt Time            `json:"created_at"`
}

// MyTransfers is the documents that are offered to the caller, oldest first.
type MyTransfers struct {
	Items []MyTransfer `json:"items" nullable:"false"`
}

func (a *API) registerMyTransfers() {
	add(a, route{id: "list-my-transfers", method: http.MethodGet, path: "/me/transfers", tag: "Me",
		summary: "Documents that are offered to me"}, a.myTransfers)
	add(a, route{id: "accept-transfer", method: http.MethodPost, path: "/me/transfers/{id}/accept", tag: "Me",
		summary: "Become the owner of a document that is offered to me", about: "Its space counts for me from then on."}, a.acceptTransfer)
	add(a, route{id: "decline-transfer", method: http.MethodDelete, path: "/me/transfers/{id}", tag: "Me",
		status: http.StatusNoContent, summary: "Decline a document that is offered to me"}, a.declineTransfer)
}

func (a *API) myTransfers(ctx context.Context, req *request, _ *struct{}) (*bodyOf[MyTransfers], error) {
	if req.who.Claims != nil {
		return &bodyOf[MyTransfers]{MyTransfers{[]MyTransfer{}}}, nil
	}
	list, err := a.store.DocumentOffersTo(ctx, req.who.User)
	if err != nil {
		return nil, err
	}
	items, err := listed(ctx, a, list, func(o storage.TransferOffer) storage.UserID { return o.From },
		func(o storage.TransferOffer, by storage.User) (MyTransfer, error) {
			d, err := a.offered(ctx, o)
			var gone *problem.Problem
			if errors.As(err, &gone) {
				err = errLeftOut
			}
			if err != nil {
				return MyTransfer{}, err
			}
			head, err := a.store.Head(ctx, o.Document)
			from := offerer(d, o, map[storage.UserID]storage.User{o.From: by})
			return MyTransfer{
				Document: PreviewDocument{ID: string(d.ID), Title: d.Title}, From: Inviter{from.Name}, Bytes: head.Bytes,
				CreatedAt: Time(o.CreatedAt),
			}, err
		})
	return &bodyOf[MyTransfers]{MyTransfers{items}}, err
}

// transferGone returns the problem for an offer that does not hold, whatever the reason.
func transferGone() *problem.Problem {
	return problem.NotFound().Because("This document is no longer offered to you.")
}

// offered returns the document of an offer that still holds, else transferGone: whoever offers it still owns it, it is not in the
// trash, and whom it is offered to still has a role on it.
func (a *API) offered(ctx context.Context, o storage.TransferOffer) (storage.Document, error) {
	d, err := a.store.Document(ctx, o.Document)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) || err == nil && d.Trashed() {
		return d, transferGone()
	} else if err != nil {
		return d, err
	}
	if o.From != "" {
		g, err := a.store.Grant(ctx, o.Document, o.From)
		if errors.Is(err, storage.ErrNotFound) || err == nil && g.Role != storage.RoleOwner {
			return d, transferGone()
		} else if err != nil {
			return d, err
		}
	}
	ways, err := a.store.HeldRoles(ctx, o.Document, o.To)
	if err == nil && len(ways) == 0 {
		err = transferGone()
	}
	return d, err
}

// offerToMe returns the offer of a document to the caller, or transferGone. The problem is the same for a document without an offer
// and an unused id (W9).
func (a *API) offerToMe(ctx context.Context, req *request, doc string) (storage.TransferOffer, error) {
	if req.who.Claims != nil {
		return storage.TransferOffer{}, transferGone()
	}
	o, err := a.store.DocumentOffer(ctx, storage.DocumentID(doc))
	if errors.Is(err, storage.ErrNotFound) || err == nil && o.To != req.who.User {
		return o, transferGone()
	}
	return o, err
}

func (a *API) acceptTransfer(ctx context.Context, req *request, in *DocumentPath) (*documentOut, error) {
	o, err := a.offerToMe(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := a.offered(ctx, o); err != nil {
		return nil, err
	}
	head, err := a.store.Head(ctx, o.Document)
	if err != nil {
		return nil, err
	}
	if err := a.space(ctx, storage.Document{Owner: o.To}, int(head.Bytes)); err != nil {
		return nil, err
	}
	err = a.sharing.TakeDocument(ctx, a.by(req), o)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) {
		return nil, transferGone()
	} else if err != nil {
		return nil, err
	}
	return a.get(ctx, req, in)
}

func (a *API) declineTransfer(ctx context.Context, req *request, in *DocumentPath) (*none, error) {
	o, err := a.offerToMe(ctx, req, in.ID)
	if err == nil {
		err = a.sharing.WithdrawDocument(ctx, a.by(req), o, true)
	}
	if errors.Is(err, storage.ErrNotFound) {
		err = transferGone()
	}
	return nil, err
}

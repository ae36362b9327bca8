package api

import (
	"context"
	"errors"
	"net/http"

	"quire/server/problem"
	"quire/storage"
)

// MyGroupOffer is a place in a group that the caller can take.
type MyGroupOffer struct {
	Group     PreviewGroup `json:"group"`
	Manager   bool         `json:"manager" doc:"I could change the group then"`
	Inviter   Inviter      `json:"inviter"`
	CreatedAt Time         `json:"created_at"`
}

// PreviewGroup is a group as shown to people who are not members yet.
type PreviewGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// MyGroupOffers is the offers to the caller, oldest first.
type MyGroupOffers struct {
	Items []MyGroupOffer `json:"items" nullable:"false"`
}

func (a *API) registerGroupOffers() {
	add(a, route{id: "list-my-group-offers", method: http.MethodGet, path: "/me/group-offers", tag: "Me",
		summary: "Places in groups that wait for me"}, a.myGroupOffers)
	add(a, route{id: "take-group-offer", method: http.MethodPost, path: "/me/group-offers/{id}/accept", tag: "Me",
		summary: "Take a place in a group", about: "What is shared with the group is shared with me from then on."}, a.takeGroupOffer)
	add(a, route{id: "decline-group-offer", method: http.MethodDelete, path: "/me/group-offers/{id}", tag: "Me",
		status: http.StatusNoContent, summary: "Decline a place in a group"}, a.declineGroupOffer)
}

// offeredMember returns somebody with an offer, without their e-mail, because they were chosen by name.
func offeredMember(o storage.GroupOffer, u storage.User) GroupMember {
	return GroupMember{User: MemberUser{Person: personOf(u)}, Manager: o.Manager, Offered: true, CreatedAt: Time(o.CreatedAt)}
}

func (a *API) myGroupOffers(ctx context.Context, req *request, _ *struct{}) (*bodyOf[MyGroupOffers], error) {
	if req.who.Claims != nil {
		return &bodyOf[MyGroupOffers]{MyGroupOffers{[]MyGroupOffer{}}}, nil
	}
	list, err := a.store.OffersTo(ctx, req.who.User)
	if err != nil {
		return nil, err
	}
	items, err := listed(ctx, a, list, func(o storage.GroupOffer) storage.UserID { return o.CreatedBy },
		func(o storage.GroupOffer, by storage.User) (MyGroupOffer, error) {
			g, err := a.store.Group(ctx, o.Group)
			if errors.Is(err, storage.ErrNotFound) { // deleted since the list was read
				err = errLeftOut
			}
			return MyGroupOffer{
				Group: PreviewGroup{g.ID, g.Name}, Manager: o.Manager, Inviter: Inviter{by.Name}, CreatedAt: Time(o.CreatedAt),
			}, err
		})
	return &bodyOf[MyGroupOffers]{MyGroupOffers{items}}, err
}

// offeredGroup returns a group that has offered the caller a place. The problem is the same without an offer and without such a
// group (W9).
func (a *API) offeredGroup(ctx context.Context, req *request, id string) (storage.Group, error) {
	gone := problem.NotFound().Because("This place is no longer offered. Ask whoever manages the group.")
	if req.who.Claims != nil {
		return storage.Group{}, gone
	}
	list, err := a.store.OffersTo(ctx, req.who.User)
	if err != nil {
		return storage.Group{}, err
	}
	for _, o := range list {
		if o.Group == id {
			return a.store.Group(ctx, id)
		}
	}
	return storage.Group{}, gone
}

func (a *API) takeGroupOffer(ctx context.Context, req *request, in *GroupPath) (*bodyOf[Group], error) {
	offered, err := a.offeredGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.sharing.TakePlace(ctx, a.by(req), offered, req.who.User); err != nil {
		return nil, err
	}
	return a.group(ctx, req, in)
}

func (a *API) declineGroupOffer(ctx context.Context, req *request, in *GroupPath) (*none, error) {
	offered, err := a.offeredGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.sharing.WithdrawPlace(ctx, a.by(req), offered, req.who.User, true)
}

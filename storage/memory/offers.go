package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"quire/storage"
)

// OfferPlace stores o.
func (s *Store) OfferPlace(ctx context.Context, o storage.GroupOffer) error {
	unlock, err := s.begin(ctx, "offer place")
	if err != nil {
		return err
	}
	defer unlock()
	g, err := s.group("offer place", o.Group)
	if err != nil {
		return err
	}
	if err := s.person("offer place", o.User); err != nil {
		return err
	}
	if _, in := g.members[o.User]; in {
		return fmt.Errorf("memory: offer place group=%s user=%s: %w", o.Group, o.User, storage.ErrExists)
	}
	o.CreatedAt = milli(o.CreatedAt)
	g.offers[o.User] = o
	return nil
}

// GroupOffers lists a group's.
func (s *Store) GroupOffers(ctx context.Context, id string) ([]storage.GroupOffer, error) {
	return s.offers(ctx, func(o storage.GroupOffer) bool { return o.Group == id })
}

// OffersTo lists somebody's.
func (s *Store) OffersTo(ctx context.Context, user storage.UserID) ([]storage.GroupOffer, error) {
	return s.offers(ctx, func(o storage.GroupOffer) bool { return o.User == user })
}

func (s *Store) offers(ctx context.Context, which func(storage.GroupOffer) bool) ([]storage.GroupOffer, error) {
	unlock, err := s.begin(ctx, "offers")
	if err != nil {
		return nil, err
	}
	defer unlock()
	var found []storage.GroupOffer
	for _, g := range s.groups {
		for _, o := range g.offers {
			if which(o) {
				found = append(found, o)
			}
		}
	}
	slices.SortFunc(found, func(a, b storage.GroupOffer) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group))
	})
	return found, nil
}

// offer finds one. s.mu is held.
func (s *Store) offer(what, id string, user storage.UserID) (*group, storage.GroupOffer, error) {
	g, err := s.group(what, id)
	if err != nil {
		return nil, storage.GroupOffer{}, err
	}
	o, ok := g.offers[user]
	if !ok {
		return nil, o, fmt.Errorf("memory: %s group=%s user=%s: %w", what, id, user, storage.ErrNotFound)
	}
	return g, o, nil
}

// TakePlace turns an offer into a place.
func (s *Store) TakePlace(ctx context.Context, id string, user storage.UserID, at time.Time) (storage.GroupMember, error) {
	unlock, err := s.begin(ctx, "take place")
	if err != nil {
		return storage.GroupMember{}, err
	}
	defer unlock()
	g, o, err := s.offer("take place", id, user)
	if err != nil {
		return storage.GroupMember{}, err
	}
	m := storage.GroupMember{Group: id, User: user, Manager: o.Manager, CreatedAt: milli(at)}
	delete(g.offers, user)
	g.members[user] = m
	s.tell(storage.GroupEvent(id, user))
	return m, nil
}

// WithdrawPlace removes an offer.
func (s *Store) WithdrawPlace(ctx context.Context, id string, user storage.UserID) error {
	unlock, err := s.begin(ctx, "withdraw place")
	if err != nil {
		return err
	}
	defer unlock()
	g, _, err := s.offer("withdraw place", id, user)
	if err == nil {
		delete(g.offers, user)
	}
	return err
}

package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quire/storage"
)

// OfferPlace stores o and replaces an earlier one.
func (s *Store) OfferPlace(ctx context.Context, o storage.GroupOffer) error {
	return s.do(ctx, "offer place", func() error {
		g, err := s.group(o.Group)
		if err != nil {
			return err
		}
		if err := s.person(o.User); err != nil {
			return err
		}
		if _, in := g.members[o.User]; in {
			return storage.ErrExists
		}
		if g.full(o.User) {
			return storage.ErrFull
		}
		o.CreatedAt = milli(o.CreatedAt)
		g.offers[o.User] = o
		return nil
	})
}

// GroupOffers lists the offers of a group.
func (s *Store) GroupOffers(ctx context.Context, id string) ([]storage.GroupOffer, error) {
	return s.offers(ctx, func(o storage.GroupOffer) bool { return o.Group == id })
}

// OffersTo lists the offers to a user.
func (s *Store) OffersTo(ctx context.Context, user storage.UserID) ([]storage.GroupOffer, error) {
	return s.offers(ctx, func(o storage.GroupOffer) bool { return o.User == user })
}

func (s *Store) offers(ctx context.Context, which func(storage.GroupOffer) bool) ([]storage.GroupOffer, error) {
	return get(ctx, s, "offers", func() ([]storage.GroupOffer, error) {
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
	})
}

// offer returns an offer and its group. s.mu is held.
func (s *Store) offer(id string, user storage.UserID) (*group, storage.GroupOffer, error) {
	g, err := s.group(id)
	if err != nil {
		return nil, storage.GroupOffer{}, err
	}
	o, ok := g.offers[user]
	if !ok {
		return nil, o, storage.ErrNotFound
	}
	return g, o, nil
}

// TakePlace turns an offer into a membership.
func (s *Store) TakePlace(ctx context.Context, id string, user storage.UserID, at time.Time) (storage.GroupMember, error) {
	return get(ctx, s, "take place", func() (storage.GroupMember, error) {
		g, o, err := s.offer(id, user)
		if err != nil {
			return storage.GroupMember{}, err
		}
		m := storage.GroupMember{Group: id, User: user, Manager: o.Manager, CreatedAt: milli(at)}
		delete(g.offers, user)
		g.members[user] = m
		s.tell(storage.GroupEvent(id, user))
		return m, nil
	})
}

// WithdrawPlace deletes an offer.
func (s *Store) WithdrawPlace(ctx context.Context, id string, user storage.UserID) error {
	return s.do(ctx, "withdraw place", func() error {
		g, _, err := s.offer(id, user)
		if err == nil {
			delete(g.offers, user)
		}
		return err
	})
}

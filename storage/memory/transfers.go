package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"quire/storage"
)

// TransferDocument makes to an owner and Document.Owner.
func (s *Store) TransferDocument(ctx context.Context, doc storage.DocumentID, from, to storage.UserID, then string, at time.Time) error {
	return s.do(ctx, "transfer document", func() error {
		return s.transfer(storage.TransferOffer{Document: doc, From: from, To: to, Then: then}, at)
	})
}

// transferable returns the document, or an error if the transfer that o offers can't be made. s.mu is held.
func (s *Store) transferable(o storage.TransferOffer) (*document, error) {
	if err := storage.CheckTransfer(o.From, o.To, o.Then); err != nil {
		return nil, err
	}
	d, err := s.live(o.Document)
	if err != nil {
		return nil, err
	}
	owns := d.grants[o.From].Role == storage.RoleOwner
	if o.From == "" {
		owns = d.info.Application != ""
	}
	if !owns {
		return nil, fmt.Errorf("%w: no owner", storage.ErrNotFound)
	}
	if err := s.person(o.To); err != nil {
		return nil, err
	}
	if s.users[o.To].OfApplication() {
		return nil, fmt.Errorf("%w: an application's", storage.ErrNotFound)
	}
	return d, nil
}

// transfer makes the transfer that o offers, and ends the document's offer. s.mu is held.
func (s *Store) transfer(o storage.TransferOffer, at time.Time) error {
	d, err := s.transferable(o)
	if err != nil {
		return err
	}
	_, changed := d.give(storage.Grant{Document: o.Document, User: o.To, Role: storage.RoleOwner, CreatedAt: at, Via: storage.RoleOwner})
	if changed || o.Then != storage.RoleOwner || d.info.Owner != o.To {
		s.tell(storage.GrantEvent(o.Document, o.From, o.To))
	}
	d.info.Owner, d.info.Application = o.To, ""
	d.offer = storage.TransferOffer{}
	if o.Then == "" {
		delete(d.grants, o.From)
	} else {
		d.give(storage.Grant{Document: o.Document, User: o.From, Role: o.Then})
	}
	return nil
}

// OfferDocument stores o and replaces an earlier one.
func (s *Store) OfferDocument(ctx context.Context, o storage.TransferOffer) error {
	return s.do(ctx, "offer document", func() error {
		d, err := s.transferable(o)
		if err != nil {
			return err
		}
		o.CreatedAt = milli(o.CreatedAt)
		d.offer = o
		s.tellOf(storage.EventMembers, o.Document)
		return nil
	})
}

// DocumentOffer returns a document's offer.
func (s *Store) DocumentOffer(ctx context.Context, doc storage.DocumentID) (storage.TransferOffer, error) {
	return get(ctx, s, "document offer", func() (storage.TransferOffer, error) {
		if d, ok := s.documents[doc]; ok && d.offer.To != "" {
			return d.offer, nil
		}
		return storage.TransferOffer{}, storage.ErrNotFound
	})
}

// DocumentOffersTo lists the offers to a user.
func (s *Store) DocumentOffersTo(ctx context.Context, user storage.UserID) ([]storage.TransferOffer, error) {
	return get(ctx, s, "document offers", func() ([]storage.TransferOffer, error) {
		var found []storage.TransferOffer
		for _, d := range s.documents {
			if d.offer.To != "" && d.offer.To == user {
				found = append(found, d.offer)
			}
		}
		slices.SortFunc(found, func(a, b storage.TransferOffer) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Document, b.Document))
		})
		return found, nil
	})
}

// TakeDocument makes the transfer that is offered to user.
func (s *Store) TakeDocument(ctx context.Context, doc storage.DocumentID, user storage.UserID, at time.Time) error {
	return s.do(ctx, "take document", func() error {
		d, ok := s.documents[doc]
		if !ok || d.offer.To == "" || d.offer.To != user {
			return storage.ErrNotFound
		}
		return s.transfer(d.offer, at)
	})
}

// WithdrawDocument ends the offer to user.
func (s *Store) WithdrawDocument(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.do(ctx, "withdraw document", func() error {
		d, ok := s.documents[doc]
		if !ok || d.offer.To == "" || d.offer.To != user {
			return storage.ErrNotFound
		}
		d.offer = storage.TransferOffer{}
		s.tellOf(storage.EventMembers, doc)
		return nil
	})
}

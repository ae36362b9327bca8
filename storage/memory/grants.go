package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"quire/storage"
)

func (d *document) sortedGrants() []storage.Grant {
	return slices.SortedFunc(maps.Values(d.grants), func(a, b storage.Grant) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.User, b.User))
	})
}

// counting returns a document's grants that have an effect, sorted: those of an application's people have none. s.mu is held.
func (s *Store) counting(d *document) []storage.Grant {
	return slices.DeleteFunc(d.sortedGrants(), func(g storage.Grant) bool { return s.users[g.User].OfApplication() })
}

// lastOwner reports whether user is the only owner. s.mu is held.
func (s *Store) lastOwner(d *document, user storage.UserID) bool {
	last := false
	for _, g := range s.counting(d) {
		if g.Role == storage.RoleOwner && g.User != user {
			return false
		}
		last = last || g.Role == storage.RoleOwner
	}
	return last && d.info.Application == ""
}

// Grant returns user's grant on doc.
func (s *Store) Grant(ctx context.Context, doc storage.DocumentID, user storage.UserID) (storage.Grant, error) {
	return get(ctx, s, "grant", func() (storage.Grant, error) {
		if d, ok := s.documents[doc]; ok {
			if g, ok := d.grants[user]; ok {
				return g, nil
			}
		}
		return storage.Grant{}, storage.ErrNotFound
	})
}

// Grants lists a document's grants.
func (s *Store) Grants(ctx context.Context, doc storage.DocumentID) ([]storage.Grant, error) {
	return get(ctx, s, "grants", func() ([]storage.Grant, error) {
		if d, ok := s.documents[doc]; ok {
			return d.sortedGrants(), nil
		}
		return nil, nil
	})
}

// SetGrant sets a role if the role before is was.
func (s *Store) SetGrant(ctx context.Context, g storage.Grant, was string) (storage.Grant, error) {
	return get(ctx, s, "set grant", func() (storage.Grant, error) {
		if err := storage.CheckGrant(g); err != nil {
			return storage.Grant{}, err
		}
		return s.setGrant(g, was)
	})
}

func (s *Store) setGrant(g storage.Grant, was string) (storage.Grant, error) {
	d, err := s.live(g.Document)
	if err != nil {
		return storage.Grant{}, err
	}
	if s.gone(g.User) {
		return storage.Grant{}, storage.ErrNotFound
	}
	if is := d.grants[g.User].Role; was != storage.AnyRole && was != is {
		return storage.Grant{}, fmt.Errorf("%w: is %q", storage.ErrConflict, is)
	}
	if g.Role != storage.RoleOwner && s.lastOwner(d, g.User) {
		return storage.Grant{}, storage.ErrLastOwner
	}
	kept, changed := d.give(g)
	if changed {
		s.tell(storage.GrantEvent(g.Document, g.User))
	}
	return kept, nil
}

// give sets a role. Of an existing grant it changes nothing else. changed reports whether there was another role, or none.
func (d *document) give(g storage.Grant) (kept storage.Grant, changed bool) {
	kept, ok := d.grants[g.User]
	changed = kept.Role != g.Role
	if !ok {
		kept = g
		kept.Since, kept.CreatedAt, kept.Via = d.head.Revision, milli(g.CreatedAt), storage.Text(g.Via)
	}
	kept.Role = g.Role
	d.grants[g.User] = kept
	return kept, changed
}

// RemoveGrant takes a role away.
func (s *Store) RemoveGrant(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.do(ctx, "remove grant", func() error {
		d, err := s.live(doc)
		if err != nil {
			return err
		}
		if _, ok := d.grants[user]; !ok {
			return storage.ErrNotFound
		}
		if s.lastOwner(d, user) {
			return storage.ErrLastOwner
		}
		delete(d.grants, user)
		s.tell(storage.GrantEvent(doc, user))
		return nil
	})
}

// CreateLink stores l.
func (s *Store) CreateLink(ctx context.Context, l storage.Link) error {
	return s.do(ctx, "create link", func() error {
		if _, err := s.live(l.Document); err != nil {
			return err
		}
		others := 0
		for id, other := range s.links {
			if id == l.ID || bytes.Equal(other.TokenHash, l.TokenHash) {
				return storage.ErrExists
			}
			if other.Document == l.Document {
				others++
			}
		}
		if others >= storage.MostLinks {
			return storage.ErrFull
		}
		s.links[l.ID] = cloneLink(l)
		s.tellOf(storage.EventMembers, l.Document)
		return nil
	})
}

// Links lists a document's links.
func (s *Store) Links(ctx context.Context, doc storage.DocumentID) ([]storage.Link, error) {
	return get(ctx, s, "links", func() ([]storage.Link, error) {
		var found []storage.Link
		for _, l := range s.links {
			if l.Document == doc {
				found = append(found, cloneLink(l))
			}
		}
		slices.SortFunc(found, func(a, b storage.Link) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		return found, nil
	})
}

// LinkByToken returns the link whose token has that hash.
func (s *Store) LinkByToken(ctx context.Context, tokenHash []byte) (storage.Link, error) {
	return get(ctx, s, "link by token", func() (storage.Link, error) {
		for _, l := range s.links {
			if bytes.Equal(l.TokenHash, tokenHash) {
				return cloneLink(l), nil
			}
		}
		return storage.Link{}, storage.ErrNotFound
	})
}

// SetLinkExpiry sets when a link expires.
func (s *Store) SetLinkExpiry(ctx context.Context, doc storage.DocumentID, id string, expires time.Time) (storage.Link, error) {
	return get(ctx, s, "set link expiry", func() (storage.Link, error) {
		if _, err := s.live(doc); err != nil {
			return storage.Link{}, err
		}
		l, ok := s.links[id]
		if !ok || l.Document != doc {
			return storage.Link{}, storage.ErrNotFound
		}
		if !l.ExpiresAt.Equal(milli(expires)) {
			s.tellOf(storage.EventMembers, doc)
		}
		l.ExpiresAt = milli(expires)
		s.links[id] = l
		return cloneLink(l), nil
	})
}

// DeleteLink deletes a link.
func (s *Store) DeleteLink(ctx context.Context, doc storage.DocumentID, id string) error {
	return s.do(ctx, "delete link", func() error {
		if _, err := s.live(doc); err != nil {
			return err
		}
		if l, ok := s.links[id]; !ok || l.Document != doc {
			return storage.ErrNotFound
		}
		delete(s.links, id)
		s.tellOf(storage.EventMembers, doc)
		return nil
	})
}

func cloneLink(l storage.Link) storage.Link {
	l.TokenHash, l.CreatedAt, l.ExpiresAt = slices.Clone(l.TokenHash), milli(l.CreatedAt), milli(l.ExpiresAt)
	return l
}

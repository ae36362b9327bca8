package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quire/storage"
)

// picture is a person's picture; its version is User.Picture.
type picture struct {
	contentType string
	body        []byte
}

// person returns ErrNotFound for a user who does not exist or is deleted. s.mu is held.
func (s *Store) person(id storage.UserID) error {
	if u, ok := s.users[id]; !ok || !u.DeletedAt.IsZero() {
		return storage.ErrNotFound
	}
	return nil
}

// gone reports whether a user is deleted. s.mu is held.
func (s *Store) gone(id storage.UserID) bool { return !s.users[id].DeletedAt.IsZero() }

// ListPeople returns a page of users.
func (s *Store) ListPeople(ctx context.Context, q storage.PersonQuery) ([]storage.PersonListed, error) {
	return get(ctx, s, "list people", func() ([]storage.PersonListed, error) {
		after, text := [2]string{q.AfterName, string(q.AfterID)}, storage.Fold(q.Text)
		var found []storage.PersonListed
		for _, u := range s.users {
			name, email := storage.Fold(u.Name), storage.Fold(u.Email)
			in := u.DeletedAt.IsZero() && (q.Guests || u.Account()) && (strings.Contains(name, text) || strings.Contains(email, text))
			if in && (q.AfterID == "" || byName(after, [2]string{name, string(u.ID)}) < 0) {
				found = append(found, storage.PersonListed{User: u})
			}
		}
		slices.SortFunc(found, func(a, b storage.PersonListed) int {
			return byName([2]string{storage.Fold(a.User.Name), string(a.User.ID)}, [2]string{storage.Fold(b.User.Name), string(b.User.ID)})
		})
		found = found[:min(len(found), max(q.Limit, 0))]
		for i := range found {
			s.countFor(&found[i])
		}
		return found, nil
	})
}

// byName orders people by folded name, then id.
func byName(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

func (s *Store) countFor(p *storage.PersonListed) {
	for _, d := range s.documents {
		if !d.deleted && d.info.Owner == p.User.ID {
			p.Documents++
			p.Bytes += d.head.Bytes
		}
	}
	for _, si := range s.signIns {
		if si.User == p.User.ID && si.LastSeenAt.After(p.LastSeenAt) {
			p.LastSeenAt = si.LastSeenAt
		}
	}
}

// ListAll returns a page of all documents, or of q.User's if that is set.
func (s *Store) ListAll(ctx context.Context, q storage.DocumentQuery) ([]storage.DocumentListed, error) {
	return get(ctx, s, "list all", func() ([]storage.DocumentListed, error) {
		var found []storage.DocumentListed
		for _, d := range s.documents {
			scope := q.Scope == storage.ScopeAll && !d.info.Trashed() || q.Scope == storage.ScopeTrash && d.info.Trashed()
			if d.deleted || !scope || q.User != "" && d.info.Owner != q.User {
				continue
			}
			l := storage.DocumentListed{Document: d.info, Head: d.head, MemberCount: len(s.counting(d))}
			if inPage(q, d.info, l.Cursor()) {
				found = append(found, l)
			}
		}
		slices.SortFunc(found, func(a, b storage.DocumentListed) int { return byChange(a.Cursor(), b.Cursor()) })
		return found[:min(len(found), max(q.Limit, 0))], nil
	})
}

// Size returns the bytes of the logs, since nothing is on a disk.
func (s *Store) Size(ctx context.Context) (int64, error) {
	t, err := s.Totals(ctx)
	return t.Bytes, err
}

// Totals counts what the installation holds.
func (s *Store) Totals(ctx context.Context) (storage.Totals, error) {
	return get(ctx, s, "totals", func() (storage.Totals, error) {
		var t storage.Totals
		for _, u := range s.users {
			switch {
			case u.Account():
				t.Accounts++
			case u.DeletedAt.IsZero():
				t.Guests++
			}
		}
		for _, d := range s.documents {
			if d.deleted {
				continue
			}
			t.Documents++
			if d.info.Trashed() {
				t.Trashed++
			}
			t.Ops += int64(d.head.Revision)
			t.Bytes += d.head.Bytes
		}
		return t, nil
	})
}

// SetPicture stores a person's picture, or removes it if body is empty.
func (s *Store) SetPicture(ctx context.Context, id storage.UserID, contentType string, body []byte, version string) error {
	return s.do(ctx, "set picture", func() error {
		if err := storage.CheckPicture(body, version); err != nil {
			return err
		}
		if err := s.person(id); err != nil {
			return err
		}
		was := s.users[id]
		u := was
		if len(body) == 0 {
			u.Picture = ""
			delete(s.pictures, id)
		} else {
			u.Picture = storage.Text(version)
			s.pictures[id] = picture{contentType: storage.Text(contentType), body: slices.Clone(body)}
		}
		s.users[id] = u
		s.tell(storage.PersonEvents(was, u)...)
		return nil
	})
}

// Picture returns a person's picture.
func (s *Store) Picture(ctx context.Context, id storage.UserID) (contentType string, body []byte, version string, err error) {
	err = s.do(ctx, "picture", func() error {
		p, ok := s.pictures[id]
		if !ok {
			return storage.ErrNotFound
		}
		contentType, body, version = p.contentType, slices.Clone(p.body), s.users[id].Picture
		return nil
	})
	return contentType, body, version, err
}

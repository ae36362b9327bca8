package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"quire/storage"
)

// CreateDocument stores d with its first ops and its owner's grant.
func (s *Store) CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error {
	return s.do(ctx, "create document", func() error {
		if err := storage.CheckDocument(d); err != nil {
			return err
		}
		if _, ok := s.documents[d.ID]; ok {
			return storage.ErrExists
		}
		if d.Owner != "" && s.gone(d.Owner) {
			return fmt.Errorf("%w: its owner", storage.ErrNotFound)
		}
		d.Title, d.CreatedAt = storage.Text(d.Title), milli(d.CreatedAt)
		d.TrashedAt, d.TrashedBy, d.Preview = time.Time{}, "", storage.Text(d.Preview)
		d.Application = storage.Text(d.Application)
		head := storage.Head{UpdatedAt: d.CreatedAt, UpdatedBy: d.Owner}.Grow(ops)
		made := &document{
			info: d, head: head, ops: cloneOps(ops),
			grants:      map[storage.UserID]storage.Grant{},
			groupGrants: map[string]storage.GroupGrant{},
			requests:    map[storage.UserID]storage.AccessRequest{},
		}
		if d.Owner != "" {
			made.grants[d.Owner] = storage.Grant{Document: d.ID, User: d.Owner, Role: storage.RoleOwner, CreatedAt: d.CreatedAt, Via: storage.RoleOwner}
		}
		s.documents[d.ID] = made
		return nil
	})
}

// Document returns a document's record.
func (s *Store) Document(ctx context.Context, doc storage.DocumentID) (storage.Document, error) {
	return get(ctx, s, "document", func() (storage.Document, error) {
		d, err := s.live(doc)
		if err != nil {
			return storage.Document{}, err
		}
		return d.info, nil
	})
}

// change runs f on a document that exists.
func (s *Store) change(ctx context.Context, what string, doc storage.DocumentID, f func(*document)) error {
	return s.do(ctx, what, func() error {
		d, err := s.live(doc)
		if err != nil {
			return err
		}
		f(d)
		return nil
	})
}

// SetTitle renames a document.
func (s *Store) SetTitle(ctx context.Context, doc storage.DocumentID, title string) error {
	return s.change(ctx, "set title", doc, func(d *document) {
		if title = storage.Text(title); title != d.info.Title {
			d.info.Title = title
			s.tellOf(storage.EventTitle, doc)
		}
	})
}

// TrashDocument puts a document into the trash.
func (s *Store) TrashDocument(ctx context.Context, doc storage.DocumentID, by storage.UserID, at time.Time) error {
	return s.change(ctx, "trash document", doc, func(d *document) {
		if !d.info.Trashed() {
			d.info.TrashedAt, d.info.TrashedBy = milli(at), by
			s.tellOf(storage.EventTrashed, doc)
		}
	})
}

// RestoreDocument takes a document out of the trash.
func (s *Store) RestoreDocument(ctx context.Context, doc storage.DocumentID) error {
	return s.change(ctx, "restore document", doc, func(d *document) {
		if d.info.Trashed() {
			s.tellOf(storage.EventRestored, doc)
		}
		d.info.TrashedAt, d.info.TrashedBy = time.Time{}, ""
	})
}

// DeleteDocument removes everything but the tombstone.
func (s *Store) DeleteDocument(ctx context.Context, doc storage.DocumentID, _ time.Time) error {
	return s.change(ctx, "delete document", doc, func(d *document) {
		*d = document{deleted: true}
		s.tellOf(storage.EventDeleted, doc)
		for id, l := range s.links {
			if l.Document == doc {
				delete(s.links, id)
			}
		}
		s.dropInvitations(func(i storage.Invitation) bool { return i.Document == doc })
	})
}

// TrashedBefore lists documents that were put into the trash before a time, oldest first.
func (s *Store) TrashedBefore(ctx context.Context, before time.Time, limit int) ([]storage.DocumentID, error) {
	return get(ctx, s, "trashed before", func() ([]storage.DocumentID, error) {
		var found []storage.Document
		for _, d := range s.documents {
			if d.info.Trashed() && d.info.TrashedAt.Before(milli(before)) {
				found = append(found, d.info)
			}
		}
		slices.SortFunc(found, func(a, b storage.Document) int {
			return cmp.Or(a.TrashedAt.Compare(b.TrashedAt), cmp.Compare(a.ID, b.ID))
		})
		var ids []storage.DocumentID
		for _, d := range found[:min(len(found), max(limit, 0))] {
			ids = append(ids, d.ID)
		}
		return ids, nil
	})
}

// OwnedBytes returns the bytes of the logs of all documents that user owns (Document.Owner).
func (s *Store) OwnedBytes(ctx context.Context, user storage.UserID) (int64, error) {
	return get(ctx, s, "owned bytes", func() (int64, error) {
		return s.bytes(func(d storage.Document) bool { return d.Owner == user }), nil
	})
}

// ApplicationBytes returns the bytes of the logs of an application's documents.
func (s *Store) ApplicationBytes(ctx context.Context, application string) (int64, error) {
	return get(ctx, s, "application bytes", func() (int64, error) {
		return s.bytes(func(d storage.Document) bool { return d.Application != "" && d.Application == application }), nil
	})
}

func (s *Store) bytes(of func(storage.Document) bool) (sum int64) {
	for _, d := range s.documents {
		if !d.deleted && of(d.info) {
			sum += d.head.Bytes
		}
	}
	return sum
}

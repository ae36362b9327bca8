package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// TransferDocument makes to an owner and Document.Owner.
func (s *Store) TransferDocument(ctx context.Context, doc storage.DocumentID, from, to storage.UserID, then string, at time.Time) error {
	return s.write(ctx, fmt.Sprintf("transfer document doc=%s from=%s to=%s", doc, from, to), func(t *tx) error {
		return transfer(t, storage.TransferOffer{Document: doc, From: from, To: to, Then: then}, at)
	})
}

// transferable returns an error if the transfer that o offers can't be made.
func transferable(t *tx, o storage.TransferOffer) error {
	if err := storage.CheckTransfer(o.From, o.To, o.Then); err != nil {
		return err
	}
	if err := live(t.ctx, t.Tx, o.Document); err != nil {
		return err
	}
	if err := found(t.row(`SELECT 1 FROM documents d WHERE d.document_id = ?1 AND CASE ?2 WHEN '' THEN d.application <> ''
		ELSE EXISTS (SELECT 1 FROM grants g WHERE g.document_id = ?1 AND g.user_id = ?2 AND g.role = 'owner') END`,
		string(o.Document), string(o.From))); err != nil {
		return err
	}
	if err := person(t.ctx, t.Tx, o.To); err != nil {
		return err
	}
	return found(t.row(`SELECT 1 WHERE `+counting(`?1`), string(o.To)))
}

func transfer(t *tx, o storage.TransferOffer, at time.Time) error {
	if err := transferable(t, o); err != nil {
		return err
	}
	owner := storage.Grant{Document: o.Document, User: o.To, Role: storage.RoleOwner, CreatedAt: at, Via: storage.RoleOwner}
	_, changed, err := setGrant(t, owner, storage.AnyRole)
	if err != nil {
		return err
	}
	change := `UPDATE grants SET role = ?3 WHERE document_id = ?1 AND user_id = ?2`
	if o.Then == "" {
		change = `DELETE FROM grants WHERE document_id = ?1 AND user_id = ?2 AND ?3 = ''`
	}
	if o.From != "" {
		if err := t.must(change, string(o.Document), string(o.From), o.Then); err != nil {
			return err
		}
	}
	moved, err := t.changed(`UPDATE documents SET owner_id = ?2, application = '' WHERE document_id = ?1 AND owner_id <> ?2`,
		string(o.Document), string(o.To))
	if changed || moved || o.Then != storage.RoleOwner {
		t.tell(storage.GrantEvent(o.Document, o.From, o.To))
	}
	if err != nil {
		return err
	}
	_, err = t.exec(noOffer+` WHERE document_id = ?1 AND offered_to <> ''`, string(o.Document))
	return err
}

const noOffer = `UPDATE documents SET offered_to = '', offered_by = '', offered_then = '', offered_at = 0`

// OfferDocument stores o and replaces an earlier one.
func (s *Store) OfferDocument(ctx context.Context, o storage.TransferOffer) error {
	return s.write(ctx, fmt.Sprintf("offer document doc=%s to=%s", o.Document, o.To), func(t *tx) error {
		if err := transferable(t, o); err != nil {
			return err
		}
		t.tellOf(storage.EventMembers, o.Document)
		_, err := t.exec(`UPDATE documents SET offered_to = ?2, offered_by = ?3, offered_then = ?4, offered_at = ?5 WHERE document_id = ?1`,
			string(o.Document), string(o.To), string(o.From), o.Then, storage.ToUnix(o.CreatedAt))
		return err
	})
}

// DocumentOffer returns a document's offer.
func (s *Store) DocumentOffer(ctx context.Context, doc storage.DocumentID) (storage.TransferOffer, error) {
	list, err := s.documentOffers(ctx, "document offer doc="+string(doc), `document_id = ?1 AND offered_to <> ''`, string(doc))
	if err == nil && len(list) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.TransferOffer{}, err
	}
	return list[0], nil
}

// DocumentOffersTo lists the offers to a user.
func (s *Store) DocumentOffersTo(ctx context.Context, user storage.UserID) ([]storage.TransferOffer, error) {
	return s.documentOffers(ctx, "document offers user="+string(user),
		`offered_to = ?1 AND offered_to <> '' ORDER BY offered_at, document_id`, string(user))
}

func (s *Store) documentOffers(ctx context.Context, what, where, of string) (list []storage.TransferOffer, err error) {
	err = s.read(ctx, what, func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.OfferColumns+` FROM documents WHERE `+where, of)
		list, err = collect(rows, err, tables.OfferFields)
		return err
	})
	return list, err
}

// TakeDocument makes the transfer that is offered to user.
func (s *Store) TakeDocument(ctx context.Context, doc storage.DocumentID, user storage.UserID, at time.Time) error {
	return s.write(ctx, fmt.Sprintf("take document doc=%s user=%s", doc, user), func(t *tx) error {
		var o storage.TransferOffer
		err := t.row(`SELECT `+tables.OfferColumns+` FROM documents WHERE document_id = ?1 AND offered_to = ?2 AND offered_to <> ''`,
			string(doc), string(user)).Scan(tables.OfferFields(&o)...)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		}
		if err != nil {
			return err
		}
		return transfer(t, o, at)
	})
}

// WithdrawDocument ends the offer to user.
func (s *Store) WithdrawDocument(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.write(ctx, fmt.Sprintf("withdraw document doc=%s user=%s", doc, user), func(t *tx) error {
		t.tellOf(storage.EventMembers, doc)
		return t.must(noOffer+` WHERE document_id = ?1 AND offered_to = ?2 AND offered_to <> ''`, string(doc), string(user))
	})
}

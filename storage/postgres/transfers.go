package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// TransferDocument makes to an owner and Document.Owner.
func (s *Store) TransferDocument(ctx context.Context, doc storage.DocumentID, from, to storage.UserID, then string, at time.Time) error {
	return s.write(ctx, fmt.Sprintf("transfer document doc=%s from=%s to=%s", doc, from, to), func(tx *writing) error {
		return transfer(ctx, tx, storage.TransferOffer{Document: doc, From: from, To: to, Then: then}, at)
	})
}

// transferable locks the document, and returns an error if the transfer that o offers can't be made.
func transferable(ctx context.Context, tx *writing, o storage.TransferOffer) error {
	if err := storage.CheckTransfer(o.From, o.To, o.Then); err != nil {
		return err
	}
	if err := hold(ctx, tx, o.Document); err != nil {
		return err
	}
	if err := must(tx.Exec(ctx, `SELECT FROM documents d WHERE d.document_id = $1 AND CASE $2 WHEN '' THEN d.application <> ''
		ELSE EXISTS (SELECT FROM grants g WHERE g.document_id = $1 AND g.user_id = $2 AND g.role = 'owner') END`,
		id(o.Document), id(o.From))); err != nil {
		return err
	}
	if err := person(ctx, tx, o.To); err != nil {
		return err
	}
	return must(tx.Exec(ctx, `SELECT WHERE `+counting(`$1`), id(o.To)))
}

func transfer(ctx context.Context, tx *writing, o storage.TransferOffer, at time.Time) error {
	if err := transferable(ctx, tx, o); err != nil {
		return err
	}
	owner := storage.Grant{Document: o.Document, User: o.To, Role: storage.RoleOwner, CreatedAt: at, Via: storage.RoleOwner}
	_, changed, err := setGrant(ctx, tx, owner, storage.AnyRole)
	if err != nil {
		return err
	}
	change, args := `UPDATE grants SET role = $3 WHERE document_id = $1 AND user_id = $2`, []any{id(o.Document), id(o.From), id(o.Then)}
	if o.Then == "" {
		change, args = `DELETE FROM grants WHERE document_id = $1 AND user_id = $2`, args[:2]
	}
	if o.From != "" {
		if err := must(tx.Exec(ctx, change, args...)); err != nil {
			return err
		}
	}
	moved, err := tx.Exec(ctx, `UPDATE documents SET owner_id = $2, application = '' WHERE document_id = $1 AND owner_id <> $2`, id(o.Document), id(o.To))
	if changed || moved.RowsAffected() > 0 || o.Then != storage.RoleOwner {
		tx.tell(storage.GrantEvent(o.Document, o.From, o.To))
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, noOffer+` WHERE document_id = $1 AND offered_to <> ''`, id(o.Document))
	return err
}

const noOffer = `UPDATE documents SET offered_to = '', offered_by = '', offered_then = '', offered_at = 0`

// OfferDocument stores o and replaces an earlier one.
func (s *Store) OfferDocument(ctx context.Context, o storage.TransferOffer) error {
	return s.write(ctx, fmt.Sprintf("offer document doc=%s to=%s", o.Document, o.To), func(tx *writing) error {
		if err := transferable(ctx, tx, o); err != nil {
			return err
		}
		tx.tellOf(storage.EventMembers, o.Document)
		_, err := tx.Exec(ctx, `UPDATE documents SET offered_to = $2, offered_by = $3, offered_then = $4, offered_at = $5 WHERE document_id = $1`,
			id(o.Document), id(o.To), id(o.From), id(o.Then), storage.ToUnix(o.CreatedAt))
		return err
	})
}

// DocumentOffer returns a document's offer.
func (s *Store) DocumentOffer(ctx context.Context, doc storage.DocumentID) (storage.TransferOffer, error) {
	list, err := all(ctx, s, "document offer doc="+string(doc), tables.OfferFields,
		`SELECT `+tables.OfferColumns+` FROM documents WHERE document_id = $1 AND offered_to <> ''`, id(doc))
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
	return all(ctx, s, "document offers user="+string(user), tables.OfferFields, `SELECT `+tables.OfferColumns+` FROM documents
		WHERE offered_to = $1 AND offered_to <> '' ORDER BY offered_at, document_id`, id(user))
}

// TakeDocument makes the transfer that is offered to user.
func (s *Store) TakeDocument(ctx context.Context, doc storage.DocumentID, user storage.UserID, at time.Time) error {
	return s.write(ctx, fmt.Sprintf("take document doc=%s user=%s", doc, user), func(tx *writing) error {
		var o storage.TransferOffer
		err := tx.QueryRow(ctx, `SELECT `+tables.OfferColumns+` FROM documents WHERE document_id = $1 AND offered_to = $2 AND offered_to <> ''
			FOR NO KEY UPDATE`, id(doc), id(user)).Scan(tables.OfferFields(&o)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		}
		if err != nil {
			return err
		}
		return transfer(ctx, tx, o, at)
	})
}

// WithdrawDocument ends the offer to user.
func (s *Store) WithdrawDocument(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.write(ctx, fmt.Sprintf("withdraw document doc=%s user=%s", doc, user), func(tx *writing) error {
		tx.tellOf(storage.EventMembers, doc)
		return must(tx.Exec(ctx, noOffer+` WHERE document_id = $1 AND offered_to = $2 AND offered_to <> ''`, id(doc), id(user)))
	})
}

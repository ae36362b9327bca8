package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// OfferPlace stores o and replaces an earlier one.
func (s *Store) OfferPlace(ctx context.Context, o storage.GroupOffer) error {
	return s.write(ctx, "offer place id="+o.Group+" user="+string(o.User), func(t *tx) error {
		if err := groupThere(t, o.Group); err != nil {
			return err
		}
		if err := person(t.ctx, t.Tx, o.User); err != nil {
			return err
		}
		if _, err := manages(t, o.Group, o.User); err == nil {
			return storage.ErrExists
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err := t.room(tables.MemberRoom, o.Group, string(o.User)); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO group_offers (group_id, user_id, manager, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET manager = excluded.manager, created_by = excluded.created_by, created_at = excluded.created_at`,
			o.Group, string(o.User), o.Manager, string(o.CreatedBy), storage.ToUnix(o.CreatedAt))
		return err
	})
}

// GroupOffers lists the offers of a group.
func (s *Store) GroupOffers(ctx context.Context, id string) ([]storage.GroupOffer, error) {
	return s.offers(ctx, "group offers id="+id, `group_id = ?1 ORDER BY created_at, user_id`, id)
}

// OffersTo lists the offers to a user.
func (s *Store) OffersTo(ctx context.Context, user storage.UserID) ([]storage.GroupOffer, error) {
	return s.offers(ctx, "offers user="+string(user), `user_id = ?1 ORDER BY created_at, group_id`, string(user))
}

func (s *Store) offers(ctx context.Context, what, where, of string) (list []storage.GroupOffer, err error) {
	err = s.read(ctx, what, func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT group_id, user_id, manager, created_by, created_at FROM group_offers WHERE `+where, of)
		list, err = collect(rows, err, func(o *storage.GroupOffer) []any {
			return []any{&o.Group, &o.User, &o.Manager, &o.CreatedBy, (*tables.Unix)(&o.CreatedAt)}
		})
		return err
	})
	return list, err
}

// TakePlace turns an offer into a membership.
func (s *Store) TakePlace(ctx context.Context, id string, user storage.UserID, at time.Time) (m storage.GroupMember, err error) {
	m = storage.GroupMember{Group: id, User: user, CreatedAt: storage.Milli(at)}
	err = s.write(ctx, "take place id="+id+" user="+string(user), func(t *tx) error {
		err := t.row(`DELETE FROM group_offers WHERE group_id = ?1 AND user_id = ?2 RETURNING manager`, id, string(user)).Scan(&m.Manager)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		}
		if err != nil {
			return err
		}
		t.tell(storage.GroupEvent(id, user))
		_, err = t.exec(`INSERT INTO group_members (group_id, user_id, manager, created_at) VALUES (?1, ?2, ?3, ?4)`,
			id, string(user), m.Manager, storage.ToUnix(at))
		return err
	})
	if err != nil {
		return storage.GroupMember{}, err
	}
	return m, nil
}

// WithdrawPlace deletes an offer.
func (s *Store) WithdrawPlace(ctx context.Context, id string, user storage.UserID) error {
	return s.write(ctx, "withdraw place id="+id+" user="+string(user), func(t *tx) error {
		return t.must(`DELETE FROM group_offers WHERE group_id = ?1 AND user_id = ?2`, id, string(user))
	})
}

package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// OfferPlace stores o and replaces an earlier one.
func (s *Store) OfferPlace(ctx context.Context, o storage.GroupOffer) error {
	return s.write(ctx, "offer place id="+o.Group+" user="+string(o.User), func(tx *writing) error {
		if err := holdGroup(ctx, tx, o.Group); err != nil {
			return err
		}
		if err := person(ctx, tx, o.User); err != nil {
			return err
		}
		var in bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM group_members WHERE group_id = $1 AND user_id = $2)`,
			id(o.Group), id(o.User)).Scan(&in); err != nil {
			return err
		}
		if in {
			return storage.ErrExists
		}
		if err := room(ctx, tx, tables.MemberRoom, id(o.Group), id(o.User)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO group_offers (group_id, user_id, manager, created_by, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (group_id, user_id) DO UPDATE SET manager = excluded.manager, created_by = excluded.created_by, created_at = excluded.created_at`,
			id(o.Group), id(o.User), o.Manager, id(o.CreatedBy), storage.ToUnix(o.CreatedAt))
		return err
	})
}

// GroupOffers lists the offers of a group.
func (s *Store) GroupOffers(ctx context.Context, group string) ([]storage.GroupOffer, error) {
	return s.offers(ctx, "group offers id="+group, `group_id = $1 ORDER BY created_at, user_id`, id(group))
}

// OffersTo lists the offers to a user.
func (s *Store) OffersTo(ctx context.Context, user storage.UserID) ([]storage.GroupOffer, error) {
	return s.offers(ctx, "offers user="+string(user), `user_id = $1 ORDER BY created_at, group_id`, id(user))
}

func (s *Store) offers(ctx context.Context, what, where, of string) ([]storage.GroupOffer, error) {
	return all(ctx, s, what, func(o *storage.GroupOffer) []any {
		return []any{&o.Group, &o.User, &o.Manager, &o.CreatedBy, (*tables.Unix)(&o.CreatedAt)}
	}, `SELECT group_id, user_id, manager, created_by, created_at FROM group_offers WHERE `+where, of)
}

// TakePlace turns an offer into a membership. It locks the group, as everything does that changes its members.
func (s *Store) TakePlace(ctx context.Context, group string, user storage.UserID, at time.Time) (m storage.GroupMember, err error) {
	m = storage.GroupMember{Group: group, User: user, CreatedAt: storage.Milli(at)}
	err = s.write(ctx, "take place id="+group+" user="+string(user), func(tx *writing) error {
		if err := holdGroup(ctx, tx, group); err != nil {
			return err
		}
		if err := person(ctx, tx, user); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `DELETE FROM group_offers WHERE group_id = $1 AND user_id = $2 RETURNING manager`, id(group), id(user)).Scan(&m.Manager)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		}
		if err != nil {
			return err
		}
		tx.tell(storage.GroupEvent(group, user))
		_, err = tx.Exec(ctx, `INSERT INTO group_members (group_id, user_id, manager, created_at) VALUES ($1, $2, $3, $4)`,
			id(group), id(user), m.Manager, storage.ToUnix(at))
		return err
	})
	if err != nil {
		return storage.GroupMember{}, err
	}
	return m, nil
}

// WithdrawPlace deletes an offer.
func (s *Store) WithdrawPlace(ctx context.Context, group string, user storage.UserID) error {
	return s.write(ctx, "withdraw place id="+group+" user="+string(user), func(tx *writing) error {
		return must(tx.Exec(ctx, `DELETE FROM group_offers WHERE group_id = $1 AND user_id = $2`, id(group), id(user)))
	})
}

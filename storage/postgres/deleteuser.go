package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// errMoved means that a person got access to something while the locks for their deletion were taken. Store.write tries again.
var errMoved = fmt.Errorf("%w: the person's access changed meanwhile", storage.ErrUnavailable)

// holdings are the documents and groups that a deletion has locked.
type holdings struct{ documents, groups []string }

// DeleteUser makes a person's row anonymous. It first locks all that is theirs: documents, groups, then the user. After that nobody
// can give them access, and what they got between the first query and the last lock is noticed (errMoved).
func (s *Store) DeleteUser(ctx context.Context, user storage.UserID, at time.Time) error {
	return s.write(ctx, "delete user id="+string(user), func(tx *writing) error { return deleteUser(ctx, tx, user, at) })
}

func deleteUser(ctx context.Context, tx *writing, user storage.UserID, at time.Time) error {
	held, err := holdAll(ctx, tx, user)
	if err != nil {
		return err
	}
	if err := holdAdmins(ctx, tx); err != nil {
		return err
	}
	var email *string
	var inCharge bool
	err = tx.QueryRow(ctx, `SELECT email_folded, admin AND suspended_at = 0 FROM users WHERE user_id = $1 AND deleted_at = 0 FOR UPDATE`,
		id(user)).Scan(&email, &inCharge)
	if errors.Is(err, pgx.ErrNoRows) {
		return storage.ErrNotFound
	}
	if err != nil {
		return err
	}
	if inCharge {
		if err := keepAdmin(ctx, tx, user); err != nil {
			return err
		}
	}
	if err := refuseDelete(ctx, tx, user, held); err != nil {
		return err
	}
	tx.tell(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{user}})
	if err := dropProofs(ctx, tx, user); err != nil {
		return err
	}
	left, err := leave(ctx, tx, user, held)
	if err != nil {
		return err
	}
	invited, err := dropEmail(ctx, tx, user, email)
	if err != nil {
		return err
	}
	tx.tell(storage.EachDocument(storage.EventMembers, append(left, invited...))...)
	return must(tx.Exec(ctx, `UPDATE users SET email = '', email_folded = NULL, name = '', name_folded = '', color = 0, password_hash = '',
		guest = false, admin = false, issuer = '', subject = '', verified_at = 0, picture = '', quota = 0, known_at = 0, suspended_at = 0,
		deleted_at = $2 WHERE user_id = $1`,
		id(user), max(storage.ToUnix(at), 1)))
}

// holdAll locks the documents that the person has a grant on or made, and the groups they are in, by id.
func holdAll(ctx context.Context, tx pgx.Tx, user storage.UserID) (held holdings, err error) {
	rows, err := tx.Query(ctx, `SELECT document_id FROM documents WHERE deleted_at = 0 AND document_id IN (SELECT document_id FROM grants WHERE user_id = $1
		UNION SELECT document_id FROM documents WHERE owner_id = $1 AND deleted_at = 0) ORDER BY document_id FOR NO KEY UPDATE`, id(user))
	if err == nil {
		held.documents, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return held, err
	}
	rows, err = tx.Query(ctx, `SELECT group_id FROM groups WHERE group_id IN (SELECT group_id FROM group_members WHERE user_id = $1)
		ORDER BY group_id FOR UPDATE`, id(user))
	if err == nil {
		held.groups, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	return held, err
}

// refuseDelete returns the reason why the person cannot be deleted now, or nil.
func refuseDelete(ctx context.Context, tx pgx.Tx, user storage.UserID, held holdings) error {
	var moved, sole bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM grants WHERE user_id = $1 AND document_id <> ALL ($2::text[]))
			OR EXISTS (SELECT FROM documents WHERE owner_id = $1 AND deleted_at = 0 AND document_id <> ALL ($2::text[]))
			OR EXISTS (SELECT FROM group_members WHERE user_id = $1 AND group_id <> ALL ($3::text[])),
		EXISTS (SELECT FROM grants g JOIN documents d USING (document_id) WHERE g.user_id = $1 AND `+soleOwner+`)`, id(user), held.documents, held.groups).Scan(&moved, &sole)
	switch {
	case err != nil:
		return err
	case moved:
		return errMoved
	case sole:
		return storage.ErrLastOwner
	}
	return nil
}

// dropProofs deletes what a person signs in with (sign-ins, tokens, codes), and their picture.
func dropProofs(ctx context.Context, tx *writing, user storage.UserID) error {
	signIns, err := column[string](ctx, tx, `DELETE FROM sign_ins WHERE user_id = $1 RETURNING sign_in_id`, id(user))
	if err != nil {
		return err
	}
	tokens, err := column[string](ctx, tx, `DELETE FROM tokens WHERE user_id = $1 RETURNING token_id`, id(user))
	if err != nil {
		return err
	}
	tx.tell(storage.EachID(storage.EventSignIn, signIns)...)
	tx.tell(storage.EachID(storage.EventToken, tokens)...)
	for _, table := range []string{"codes", "pictures"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE user_id = $1`, id(user)); err != nil {
			return err
		}
	}
	return nil
}

// leave takes a person who is no document's only owner out of documents and groups. It returns the documents on which the person,
// or a group that is deleted with them, had a role or a request.
func leave(ctx context.Context, tx *writing, user storage.UserID, held holdings) (left []storage.DocumentID, err error) {
	for _, s := range []struct {
		query string
		ids   []string
	}{
		{`DELETE FROM grants WHERE user_id = $1 AND document_id = ANY ($2)`, held.documents},
		{`UPDATE documents d SET owner_id = coalesce((SELECT g.user_id FROM grants g WHERE g.document_id = d.document_id AND g.role = 'owner'
			AND ` + counting(`g.user_id`) + ` ORDER BY g.created_at, g.user_id LIMIT 1), owner_id) WHERE owner_id = $1 AND document_id = ANY ($2)`, held.documents},
		{`DELETE FROM group_members WHERE user_id = $1 AND group_id = ANY ($2)`, held.groups},
	} {
		if _, err := tx.Exec(ctx, s.query, id(user), s.ids); err != nil {
			return nil, err
		}
	}
	groupsHad, err := closeGroups(ctx, tx, user, held.groups)
	if err != nil {
		return nil, err
	}
	for _, query := range []string{`DELETE FROM group_offers WHERE user_id = $1`, noOffer + ` WHERE offered_to <> '' AND (offered_to = $1 OR offered_by = $1)`} {
		if _, err := tx.Exec(ctx, query, id(user)); err != nil {
			return nil, err
		}
	}
	left, err = column[storage.DocumentID](ctx, tx, `DELETE FROM access_requests WHERE user_id = $1 RETURNING document_id`, id(user))
	for _, doc := range held.documents {
		left = append(left, storage.DocumentID(doc))
	}
	return append(left, groupsHad...), err
}

// closeGroups looks after groups that a person has just left: it deletes those without members, and names a manager of those
// without one. It returns the documents on which the deleted groups had a role.
func closeGroups(ctx context.Context, tx *writing, user storage.UserID, groups []string) (left []storage.DocumentID, err error) {
	left, err = column[storage.DocumentID](ctx, tx, `DELETE FROM group_grants p WHERE group_id = ANY ($1)
		AND NOT EXISTS (SELECT FROM group_members m WHERE m.group_id = p.group_id) RETURNING document_id`, groups)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM groups g WHERE group_id = ANY ($1)
		AND NOT EXISTS (SELECT FROM group_members m WHERE m.group_id = g.group_id)`, groups); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `UPDATE group_members m SET manager = true WHERE group_id = ANY ($1)
		AND user_id = (SELECT o.user_id FROM group_members o WHERE o.group_id = m.group_id ORDER BY o.created_at, o.user_id LIMIT 1)
		AND NOT EXISTS (SELECT FROM group_members o WHERE o.group_id = m.group_id AND o.manager) RETURNING group_id, user_id`, groups)
	if err != nil {
		return nil, err
	}
	follows := map[string]storage.UserID{}
	var group string
	var manager storage.UserID
	_, err = pgx.ForEachRow(rows, []any{&group, &manager}, func() error {
		follows[group] = manager
		return nil
	})
	for _, group := range groups {
		tx.tell(storage.GroupEvent(group, user, follows[group]))
	}
	return left, err
}

// dropEmail removes an e-mail (folded, or nil) from invitations and the audit log, and returns the documents it was invited to.
func dropEmail(ctx context.Context, tx pgx.Tx, user storage.UserID, email *string) (invited []storage.DocumentID, err error) {
	if email == nil {
		return nil, nil
	}
	invited, err = column[storage.DocumentID](ctx, tx, `DELETE FROM invitations WHERE email_folded = $1 RETURNING document_id`, *email)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE audit SET subject = $2, subject_folded = $3 WHERE subject_folded = $1 AND subject_folded <> ''`,
		*email, id(user), storage.Fold(string(user)))
	return invited, err
}

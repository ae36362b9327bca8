package sqlite

import (
	"context"
	"database/sql"

	"quire/storage"
	"quire/storage/tables"
)

// MadeWith lists what was made with an API token.
func (s *Store) MadeWith(ctx context.Context, token string) (links []storage.Link, invitations []storage.Invitation, err error) {
	err = s.read(ctx, "made with token="+token, func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.LinkColumns+` FROM links
			WHERE made_with = ?1 AND made_with <> '' ORDER BY created_at, link_id`, token)
		if links, err = collect(rows, err, tables.LinkFields); err != nil {
			return err
		}
		rows, err = q.QueryContext(ctx, `SELECT `+tables.InvitationColumns+` FROM invitations
			WHERE made_with = ?1 AND made_with <> '' ORDER BY created_at, invitation_id`, token)
		invitations, err = collect(rows, err, tables.InvitationFields)
		return err
	})
	return links, invitations, err
}

package postgres

import (
	"context"

	"quire/storage"
	"quire/storage/tables"
)

// MadeWith lists what was made with an API token.
func (s *Store) MadeWith(ctx context.Context, token string) ([]storage.Link, []storage.Invitation, error) {
	links, err := all(ctx, s, "links made with token="+token, tables.LinkFields, `SELECT `+tables.LinkColumns+` FROM links
		WHERE made_with = $1 AND made_with <> '' ORDER BY created_at, link_id`, id(token))
	if err != nil {
		return nil, nil, err
	}
	invitations, err := all(ctx, s, "invitations made with token="+token, tables.InvitationFields, `SELECT `+tables.InvitationColumns+`
		FROM invitations WHERE made_with = $1 AND made_with <> '' ORDER BY created_at, invitation_id`, id(token))
	return links, invitations, err
}

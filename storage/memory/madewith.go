package memory

import (
	"cmp"
	"context"
	"slices"

	"quire/storage"
)

// MadeWith lists what was made with an API token.
func (s *Store) MadeWith(ctx context.Context, token string) ([]storage.Link, []storage.Invitation, error) {
	return two(ctx, s, "made with", func() (links []storage.Link, invitations []storage.Invitation, err error) {
		if token == "" {
			return nil, nil, nil
		}
		for _, l := range s.links {
			if l.Token == token {
				links = append(links, cloneLink(l))
			}
		}
		for _, i := range s.invitations {
			if i.Token == token {
				i.TokenHash = slices.Clone(i.TokenHash)
				invitations = append(invitations, i)
			}
		}
		slices.SortFunc(links, func(a, b storage.Link) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		slices.SortFunc(invitations, func(a, b storage.Invitation) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		return links, invitations, nil
	})
}

package api

import (
	"context"

	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// within returns q restricted to the documents that an application token's claims cover, instead of those shared with a user.
func within(q storage.DocumentQuery, claims map[string]access.Role) storage.DocumentQuery {
	scope := q.Scope
	q.User, q.Scope = "", storage.ScopeAll
	if scope == storage.ScopeTrash {
		q.Scope = scope
	}
	for _, r := range access.Ranges(claims) {
		owner := r.Role == access.Owner
		if scope == storage.ScopeAll || owner == (scope != storage.ScopeShared) {
			q.Within = append(q.Within, storage.IDRange{From: storage.DocumentID(r.From), Before: storage.DocumentID(r.Before)})
		}
	}
	return q
}

// listClaimed returns a function that reads a page for a query made by within, and sets each row's role from the claims.
func (a *API) listClaimed(claims map[string]access.Role) func(context.Context, storage.DocumentQuery) ([]storage.Listed, error) {
	return func(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
		rows, err := a.store.ListWithin(ctx, q)
		for i := range rows {
			rows[i].Roles = []string{access.Claimed(claims, string(rows[i].Document.ID)).String()}
		}
		return rows, err
	}
}

// ofApplication returns the problem for giving a role to an application's person: only their token's claims count.
func ofApplication(field string) *problem.Problem {
	return problem.Invalid("This person comes with an application's token, which says what they may do. A role given here would not count.").
		In(field, "comes with an application's token")
}

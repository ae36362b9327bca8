package api

import (
	"context"

	"quire/collab/access"
	"quire/server/problem"
	"quire/storage"
)

// within is q, asked of what claims cover instead of what somebody was given.
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

// listClaimed asks for a page of what within says, each with the role of its claim.
func (a *API) listClaimed(claims map[string]access.Role) func(context.Context, storage.DocumentQuery) ([]storage.Listed, error) {
	return func(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
		rows, err := a.store.ListWithin(ctx, q)
		for i := range rows {
			rows[i].Roles = []string{access.Claimed(claims, string(rows[i].Document.ID)).String()}
		}
		return rows, err
	}
}

// ofApplication is the answer to who would give an application's person a role: it would count nowhere.
func ofApplication(field string) *problem.Problem {
	return problem.Invalid("This person comes with an application's token, which says what they may do. A role given here would not count.").
		In(field, "comes with an application's token")
}

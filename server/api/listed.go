package api

import (
	"context"
	"errors"

	"quire/collab/access"
	"quire/storage"
)

// errLeftOut is returned by the show function of listed for a row to skip.
var errLeftOut = errors.New("left out of the list")

// listed converts rows to items with show, which also gets the user that of names. All users are looked up at once. If of is nil,
// show gets the zero User.
func listed[R, T any](ctx context.Context, a *API, rows []R, of func(R) storage.UserID, show func(R, storage.User) (T, error)) ([]T, error) {
	ids := make([]storage.UserID, len(rows))
	if of != nil {
		for i, row := range rows {
			ids[i] = of(row)
		}
	}
	people, err := a.people(ctx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]T, 0, len(rows))
	for i, row := range rows {
		item, err := show(row, people[ids[i]])
		if errors.Is(err, errLeftOut) {
			continue
		} else if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// ofDocument lists a document's rows, which read returns, like listed. The caller must be allowed to do action.
func ofDocument[R, T any](ctx context.Context, a *API, req *request, in *DocumentPath, action access.Action,
	read func(context.Context, storage.DocumentID) ([]R, error), of func(R) storage.UserID, show func(seen, R, storage.User) (T, error),
) ([]T, error) {
	s, err := a.see(ctx, req, in.ID, action)
	if err != nil {
		return nil, err
	}
	rows, err := read(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	return listed(ctx, a, rows, of, func(row R, u storage.User) (T, error) { return show(s, row, u) })
}

package api

import (
	"context"

	"quire/collab"
	"quire/server/audit"
	"quire/server/sharing"
	"quire/storage"
)

// audited makes a change that the audit log tells of: who, from where and when are filled in here, the rest of the entry
// says what. The entry is noted first and struck out if the change did not happen.
func (a *API) audited(ctx context.Context, req *request, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = a.now(), req.who.User, a.from(req).Address
	return audit.Do(ctx, a.store, a.log, e, change)
}

// as returns a context in which changes are made by who, for what others are told of them.
func as(ctx context.Context, who collab.Identity) context.Context {
	return storage.As(ctx, storage.Actor{ID: who.User, Name: who.Name})
}

// by is who asks, and from where, for an act of sharing.
func (a *API) by(req *request) sharing.By {
	return sharing.By{Who: req.who, Address: a.from(req).Address}
}

package api

import (
	"context"

	"quire/collab"
	"quire/server/audit"
	"quire/server/sharing"
	"quire/storage"
)

// audited makes a change together with its audit entry (audit.Do). It fills in who, from where and when.
func (a *API) audited(ctx context.Context, req *request, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = a.now(), req.who.User, a.from(req).Address
	return audit.Do(ctx, a.store, a.log, e, change)
}

// as returns a context whose changes are attributed to who in the events that others receive.
func as(ctx context.Context, who collab.Identity) context.Context {
	return storage.As(ctx, storage.Actor{ID: who.User, Name: who.Name})
}

// by returns who makes the request, and from where, for the sharing service.
func (a *API) by(req *request) sharing.By {
	return sharing.By{Who: req.who, Address: a.from(req).Address}
}

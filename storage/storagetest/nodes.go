package storagetest

import (
	"context"
	"sync/atomic"

	"quire/storage"
)

// Nodes gives one store whose calls that race go to the given ones in turn, as those of several nodes on one database:
// so that it is the database that decides, and no lock inside a store.
func Nodes(stores ...storage.Store) storage.Store {
	return &nodes{Store: stores[0], stores: stores}
}

type nodes struct {
	storage.Store
	stores []storage.Store
	calls  atomic.Uint64
}

func (n *nodes) next() storage.Store { return n.stores[n.calls.Add(1)%uint64(len(n.stores))] }

func (n *nodes) Append(ctx context.Context, batches []storage.Batch) []error {
	return n.next().Append(ctx, batches)
}

func (n *nodes) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error) {
	return n.next().Load(ctx, doc, at, limitBytes)
}

func (n *nodes) Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error) {
	return n.next().Head(ctx, doc)
}

func (n *nodes) SaveSnapshot(ctx context.Context, doc storage.DocumentID, s storage.Snapshot) error {
	return n.next().SaveSnapshot(ctx, doc, s)
}

func (n *nodes) CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error {
	return n.next().CreateDocument(ctx, d, ops)
}

func (n *nodes) CreateUser(ctx context.Context, u storage.User) error {
	return n.next().CreateUser(ctx, u)
}

func (n *nodes) CreateFirstUser(ctx context.Context, u storage.User) error {
	return n.next().CreateFirstUser(ctx, u)
}

func (n *nodes) SetGrant(ctx context.Context, g storage.Grant, was string) (storage.Grant, error) {
	return n.next().SetGrant(ctx, g, was)
}

func (n *nodes) RemoveGrant(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return n.next().RemoveGrant(ctx, doc, user)
}

func (n *nodes) CreateLink(ctx context.Context, l storage.Link) error {
	return n.next().CreateLink(ctx, l)
}

func (n *nodes) SetSetting(ctx context.Context, key string, value, was []byte) error {
	return n.next().SetSetting(ctx, key, value, was)
}

func (n *nodes) RenewEpoch(ctx context.Context) (string, error) {
	return n.next().RenewEpoch(ctx)
}

package storagetest

import (
	"context"
	"sync/atomic"
	"time"

	"quire/storage"
)

// Nodes returns one store that sends the calls of the race tests to the given stores in turn, as several nodes on one database would:
// so the database has to decide, and not a lock in a store.
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

func (n *nodes) SetGroupMember(ctx context.Context, m storage.GroupMember) error {
	return n.next().SetGroupMember(ctx, m)
}

func (n *nodes) RemoveGroupMember(ctx context.Context, id string, user storage.UserID) error {
	return n.next().RemoveGroupMember(ctx, id, user)
}

func (n *nodes) TakePlace(ctx context.Context, id string, user storage.UserID, at time.Time) (storage.GroupMember, error) {
	return n.next().TakePlace(ctx, id, user, at)
}

func (n *nodes) CreateGroup(ctx context.Context, g storage.Group) error {
	return n.next().CreateGroup(ctx, g)
}

func (n *nodes) SetGroupGrant(ctx context.Context, g storage.GroupGrant) (storage.GroupGrant, error) {
	return n.next().SetGroupGrant(ctx, g)
}

func (n *nodes) TransferDocument(ctx context.Context, doc storage.DocumentID, from, to storage.UserID, then string, at time.Time) error {
	return n.next().TransferDocument(ctx, doc, from, to, then, at)
}

func (n *nodes) CreateInvitation(ctx context.Context, i storage.Invitation) error {
	return n.next().CreateInvitation(ctx, i)
}

func (n *nodes) ClaimInvitation(ctx context.Context, id string, g storage.Grant, was string) (storage.Grant, error) {
	return n.next().ClaimInvitation(ctx, id, g, was)
}

func (n *nodes) DeleteInvitation(ctx context.Context, doc storage.DocumentID, id string) error {
	return n.next().DeleteInvitation(ctx, doc, id)
}

func (n *nodes) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	return n.next().CreateRequest(ctx, r)
}

func (n *nodes) CreateCode(ctx context.Context, c storage.Code) error {
	return n.next().CreateCode(ctx, c)
}

func (n *nodes) UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c storage.UserChange) (storage.User, error) {
	return n.next().UseCode(ctx, hash, purpose, now, c)
}

func (n *nodes) CreateToken(ctx context.Context, t storage.Token) error {
	return n.next().CreateToken(ctx, t)
}

func (n *nodes) CreateSignIn(ctx context.Context, s storage.SignIn) error {
	return n.next().CreateSignIn(ctx, s)
}

func (n *nodes) ChangeUser(ctx context.Context, id storage.UserID, c storage.UserChange) (storage.User, error) {
	return n.next().ChangeUser(ctx, id, c)
}

func (n *nodes) SetPicture(ctx context.Context, id storage.UserID, contentType string, body []byte, version string) error {
	return n.next().SetPicture(ctx, id, contentType, body, version)
}

func (n *nodes) Note(ctx context.Context, e storage.AuditEntry) (int64, error) {
	return n.next().Note(ctx, e)
}

func (n *nodes) DeleteUser(ctx context.Context, id storage.UserID, at time.Time) error {
	return n.next().DeleteUser(ctx, id, at)
}

// Hear adds a listener to all the stores.
func (n *nodes) Hear(f func([]storage.Event)) (stop func()) {
	var stops []func()
	for _, s := range n.stores {
		stops = append(stops, s.Hear(f))
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

package storagetest

import (
	"context"
	"time"

	"quire/storage"
)

// Every other call of a Store, through the same three doors: look, write, do.

func (f *Faulty) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error) {
	return look(ctx, f, "Load", func() (storage.Loaded, error) { return f.inner.Load(ctx, doc, at, limitBytes) })
}

func (f *Faulty) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	return look(ctx, f, "Read", func() ([]storage.Op, error) { return f.inner.Read(ctx, doc, from, to, limitBytes) })
}

func (f *Faulty) Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error) {
	var second storage.Op
	first, err := look(ctx, f, "Find", func() (first storage.Revision, err error) {
		first, second, err = f.inner.Find(ctx, doc, from, client, seq)
		return first, err
	})
	return first, second, err
}

func (f *Faulty) Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error) {
	return look(ctx, f, "Head", func() (storage.Head, error) { return f.inner.Head(ctx, doc) })
}

func (f *Faulty) SaveSnapshot(ctx context.Context, doc storage.DocumentID, s storage.Snapshot) error {
	return do(ctx, f, "SaveSnapshot", func() error { return f.inner.SaveSnapshot(ctx, doc, s) })
}

func (f *Faulty) Snapshots(ctx context.Context, doc storage.DocumentID) ([]storage.Revision, error) {
	return look(ctx, f, "Snapshots", func() ([]storage.Revision, error) { return f.inner.Snapshots(ctx, doc) })
}

func (f *Faulty) Barrier(ctx context.Context) error {
	_, err := look(ctx, f, "Barrier", func() (struct{}, error) { return struct{}{}, f.inner.Barrier(ctx) })
	return err
}

func (f *Faulty) Epoch(ctx context.Context) (string, error) {
	return look(ctx, f, "Epoch", func() (string, error) { return f.inner.Epoch(ctx) })
}

func (f *Faulty) RenewEpoch(ctx context.Context) (string, error) {
	return write(ctx, f, "RenewEpoch", func() (string, error) { return f.inner.RenewEpoch(ctx) })
}

func (f *Faulty) CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error {
	return do(ctx, f, "CreateDocument", func() error { return f.inner.CreateDocument(ctx, d, ops) })
}

func (f *Faulty) Document(ctx context.Context, doc storage.DocumentID) (storage.Document, error) {
	return look(ctx, f, "Document", func() (storage.Document, error) { return f.inner.Document(ctx, doc) })
}

func (f *Faulty) ListDocuments(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	return look(ctx, f, "ListDocuments", func() ([]storage.Listed, error) { return f.inner.ListDocuments(ctx, q) })
}

func (f *Faulty) SetTitle(ctx context.Context, doc storage.DocumentID, title string) error {
	return do(ctx, f, "SetTitle", func() error { return f.inner.SetTitle(ctx, doc, title) })
}

func (f *Faulty) TrashDocument(ctx context.Context, doc storage.DocumentID, by storage.UserID, at time.Time) error {
	return do(ctx, f, "TrashDocument", func() error { return f.inner.TrashDocument(ctx, doc, by, at) })
}

func (f *Faulty) RestoreDocument(ctx context.Context, doc storage.DocumentID) error {
	return do(ctx, f, "RestoreDocument", func() error { return f.inner.RestoreDocument(ctx, doc) })
}

func (f *Faulty) DeleteDocument(ctx context.Context, doc storage.DocumentID, at time.Time) error {
	return do(ctx, f, "DeleteDocument", func() error { return f.inner.DeleteDocument(ctx, doc, at) })
}

func (f *Faulty) TrashedBefore(ctx context.Context, before time.Time, limit int) ([]storage.DocumentID, error) {
	return look(ctx, f, "TrashedBefore", func() ([]storage.DocumentID, error) { return f.inner.TrashedBefore(ctx, before, limit) })
}

func (f *Faulty) ListWithin(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	return look(ctx, f, "ListWithin", func() ([]storage.Listed, error) { return f.inner.ListWithin(ctx, q) })
}

func (f *Faulty) ApplicationBytes(ctx context.Context, application string) (int64, error) {
	return look(ctx, f, "ApplicationBytes", func() (int64, error) { return f.inner.ApplicationBytes(ctx, application) })
}

func (f *Faulty) OwnedBytes(ctx context.Context, user storage.UserID) (int64, error) {
	return look(ctx, f, "OwnedBytes", func() (int64, error) { return f.inner.OwnedBytes(ctx, user) })
}

func (f *Faulty) CreateUser(ctx context.Context, u storage.User) error {
	return do(ctx, f, "CreateUser", func() error { return f.inner.CreateUser(ctx, u) })
}

func (f *Faulty) CreateFirstUser(ctx context.Context, u storage.User) error {
	return do(ctx, f, "CreateFirstUser", func() error { return f.inner.CreateFirstUser(ctx, u) })
}

func (f *Faulty) HasAccounts(ctx context.Context) (bool, error) {
	return look(ctx, f, "HasAccounts", func() (bool, error) { return f.inner.HasAccounts(ctx) })
}

func (f *Faulty) User(ctx context.Context, id storage.UserID) (storage.User, error) {
	return look(ctx, f, "User", func() (storage.User, error) { return f.inner.User(ctx, id) })
}

func (f *Faulty) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	return look(ctx, f, "Users", func() ([]storage.User, error) { return f.inner.Users(ctx, ids) })
}

func (f *Faulty) Accounts(ctx context.Context, text string, limit int) ([]storage.User, error) {
	return look(ctx, f, "Accounts", func() ([]storage.User, error) { return f.inner.Accounts(ctx, text, limit) })
}

func (f *Faulty) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	return look(ctx, f, "UserByEmail", func() (storage.User, error) { return f.inner.UserByEmail(ctx, email) })
}

func (f *Faulty) UserBySubject(ctx context.Context, issuer, subject string) (storage.User, error) {
	return look(ctx, f, "UserBySubject", func() (storage.User, error) { return f.inner.UserBySubject(ctx, issuer, subject) })
}

func (f *Faulty) ChangeUser(ctx context.Context, id storage.UserID, c storage.UserChange) (storage.User, error) {
	return write(ctx, f, "ChangeUser", func() (storage.User, error) { return f.inner.ChangeUser(ctx, id, c) })
}

func (f *Faulty) CreateSignIn(ctx context.Context, s storage.SignIn) error {
	return do(ctx, f, "CreateSignIn", func() error { return f.inner.CreateSignIn(ctx, s) })
}

func (f *Faulty) SignIn(ctx context.Context, id string, now time.Time) (storage.SignIn, error) {
	return look(ctx, f, "SignIn", func() (storage.SignIn, error) { return f.inner.SignIn(ctx, id, now) })
}

func (f *Faulty) SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (storage.SignIn, storage.User, error) {
	var second storage.User
	first, err := look(ctx, f, "SignInByToken", func() (first storage.SignIn, err error) {
		first, second, err = f.inner.SignInByToken(ctx, tokenHash, now)
		return first, err
	})
	return first, second, err
}

func (f *Faulty) SignIns(ctx context.Context, user storage.UserID, now time.Time) ([]storage.SignIn, error) {
	return look(ctx, f, "SignIns", func() ([]storage.SignIn, error) { return f.inner.SignIns(ctx, user, now) })
}

func (f *Faulty) TouchSignIn(ctx context.Context, id string, seen, expires time.Time) error {
	return do(ctx, f, "TouchSignIn", func() error { return f.inner.TouchSignIn(ctx, id, seen, expires) })
}

func (f *Faulty) DeleteSignIn(ctx context.Context, user storage.UserID, id string) error {
	return do(ctx, f, "DeleteSignIn", func() error { return f.inner.DeleteSignIn(ctx, user, id) })
}

func (f *Faulty) DeleteSignIns(ctx context.Context, user storage.UserID, except string) ([]string, error) {
	return write(ctx, f, "DeleteSignIns", func() ([]string, error) { return f.inner.DeleteSignIns(ctx, user, except) })
}

func (f *Faulty) DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error) {
	return write(ctx, f, "DeleteExpiredSignIns", func() (int, error) { return f.inner.DeleteExpiredSignIns(ctx, now) })
}

func (f *Faulty) Grant(ctx context.Context, doc storage.DocumentID, user storage.UserID) (storage.Grant, error) {
	return look(ctx, f, "Grant", func() (storage.Grant, error) { return f.inner.Grant(ctx, doc, user) })
}

func (f *Faulty) Grants(ctx context.Context, doc storage.DocumentID) ([]storage.Grant, error) {
	return look(ctx, f, "Grants", func() ([]storage.Grant, error) { return f.inner.Grants(ctx, doc) })
}

func (f *Faulty) SetGrant(ctx context.Context, g storage.Grant, was string) (storage.Grant, error) {
	return write(ctx, f, "SetGrant", func() (storage.Grant, error) { return f.inner.SetGrant(ctx, g, was) })
}

func (f *Faulty) RemoveGrant(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return do(ctx, f, "RemoveGrant", func() error { return f.inner.RemoveGrant(ctx, doc, user) })
}

func (f *Faulty) CreateLink(ctx context.Context, l storage.Link) error {
	return do(ctx, f, "CreateLink", func() error { return f.inner.CreateLink(ctx, l) })
}

func (f *Faulty) Links(ctx context.Context, doc storage.DocumentID) ([]storage.Link, error) {
	return look(ctx, f, "Links", func() ([]storage.Link, error) { return f.inner.Links(ctx, doc) })
}

func (f *Faulty) LinkByToken(ctx context.Context, tokenHash []byte) (storage.Link, error) {
	return look(ctx, f, "LinkByToken", func() (storage.Link, error) { return f.inner.LinkByToken(ctx, tokenHash) })
}

func (f *Faulty) SetLinkExpiry(ctx context.Context, doc storage.DocumentID, id string, expires time.Time) (storage.Link, error) {
	return write(ctx, f, "SetLinkExpiry", func() (storage.Link, error) { return f.inner.SetLinkExpiry(ctx, doc, id, expires) })
}

func (f *Faulty) DeleteLink(ctx context.Context, doc storage.DocumentID, id string) error {
	return do(ctx, f, "DeleteLink", func() error { return f.inner.DeleteLink(ctx, doc, id) })
}

func (f *Faulty) Setting(ctx context.Context, key string) ([]byte, error) {
	return look(ctx, f, "Setting", func() ([]byte, error) { return f.inner.Setting(ctx, key) })
}

func (f *Faulty) SetSetting(ctx context.Context, key string, value, was []byte) error {
	return do(ctx, f, "SetSetting", func() error { return f.inner.SetSetting(ctx, key, value, was) })
}

func (f *Faulty) Ping(ctx context.Context) error {
	_, err := look(ctx, f, "Ping", func() (struct{}, error) { return struct{}{}, f.inner.Ping(ctx) })
	return err
}

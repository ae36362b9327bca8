package storagetest

import (
	"context"
	"time"

	"quire/storage"
)

// The calls about credentials and administration.

func (f *Faulty) CreateCode(ctx context.Context, c storage.Code) error {
	return do(ctx, f, "CreateCode", func() error { return f.inner.CreateCode(ctx, c) })
}

func (f *Faulty) Code(ctx context.Context, hash []byte, purpose string, now time.Time) (storage.Code, error) {
	return look(ctx, f, "Code", func() (storage.Code, error) { return f.inner.Code(ctx, hash, purpose, now) })
}

func (f *Faulty) UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c storage.UserChange) (storage.User, error) {
	return write(ctx, f, "UseCode", func() (storage.User, error) { return f.inner.UseCode(ctx, hash, purpose, now, c) })
}

func (f *Faulty) DeleteCodes(ctx context.Context, user storage.UserID, purpose string) error {
	return do(ctx, f, "DeleteCodes", func() error { return f.inner.DeleteCodes(ctx, user, purpose) })
}

func (f *Faulty) CreateToken(ctx context.Context, t storage.Token) error {
	return do(ctx, f, "CreateToken", func() error { return f.inner.CreateToken(ctx, t) })
}

func (f *Faulty) TokenByHash(ctx context.Context, hash []byte, now time.Time) (storage.Token, storage.User, error) {
	var second storage.User
	first, err := look(ctx, f, "TokenByHash", func() (first storage.Token, err error) {
		first, second, err = f.inner.TokenByHash(ctx, hash, now)
		return first, err
	})
	return first, second, err
}

func (f *Faulty) Tokens(ctx context.Context, user storage.UserID, now time.Time) ([]storage.Token, error) {
	return look(ctx, f, "Tokens", func() ([]storage.Token, error) { return f.inner.Tokens(ctx, user, now) })
}

func (f *Faulty) TouchToken(ctx context.Context, id string, used time.Time) error {
	return do(ctx, f, "TouchToken", func() error { return f.inner.TouchToken(ctx, id, used) })
}

func (f *Faulty) DeleteToken(ctx context.Context, user storage.UserID, id string) error {
	return do(ctx, f, "DeleteToken", func() error { return f.inner.DeleteToken(ctx, user, id) })
}

func (f *Faulty) DeleteTokens(ctx context.Context, user storage.UserID) ([]string, error) {
	return write(ctx, f, "DeleteTokens", func() ([]string, error) { return f.inner.DeleteTokens(ctx, user) })
}

func (f *Faulty) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return write(ctx, f, "DeleteExpired", func() (int, error) { return f.inner.DeleteExpired(ctx, now) })
}

func (f *Faulty) Note(ctx context.Context, e storage.AuditEntry) (int64, error) {
	return write(ctx, f, "Note", func() (int64, error) { return f.inner.Note(ctx, e) })
}

func (f *Faulty) Strike(ctx context.Context, id int64) error {
	return do(ctx, f, "Strike", func() error { return f.inner.Strike(ctx, id) })
}

func (f *Faulty) Audit(ctx context.Context, q storage.AuditQuery) ([]storage.AuditEntry, error) {
	return look(ctx, f, "Audit", func() ([]storage.AuditEntry, error) { return f.inner.Audit(ctx, q) })
}

func (f *Faulty) DeleteAudit(ctx context.Context, before time.Time, limit int) (int, error) {
	return write(ctx, f, "DeleteAudit", func() (int, error) { return f.inner.DeleteAudit(ctx, before, limit) })
}

func (f *Faulty) ListPeople(ctx context.Context, q storage.PersonQuery) ([]storage.PersonListed, error) {
	return look(ctx, f, "ListPeople", func() ([]storage.PersonListed, error) { return f.inner.ListPeople(ctx, q) })
}

func (f *Faulty) ListAll(ctx context.Context, q storage.DocumentQuery) ([]storage.DocumentListed, error) {
	return look(ctx, f, "ListAll", func() ([]storage.DocumentListed, error) { return f.inner.ListAll(ctx, q) })
}

func (f *Faulty) Totals(ctx context.Context) (storage.Totals, error) {
	return look(ctx, f, "Totals", func() (storage.Totals, error) { return f.inner.Totals(ctx) })
}

func (f *Faulty) Size(ctx context.Context) (int64, error) {
	return look(ctx, f, "Size", func() (int64, error) { return f.inner.Size(ctx) })
}

func (f *Faulty) DeleteUser(ctx context.Context, id storage.UserID, at time.Time) error {
	return do(ctx, f, "DeleteUser", func() error { return f.inner.DeleteUser(ctx, id, at) })
}

func (f *Faulty) SetPicture(ctx context.Context, id storage.UserID, contentType string, body []byte, version string) error {
	return do(ctx, f, "SetPicture", func() error { return f.inner.SetPicture(ctx, id, contentType, body, version) })
}

func (f *Faulty) Picture(ctx context.Context, id storage.UserID) (contentType string, body []byte, version string, err error) {
	_, err = look(ctx, f, "Picture", func() (struct{}, error) {
		contentType, body, version, err = f.inner.Picture(ctx, id)
		return struct{}{}, err
	})
	return contentType, body, version, err
}

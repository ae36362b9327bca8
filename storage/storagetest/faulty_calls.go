package storagetest

import (
	"context"
	"fmt"
	"time"

	"quire/storage"
)

// writes holds every method that Faulty intercepts, and whether it changes what is stored.
var writes = map[string]bool{
	"Append": true, "Load": false, "Read": false, "Find": false, "Head": false, "SaveSnapshot": true, "Barrier": false, "Epoch": false,
	"CreateDocument": true, "HeldRoles": false,
	"TrashedBefore": false, "Grants": false, "RemoveGrant": true, "RemoveGroupMember": true, "Setting": false,
	"CreateUser": true, "ChangeUser": true, "CreateSignIn": true, "SignIn": false, "SignInByToken": false,
	"CreateCode": true, "UseCode": true, "DeleteCodes": true,
}

func (f Fault) err(method string) error {
	if f == Refuse {
		return fmt.Errorf("storagetest: %s: %w", method, storage.ErrUnavailable)
	}
	return fmt.Errorf("%w during %s", ErrBroken, method)
}

// through makes an intercepted call, unless its fault prevents that, and returns its result, or the fault's error.
func through[T any](ctx context.Context, f *Faulty, method string, call func() (T, error)) (T, error) {
	var none T
	fault, err := f.decide(ctx, Call{method: method, Writes: writes[method]})
	switch {
	case err != nil:
		return none, err
	case fault == None:
		return call()
	case fault == Late:
		return late(ctx, f, call)
	case fault == Lie || fault == Half:
		call() // the result is lost
	}
	return none, fault.err(method)
}

// do is through for a call that returns only an error.
func do(ctx context.Context, f *Faulty, method string, call func() error) error {
	_, err := through(ctx, f, method, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// pair is through for a call that returns two values.
func pair[A, B any](ctx context.Context, f *Faulty, method string, call func() (A, B, error)) (a A, b B, err error) {
	a, err = through(ctx, f, method, func() (first A, err error) {
		first, b, err = call()
		return first, err
	})
	return a, b, err
}

// Append fails as Fault says.
func (f *Faulty) Append(ctx context.Context, batches []storage.Batch) []error {
	fault, err := f.decide(ctx, Call{method: "Append", Writes: true})
	if err == nil && fault == None {
		return f.Store.Append(ctx, batches)
	}
	switch fault {
	case Lie:
		f.Store.Append(ctx, batches)
	case Half:
		var half []storage.Batch
		for i := 0; i < len(batches); i += 2 {
			half = append(half, batches[i])
		}
		f.Store.Append(ctx, half)
	}
	if err == nil {
		err = fault.err("Append")
	}
	outcomes := make([]error, len(batches))
	for i := range outcomes {
		outcomes[i] = err
	}
	return outcomes
}

func (f *Faulty) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error) {
	return through(ctx, f, "Load", func() (storage.Loaded, error) { return f.Store.Load(ctx, doc, at, limitBytes) })
}

func (f *Faulty) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	return through(ctx, f, "Read", func() ([]storage.Op, error) { return f.Store.Read(ctx, doc, from, to, limitBytes) })
}

func (f *Faulty) Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error) {
	return pair(ctx, f, "Find", func() (storage.Revision, storage.Op, error) { return f.Store.Find(ctx, doc, from, client, seq) })
}

func (f *Faulty) Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error) {
	return through(ctx, f, "Head", func() (storage.Head, error) { return f.Store.Head(ctx, doc) })
}

func (f *Faulty) SaveSnapshot(ctx context.Context, doc storage.DocumentID, s storage.Snapshot) error {
	return do(ctx, f, "SaveSnapshot", func() error { return f.Store.SaveSnapshot(ctx, doc, s) })
}

func (f *Faulty) Barrier(ctx context.Context) error {
	return do(ctx, f, "Barrier", func() error { return f.Store.Barrier(ctx) })
}

func (f *Faulty) Epoch(ctx context.Context) (string, error) {
	return through(ctx, f, "Epoch", func() (string, error) { return f.Store.Epoch(ctx) })
}

func (f *Faulty) CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error {
	return do(ctx, f, "CreateDocument", func() error { return f.Store.CreateDocument(ctx, d, ops) })
}

func (f *Faulty) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	return through(ctx, f, "HeldRoles", func() ([]storage.HeldRole, error) { return f.Store.HeldRoles(ctx, doc, user) })
}

func (f *Faulty) TrashedBefore(ctx context.Context, before time.Time, limit int) ([]storage.DocumentID, error) {
	return through(ctx, f, "TrashedBefore", func() ([]storage.DocumentID, error) { return f.Store.TrashedBefore(ctx, before, limit) })
}

func (f *Faulty) Grants(ctx context.Context, doc storage.DocumentID) ([]storage.Grant, error) {
	return through(ctx, f, "Grants", func() ([]storage.Grant, error) { return f.Store.Grants(ctx, doc) })
}

func (f *Faulty) RemoveGrant(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return do(ctx, f, "RemoveGrant", func() error { return f.Store.RemoveGrant(ctx, doc, user) })
}

func (f *Faulty) RemoveGroupMember(ctx context.Context, id string, user storage.UserID) error {
	return do(ctx, f, "RemoveGroupMember", func() error { return f.Store.RemoveGroupMember(ctx, id, user) })
}

func (f *Faulty) Setting(ctx context.Context, key string) ([]byte, error) {
	return through(ctx, f, "Setting", func() ([]byte, error) { return f.Store.Setting(ctx, key) })
}

func (f *Faulty) CreateUser(ctx context.Context, u storage.User) error {
	return do(ctx, f, "CreateUser", func() error { return f.Store.CreateUser(ctx, u) })
}

func (f *Faulty) ChangeUser(ctx context.Context, id storage.UserID, c storage.UserChange) (storage.User, error) {
	return through(ctx, f, "ChangeUser", func() (storage.User, error) { return f.Store.ChangeUser(ctx, id, c) })
}

func (f *Faulty) CreateSignIn(ctx context.Context, s storage.SignIn) error {
	return do(ctx, f, "CreateSignIn", func() error { return f.Store.CreateSignIn(ctx, s) })
}

func (f *Faulty) SignIn(ctx context.Context, id string, now time.Time) (storage.SignIn, error) {
	return through(ctx, f, "SignIn", func() (storage.SignIn, error) { return f.Store.SignIn(ctx, id, now) })
}

func (f *Faulty) SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (storage.SignIn, storage.User, error) {
	return pair(ctx, f, "SignInByToken", func() (storage.SignIn, storage.User, error) { return f.Store.SignInByToken(ctx, tokenHash, now) })
}

func (f *Faulty) CreateCode(ctx context.Context, c storage.Code) error {
	return do(ctx, f, "CreateCode", func() error { return f.Store.CreateCode(ctx, c) })
}

func (f *Faulty) UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c storage.UserChange) (storage.User, error) {
	return through(ctx, f, "UseCode", func() (storage.User, error) { return f.Store.UseCode(ctx, hash, purpose, now, c) })
}

func (f *Faulty) DeleteCodes(ctx context.Context, user storage.UserID, purpose string) error {
	return do(ctx, f, "DeleteCodes", func() error { return f.Store.DeleteCodes(ctx, user, purpose) })
}

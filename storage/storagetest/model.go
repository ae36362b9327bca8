package storagetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"quire/storage"
	"quire/storage/memory"
)

// runModel makes the same random calls on the model and on the backend and compares each answer. QUIRE_SEED repeats one.
func runModel(t *testing.T, open func(t *testing.T) storage.Store) {
	seed, steps := rand.Uint64(), 4000
	if given, err := strconv.ParseUint(os.Getenv("QUIRE_SEED"), 10, 64); err == nil {
		seed = given
	}
	switch {
	case os.Getenv("QUIRE_LONG") != "":
		steps = 100_000
	case testing.Short():
		steps = 1500
	}
	t.Logf("QUIRE_SEED=%d", seed)
	m := newRandom(seed)
	backend, after := open(t), int64(0)
	for step := range steps {
		what, call := m.call(t.Context())
		want, wantErr := call(m.model)
		got, gotErr := call(backend)
		if !same(got, want) || class(gotErr) != class(wantErr) {
			t.Fatalf("step %d of seed %d: %s\n got %+v, %v\nwant %+v, %v", step, seed, what, got, gotErr, want, wantErr)
		}
		if step%20 == 0 {
			want, newest := events(t, m.model, after)
			got, _ := events(t, backend, after)
			wantSame(t, fmt.Sprintf("events up to step %d of seed %d, which was %s", step, seed, what), told(got), told(want))
			after = newest
		}
	}
}

func newRandom(seed uint64) *random {
	return &random{
		Rand: rand.New(rand.NewPCG(seed, 1)), model: memory.New(),
		names: []storage.UserID{"ann", "bob", "cat", "dan"}, docs: []storage.DocumentID{"d", "e", "f", "g", "h", "i"}, noted: entries{},
	}
}

// class returns the sentinel that err wraps, which is all that callers branch on.
func class(err error) error {
	if err == nil {
		return nil
	}
	for _, sentinel := range []error{
		storage.ErrConflict, storage.ErrNotFound, storage.ErrDeleted, storage.ErrExists, storage.ErrLastOwner, storage.ErrLastManager, storage.ErrLastAdmin, storage.ErrFull, storage.ErrAhead,
		storage.ErrInvalid, storage.ErrUnavailable, storage.ErrDamaged,
	} {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	return errors.New("another")
}

// random makes random calls that use few names, so that they often concern the same rows.
type random struct {
	*rand.Rand
	model *memory.Store
	docs  []storage.DocumentID // the ids in use; a new one replaces a deleted one
	names []storage.UserID
	used  int                // how many new ids were made
	lost  storage.DocumentID // the last document deleted
	gone  storage.UserID     // the last person deleted
	noted entries
}

type answer func(s storage.Store) (any, error)

func pick[T any](r *random, of ...T) T { return of[r.IntN(len(of))] }

// doc returns one of few ids, sometimes of a document that is deleted or never existed.
func (r *random) doc() storage.DocumentID {
	if r.IntN(20) == 0 {
		return pick(r, r.lost, "never")
	}
	return pick(r, r.docs...)
}

// one returns mostly one of there, otherwise other.
func one[T any](r *random, there []T, err error, other T) T {
	if err != nil || len(there) == 0 || r.IntN(4) == 0 {
		return other
	}
	return pick(r, there...)
}

// next returns an id that was never used.
func (r *random) next(kind string) string {
	r.used++
	return fmt.Sprint(kind, r.used)
}

// user returns one of few ids, sometimes of a user who is deleted or never existed.
func (r *random) user() storage.UserID {
	if r.IntN(30) == 0 {
		return pick(r, r.gone, "nobody")
	}
	return pick(r, r.names...)
}

func (r *random) role() string { return pick(r, "viewer", "editor", storage.RoleOwner) }
func (r *random) word() string {
	return pick(r, "", "a", "A", "Ä", "ä", "%", "_", "x\x00y", "\xff", "ab", "the title", "THE TITLE")
}

// base returns mostly the head, sometimes one less or more.
func (r *random) base(ctx context.Context, doc storage.DocumentID) storage.Revision {
	h, _ := r.model.Head(ctx, doc) // an unknown document has head 0
	return h.Revision + pick[storage.Revision](r, 0, 0, 0, 0, -1, 1)
}

// revision returns a revision of the log, sometimes one outside it.
func (r *random) revision(ctx context.Context, doc storage.DocumentID) storage.Revision {
	h, _ := r.model.Head(ctx, doc)
	return storage.Revision(r.IntN(int(h.Revision)+3)) - 1
}

func (r *random) ops() []storage.Op {
	ops := make([]storage.Op, 1+r.IntN(4))
	for i := range ops {
		body := make([]byte, r.IntN(60))
		for k := range body {
			body[k] = byte(r.Uint32())
		}
		ops[i] = storage.Op{Client: pick(r, anyClient...), Seq: r.Int64N(5), Author: pick(r, "", r.user()), At: minute(r.IntN(9)), Body: body}
	}
	return ops
}

func (r *random) call(ctx context.Context) (string, answer) {
	family := pick(r, r.logCall, r.logCall, r.documentCall, r.documentCall, r.peopleCall, r.peopleCall, r.grantCall, r.grantCall,
		r.groupCall, r.sharingCall, r.sharingCall, r.invitationCall, r.credentialCall, r.auditCall, r.adminCall)
	return family(ctx)
}

func (r *random) logCall(ctx context.Context) (string, answer) {
	doc := r.doc()
	from, to, limit := r.revision(ctx, doc), r.revision(ctx, doc), pick(r, 0, 1, 90, 400)
	switch r.IntN(6) {
	case 0, 1:
		return r.appendCall(ctx)
	case 2:
		return fmt.Sprintf("Read(%s, %d, %d, %d)", doc, from, to, limit), func(s storage.Store) (any, error) {
			return s.Read(ctx, doc, from, to, limit)
		}
	case 3:
		return fmt.Sprintf("Load(%s, %d, %d)", doc, from, limit), func(s storage.Store) (any, error) { return s.Load(ctx, doc, from, limit) }
	case 4:
		client, seq := pick(r, anyClient...), r.Int64N(5)
		return fmt.Sprintf("Find(%s, %d, %q, %d)", doc, from, client, seq), func(s storage.Store) (any, error) {
			at, op, err := s.Find(ctx, doc, from, client, seq)
			return []any{at, op}, err
		}
	}
	sn := storage.Snapshot{Revision: from, Body: []byte(fmt.Sprint(r.Uint32())), Preview: r.word()}
	return fmt.Sprintf("SaveSnapshot(%s, %d)", doc, from), func(s storage.Store) (any, error) {
		err := s.SaveSnapshot(ctx, doc, sn)
		list, _ := s.Snapshots(ctx, doc)
		return list, err
	}
}

func (r *random) appendCall(ctx context.Context) (string, answer) {
	var batches []storage.Batch
	for range 1 + r.IntN(5) {
		doc := r.doc()
		batches = append(batches, storage.Batch{Document: doc, Base: r.base(ctx, doc), Ops: r.ops()})
	}
	return fmt.Sprintf("Append(%+v)", batches), func(s storage.Store) (any, error) {
		var answers []any
		for i, err := range s.Append(ctx, batches) {
			h, _ := s.Head(ctx, batches[i].Document)
			answers = append(answers, class(err), h)
		}
		return answers, nil
	}
}

func (r *random) documentCall(ctx context.Context) (string, answer) {
	doc, user, word, at := r.doc(), r.user(), r.word(), minute(r.IntN(9))
	switch r.IntN(9) {
	case 0, 1:
		d := storage.Document{ID: doc, Title: word, Owner: user, CreatedAt: at}
		if r.IntN(4) == 0 {
			d.Owner, d.Application = "", "app"
		}
		ops := r.ops()
		return fmt.Sprintf("CreateDocument(%+v)", d), func(s storage.Store) (any, error) { return nil, s.CreateDocument(ctx, d, ops) }
	case 2:
		return fmt.Sprintf("SetTitle(%s, %q)", doc, word), func(s storage.Store) (any, error) { return nil, s.SetTitle(ctx, doc, word) }
	case 3:
		return fmt.Sprintf("TrashDocument(%s)", doc), func(s storage.Store) (any, error) { return nil, s.TrashDocument(ctx, doc, user, at) }
	case 4:
		return fmt.Sprintf("RestoreDocument(%s)", doc), func(s storage.Store) (any, error) { return nil, s.RestoreDocument(ctx, doc) }
	case 5:
		if r.IntN(4) > 0 {
			break
		}
		another := storage.DocumentID(r.next("d"))
		return fmt.Sprintf("DeleteDocument(%s)", doc), func(s storage.Store) (any, error) {
			err := s.DeleteDocument(ctx, doc, at)
			if place := slices.Index(r.docs, doc); err == nil && place >= 0 {
				r.docs[place], r.lost = another, doc
			}
			return nil, err
		}
	case 6:
		return fmt.Sprintf("TrashedBefore(%v)", at), func(s storage.Store) (any, error) {
			bytes, err := s.OwnedBytes(ctx, user)
			theirs, _ := s.ApplicationBytes(ctx, "app")
			list, listErr := s.TrashedBefore(ctx, at, 3)
			return []any{bytes, class(err), theirs, list}, listErr
		}
	}
	q := storage.DocumentQuery{
		User: user, Scope: pick(r, storage.ScopeAll, storage.ScopeMine, storage.ScopeShared, storage.ScopeTrash), Title: word, Limit: 1 + r.IntN(5),
		After: pick(r, storage.Cursor{}, storage.Cursor{UpdatedAt: at, ID: doc}),
	}
	if r.IntN(3) == 0 {
		q.Within = pick(r, nil, []storage.IDRange{{From: "", Before: "\x7f"}}, []storage.IDRange{{From: "d", Before: "e\x01"}, {From: "h", Before: "h\x7f"}})
		return fmt.Sprintf("ListWithin(%+v)", q), func(s storage.Store) (any, error) { return s.ListWithin(ctx, q) }
	}
	return fmt.Sprintf("ListDocuments(%+v)", q), func(s storage.Store) (any, error) {
		found, err := s.ListDocuments(ctx, q)
		d, _ := s.Document(ctx, doc)
		return []any{found, d}, err
	}
}

func (r *random) grantCall(ctx context.Context) (string, answer) {
	g := storage.Grant{Document: r.doc(), User: r.user(), Role: r.role(), CreatedAt: minute(r.IntN(3)), Via: r.word()}
	was := pick(r, storage.AnyRole, storage.AnyRole, "", r.role())
	l := storage.Link{
		ID: pick(r, "1", "2", "3", "4"), Document: g.Document, Role: g.Role, TokenHash: []byte(pick(r, "w", "x", "y", "z")),
		CreatedAt: g.CreatedAt, ExpiresAt: minute(r.IntN(3)),
	}
	links, err := r.model.Links(ctx, g.Document)
	there := one(r, links, err, l)
	key, value, before := pick(r, "k", "l"), pick(r, nil, []byte{}, []byte("v")), pick(r, nil, []byte{}, []byte("v"))
	switch r.IntN(7) {
	case 0, 1:
		return fmt.Sprintf("SetGrant(%+v, %q)", g, was), func(s storage.Store) (any, error) { return s.SetGrant(ctx, g, was) }
	case 2:
		return fmt.Sprintf("RemoveGrant(%+v)", g), func(s storage.Store) (any, error) {
			err := s.RemoveGrant(ctx, g.Document, g.User)
			left, _ := s.Grants(ctx, g.Document)
			return left, err
		}
	case 3:
		return fmt.Sprintf("CreateLink(%+v)", l), func(s storage.Store) (any, error) {
			err := s.CreateLink(ctx, l)
			all, _ := s.Links(ctx, l.Document)
			return all, err
		}
	case 4:
		return fmt.Sprintf("DeleteLink(%+v)", there), func(s storage.Store) (any, error) {
			found, _ := s.LinkByToken(ctx, there.TokenHash)
			err := s.DeleteLink(ctx, g.Document, there.ID)
			return found, err
		}
	case 5:
		return fmt.Sprintf("SetLinkExpiry(%+v)", there), func(s storage.Store) (any, error) {
			return s.SetLinkExpiry(ctx, g.Document, there.ID, l.ExpiresAt)
		}
	}
	return fmt.Sprintf("SetSetting(%q, %q, %q)", key, value, before), func(s storage.Store) (any, error) {
		err := s.SetSetting(ctx, key, value, before)
		now, _ := s.Setting(ctx, key)
		return []any{now, now != nil}, err
	}
}

func (r *random) peopleCall(ctx context.Context) (string, answer) {
	u := storage.User{ID: r.user(), Email: r.word(), Name: r.word(), Color: r.IntN(9), CreatedAt: minute(r.IntN(9))}
	if r.IntN(2) == 0 {
		u.Issuer, u.Subject = "app", pick(r, "1", "2", "\x00")
	}
	now := minute(r.IntN(9))
	si := storage.SignIn{ID: pick(r, "1", "2", "3", "4"), TokenHash: []byte(pick(r, "x", "y", "z", "")), User: u.ID, CreatedAt: u.CreatedAt, ExpiresAt: minute(r.IntN(9)), UserAgent: r.word()}
	switch r.IntN(8) {
	case 0:
		return fmt.Sprintf("CreateUser(%+v)", u), func(s storage.Store) (any, error) { return nil, s.CreateUser(ctx, u) }
	case 1:
		return fmt.Sprintf("ChangeUser(%+v)", u), func(s storage.Store) (any, error) {
			return s.ChangeUser(ctx, u.ID, storage.UserChange{Email: &u.Email, Color: &u.Color})
		}
	case 2:
		return fmt.Sprintf("users(%+v)", u), func(s storage.Store) (any, error) {
			byMail, err := s.UserByEmail(ctx, u.Email)
			bySubject, subjectErr := s.UserBySubject(ctx, u.Issuer, u.Subject)
			several, severalErr := s.Users(ctx, []storage.UserID{"dan", u.ID})
			slices.SortFunc(several, func(a, b storage.User) int { return cmp.Compare(a.ID, b.ID) })
			has, _ := s.HasAccounts(ctx)
			return []any{byMail, bySubject, class(subjectErr), several, class(severalErr), has}, err
		}
	case 3, 4:
		return fmt.Sprintf("CreateSignIn(%+v)", si), func(s storage.Store) (any, error) { return nil, s.CreateSignIn(ctx, si) }
	case 5:
		return fmt.Sprintf("SignInByToken(%+v, %v)", si, now), func(s storage.Store) (any, error) {
			got, who, err := s.SignInByToken(ctx, si.TokenHash, now)
			all, _ := s.SignIns(ctx, u.ID, now)
			return []any{got, who, all}, err
		}
	case 6:
		return fmt.Sprintf("TouchSignIn(%+v, %v)", si, now), func(s storage.Store) (any, error) {
			return nil, s.TouchSignIn(ctx, si.ID, now, si.ExpiresAt)
		}
	}
	all := r.IntN(3) == 0
	return fmt.Sprintf("DeleteSignIn(s)(%+v, %v)", si, now), func(s storage.Store) (any, error) {
		if all {
			ended, err := s.DeleteSignIns(ctx, u.ID, si.ID)
			slices.Sort(ended)
			return ended, err
		}
		n, _ := s.DeleteExpiredSignIns(ctx, minute(2))
		return n, s.DeleteSignIn(ctx, u.ID, si.ID)
	}
}

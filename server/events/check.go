package events

import (
	"context"
	"errors"
	"slices"
	"time"

	"quire/collab"
	"quire/storage"
)

// peopleAtOnce is how many people are looked up with one question.
const peopleAtOnce = 100

// pass is what Check still has to look at. What would let somebody in who may not comes first.
type pass struct {
	session uint64    // number of the newest session whose sign-in was queued
	begun   time.Time // when everything was last queued

	proofs   []collab.Proof
	people   []storage.UserID
	rows     []storage.DocumentID // titles and the trash
	heads    []storage.DocumentID
	settings bool
}

// Check checks which timeline the log serves (Hub.Follow), and the sign-ins of sessions that joined since the last call, because one
// may have ended after it was checked and before its session joined. Every minute it checks everything, and after missed events also
// people, titles and the trash. It does so for about readEvery, and reports whether there is more to do: the next call goes on there.
// What fails is tried again.
func (w *Watch) Check(ctx context.Context) (more bool, err error) {
	w.checking.Lock()
	defer w.checking.Unlock()
	w.queue()
	until := time.Now().Add(readEvery)
	p := &w.pass
	err = errors.Join(
		drain(ctx, &p.proofs, 1, until, func(some []collab.Proof) error { return w.checkProof(ctx, some[0]) }),
		w.cfg.Hub.Follow(ctx),
		drain(ctx, &p.people, peopleAtOnce, until, func(some []storage.UserID) error { return w.checkPeople(ctx, some) }),
		drain(ctx, &p.rows, 1, until, func(some []storage.DocumentID) error { return w.lookAt(ctx, some[0], collab.Identity{}) }),
		drain(ctx, &p.heads, 1, until, func(some []storage.DocumentID) error { return w.checkHead(ctx, some[0]) }),
	)
	if p.settings {
		failed := w.cfg.Settings(ctx)
		p.settings = failed != nil
		err = errors.Join(err, failed)
	}
	return err == nil && len(p.proofs)+len(p.people)+len(p.rows)+len(p.heads) > 0, err
}

// queue adds to the pass what has to be checked. What waits already keeps its place, so that everything is reached although all of it
// is queued again and again; new sessions go before.
func (w *Watch) queue() {
	w.mu.Lock()
	missed := w.all
	w.all = false
	w.mu.Unlock()
	p, hub, now := &w.pass, w.cfg.Hub, w.cfg.Now()
	newer, newest := hub.Proofs(p.session)
	p.proofs, p.session = union(newer, p.proofs), newest
	if !missed && now.Sub(p.begun) < checkEvery {
		return
	}
	p.begun, p.settings = now, true
	all, _ := hub.Proofs(0)
	p.proofs = union(p.proofs, all)
	docs := hub.Documents()
	p.heads = union(p.heads, docs)
	if missed {
		p.people, p.rows = union(p.people, hub.Users()), union(p.rows, docs)
	}
}

// union returns first, and behind it what else is in second.
func union[T comparable](first, second []T) []T {
	has := make(map[T]struct{}, len(first))
	for _, x := range first {
		has[x] = struct{}{}
	}
	for _, x := range second {
		if _, ok := has[x]; !ok {
			first = append(first, x)
		}
	}
	return first
}

// drain does what is queued, some at once, until that time. What fails goes to the end of the queue, so that it holds nothing else up;
// if the store does not answer the rest waits for the next call.
func drain[T any](ctx context.Context, queue *[]T, some int, until time.Time, do func([]T) error) (failed error) {
	for left := len(*queue); left > 0 && time.Now().Before(until); {
		next := (*queue)[:min(some, left)]
		err := do(next)
		*queue = (*queue)[len(next):]
		left -= len(next)
		if err != nil {
			failed = err
			*queue = append(*queue, next...)
			if ctx.Err() != nil || errors.Is(err, storage.ErrUnavailable) {
				break
			}
		}
	}
	return failed
}

// checkProof ends the sessions of a sign-in that is no longer valid.
func (w *Watch) checkProof(ctx context.Context, p collab.Proof) error {
	counts, err := w.cfg.Auth.StillCounts(ctx, p)
	if err == nil && !counts {
		w.cfg.Hub.Apply(storage.Event{Kind: storage.EventSignIn, ID: p.SignIn})
	}
	return err
}

// checkSignIn is checkProof for the sessions of one sign-in.
func (w *Watch) checkSignIn(ctx context.Context, signIn string) error {
	proofs, _ := w.cfg.Hub.Proofs(0)
	for _, p := range proofs {
		if p.SignIn != signIn {
			continue
		}
		if err := w.checkProof(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// checkPeople ends the sessions of people who are suspended or deleted, also those without a sign-in, and shows the present names of
// the others.
func (w *Watch) checkPeople(ctx context.Context, some []storage.UserID) error {
	w.row.Lock()
	defer w.row.Unlock()
	users, err := w.cfg.Store.Users(ctx, some)
	if err != nil {
		return err
	}
	over := slices.Clone(some) // without a row they are deleted
	for _, u := range users {
		if !gone(u) {
			w.cfg.Hub.UserChanged(w.cfg.Auth.PersonOf(u))
			over = slices.DeleteFunc(over, func(id storage.UserID) bool { return id == u.ID })
		}
	}
	if len(over) > 0 {
		w.cfg.Hub.Apply(storage.Event{Kind: storage.EventEnded, Users: over})
	}
	return nil
}

// gone reports whether all sessions of u must end.
func gone(u storage.User) bool { return u.Suspended() || !u.DeletedAt.IsZero() }

// checkHead makes a document that differs from its head in the store compare itself with the log, and closes one that was deleted for
// good.
func (w *Watch) checkHead(ctx context.Context, doc storage.DocumentID) error {
	head, err := w.cfg.Store.Head(ctx, doc)
	switch {
	case err == nil:
		w.cfg.Hub.Look(doc, head)
	case errors.Is(err, storage.ErrDeleted):
		w.cfg.Hub.Apply(storage.Event{Kind: storage.EventDeleted, Document: doc})
	case !errors.Is(err, storage.ErrNotFound):
		return err
	}
	return nil
}

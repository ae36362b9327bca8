package sharing

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/collab"
	"quire/server/auth"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// told keeps in short what the store told.
type told struct{ events []string }

func (l *told) hear(events []storage.Event) {
	for _, e := range events {
		words := []string{string(e.Kind)}
		for _, word := range append([]string{string(e.Document), e.Group}, ids(e.Users)...) {
			if word != "" {
				words = append(words, word)
			}
		}
		if e.Kind != storage.EventMembers {
			words = append(words, "by", string(e.By))
		}
		l.events = append(l.events, strings.Join(words, " "))
	}
}

func ids(users []storage.UserID) (list []string) {
	for _, u := range users {
		list = append(list, string(u))
	}
	return list
}

// letters keeps which e-mails were written to.
type letters struct{ to []string }

func (l *letters) MailInvitation(letter auth.InvitationLetter) bool {
	l.to = append(l.to, letter.To)
	return true
}

// desk is a Service over a store with the people ann, bob and cid, and the document d of ann's.
type desk struct {
	*Service
	t     *testing.T
	store storage.Store
	live  *told
	post  letters
}

var ann = By{collab.Identity{User: "ann"}, "192.0.2.1"}

func newDesk(t *testing.T) *desk { return newDeskOn(t, memory.New()) }

func newDeskOn(t *testing.T, store storage.Store) *desk {
	d := &desk{t: t, store: store, live: &told{}}
	for _, id := range []storage.UserID{"ann", "bob", "cid"} {
		d.must(d.store.CreateUser(t.Context(), storage.User{ID: id, Name: string(id), Email: string(id) + "@x.org", CreatedAt: noon}))
	}
	d.must(d.store.CreateDocument(t.Context(), storage.Document{ID: "d", Owner: "ann", CreatedAt: noon}, nil))
	d.store.Hear(d.live.hear)
	d.Service = New(d.store, &d.post, func() time.Time { return noon }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	return d
}

// as is a request of somebody's.
func (d *desk) as(user storage.UserID) context.Context {
	return storage.As(context.Background(), storage.Actor{ID: user})
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// did compares what the last act left: its entry in the audit log, "" for none, and what open sockets were told.
func (d *desk) did(action, subject string, events ...string) {
	d.t.Helper()
	list, err := d.store.Audit(d.t.Context(), storage.AuditQuery{Limit: 10})
	d.must(err)
	for _, e := range list {
		if e.Action != action || e.Subject != subject || e.Actor != "ann" || e.Address != "192.0.2.1" || !e.At.Equal(noon) {
			d.t.Errorf("the audit log says %+v, want %s of %s by ann", e, action, subject)
		}
		d.must(d.store.Strike(d.t.Context(), e.ID))
	}
	if got := len(list); got > 1 || (got == 1) != (action != "") {
		d.t.Errorf("%d entries of %s, want one of what was done and none of what was not", got, action)
	}
	if !slices.Equal(d.live.events, events) {
		d.t.Errorf("after %s open sockets were told %q, want %q", action, d.live.events, events)
	}
	d.live.events = nil
}

// W9, P10: each act is in the audit log once and told to open sockets; one that the store refused is neither.
func TestP10EveryActIsNotedAndTold(t *testing.T) {
	d := newDesk(t)
	ctx := d.as("ann")
	_, err := d.AtLeast(ctx, ann, storage.Grant{Document: "d", User: "bob", Role: "viewer", Via: ViaDirect}, ViaDirect)
	d.must(err)
	d.did("grant.set", "bob", "grant d bob by ann")
	_, err = d.AtLeast(ctx, ann, storage.Grant{Document: "d", User: "bob", Role: "viewer", Via: ViaDirect}, ViaDirect)
	d.must(err)
	d.did("", "") // they had it
	_, err = d.SetRole(ctx, ann, "d", "bob", "editor", "viewer")
	d.must(err)
	d.did("grant.set", "bob", "grant d bob by ann")
	if _, err = d.SetRole(ctx, ann, "d", "bob", "editor", "viewer"); err == nil {
		t.Error("a role that is another by now was changed")
	}
	d.did("", "")
	_, err = d.SetReach(ctx, ann, "d", "viewer")
	d.must(err)
	d.did("reach.set", "", "reach d by ann")
	o := storage.TransferOffer{Document: "d", From: "ann", To: "bob", Then: "editor"}
	d.must(d.OfferDocument(ctx, ann, o))
	d.did("transfer.offer", "bob", "members d")
	d.must(d.WithdrawDocument(ctx, ann, o, false))
	d.did("transfer.withdraw", "bob", "members d")
	if d.TakeDocument(ctx, ann, o) == nil {
		t.Error("a withdrawn offer was taken")
	}
	d.did("", "")
	d.must(d.OfferDocument(ctx, ann, o))
	d.did("transfer.offer", "bob", "members d")
	d.must(d.TakeDocument(ctx, ann, o))
	d.did("document.transfer", "bob", "grant d ann bob by ann")
	d.must(d.Reassign(ctx, ann, "d", "bob", "cid", "editor"))
	d.did("document.transfer", "cid", "grant d bob cid by ann")
	d.must(d.Remove(ctx, ann, "d", "bob"))
	d.did("grant.remove", "bob", "grant d bob by ann")
	if d.Remove(ctx, ann, "d", "cid") == nil {
		t.Error("the last owner went")
	}
	d.did("", "")
	l := storage.Link{ID: "l", TokenHash: []byte("hash"), Document: "d", Role: "editor", CreatedBy: "ann", CreatedAt: noon}
	d.must(d.MakeLink(ctx, ann, l))
	d.did("link.create", "l", "members d")
	_, err = d.ChangeLink(ctx, ann, "d", "l", noon.Add(time.Hour))
	d.must(err)
	d.did("link.change", "l", "members d")
	d.must(d.WithdrawLink(ctx, ann, l, false))
	d.did("link.withdraw", "l", "members d")
	if d.WithdrawLink(ctx, ann, l, true) == nil {
		t.Error("a link that is gone was withdrawn")
	}
	d.did("", "")
	d.must(d.Ask(ctx, storage.AccessRequest{Document: "d", User: "bob", Role: "viewer", CreatedAt: noon}))
	d.did("", "", "members d")
	d.must(d.GrantRequest(ctx, ann, "d", "bob", "viewer"))
	d.did("request.grant", "bob", "grant d bob by ann", "members d")
	d.must(d.Ask(ctx, storage.AccessRequest{Document: "d", User: "bob", Role: "editor", CreatedAt: noon}))
	d.did("", "", "members d")
	d.must(d.DeclineRequest(ctx, ann, "d", "bob"))
	d.did("request.decline", "bob", "members d")
	if d.DeclineRequest(ctx, ann, "d", "bob") == nil {
		t.Error("a request that is gone was declined")
	}
	d.did("", "")
	d.must(d.store.CreateGroup(ctx, storage.Group{ID: "g", Name: "G", CreatedBy: "ann", CreatedAt: noon}))
	_, err = d.SetGroup(ctx, ann, storage.GroupGrant{Document: "d", Group: "g", Role: "viewer", CreatedAt: noon}, "")
	d.must(err)
	d.did("group.grant", "g", "group-grant d g by ann")
	d.must(d.RemoveGroup(ctx, ann, "d", "g"))
	d.did("group.withdraw", "g", "group-grant d g by ann")
}

// P10: a role that was taken away as the connection to the database broke is gone, and nobody knows. Open sockets are told, and look.
func TestP10WhatMayHaveHappenedIsTold(t *testing.T) {
	store := storagetest.NewFaulty(memory.New(), nil)
	d := newDeskOn(t, store)
	ctx := d.as("ann")
	_, err := d.AtLeast(ctx, ann, storage.Grant{Document: "d", User: "bob", Role: "viewer", Via: ViaLink + ":l"}, ViaDirect)
	d.must(err)
	d.did("grant.set", "bob", "grant d bob by ann")
	fail := func(method string, fault storagetest.Fault) { store.SetPlan(storagetest.On(fault, method)) }
	fail("RemoveGrant", storagetest.Lie)
	if d.Remove(ctx, ann, "d", "bob") == nil {
		t.Error("an unknown outcome was told as none")
	}
	d.did("grant.remove", "bob", "grant d bob by ann")
	fail("RemoveGrant", storagetest.Refuse)
	if d.Remove(ctx, ann, "d", "cid") == nil {
		t.Error("a refusal was told as done")
	}
	d.did("", "") // surely not

	l := storage.Link{ID: "l", TokenHash: []byte("hash"), Document: "d", Role: "editor", CreatedBy: "ann", CreatedAt: noon}
	d.must(d.MakeLink(ctx, ann, l))
	d.did("link.create", "l", "members d")
	fail("Grants", storagetest.Refuse)
	if d.WithdrawLink(ctx, ann, l, true) == nil {
		t.Error("people who are still there were told as removed")
	}
	d.did("link.withdraw", "l", "members d")
}

package settings

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"quire/server/problem"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

func TestTheEnvironmentComesBeforeThePageAndThePageBeforeTheDefault(t *testing.T) {
	ctx, store := context.Background(), memory.New()
	open := New(store, Start{Signup: "open", QuotaUser: 100})
	if got := open.Values(); got != (Values{"open", FromDefault, 100, FromDefault, true, FromDefault}) {
		t.Errorf("at first %+v", got)
	}
	other := New(store, Start{Signup: "open", QuotaUser: 100})
	if err := open.SetSignup(ctx, "closed"); err != nil {
		t.Fatal(err)
	}
	if err := open.SetQuotaUser(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if err := open.SetPeople(ctx, false); err != nil {
		t.Fatal(err)
	}
	want := Values{"closed", FromPage, 0, FromPage, false, FromPage}
	if got := open.Values(); got != want {
		t.Errorf("where it was set %+v", got)
	}
	if err := other.Refresh(ctx); err != nil || other.Values() != want {
		t.Errorf("on another node %+v, %v", other.Values(), err)
	}
	fixed := New(store, Start{Signup: "invite", SignupFixed: true, QuotaUser: 7, QuotaFixed: true, PeopleFixed: true})
	if err := fixed.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if got := fixed.Values(); got != (Values{"invite", FromEnvironment, 7, FromEnvironment, true, FromEnvironment}) {
		t.Errorf("with the environment %+v", got)
	}
	for _, err := range []error{fixed.SetSignup(ctx, "open"), fixed.SetQuotaUser(ctx, 1), fixed.SetPeople(ctx, false)} {
		if p := problem.From(err); p.Status != 409 || len(p.Errors) != 1 {
			t.Errorf("changing what the environment sets = %v", err)
		}
	}
	if got, err := store.Setting(ctx, signupKey); err != nil || string(got) != "closed" {
		t.Errorf("the refusal changed the store: %s, %v", got, err)
	}
}

// A change counts at once, even if a regular Refresh began to read before it.
func TestASlowRefreshUndoesNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		store := storagetest.NewFaulty(memory.New(), func(c storagetest.Call) storagetest.Fault {
			if !first || !c.Is("Setting") {
				return storagetest.None
			}
			first = false
			return storagetest.Late
		})
		live := New(store, Start{Signup: "open"})
		refreshed, changed := make(chan error, 1), make(chan error, 1)
		go func() { refreshed <- live.Refresh(t.Context()) }()
		synctest.Wait()
		go func() { changed <- live.SetSignup(t.Context(), "closed") }()
		synctest.Wait()
		store.Release()
		if err := errors.Join(<-refreshed, <-changed); err != nil {
			t.Error(err)
		}
		if got := live.Values().Signup; got != "closed" {
			t.Errorf("signup is %q, want closed", got)
		}
	})
}

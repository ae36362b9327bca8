// Package settings keeps the few settings that can be changed while the server runs: who may sign up, how much space an owner
// has, and whether people can choose each other from a list.
//
// A setting that the environment sets explicitly cannot be changed from the administrators' page: the operator wrote it down, and
// a page that could override it would make their file wrong. Otherwise the page's value counts, and without that the default.
// Every node reads the values again within a second of a change, and each minute.
package settings

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"quire/server/problem"
	"quire/storage"
)

// From says who set a value.
type From string

const (
	FromDefault     From = "default"
	FromEnvironment From = "environment"
	FromPage        From = "page"
)

// The keys in the store.
const (
	signupKey = "signup"
	quotaKey  = "quota_user"
	peopleKey = "people_list"
)

// Start is the settings at the start: from the environment, or the defaults.
type Start struct {
	Signup      string // open, invite, closed
	SignupFixed bool   // the environment set it explicitly
	QuotaUser   int64  // bytes; 0: no quota
	QuotaFixed  bool
	NoPeople    bool // people can't be chosen from a list
	PeopleFixed bool
}

// Values are the settings at one moment.
type Values struct {
	Signup     string
	SignupFrom From
	QuotaUser  int64
	QuotaFrom  From
	People     bool // owners and group managers can choose people by name from all accounts
	PeopleFrom From
}

// Live holds the current settings. It is safe for concurrent use.
type Live struct {
	store storage.Settings
	start Start

	reading chan struct{} // a lock, held while Refresh reads the store, that can be given up on

	mu  sync.RWMutex
	now Values
}

// New returns settings as start says. Refresh reads those set by a page.
func New(store storage.Settings, start Start) *Live {
	l := &Live{store: store, start: start, reading: make(chan struct{}, 1)}
	l.now = Values{start.Signup, FromDefault, start.QuotaUser, FromDefault, !start.NoPeople, FromDefault}
	if start.SignupFixed {
		l.now.SignupFrom = FromEnvironment
	}
	if start.QuotaFixed {
		l.now.QuotaFrom = FromEnvironment
	}
	if start.PeopleFixed {
		l.now.PeopleFrom = FromEnvironment
	}
	return l
}

// Values returns the current settings.
func (l *Live) Values() Values {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.now
}

// Refresh reads the settings made by a page on any node. Only one call reads at a time: otherwise a slow read from before a change
// could undo the change here.
func (l *Live) Refresh(ctx context.Context) error {
	select {
	case l.reading <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("settings: %w: %w", storage.ErrUnavailable, ctx.Err())
	}
	defer func() { <-l.reading }()
	next := New(l.store, l.start).now
	if !l.start.SignupFixed {
		switch text, err := l.read(ctx, signupKey); {
		case err != nil:
			return err
		case text == "open" || text == "invite" || text == "closed":
			next.Signup, next.SignupFrom = text, FromPage
		}
	}
	if !l.start.QuotaFixed {
		text, err := l.read(ctx, quotaKey)
		if err != nil {
			return err
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
			next.QuotaUser, next.QuotaFrom = n, FromPage
		}
	}
	if !l.start.PeopleFixed {
		switch text, err := l.read(ctx, peopleKey); {
		case err != nil:
			return err
		case text == "on" || text == "off":
			next.People, next.PeopleFrom = text == "on", FromPage
		}
	}
	l.mu.Lock()
	l.now = next
	l.mu.Unlock()
	return nil
}

func (l *Live) read(ctx context.Context, key string) (string, error) {
	value, err := l.store.Setting(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return string(value), err
}

// SetSignup stores who may sign up. It returns a problem (Conflict) if the environment sets it.
func (l *Live) SetSignup(ctx context.Context, mode string) error {
	if l.start.SignupFixed {
		return fixed("SIGNUP", "body.signup")
	}
	return l.write(ctx, signupKey, mode)
}

// SetQuotaUser stores how much space an owner has, in bytes; 0 means no quota. It returns a problem if the environment sets it.
func (l *Live) SetQuotaUser(ctx context.Context, bytes int64) error {
	if l.start.QuotaFixed {
		return fixed("QUOTA_USER", "body.quota_user")
	}
	return l.write(ctx, quotaKey, strconv.FormatInt(bytes, 10))
}

// SetPeople stores whether people can be chosen from a list. It returns a problem if the environment sets it.
func (l *Live) SetPeople(ctx context.Context, on bool) error {
	if l.start.PeopleFixed {
		return fixed("PEOPLE_LIST", "body.people_list")
	}
	return l.write(ctx, peopleKey, map[bool]string{true: "on", false: "off"}[on])
}

func fixed(name, field string) error {
	return problem.Conflict("This server was started with "+name+", which can only be changed where it was set.").
		In(field, "is set by the environment")
}

// write stores a value, whatever it was before, and applies it on this node at once.
func (l *Live) write(ctx context.Context, key, value string) error {
	for {
		was, err := l.store.Setting(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			was = nil
		} else if err != nil {
			return err
		}
		err = l.store.SetSetting(ctx, key, []byte(value), was)
		if err == nil {
			return l.Refresh(ctx)
		} else if !errors.Is(err, storage.ErrConflict) { // after a conflict, overwrite the other's value: the later one counts
			return err
		}
	}
}

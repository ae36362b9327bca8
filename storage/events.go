package storage

import (
	"context"
	"time"
)

// Event is a fact about a change that others have to feel: whose access to what changed, whose name, which title. It never
// holds the new state, which is looked up, and never anybody's text. So one that is felt twice, late or out of order does
// no harm.
type Event struct {
	N        int64      `json:"-"` // its number, from 1, without holes, in the order of commits; 0 if its change may not have happened
	Kind     EventKind  `json:"k"`
	Document DocumentID `json:"d,omitempty"`
	Users    []UserID   `json:"u,omitempty"`
	Group    string     `json:"g,omitempty"`
	ID       string     `json:"i,omitempty"` // of a sign-in, a token or a setting
	By       UserID     `json:"b,omitempty"` // who did it; "" for nobody known
	ByName   string     `json:"-"`           // By's name, only where the change was made: see Hear
}

// EventKind says what changed.
type EventKind string

// Kinds of events, with the fields that each fills beside By.
const (
	EventGrant      EventKind = "grant"       // Users' own roles on Document
	EventGroup      EventKind = "group"       // Users came into Group or left it, or manage it or do so no more
	EventGroupGrant EventKind = "group-grant" // Group's role on Document
	EventReach      EventKind = "reach"       // the role of every account on Document
	EventMembers    EventKind = "members"     // what waits or lies open on Document: links, invitations, requests, a group's name
	EventTitle      EventKind = "title"       // of Document
	EventTrashed    EventKind = "trashed"     // Document went into the trash
	EventRestored   EventKind = "restored"    // Document came back
	EventDeleted    EventKind = "deleted"     // Document was deleted for good
	EventSignIn     EventKind = "sign-in"     // the sign-in ID ended
	EventToken      EventKind = "token"       // the token ID of a person's own ended
	EventEnded      EventKind = "ended"       // Users are deleted or suspended: whatever they opened ends
	EventPerson     EventKind = "person"      // name, colour or picture of Users
	EventSetting    EventKind = "setting"     // the setting ID
)

// EventsKept is for how long events are kept. Whoever has not looked for longer takes everything as changed.
const EventsKept = 30 * 24 * time.Hour

// Events keeps what was told. The methods of a Store that change what an EventKind names tell it themselves, in the
// transaction of the change: nobody can forget it, and none is told whose change did not happen.
type Events interface {
	// Events lists those with a number above after, in order, at most limit, and returns the number of the newest. That of
	// an emptied or restored database may be below after, and the list may begin above after+1 where older ones went.
	Events(ctx context.Context, after int64, limit int) (list []Event, newest int64, err error)
	// DeleteEvents removes those told before that time, at most limit, lowest numbers first, and returns how many.
	DeleteEvents(ctx context.Context, before time.Time, limit int) (int, error)
	// Hear calls f with what each later change made through this Store told, after its commit and before its method
	// returns; also, with N 0, where the outcome of the change is unknown. f must return at once and not call the Store.
	// Nobody else's events come this way. stop ends it; a call of f may still be under way then.
	Hear(f func([]Event)) (stop func())
}

// Actor is who makes a change, as its events name them.
type Actor struct {
	ID   UserID
	Name string
}

type actorKey struct{}

// As returns a context in which changes are made by a.
func As(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorOf returns who makes changes in ctx; the zero Actor if nobody was named.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

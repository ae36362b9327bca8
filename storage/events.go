package storage

import (
	"context"
	"time"
)

// Event says that something changed that live documents or other nodes must react to: a person's access, a name, a title. It never
// holds the new state, which is looked up, nor anybody's text. So an event that is handled twice, late or out of order does no
// harm.
type Event struct {
	N        int64      `json:"-"` // its number, from 1, without gaps, in commit order; 0 if its change may not have happened
	Kind     EventKind  `json:"k"`
	Document DocumentID `json:"d,omitempty"`
	Users    []UserID   `json:"u,omitempty"`
	Group    string     `json:"g,omitempty"`
	ID       string     `json:"i,omitempty"` // of a sign-in, a token or a setting
	By       UserID     `json:"b,omitempty"` // who did it; "" if unknown
	ByName   string     `json:"-"`           // By's name; only set for Hear, on the node that made the change
}

// EventKind says what changed.
type EventKind string

// Kinds of events. Each comment names the fields that are set besides By.
const (
	EventGrant      EventKind = "grant"       // Users' own roles on Document
	EventGroup      EventKind = "group"       // the membership of Users in Group, or whether they manage it; without Users, its name
	EventGroupGrant EventKind = "group-grant" // Group's role on Document
	EventReach      EventKind = "reach"       // the role of every account on Document
	EventMembers    EventKind = "members"     // Document's links, invitations or requests, or its members after the end of a group or person
	EventTitle      EventKind = "title"       // Document's title
	EventTrashed    EventKind = "trashed"     // Document was moved to the trash
	EventRestored   EventKind = "restored"    // Document was restored from the trash
	EventDeleted    EventKind = "deleted"     // Document was deleted for good
	EventSignIn     EventKind = "sign-in"     // the sign-in ID ended
	EventToken      EventKind = "token"       // the person's token ID ended
	EventEnded      EventKind = "ended"       // Users were deleted or suspended: all their connections must end
	EventPerson     EventKind = "person"      // name, colour or picture of Users
	EventSetting    EventKind = "setting"     // the setting ID
)

// EventsKept is how long events are kept, and EventsAtMost how many: one person who changes a title again and again writes a thousand a
// second. A reader that is further behind must treat everything as changed.
const (
	EventsKept   = 30 * 24 * time.Hour
	EventsAtMost = 1_000_000
)

// Events stores events. The methods of a Store that change what an EventKind names write the event themselves, in the transaction
// of the change: so no change is without its event, and no event without its change. A call that leaves everything as it was
// writes none. Nor does a call that only creates something nobody can have open yet (a document with its owner, a group with its
// manager, a user, a sign-in), or that deletes what has expired.
type Events interface {
	// Events lists the events with a number above after, in order, at most limit, and returns the number of the newest event.
	// After a database was emptied or restored, newest may be below after. The list starts above after+1 if the events before
	// were deleted.
	Events(ctx context.Context, after int64, limit int) (list []Event, newest int64, err error)
	// DeleteEvents deletes events written before that time, and those with a number up to through, however new; at most limit,
	// lowest numbers first. It returns how many. It stops at the first event that is neither, so that the remaining numbers have
	// no holes.
	DeleteEvents(ctx context.Context, before time.Time, through int64, limit int) (int, error)
	// Hear makes every later change through this Store call f with its events, after the commit and before the method returns;
	// if the outcome of the change is unknown, with N 0. f must return at once and must not call the Store. Calls may run
	// concurrently, and in another order than the events' numbers. Events of other Stores are not passed to f. stop ends the
	// calls; one may still be running when stop returns.
	Hear(f func([]Event)) (stop func())
}

// Actor is the person who makes a change, named in its events.
type Actor struct {
	ID   UserID
	Name string
}

type actorKey struct{}

// As returns a context whose changes are made by a.
func As(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorOf returns the Actor set by As; the zero Actor if there is none.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

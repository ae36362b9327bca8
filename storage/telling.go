package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// What all backends do with events.

// Sign sets By and ByName of events to the actor of ctx.
func Sign(ctx context.Context, events []Event) {
	by := ActorOf(ctx)
	for i := range events {
		events[i].By, events[i].ByName = by.ID, by.Name
	}
}

// Number sets consecutive numbers, so that the last event gets last.
func Number(events []Event, last int64) {
	for i := range events {
		events[i].N = last - int64(len(events)-1-i)
	}
}

// ReadEvent decodes the stored JSON of event n; ErrDamaged if it is none. The kind may be one that only a newer Quire knows.
func ReadEvent(n int64, body []byte) (e Event, err error) {
	err = json.Unmarshal(body, &e)
	if err == nil && e.Kind == "" { // as of null or {}, which say nothing: whatever changed would stay as it was
		err = errors.New("no kind")
	}
	if err != nil {
		return Event{}, fmt.Errorf("%w: event %d: %w", ErrDamaged, n, err)
	}
	e.N = n
	return e, nil
}

// PersonEvents returns the events of a change to a user, given the user before and after it.
func PersonEvents(was, is User) (told []Event) {
	if was.Name != is.Name || was.Color != is.Color || was.Picture != is.Picture {
		told = append(told, Event{Kind: EventPerson, Users: []UserID{is.ID}})
	}
	if !was.Suspended() && is.Suspended() {
		told = append(told, Event{Kind: EventEnded, Users: []UserID{is.ID}})
	}
	return told
}

// GrantEvent returns the event of a change of users' own roles on doc. Empty ids are left out.
func GrantEvent(doc DocumentID, users ...UserID) Event {
	return Event{Kind: EventGrant, Document: doc, Users: someUsers(users)}
}

// GroupEvent returns the event of a change of users' places in a group; without users, of its name. Empty ids are left out.
func GroupEvent(group string, users ...UserID) Event {
	return Event{Kind: EventGroup, Group: group, Users: someUsers(users)}
}

func someUsers(users []UserID) []UserID {
	users = slices.DeleteFunc(slices.Clone(users), func(u UserID) bool { return u == "" })
	slices.Sort(users)
	return slices.Compact(users)
}

// EachDocument returns one event per document, sorted by id, without duplicates.
func EachDocument(kind EventKind, docs []DocumentID) []Event {
	return each(docs, func(doc DocumentID) Event { return Event{Kind: kind, Document: doc} })
}

// EachID returns one event per sign-in or token, sorted by id, without duplicates.
func EachID(kind EventKind, ids []string) []Event {
	return each(ids, func(id string) Event { return Event{Kind: kind, ID: id} })
}

func each[T cmp.Ordered](of []T, make func(T) Event) (told []Event) {
	for _, one := range slices.Compact(slices.Sorted(slices.Values(of))) {
		told = append(told, make(one))
	}
	return told
}

package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// What every backend does to its events, once.

// Sign writes into events who makes a change in ctx.
func Sign(ctx context.Context, events []Event) {
	by := ActorOf(ctx)
	for i := range events {
		events[i].By, events[i].ByName = by.ID, by.Name
	}
}

// Number gives events the numbers up to last.
func Number(events []Event, last int64) {
	for i := range events {
		events[i].N = last - int64(len(events)-1-i)
	}
}

// ReadEvent returns the event of number n from how it was kept, which is as JSON.
func ReadEvent(n int64, body []byte) (e Event, err error) {
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("%w: event %d: %w", ErrDamaged, n, err)
	}
	e.N = n
	return e, nil
}

// PersonEvents are what is told where a user who was was is is now.
func PersonEvents(was, is User) (told []Event) {
	if was.Name != is.Name || was.Color != is.Color || was.Picture != is.Picture {
		told = append(told, Event{Kind: EventPerson, Users: []UserID{is.ID}})
	}
	if !was.Suspended() && is.Suspended() {
		told = append(told, Event{Kind: EventEnded, Users: []UserID{is.ID}})
	}
	return told
}

// GrantEvent tells that the own roles of users on doc changed; "" is nobody.
func GrantEvent(doc DocumentID, users ...UserID) Event {
	return Event{Kind: EventGrant, Document: doc, Users: someUsers(users)}
}

// GroupEvent tells that users came into a group, left it, or manage it or do so no more.
func GroupEvent(group string, users ...UserID) Event {
	return Event{Kind: EventGroup, Group: group, Users: someUsers(users)}
}

func someUsers(users []UserID) []UserID {
	users = slices.DeleteFunc(slices.Clone(users), func(u UserID) bool { return u == "" })
	slices.Sort(users)
	return slices.Compact(users)
}

// EachDocument makes an event of that kind for each of docs, by id and once.
func EachDocument(kind EventKind, docs []DocumentID) []Event {
	return each(docs, func(doc DocumentID) Event { return Event{Kind: kind, Document: doc} })
}

// EachID makes an event of that kind for each sign-in or token of ids, by id and once.
func EachID(kind EventKind, ids []string) []Event {
	return each(ids, func(id string) Event { return Event{Kind: kind, ID: id} })
}

func each[T cmp.Ordered](of []T, make func(T) Event) (told []Event) {
	for _, one := range slices.Compact(slices.Sorted(slices.Values(of))) {
		told = append(told, make(one))
	}
	return told
}

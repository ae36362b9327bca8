package collab

import (
	"time"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// Transport is a session's connection as the engine sees it. Its methods may be called from any goroutine and never block.
type Transport interface {
	// Wake says that Pull has something, or may have. One Wake stands for any number before it. It does not call back into
	// the session before it returns.
	Wake()
	// Flush is Wake by somebody who would rather write than wait for a writer: before it returns it may call PullNow and
	// write what the reader takes at once. The caller holds no lock.
	Flush()
	// Close asks for the end with this code. What Pull still gives (the last words) may be written first.
	Close(code wire.CloseCode, reason string)
}

// Identity is who a session or a request belongs to, for its whole life (W9).
type Identity struct {
	User    storage.UserID
	Name    string
	Color   int
	Guest   bool
	Picture string // path of their picture; "" for none
	Admin   bool
	SignIn  string                 // the sign-in's id; "" for an application token
	Expires time.Time              // when the proof ends; zero: never
	Claims  map[string]access.Role // of an application token: id or prefix* to role; nil for accounts and guests

	Application string // the issuer of that token, whose the documents are that it makes

	ReadOnly bool // the proof is only for looking, whatever the person's roles
}

// Owner returns whom the documents belong to that who makes: a person, or an application instead.
func (i Identity) Owner() (person storage.UserID, application string) {
	if i.Application != "" {
		return "", i.Application
	}
	return i.User, ""
}

// Allows reports whether who, in role, may do action with this proof.
func (i Identity) Allows(role access.Role, action access.Action) bool {
	return access.Allows(role, action) && (!i.ReadOnly || access.ReadOnly(action))
}

// Refusal says why who, in role, may not do action. To whom a document may not be shown, it is as if it were not there.
func (i Identity) Refusal(role access.Role, action access.Action) *wire.Error {
	switch {
	case !access.Allows(role, access.Read):
		return Forbidden()
	case !access.Allows(role, action):
		return wire.Errorf(wire.CodeForbidden, "%s", access.TooLow(role, action))
	}
	return wire.Errorf(wire.CodeForbidden, "this token may only read")
}

// Forbidden refuses what is asked of a document that is not there for who asks.
func Forbidden() *wire.Error {
	return wire.Errorf(wire.CodeForbidden, "you have no access to this, or there is no such document")
}

// Person is somebody as others see them.
type Person struct {
	ID      storage.UserID
	Name    string
	Color   int
	Guest   bool
	Picture string
	Writing bool // holds at least the role of an editor there
}

// Person is somebody as others see them.
func (i Identity) Person() wire.Person {
	return wire.Person{ID: string(i.User), Name: i.Name, Color: i.Color, Guest: i.Guest, Picture: i.Picture}
}

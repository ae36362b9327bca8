package collab

import (
	"slices"
	"strings"
	"time"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// Transport is a session's connection as the engine sees it. Its methods may be called from any goroutine and must not block.
type Transport interface {
	// Wake reports that Pull may have something. One Wake stands for any number before it. It must not call the session.
	Wake()
	// Flush is Wake, but it may call PullNow and write what the client takes at once, instead of waking a writer. The caller holds no
	// lock.
	Flush()
	// Close asks for the connection to be closed with this code. What Pull still returns may be written first.
	Close(code wire.CloseCode, reason string)
}

// Identity is the owner of a session or a request, for its whole life (W9).
type Identity struct {
	User    storage.UserID
	Name    string
	Color   int
	Guest   bool
	Picture string // path of their picture; "" for none
	Admin   bool
	SignIn  string                 // the sign-in's id; "" for an application token
	Expires time.Time              // when the sign-in or token expires; zero: never
	Claims  map[string]access.Role // of an application token: id or prefix* to role; nil for accounts and guests

	Application string // the issuer of that token: it owns the documents that are made with it

	Scopes    access.Scopes        // of an API token: what it may do, of what its person may; 0: it is none
	Documents []storage.DocumentID // of an API token: the only documents it reaches; nil: all of its person's
}

// Owner returns who owns the documents that i makes: a person or an application.
func (i Identity) Owner() (person storage.UserID, application string) {
	if i.Application != "" {
		return "", i.Application
	}
	return i.User, ""
}

// Allows reports whether i may do action in this role.
func (i Identity) Allows(role access.Role, action access.Action) bool {
	return access.Allows(role, action) && (i.Scopes == 0 || i.Scopes.Allow(action))
}

// Reaches reports whether i's token, if it is one, is for doc.
func (i Identity) Reaches(doc storage.DocumentID) bool {
	return i.Documents == nil || slices.Contains(i.Documents, doc)
}

// Refusal returns why i may not do action in this role. A document that they may not read is reported as if it did not exist.
func (i Identity) Refusal(role access.Role, action access.Action) *wire.Error {
	switch {
	case !access.Allows(role, access.Read):
		return Forbidden()
	case !access.Allows(role, action):
		return wire.Errorf(wire.CodeForbidden, "%s", access.TooLow(role, action))
	}
	return wire.Errorf(wire.CodeForbidden, "this token is not for that: its scopes are %s", strings.Join(i.Scopes.Names(), ", "))
}

// Forbidden is the refusal to somebody who may not read the document, or if there is none.
func Forbidden() *wire.Error {
	return wire.Errorf(wire.CodeForbidden, "you have no access to this, or there is no such document")
}

// Person is how others see somebody on a document.
type Person struct {
	ID      storage.UserID
	Name    string
	Color   int
	Guest   bool
	Picture string
	Writing bool // may write there
}

// Person returns how others see i, on the wire.
func (i Identity) Person() wire.Person {
	return wire.Person{ID: string(i.User), Name: i.Name, Color: i.Color, Guest: i.Guest, Picture: i.Picture}
}

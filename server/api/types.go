package api

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quire/server/auth"
	"quire/storage"
)

// Time is an instant as the API writes it: RFC 3339, UTC, ms.
type Time time.Time

// MarshalJSON writes t with exactly three digits of a second.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}

// Schema describes Time in the OpenAPI document.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
}

// Nullable is a value that may be null; it is never left out.
type Nullable[T any] struct{ Value *T }

func some[T any](v T) Nullable[T] { return Nullable[T]{&v} }

// MarshalJSON writes the value or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.Value) }

// Schema describes the value or null in the OpenAPI document.
func (Nullable[T]) Schema(r huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(t, true, t.Name()), {Type: "null"}}}
}

// Person is somebody as others see them.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color int    `json:"color" minimum:"0" maximum:"11" doc:"Index of the person's colour"`
	Guest bool   `json:"guest" doc:"Came through a link, without an account"`

	Picture string `json:"picture,omitempty" doc:"Path of their picture"`
	Deleted bool   `json:"deleted,omitempty" doc:"The account is gone; what they wrote stays"`

	Application bool `json:"application,omitempty" doc:"Not a person but an application that owns a document: its name is the issuer of its tokens, its id is empty"`
}

// User is a person as they see themselves.
type User struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty" doc:"Absent for guests and for people of an application"`
	Color int    `json:"color" minimum:"0" maximum:"11"`
	Guest bool   `json:"guest"`
	Admin bool   `json:"admin"`

	Verified bool   `json:"verified" doc:"The e-mail was shown to be theirs"`
	Known    bool   `json:"known" doc:"Verified, or an administrator vouches for them: what waits for their e-mail finds them"`
	Picture  string `json:"picture,omitempty" doc:"Path of their picture"`
}

// Document is a document without its content.
type Document struct {
	ID           string           `json:"id"`
	Title        string           `json:"title"`
	Role         string           `json:"role" enum:"viewer,commenter,editor,owner" doc:"Yours"`
	Owner        Person           `json:"owner" doc:"Who made it, or whom it was handed over to"`
	Revision     int64            `json:"revision" doc:"Count of the ops so far"`
	CreatedAt    Time             `json:"created_at"`
	UpdatedAt    Time             `json:"updated_at" doc:"Of the last op"`
	UpdatedBy    Nullable[Person] `json:"updated_by"`
	Preview      string           `json:"preview" doc:"The first words of the text, at most 200 characters"`
	TrashedAt    Nullable[Time]   `json:"trashed_at"`
	TrashedBy    Nullable[Person] `json:"trashed_by"`
	DeletedAfter Nullable[Time]   `json:"deleted_after" doc:"When it leaves the trash for good"`
	Members      []Person         `json:"members" nullable:"false" maxItems:"5" doc:"The first five"`
	MemberCount  int              `json:"member_count"`
	Present      []Person         `json:"present" nullable:"false" doc:"Who has it open right now"`
	Epoch        string           `json:"epoch" doc:"Names this history; a restored backup has another"`
}

// Component is one insert, retain or delete of an op. It exists only for the OpenAPI document: collab/delta has the codec.
type Component struct {
	Insert     *InsertValue   `json:"insert,omitempty" doc:"Text, or an object of one embed"`
	Retain     int64          `json:"retain,omitempty" minimum:"1" doc:"UTF-16 code units"`
	Delete     int64          `json:"delete,omitempty" minimum:"1" doc:"UTF-16 code units"`
	Attributes map[string]any `json:"attributes,omitempty"`
}

// InsertValue describes what can be inserted.
type InsertValue struct{}

// Schema describes InsertValue in the OpenAPI document.
func (InsertValue) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeObject, AdditionalProperties: true}}}
}

func userOf(u storage.User) User {
	return User{
		ID: string(u.ID), Name: u.Name, Email: u.Email, Color: u.Color, Guest: u.Guest, Admin: u.Admin,
		Verified: !u.VerifiedAt.IsZero(), Known: u.Known(), Picture: auth.PicturePath(u),
	}
}

// deletedName is the name shown for the author of a text whose account was deleted.
const deletedName = "Deleted account"

func personOf(u storage.User) Person {
	p := Person{ID: string(u.ID), Name: u.Name, Color: u.Color, Guest: u.Guest, Picture: auth.PicturePath(u)}
	if !u.DeletedAt.IsZero() {
		p.Name, p.Deleted = deletedName, true
	}
	return p
}

// ownerOf returns a document's owner: a person or an application.
func ownerOf(d storage.Document, people map[storage.UserID]storage.User) Person {
	if d.Application != "" {
		return Person{Name: d.Application, Application: true}
	}
	return personOf(people[d.Owner])
}

// bodyOf wraps a response body as huma requires.
type bodyOf[T any] struct{ Body T }

// none is a response without a body.
type none struct{}

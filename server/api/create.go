package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

const maxTitle = 500 // characters

type createIn struct {
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"Sent again with the same key, the document is made once; with another body under the same key it is refused (422). With an id of your own the key is that id's"`
	RawBody []byte `contentType:"application/json"`
}

type createOut struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     Document
}

// newDocument describes createIn's body; text and ops are read by collab/delta.
type newDocument struct {
	Title string          `json:"title,omitempty" maxLength:"1000"`
	Text  json.RawMessage `json:"text,omitempty"`
	Ops   json.RawMessage `json:"ops,omitempty"`
	ID    string          `json:"id,omitempty"`
}

func (a *API) registerCreate() {
	schema := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"title": {Type: huma.TypeString, Description: "At most 500 characters"},
		"text":  {Type: huma.TypeString, Description: "The first text, plain"},
		"ops":   {Type: huma.TypeArray, Items: schemaOf[Component](a), Description: "The first text, as inserts"},
		"id": {Type: huma.TypeString, Pattern: wire.IDPattern, Description: "Only for an application's token " +
			"whose documents claim covers it as editor or owner"},
	}}
	add(a, route{id: "create-document", bodyLimit: largeBody, method: http.MethodPost, path: "/documents", tag: "Documents",
		status: http.StatusCreated, summary: "Start a document",
		body: takes(map[string]*huma.Schema{"application/json": schema}), scope: access.ScopeWrite}, a.create)
}

func (a *API) create(ctx context.Context, req *request, in *createIn) (*createOut, error) {
	var body newDocument
	if err := splitBody(in.RawBody, &body); err != nil {
		return nil, err
	}
	d, err := a.newDocument(req, body, in.Key)
	if err != nil {
		return nil, err
	}
	initial, err := a.firstText(body)
	if err != nil {
		return nil, err
	}
	client := collab.ServerClient
	if in.Key != "" {
		client = creationOf(req.who.User, in.Key, d, initial)
		if made, err := a.madeBefore(ctx, req, d.ID, client, body.ID); made != nil || err != nil {
			return made, err
		}
	}
	if err := a.space(ctx, d, len(in.RawBody)); err != nil {
		return nil, err
	}
	made, err := a.hub.CreateAs(ctx, client, req.who, d, initial)
	if errors.Is(err, storage.ErrExists) {
		if in.Key != "" { // the same request was made concurrently
			if made, err := a.madeBefore(ctx, req, d.ID, client, body.ID); made != nil || err != nil {
				return made, err
			}
		}
		return nil, taken()
	} else if err != nil {
		return nil, err
	}
	role, _, err := a.hub.Role(ctx, req.who, made.ID) // with an application's token what its claim says
	if err != nil {
		return nil, err
	}
	return a.created(ctx, seen{made, role})
}

func taken() error {
	return problem.Conflict("There is, or was, a document of this id.").In("body.id", "is taken")
}

func (a *API) created(ctx context.Context, s seen) (*createOut, error) {
	shown, err := a.show(ctx, s)
	if err != nil {
		return nil, err
	}
	return &createOut{Location: Base + "/documents/" + shown.ID, ETag: documentETag(shown), Body: shown}, nil
}

// creationOf returns the client id of the first op of a document created with an Idempotency-Key. So the log itself remembers the
// key as long as the document exists; of two concurrent requests the unique document id lets one succeed.
func creationOf(user storage.UserID, key string, d storage.Document, initial delta.Delta) string {
	return clientOf(fmt.Sprintf("%s\x00%s\x00%s\x00%s", key, d.ID, d.Title, initial.AppendJSON(nil)), user)
}

// madeBefore returns the document that an earlier request with the same key created; nil if there is none. client is creationOf of
// this request.
func (a *API) madeBefore(ctx context.Context, req *request, doc storage.DocumentID, client, chosen string) (*createOut, error) {
	switch _, err := a.store.Document(ctx, doc); {
	case errors.Is(err, storage.ErrNotFound):
		return nil, nil
	case errors.Is(err, storage.ErrDeleted) && chosen == "":
		return nil, problem.Conflict("The document that was made with this Idempotency-Key was deleted for good.").
			In("header.Idempotency-Key", "made a document that was deleted")
	case errors.Is(err, storage.ErrDeleted):
		return nil, taken()
	case err != nil:
		return nil, err
	}
	first, err := a.store.Read(ctx, doc, 0, 1, 0)
	switch {
	case err != nil:
		return nil, err
	case len(first) == 1 && first[0].Client == client && first[0].Author == req.who.User:
		s, err := a.see(ctx, req, string(doc), access.Read)
		if err != nil {
			return nil, err
		}
		return a.created(ctx, s)
	case chosen != "":
		return nil, taken()
	}
	return nil, problem.Invalid("This Idempotency-Key was used to make another document. Nothing was changed.").
		In("header.Idempotency-Key", "was used with another body")
}

// newDocument returns the document to create. The server chooses its id, but an application's token may choose one that it covers.
func (a *API) newDocument(req *request, body newDocument, key string) (storage.Document, error) {
	title, err := checkTitle(body.Title)
	if err != nil {
		return storage.Document{}, err
	}
	d := storage.Document{ID: storage.DocumentID(auth.RandomID()), Title: title, CreatedAt: a.now()}
	d.Owner, d.Application = req.who.Owner()
	if key != "" {
		d.ID = a.auth.DocumentOfKey(req.who.User, key)
	}
	if req.who.Guest {
		return d, problem.Forbidden("Make an account to start documents of your own.")
	}
	if body.ID != "" {
		if req.who.Claims == nil {
			return d, problem.Forbidden("The server makes the ids of documents.").In("body.id", "is not yours to choose")
		}
		if !wire.ValidID(body.ID) {
			return d, problem.Invalid("An id has 1 to 64 letters, digits, - or _, and is no name that every JavaScript object has.").In("body.id", "is not an id")
		}
		d.ID = storage.DocumentID(body.ID)
	}
	if req.who.Claims != nil {
		if access.Claimed(req.who.Claims, string(d.ID)) < access.Editor {
			return d, problem.Forbidden("Your token's documents claim doesn't cover this id as editor or owner.").
				In("body.id", "is not covered by the token")
		}
	}
	return d, nil
}

// firstText decodes text or ops with collab/delta, so that a lone surrogate in either survives (E1).
func (a *API) firstText(body newDocument) (delta.Delta, error) {
	switch {
	case body.Text != nil && body.Ops != nil:
		return nil, problem.Invalid("A document starts with text or with ops, not both.").In("body.ops", "stands beside text")
	case body.Ops != nil:
		return decode(body.Ops, a.cfg.Bounds.Delta, "body.ops")
	case body.Text == nil || string(body.Text) == `""`:
		return delta.Delta{}, nil
	case body.Text[0] != '"':
		return nil, problem.Invalid("text is a string.").In("body.text", "is not a string")
	}
	first, err := decode(bytes.Join([][]byte{[]byte(`[{"insert":`), body.Text, []byte(`}]`)}, nil), a.cfg.Bounds.Delta, "body.text")
	if err != nil {
		return nil, err
	}
	return delta.FromText(a.lines(first.PlainText())), nil
}

// decode decodes an op. Its problem names field.
func decode(data []byte, lim delta.Limits, field string) (delta.Delta, error) {
	d, err := delta.Decode(data, lim)
	if errors.Is(err, delta.ErrLimit) {
		return nil, problem.TooLarge("The op is over a limit of this server.").In(field, err.Error())
	} else if err != nil {
		return nil, problem.Invalid("This is not an op or document of Quill's Delta form.").In(field, err.Error())
	}
	return d, nil
}

// splitBody decodes a JSON object into into, keeping raw members byte for byte.
func splitBody(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return problem.Invalid("A field has the wrong type.").In(strings.TrimSuffix("body."+wrong.Field, "."), "is not "+wrong.Type.String())
		}
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return problem.Invalid("There is a field this address doesn't know.").
				In("body."+strings.Trim(field, `"`), "is unknown")
		}
		return problem.Malformed("The body is not JSON.").In("body", "is not JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return problem.Malformed("Something follows the JSON in the body.").In("body", "goes on after its end")
	}
	return nil
}

// checkTitle returns a title in the form to store, one line without overrides of the direction, or a problem.
func checkTitle(title string) (string, error) {
	title = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069': // they would turn round what stands beside the title
			return -1
		}
		return r
	}, storage.Text(title))
	title = strings.TrimSpace(title)
	if utf8.RuneCountInString(title) > maxTitle {
		return "", problem.Invalid("A title has at most 500 characters.").
			In("body.title", fmt.Sprintf("has more than %d characters", maxTitle))
	}
	return title, nil
}

// quota returns a problem if more bytes of log would exceed the document's or its owner's quota.
func (a *API) quota(ctx context.Context, d storage.Document, more int) error {
	if most := a.cfg.Bounds.QuotaDocument; most > 0 {
		head, err := a.store.Head(ctx, d.ID)
		if err != nil {
			return err
		}
		if head.Bytes+int64(more) > most {
			return problem.QuotaReached("This document's history has reached the limit of this server.")
		}
	}
	return a.space(ctx, d, more)
}

// space returns a problem if more bytes of log would exceed the quota of the document's owner over all their documents.
func (a *API) space(ctx context.Context, d storage.Document, more int) error {
	left, err := a.cfg.Quota.Left(ctx, d)
	if err != nil {
		return err
	}
	if int64(more) > left {
		return problem.QuotaReached("The owner's documents have reached the space they have on this server.")
	}
	return nil
}

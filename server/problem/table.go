package problem

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// row maps an error to the problem that the caller sees. The details are written here, because an error's own text may contain
// something that only the log should hold.
type row struct {
	is     error
	answer func() *Problem
}

// table returns the rows in the order they are tried: the first that matches by errors.Is counts.
func table() []row {
	return []row{
		{collab.ErrForbidden, func() *Problem { return Forbidden("Your role on this document doesn't allow it.") }},
		{collab.ErrTrashed, Trashed},
		{collab.ErrDraining, func() *Problem {
			return Unavailable("The server is restarting; it's usually back within ten seconds.").RetryAfter(2 * time.Second)
		}},
		{collab.ErrOverloaded, func() *Problem {
			return Unavailable("The server has too much to do at this moment. Nothing was changed.").RetryAfter(2 * time.Second)
		}},
		{collab.ErrUnavailable, unknownOutcome},
		{storage.ErrUnavailable, func() *Problem {
			return Unavailable("The server can't use its database at the moment. Nothing was changed.").RetryAfter(time.Second)
		}},
		{storage.ErrNotFound, NotFound},
		{storage.ErrDeleted, NotFound},
		{storage.ErrExists, func() *Problem { return Conflict("This exists already, or was deleted for good.") }},
		{storage.ErrLastOwner, func() *Problem {
			return Conflict("A document keeps at least one owner. Make somebody else an owner first.")
		}},
		{storage.ErrLastManager, func() *Problem {
			return Conflict("A group keeps at least one manager. Make somebody else one first, or delete the group.")
		}},
		{storage.ErrLastAdmin, func() *Problem {
			return Conflict("This is the only administrator. Make somebody else one first.")
		}},
		{storage.ErrFull, func() *Problem { return Conflict("There are as many of these as there may be.") }},
		{storage.ErrConflict, func() *Problem { return Conflict("Somebody changed this in the same instant. Try again.") }},
		{storage.ErrAhead, func() *Problem {
			return PreconditionFailed("The document has no such revision. Read it again: this server may have been restored from a backup.")
		}},
		{delta.ErrLimit, func() *Problem { return TooLarge("The op is over a limit of this server.") }},
		{delta.ErrMalformed, func() *Problem { return Invalid("This is not an op or document of Quill's Delta form.") }},
		{delta.ErrPastEnd, func() *Problem { return Invalid("The op reaches past the end of the document.") }},
		{delta.ErrNotDocument, func() *Problem { return Invalid("A document holds inserts only.") }},
		{delta.ErrFormat, func() *Problem { return Invalid("The text has a format this server does not keep.") }},
		{context.DeadlineExceeded, unknownOutcome},
		{context.Canceled, unknownOutcome},
	}
}

// unknownOutcome returns the problem for a change that may or may not have been stored.
func unknownOutcome() *Problem {
	return Unavailable("The server got no answer from its database in time. The change may have been stored or not: " +
		"send it again with the same Idempotency-Key.").RetryAfter(time.Second)
}

// Trashed says that the document is in the trash. It is only for callers who may know that.
func Trashed() *Problem {
	return kind("in-trash", "The document is in the trash", http.StatusConflict, "Restore it before you change it.")
}

// From turns any error into a problem: an unknown one into Internal. It keeps err as the cause, for the log.
func From(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var refused *wire.Error
	if errors.As(err, &refused) {
		return fromWire(refused)
	}
	var f *fiber.Error
	if errors.As(err, &f) {
		return FromStatus(f.Code).Caused(err)
	}
	for _, r := range table() {
		if errors.Is(err, r.is) {
			return withReason(r.answer(), err).Caused(err)
		}
	}
	return Internal().Caused(err)
}

// withReason adds the message of an op codec's error: it names the component that is wrong and contains only what the caller sent.
func withReason(p *Problem, err error) *Problem {
	for _, of := range []error{delta.ErrLimit, delta.ErrMalformed, delta.ErrPastEnd, delta.ErrNotDocument, delta.ErrFormat} {
		if errors.Is(err, of) {
			return p.In("body.op", err.Error())
		}
	}
	return p
}

// fromWire translates the engine's refusal of an op.
func fromWire(e *wire.Error) *Problem {
	var p *Problem
	switch e.Code {
	case wire.CodeTooLarge:
		p = TooLarge(e.Message)
	case wire.CodeForbidden:
		return Forbidden("Your role on this document doesn't allow it.").Caused(e)
	case wire.CodeTwinDiffers:
		return Conflict("This Idempotency-Key was used for another op. Nothing was changed.").
			In("header.Idempotency-Key", "was used for another op").Caused(e)
	case wire.CodeNewerThanHead:
		return PreconditionFailed("The document has no such revision. Read it again: this server may have been restored from a backup.").
			In("body.base_revision", "is beyond the document's head").Caused(e)
	case wire.CodeAlreadyCreated, wire.CodeDoesNotExist, wire.CodeWasDeleted:
		p = Conflict(e.Message)
	case wire.CodeOpBadlyFormed, wire.CodeOpNotApplied, wire.CodeOpNotProvided, wire.CodeOpRejected, wire.CodeBadlyFormed:
		p = Invalid(e.Message).In("body.op", e.Message)
	default:
		return Internal().Caused(e)
	}
	return p.Caused(e)
}

// FromStatus returns the problem for a status chosen by the router, the HTTP server or the validator.
func FromStatus(status int) *Problem {
	switch status {
	case http.StatusNotFound:
		return NoSuchPath()
	case http.StatusMethodNotAllowed:
		return WrongMethod()
	case http.StatusRequestEntityTooLarge:
		return TooLarge("The request is larger than this server takes.")
	case http.StatusRequestHeaderFieldsTooLarge:
		return HeadersTooLarge()
	case http.StatusRequestTimeout:
		return Timeout()
	case http.StatusUnsupportedMediaType:
		return UnsupportedMedia("This address takes application/json.")
	case http.StatusUnprocessableEntity:
		return Invalid("One or more fields are not valid.")
	case http.StatusUnauthorized:
		return SignedOut("Sign in first.")
	case http.StatusForbidden:
		return Forbidden("This is not allowed.")
	case http.StatusTooManyRequests:
		return TooMany("There are too many requests or connections of yours. Wait a little.").RetryAfter(10 * time.Second)
	case http.StatusServiceUnavailable:
		return Unavailable("The server can't do this right now.").RetryAfter(2 * time.Second)
	}
	if status >= 500 || status < 400 {
		return Internal()
	}
	p := Malformed("The request can't be read.")
	p.Status = status
	return p
}

// FromValidator turns huma's own refusal into a problem that names the invalid fields, without their values.
func FromValidator(m *huma.ErrorModel) *Problem {
	p := FromStatus(m.Status)
	if m.Status >= 500 {
		return p.Caused(m)
	}
	if p.Status == http.StatusBadRequest && m.Detail != "" && len(m.Errors) == 0 {
		p = p.Because("The request can't be read: " + m.Detail + ".")
	}
	for _, e := range m.Errors {
		if e != nil {
			p = p.In(e.Location, e.Message)
		}
	}
	return p
}

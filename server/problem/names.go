package problem

import (
	"net/http"
	"time"
)

// kind makes a Problem with a standard detail, to be refined by Because and In.
func kind(name, title string, status int, detail string) *Problem {
	return &Problem{Type: typePrefix + name, Title: title, Status: status, Detail: detail}
}

// The kinds of problem, by name. Each call makes a new one, so nobody shares state.

// Invalid: the request is well formed but says something that is not allowed.
func Invalid(detail string) *Problem {
	return kind("invalid", "The request is not valid", http.StatusUnprocessableEntity, detail)
}

// Malformed: the request cannot be read.
func Malformed(detail string) *Problem {
	return kind("malformed", "The request can't be read", http.StatusBadRequest, detail)
}

// SignedOut: there is no sign-in, or it does not count; detail says why.
func SignedOut(detail string) *Problem {
	return kind("signed-out", "You are not signed in", http.StatusUnauthorized, detail)
}

// WrongCredentials is the one answer to an unknown e-mail and to a wrong password.
func WrongCredentials() *Problem {
	return kind("wrong-credentials", "You can't be signed in", http.StatusUnauthorized,
		"E-mail or password is not right. You can try again.")
}

// Suspended is told to whoever has shown who they are, and is kept out by an administrator.
func Suspended() *Problem {
	return kind("suspended", "Your account is suspended", http.StatusForbidden,
		"An administrator has suspended your account. Your documents are kept. Ask whoever runs this server.")
}

// EmailTaken: the address belongs to another account.
func EmailTaken(detail string) *Problem {
	return kind("email-taken", "The e-mail belongs to an account", http.StatusConflict, detail).In("body.email", "belongs to an account")
}

// CodeGone: an address that works once was used, or its time is over.
func CodeGone() *Problem {
	return kind("code-gone", "The address no longer works", http.StatusNotFound,
		"This address has been used, or its time is over. Ask for a new one.")
}

// OtherAccount: the caller is signed in as somebody else than whom this is for.
func OtherAccount(detail string) *Problem {
	return kind("other-account", "This is for another account", http.StatusForbidden, detail)
}

// Forbidden: the caller is known, sees the thing, and may not do this to it.
func Forbidden(detail string) *Problem {
	return kind("forbidden", "You may not do this", http.StatusForbidden, detail)
}

// ForeignOrigin: a cookie came from a page that is not ours.
func ForeignOrigin() *Problem {
	return kind("foreign-origin", "The request comes from another site", http.StatusForbidden,
		"The sign-in cookie counts only from Quire's own pages. Other sites use an application token.")
}

// NotFound is the one answer to an unknown document, a document of others, and one that was deleted (W9).
func NotFound() *Problem {
	return kind("not-found", "There is nothing here", http.StatusNotFound,
		"This doesn't exist, or it isn't shared with you.")
}

// LinkExpired: the share link was good until a time that is over.
func LinkExpired(at time.Time) *Problem {
	return kind("link-expired", "The link has ended", http.StatusGone,
		"This link worked for a limited time. Ask whoever sent it for a new one.").since(at)
}

// InvitationExpired: the invitation was good until a time that is over.
func InvitationExpired(at time.Time) *Problem {
	return kind("invitation-expired", "The invitation has ended", http.StatusGone,
		"This invitation waited for a limited time. Ask whoever sent it to send it again.").since(at)
}

func (p *Problem) since(at time.Time) *Problem {
	p.Ended = at.UTC().Format("2006-01-02T15:04:05.000Z")
	return p
}

// NoSuchPath: the address is not one of ours.
func NoSuchPath() *Problem {
	return kind("no-such-path", "There is no such address", http.StatusNotFound,
		"The API has no such address. /api/docs lists those it has.")
}

// WrongMethod: the address is ours, the method is not.
func WrongMethod() *Problem {
	return kind("method-not-allowed", "This method is not allowed here", http.StatusMethodNotAllowed,
		"The address exists, but not for this method. The Allow header lists those it has.")
}

// Conflict: the request contradicts what is there.
func Conflict(detail string) *Problem {
	return kind("conflict", "This contradicts what is there", http.StatusConflict, detail)
}

// PreconditionFailed: If-Match names a revision that cannot be used.
func PreconditionFailed(detail string) *Problem {
	return kind("precondition-failed", "The revision can't be used", http.StatusPreconditionFailed, detail)
}

// PreconditionRequired: a header is missing without which text could be lost.
func PreconditionRequired(detail string) *Problem {
	return kind("precondition-required", "A header is missing", http.StatusPreconditionRequired, detail)
}

// TooLarge: the request is larger than this server takes.
func TooLarge(detail string) *Problem {
	return kind("too-large", "This is too large", http.StatusRequestEntityTooLarge, detail)
}

// HeadersTooLarge: the header lines are longer than this server takes.
func HeadersTooLarge() *Problem {
	return kind("headers-too-large", "The request's headers are too large", http.StatusRequestHeaderFieldsTooLarge,
		"The header lines of the request are longer than this server takes. Old cookies are the usual reason.")
}

// QuotaReached: the space a document or its owner has is used up.
func QuotaReached(detail string) *Problem {
	return kind("quota-reached", "The space is used up", http.StatusInsufficientStorage, detail)
}

// UnsupportedMedia: the body is in a form this address does not take.
func UnsupportedMedia(detail string) *Problem {
	return kind("unsupported-media-type", "This form of body is not understood", http.StatusUnsupportedMediaType, detail)
}

// TooMany: come back later.
func TooMany(detail string) *Problem {
	return kind("too-many-requests", "Too many tries", http.StatusTooManyRequests, detail)
}

// Timeout: the request took too long to arrive.
func Timeout() *Problem {
	return kind("timeout", "The request took too long", http.StatusRequestTimeout, "The request did not arrive in time.")
}

// Unavailable: nothing was changed, or the outcome is not known; trying again is safe with an Idempotency-Key.
func Unavailable(detail string) *Problem {
	return kind("unavailable", "Quire can't do this right now", http.StatusServiceUnavailable, detail)
}

// Internal is a fault of ours. What it was is in the log, under the request's id.
func Internal() *Problem {
	return kind("internal", "Something broke on our side", http.StatusInternalServerError,
		"Everything that was acknowledged is stored. The server's log has the reason under this answer's X-Request-Id.")
}

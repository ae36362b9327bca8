package problem

import (
	"net/http"
	"time"
)

// kind returns a new Problem, which Because and In can refine.
func kind(name, title string, status int, detail string) *Problem {
	return &Problem{Type: typePrefix + name, Title: title, Status: status, Detail: detail}
}

// The functions below return the kinds of problem. Each call returns a new one, so no state is shared.

// Invalid says that the request is well formed but has values that are not allowed.
func Invalid(detail string) *Problem {
	return kind("invalid", "The request is not valid", http.StatusUnprocessableEntity, detail)
}

// Malformed says that the request cannot be parsed.
func Malformed(detail string) *Problem {
	return kind("malformed", "The request can't be read", http.StatusBadRequest, detail)
}

// SignedOut says that there is no valid sign-in; detail says why.
func SignedOut(detail string) *Problem {
	return kind("signed-out", "You are not signed in", http.StatusUnauthorized, detail)
}

// WrongCredentials is the answer both to an unknown e-mail and to a wrong password, so that neither can be told from the other.
func WrongCredentials() *Problem {
	return kind("wrong-credentials", "You can't be signed in", http.StatusUnauthorized,
		"E-mail or password is not right. You can try again.")
}

// Suspended says that an administrator has suspended the account. It is only for callers who have proved who they are.
func Suspended() *Problem {
	return kind("suspended", "Your account is suspended", http.StatusForbidden,
		"An administrator has suspended your account. Your documents are kept. Ask whoever runs this server.")
}

// EmailTaken says that the e-mail address belongs to another account.
func EmailTaken(detail string) *Problem {
	return kind("email-taken", "The e-mail belongs to an account", http.StatusConflict, detail).In("body.email", "belongs to an account")
}

// CodeGone says that a one-time address was used or has expired.
func CodeGone() *Problem {
	return kind("code-gone", "The address no longer works", http.StatusNotFound,
		"This address has been used, or its time is over. Ask for a new one.")
}

// OtherAccount says that this is for another account than the caller's.
func OtherAccount(detail string) *Problem {
	return kind("other-account", "This is for another account", http.StatusForbidden, detail)
}

// Forbidden says that the caller may see the resource but may not do this to it.
func Forbidden(detail string) *Problem {
	return kind("forbidden", "You may not do this", http.StatusForbidden, detail)
}

// ProofNeeded says that the caller has to show once more who they are; ways are how they can.
func ProofNeeded(ways []string) *Problem {
	p := kind("proof-needed", "Show that it is you", http.StatusForbidden,
		"You signed in a while ago. This change needs your password, or a fresh sign-in.")
	p.Ways = ways
	return p
}

// ForeignOrigin says that a cookie was sent by a page of another site.
func ForeignOrigin() *Problem {
	return kind("foreign-origin", "The request comes from another site", http.StatusForbidden,
		"The sign-in cookie counts only from Quire's own pages. Other sites use an application token.")
}

// NotFound is the answer to an unknown document, one that the caller has no access to, and a deleted one alike (W9).
func NotFound() *Problem {
	return kind("not-found", "There is nothing here", http.StatusNotFound,
		"This doesn't exist, or it isn't shared with you.")
}

// LinkExpired says that the share link expired at a time.
func LinkExpired(at time.Time) *Problem {
	return kind("link-expired", "The link has ended", http.StatusGone,
		"This link worked for a limited time. Ask whoever sent it for a new one.").since(at)
}

// InvitationExpired says that the invitation expired at a time.
func InvitationExpired(at time.Time) *Problem {
	return kind("invitation-expired", "The invitation has ended", http.StatusGone,
		"This invitation waited for a limited time. Ask whoever sent it to send it again.").since(at)
}

func (p *Problem) since(at time.Time) *Problem {
	p.Ended = at.UTC().Format("2006-01-02T15:04:05.000Z")
	return p
}

// NoSuchPath says that the API has no such path.
func NoSuchPath() *Problem {
	return kind("no-such-path", "There is no such address", http.StatusNotFound,
		"The API has no such address. /api/docs lists those it has.")
}

// WrongMethod says that the path exists, but not for this method.
func WrongMethod() *Problem {
	return kind("method-not-allowed", "This method is not allowed here", http.StatusMethodNotAllowed,
		"The address exists, but not for this method. The Allow header lists those it has.")
}

// Misdirected says that the request is for another host's name.
func Misdirected() *Problem {
	return kind("misdirected", "This is not an address of Quire", http.StatusMisdirectedRequest,
		"Quire is set up for this machine only: open it as localhost or by an address. Whoever runs it can allow other names with "+
			"ALLOWED_HOSTS, or set PUBLIC_URL.")
}

// Conflict says that the request contradicts the current state.
func Conflict(detail string) *Problem {
	return kind("conflict", "This contradicts what is there", http.StatusConflict, detail)
}

// PreconditionFailed says that the revision in If-Match cannot be used.
func PreconditionFailed(detail string) *Problem {
	return kind("precondition-failed", "The revision can't be used", http.StatusPreconditionFailed, detail)
}

// PreconditionRequired says that a header is missing without which text could be lost.
func PreconditionRequired(detail string) *Problem {
	return kind("precondition-required", "A header is missing", http.StatusPreconditionRequired, detail)
}

// TooLarge says that the request is larger than the server accepts.
func TooLarge(detail string) *Problem {
	return kind("too-large", "This is too large", http.StatusRequestEntityTooLarge, detail)
}

// HeadersTooLarge says that the headers are larger than the server accepts.
func HeadersTooLarge() *Problem {
	return kind("headers-too-large", "The request's headers are too large", http.StatusRequestHeaderFieldsTooLarge,
		"The header lines of the request are longer than this server takes. Old cookies are the usual reason.")
}

// QuotaReached says that the space of the document or its owner is used up.
func QuotaReached(detail string) *Problem {
	return kind("quota-reached", "The space is used up", http.StatusInsufficientStorage, detail)
}

// UnsupportedMedia says that the path does not accept the body's media type.
func UnsupportedMedia(detail string) *Problem {
	return kind("unsupported-media-type", "This form of body is not understood", http.StatusUnsupportedMediaType, detail)
}

// TooMany says that the caller sent too many requests and should try again later.
func TooMany(detail string) *Problem {
	return kind("too-many-requests", "Too many tries", http.StatusTooManyRequests, detail)
}

// Timeout says that the request took too long to arrive.
func Timeout() *Problem {
	return kind("timeout", "The request took too long", http.StatusRequestTimeout, "The request did not arrive in time.")
}

// Unavailable says that nothing was changed or that the outcome is unknown. With an Idempotency-Key it is safe to try again.
func Unavailable(detail string) *Problem {
	return kind("unavailable", "Quire can't do this right now", http.StatusServiceUnavailable, detail)
}

// Internal says that the server is at fault. The log has the cause, under the request's id.
func Internal() *Problem {
	return kind("internal", "Something broke on our side", http.StatusInternalServerError,
		"Everything that was acknowledged is stored. The server's log has the reason under this answer's X-Request-Id.")
}

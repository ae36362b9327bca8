package problem

import (
	"strings"
	"time"
)

// Kinds returns one problem of every kind, in the order of their status, for the API's description.
func Kinds() []*Problem {
	return []*Problem{
		Malformed(""), SignedOut(""), WrongCredentials(), Forbidden(""), ProofNeeded(nil), ForeignOrigin(), Suspended(), OtherAccount(""), NotFound(), CodeGone(),
		NoSuchPath(), WrongMethod(),
		Timeout(), Conflict(""), EmailTaken(""), Trashed(), LinkExpired(time.Time{}), InvitationExpired(time.Time{}), PreconditionFailed(""),
		TooLarge(""), UnsupportedMedia(""), Invalid(""), PreconditionRequired(""), TooMany(""), Misdirected(), HeadersTooLarge(), Internal(),
		Unavailable(""), QuotaReached(""),
	}
}

// Name returns the short name of the kind, such as not-found.
func (p *Problem) Name() string { return strings.TrimPrefix(p.Type, typePrefix) }

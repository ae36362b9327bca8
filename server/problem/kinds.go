package problem

import (
	"strings"
	"time"
)

// Kinds are all problems there are, as the API's description lists them: in the order of their status.
func Kinds() []*Problem {
	return []*Problem{
		Malformed(""), SignedOut(""), WrongCredentials(), Forbidden(""), ForeignOrigin(), Suspended(), OtherAccount(""), NotFound(), CodeGone(),
		NoSuchPath(), WrongMethod(),
		Timeout(), Conflict(""), EmailTaken(""), Trashed(), LinkExpired(time.Time{}), InvitationExpired(time.Time{}), PreconditionFailed(""),
		TooLarge(""), UnsupportedMedia(""), Invalid(""), PreconditionRequired(""), TooMany(""), HeadersTooLarge(), Internal(),
		Unavailable(""), QuotaReached(""),
	}
}

// Name is the kind's short name, as in not-found.
func (p *Problem) Name() string { return strings.TrimPrefix(p.Type, typePrefix) }
